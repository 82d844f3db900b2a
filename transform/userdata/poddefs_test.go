package userdata

import (
	"strings"
	"testing"
)

// ofTheNode are pods that the kubelet starts on its own.
var ofTheNode = [...]string{
	"mkdir -p /etc/kubernetes/manifests; echo 'kind: Pod' > /etc/kubernetes/manifests/x.yaml\n",
	"curl -o /etc/kubernetes/manifests/x.yaml http://x\n",
	"/etc/eks/bootstrap.sh b --kubelet-extra-args '--pod-manifest-path=/opt/x'\n",
	"/etc/eks/bootstrap.sh b --kubelet-extra-args --manifest-url=http://x\n",
	"echo '{\"staticPodPath\": \"/opt/x\"}' > /opt/kubelet.json\n",
	"jq '.staticPodURL=\"http://x\"' /etc/kubernetes/kubelet/kubelet-config.json\n",
	"mkdir -p /etc/eks/nodeadm.d; echo 'spec: {kubelet: {config: {staticPodURL: x}}}' > /etc/eks/nodeadm.d/x.yaml\n",
	"mkdir -p /etc/eks/nodeadm.d; cp /opt/x.yaml /etc/eks/nodeadm.d/x.yaml\n",
	"kubectl set env daemonset aws-node -n kube-system AWS_VPC_K8S_CNI_VETHPREFIX=pod\n",
	"kubectl apply -f - <<X\nenv: {AWS_VPC_K8S_CNI_VETHPREFIX: pod}\nX\n",
	"echo 'DOCKER_OPTS=\"-H unix:// --host=tcp://0.0.0.0:2375\"' >> /etc/default/docker\n",
	"echo '{\"hosts\": [\"fd://\", \"10.0.0.1:2375\"]}' > /etc/docker/daemon.json\n",
	"echo \"$(jq '.hosts=[\"tcp://0.0.0.0\"]' /etc/docker/daemon.json)\" > /etc/docker/daemon.json\n",
	"sed -i 's#^OPTIONS=.*#OPTIONS=\"-H 0.0.0.0:2375\"#' /etc/sysconfig/docker\n",
	"mkdir -p /etc/systemd/system/docker.socket.d; printf '[Socket]\\nListenStream=2375\\n' > /etc/systemd/system/docker.socket.d/x.conf\n",
	"/etc/eks/bootstrap.sh b --docker-config-json '{\"hosts\": [\"0.0.0.0:2375\"]}'\n",
	"export DOCKER_CONFIG_JSON='{\"hosts\": [\"tcp://0.0.0.0:2375\"]}'\n",
	"/etc/eks/bootstrap.sh b --kubelet-extra-args --authorization-mode=AlwaysAllow\n",
	"sed -i 's/Webhook/AlwaysAllow/' /etc/kubernetes/kubelet/kubelet-config.json\n",
	"mkdir -p /etc/kubernetes/kubelet/config.json.d; echo '{\"authorization\": {\"mode\": \"AlwaysAllow\"}}' > /etc/kubernetes/kubelet/config.json.d/50-x.conf\n",
	"mkdir -p /etc/systemd/system/kubelet.service.d; printf '[Service]\\nEnvironment=KUBELET_EXTRA_ARGS=--authorization-mode=AlwaysAllow\\n' > /etc/systemd/system/kubelet.service.d/x.conf\n",
	"wget -O /etc/kubernetes/kubelet/kubelet-config.json http://x\n",
	"curl -s http://x | jq . > /etc/kubernetes/kubelet/kubelet-config.json\n",
	"jq . /opt/x > /etc/kubernetes/kubelet/kubelet-config.json\n",
	"jq --version; cp /opt/x /etc/kubernetes/kubelet/config.json\n",
	"F=/etc/kubernetes/kubelet/kubelet-config.json; curl -o $F http://x; sed -i 's/a/b/' $F; echo \"$(jq .x=1 $F)\" > $F\n",
	"curl -o /opt/x http://x; mv /opt/x /etc/kubernetes/kubelet/config.json\n",
	"echo 'conf_dir = \"/opt/x\"' >> /etc/eks/containerd/containerd-config.toml\n",
	"curl -o /etc/eks/containerd/containerd-config.toml http://x\n",
	"sed -i 's#^conf_dir.*#conf_dir = \"/opt/x\"#' /etc/containerd/config.toml\n",
	"printf '[grpc]\\ntcp_address = \"0.0.0.0:1\"\\n' > /etc/containerd/config.toml\n",
	"echo 'bin_dir = \"/opt/x\"' > /opt/c.toml; /etc/eks/bootstrap.sh b --containerd-config-file /opt/c.toml\n",
	"/etc/eks/bootstrap.sh b --containerd-config-file /opt/c.toml\n",
	"export KUBELET_EXTRA_ARGS=--pod-manifest-path=/opt/x\n",
	"KUBELET_EXTRA_ARGS='--manifest-url http://x' /etc/eks/bootstrap.sh b\n",
	"sudo KUBELET_EXTRA_ARGS=--manifest-url=x /etc/eks/bootstrap.sh b\n",
}

