package userdata

import "testing"

// TestEndsApart has scripts that may end at two places, of which only the second leaves
// the node open.
func TestEndsApart(t *testing.T) {
	const boothook = "#cloud-boothook\n#!/bin/bash\n"
	for text, want := range map[string]string{
		bang + "curl x || exit 1\ntrap '/etc/eks/bootstrap.sh c' EXIT\ncurl y || exit 1\n" + recipe + boot: "late",
		bang + "set -e\ncurl x\ntrap '/etc/eks/bootstrap.sh c' EXIT\ncurl y\n" + recipe + boot:             "late",
		bang + "curl x || exit 1\ntrap 'echo done' EXIT\ncurl y || exit 1\n" + recipe + boot:               "",
		boothook + "curl x || exit 1\n" + install + drop + boot + "systemctl enable kubelet || exit 1\n":   "unsaved",
		bang + "systemctl enable kubelet\ncurl x || exit 1\n" + recipe + boot:                              "absent",
		bang + "systemctl enable kubelet\nset -e\ncurl x\n" + recipe + boot:                                "absent",
		bang + "set -e\ncurl x\n" + recipe + "systemctl enable kubelet\n" + boot:                           "",
	} {
		if got := codes(judgeText(text, Block{})); got != want && !(want != "" && got != "") {
			t.Errorf("%s\n%q, not %q", text, got, want)
		}
	}
}

// TestTextsOfOthers has files of which more is not known than what an edit changes.
func TestTextsOfOthers(t *testing.T) {
	for line, want := range map[string]string{
		"sed -i s/SystemdCgroup/x/ /etc/containerd/config.toml": "",
		"jq --arg n $(nproc) '.maxPods=$n' /etc/kubernetes/kubelet/kubelet-config.json > /tmp/k; mv /tmp/k /etc/kubernetes/kubelet/kubelet-config.json": "",
		"curl x/config.toml | sed 's/config.toml/b/' > /etc/containerd/config.toml":                                                                     "not-judged",
		"aws s3 cp s3://b/config.toml /tmp/config.toml; sed s/R/r/ /tmp/config.toml > /etc/containerd/config.toml":                                      "not-judged",
		"sed s/a/b/ /opt/config.toml > /etc/containerd/config.toml":                                                                                     "not-judged",
		"sed -i \"s/x/$(curl y)/\" /etc/containerd/config.toml":                                                                                         "not-judged",
		"cd /etc/docker; jq '.hosts=[\"tcp://0.0.0.0:2375\"]' daemon.json > /tmp/d; mv /tmp/d daemon.json":                                              "not-judged",
		"cd /etc; echo '* * * * * root iptables -F' > environment; sed -i'cron.d/*' /x/d environment":                                                   "not-judged",
		"cd /etc/cron.d; echo '* * * * * root iptables -F' > x":                                                                                         "undone",
		"cd /etc/docker; curl x > daemon.json":                                                                                                          "not-judged",
		"cd /etc/systemd/system; curl x > acme.service; systemctl enable acme":                                                                          "not-judged",
		"sed -i.bak /x/d /etc/fstab": "",
	} {
		if got := codes(judgeText(bang+recipe+boot+line+"\n", Block{})); got != want {
			t.Errorf("%s\n%q, not %q", line, got, want)
		}
	}
}
