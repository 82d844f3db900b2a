package shell

import "strings"

// set runs the builtin set.
func (r *runner) set(words []Word) {
	for i := 1; i < len(words); i++ {
		w := words[i].Text
		switch {
		case w == "--" || w == "-":
			r.s.params = words[i+1:]
			return
		case !words[i].Known():
			r.s.ended, r.s.errexit, r.s.nounset, r.s.noclobber = "an option of set before it is not known", true, true, true
			return
		case w == "" || w[0] != '-' && w[0] != '+':
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
		return // it may still be on
	}
	if !isPOSIXOption(name) {
		r.extension("a POSIX shell may not know the option " + name)
	}
	if flag := r.s.flag(name); flag != nil {
		*flag = on
		return
	}
	switch name {
	case "n", "noexec", "t", "onecmd", "r", "restricted":
		if on {
			r.s.ended = "the option " + name + " of the shell keeps it from running"
		}
	case "posix":
		r.s.posix, r.s.expandAliases = on || r.s.posix, on || r.s.expandAliases
	case "expand_aliases":
		r.s.expandAliases = r.s.expandAliases || on
	case "x", "xtrace", "v", "verbose", "a", "allexport", "b", "notify", "h", "hashall", "m", "monitor", "E", "errtrace", "T", "functrace", "B",
		"braceexpand", "H", "histexpand", "P", "physical", "k", "keyword", "p", "privileged", "l", "i", "s", "login":
	default:
		r.s.ended, r.s.noclobber = "what the option "+name+" of the shell does to it is not known", true
	}
}

// flag returns the field for an option of set that is on or off, or nil for others.
func (s *state) flag(name string) *bool {
	switch name {
	case "e", "errexit":
		return &s.errexit
	case "u", "nounset":
		return &s.nounset
	case "f", "noglob":
		return &s.noglob
	case "C", "noclobber":
		return &s.noclobber
	case "pipefail":
		return &s.pipefail
	}
	return nil
}

// isPOSIXOption reports whether every shell knows an option of set.
func isPOSIXOption(name string) bool {
	switch name {
	case "T", "t", "H", "B", "P", "k", "r", "errtrace", "functrace", "physical", "posix", "pipefail", "braceexpand", "histexpand", "hashall", "keyword", "onecmd":
		return false
	}
	return true
}

// shopt sets options of bash. Without -s or -u its status is whether they are on.
func (r *runner) shopt(args []Word) status {
	on, off, set := false, false, false
	for _, w := range args {
		switch {
		case !w.Known():
			r.s.ended, r.s.noclobber, r.s.lastpipe = "what an option of the shell does to it is not known", true, true
		case strings.HasPrefix(w.Text, "-"):
			on, off, set = on || strings.Contains(w.Text, "s"), off || strings.Contains(w.Text, "u"), set || strings.Contains(w.Text, "o")
		case set && (on || off):
			r.option(w.Text, on)
		case on || off:
			r.shellOption(w.Text, on)
		}
	}
	if r.s.dialect != bash {
		r.s.ended = either(r.s.ended, "a POSIX shell may not know shopt")
	}
	if on != off {
		return success
	}
	return unsure
}

// shellOption sets an option of shopt.
func (r *runner) shellOption(name string, on bool) {
	if r.s.doubt() != "" && !on && name != "extglob" {
		return // it may still be on
	}
	switch name {
	case "expand_aliases":
		r.s.expandAliases = r.s.expandAliases || on
	case "lastpipe":
		r.s.lastpipe = on
	case "extglob":
		r.s.extglob = on
	case "failglob", "extdebug", "nocasematch", "xpg_echo", "restricted_shell", "localvar_inherit":
		if on {
			r.s.ended = "what the option " + name + " of the shell does to it is not known"
		}
	}
}

// alias records that a name may be expanded to something else. The text of an
// alias may run.
func (r *runner) alias(c invocation) status {
	if c.words[0].Text == "unalias" || len(c.words) == 1 {
		return unsure
	}
	st := success
	r.s.aliases = true
	if r.s.posix {
		r.s.expandAliases = true
	}
	for _, w := range c.words[1:] {
		_, text, ok := strings.Cut(w.Text, "=")
		if !ok {
			st = unsure
		}
		if !ok || !Mentions(text) {
			continue
		}
		r.later("it is in an alias", func() {
			place := r.place
			r.place = func(int) int { return c.at }
			r.parse(text)
			r.place = place
		})
	}
	return st
}

func (r *runner) unset(args []Word) status {
	functions := len(args) > 0 && args[0].Text == "-f"
	for _, w := range args {
		switch {
		case w.Splits:
			r.s.forget(Unknown)
		case functions:
			if f, ok := r.s.funcs[w.Text]; ok {
				f.sure = false
				r.s.funcs[w.Text] = f
			}
		default:
			if r.assigned(w.Text); w.Text == "IFS" && r.s.doubt() == "" {
				r.s.ifs = false
			}
			if f, ok := r.s.funcs[w.Text]; ok {
				f.sure = false
				r.s.funcs[w.Text] = f
			}
		}
	}
	if len(r.s.readonly) > 0 {
		return unsure
	}
	return success
}

func (r *runner) shift(args []Word) status {
	known := len(args) == 0 && len(r.s.params) > 0 && !r.s.params[0].Splits
	if known && r.s.doubt() == "" {
		r.s.params = r.s.params[1:]
		return success
	}
	r.s.params = []Word{{Unknown, true}}
	if !known {
		r.extension("a POSIX shell ends where shift has nothing to shift")
	}
	return unsure
}
