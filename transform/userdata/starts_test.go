package userdata

import (
	"strings"
	"testing"
)

// TestStartedByOthers has what may start the kubelet, or has it start at the next boot,
// before the rule, and what does not.
func TestStartedByOthers(t *testing.T) {
	for _, line := range []string{
		"systemctl start join-cluster.service\n", "systemctl enable --now eks-node\n", "systemctl restart k3s-agent\n", "service k8s-join start\n", "systemctl start rke2-agent\n",
		"poweroff\n", "halt -f\n", "shutdown -h now\n", "shutdown +1\n", "init 0\n", "systemctl poweroff\n", "systemctl --force halt\n", "sudo poweroff\n", "curl -f http://x || shutdown -h now\n",
	} {
		if got := codes(judgeText(bang+line+recipe+boot, Block{})); !strings.Contains(got, "late") {
			t.Errorf("%s: %q", line, got)
		}
		if got := codes(judgeText(bang+recipe+line+boot, Block{})); got != "" {
			t.Errorf("after the rule: %s: %q", line, got)
		}
	}
	for _, line := range []string{
		"systemctl start docker containerd amazon-ssm-agent sshd\n", "systemctl stop join-cluster\n", "systemctl enable join-cluster\n", "systemctl status kube-proxy\n", "shutdown -c\n", "poweroff --help\n", "init 3\n",
		"cat > /etc/systemd/system/eks-x.service <<'X'\n[Service]\nExecStart=/bin/true\nX\nsystemctl start eks-x\n", "echo '0 20 * * * root /sbin/shutdown -h now' > /etc/cron.d/x\n",
		"echo '0 20 * * * root systemctl poweroff' > /etc/cron.d/x\n", "echo '0 20 * * * root systemctl halt' > /etc/cron.d/x\n",
	} {
		if problems := judgeText(bang+line+recipe+boot, Block{}); len(problems) > 0 {
			t.Errorf("%s: %v", line, problems)
		}
	}
	if got := codes(judgeText(bang+"echo b > /proc/sysrq-trigger\n"+recipe+boot, Block{})); got != "not-judged" {
		t.Errorf("sysrq: %q", got)
	}
}

// TestStartsByItself has a rule that a script of each boot sets up, which is before
// nodeadm, but not before a kubelet that is enabled.
func TestStartsByItself(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"systemctl enable docker", ""},
		{"systemctl enable kubelet", "unsaved"},
		{"systemctl enable --now kubelet.service", "unsaved"},
		{"[ -e /x ] && systemctl enable kubelet", "unsaved"},
		{"systemctl enable $UNIT", "unsaved"},
		{"systemctl enable kubelet; systemctl disable kubelet", ""},
	} {
		scripts := []script{{stage: stagePerBoot, text: bang + rawDrop, everyBoot: true}, {stage: stageScript, text: bang + test.line + "\n"}, {stage: stageNodeadm, text: bang + "nodeadm init\n", everyBoot: true}}
		if got := codes(judge(scripts, Block{})); got != test.want {
			t.Errorf("%s: %q, not %q", test.line, got, test.want)
		}
	}
}
