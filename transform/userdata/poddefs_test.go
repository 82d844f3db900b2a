package userdata

import (
	"strings"
	"testing"
)

// TestIPv6Clusters has what says that the cluster is one of IPv6, and what does not,
// beside rules that match the interfaces of its pods and rules that do not.
func TestIPv6Clusters(t *testing.T) {
	const strict = strictCommands + "\n"
	anyInterface := strings.Replace(recipe, "-i eni+ ", "", 1)
	byChain := install + "iptables -N IMDS\niptables -A IMDS -d 169.254.169.254/32 -j DROP\niptables -I FORWARD -i eni+ -j IMDS\n" + saveTo + enableNow
	for _, test := range []struct{ rules, command, want string }{
		{recipe, "/etc/eks/bootstrap.sh b --ip-family ipv6", "not-judged"},
		{recipe, "/etc/eks/bootstrap.sh b --ip-family=ipv6", "not-judged"},
		{recipe, "F=ipv6; /etc/eks/bootstrap.sh b --ip-family $F", "not-judged"},
		{recipe, "/etc/eks/bootstrap.sh b --service-ipv6-cidr fd11:22::/108", "not-judged"},
		{recipe, "/etc/eks/bootstrap.sh b --dns-cluster-ip fd11:22::a", "not-judged"},
		{recipe, "/etc/eks/bootstrap.sh b --kubelet-extra-args '--node-ip=2600:1f14::7'", "not-judged"},
		{recipe, "mkdir -p /etc/eks/nodeadm.d; printf 'spec:\\n  cluster:\\n    cidr: \"fd11:22::/108\"\\n' > /etc/eks/nodeadm.d/x.yaml\nnodeadm init", "not-judged"},
		{recipe, "echo '{\"clusterDNS\": [\"fd11:22::a\"]}' > /opt/kubelet.json\n" + boot, "not-judged"},
		{byChain, "/etc/eks/bootstrap.sh b --ip-family ipv6", "not-judged"},
		{anyInterface, "/etc/eks/bootstrap.sh b --ip-family ipv6", ""},
		{strict, "/etc/eks/bootstrap.sh b --ip-family ipv6", ""},
		{recipe, "/etc/eks/bootstrap.sh b --ip-family ipv4 --dns-cluster-ip 172.20.0.10", ""},
		{recipe, "/etc/eks/bootstrap.sh b --kubelet-extra-args --node-ip=10.0.0.7", ""},
		{recipe, "echo --ip-family ipv6\n" + boot, ""},
	} {
		if got := codes(judgeText(bang+test.rules+test.command+"\n", Block{})); got != test.want {
			t.Errorf("%s: %q, not %q, with\n%s", test.command, got, test.want, test.rules)
		}
	}
	for _, test := range []struct{ rules, cluster, want string }{
		{recipe, "cidr: fd11:22::/108", "not-judged"},
		{recipe, "{name: x, \"cidr\": 'FD11:22::/108'}", "not-judged"},
		{strict, "cidr: fd11:22::/108", ""},
		{strict, "cidr: fd11:22::/108\n  containerd: {config: 'bin_dir = \"/opt/x\"'}", "not-judged"},
		{recipe, "cidr: 10.100.0.0/16", ""},
		{recipe, "cidr: 10.100.0.0/16 # not fd11:22::/108", ""},
		{recipe, "name: x\n    # cidr: fd11:22::/108", ""},
	} {
		text := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/x-shellscript\n\n" + bang + test.rules +
			"--B\nContent-Type: application/node.eks.aws\n\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    " + test.cluster + "\n--B--\n"
		v := Judge(text, Block{})
		if got := codes(v.Problems); got != test.want {
			t.Errorf("%s: %q, not %q, with\n%s", test.cluster, got, test.want, test.rules)
		}
	}
}
