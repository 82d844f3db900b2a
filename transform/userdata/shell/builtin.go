package shell

import (
	"slices"
	"strings"
)

// builtin runs a builtin command of the shell. It returns false if the words are not one.
func (r *runner) builtin(c invocation) (status, bool) {
	if isBuiltin, silent := prints(c.words); isBuiltin && !silent {
		r.output(Unknown)
	}
	for _, run := range [...]func(invocation) (status, bool){r.answers, r.runsWords, r.leaves, r.changesShell, r.changesVariables} {
		if st, ok := run(c); ok {
			return st, true
		}
	}
	return unsure, false
}

// answers runs the builtins that only write something or have a status.
func (r *runner) answers(c invocation) (status, bool) {
	args := c.words[1:]
	switch c.words[0].Text {
	case ":", "true", "times":
		return success, true
	case "false":
		return failure, true
	case "umask":
		return umask(args), true
	case "jobs", "bg", "fg", "disown", "caller", "dirs", "help", "history", "complete", "compopt", "bind", "type":
		return unsure, true
	case "echo":
		return r.echo(args), true
	case "test", "[":
		r.emit(&Step{Words: c.words, At: c.at})
		return r.test(c.words), true
	}
	return unsure, false
}

// runsWords runs the builtins that run what their words say.
func (r *runner) runsWords(c invocation) (status, bool) {
	switch c.words[0].Text {
	case "exec":
		return r.exec(c), true
	case "command", "builtin":
		return r.commandBuiltin(c), true
	case "eval":
		return r.eval(c), true
	case ".", "source":
		return r.source(c), true
	case "compgen":
		r.arguments(c)
		return unsure, true
	}
	return unsure, false
}

// leaves runs the builtins that end a script, a function or a loop.
func (r *runner) leaves(c invocation) (status, bool) {
	switch c.words[0].Text {
	case "exit", "logout", "suspend":
		r.exits(c.words[1:])
	case "kill":
		r.kill(c)
		return unsure, true
	case "return":
		r.s.returned = "the function may have returned earlier"
		return unsure, true
	case "break", "continue":
		r.s.broke = "the loop may have been left earlier"
		if len(c.words) > 1 { // more than one
			r.s.returned = r.s.broke
		}
	default:
		return unsure, false
	}
	return success, true
}

// changesShell runs the builtins that change the shell.
func (r *runner) changesShell(c invocation) (status, bool) {
	args := c.words[1:]
	switch c.words[0].Text {
	case "set":
		r.set(c.words)
		return success, true
	case "shopt":
		return r.shopt(args), true
	case "trap":
		return r.trap(c), true
	case "alias", "unalias":
		return r.alias(c), true
	case "cd", "pushd", "popd":
		return r.cd(args), true
	case "ulimit":
		r.ulimit(args)
		return unsure, true
	case "enable":
		r.s.path = "what enable does to it is not known"
		if slices.ContainsFunc(args, func(w Word) bool { return strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "f") }) {
			r.emit(&Step{At: c.at, Reason: "what enable loads is not known"})
		}
		return unsure, true
	case "hash":
		if slices.ContainsFunc(args, func(w Word) bool { return !w.Known() || strings.HasPrefix(w.Text, "-p") }) {
			r.s.path = "what hash does to it is not known"
			r.emit(&Step{At: c.at, Reason: "what runs by the names that hash changes is not known"})
		}
		return unsure, true
	}
	return unsure, false
}

// changesVariables runs the builtins that change the variables and the parameters
// of the shell.
func (r *runner) changesVariables(c invocation) (status, bool) {
	args := c.words[1:]
	switch c.words[0].Text {
	case "unset":
		return r.unset(args), true
	case "shift":
		return r.shift(args), true
	case "export", "declare", "local", "readonly", "typeset": // reached by command, builtin or a variable
		return r.declareWords(c.words), true
	case "let":
		return r.let(args), true
	case "read", "getopts":
		return r.read(c), true
	case "mapfile", "readarray":
		r.callback(c)
		return r.read(c), true
	case "printf":
		return r.printf(args), true
	case "wait":
		r.assigns(args, "-p")
		return statusIf(len(args) == 0).orUnsure(), true
	}
	return unsure, false
}

// umask returns the status of umask, which succeeds with an octal mode.
func umask(args []Word) status {
	octal := len(args) == 1 && args[0].Known() && len(args[0].Text) < 5 && strings.Trim(args[0].Text, "01234567") == ""
	return statusIf(octal).orUnsure()
}

// orUnsure returns a success as it is.
func (s status) orUnsure() status {
	if s == failure {
		return unsure
	}
	return s
}

// cd changes the working directory. What follows is about that, even if it may not be there.
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
	return statusIf(r.m.Files.isDir(dir) && dir != Unknown || dir == "").orUnsure()
}
