package shell

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

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
			call.option(a)
		}
	}
	if len(args) > 0 && args[0].Text == "-" { // as "--"
		args = args[1:]
	}
	call.operands = args
	return call
}

// option takes an option of a shell into account: a long one, or letters, of which
// set knows those that are not for the call alone.
func (call *shellCall) option(a string) {
	if strings.HasPrefix(a, "--") {
		call.login = call.login || a == "--login"
		call.odd = call.odd || !isLongOption(a)
		return
	}
	call.command = call.command || strings.Contains(a, "c")
	call.standard = call.standard || strings.Contains(a, "s")
	call.login = call.login || strings.ContainsAny(a, "li")
	if a = strings.NewReplacer("c", "", "l", "", "i", "", "s", "").Replace(a); len(a) > 1 {
		call.options = append(call.options, Word{Text: a})
	}
}

// isLongOption reports whether a long option of bash does not keep it from running
// a script.
func isLongOption(option string) bool {
	switch option {
	case "--login", "--norc", "--noprofile", "--posix", "--noediting", "--verbose":
		return true
	}
	return false
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

// shellCalled runs what a shell is asked to run.
func (r *runner) shellCalled(name string, call shellCall, c invocation) status {
	args := call.operands
	switch {
	case call.command && len(args) == 0:
		return unsure
	case call.command:
		place := r.inside(c, len(args))
		return r.shellText(name, call, &args[0].Text, args[min(2, len(args)):], place) // after $0
	case len(args) > 0 && !call.standard && args[0].Text != "/dev/stdin":
		return r.file(c, args)
	case r.stdin == nil:
		return success // it reads the empty input of cloud-init
	case !call.standard:
		args = args[min(1, len(args)):]
	}
	call.standard = true
	return r.shellText(name, call, r.stdin, args, func(int) int { return c.at })
}

// shellText runs a text in a new shell.
func (r *runner) shellText(name string, call shellCall, text *string, params []Word, place func(int) int) status {
	child := r.process(place)
	if strings.Contains(*text, Unknown) && strings.Trim(*text, Unknown+" \n") == "" {
		r.output(Unknown)
		child.unknown(0, "the text that "+name+" runs is not known")
		return unsure
	}
	child.speaks(name)
	child.s.params = params
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

// inside returns the place function for a text that is a word of a command: it maps to
// the bytes of the word if that is nothing but quoted text.
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
