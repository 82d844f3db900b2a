package shell

import (
	"path"
	"slices"
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// ends ends the shell where a command may have failed, if set -e is on or a trap on
// errors exits. A program fails on some nodes and not on others, so both are judged.
// What the shell itself or the packet filter refuses fails on all nodes, so what comes
// after it is in doubt.
func (r *runner) ends(what string, st status) {
	if !r.endsAtError() || st == success {
		return
	}
	by := "set -e"
	if !r.s.errexit {
		by = "a trap"
	}
	why := by + " ends the script where " + what + " before it fails"
	switch {
	case st == unsure && isProgramFile(what):
		r.mayEnd(why)
	case st == failure && r.m.ended: // as a shell that it started has ended
		r.over = why
	default:
		r.s.ended = either(r.s.ended, why)
	}
}

// endsAtError reports whether the shell ends at a command that fails.
func (r *runner) endsAtError() bool { return (r.s.errexit || r.s.errTrap) && r.guarded == 0 }

// isProgramFile reports whether a command that is known is a program, and not built
// into the shell. What the packet filter refuses is in the script, too.
func isProgramFile(name string) bool {
	switch name {
	case "[", "test", "true", "false", "echo", "printf", "pwd", "type", "command", "help", "kill", "ulimit", "cd", "export", "read", "mapfile", "readarray", "set", "let":
		return false
	}
	return Known(name) && !aboutPackets(name)
}

// lastOf returns the name, for a message, of the last command of a pipeline, whose
// status is that of the pipeline.
func (r *runner) lastOf(c *syntax.BinaryCmd) string {
	call, ok := c.Y.Cmd.(*syntax.CallExpr)
	if !ok || r.s.pipefail || c.Y.Negated || len(call.Args) == 0 || r.s.funcs[call.Args[0].Lit()].bodies != nil {
		return "a pipeline"
	}
	return path.Base(call.Args[0].Lit())
}

// exits runs exit. A script that fails because a program did is one that set -e ends there.
// An end for any other reason, or with success, may be that of a node that is made in
// another way, so what comes after it is in doubt.
func (r *runner) exits(args []Word) {
	const why = "the script may have ended earlier"
	if r.s.onFailure && r.s.onlySkipped() && len(args) == 1 && isFailure(args[0].Text) {
		r.mayEnd(why)
		return
	}
	r.s.ended = why
}

// isFailure reports whether a word is the number of an exit status other than success.
func isFailure(word string) bool {
	n, err := strconv.Atoi(word)
	return err == nil && n&0xff != 0
}

// areProgramFiles reports whether all of some steps are commands that may fail on some
// nodes alone.
func areProgramFiles(steps []*Step) bool {
	return !slices.ContainsFunc(steps, func(s *Step) bool { return !isProgramFile(s.Name()) })
}

// mayEnd is called where the shell may end or go on. The machine says which: both are
// judged, each in a run of its own, in which what a script does after that place is
// certain or never happens.
func (r *runner) mayEnd(why string) { r.mayStop(why, 0) }

// mayDiscard is mayEnd where the shell may give up the line that it has read, with all the
// compound commands and functions that run, and go on after it. A subshell ends.
func (r *runner) mayDiscard(why string) { r.mayStop(why, r.line) }

// mayStop does that for a line, or for the whole shell if that is 0.
func (r *runner) mayStop(why string, line int) {
	m := r.m
	if r.s.dead || r.over != "" {
		return
	}
	if m.MayEnd == 0 || m.done != m.doneAt || m.Files.Version() != m.filesAt || m.lineAt != line || r.atEnd {
		m.MayEnd++
		if m.MayEnd == m.EndAt {
			m.ended, r.over, r.discards = true, why, line > 0
		}
	}
	m.stops++
	m.doneAt, m.filesAt, m.lineAt = m.done, m.Files.Version(), line
}

// pass reports the commands of a statement that is after the end of its shell.
func (r *runner) pass(s *syntax.Stmt) {
	if call, ok := s.Cmd.(*syntax.CallExpr); ok {
		var words []Word
		for _, w := range call.Args {
			words = append(words, Word{Text: r.show(w.Lit())})
		}
		if len(words) > 0 {
			r.emit(&Step{Words: words, At: r.place(offset(s.Pos()))})
		}
	}
}
