package userdata

import (
	"strings"
	"testing"
)

// TestJoins has user data by which a node joins a cluster, or perhaps.
func TestJoins(t *testing.T) {
	const joins, guessed, no = "joins", "guessed", "no"
	unit := func(starts string) string {
		return bang + "cat > /etc/systemd/system/x.service <<'X'\n[Unit]\nWants=kubelet.service\n[Service]\nExecStart=/bin/true\nX\n" + starts
	}
	for _, test := range []struct{ text, want string }{
		{bang + boot, joins},
		{bang, no},
		{"", no},
		{bang + "/opt/x.sh $X\n", guessed},
		{bang + "/opt/x.sh $X\n" + boot, joins},
		{bang + "/opt/x.sh $X\n/opt/y.sh $X\n", guessed},
		{bang + "aws ec2 reboot-instances --instance-ids $X\n", guessed},
		{bang + "aws ec2 stop-instances --instance-ids $X\n", guessed},
		{bang + "echo '0 9 * * * root aws ec2 stop-instances --instance-ids i-1' > /etc/cron.d/x\n", no},
		{bang + "aws ec2 describe-instances --instance-ids $X\n", no},
		{unit("systemctl start x\n"), joins},
		{unit(""), no},
		{"#cloud-config\nruncmd:\n- " + boot, joins},
		{"kind: NodeConfig\n", joins},
		{"<powershell>\nStart-EKSBootstrap.ps1\n", joins},
		{"<powershell>\nx\n", no},
		{"[settings.kubernetes]\n", joins},
		{"[settings.motd]\n", no},
		{"#!/usr/bin/python3\nos.system('/etc/eks/bootstrap.sh')\n", joins},
		{"#!/usr/bin/python3\nos.system('nodeadm')\n", joins},
		{"#!/usr/bin/python3\nos.system('kubelet')\n", joins},
		{"#!/usr/bin/python3\n", no},
	} {
		got := no
		switch joins, guess := Joins(test.text); {
		case joins && guess:
			got = guessed
		case joins:
			got = "joins"
		case guess:
			got = "guessed and does not join"
		}
		if got != test.want {
			t.Errorf("%q: %s, not %s", test.text, got, test.want)
		}
	}
}

// TestJudgeSays has what is said of user data that runs nothing which can be judged,
// and of the text itself.
func TestJudgeSays(t *testing.T) {
	const notMIME = "not-mime: EKS takes only MIME from the launch template of a managed node group"
	managed := Block{Managed: true}
	for _, test := range []struct {
		text  string
		block Block
		want  string
	}{
		{bang + recipe + boot, Block{}, ""},
		{bang + recipe + boot, managed, notMIME},
		{"#cloud-config\nruncmd: [iptables -I FORWARD -d 169.254.169.254/32 -j DROP]\n", Block{Managed: true, Compressed: true}, notMIME + "; unsaved: after a reboot the packets of pods are not dropped: the rule is not saved"},
		{mime(plainScript + bang + recipe), managed, ""},
		{"", managed, "not-judged: it is empty"},
		{"<powershell>\n", managed, "not-judged: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known"},
		{"[settings]\n", managed, "not-judged: Bottlerocket runs no scripts from user data, only bootstrap containers"},
		{"#cloud-config\nruncmd: [a\n", Block{}, "absent: no command that can be judged drops the packets of pods to the metadata service; not-judged: its cloud-config is not valid YAML"},
		{bang + recipe + boot + "# " + strings.Repeat("x", MaxSize), Block{}, "too-large: it has 16663 bytes, and EC2 takes 16384"},
		{bang + recipe + boot + "# " + strings.Repeat("x", MaxSize), Block{Compressed: true}, ""},
	} {
		if got := messages(Judge(test.text, test.block).Problems); got != test.want {
			t.Errorf("%.40q: %q, not %q", test.text, got, test.want)
		}
	}
	text := bang + recipe + boot + "curl 169.254.169.254/latest/meta-data/\n" + "iptables -F\n"
	if got := codes(Judge(text, Block{}).Problems); got != "without-token undone" {
		t.Errorf("not in the order of their places: %s", got)
	}
	if got := codes(RequestsWithoutToken(text)); got != "without-token" {
		t.Errorf("requests: %s", got)
	}
}

// TestJudgeStrict has scripts by which the kubelet's unit makes sure of the rule, and
// not.
func TestJudgeStrict(t *testing.T) {
	for _, test := range []struct {
		text   string
		strict bool
	}{
		{bang + strictCommands + "\n" + boot, true},
		{bang + strictCommands + "\n/opt/x\n" + boot, true},
		{bang + recipe + boot, false},
		{bang + recipe + "mkdir -p /etc/systemd/system/x.service.d\n" + boot, false},
		{bang + boot + strictCommands + "\n", false},
	} {
		if v := Judge(test.text, Block{}); v.Strict != test.strict {
			t.Errorf("%s: strict %v", test.text, v.Strict)
		}
	}
	for text, want := range map[string]bool{strictCommands: true, "x" + dropIn: false, "iptables -t raw": false, "": false} {
		if isStrict(text) != want {
			t.Errorf("%.30q: %v", text, !want)
		}
	}
}

// TestWithoutYum has why nodes have no yum, as far as their user data says.
func TestWithoutYum(t *testing.T) {
	uses := func(tool string) string { return "it uses " + tool + ", and so the nodes have no yum" }
	for _, test := range []struct{ text, want string }{
		{bang + boot, ""},
		{bang + "apt-get update\n", uses("apt-get")},
		{bang + "  sudo apt install x\n", uses("apt")},
		{bang + "true; /usr/bin/dpkg -i x\n", uses("dpkg")},
		{bang + "if ! A=1 snap\n", uses("snap")},
		{bang + "(zypper in x)\n", uses("zypper")},
		{bang + "x && apk add y\n", uses("apk")},
		{bang + "echo apt-get x\n", ""},
		{bang + "apt-getx\n", ""},
		{bang + "/opt/apt x\n", ""},
		{bang + "cat /home/ubuntu/x\n", "it uses /home/ubuntu, and so the nodes have no yum"},
		{"#cloud-config\napt: {}\n", "its cloud-config has apt, and so the nodes have no yum"},
		{"#cloud-config\nsnap: {}\n", "its cloud-config has snap, and so the nodes have no yum"},
		{"#cloud-config\nyum_repos: {}\n", ""},
	} {
		if got := read(test.text).withoutYum(Block{}); got != test.want {
			t.Errorf("%q: %q, not %q", test.text, got, test.want)
		}
	}
	if got := read(bang + "apt-get update\n").withoutYum(Block{NoYum: "x"}); got != "x" {
		t.Errorf("what the template says: %q", got)
	}
}
