package shell

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A wrapper says how a program that runs another one takes its arguments.
type wrapper struct {
	values   string // the options of one letter that take a value
	operands int    // how many words stand before the other program
	safe     string // the options of one letter that change nothing
	numbers  bool   // the values must be numbers
	doubt    string // why the other program may not run as it should, or ""
}

// mayRefuse is the doubt about programs that refuse values of their options.
const mayRefuse = "the program before it may not run it"

// wrapperOf returns how the program of a name runs another one.
func wrapperOf(name string) (wrapper, bool) {
	switch name {
	case "sudo":
		return wrapper{values: "ugpChrtTUR", safe: "nEHk"}, true
	case "env":
		return wrapper{values: "uCS"}, true
	case "nohup":
		return wrapper{}, true
	case "setsid":
		return wrapper{safe: "wf"}, true
	case "timeout":
		return wrapper{values: "ks", operands: 1, safe: "ksv", doubt: "timeout may end it before"}, true
	case "nice":
		return wrapper{values: "n", safe: "n", numbers: true}, true
	case "ionice":
		return wrapper{values: "cnpPu", doubt: mayRefuse}, true
	case "chrt":
		return wrapper{values: "TPD", operands: 1, doubt: mayRefuse}, true
	case "taskset":
		return wrapper{operands: 1, doubt: mayRefuse}, true
	case "stdbuf":
		return wrapper{values: "ioe", doubt: mayRefuse}, true
	case "time":
		return wrapper{values: "fo", doubt: mayRefuse}, true
	case "flock":
		return wrapper{values: "wE", operands: 1, doubt: "it waits for a lock"}, true
	case "chronic":
		return wrapper{doubt: "the node may not have chronic"}, true
	case "cloud-init-per":
		return wrapper{operands: 2, doubt: "cloud-init-per runs it at some boots only"}, true
	case "busybox", "toybox":
		return wrapper{doubt: "it may have no such applet"}, true
	case "xargs":
		return wrapper{values: "aEIiLlnPsd", doubt: "its arguments are not known"}, true
	case "watch":
		return wrapper{values: "n", doubt: "it runs over and over"}, true
	case "chroot":
		return wrapper{operands: 1, doubt: "it runs in another root"}, true
	case "unshare":
		return wrapper{doubt: "it runs in another namespace"}, true
	case "nsenter":
		return wrapper{values: "tSG", doubt: "it runs in another namespace"}, true
	}
	return wrapper{}, false
}

// wrapper runs what a wrapper runs.
func (r *runner) wrapper(w wrapper, c invocation) status {
	name, doubt := path.Base(c.words[0].Text), w.doubt
	args := c.words[1:]
	for len(args) > 0 {
		a := args[0].Text
		isOption := strings.HasPrefix(a, "-") && len(a) > 1 && a != "--"
		assigns := (name == "env" || name == "sudo") && strings.Contains(a, "=")
		switch {
		case isOption:
			why, takes := w.option(name, a)
			doubt = either(doubt, why)
			if name == "sudo" && strings.Contains(a, "i") {
				r.login(c.at)
			}
			if takes && len(args) > 1 {
				if args = args[1:]; w.numbers && strings.Trim(args[0].Text, "-0123456789") != "" {
					doubt = mayRefuse
				}
			}
		case assigns:
			key, value, _ := strings.Cut(a, "=")
			if key == "PATH" && pathDoubt(value) != "" || strings.HasPrefix(key, "LD_") || strings.HasPrefix(key, "XTABLES") {
				doubt = "what " + key + " does to it is not known"
			}
		default:
			if a == "--" {
				args = args[1:]
			}
			if len(args) < w.operands {
				return unsure
			}
			return r.wrapped(name, doubt, c, args[w.operands:])
		}
		args = args[1:]
	}
	if name == "env" {
		r.output(Unknown)
	}
	return unsure
}

// option says why an option of a wrapper may change what runs, or "", and whether
// it takes the next word for its value.
func (w wrapper) option(name, a string) (doubt string, takes bool) {
	letter := a[1:2]
	isNumber := name == "nice" && letter[0] >= '0' && letter[0] <= '9'
	if letter == "-" || !strings.Contains(w.safe, letter) && !isNumber {
		doubt = "what " + a + " does to it is not known"
	}
	return doubt, letter != "-" && strings.Contains(w.values, letter) && len(a) == 2
}

func (r *runner) wrapped(name, doubt string, c invocation, words []Word) status {
	if len(words) == 0 {
		return unsure
	}
	if name == "xargs" {
		words = append(words[:len(words):len(words)], Word{Unknown, true})
	}
	if name == "watch" && len(words) == 1 && strings.Contains(words[0].Text, " ") {
		r.doubting(doubt, func() status { r.maybeScript(words[0].Text, c.at); return unsure })
		return unsure
	}
	c.words, c.external = words, true
	st := r.doubting(doubt, func() status { return r.call(c) })
	if name == "watch" {
		r.s.ended = "watch before it never ends"
	}
	return st
}

