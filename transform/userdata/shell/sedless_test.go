package shell

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
)

// TestSedLessens has scripts of sed. Of those that only lessen a file,
// sed itself leaves no line that was not there, but for comments.
func TestSedLessens(t *testing.T) {
	const fstab = "UUID=a-b / xfs defaults 0 1\n/swapfile none swap sw 0 0\n(^swap none swap sw 0 0\n# a swap\n^*swap|x /mnt ext4 ro 0 0\n\n"
	if exec.Command("sed", "--version").Run() != nil {
		needs.Missing(t, "sed", "GNU sed is not installed")
	}
	for _, test := range []struct {
		option, script string
		want           bool
	}{
		{"", "/swap/d", true},
		{"-n", "/swap/p", false},
		{"", "2,3d;/^#/!d", true},
		{"", `\|^/swapfile|d`, true},
		{"", `\%swap%I,$d`, true},
		{"", "/swap/{/^#/d}", true},
		{"", `/ swap /s/^\(.*\)$/#\1/g`, true},
		{"", "/swap/s/^/#/", true},
		{"", "s@^[^#].*swap.*@# &@I", true},
		{"", `s/\(.*swap.*\)/#\1/`, true},
		{"", `s/\(^.*swap.*$\)/#\1/`, true},
		{"", `s/^\/swapfile/#\/swapfile/`, true},
		{"", "s/.*swap.*/#&/", true},
		{"-r", `/\sswap\s/s/^#?/#/`, true},
		{"-E", "s/(.*swap.*)/#\\1/", true},
		{"", "/swap/d;s/^UUID/#&/", true},
		{"", "s/^/#/2", false},
		{"", "s/swap/#swap/", false},
		{"", "s/swap/x/", false},
		{"", "s/^/x/", false},
		{"", `s/^/#\n/`, false},
		{"", `s/^.*swap/#\d10&/`, false},
		{"-E", "s/^?swap/#/", false},
		{"-E", "s/^UUID|swap/#/", false},
		{"", `s/^UUID\|swap/#/`, false},
		{"-E", "s/(.*:)?swap/#/", false},
		{"-E", "s/^*swap/#/", false},
		{"", `s/^\{0\}swap/#/`, false},
		{"", "s/(.*swap/#/", false},
		{"-z", "s/^.*UUID/#/", false},
		{"", "a /dev/x /var", false},
		{"", "/swap/c x", false},
		{"", "/swap/d;i x", false},
		{"", "s/^/#/w /opt/x", false},
		{"", "y/a/b/", false},
		{"", "/swap/", false},
		{"", "q", false},
		{"", "r /opt/x", false},
	} {
		args := []string{"-s", test.script}
		if test.option != "" {
			args[0] = test.option
		}
		r := &runner{m: &Machine{}, s: newState()}
		if got := r.lessens([]Word{{Text: args[0]}, {Text: args[1]}, {Text: "/etc/fstab"}}); got != test.want {
			t.Errorf("%s: %t", args, got)
		}
		if !test.want {
			continue
		}
		cmd := exec.Command("sed", args...)
		cmd.Stdin = strings.NewReader(fstab)
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: %v", args, err)
		}
		for line := range strings.Lines(string(out)) {
			if !strings.HasPrefix(line, "#") && !strings.Contains(fstab, line) {
				t.Errorf("%s: %s", args, line)
			}
		}
	}
}
