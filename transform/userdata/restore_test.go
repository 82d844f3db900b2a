package userdata

import (
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestRestore has texts for iptables-restore, after calls of iptables, and whether all
// packets of pods are dropped then for certain, which needs the form in which
// iptables-save writes rules: versions differ in what else they take. "D" stands for the rule that does so, "…" for what
// is not known.
func TestRestore(t *testing.T) {
	const d = "-A FORWARD -d 169.254.169.254/32 -j DROP"
	for _, test := range []struct {
		before, text           string
		dropped, droppedByMore bool // by the text alone, and by what it adds to the rules before (--noflush)
	}{
		{"", "*filter\nD\nCOMMIT\n", true, true},
		{"", "# by hand\n\n*filter\n\n# rules\nD\nCOMMIT\n# end\n", true, true},
		{"", "*filter\n:FORWARD ACCEPT [0:0]\nD\nCOMMIT\n", true, true},
		{"", "*filter\n:INPUT DROP [12:345]\n:FORWARD ACCEPT\nD\nCOMMIT\n", true, true},
		{"", "*filter\n:FORWARD ACCEPT [0]\nD\nCOMMIT\n", false, false},
		{"", "*filter\n:FORWARD FOO [0:0]\nD\nCOMMIT\n", false, false},
		{"", "*filter\n:K ACCEPT [0:0]\nD\nCOMMIT\n", false, false},
		{"", "*filter\n:K - [0:0]\n-A K -d 169.254.169.254/32 -j DROP\n-A FORWARD -j K\nCOMMIT\n", true, true},
		{"", "*filter\n:K -\n-I K -d 169.254.169.254/32 -j DROP\n-I FORWARD -j K\nCOMMIT\n", true, true},
		{"", "*filter\n-A K -d 169.254.169.254/32 -j DROP\n-A FORWARD -j K\nCOMMIT\n", false, false},
		{"", "*filter\n:K - [0:0]\n-A L -j LOG\nD\nCOMMIT\n", false, false},
		{"", "*filter\nD\n-A FORWARD -j K\nCOMMIT\n", false, false},
		{"", "*filter\n:K - [0:0]\nCOMMIT\n*mangle\n-A FORWARD -j K\nCOMMIT\n*filter\nD\nCOMMIT\n", false, false},
		{"", "*filter\n[0:0] D\nCOMMIT\n", true, true},
		{"", "*filter\n[12:34] D\nCOMMIT\n", true, true},
		{"", "*filter\n[12] D\nCOMMIT\n", false, false},
		{"", "*filter\n[12:34]D\nCOMMIT\n", false, false},
		{"", "*filter\n-A INPUT -m comment --comment \"a b\" -j ACCEPT\nD\nCOMMIT\n", true, true},
		{"", "*filter\n-A INPUT -m foo -j ACCEPT\nD\nCOMMIT\n", false, false},
		{"", "*filter\n-A INPUT -w -j ACCEPT\nD\nCOMMIT\n", false, false},
		{"", "*filter\n D\nCOMMIT\n", false, false},
		{"", "*filter\n-A INPUT -j ACCEPT \nD\nCOMMIT\n", false, false},
		{"", "*filter\n-L FORWARD\nD\nCOMMIT\n", false, false},
		{"", "*filter\nD\n", false, false},
		{"", "*filter\nCOMMIT\nD\n", false, false},
		{"", "D\n*filter\nCOMMIT\n", false, false},
		{"", "COMMIT\n*filter\nD\nCOMMIT\n", false, false},
		{"", "*filter\nD\nCOMMIT\n*nat\nCOMMIT\n", true, true},
		{"", "*nat\nCOMMIT\n*filter\nD\n", false, false},
		{"", "*nat\n:K - [0:0]\n*filter\nD\nCOMMIT\n", false, false},
		{"", "*foo\nCOMMIT\n*filter\nD\nCOMMIT\n", false, false},
		{"", "*filter\n-A FORWARD -j ACCEPT\nD\nCOMMIT\n", false, false},
		{"", "*filter\nD\n-A FORWARD -j ACCEPT\nCOMMIT\n", true, true},
		{"", "…\n*filter\nD\nCOMMIT\n", false, false},
		{"", "*filter\n…\nD\nCOMMIT\n", false, false},
		{"", "*filter\n-A INPUT -s … -j ACCEPT\nD\nCOMMIT\n", false, false},
		{"", "*raw\n-A PREROUTING -d 169.254.169.254/32 -j DROP\nCOMMIT\n", true, true},
		{"", "", false, false},

		{"-A FORWARD -j ACCEPT", "*filter\nD\nCOMMIT\n", true, false},
		{"-t mangle -A FORWARD -j ACCEPT", "*filter\nD\nCOMMIT\n", true, true},
		{"-I FORWARD -d IMDS -j DROP", "*filter\nCOMMIT\n", false, true},
		{"-I FORWARD -d IMDS -j DROP", "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n", false, true},
		{"-I FORWARD -d IMDS -j DROP", "*filter\n-I FORWARD -j ACCEPT\nCOMMIT\n", false, false},
		{"-I FORWARD -d IMDS -j DROP", "*nat\nCOMMIT\n", true, true},
		{"-I FORWARD -d IMDS -j DROP", "…", false, false},
		{"-N K; -A K -d IMDS -j DROP; -I FORWARD -j K", "*filter\n:K - [0:0]\nCOMMIT\n", false, false},
		{"-N K; -A K -d IMDS -j DROP; -I FORWARD -j K", "*filter\n:L - [0:0]\nCOMMIT\n", false, true},
		{"? -A FORWARD -j LOG", "*filter\n-I FORWARD 2 -d 169.254.169.254/32 -j DROP\nCOMMIT\n", false, false},
		{"…; -I INPUT -j LOG", "*filter\nD\nCOMMIT\n", true, false},
		{"…; -I INPUT -j LOG", "*filter\n-I FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n", true, true},
	} {
		text := strings.NewReplacer("D\n", d+"\n", "…", shell.Unknown).Replace(test.text)
		for noflush, want := range map[bool]bool{false: test.dropped, true: test.droppedByMore} {
			f := filtered(test.before)
			f.restore(nil, text, noflush, true)
			if got := f.tables.drops(ordinary); got != want {
				t.Errorf("%s, noflush %t: dropped %t, not %t\n%s", test.before, noflush, got, want, test.text)
			}
		}
	}
}

// TestRestorePerhaps has texts that may be restored or not.
func TestRestorePerhaps(t *testing.T) {
	const text = "*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n"
	for _, test := range []struct {
		before, text, after string
		dropped             bool
	}{
		{"", text, "", false},
		{"-I FORWARD -d IMDS -j DROP", text, "", true},
		{"-I FORWARD -i eni+ -d IMDS -j DROP", text, "", true},
		{"-I FORWARD -d IMDS -j DROP", "*filter\nCOMMIT\n", "", false},
		{"-I FORWARD -d IMDS -j DROP", strings.Replace(text, "DROP", "LOG", 1), "", false},
		{"-I FORWARD -d IMDS -j DROP", strings.Replace(text, "COMMIT\n", "", 1), "", false},
		{"", strings.Replace(text, "DROP", "ACCEPT", 1), "-I FORWARD -d IMDS -j DROP", true},
		{"", strings.Replace(text, "COMMIT\n", "", 1), "-A FORWARD -d IMDS -j DROP", false},
		{"…", "*nat\nCOMMIT\n", "-A FORWARD -d IMDS -j DROP", false},
		{"", strings.Replace(text, "COMMIT\n", "", 1), "-I FORWARD -d IMDS -j DROP", true},
	} {
		f := filtered(test.before)
		f.restore(nil, test.text, false, false)
		if test.after != "" {
			for word := range strings.SplitSeq(test.after, ";") {
				f.apply(nil, words(word), true)
			}
		}
		if got := f.tables.drops(ordinary); got != test.dropped {
			t.Errorf("%s, %s: dropped %t\n%s", test.before, test.after, got, test.text)
		}
	}
}

// TestRestoreBeside has rules that are not known beside those that are restored.
func TestRestoreBeside(t *testing.T) {
	for _, noflush := range []bool{false, true} {
		f := filtered("…")
		f.restore(nil, "*nat\nCOMMIT\n", noflush, true)
		f.apply(nil, words("-A FORWARD -d IMDS -j DROP"), true)
		if f.tables.drops(ordinary) {
			t.Errorf("noflush %t: dropped", noflush)
		}
	}
}

// TestSplitLine has lines of iptables-save, and the words that iptables-restore reads.
func TestSplitLine(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{"-A K -j LOG", []string{"-A", "K", "-j", "LOG"}},
		{" -A \t K ", []string{"-A", "K"}},
		{"[0:0] -A K", []string{"-A", "K"}},
		{`--comment "a b" -j X`, []string{"--comment", "a b", "-j", "X"}},
		{`--comment "a \"b\" \\" x`, []string{"--comment", `a "b" \`, "x"}},
		{`--comment "" x`, []string{"--comment", "", "x"}},
		{`a\b "c\`, []string{`a\b`, `c\`}},
		{"", nil},
	} {
		var got []string
		for _, w := range splitLine(test.line) {
			got = append(got, w.Text)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, not %q", test.line, got, test.want)
		}
	}
	for word, want := range map[string]bool{"[0:0]": true, "[12:345]": true, "[0]": false, "[:0]": false, "[0:]": false, "0:0": false, "[0:0": false, "0:0]": false, "[a:0]": false, "[0:b]": false, "[[0:0]": false, "[0:0:0]": false, "": false} {
		if isCounters(word) != want {
			t.Errorf("%q: %t", word, !want)
		}
	}
}
