package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirected runs a statement's command with its redirections.
func (r *runner) redirected(s *syntax.Stmt) status {
	if len(s.Redirs) == 0 {
		return r.command(s.Cmd)
	}
	io := r.redirections(s.Redirs)
	if !r.canRedirect(s.Cmd, &io) {
		r.pass(s)
		return failure
	}
	for i := range io.opened {
		io.opened[i].open = io.opened[i].open || isExec(s.Cmd)
	}
	stdin, out := r.stdin, r.out
	skipped, unless := r.s.skipped, r.s.unless
	var b strings.Builder
	if io.input {
		r.stdin = io.stdin
	}
	if io.stdout != inherited {
		r.out = &b
	}
	if doubt := either(io.doubt, io.fails); doubt != "" {
		r.s.skipped, r.s.unless = doubt, nil
	}
	if r.s.dead {
		io.opened, io.stdout = nil, discarded
	}
	sure, at := r.s.doubt() == "", r.place(offset(s.Pos()))
	r.truncate(io, at, sure)
	st := success
	if s.Cmd != nil {
		st = r.command(s.Cmd)
	}
	r.fill(io, b.String(), at, sure)
	r.s.skipped, r.s.unless = skipped, unless
	if isExec(s.Cmd) && io.input {
		stdin = io.stdin
	}
	r.stdin, r.out = stdin, out
	if io.doubt != "" {
		r.ends("a command", unsure)
	}
	if io.doubt != "" || io.fails != "" {
		return unsure
	}
	return st
}

// canRedirect returns false if the shell ends where it cannot make the redirections of a
// command. If it goes on, it has made them.
func (r *runner) canRedirect(c syntax.Command, io *inout) bool {
	if io.fails != "" && r.endsWithoutFile(c) {
		r.mayEnd("the script ends where it cannot open " + io.file)
		io.fails = ""
	}
	return r.over == ""
}

// endsWithoutFile reports whether the shell ends if it cannot make a redirection of a
// command: with set -e, and a POSIX shell at one of its special builtins.
func (r *runner) endsWithoutFile(c syntax.Command) bool {
	if r.endsAtError() {
		return true
	}
	switch c := c.(type) {
	case *syntax.CallExpr:
		return r.s.posix && len(c.Args) > 0 && isSpecialBuiltin(c.Args[0].Lit())
	case *syntax.DeclClause:
		return r.s.posix && isSpecialBuiltin(c.Variant.Value)
	}
	return false
}

// truncate empties the files that redirections open, as the shell does before the
// command runs.
func (r *runner) truncate(io inout, at int, sure bool) {
	r.m.Files.at = at
	for _, w := range io.opened {
		if !w.appends {
			r.m.Files.write(w.path, "", sure && !r.s.noclobber)
		}
		if w.open {
			r.m.Files.leaveOpen(w.path)
		}
	}
}

// fill puts what a command has written into the file that its output goes to.
func (r *runner) fill(io inout, output string, at int, sure bool) {
	r.m.Files.at = at
	for _, w := range io.opened {
		text := ""
		if w.path == io.stdout {
			text = output
		}
		switch {
		case w.appends:
			r.m.Files.add(w.path, text, sure)
		case text != "":
			r.m.Files.write(w.path, text, sure && !r.s.noclobber)
		}
	}
}

// isExec reports whether a command is the builtin exec.
func isExec(c syntax.Command) bool {
	call, ok := c.(*syntax.CallExpr)
	return ok && len(call.Args) > 0 && call.Args[0].Lit() == "exec"
}

// Where output may go, besides a file.
const (
	inherited = ""     // where that of the script goes
	discarded = "\x00" // to a device, or elsewhere, which is not followed
)

// An inout is what the redirections of a command are.
type inout struct {
	stdin  *string
	input  bool   // stdin is redirected
	stdout string // a path, inherited or discarded
	stderr string
	opened []write // the files that are opened for writing, in order
	doubt  string
	fails  string // the doubt about the command if a redirection may not be made
	file   string // which cannot be opened then
}

// A write is a file that a redirection opens for writing.
type write struct {
	path    string
	appends bool
	open    bool // by a descriptor that any command may write to until it is closed
}
