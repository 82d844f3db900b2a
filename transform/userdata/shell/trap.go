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
	other := slices.ContainsFunc(names, func(s string) bool { // DEBUG, ERR, RETURN, or not known
		return !slices.Contains([]string{"EXIT", "INT", "TERM", "HUP", "QUIT"}, s)
	})
	if text != "-" && text != "" {
		r.setTrap(c, text, names)
		r.s.debugTrap = r.s.debugTrap || other && !onlySpeaks(text)
	}
	return statusIf(!other).orUnsure()
}

// onlySpeaks reports whether the commands of a trap only write messages, so that the
// script goes on after it as it is.
func onlySpeaks(text string) bool {
	stmts, err := statements(text)
	if err != nil {
		return false
	}
	speaks := true
	for _, stmt := range stmts {
		call, ok := stmt.Cmd.(*syntax.CallExpr)
		speaks = speaks && ok && len(call.Assigns) == 0 && len(call.Args) > 0 && !stmt.Negated && !stmt.Background
		if !speaks {
			return false
		}
		switch path.Base(call.Args[0].Lit()) {
		case "echo", "printf", "logger", "date", "true", ":", "cfn-signal":
		default:
			return false
		}
	}
	return speaks
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
