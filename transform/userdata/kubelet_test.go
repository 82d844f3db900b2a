package userdata

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestMayStart has commands that may start the kubelet, or are guessed to, and the
// nearest ones that do not.
func TestMayStart(t *testing.T) {
	const starts, guess, no = "starts", "guess", "no"
	for words, want := range map[string]string{
		"/etc/eks/bootstrap.sh b": starts, "kubelet": starts, "reboot": starts, "telinit 6": starts, "kexec -e": starts, "/usr/bin/kubectl": no,
		"nodeadm init": starts, "nodeadm run": starts, "nodeadm-internal run": starts, "nodeadm config": no, "nodeadm ?": starts,
		"kubeadm join x": starts, "kubeadm init": starts, "kubeadm version": no, "kubeadm ?": starts,
		"snap start kubelet": starts, "snap restart kubelet": starts, "snap install kubelet-eks": starts, "snap refresh kubelet": starts, "snap enable kubelet": starts,
		"snap run kubelet": starts, "snap switch kubelet": starts, "snap info kubelet": no, "snap start docker": no, "snap start ?": starts,
		"shutdown -r now": starts, "shutdown --reboot": starts, "shutdown -h now": no, "shutdown ?": no,
		"init 6": starts, "init 3": no, "hyperkube": starts, "k3s": starts, "rke2": starts, "k0s": starts, "microk8s": starts,
		"dbus-send kubelet.service": starts, "dbus-send x": no, "busctl kubelet": starts, "busctl x-cluster": no, "gdbus kubelet": starts, "gdbus x": no,
		"docker run kubelet": starts, "docker run ?": starts, "docker run eks": no, "podman run kubelet": starts, "nerdctl run kubelet": starts, "ctr run kubelet": starts, "crictl run kubelet": starts,
		"python3 /opt/join.py": starts, "python /opt/x.py --cluster=b": starts, "perl /opt/join": starts, "ruby /opt/join": starts, "node /opt/join": starts, "php /opt/join": starts,
		"pwsh /opt/join": starts, "zsh /opt/join": starts, "ksh /opt/join": starts, "python3": no, "python3 /opt/x.py": no, "python3 /opt/x.py ?": guess, "nodeadmx join": no, "lua /opt/join": no,
		"/opt/acme/Join.sh": starts, "join.sh": starts, "/opt/acme/join": starts, "acme/join": starts, "join": no, "/usr/bin/join": no, "/bin/join": no, "/sbin/join": no, "/usr/sbin/join": no,
		"/usr/local/bin/join": no, "/usr/local/sbin/join": no, "/opt/aws/bin/join": no, "/opt/aws/x/join": no, "/snap/bin/join": no, "/usr/lib/x/join": no, "/usr/libexec/join": no, "/usr/share/join": starts,
		"x.bash": no, "join.bash": starts, "join.py": starts, "join.pl": starts, "join.rb": starts, "join.run": starts, "join.bin": starts, "join.txt": no,
		"/opt/kubelet-x": starts, "/opt/eks": starts, "/opt/nodeadm": no, "/opt/nodeadm2": starts, "/opt/cluster": starts, "/opt/k8s": starts, "/opt/kube": starts, "/opt/x": no,
		"/opt/x Cluster": starts, "/opt/x eks-b": starts, "/opt/x b": no, "/opt/x ?": guess, "/opt/my-Bootstrap": guess, "my-bootstrap": no,
	} {
		n := newNode(Block{})
		got := no
		switch starts := n.mayStart(&shell.Step{Words: wordsOf(words)}); {
		case n.guesses == 1 && starts:
			got = guess
		case n.guesses != 0:
			got = fmt.Sprint("guesses: ", n.guesses)
		case starts:
			got = "starts"
		}
		if got != want {
			t.Errorf("%s: %s, not %s", words, got, want)
		}
	}
}

// TestStartedBy has the units that programs start.
func TestStartedBy(t *testing.T) {
	for _, name := range strings.Fields("kubelet hyperkube k3s rke2 k0s microk8s docker podman nerdctl ctr crictl") {
		if unit := startedBy(name, nil); unit != "" {
			t.Errorf("%s starts %s", name, unit)
		}
	}
	for words, want := range map[string]string{"snap start kubelet-eks": kubeletSnap, "snap start kubelet": "", "bootstrap.sh x": kubeletService, "nodeadm init": kubeletService} {
		all := wordsOf(words)
		if unit := startedBy(all[0].Text, all[1:]); unit != want {
			t.Errorf("%s starts %q, not %q", words, unit, want)
		}
	}
}

// TestScriptsThatMayJoin expects a script of which nothing is known to be a note, even if
// its name or its words suggest that it makes a node.
func TestScriptsThatMayJoin(t *testing.T) {
	for _, line := range []string{
		"/opt/setup.sh $REGION", "sh /opt/setup.sh $REGION", "/opt/eks-hardening.sh", "bash /opt/bootstrap.sh", "./bootstrap.sh blue", "python3 /opt/setup.py --region $REGION",
		"for f in /opt/node.d/*.sh; do bash \"$f\"; done", "docker run --privileged --net=host acme/kubelet-exporter",
		"printf '#!/usr/bin/python3\\nimport os\\nos.system(\"iptables -F\")\\n' > /opt/k8s.py; python3 /opt/k8s.py", "k3s agent", "/usr/local/sbin/firewall-setup",
		"iptables-reset", "shorewall6 start", "ufw-docker install", "ebtables-restore < /opt/x", "node-setup", "python-run",
	} {
		if got := codes(judgeText(bang+recipe+boot+line+"\n", Block{})); got != "not-judged" {
			t.Errorf("after the recipe: %s: %q", line, got)
		}
		if got := codes(judgeText(bang+recipe+line+"\n"+boot, Block{})); got != "not-judged" {
			t.Errorf("between: %s: %q", line, got)
		}
	}
	for _, line := range []string{"/etc/eks/bootstrap.sh $CLUSTER", "nodeadm init", "python3.11 --version", "nodejs -v", "iptables-legacy -L", "xtables-monitor"} {
		if got := codes(judgeText(bang+recipe+boot+line+"\n", Block{})); got != "" {
			t.Errorf("after the recipe: %s: %q", line, got)
		}
	}
}

// TestGuessesOfStarts expects a script that is only suspected of starting the kubelet to
// be late if nothing else is known to start it.
func TestGuessesOfStarts(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"/opt/setup.sh $REGION\n" + recipe + boot, "not-judged"},
		{"/opt/setup.sh $REGION\n" + recipe, "late not-judged"},
		{"/opt/setup.sh $REGION\n" + boot + recipe, "late not-judged"},
		{"/opt/join.sh blue\n" + recipe + boot, "late not-judged"},
	} {
		if got := codes(judgeText(bang+test.text, Block{})); got != test.want {
			t.Errorf("%s: %q, not %q", test.text, got, test.want)
		}
	}
}
