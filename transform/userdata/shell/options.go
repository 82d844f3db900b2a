package shell

import "strings"

// set runs the builtin of that name.
func (r *runner) set(words []Word) {
	for i := 1; i < len(words); i++ {
		w := words[i].Text
		switch {
		case w == "--" || w == "-":
			r.s.params = words[i+1:]
			return
		case !words[i].Known():
			r.s.ended, r.s.errexit = "an option of set before it is not known", true
			return
		case len(w) < 2 || w[0] != '-' && w[0] != '+':
			r.s.params = words[i:]
			return
		}
		on := w[0] == '-'
		for _, letter := range w[1:] {
			if letter == 'o' {
				if i+1 < len(words) {
					i++
					r.option(words[i].Text, on)
				}
				continue
			}
			r.option(string(letter), on)
		}
	}
}

// option sets an option of the shell by its letter or its name.
func (r *runner) option(name string, on bool) {
	if r.s.doubt() != "" && !on {
		return // it may be on still
	}
	switch name {
	case "e", "errexit":
		r.s.errexit = on
	case "u", "nounset":
		r.s.nounset = on
	case "f", "noglob":
		r.s.noglob = on
	case "pipefail":
		r.s.pipefail = on
	case "n", "noexec", "t", "onecmd", "r", "restricted":
		if on {
			r.s.ended = "the option " + name + " of the shell keeps it from running"
		}
	case "posix":
		r.s.posix, r.s.expandAliases = on || r.s.posix, on || r.s.expandAliases
	case "x", "xtrace", "v", "verbose", "a", "allexport", "b", "notify", "h", "hashall", "m", "monitor", "E", "errtrace", "T", "functrace", "B",
		"braceexpand", "C", "noclobber", "H", "histexpand", "P", "physical", "k", "keyword", "p", "privileged", "l", "i", "s", "login":
	case "expand_aliases":
		r.s.expandAliases = r.s.expandAliases || on
	default:
		r.s.ended = "what the option " + name + " of the shell does to it is not known"
	}
}

func (r *runner) shopt(args []Word) {
	on := false
	for _, w := range args {
		switch {
		case w.Text == "-s":
			on = true
		case strings.HasPrefix(w.Text, "-"):
		case !on:
		case w.Text == "expand_aliases":
			r.s.expandAliases = true
		case w.Text == "failglob", w.Text == "extdebug", !w.Known():
			r.s.ended = "what the option " + w.Text + " of the shell does to it is not known"
		}
	}
}

// trap has a text run at a signal, at the end, or at each command.
func (r *runner) trap(c invocation) {
	args := c.words[1:]
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if len(args) < 2 || args[0].Text == "-" || args[0].Text == "" || strings.HasPrefix(args[0].Text, "-") {
		return
	}
	text, token := args[0].Text, r.token
	r.later("it stands in a trap", func() {
		place := r.place
		r.place = func(int) int { return c.at }
		outer := r.token
		r.token = token
		r.parse(text)
		r.token, r.place = outer, place
	})
	for _, w := range args[1:] {
		switch strings.TrimPrefix(strings.ToUpper(w.Text), "SIG") {
		case "EXIT", "0", "INT", "TERM", "HUP", "QUIT", "2", "15", "1", "3":
		default: // DEBUG, ERR, RETURN, or not known
			r.s.debugTrap = true
		}
	}
}

// alias notes that a name may be expanded to something else. The text of an
// alias may run.
func (r *runner) alias(c invocation) {
	if c.words[0].Text == "unalias" || len(c.words) == 1 {
		return
	}
	r.s.aliases = true
	if r.s.posix {
		r.s.expandAliases = true
	}
	for _, w := range c.words[1:] {
		_, text, ok := strings.Cut(w.Text, "=")
		if !ok || !mentions(text) {
			continue
		}
		r.later("it stands in an alias", func() {
			place := r.place
			r.place = func(int) int { return c.at }
			r.parse(text)
			r.place = place
		})
	}
}

func (r *runner) unset(args []Word) {
	functions := len(args) > 0 && args[0].Text == "-f"
	for _, w := range args {
		switch {
		case w.Splits:
			r.s.havoc()
		case functions:
			if f, ok := r.s.funcs[w.Text]; ok {
				f.sure = false
				r.s.funcs[w.Text] = f
			}
		default:
			delete(r.s.vars, w.Text)
			if w.Text == "PATH" {
				r.s.path = "PATH is unset before it"
			}
			if f, ok := r.s.funcs[w.Text]; ok {
				f.sure = false
				r.s.funcs[w.Text] = f
			}
		}
	}
}

func (r *runner) shift(args []Word) {
	if len(args) == 0 && len(r.s.params) > 0 && !r.s.params[0].Splits && r.s.doubt() == "" {
		r.s.params = r.s.params[1:]
		return
	}
	r.s.params = []Word{{Unknown, true}}
}
