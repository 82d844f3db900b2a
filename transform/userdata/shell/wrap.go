package shell

import "strings"

// A wrapper says how a program that runs another one takes its arguments.
type wrapper struct {
	name     string
	values   string // the options of one letter that take a value
	operands int    // how many words come before the other program
	safe     string // the options of one letter that change nothing
	numbers  bool   // the values must be numbers
	doubt    string // why the other program may not run as it should, or ""
}

// mayRefuse is the doubt about programs that refuse values of their options.
const mayRefuse = "the program before it may not run it"

// wrappers are the programs that run another one.
var wrappers = [...]wrapper{
	{name: "sudo", values: "ugpChrtTUR", safe: "nEHk"},
	{name: "env", values: "uC"},
	{name: "nohup"},
	{name: "setsid", safe: "wf"},
	{name: "timeout", values: "ks", operands: 1, doubt: "timeout may end it earlier"},
	{name: "nice", values: "n", safe: "n", numbers: true},
	{name: "ionice", values: "cnpPu", doubt: mayRefuse},
	{name: "chrt", values: "TPD", operands: 1, doubt: mayRefuse},
	{name: "taskset", operands: 1, doubt: mayRefuse},
	{name: "stdbuf", values: "ioe", doubt: mayRefuse},
	{name: "time", values: "fo", doubt: mayRefuse},
	{name: "flock", values: "wE", operands: 1, doubt: "it waits for a lock"},
	{name: "chronic", doubt: "the node may not have chronic"},
	{name: "cloud-init-per", operands: 2, doubt: "cloud-init-per runs it only at some boots"},
	{name: "busybox", doubt: "it may have no such applet"},
	{name: "toybox", doubt: "it may have no such applet"},
	{name: "xargs", values: "aEILnPsd", doubt: "its arguments are not known"},
	{name: "watch", values: "n", doubt: "it runs over and over"},
	{name: "chroot", operands: 1, doubt: "it runs in another root"},
	{name: "unshare", doubt: "it runs in another namespace"},
	{name: "nsenter", values: "tSG", doubt: "it runs in another namespace"},
	{name: "runuser", values: "ugGsw", doubt: "another user runs it"}, // with -u, else it is su
}

// wrapperOf returns how the program of a name runs another one.
func wrapperOf(name string) (wrapper, bool) {
	for _, w := range wrappers {
		if w.name == name {
			return w, true
		}
	}
	return wrapper{}, false
}

// wraps runs what a wrapper runs, as another user perhaps.
func (r *runner) wraps(w wrapper, c invocation) status {
	if w.changesUser() {
		return r.asOther(func() status { return r.wrapper(w, c) })
	}
	return r.wrapper(w, c)
}

// wrapper runs what a wrapper runs.
func (r *runner) wrapper(w wrapper, c invocation) status {
	doubt, args := w.doubt, c.words[1:]
	for len(args) > 0 {
		a := args[0].Text
		switch {
		case w.name == "env" && splitsString(a):
			text := a[strings.IndexAny(a+"S", "S=")+1:] // what is joined to the option
			return r.doubting(mayRefuse, func() status { r.maybeScript(text+" "+join(args[1:]), c.at); return unsure })
		case strings.HasPrefix(a, "-") && len(a) > 1 && a != "--":
			why, takes := w.option(a)
			doubt = either(doubt, why)
			if w.name == "sudo" && strings.Contains(a, "i") {
				r.login(c.at)
			}
			if takes && len(args) > 1 {
				args = args[1:]
				doubt = either(w.refuses(args[0].Text), doubt)
			}
		case w.assigns(a):
			doubt = either(environmentDoubt(a), doubt)
			r.passes(a, c.at)
		default:
			if a == "--" {
				args = args[1:]
			}
			if len(args) < w.operands {
				return unsure
			}
			return r.wrapped(w.name, doubt, c, args[w.operands:])
		}
		args = args[1:]
	}
	if w.name == "env" {
		r.output(Unknown)
	}
	return unsure
}

// splitsString reports whether an option of env has a text after it, or in it, that
// is split into a command.
func splitsString(option string) bool {
	return strings.HasPrefix(option, "--split") || strings.HasPrefix(option, "-") && !strings.HasPrefix(option, "--") && strings.Contains(option, "S")
}

// changesUser reports whether the other program may run as another user.
func (w wrapper) changesUser() bool {
	return w.name == "runuser" || w.name == "sudo" || w.name == "chroot" || w.name == "unshare" || w.name == "nsenter"
}

// assigns reports whether a wrapper takes a word for an assignment to a variable in
// the environment of the other program.
func (w wrapper) assigns(word string) bool {
	return (w.name == "env" || w.name == "sudo") && strings.Contains(word, "=")
}

// environmentDoubt says why an assignment may make another program run, or make it do
// something else, or "".
func environmentDoubt(assignment string) string {
	name, value, _ := strings.Cut(assignment, "=")
	if name == "PATH" && pathDoubt(value) != "" || strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "XTABLES") {
		return "what " + name + " does to it is not known"
	}
	return ""
}

// refuses says why a wrapper may refuse the value of an option, or "".
func (w wrapper) refuses(value string) string {
	if w.numbers && strings.Trim(value, "-0123456789") != "" {
		return mayRefuse
	}
	return ""
}

// option says why an option of a wrapper may change what runs, or "", and whether
// it takes the next word for its value.
func (w wrapper) option(a string) (doubt string, takes bool) {
	letter := a[1:2]
	isNumber := w.name == "nice" && letter[0] >= '0' && letter[0] <= '9'
	if letter == "-" || !strings.Contains(w.safe, letter) && !isNumber {
		doubt = "what " + a + " does to it is not known"
	}
	return doubt, letter != "-" && strings.Contains(w.values, letter) && len(a) == 2
}

// wrapped runs the program that words call for a wrapper.
func (r *runner) wrapped(name, doubt string, c invocation, words []Word) status {
	if len(words) == 0 {
		return unsure
	}
	if name == "xargs" {
		words = append(words[:len(words):len(words)], Word{Unknown, true})
	}
	c.words, c.external = words, true
	st := r.doubting(doubt, func() status {
		if name == "watch" && len(words) == 1 && strings.Contains(words[0].Text, " ") {
			r.maybeScript(words[0].Text, c.at)
			return unsure
		}
		return r.call(c)
	})
	if name == "watch" {
		r.s.ended = "watch before it never ends"
	}
	return st
}
