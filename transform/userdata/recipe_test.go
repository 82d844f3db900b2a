package userdata

import (
	"slices"
	"strings"
	"testing"
)

// TestErrexit has scripts, and after which of their statements an error ends them: "-"
// stands for those that do.
func TestErrexit(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{bang + "a\nb\n", "++"},
		{"#!/bin/bash -e\na\nset +e\nb\n", "--+"},
		{bang + "set -e\na\nset +e\nb\n", "+--+"},
		{bang + "a\nif\n", ""},
		{bang + "set -eu\na\n", "+-"},
		{bang + "set -x\na\n", "++"},
		{bang + "set -o errexit\na\nset +o errexit\nb\n", "+--+"},
		{bang + "set -o pipefail -e\na\n", "+-"},
		{bang + "set -euo pipefail\na\n", "+-"},
		{bang + "set -o pipefail\na\n", "++"},
		{bang + "set -e +x\na\n", "+-"},
		{bang + "set -x +e\na\n", "++"},
		{bang + "set -- -e\na\n", "++"},
		{bang + "set -e -- a\na\n", "+-"},
		{bang + "set\nb\n", "++"},
		{bang + "echo set -e\na\n", "++"},
		{bang + "if a; then set -e; fi\na\n", "++"},
	} {
		got := ""
		for _, s := range read(test.script).statements() {
			got += map[bool]string{true: "-", false: "+"}[s.errexit]
		}
		if got != test.want {
			t.Errorf("%q: %s, not %s", test.script, got, test.want)
		}
	}
}

// TestRecipe has lines of a script, with "|" before the commands that a recipe for rules
// consists of.
func TestRecipe(t *testing.T) {
	const marked = bang + `|yum install -y iptables-services
|dnf install -y iptables-services
yum install -y jq
if false; then iptables -F; fi
|iptables -A FORWARD -j LOG; |ip6tables -A FORWARD -j LOG
|/sbin/iptables-save > /etc/sysconfig/iptables
if [ -e /x ]; then |ip6tables-save; fi
|systemctl enable iptables
systemctl enable docker
|service iptables status
service docker status
echo iptables
/etc/eks/bootstrap.sh blue
iptables -F
`
	text := strings.ReplaceAll(marked, "|", "")
	var want []int
	for i := range marked {
		if marked[i] == '|' {
			want = append(want, i-len(want))
		}
	}
	if got := read(text).recipe(Block{}); !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

// TestAfterStatements has scripts, and after which bytes lines go in after a command:
// after the statement that it is part of, or else after its line.
func TestAfterStatements(t *testing.T) {
	for _, test := range []struct{ script, command, statement, line string }{
		{"a\nb\nc\n", "b", "a\nb\n", "a\nb\n"},
		{"a\nb; c\nd\n", "c", "a\nb; c\n", "a\nb; c\n"},
		{"if x; then\n  b\nfi\nc\n", "b", "if x; then\n  b\nfi\n", "if x; then\n  b\n"},
		{"b <<X\nx\nX\nc\n", "b", "b <<X\nx\nX\n", "b <<X\n"},
		{"a \\\n  b\nc\n", "b", "a \\\n  b\n", "a \\\n  b\n"},
		{"{ b <<X; }\nx\nX\nc\n", "b", "{ b <<X; }\nx\nX\n", "{ b <<X; }\n"},
		{"a\nb", "b", "a\nb", "a\nb"},
	} {
		text := "#!/bin/sh\n" + test.script
		d := read(text)
		places := d.after(len("#!/bin/sh\n")+strings.LastIndex(test.script, test.command), d.statements())
		if len(places) != 2 || text[:places[0].at] != "#!/bin/sh\n"+test.statement || text[:places[1].at] != "#!/bin/sh\n"+test.line {
			t.Errorf("%q: %+v", test.script, places)
		}
	}
	d := read("#!/bin/sh\na # b\nc\n")
	if places := d.after(strings.Index(d.text, "b\n"), d.statements()); len(places) != 1 || d.text[:places[0].at] != "#!/bin/sh\na # b\n" {
		t.Errorf("in a comment: %+v", places)
	}
	for before, want := range map[string]string{
		"#!/bin/sh\n  a\n":   "#!/bin/sh\n  a\n  " + Begin + "\n  x\n  " + End + "\n",
		"#!/bin/sh\n\ta\r\n": "#!/bin/sh\n\ta\r\n\t" + Begin + "\r\n\tx\r\n\t" + End + "\r\n",
		"#!/bin/sh\na":       "#!/bin/sh\na\n" + Begin + "\nx\n" + End,
		"#!/bin/sh\n  - a\n": "#!/bin/sh\n  - a\n  " + Begin + "\n  - x\n  " + End + "\n",
	} {
		i := (&document{text: before}).lineOf(len("#!/bin/sh\n") + 1)
		if got := Apply(before, i.changes([]string{"x"})); got != want {
			t.Errorf("%q: %q, not %q", before, got, want)
		}
	}
}
