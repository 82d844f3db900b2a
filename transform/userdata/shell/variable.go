package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// assign sets a variable. After a command that may have left the function or the
// loop, its value is not known.
func (s *state) assign(name string, v value) {
	if s.returned != "" || s.broke != "" || len(v.text) > maxText || len(v.array) > maxWords {
		v = value{text: Unknown}
	}
	s.affect(name, v.text)
	s.vars[name] = v
	delete(s.samples, name)
}

// forget is like assign, but it is not known what the variable becomes, nor whether it
// is set. The name may have an index.
func (s *state) forget(name string) {
	name, _, _ = strings.Cut(name, "[")
	if strings.Contains(name, Unknown) {
		s.affect("PATH", Unknown)
	}
	s.affect(name, Unknown)
	s.widen(name)
	delete(s.samples, name)
}

// widen forgets the value of a variable that commands may assign, if they are run as
// well: what the name does to the shell is then seen there.
func (s *state) widen(name string) {
	if strings.Contains(name, Unknown) {
		s.havoc()
		return
	}
	delete(s.vars, name)
	if name != "PATH" {
		return
	}
	// An absent PATH is that of the node.
	v := value{text: Unknown}
	if s.path == "" {
		v.text = oldPath + ":" + Unknown
	}
	s.vars[name] = v
}

// affect does what an assignment to a variable of a special name does to the
// shell and to the programs that it starts.
func (s *state) affect(name, text string) {
	if s.readonly[name] || isReadonly(name) {
		s.ended = either(s.ended, name+" is readonly, and the shell stops where it is assigned")
	}
	switch {
	case name == "IFS":
		s.ifs = true
	case name == "PATH":
		s.path = pathDoubt(text)
	case name == "EXECIGNORE", name == "FUNCNEST", name == "BASH_CMDS", name == "BASH_XTRACEFD" && (strings.Trim(text, "0123456789") != "" || len(text) == 1 && text < "3"):
		s.path = either(s.path, "what "+name+" does to it is not known")
	case name == "BASH_ALIASES":
		s.aliases, s.expandAliases = true, true
	case changesPrograms(name):
		s.posix = s.posix || name == "POSIXLY_CORRECT"
		s.environ = either(s.environ, "what "+name+" does to it is not known")
	}
}

// isReadonly reports whether bash refuses to assign a variable.
func isReadonly(name string) bool {
	switch name {
	case "UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO":
		return true
	}
	return false
}

// changesPrograms reports whether a variable in their environment may make programs do
// something else.
func changesPrograms(name string) bool {
	switch name {
	case "BASH_ENV", "ENV", "POSIXLY_CORRECT":
		return true
	}
	return strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "XTABLES") || strings.HasPrefix(name, "SYSTEMD_") || strings.HasSuffix(name, "TABLES_LIB_DIR")
}

// loads reports whether programs run or load what a variable in their environment
// names.
func loads(name string) bool {
	switch name {
	case "BASH_ENV", "ENV", "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH":
		return true
	}
	return false
}

// callsCommand reports whether programs run the command that is the value of a variable
// in their environment.
func callsCommand(name string) bool {
	switch name {
	case "GIT_SSH_COMMAND", "GIT_SSH", "GIT_ASKPASS", "GIT_PAGER", "GIT_EDITOR", "GIT_EXTERNAL_DIFF", "PAGER", "MANPAGER", "EDITOR", "VISUAL", "LESSOPEN",
		"RSYNC_RSH", "SUDO_ASKPASS", "SSH_ASKPASS", "TAR_OPTIONS":
		return true
	}
	return false
}

// passes tells of an assignment to a variable of which the script that makes a node join
// takes arguments, as export would (bootstrap.sh in amazon-eks-ami).
func (r *runner) passes(assignment string, at int) {
	switch name, _, _ := strings.Cut(assignment, "="); name {
	case "KUBELET_EXTRA_ARGS", "DOCKER_CONFIG_JSON", "CONTAINERD_CONFIG_FILE":
		r.emit(&Step{Words: []Word{{Text: "export"}, {Text: assignment}}, At: at})
	}
}

// A variable is a saved variable, with what it does to the shell.
type variable struct {
	name          string
	value         value
	set, ifs      bool
	path, environ string
}

// save returns a variable as it is.
func (s *state) save(name string) variable {
	v, set := s.vars[name]
	return variable{name, v, set, s.ifs, s.path, s.environ}
}

// restore restores a variable.
func (s *state) restore(v variable) {
	if delete(s.vars, v.name); v.set {
		s.vars[v.name] = v.value
	}
	switch {
	case v.name == "IFS":
		s.ifs = v.ifs
	case v.name == "PATH":
		s.path = v.path
	case changesPrograms(v.name):
		s.environ = v.environ
	}
}

