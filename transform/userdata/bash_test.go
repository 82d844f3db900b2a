package userdata

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The parts of the scripts that bash is asked about. What is to keep the rule
// from being there stands before, between or after them.
const (
	lockNow = "iptables -I FORWARD 1 -d 169.254.169.254/32 -j DROP; iptables-save > /etc/sysconfig/iptables; systemctl enable --now iptables; "
	joins   = "/etc/eks/bootstrap.sh demo\n"
)

// TestBash holds the verdict to what bash does where it does not do what a
// script seems to say. "R" stands for the rule.
func TestBash(t *testing.T) {
	n := newTestNode(t)
	for _, text := range []string{
		// variables that have a meaning
		"printf -v PATH /none\nR", "read PATH <<< /none\nR", "mapfile PATH < /dev/null\nR", "readarray -t PATH <<< /none\nR", "getopts a PATH\nR",
		"let PATH=1\nR", "((PATH=1))\nR", ": $((PATH=1))\nR", "[[ PATH=1 -eq 1 ]]\nR", "for PATH in /none; do :; done\nR", "select PATH in a; do break; done <<< 1\nR",
		"command export PATH=/none\nR", "builtin declare PATH=/none\nR", "x=export; $x PATH=/none\nR", "x=PATH=/none; export $x\nR", "declare -n x=PATH; x=/none\nR",
		"f() { local PATH; R }; f", "f() { declare PATH=/none; R }; f", "f() { R }; PATH=/none f", "PATH[0]=/none\nR", "x='PATH=1'; ((x))\nR",
		"for i in 1 2; do P=$Q; Q=/none; done; PATH=${P-$PATH}\nR", "f() { while \"$@\"; do break; done; PATH=$P; }; P=$PATH; g() { read P <<< /none; }; f g; R", "f() { until \"$@\"; do :; done; PATH=$P; }; P=$PATH; f read P <<< /none; R", "BASH_CMDS[iptables]=/bin/true\nR", "exec {PATH}>/dev/null\nR",
		"I=iptables; f() { local I=true; }; I=true; f; $I -F; R I=iptables; f() { local I; I=true; }; f; $I -F", "R I=true; f() { $I -F; }; I=iptables f",
		"R C='iptables'; $C${Z} -F", "R read C <<< iptables; $C -F",
		"#!/bin/sh\nPATH=/none :; R",
		// variables that cannot be assigned
		"readonly X; X=1; R", "declare -r X=1; X=2; R", "UID=1; R", "f() { readonly X=1; }; f; X=2; R", "X=1; readonly X; X=2; { R }", "#!/bin/sh\nreadonly X=1; X=2\nR",
		// what the parser reads otherwise
		"let x=1<<2\nR", "foo() iptables -L\nR", "ls @(a|b); R", "foo() ! {\n:; }\nR",
		// pipelines
		"shopt -s lastpipe; true | exit; R", "shopt -s lastpipe; echo /none | read PATH; R", "shopt -s lastpipe\necho iptables | read -r I\nR $I -F", "I=true; shopt -s lastpipe; R echo iptables | read I; $I -F", "shopt -so errexit; false; R",
		// killed by a child
		"(kill $$); R", "bash -c 'kill $PPID'; R", "{ sleep 0; kill $$; } & wait; R", "x=$(kill $$); R", "true | kill $$; R", "f() { (kill -9 $$); }; f; R", "/bin/kill $$; R", "command kill $$; R", "trap 'kill $$' DEBUG; R",
		// builtins that fail
		"set -e; false & wait $!; R", "set -e; shopt nullglob; R", "set -e; bg; R", "set -e; disown; R", "set -e; complete -p x; R", "set -e; help nope; R", "set -e; dirs +5; R", "set -e; type nope; R", "set -e; hash nope; R", "set -e; ulimit -c nope; R",
		"set -e; declare -p nope; R", "set -e; shift; shift; R", "set -e; unalias nope; R", "set -e; alias nope; R", "set -e; trap : NOPE; R", "set -e; local x; R", "set -e; printf %d x; R", "set -e; umask 9; R", "set -e; f() { local -; set +e; }; f; false; R",
		"set -e; export -f nope; R", "set -e; enable nope; R", "set -e; ((0)); R", "set -e; [ a = b ]; R", "set -e; [[ a == b ]]; R", "set -e; test; R", "set -e; [ \"\" ]; R", "set -e; [ -n ]; [ -n \"\" ]; R",
		// set -u
		"set -u; : ${a[0]}; R", "set -u; a=(1); : ${a[3]}; R", "set -u; : ${#NOPE}; R", "set -u; : ${!NOPE}; R", "set -u; ((NOPE)); R", "set -u; : $((NOPE+1)); R", "set -u; : ${NOPE#x}; R", "set -u; : ${NOPE:1}; R", "set -u; : ${NOPE/a/b}; R", "set -u; : $!; R",
		"set -u; [[ -n $NOPE ]]; R", "set -u; : \"${a[0]}\"; R", "set -u; let x=NOPE; R", "set -u; case $NOPE in x) ;; esac; R", "set -u; : $1; R", "set -u; read -p x y <<< a; : $x; R",
		// run at each command
		"R set -x; PS4='$(iptables -F)'; :", "set -x; PS4='`iptables -F`+ '; R", "PS4='$(kill $$)'; set -x; R",
		// a POSIX shell
		"#!/bin/sh\na=(1)\nR", "#!/bin/sh\ncat <(true)\nR", "#!/bin/sh\ncat <<< x\nR", "#!/bin/sh\nfunction f { :; }\nR", "#!/bin/sh\nset -o pipefail\nR", "#!/bin/sh\nX=abc; : ${X:1}\nR", "#!/bin/sh\n: ${X^^}\nR", "#!/bin/sh\nlocal x\nR", "#!/bin/sh\nshift\nR",
		"#!/bin/sh\nexport -f x\nR", "#!/bin/sh\nfor ((i=0;i<1;i++)); do :; done\nR", "#!/bin/sh\ncase a in a) ;& b) ;; esac\nR", "#!/bin/sh\nset -e\n((1))\nR", "#!/bin/sh\nset -e\n[[ a ]]\nR", "#!/bin/sh\n{ R }; coproc { :; }", "#!/bin/sh\n[ a == a ] && {\nR }", "#!/bin/sh\necho 'a\\c' >/dev/null\nset -T\nR",
		// #! lines
		"#!/usr/bin/env bash -e\nR", "#!bin/bash\nR", "#!/bin/bash -s\nR", "#!/bin/bash --version\nR", "#!/bin/bash --help\nR", "#!/bin/bash --dump-strings\nR", "#!/bin/bash -n\nR", "#!/bin/bash --nope\nR", "#!/bin/bash -e -u\nR", "#!/bin/bash -o pipefail\nR", "#!/bin/bash --norc --noprofile\nR",
		"#!/bin/bash # bash\nR", "#!/usr/bin/env -i bash\nR", "#!/bin/sh --login\nR", "#!/bin/bash -D\nR", "#!/bin/bash -t\nR",
		// tests that only seem to be known
		"X=; [ -n $X ] || {\nR }", "[[ ab == a* ]] || {\nR }", "[[ a == [ab] ]] || {\nR }", "X='a*'; [[ ab == $X ]] || {\nR }", "shopt -s nocasematch; [[ a != A ]] && {\nR }", "shopt -s nocasematch; case a in A) ;; *) R ;; esac", "X='a b'; [ $X = a ] || exit; R",
		"X=; [ $X = a ] && {\nR }", "GROUPS=x; [ $GROUPS = x ] && {\nR }", "[ a = b -o a = a ] || {\nR }", "((1)) || {\nR }", "[ 1 -gt 2 ] && {\nR }", "[ a ", "[ -z a ] && {\nR }", "[[ a && b = c ]] && {\nR }",
		// traps
		"R trap 'iptables -F' EXIT; (trap - EXIT)", "R trap 'iptables -F' EXIT; false && trap - EXIT", "R trap 'iptables -F' EXIT; trap - INT", "R trap 'iptables -F' INT EXIT; trap - INT", "(trap '" + strings.TrimSpace(joins) + "' EXIT); R", "trap '" + strings.TrimSpace(joins) + "' EXIT; exit; R",
		"trap 'exit 1' ERR; false; R", "trap 'exit 1' ERR; set +e; false; R", "trap 'PATH=/none' ERR; false; R", "die() { exit 1; }; trap die ERR; [ a = b ]; R", "die() { PATH=/none; }; trap die ERR; false; R", "trap 'trap \"\" ERR; exit' ERR; false; R",
		// what builtins print
		"X=$(kill -l); [ -n \"$X\" ] && exit; R", "X=$(umask); [ -n \"$X\" ] && exit; R", "X=$(set -o); [ -n \"$X\" ] && exit; R", "X=$(export -p); [ -n \"$X\" ] && exit; R", "X=$(declare -p HOME); [ -n \"$X\" ] && exit; R", "X=$(ulimit -n); [ -n \"$X\" ] && exit; R",
		"X=$(echo a & wait); [ -n \"$X\" ] && exit; R", "X=$(trap 'echo a' EXIT); [ -n \"$X\" ] && exit; R", "X=$(< /etc/hostname); [ -n \"$X\" ] && exit; R", "X=$(echo -e 'a\\x62'); [ $X = ab ] && exit; R",
		// words, here-documents and arguments
		"A=iptables; A+=(-F FORWARD); R \"${A[@]}\"", "A=(iptable x); A+=s; R ${A[0]} -F", "FUNCNEST=1; f() { g; }; g() {\nR }; f", "printf 'x%n' PATH >/dev/null; R",
		"A=(-F FORWARD); R iptables \"${A[@]}\"", "A=(true; iptables -F); R \"${A[@]:2}\"", "A=(true x); R \"${A[*]}\" || iptables -F", "set -- true x; R \"$*\" || iptables -F",
		"R cat > /tmp/x <<E\n[ \\\"a\\\" = a ] || iptables -F\nE\nbash /tmp/x", "R bash -c '[ \"$1\" = flush ] && iptables -F' _ flush", "R echo '[ \"$1\" = flush ] && iptables -F' > /tmp/x; . /tmp/x flush",
		"R echo '[ \"$1\" = flush ] && iptables -F' > /tmp/x; set -- flush; . /tmp/x", "R bash -c '$0 -F' iptables",
		// texts that are evaluated a second time
		"R [ -v 'a[$(iptables -F)]' ]", "R a=(1); unset 'a[$(iptables -F)]'", "R read 'a[$(iptables -F)]' <<< 1", "R printf -v 'a[$(iptables -F)]' x", "R declare 'a[$(iptables -F)]=1'", "R exec {a[$(iptables -F)]}>/dev/null", "R declare -i x='a[$(iptables -F)]'",
		"R declare -i x; x='a[$(iptables -F)]'", "R f() { local -i x=$1; }; f 'a[$(iptables -F)]'", "R OPTIND='a[$(iptables -F)]'", "R let 'x=a[$(iptables -F)]'", "R x='a[$(iptables -F)]'; echo ${!x}", "R x='a[$(iptables -F)]'; ((x++))",
		"R x='a[$(iptables -F)]'; echo ${a[x]}", "R x='a[$(iptables -F)]'; a=([$x]=1)", "R x='a[$(iptables -F)]'; y=1; echo ${y:$x}", "R x=b; b='a[$(iptables -F)]'; ((x))", "R set -- 'a[$(iptables -F)]'; (($1))", "R set -- 'a[$(iptables -F)]'; a[$1]=1",
		"x='PATH=1'; : $(($x))\nR", "R x='$(iptables -F)'; echo ${x@P}", "R x='($(iptables -F))'; declare -a a=\"$x\"", "R x='($(iptables -F))'; command declare -a a=\"$x\"",
		// pipes whose reader ends early
		"{ sleep 0.2; echo; R } | true", "f() { sleep 0.2; echo; R }; f | head -n 0", "{ echo a; sleep 0.2; echo; R } 2>&1 | grep -q a", "( echo; sleep 0.2; echo; R ) | sed q",
		"{ sleep 0.2; echo; R } | cat /etc/hostname >/dev/null", "{ echo; sleep 0.2; echo; R } | while read -r x; do break; done", "{ sleep 0.2; echo; R } | while false; do read x; done", "{ sleep 0.2; echo; R } | cut -c1 /etc/hostname >/dev/null", "{ sleep 0.2; echo; R } | bash -c exit",
		// expressions that the shell cannot evaluate, and files that it cannot open
		"#!/bin/sh\nX=$((08 + 1))\nR", "#!/bin/sh\nN=\nX=$(($N * 2))\nR", "#!/bin/sh\nN=$(ls /none | wc -l); X=$((100 / N))\nR", "#!/bin/sh\nN=$(cat /none); echo $((2 + $N))\nR", "#!/bin/sh\nX=$((1 + 010#8))\nR",
		"X=$((08 + 1)); R", "f() { local n=09; export X=$((n * 2))\nR }; f", "f() { N=$(cat /none); g; R }; g() { X=$((5 * $N)); }; f", "if : $((1 / 0)); then\nR fi", "(X=$((1 % 0)); R)", "eval 'X=$((1/0)); R'", "N=$(cat /none); { X=$(($N / 2)) || true; R }",
		"#!/bin/sh\n: > /none/x\nR", "#!/bin/sh\nexport A=1 > /none/x\nR", "#!/bin/sh\nif set -- a < /none; then :; fi\nR", "#!/bin/sh\nf() { times >> /none/x; }\nf\nR", "#!/bin/bash --posix\nexec 3> /none/x\nR", "set -e; id nosuchuser; R", "set -e; echo a > /dev/tcp/127.0.0.1/1; R",
		"#!/bin/sh\nset-up() { :; }\nR", "#!/bin/sh\nexport -z\nR",
		// limits
		"ulimit -f 0; R", "ulimit 0; R", "ulimit -n 3; R", "ulimit -v 1000; R",
		// patterns of file names
		"R rm /etc/sysconfig/i[p]tables", "R X='/etc/sysconfig/i[p]tables'; rm $X", "R rm /etc/sysconfig/i[$Z\"p\"]tables", "R cd /etc/sysconfig; rm [!x]ptables", "R cd /etc/sysconfig; cp /dev/null i[o-q]tables",
	} {
		script := strings.TrimSuffix(ruleIn(text), joins) // which nodeadm does
		t.Run(text, func(t *testing.T) {
			_, locked := checkLaw(t, n, script)
			if locked && strings.Contains(script, "sleep 0.2") { // a reader that is slow to end
				_, locked = checkLaw(t, n, strings.ReplaceAll(script, "sleep 0.2", "sleep 9"))
			}
			if locked {
				t.Errorf("it locks the node, and shows nothing:\n%s", script)
			}
		})
	}
}

