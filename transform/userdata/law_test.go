package userdata

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
)

// A scriptMaker makes random scripts of what locks a node, takes the lock back,
// starts the kubelet, and of what may keep commands from running.
type scriptMaker struct{ *rand.Rand }

func (m scriptMaker) one(of ...string) string { return of[m.IntN(len(of))] }

const imds = "-d 169.254.169.254/32"

// lock is a rule that drops, saved and loaded by the service, or a part of that.
func (m scriptMaker) lock() string {
	rule := m.one(
		"iptables -I FORWARD 1 -i eni+ "+imds+" -j DROP",
		"iptables -I FORWARD 1 -i eni+ "+imds+" -j DROP",
		"iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP",
		"iptables -w -t raw -I PREROUTING "+imds+" -j DROP",
		"iptables -t mangle -A PREROUTING -i eni+ "+imds+" -j DROP",
		"iptables -A FORWARD "+imds+" -j DROP",
		"iptables -I FORWARD 2 "+imds+" -j DROP",
		"iptables -I FORWARD ! -i eth0 "+imds+" -j DROP",
		"iptables -C FORWARD "+imds+" -j DROP || iptables -I FORWARD "+imds+" -j DROP",
		"if ! iptables -C FORWARD "+imds+" -j DROP; then iptables -I FORWARD "+imds+" -j DROP; fi",
		"I=iptables; $I -I FORWARD "+imds+" -j DROP",
		"R='-I FORWARD "+imds+" -j DROP'; iptables $R",
		"iptables -t nat -I PREROUTING "+imds+" -j DROP",
		"iptables -I INPUT "+imds+" -j DROP",
		"printf '*filter\\n-A FORWARD "+imds+" -j DROP\\nCOMMIT\\n' | iptables-restore",
		"iptables-restore <<X\n*raw\n-A PREROUTING "+imds+" -j DROP\nCOMMIT\nX",
		"for c in FORWARD INPUT; do iptables -I $c "+imds+" -j DROP; done",
	)
	lines := []string{rule,
		m.one("iptables-save | tee /etc/sysconfig/iptables", "iptables-save > /etc/sysconfig/iptables", "service iptables save", "S=$(iptables-save); echo \"$S\" > /etc/sysconfig/iptables", "cat <<X > /etc/sysconfig/iptables\n$(iptables-save)\nX"),
		m.one("systemctl enable --now iptables", "systemctl enable iptables.service", "true")}
	if m.IntN(6) == 0 {
		m.Shuffle(3, func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	}
	if m.IntN(8) == 0 {
		lines = lines[:2]
	}
	return strings.Join(lines, "\n") + "\n"
}

// noise is what has to do with the lock now and then.
func (m scriptMaker) noise() string {
	if m.IntN(3) > 0 {
		return m.one("true", "false", "set -e", "set +e", "set -u", "X=1", "X=", "echo 'a b'", "# it's", "cd /tmp", "set -n", "exit 0", "return 0 2>/dev/null", "[ -e /nonexistent ] && exit 0",
			"[ -e /etc/hostname ] || exit 0", "[ -n \"$X\" ] && exit", "trap 'exit' ERR", "set -o pipefail", "unset X", "set -- a b", "alias iptables=true", "shopt -s expand_aliases",
			"iptables() { :; }", "unset -f iptables", "PATH=/none:$PATH", "PATH=$PATH:/none", "exec true", "kill $$", "ls /nonexistent", "yum install -y jq", ": ${Y:=2}", "echo ${Z:?}", "export Z=1",
			"source /dev/null", "mkdir -p /tmp", "iptables -L", "iptables -P FORWARD ACCEPT", "iptables -A FORWARD -d 10.0.0.0/8 -j ACCEPT", "iptables -I FORWARD -d 10.0.0.0/8 -j ACCEPT") + "\n"
	}
	return m.one("iptables -F", "iptables -w -F FORWARD", "iptables -t raw -F", "iptables -t mangle --flush", "iptables -D FORWARD 1", "iptables -D FORWARD "+imds+" -j DROP", "iptables -D FORWARD -i eni+ "+imds+" -j DROP",
		"iptables -I FORWARD -j ACCEPT", "iptables -A FORWARD -j ACCEPT", "iptables -I FORWARD 2 -j ACCEPT", "iptables -t raw -I PREROUTING -i eni+ -j ACCEPT", "I=/none; I=iptables; $I -F",
		"for t in nat raw filter mangle; do iptables -t $t -F; done", "C='iptables -F'; eval $C", "C='iptables -F'; $C", "C=(iptables -F); \"${C[@]}\"", "nft flush ruleset", "nft list ruleset", "systemctl stop iptables",
		"systemctl --now disable iptables", "systemctl restart iptables", "systemctl start iptables", "systemctl disable iptables", "service iptables stop", "printf '*filter\\nCOMMIT\\n' | iptables-restore",
		"echo '*raw' > /etc/sysconfig/iptables", "rm -f /etc/sysconfig/iptables", "iptables-save > /etc/sysconfig/iptables", "trap 'iptables -F' EXIT", "(sleep 0.02; iptables -F) &", "f() { iptables -F; }", "f",
		"xargs iptables <<< -F", "echo iptables -F", "echo 'iptables -F' | bash", "bash -c 'iptables -F'", "env -i PATH=\"$PATH\" iptables -F", "timeout 5 iptables -F", "command iptables -F", "echo iptables -F | sh",
		"cat > /tmp/$$.x <<X\niptables -F\nX\n. /tmp/$$.x", "service kubelet start", "systemctl start kubelet", "systemctl enable kubelet", "bash -c \"$(echo iptables -F)\"", "\"iptables\" '-'F", "ipta\\bles -F", "{ip,6}tables -F", "i{p,q}tables -F") + "\n"
}

// piece is a part of a script.
func (m scriptMaker) piece(depth int) string {
	switch n := m.IntN(10); {
	case n < 3:
		return m.lock()
	case n < 6 || depth > 2:
		return m.noise()
	case n < 7:
		return "/etc/eks/bootstrap.sh demo\n"
	}
	inner := ""
	for range 1 + m.IntN(2) {
		inner += m.piece(depth + 1)
	}
	return m.around(inner)
}

// around puts something around a part that may keep it from running.
func (m scriptMaker) around(inner string) string {
	open, end, _ := strings.Cut(m.one("if false; then|fi", "if true; then|fi", "if [ -e /etc/hostname ]; then|fi", "if [ -n \"$X\" ]; then|else true; fi", "if ! true; then :; else|fi", "{|}", "(|)", "{|} &", "(|) | cat",
		"true && {|}", "false && {|}", "false \\|\\| {|}", "true \\|\\| {|}", "! {|}", "while false; do|done", "while true; do|break; done", "until true; do|done", "for i in 1 2; do|done", "for i in; do|done", "for i in $X; do|done",
		"case a in b)|;; esac", "case a in a)|;; esac", "case $X in 1)|;; *) true;; esac", "f() {|}", "f() {|}\nf", "g() { [ -e /etc/hostname ] && return|}\ng", "cat >/dev/null <<E|E", "bash <<'E'|E", "sh -e <<'E'|E", "x=$(|)",
		"x='|'", "A=(|)", "coproc {|}", "time {|}", "select i in; do|done </dev/null", "eval \"$(cat <<'E'|E\n)\"", "echo \"$(|)\"", "trap 'true' DEBUG;{|}", "(exit 0;|)", "[[ $X ]] && {|}", "((0)) \\|\\| {|}", "for ((i=0;i<1;i++)); do|done"), "|")
	if strings.HasSuffix(open, `\`) { // a bar that is part of it
		all := strings.ReplaceAll(open+"|"+end, `\|`, "\x00")
		open, end, _ = strings.Cut(all, "|")
		open, end = strings.ReplaceAll(open, "\x00", "|"), strings.ReplaceAll(end, "\x00", "|")
	}
	return open + "\n" + inner + end + "\n"
}

// near returns a script that locks the node but for one thing.
func (m scriptMaker) near() string {
	const boots = "/etc/eks/bootstrap.sh demo\n"
	lock := "iptables -I FORWARD 1 -i eni+ " + imds + " -j DROP\niptables-save > /etc/sysconfig/iptables\nsystemctl enable --now iptables\n"
	switch m.IntN(5) {
	case 0:
		return m.around(lock) + boots
	case 1:
		return m.noise() + lock + boots
	case 2:
		return lock + m.noise() + boots
	case 3:
		return lock + boots + m.around(m.noise())
	}
	return m.lock() + boots
}

// script returns a script.
func (m scriptMaker) script() string {
	if m.IntN(3) > 0 {
		return "#!/bin/bash\n" + m.near()
	}
	s := m.one("#!/bin/bash\n", "#!/bin/bash\n", "#!/bin/bash -e\n", "#!/bin/sh\n", "#!/bin/bash -ux\n")
	if m.IntN(2) == 0 {
		s += m.lock()
	}
	for range 1 + m.IntN(3) {
		s += m.piece(0)
	}
	return s + m.one("", "/etc/eks/bootstrap.sh demo\n", "/etc/eks/bootstrap.sh demo\n")
}

// A testNode runs scripts with testdata/node.sh in the place of the programs.
type testNode struct{ bash, programs, stub string }

func newTestNode(t testing.TB) testNode {
	bash, err := exec.LookPath("bash")
	if err != nil {
		needs.Missing(t, "bash", err.Error())
	}
	stub, err := filepath.Abs("testdata/node.sh")
	if err != nil {
		t.Fatal(err)
	}
	n := testNode{bash, t.TempDir(), stub}
	for _, name := range []string{"iptables", "iptables-save", "iptables-restore", "service", "systemctl", "nft", "bootstrap.sh", "dropped", "reboot-rules", "yum", "kubelet"} {
		if err := os.Symlink(stub, filepath.Join(n.programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// open says why pods are not cut off when a script runs, or "".
func (n testNode) open(t testing.TB, script string) string {
	root, err := os.MkdirTemp("", "imdslock")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(root)
	state := filepath.Join(root, "state")
	for _, dir := range []string{state, filepath.Join(root, "etc/sysconfig"), filepath.Join(root, "tmp")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"PATH=" + n.programs + ":/usr/bin:/bin", "STATE=" + state, "ROOT=" + root, "HOME=/tmp"}
	here := strings.NewReplacer("/etc/sysconfig", root+"/etc/sysconfig", "/etc/eks/bootstrap.sh", "bootstrap.sh", "/tmp", root+"/tmp").Replace(script)
	file := filepath.Join(root, "script")
	if err := os.WriteFile(file, []byte(here), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(name, args...)
		cmd.Env, cmd.Dir = env, root
		_, err := cmd.CombinedOutput() // it waits for what runs in the background, too
		return err
	}
	run(file)
	boots, _ := os.ReadFile(filepath.Join(state, "boots"))
	if strings.Contains(string(boots), "open") {
		return "the kubelet starts without the rule"
	}
	if run(filepath.Join(n.programs, "dropped")) != nil {
		if len(boots) == 0 && strings.Contains(script, strings.TrimSpace(joins)) {
			return neverJoins
		}
		return "the rule is not there at the end"
	}
	run(filepath.Join(n.programs, "reboot-rules"))
	if run(filepath.Join(n.programs, "dropped")) != nil {
		return "the rule is not there after a reboot"
	}
	return ""
}

// neverJoins is why a node is no danger that is not locked.
const neverJoins = "the script ends before the kubelet starts"

// checkLaw sees that a script which has no problem keeps pods cut off, on a node that
// joins. It reports whether it has none, and whether they are.
func checkLaw(t testing.TB, n testNode, script string) (silent, locked bool) {
	silent = true
	problems := judgeText(script, Block{})
	for _, p := range problems {
		silent = silent && p.Code == NotJudged
	}
	why := n.open(t, script)
	if silent && why != "" && why != neverJoins {
		t.Errorf("%s, and the verdict is %v:\n%s", why, problems, script)
	}
	return silent, why == ""
}

// TestLaw compares the verdict on random scripts with what they do.
func TestLaw(t *testing.T) {
	n := newTestNode(t)
	scripts := 300
	if testing.Short() {
		scripts = 30
	}
	silent, locked := 0, 0
	for seed := range scripts {
		m := scriptMaker{rand.New(rand.NewPCG(1, uint64(seed)))}
		s, l := checkLaw(t, n, m.script())
		if s {
			silent++
		}
		if l {
			locked++
		}
	}
	if silent == 0 || silent*2 < locked {
		t.Errorf("%d scripts of %d lock the node, and the verdict says so of %d", locked, scripts, silent)
	}
	t.Logf("%d scripts, %d locked, %d silent", scripts, locked, silent)
}

// FuzzLaw does what TestLaw does with other scripts.
func FuzzLaw(f *testing.F) {
	f.Add(uint64(2))
	n := newTestNode(f)
	f.Fuzz(func(t *testing.T, seed uint64) {
		m := scriptMaker{rand.New(rand.NewPCG(seed, seed))}
		checkLaw(t, n, m.script())
	})
}

// FuzzJudge sees that the verdict on any text ends, and that its places are in
// the text.
func FuzzJudge(f *testing.F) {
	f.Add("#!/bin/bash\n" + recipe)
	f.Add("#!/bin/bash\nfor i in {a,b}{1..9}; do f() { f; }; f; done\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range judgeText(text, Block{BranchENI: true, IPv6: true}) {
			if p.At > len(text) {
				t.Errorf("the place %d is not in the text: %v", p.At, p)
			}
		}
	})
}