// TestNodeConfigOfPods has settings for nodeadm by which pods run, or are connected, in
// ways that are not known.
func TestNodeConfigOfPods(t *testing.T) {
	const before = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/x-shellscript\n\n" + bang + recipe +
		"--B\nContent-Type: application/node.eks.aws\n\n---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  "
	for _, test := range []struct{ spec, want string }{
		{"kubelet: {config: {maxPods: 20}, flags: [--node-labels=a=b]}", ""},
		{"containerd: {config: 'discard_unpacked_layers = false'}", ""},
		{"kubelet: {config: {staticPodURL: 'https://x'}}", "not-judged"},
		{"kubelet: {config: {staticPodPath: /opt/x}}", "not-judged"},
		{"kubelet: {flags: [--pod-manifest-path=/opt/x]}", "not-judged"},
		{"containerd: {config: 'conf_dir = \"/opt/x\"'}", "not-judged"},
		{"containerd: {config: 'conf_template = \"/opt/x\"'}", "not-judged"},
		{"containerd: {config: 'bin_dir = \"/opt/x\"'}", "not-judged"},
		{"kubelet: {flags: [--manifest-url=http://x]}", "not-judged"},
		{"kubelet: {config: {VETHPREFIX: x}}", "not-judged"},
		{"containerd: {config: 'imports = [\"/opt/x\"]'}", "not-judged"},
		{"containerd: {config: 'BinaryName = \"/opt/x\"'}", "not-judged"},
		{"containerd: {baseRuntimeSpec: {process: {rlimits: []}}}", ""},
		{"containerd: {baseRuntimeSpec: {hooks: {poststop: []}}}", "not-judged"},
		{"kubelet: {config: {authorization: {mode: AlwaysAllow}}}", "not-judged"},
		{"kubelet: {flags: [--authorization-mode=AlwaysAllow]}", "not-judged"},
		{"kubelet: {config: {authorization: {mode: Webhook}, authentication: {anonymous: {enabled: false}}}}", ""},
	} {
		if got := codes(Judge(before+test.spec+"\n--B--\n", Block{}).Problems); got != test.want {
			t.Errorf("%s: %q, not %q", test.spec, got, test.want)
		}
	}
}

// TestWordsOfBootstrap has words for the script that makes a node join which say nothing
// of pods that is not known.
func TestWordsOfBootstrap(t *testing.T) {
	for _, line := range []string{
		"/etc/eks/bootstrap.sh b --kubelet-extra-args '--anonymous-auth=false --authorization-mode=Webhook' --docker-config-json '{\"bridge\": \"docker0\"}' --containerd-config-file /etc/eks/containerd/containerd-config.toml\n",
		"echo 'oom_score = 0' > /opt/c.toml; /etc/eks/bootstrap.sh b --containerd-config-file /opt/c.toml\n",
	} {
		if got := said(line); got != "" {
			t.Errorf("%s: %q", line, got)
		}
	}
}

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
