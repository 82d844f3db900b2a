package shell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// systemOf returns the system for a script of the tables: one for sh is for dash.
func systemOf(text string) shell.System {
	if strings.HasPrefix(text, "#!/bin/sh") {
		return shell.Ubuntu
	}
	return shell.AnyLinux
}

// steps runs a script and returns a line for each step: "!" where it is certain
// to run, "?" where it may, "-" where it never does, then its words.
func steps(text string) []string {
	var lines []string
	m := shell.Machine{System: systemOf(text), Run: func(s *shell.Step) string {
		line := [...]string{"-", "?", "!"}[s.Runs]
		for _, w := range s.Words {
			word := strings.ReplaceAll(w.Text, shell.Unknown, "…")
			if w.Splits {
				word = "<" + word + ">"
			}
			line += " " + word
		}
		if s.Reason != "" {
			line += " (" + strings.ReplaceAll(s.Reason, shell.Unknown, "…") + ")"
		}
		if s.Stdin != nil {
			line += fmt.Sprintf(" <<%q", *s.Stdin)
		}
		lines = append(lines, line)
		return shell.Unknown
	}}
	m.Shell(text, func(at int) int { return at })
	return lines
}

func TestSteps(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"a b 'c d' \"e\" f\\ g", "! a b c d e f g"},
		{"x=1; a $x \"$x\" ${x}2 '$x'", "! a 1 1 12 $x"},
		{"a $x \"$x\" $x.y", "! a <…> … <….y>"},
		{"x='b c'; a $x \"$x\"", "! a b c b c"},
		{"a *.c [b] [", "! a <….c> <…> ["},
		{"a {b,c}d e{1..3}", "! a bd cd <e…>"},
		{"$x b", "? b|? <…> b"},
		{"$(command -v a) b", "! a b"},
		{"a &\nif", "? a|! (the shell cannot read it: `if` must be followed by a statement list)|? a"},
		{"if p; then a; else b; fi; c", "! p|? a|? b|! c"},
		{"if false; then a; fi; b", "- a|! b"},
		{"if true; then a; else b; fi", "- b|! a"},
		{"true && a; false || b; false && c", "! a|! b|- c"},
		{"p && exit; a", "! p|? a"},
		{"(exit); a", "! a"},
		{"f() { return; a; }; f; b", "? a|! b"},
		{"f() { a $1; }; f x; f y", "! a x|! a y"},
		{"a() { b; }; a; command a", "! b|! a"},
		{"for i in 1 2; do a $i; done", "! a 1|! a 2"},
		{"for i in $x; do a $i; done", "? a <…>"},
		{"while p; do a; done; b", "! p|? a|! b"},
		{"while true; do a; done; b", "! a|? b"},
		{"while true; do a; break; done; b", "! a|! b"},
		{"case x in y) a;; x) b;; *) c;; esac", "- a|! b"},
		{"case $x in y) a;; *) b;; esac", "? a|? b"},
		{"a & b", "? a|! b|? a"},
		{"trap a EXIT; b", "! b|? a"},
		{"a | b", "! a|! b <<\"\uFFFC\""},
		{"echo x | b; printf 'x\\ny' | b", "! b <<\"x\\n\"|! b <<\"x\\ny\""},
		{"b <<E\n$x\nE", "! b <<\"\uFFFC\\n\""},
		{"b <<'E'\n$x\nE", "! b <<\"$x\\n\""},
		{"bash <<'E'\na\nE", "! a"},
		{"bash -c 'a $0' b; sh -c \"$x\"", "! a …|! (the text that sh runs is not known)"},
		{"eval 'a; b'; eval \"$x\"; c", "! a|! b|? …|! c"},
		{"x=$(a) b $(c)", "! c|! a|! b <…>"},
		{"sudo -n nice -n 5 a b; env X=1 a; timeout 5 a; nohup a", "! a b|! a|? a|! a"},
		{"sudo -u x a; xargs a", "? a|? a <…>"},
		{"sudo PATH=/x a", "? a"},
		{"exec a; b", "! a|? b"},
		{"set -e; a; b", "! a|? b"},
		{"set -e; a || b; if c; then d; fi", "! a|? b|? c|? d"},
		{"set -n; a", "? a"},
		{"set -u; a $x; b", "? a <…>|? b"},
		{"PATH=/x:$PATH; a; /bin/a", "? a|! /bin/a"},
		{"PATH=$PATH:/x; a", "! a"},
		{"cat >/tmp/x <<'E'\na\nE\nbash /tmp/x; . /tmp/x", "! cat <<\"a\\n\"|! a|! a"},
		{"p && cat >/tmp/x <<'E'\na\nE\nbash /tmp/x", "! p|? cat <<\"a\\n\"|? a"},
		{". /opt/x; a", "! /opt/x (what is in /opt/x is not known)|? a"},
		{"a > /nonexistent/x", "? a"},
		{"a > /tmp/x 2>/dev/null", "! a"},
		{"a; b\nif", "! a|! b|! (the shell cannot read it: `if` must be followed by a statement list)"},
		{"a; )", "! (the shell cannot read it: `)` can only be used to close a subshell)"},
		{"A=(x y); a \"${A[@]}\" ${A[1]}", "! a x y y"},
		{"a=(\nb\n)", ""},
		{"! a", "! a"},
		{"time a", "! a"},
		{"\uFFFC b; a \uFFFC \"x\uFFFCy\"", "? … b|! a … x…y"},
		{"for \uFFFC in 1; do a $\uFFFC; done", "! a 1"},
	} {
		got := strings.Join(steps("#!/bin/bash\n"+test.text+"\n"), "|")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s\n-want +got:\n%s", test.text, diff)
		}
	}
}

// TestPlaces sees that steps are where their commands stand, also inside texts
// that the script quotes.
func TestPlaces(t *testing.T) {
	const text = "#!/bin/bash\nf() { aa; }\nbb && { cc; }\nbash -c 'dd; ee'\neval 'ff'\nf\n"
	m := shell.Machine{Run: func(s *shell.Step) string {
		if name := s.Name(); !strings.HasPrefix(text[s.At:], name) {
			t.Errorf("%s is at %q", name, text[s.At:])
		}
		return ""
	}}
	m.Shell(text, func(at int) int { return at })
}

// TestUnless sees that a command which runs unless others succeed says so.
func TestUnless(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"a || b", "b unless a"},
		{"a || b || c", "c unless a b"},
		{"if ! a; then b; fi", "b unless a"},
		{"if a; then :; else b; fi", "b unless a"},
		{"p && { a || b; }", "b unless"},
		{"a && b", "b unless"},
		{"{ a; x; } || b", "b unless"},
	} {
		got := ""
		m := shell.Machine{Run: func(s *shell.Step) string {
			got = s.Name() + " unless"
			for _, u := range s.Unless {
				got += " " + u.Name()
			}
			return ""
		}}
		m.Shell("#!/bin/bash\n"+test.text+"\n", func(at int) int { return at })
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
	}
}

func ExampleMachine() {
	m := shell.Machine{Run: func(s *shell.Step) string {
		fmt.Printf("%s %d %t %q\n", s.Name(), len(s.Words)-1, s.Runs == shell.Certainly, s.Doubt)
		return shell.Unknown
	}}
	m.Shell("#!/bin/bash\niptables -F\n[ -e /x ] || reboot\n", func(at int) int { return at })
	// Output:
	// iptables 1 true ""
	// [ 3 true ""
	// reboot 0 false "it is in a branch that may not be taken"
}
