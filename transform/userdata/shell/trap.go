package shell

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A deferral is what may run at the end of the script.
type deferral struct {
	signals []string // at which a trap runs it, or none if it is not a trap
	run     func()
}

// finish runs what waits for the end of the script: traps, and what runs in the
// background.
func (r *runner) finish() {
	over := r.over
	r.over = "" // it does not matter to a trap at the end
	for len(r.deferred) > 0 {
		d := r.deferred[0]
		r.deferred = r.deferred[1:]
		d.run()
	}
	r.over = over
}

// later runs something that may run later, both now and again at the end.
func (r *runner) later(doubt string, run func()) {
	again := r.perhaps(doubt, run)
	again()
	r.await(deferral{run: again})
}

func (r *runner) await(d deferral) {
	if len(r.deferred) < maxDepth {
		r.deferred = append(r.deferred, d)
	}
}

// perhaps returns a function that runs something that may run alongside the script.
func (r *runner) perhaps(doubt string, run func()) func() {
	s := r.s.clone()
	return func() {
		outer, out := r.s, r.out
		r.s, r.out = s.clone(), nil
		r.s.join(s, outer) // a trap sees what the script has become
		r.s.skipped = doubt
		r.guarded++
		run()
		r.guarded--
		r.s, r.out = outer, out
	}
}

// trap has a text run at a signal, at the end, or at each command.
func (r *runner) trap(c invocation) status {
	args := c.words[1:]
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if len(args) == 0 || strings.HasPrefix(args[0].Text, "-") && args[0].Text != "-" {
		return success // it prints
	}
	text, names := args[0].Text, signals(args[1:])
	if len(names) == 0 { // the word is a signal, and its trap is taken back
		text, names = "-", signals(args)
	}
	r.untrap(names)
	other := slices.ContainsFunc(names, func(s string) bool { // DEBUG, RETURN, or not known
		return !slices.Contains([]string{"EXIT", "INT", "TERM", "HUP", "QUIT", "ERR"}, s)
	})
	if text != "-" && text != "" {
		r.setTrap(c, text, names)
		r.trapped(text, slices.Contains(names, "ERR"), other)
	}
	return statusIf(!other).orUnsure()
}

// trapped notes what a trap may do to the shell where a command fails, or at other times
// than its end.
func (r *runner) trapped(text string, onError, other bool) {
	leaves, ends := r.leavesShell(text)
	r.atEnd = r.atEnd || !leaves
	r.s.debugTrap = r.s.debugTrap || other && (!leaves || ends) || onError && !leaves
	r.s.errTrap = r.s.errTrap || onError && ends
}

// leavesShell reports whether the commands of a trap leave the shell as it is, so that
// the script goes on after it, unless they end it.
func (r *runner) leavesShell(text string) (leaves, ends bool) {
	stmts, err := statements(text)
	if err != nil {
		return false, false
	}
	return r.leaveShell(stmts, 0)
}

// leaveShell is leavesShell for statements, in functions that call others so deeply.
func (r *runner) leaveShell(stmts []*syntax.Stmt, depth int) (leaves, ends bool) {
	for _, stmt := range stmts {
		call, ok := stmt.Cmd.(*syntax.CallExpr)
		if !ok || len(call.Assigns) > 0 || len(call.Args) == 0 || stmt.Negated || stmt.Background || depth > maxCalls {
			return false, false
		}
		name := call.Args[0].Lit()
		if f, ok := r.s.funcs[name]; ok {
			body, isBlock := soleBlock(f)
			if !isBlock {
				return false, false
			}
			if leaves, more := r.leaveShell(body.Stmts, depth+1); !leaves {
				return false, false
			} else if ends = ends || more; ends {
				break
			}
			continue
		}
		switch path.Base(name) {
		case "exit":
			return true, true
		case "echo", "printf", "logger", "date", "true", ":", "cfn-signal", "aws", "curl", "rm", "cat", "tail", "journalctl", "sleep", "sync", "touch", "tee":
		default:
			return false, false
		}
	}
	return true, ends
}

// soleBlock returns the block that a function is for certain.
func soleBlock(f function) (*syntax.Block, bool) {
	if !f.sure || len(f.bodies) != 1 {
		return nil, false
	}
	body, ok := f.bodies[0].Cmd.(*syntax.Block)
	return body, ok
}

// signals returns the names of the signals that words are.
func signals(words []Word) []string {
	var names []string
	for _, w := range words {
		name := strings.TrimPrefix(strings.ToUpper(w.Text), "SIG")
		if i := slices.Index([]string{"0", "1", "2", "3", "15"}, name); i >= 0 {
			name = [...]string{"EXIT", "HUP", "INT", "QUIT", "TERM"}[i]
		}
		names = append(names, name)
	}
	return names
}

// untrap removes traps, but leaves them in a subshell and where it may not be reached.
func (r *runner) untrap(signals []string) {
	if r.subs > 0 || r.s.doubt() != "" || r.s.dead {
		return
	}
	r.s.errTrap = r.s.errTrap && !slices.Contains(signals, "ERR")
	var kept []deferral
	for _, d := range r.deferred {
		left := slices.DeleteFunc(slices.Clone(d.signals), func(s string) bool { return slices.Contains(signals, s) })
		if len(d.signals) == 0 || len(left) > 0 {
			kept = append(kept, deferral{left, d.run})
		}
	}
	r.deferred = kept
}

// setTrap has a text run at signals. At the end of the script nothing is left
// that it could kill.
func (r *runner) setTrap(c invocation, text string, signals []string) {
	token := r.token
	ends := !slices.ContainsFunc(signals, func(s string) bool { return s != "EXIT" })
	run := r.perhaps("it is in a trap", func() {
		place, outer, killed, all := r.place, r.token, *r.s.killed, r.m.killed
		r.place, r.token = func(int) int { return c.at }, token
		r.parse(text)
		r.place, r.token = place, outer
		if ends {
			*r.s.killed, r.m.killed = killed, all
		}
	})
	if !ends || r.subs > 0 { // the end of a subshell is near
		r.output(Unknown)
		run()
	}
	r.await(deferral{signals, run})
}
