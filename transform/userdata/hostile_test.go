package userdata

import (
	"strings"
	"testing"
)

// TestJudgeEnds has scripts that would run for very long, or grow very large. The
// verdict on them ends, and says that they have no rule.
func TestJudgeEnds(t *testing.T) {
	loops := ""
	for _, v := range []string{"a", "b", "c", "d", "e"} {
		loops += "for " + v + " in " + strings.Repeat("x ", 60) + "; do "
	}
	functions := "f0() { :; }\n"
	for i := 1; i < 26; i++ {
		functions += "f" + string(rune('a'+i)) + "() { f" + string(rune('a'+i-1)) + "; f" + string(rune('a'+i-1)) + "; }\n"
	}
	for _, test := range []struct{ name, text string }{
		{"loops", loops + "y=1; " + strings.Repeat("done; ", 5)},
		{"functions", functions + "fz\n"},
		{"functions in loops", functions + "while p; do fz; while q; do fz; done; done\n"},
		{"itself", "f() { f; f; f | f; f & }\nf\n"},
		{"a trap in a trap", "t() { trap t EXIT; t & }\nt\n"},
		{"doubling", "x=aaaaaaaaaaaaaaaa\nA=(a b)\n" + strings.Repeat("x=$x$x; A=(\"${A[@]}\" \"${A[@]}\"); set -- \"$@\" x \"$@\"\n", 40) + "iptables $x \"${A[@]}\" \"$@\"\n"},
		{"braces", "iptables " + strings.Repeat("{a,b}", 30) + "\n"},
		{"files", "echo iptables -F > /tmp/x\n" + strings.Repeat("cat /tmp/x /tmp/x > /tmp/y; cp /tmp/y /tmp/x\n", 40) + "bash /tmp/x\n"},
		{"a file that runs itself", "cat > /tmp/x <<'X'\nbash /tmp/x; . /tmp/x\nX\nbash /tmp/x\n"},
		{"eval of itself", "x='eval \"$x\"; eval \"$x\"'\neval \"$x\"\n"},
		{"nesting", strings.Repeat("(", 30000) + "a" + strings.Repeat(")", 30000) + "\n"},
		{"nested substitutions", strings.Repeat("$(", 1<<14) + "a" + strings.Repeat(")", 1<<14) + "\n"},
		{"nested blocks", strings.Repeat("{ ", 1<<13) + "a" + strings.Repeat("; }", 1<<13) + "\n"},
		{"nested ifs", strings.Repeat("if p; then ", 1<<12) + "a" + strings.Repeat("; fi", 1<<12) + "\n"},
		{"nested arithmetic", "echo $((" + strings.Repeat("(", 60000) + "\n"},
		{"too long", strings.Repeat("true\n", 1<<14)},
		{"a chain", strings.Repeat("a || ", 1<<13) + "b\n"},
		{"a chain of both", strings.Repeat("a || b && ", 6000) + "b\n"},
		{"a long pipeline", strings.Repeat("a | ", 1<<13) + "b\n"},
		{"rules", strings.Repeat("iptables -A FORWARD -d 10.0.0.0/8 -j ACCEPT; iptables-save > /etc/sysconfig/iptables; systemctl restart iptables\n", 300)},
		{"chains", "iptables -N c0\n" + strings.Repeat("iptables -A FORWARD -j c0; iptables -A c0 -j c0; iptables -A c0 -j c0\n", 100)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if problems := judgeText(bang+test.text+boot, Block{}); len(problems) == 0 {
				t.Error("no problem")
			}
		})
	}
}
