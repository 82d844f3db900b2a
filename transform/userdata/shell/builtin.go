package shell

import (
	"slices"
	"strings"
)

// builtin runs a builtin command of the shell, or reports that the words are none.
func (r *runner) builtin(c invocation) (status, bool) {
	args := c.words[1:]
	switch c.words[0].Text {
	case ":", "true", "umask", "times", "wait", "jobs", "bg", "fg", "disown", "ulimit", "caller", "dirs", "help", "history", "complete", "bind":
		return success, true
	case "false":
		return failure, true
	case "echo":
		r.output(echo(args))
		return success, true
	case "printf":
		return r.printf(args), true
	case "exit", "logout", "suspend":
		r.s.ended = "the script may have ended before"
	case "return":
		r.s.returned = "the function may have returned before"
		return unsure, true
	case "break", "continue":
		r.s.broke = "the loop may have been left before"
		if len(args) > 0 {
			r.s.returned = r.s.broke
		}
	case "kill":
		r.s.ended = "the script may have been killed before"
	case "exec":
		return r.exec(c), true
	case "command", "builtin":
		return r.commandBuiltin(c), true
	case "eval":
		return r.eval(c), true
	case ".", "source":
		return r.source(c), true
	case "set":
		r.set(c.words)
	case "shopt":
		r.shopt(args)
	case "trap":
		r.trap(c)
	case "alias", "unalias":
		r.alias(c)
	case "unset":
		r.unset(args)
	case "shift":
		r.shift(args)
	case "cd", "pushd", "popd":
		return r.cd(args), true
	case "enable", "hash":
		if len(args) > 0 && args[0].Text != "-r" {
			r.s.path = "what " + c.words[0].Text + " does to it is not known"
		}
	case "export", "declare", "local", "readonly", "typeset": // reached by command, builtin or a variable
		r.s.havoc()
	case "test", "[":
		r.emit(&Step{Words: c.words, At: c.at})
		return unsure, true
	case "let", "getopts", "read", "mapfile", "readarray":
		for _, w := range args {
			delete(r.s.vars, w.Text)
		}
		return unsure, true
	case "type":
		r.output(Unknown)
		return unsure, true
	default:
		return unsure, false
	}
	return success, true
}

// echo returns what echo writes.
func echo(args []Word) string {
	end, escapes := "\n", false
	for len(args) > 0 && len(args[0].Text) > 1 && args[0].Text[0] == '-' && strings.Trim(args[0].Text[1:], "neE") == "" {
		if strings.Contains(args[0].Text, "n") {
			end = ""
		}
		escapes = escapes || strings.Contains(args[0].Text, "e")
		args = args[1:]
	}
	text := join(args)
	if escapes {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text)
	}
	return text + end
}

// printf writes what printf does with formats that have nothing but %s and
// escapes.
func (r *runner) printf(args []Word) status {
	if len(args) > 0 && args[0].Text == "-v" {
		if len(args) > 1 {
			delete(r.s.vars, args[1].Text)
		}
		return success
	}
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return failure
	}
	format := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\"`, `"`, "%%", "%").Replace(args[0].Text)
	rest := args[1:]
	verbs := strings.Count(format, "%s")
	if verbs != strings.Count(format, "%") || strings.Contains(format, `\`) || verbs == 0 && len(rest) > 0 {
		r.output(Unknown)
		return success
	}
	for {
		text := format
		for range verbs {
			s := ""
			if len(rest) > 0 {
				s, rest = rest[0].Text, rest[1:]
			}
			text = strings.Replace(text, "%s", strings.ReplaceAll(s, "%", "\x00"), 1)
		}
		r.output(strings.ReplaceAll(text, "\x00", "%"))
		if len(rest) == 0 {
			return success
		}
	}
}

// exec replaces the shell by a command, or only redirects its output.
func (r *runner) exec(c invocation) status {
	args := c.words[1:]
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		if args[0].Text == "-a" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return success
	}
	c.words, c.external = args, true
	r.call(c)
	r.s.ended = "another program takes the place of the script before"
	return unsure
}

func (r *runner) commandBuiltin(c invocation) status {
	args := c.words[1:]
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") {
		if strings.ContainsAny(args[0].Text, "vV") && args[0].Known() {
			if len(args) == 2 && args[0].Text == "-v" && args[1].Known() {
				r.output(args[1].Text + "\n")
			} else {
				r.output(Unknown)
			}
			return unsure
		}
		args = args[1:]
	}
	c.words, c.builtin = args, true
	return r.call(c)
}

// eval runs its words as a text.
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

// unknownAt is unknown for an offset that is placed already.
func (r *runner) unknownAt(at int, reason string) {
	place := r.place
	r.place = func(int) int { return at }
	r.unknown(0, reason)
	r.place = place
}

// systemFiles are files that scripts read and that only set variables.
var systemFiles = [...]string{"/dev/null", "/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release", "/etc/environment", "/etc/profile", "/etc/bashrc", "/etc/bash.bashrc", "/root/.bashrc", "/root/.bash_profile", "/root/.profile"}

// source runs a file in the shell.
func (r *runner) source(c invocation) status {
	if len(c.words) < 2 {
		return unsure
	}
	name := r.abs(c.words[1].Text)
	f := r.m.Files.Get(name)
	switch {
	case name == "/dev/null":
		return success
	case f != nil:
		doubt := ""
		if !f.Sure {
			doubt = "what is in " + name + " may not be known"
		}
		outer := r.place
		r.place = func(int) int { return c.at }
		for _, text := range f.Texts() {
			r.doubting(doubt, func() status { r.parse(text); return unsure })
		}
		r.place = outer
		return unsure
	case slices.Contains(systemFiles[:], name), strings.HasPrefix(name, "/etc/profile.d/"), strings.HasPrefix(name, "/etc/sysconfig/"),
		strings.HasPrefix(name, "/etc/default/"), strings.HasPrefix(name, Unknown+"/.bash"):
		r.s.havoc()
		if r.s.posix && r.s.ended == "" && name != "/etc/os-release" {
			r.s.ended = "a POSIX shell ends where " + name + " is not there"
		}
		return unsure
	}
	r.emit(&Step{Words: c.words[1:], At: c.at, Reason: "what is in " + strings.ReplaceAll(name, Unknown, "…") + " is not known"})
	r.s.havoc()
	r.s.ended, r.s.anyDef = "what runs before it is not known", true
	return unsure
}

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

func (r *runner) cd(args []Word) status {
	dir := Unknown
	for _, w := range args {
		if strings.HasPrefix(w.Text, "/") && w.Known() {
			dir = strings.TrimSuffix(clean(w.Text), "/")
		}
	}
	if r.s.doubt() != "" {
		dir = Unknown
	}
	r.s.dir = dir
	if r.m.Files.isDir(dir) && dir != Unknown || dir == "" {
		return success
	}
	if dir != Unknown {
		r.s.dir = Unknown // it may not be there
	}
	return unsure
}