// ruleIn puts the rule in the place of R, and the kubelet's start at the end.
func ruleIn(text string) string {
	if !strings.HasPrefix(text, "#!") {
		text = bang + text
	}
	place := regexp.MustCompile(`\bR\b ?`).FindStringIndex(text)
	if place == nil {
		return text + "\n" + joins
	}
	return text[:place[0]] + lockNow + text[place[1]:] + "\n" + joins
}

// TestBashLocks has scripts that lock the node whatever they seem to say, and
// sees that the verdict knows.
func TestBashLocks(t *testing.T) {
	n := newTestNode(t)
	for _, text := range []string{
		"kill -0 $$; kill -l; R", "sleep 0 & kill $!; R", "trap 'kill $(jobs -p)' EXIT; R", "ulimit -n 65536; ulimit -c 0; ulimit -l unlimited; R",
		"R trap 'iptables -F' EXIT; trap - EXIT", "R trap 'iptables -F' EXIT; trap '' EXIT", "R trap 'iptables -F' 0; trap true EXIT", "trap true EXIT; R",
		"set -e; [ a = a ]; [[ a == a ]]; test -n x; [ -z '' ]; [ ! a = b ]; ((1)); R", "set -e; X=a; [ $X = a ]; [[ $X != b ]]; [ \"$X\" = a ]; R", "X=1; [ $X = 1 ] || exit; R", "if [[ a == b ]]; then exit; fi; R", "[ 1 -gt 2 ] && exit; R",
		"retry() { local n=0; until \"$@\"; do n=$((n+1)); [ $n -ge 5 ] && return 1; done; }; retry ls /; retry true; R",
		"[ \"$EUID\" -ne 0 ] && exit; if [[ $UID != 0 ]]; then exit 1; fi; [ \"$(id -u)\" = 0 ] || exit; [ $(whoami) = root ] || exit; R", "set -u; read -r x y <<< a; echo $x $y; R",
		"set -euo pipefail; trap 'echo x; exit 1' ERR; ls /; R", "die() { echo $1 >&2; exit 1; }; trap 'die $LINENO' ERR; R", "trap 'exit 1' ERR; trap - ERR; false; R", "trap 'rm -f /tmp/x' EXIT ERR; false; R",
		"PATH=/none :; R", "PATH=/none f; R", "f() { local PATH=/none; }; f; R", "(PATH=/none); R", "IFS=, read -r x y <<< a,b; C=iptables; R", "while IFS= read -r x; do :; done < /dev/null; R", "PATH=$PATH:/opt/x; for i in $X; do PATH=$PATH:$i; done; R",
		"for i in 1 2; do PATH=$PATH:/opt/$i; done; export PATH; R", "let 'x=1<<2'; let x=1; R", "declare -A h=([k]=v); h[ab]=1; : ${h[k]} \"${h[ab]}\"; set -u; declare -i n=0; n+=1; ((n++)); x=$((n * 2)); : ${x:0:1} ${x: -1}; [ -v x ]; R", "exec 3> /tmp/x 4>&1; echo a >&3; exec 3>&-; R", "exec 9> /var/lock/x; R", "exec >> /tmp/x 2>&1; R", "{ R } 3> /tmp/x", "x='a[$(date)]'; y=$x; echo \"$x\"; R", "foo() { :; }; bar() ( : ); R", "shopt -s extglob\nls @(a|b); R", "shopt -s nullglob; R", "X=$((08 + 1))\nR", "(X=$((1 / 0))); R", "eval 'X=$((1/0))'; R", "N=; X=$((N * 2)); X=$(($N + 1)); X=$(($N)); R", "N=0; ((N > 0 && 1 / N)) || X=$((N ? 1 / N : 0)); R", "exec >> /none/x; R", ": > /none/x; R", "export A=1 > /none/x; R", "N=$(nproc); M=$((N * 2)); S=$(date +%s); echo $(($(date +%s) - S)) $((M / N)); id; R",
		"#!/bin/sh\n{ :; } > /none/x; true > /none/x; command : > /none/x\nR", "#!/bin/sh\ni=0\nwhile [ $i -lt 3 ]; do i=$((i + 1)); done\necho $(($i * 2)) $((100 / 5 - ${N:-4}))\nR",
		"readonly X=1; R", "f() { local X=1; declare Y; }; f; R", "declare -r A=1; B=$A; R",
		"#!/usr/bin/env bash\nR", "#! /bin/bash -eux \nR", "#!/bin/bash --posix\nR", "#!/bin/bash -\nR", "#!/bin/sh\nset -eu\nR", "set -u; X=1; : $X ${#X} ${Y:-} $((X+1)) $PWD $# \"$@\"; R", "set -u; a=(1 2); : ${a[1]} \"${a[@]}\"; R",
		"set -x; PS4='+ $(date) '; R", "PS4='+ $LINENO '; set -x; R", "#!/bin/sh\ncat > /tmp/x <<E\nE\nR", "R ls [a-z]*; ls ~/x", "set -e; wait; export X=1; readonly Y; shift 0 || true; umask 022; R", "shopt -s lastpipe; true | true; R",
		"bash -c 'iptables -I FORWARD 1 -d \"$1\" -j DROP; iptables-save > /etc/sysconfig/iptables; systemctl enable --now iptables' _ 169.254.169.254/32; true", "{ R } 2>&1 | tee /tmp/x", "f() { R }; f 2>&1 | grep -v a", "{ echo; R } | while read -r x; do echo $x; done", "{ echo; R } | cut -d ' ' -f 1 | sed 's/a/b/' | awk '{print $1}' | tail -n 3", "cat > /tmp/x <<E\necho \"a\"\nE\nR",
		"A=(-d 169.254.169.254/32 -j DROP); iptables -I FORWARD 1 \"${A[@]}\"; iptables-save > /etc/sysconfig/iptables; systemctl enable --now iptables", "echo 'iptables -I FORWARD 1 -d $1 -j DROP' > /tmp/x; . /tmp/x 169.254.169.254/32; iptables-save > /etc/sysconfig/iptables; systemctl enable --now iptables",
	} {
		script := ruleIn(text)
		t.Run(text, func(t *testing.T) {
			if strings.Contains(text, "$EUID") && os.Geteuid() != 0 {
				t.Skip("it asks whether it runs as root, as cloud-init runs it")
			}
			if silent, locked := checkLaw(t, n, script); !silent || !locked {
				t.Errorf("silent %t, locked %t: %v\n%s", silent, locked, judgeText(script, Block{}), script)
			}
		})
	}
}