// assign sets a variable, and runs what its value makes the shell run.
func (r *runner) assign(name string, v value) {
	if r.s.integer[name] || isInteger(name) {
		if !strings.Contains(v.text, Unknown) && strings.TrimSpace(v.text) != "" && r.isMistake(v.text) {
			r.mayGiveUp(strings.TrimSpace(v.text))
		}
		v = r.evaluated(v)
	}
	r.s.assign(name, v)
	if r.s.refs {
		r.subscript(v.text)
	}
	if loads(name) && v.text != "" {
		r.emit(&Step{At: r.place(0), Reason: "what " + name + " has programs load is not known"})
	}
	r.passes(name+"="+v.text, r.now)
	if callsCommand(name) && Mentions(v.text) {
		r.maybeScript(strings.TrimPrefix(v.text, "|"), r.now)
	}
	switch {
	case name != "PS4" && name != "PROMPT_COMMAND", !substitutes(v.text) && name == "PS4":
		return
	case name == "PS4":
		v.text = ": \"" + v.text + "\""
	}
	place := r.place
	r.later(name+" has it run again and again", func() {
		outer, token := r.place, r.token
		r.place = func(int) int { return place(0) }
		r.parse(v.text)
		r.place, r.token = outer, token
	})
}

// substitutes reports whether a text has commands in it that run where it is
// expanded.
func substitutes(text string) bool {
	return strings.Contains(text, "$(") || strings.Contains(text, "`")
}

// words returns all that a value holds.
func (v value) words() []Word { return append(slices.Clone(v.array), Word{Text: v.text}) }

// evaluated returns the value that a variable gets whose values are evaluated.
func (r *runner) evaluated(v value) value {
	for _, w := range v.words() {
		r.evaluates(w.Text)
	}
	if v.isArr {
		return value{isArr: true, array: []Word{{Unknown, true}}}
	}
	return value{text: Unknown}
}

// isInteger reports whether what is assigned to a variable is always evaluated.
func isInteger(name string) bool { return name == "RANDOM" || name == "OPTIND" }

// expandsAgain runs the commands in words that have been expanded before, and that
// may be expanded again.
func (r *runner) expandsAgain(words string) {
	if !substitutes(words) {
		return
	}
	r.doubting("it is in a text that may be expanded again", func() status {
		r.again(": "+words, func(text string) error { r.parse(text); return nil })
		return unsure
	})
}

// assignment makes an assignment and reports whether it may fail.
func (r *runner) assignment(a *syntax.Assign) (mayFail bool) {
	name := r.show(a.Name.Value)
	v := value{}
	switch {
	case a.Array != nil:
		v.isArr = true
		before := *r.budget
		for _, e := range a.Array.Elems {
			if e.Index != nil || e.Value == nil {
				r.arithmetic(e.Index)
				r.one(e.Value)
				v.array = append(v.array, Word{Unknown, true})
				continue
			}
			v.array = append(v.array, r.fields([]*syntax.Word{e.Value})...)
		}
		mayFail = *r.budget != before
	case a.Value != nil:
		before := *r.budget
		v.text = r.one(a.Value)
		mayFail = *r.budget != before
	}
	old, set := r.s.vars[name]
	switch {
	case a.Index != nil:
		r.arithmetic(a.Index)
		v = value{isArr: true, array: []Word{{Unknown, true}}}
	case a.Append && !set:
		if name == "PATH" {
			v.text = oldPath + v.text
		} else {
			v = value{text: Unknown}
		}
	case a.Append:
		v = old.appended(v)
	}
	if strings.Contains(name, Unknown) {
		r.s.forget(name)
		return mayFail
	}
	samples := r.samplesOf(a)
	if r.assign(name, v); len(samples) > 0 {
		r.s.samples[name] = samples
	}
	return mayFail
}

// appended returns what += makes of a value. A text is that of the first element of
// an array.
func (v value) appended(more value) value {
	switch {
	case v.isArr && more.isArr:
		return value{isArr: true, array: slices.Concat(v.array, more.array)}
	case v.isArr && len(v.array) > 0:
		array := slices.Clone(v.array)
		array[0].Text += more.text
		return value{isArr: true, array: array}
	case v.isArr:
		return value{isArr: true, array: []Word{{Text: more.text}}}
	case more.isArr:
		return value{isArr: true, array: slices.Concat([]Word{{Text: v.text}}, more.array)}
	}
	return value{text: v.text + more.text}
}

// temporarily makes the assignments before a command, and returns the function that
// undoes them after it. A POSIX shell keeps those before a special builtin, and every
// shell keeps those that no command follows.
func (r *runner) temporarily(assigns []*syntax.Assign, words []Word) (after func()) {
	var saved []variable
	for _, a := range assigns {
		saved = append(saved, r.s.save(r.show(a.Name.Value)))
		r.assignment(a)
	}
	return func() {
		if len(words) == 0 {
			return
		}
		for _, v := range slices.Backward(saved) {
			r.s.restore(v)
			if words[0].Splits || r.s.posix && isSpecialBuiltin(words[0].Text) {
				r.s.forget(v.name)
			}
		}
	}
}

// isSpecialBuiltin reports whether a command is a special builtin of POSIX.
func isSpecialBuiltin(name string) bool {
	switch name {
	case "break", ":", "continue", ".", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times", "trap", "unset":
		return true
	}
	return false
}
