package shell

import (
	"slices"
	"strings"
)

// builtin runs a builtin command of the shell, or reports that the words are none.
func (r *runner) builtin(c invocation) (status, bool) {
	args := c.words[1:]
	if isBuiltin, silent := prints(c.words); isBuiltin && !silent {
		r.output(Unknown)
	}
	switch c.words[0].Text {
	case ":", "true", "times":
		return success, true
	case "wait":
		r.assigns(args, "-p")
		return statusIf(len(args) == 0).orUnsure(), true
	case "umask":
		return statusIf(len(args) == 1 && args[0].Known() && len(args[0].Text) < 5 && strings.Trim(args[0].Text, "01234567") == "").orUnsure(), true
	case "jobs", "bg", "fg", "disown", "caller", "dirs", "help", "history", "complete", "compopt", "bind":
		return unsure, true
	case "compgen":
		r.arguments(c)
		return unsure, true
	case "ulimit":
		r.ulimit(args)
		return unsure, true
	case "false":
		return failure, true
	case "echo":
		if text := echo(args); r.s.posix && (strings.Contains(text, `\`) || len(args) > 0 && strings.HasPrefix(args[0].Text, "-")) {
			r.output(Unknown) // shells differ
		} else {
			r.output(text)
		}
		return success, true
	case "printf":
		return r.printf(args), true
	case "exec":
		return r.exec(c), true
	case "command", "builtin":
		return r.commandBuiltin(c), true
	case "eval":
		return r.eval(c), true
	case ".", "source":
		return r.source(c), true
	case "cd", "pushd", "popd":
		return r.cd(args), true
	case "test", "[":
		r.emit(&Step{Words: c.words, At: c.at})
		return r.test(c.words), true
	case "type":
		return unsure, true
	}
	if st, ok := r.leaves(c); ok {
		return st, true
	}
	return r.changesShell(c)
}

// leaves runs the builtins that end a script, a function or a loop.
func (r *runner) leaves(c invocation) (status, bool) {
	switch c.words[0].Text {
	case "exit", "logout", "suspend":
		r.s.ended = "the script may have ended before"
	case "kill":
		r.kill(c)
		return unsure, true
	case "return":
		r.s.returned = "the function may have returned before"
		return unsure, true
	case "break", "continue":
		r.s.broke = "the loop may have been left before"
		if len(c.words) > 1 { // more than one
			r.s.returned = r.s.broke
		}
	default:
		return unsure, false
	}
	return success, true
}

// changesShell runs the builtins that change the shell or its variables.
func (r *runner) changesShell(c invocation) (status, bool) {
	args := c.words[1:]
	switch c.words[0].Text {
	case "set":
		r.set(c.words)
	case "shopt":
		return r.shopt(args), true
	case "trap":
		return r.trap(c), true
	case "alias", "unalias":
		return r.alias(c), true
	case "unset":
		return r.unset(args), true
	case "shift":
		return r.shift(args), true
	case "enable":
		r.s.path = "what enable does to it is not known"
		return unsure, true
	case "hash":
		if slices.ContainsFunc(args, func(w Word) bool { return !w.Known() || strings.HasPrefix(w.Text, "-p") }) {
			r.s.path = "what hash does to it is not known"
		}
		return unsure, true
	case "export", "declare", "local", "readonly", "typeset": // reached by command, builtin or a variable
		return r.declareWords(c.words), true
	case "let":
		for _, w := range args {
			r.evaluates(0, w.Text)
			name, _, _ := strings.Cut(w.Text, "=")
			r.s.forget(strings.Trim(name, "+-*/%&|^<> "))
		}
		return unsure, true
	case "read", "mapfile", "readarray", "getopts":
		if c.words[0].Text != "read" && c.words[0].Text != "getopts" {
			r.callback(c)
		}
		r.assigns(args, "")
		if slices.ContainsFunc(args, func(w Word) bool { return strings.HasPrefix(w.Text, "-C") }) {
			r.arguments(c)
		}
		return unsure, true
	default:
		return unsure, false
	}
	return success, true
}

// orUnsure returns a success as it is.
func (s status) orUnsure() status {
	if s == failure {
		return unsure
	}
	return s
}

// assigns forgets the variables that a builtin assigns: those of its words, or
// only those after an option.
func (r *runner) assigns(args []Word, after string) {
	for i, w := range args {
		name, joined := w.Text, false
		if after != "" {
			name, joined = strings.CutPrefix(w.Text, after)
			joined = joined && name != ""
		}
		if after == "" || joined || i > 0 && args[i-1].Text == after {
			if w.Splits {
				name = Unknown
			}
			r.s.forget(name)
		}
	}
	if after == "" {
		for _, name := range [...]string{"REPLY", "MAPFILE", "OPTARG", "OPTIND"} {
			r.s.forget(name)
		}
	}
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
	if plain := strings.NewReplacer(`\n`, "", `\t`, "", `\\`, "").Replace(text); escapes && strings.Contains(plain, `\`) {
		text = Unknown
	} else if escapes {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text)
	}
	return text + end
}

// printf writes what printf does with formats that have nothing but %s and
// escapes.
func (r *runner) printf(args []Word) status {
	if len(args) > 0 && strings.HasPrefix(args[0].Text, "-v") {
		r.assigns(args[:min(2, len(args))], "-v")
		return unsure
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
		return unsure
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
	r.s.ended = "another program takes the place of the script before"
	return unsure
}

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
		doubt = args[0].Text + " is no builtin"
	}
	c.words, c.builtin = args, true
	return r.doubting(doubt, func() status { return r.call(c) })
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
		r.login(c.at)
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

// login runs what scripts have written into the files that a shell reads when it
// starts, as for a login.
func (r *runner) login(at int) {
	outer := r.place
	r.place = func(int) int { return at }
	for _, name := range r.m.Files.All() {
		if !strings.HasPrefix(name, "/etc/profile") && !strings.HasPrefix(name, "/etc/bash") && !strings.HasPrefix(name, "/root/.") && !strings.HasPrefix(name, Unknown+"/.") {
			continue
		}
		for _, text := range r.m.Files.Get(name).Written() {
			r.doubting("a shell may read it when it starts", func() status { r.parse(text); return unsure })
		}
	}
	r.place = outer
}

func (r *runner) cd(args []Word) status {
	r.s.widen("PWD")
	r.s.widen("OLDPWD")
	dir := Unknown
	for _, w := range args {
		if strings.HasPrefix(w.Text, "/") && w.Known() {
			dir = strings.TrimSuffix(clean(w.Text), "/")
		}
	}
	if r.s.doubt() != "" {
		dir = Unknown
	}
	r.s.dir, r.s.moved = dir, true
	if r.m.Files.isDir(dir) && dir != Unknown || dir == "" {
		return success
	}
	if dir != Unknown {
		r.s.dir = Unknown // it may not be there
	}
	return unsure
}

// callback runs the command that mapfile calls for lines.
func (r *runner) callback(c invocation) {
	options, _ := getopt(c.words[1:], "dnOsuCc")
	for _, o := range options {
		if o.name == "C" {
			r.doubting("it is called for lines that are read", func() status {
				place := r.place
				r.place = func(int) int { return c.at }
				r.parse(o.value.Text)
				r.place = place
				return unsure
			})
		}
	}
}