// TestKilledByName sees what pkill and killall end. It runs none of the scripts.
func TestKilledByName(t *testing.T) {
	later := []script{{stage: stageScript, name: "b", text: bang + install + drop + saveTo + enableNow + boot}}
	for _, test := range []struct {
		command string
		locked  bool
	}{
		{"pkill dnsmasq", true}, {"killall -q -9 chronyd ntpd", true}, {"pkill -0 bash", true}, {"killall -l", true}, {"pkill -HUP rsyslogd", true},
		{"pkill cloud-init", false}, {"pkill python", false}, {"pkill -9 -x python3", false}, {"killall -9 sh", false}, {"killall -r '.*init'", false}, {"pkill -f anything", false}, {"pkill $X", false},
		{"sudo pkill cloud", false}, {"(pkill -i BASH)", false}, {"bash -c 'killall sudo'", false}, {"pkill -u root", false}, {"kill $PPID", false}, {"kill -9 -1", false}, {"kill $$", true}, {"false && pkill python", true},
	} {
		first := []script{{stage: stageScript, name: "a", text: bang + test.command + "\n"}}
		if problems := judge(append(first, later...), Block{}); (codes(problems) == "") != test.locked {
			t.Errorf("%s: the script after it: %v", test.command, problems)
		}
	}
}