// A shellCall is what the arguments of a shell ask for.
type shellCall struct {
	options  []Word // as the words of set
	command  bool   // -c: the first operand is the text
	standard bool   // -s: the text comes from standard input
	login    bool   // it reads the files of a login first, or those of a terminal
	odd      bool   // an option may keep it from running anything
	operands []Word
}

// parseShell reads the arguments of a shell.
func parseShell(args []Word) shellCall {
	call := shellCall{options: []Word{{Text: "set"}}}
	for len(args) > 0 && len(args[0].Text) > 1 && (args[0].Text[0] == '-' || args[0].Text[0] == '+') {
		a := args[0].Text
		args = args[1:]
		switch a {
		case "--":
		case "--rcfile", "--init-file":
			args = args[min(1, len(args)):]
		case "-o", "+o", "-O", "+O":
			if len(args) > 0 {
				call.options = append(call.options, Word{Text: a}, args[0])
				args = args[1:]
			}
		default:
			if strings.HasPrefix(a, "--") {
				call.login = call.login || a == "--login"
				switch a {
				case "--login", "--norc", "--noprofile", "--posix", "--noediting", "--verbose":
				default:
					call.odd = true
				}
				continue
			}
			call.command = call.command || strings.Contains(a, "c")
			call.standard = call.standard || strings.Contains(a, "s")
			call.login = call.login || strings.ContainsAny(a, "li")
			if a = strings.NewReplacer("c", "", "l", "", "i", "", "s", "").Replace(a); len(a) > 1 {
				call.options = append(call.options, Word{Text: a})
			}
		}
	}
	call.operands = args
	return call
}

// shell runs a shell: -c with a text, a file, or its standard input.
func (r *runner) shell(name string, c invocation) status {
	call := parseShell(c.words[1:])
	if call.login {
		r.login(c.at)
	}
	if call.odd {
		return r.doubting("an option may keep the shell from running it", func() status { return r.shellCalled(name, call, c) })
	}
	return r.shellCalled(name, call, c)
}

func (r *runner) shellCalled(name string, call shellCall, c invocation) status {
	args := call.operands
	switch {
	case call.command && len(args) == 0:
		return unsure
	case call.command:
		place := r.inside(c, len(args))
		return r.shellText(name, call, &args[0].Text, args[min(2, len(args)):], place) // after $0
	case len(args) > 0 && !call.standard && args[0].Text != "-" && args[0].Text != "/dev/stdin":
		return r.file(c, args)
	case r.stdin == nil:
		return success // it reads the empty input of cloud-init
	}
	call.standard = true
	return r.shellText(name, call, r.stdin, args, func(int) int { return c.at })
}

// shellText runs a text in a shell of its own.
func (r *runner) shellText(name string, call shellCall, text *string, params []Word, place func(int) int) status {
	child := r.process(place)
	if strings.Contains(*text, Unknown) && strings.Trim(*text, Unknown+" \n") == "" {
		r.output(Unknown)
		child.unknown(0, "the text that "+name+" runs is not known")
		return unsure
	}
	child.s.posix, child.s.params = name != "bash", params
	if call.standard {
		child.fromStdin, child.stdin = true, nil
	}
	if len(call.options) > 1 {
		child.set(call.options)
	}
	child.parse(*text)
	child.finish()
	return child.status()
}

// inside returns the place function for a text that is a word of a command: its
// own bytes where the word is nothing but quoted text.
func (r *runner) inside(c invocation, fromEnd int) func(int) int {
	if fromEnd == 1 && c.last != nil && len(c.last.Parts) == 1 {
		if q, ok := c.last.Parts[0].(*syntax.SglQuoted); ok && !q.Dollar {
			base, place := offset(q.Left)+1, r.place
			return func(at int) int { return place(base + at) }
		}
	}
	return func(int) int { return c.at }
}

// file runs a file as a script, or those that a pattern may name.
func (r *runner) file(c invocation, args []Word) status {
	name := r.abs(args[0].Text)
	run := func(f *File, doubt string) status {
		return r.doubting(doubt, func() status {
			st := unsure
			for _, text := range f.Texts() {
				st = r.child(shebang(text, path.Base(c.words[0].Text)), args[1:], c.at, nil)
			}
			return st
		})
	}
	if f := r.m.Files.Get(name); f != nil && args[0].Known() {
		doubt := ""
		if !f.Sure {
			doubt = "what is in " + display(name) + " may not be known"
		}
		return run(f, doubt)
	}
	for _, other := range r.m.Files.All() {
		if may(name, other) && known(name) {
			run(r.m.Files.Get(other), "which file it runs is not known")
		}
	}
	words := append([]Word{{Text: name}}, args[1:]...)
	r.output(r.doubtingStep("what is in it is not known", &Step{Words: words, At: c.at, Stdin: r.stdin}))
	return unsure
}

// shebang puts the name of a shell into the first line of a text.
func shebang(text, name string) string {
	if strings.HasPrefix(text, "#!") {
		return "#!/bin/" + name + "\n" + text[strings.Index(text+"\n", "\n"):]
	}
	return "#!/bin/" + name + "\n" + text
}
