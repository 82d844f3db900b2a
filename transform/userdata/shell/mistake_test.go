package shell_test

import (
	"os/exec"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestExpressions sees that the shell is taken to give up the expressions that bash and
// dash cannot evaluate, and no others.
func TestExpressions(t *testing.T) {
	const variables = "empty=\nzero=0\nn=7\noctal=09\nfloat=1.5\nsum='n + 1'\nblank=' 7 '\nwords='1 2'\nset -- 3 ''\n"
	for name, system := range map[string]shell.System{"bash": shell.AnyLinux, "dash": shell.Ubuntu} {
		program, err := exec.LookPath(name)
		if err != nil {
			needs.Missing(t, name, err.Error())
		}
		bang := map[string]string{"bash": "#!/bin/bash\n", "dash": "#!/bin/sh\n"}[name]
		for _, x := range []string{
			"1", "08", "07", "0x1f", "0x1g", "1.5", "1k", "10#08", "10#", "2#2", "1 2", "* 2", "1 +", "- 1", "(1", "()", "1 ? 2 : 3", "1 ? 2", "1 : 2", "1, 2", "2 ** 3", "n++", "++n", "-n", "!n", "~n", "1 = 2",
			"1/0", "1%0", "1/zero", "1/(7-n)", "n/2", "n/(n-6)", "0 && 1/0", "1 && 1/0", "1 || 1/0", "0 || 1/0", "zero ? 1/zero : 1", "n ? 1/zero : 1", "x = 1/0", "n /= 0", "n += 1", "2 > 1 < 1 == 1 != 0 >= 1 <= 3 | 1 ^ 2 & 3 << 1 >> 1",
			"n", "$n", "empty", "$empty", "$empty + 1", "1 + $empty", "$empty * 2", "empty * 2", "1 / empty", "octal", "$octal", "${octal#0}", "${octal##0} + 1", "float", "$float", "blank + 1", "$blank + 1", "words", "unset_name * 2",
			"${empty:-4} * 2", "${n:-08}", "${empty:-08}", "${empty-08} * 1", "$1 * 2", "$2 * 2", "$2 + 2", "$4 * 2", "${4:-5} * 2", "$# * 2", "$? * 2", "${#n} * 2", "${n%0} * 2", "\"$n\" * 2", "1 / $((n - 6))", "$(echo 3) * 2",
		} {
			script := variables + ": $((" + x + ")); exit 7\n"
			runs := exec.Command(program, "-c", script).Run()
			status, _ := runs.(*exec.ExitError)
			last := shell.Never
			m := shell.Machine{System: system, Run: func(s *shell.Step) string {
				if last = s.Runs; s.Reason != "" {
					last = shell.Never // the parser refuses it
				}
				return shell.Unknown
			}}
			m.Shell(bang+variables+": $(("+x+")); last\n", func(at int) int { return at })
			want := status != nil && status.ExitCode() == 7
			if got := m.MayEnd == 0 && last == shell.Certainly; got != want {
				t.Errorf("%s goes on after $((%s)): %v, not %v", name, x, got, want)
			}
		}
	}
}

// TestSamples has values that scripts calculate with, and whether they are likely to be
// something else than a number, which ends a script for sh.
func TestSamples(t *testing.T) {
	for script, ends := range map[string]bool{
		"x=$(( $(date +%m) + 1 ))":                                                   true,
		"x=$(( $(date '+%H') * 60 ))":                                                true,
		"x=$(( $(date -u +%j) / 7 ))":                                                true,
		"x=$(( $(date +%F) ))":                                                       true,
		"x=$(( $(date +%D) ))":                                                       true,
		"x=$(( $(date) ))":                                                           true,
		"x=$(( $(date +%T) ))":                                                       true,
		"x=$(( $(date +%R) ))":                                                       true,
		"x=$(( $(date +%N) / 1000 ))":                                                true,
		"x=$(( $(date +%H%M) ))":                                                     true,
		"x=$(( $(date +%) + 1 ))":                                                    false,
		"x=$(( $(date +%-m) + $(date +%_H) ))":                                       false,
		"x=$(( $(date +%s) - $(date +%Y%m%d) ))":                                     false,
		"x=$(( $(date +%y) + $(date +%e) ))":                                         false,
		"m=$(date +%M); x=$((m % 5))":                                                true,
		"m=`date +%M`; x=$(($m % 5))":                                                true,
		"m=$(date +%M); x=$((1$m - 100))":                                            false,
		"m=$(date +%M); x=$((${m#0} % 5))":                                           false,
		"m=$(date +%M); m=${m#0}; x=$((m % 5))":                                      false,
		"m=$(date +%M); x=$((${m%0} % 5))":                                           false,
		"m=$(date +%M); m=5; x=$((m % 5))":                                           false,
		"m=$(date +%M); n=$m; x=$((n % 5))":                                          true,
		"m=$(date +%M); read m; x=$((m % 5))":                                        false,
		"export m=$(date +%M); x=$((m % 5))":                                         true,
		"if a; then m=$(date +%d); else m=1; fi; x=$((m % 5))":                       true,
		"if a; then m=1; else m=$(date +%d); fi; x=$((m % 5))":                       true,
		"while a; do m=$(date +%d); x=$((m % 5)); done":                              true,
		"now() { date +%S; }; x=$(( $(now) + 1 ))":                                   true,
		"now() { { (date +%S); }; }; x=$(( $(now) + 1 ))":                            true,
		"n=$(curl -s http://x); x=$(($n * 2))":                                       true,
		"n=$(curl -s http://x); x=$((2 + $n))":                                       true,
		"n=$(curl -s http://x); x=$((n * 2))":                                        false,
		"n=$(curl -s http://x); x=$((${n:-1} * 2))":                                  false,
		"n=$(curl -s http://x); : ${n:=1}; x=$(($n * 2))":                            false,
		"n=$(curl -s http://x); x=$((${n:?} * 2))":                                   false,
		"n=$(curl -s http://x || echo 1); x=$(($n * 2))":                             false,
		"n=$(curl -s http://x || true); x=$(($n * 2))":                               true,
		"n=$(a && aws x); x=$(($n * 2))":                                             true,
		"n=$(curl -s http://x | jq .n | tr -d x); x=$(($n * 2))":                     true,
		"n=$(curl -s http://x | wc -c); x=$(($n * 2))":                               false,
		"n=$(curl -s http://x); [ -n \"$n\" ] || n=1; x=$(($n * 2))":                 false,
		"n=$(curl -s http://x); case $n in '') n=1;; esac; x=$(($n * 2))":            false,
		"n=$(curl -s http://x) || n=1; x=$(($n * 2))":                                false,
		"n=$(cat /opt/n); x=$(($n * 2))":                                             true,
		"n=$(</opt/n); x=$(($n * 2))":                                                true,
		"echo 4 >/opt/n; n=$(cat /opt/n); x=$(($n * 2))":                             false,
		"n=$(cat /sys/n); x=$(($n * 2))":                                             false,
		"g=$(ls /dev/nvidia? | wc -l); x=$((100 / g))":                               true,
		"g=$(ls /dev/nvidia? | wc -l); x=$((100 * g))":                               false,
		"g=$(ls /dev/nvidia? | wc -l); if [ $g -gt 0 ]; then x=$((100 / g)); fi":     false,
		"g=$(ls /dev/nvidia? | wc -l); x=$((g ? 100 / g : 0))":                       false,
		"g=$(lspci | grep -c NVIDIA); x=$((100 / g))":                                true,
		"c=$(grep -c ^processor /proc/cpuinfo); x=$((100 / c))":                      false,
		"c=$(grep ^processor /proc/cpuinfo | sort | wc -l); x=$((100 / c))":          false,
		"c=$(lscpu -p | grep -v '#' | wc -l); x=$((100 / c))":                        false,
		"x=$(( $(nproc) * 2 )); y=$((100 / x))":                                      false,
		"m=$(awk '/MemTotal/ {print $2}' /proc/meminfo); x=$(($m / 1024))":           false,
		"m=$(free -m | awk '/Mem/ {print $2}'); x=$((m * 80 / 100))":                 false,
		"i=0; while [ $i -lt 5 ]; do i=$((i + 1)); done; x=$(($i * 2))":              false,
		"for i in 1 2; do x=$(($i * 2 / i)); done":                                   false,
		"f() { x=$((${1:-5} * 2)); y=$((3 / ${2:-1})); }; f; f 1 2; f \"$a\" \"$b\"": false,
		"f() { x=$(($1 * 2)); }; f":                                                  true,
		"x=$((${SIZE} * 2)); y=$((8 * 1024 / 2))":                                    false,
	} {
		m := shell.Machine{System: shell.AmazonLinux, Run: func(*shell.Step) string { return shell.Unknown }}
		m.Shell("#!/bin/sh\n"+script+"\n", func(at int) int { return at })
		if (m.MayEnd > 0) != ends {
			t.Errorf("%s: %d places", script, m.MayEnd)
		}
	}
}
