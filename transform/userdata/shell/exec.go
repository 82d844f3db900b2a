package shell

import (
	"slices"
	"strings"
)

// exec replaces the shell with a command, or only redirects its output.
func (r *runner) exec(c invocation) status {
	args, doubt := c.words[1:], ""
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		doubt = "what exec " + args[0].Text + " does to it is not known"
		if args[0].Text == "-a" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return success
	}
	c.words, c.external = args, true
	r.doubting(doubt, func() status { return r.call(c) })
	r.s.ended = "another program takes the place of the script before it"
	return unsure
}

// commandBuiltin runs command, which calls no function, or builtin.
func (r *runner) commandBuiltin(c invocation) status {
	args, doubt := c.words[1:], ""
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		if strings.ContainsAny(args[0].Text, "vV") && args[0].Known() {
			if len(args) == 2 && args[0].Text == "-v" && args[1].Known() {
				r.output(args[1].Text + "\n")
			} else {
				r.output(Unknown)
			}
			return unsure
		}
		if args[0].Text != "--" {
			doubt = "command -p may not find it"
		}
		args = args[1:]
	}
	if c.words[0].Text == "builtin" && len(args) > 0 {
		if _, ok := r.builtin(invocation{words: args, at: c.at}); ok {
			return unsure
		}
		doubt = args[0].Text + " is not a builtin"
	}
	c.words, c.builtin = args, true
	return r.doubting(doubt, func() status { return r.call(c) })
}

// eval runs its words as a script in the shell.
func (r *runner) eval(c invocation) status {
	text := join(c.words[1:])
	split := slices.ContainsFunc(c.words[1:], func(w Word) bool { return w.Splits })
	if split && strings.Trim(text, Unknown+" ") == "" {
		r.unknownAt(c.at, "the text that eval runs is not known")
		r.s.anyDef = true
		return unsure
	}
	outer, place := r.place, func(int) int { return c.at }
	if len(c.words) == 2 {
		place = r.inside(c, 1)
	}
	r.place = place
	r.parse(text)
	r.place = outer
	return unsure
}

// unknownAt is like unknown, for an offset that is one in the script already.
func (r *runner) unknownAt(at int, reason string) {
	place := r.place
	r.place = func(int) int { return at }
	r.unknown(0, reason)
	r.place = place
}
