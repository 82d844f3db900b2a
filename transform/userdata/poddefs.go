package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// podsOfNode are words that have the kubelet run pods which no cluster has asked for, or
// a container runtime read the networks of pods from another directory.
var podsOfNode = [...]string{"pod-manifest-path", "manifest-url", "staticPodPath", "staticPodURL"}

// ofContainerd are settings of containerd by which it connects pods in another way, runs
// another program, or does what others ask.
var ofContainerd = [...]string{"conf_dir", "conf_template", "bin_dir", "imports", "BinaryName", "runtime_path", "runtime_engine", "tcp_address", "hooks:", `hooks":`}

// ofIPv6Clusters matches settings of nodeadm, bootstrap.sh and the kubelet that a node of an IPv6
// cluster has: the family, or an IPv6 address of the cluster's services or of the node.
var ofIPv6Clusters = pattern(`(?im)^[^#\n]*(?:\bip-family["'\s,=]+ipv6|\bservice-ipv6-cidr\b|\b(?:cidr|cluster-?dns|dns-cluster-ip|node-ip)["'\s:=,\[-]+[0-9a-f]{0,4}:[0-9a-f]{0,4}:)`)

// mayBeIPv6 reports whether a text has what ofIPv6Clusters asks for, which takes longer.
func mayBeIPv6(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "ipv6") || strings.Contains(text, ":") && containsAny(text, []string{"cidr", "dns", "node-ip"})
}

// ofOtherNames is the note for pods of an IPv6 cluster.
const ofOtherNames = "pods may have interfaces whose names do not begin with eni, which the iptables rules do not match"

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// ofCustomNames is what is said where the VPC CNI is told another prefix.
const ofCustomNames = "the interfaces of pods may have names that the rules do not match"

// ofPods says what is not known of what a text has a node do for its pods, or "".
func ofPods(text string) string {
	switch {
	case containsAny(text, podsOfNode[:]):
		return "what the pods do that the kubelet starts on its own is not known"
	case strings.Contains(text, "VETHPREFIX"):
		return ofCustomNames
	case strings.Contains(text, "AlwaysAllow"):
		return "the kubelet may let pods run commands in others, some of which are on the node's network"
	case mayBeIPv6(text) && ofIPv6Clusters().MatchString(text):
		return ofOtherNames
	}
	return ""
}

// noteOfPods notes what [ofPods] says. Whether the rules match the interfaces of an
// IPv6 cluster's pods shows at the end.
func (n *node) noteOfPods(at int, why string) {
	switch {
	case why == ofCustomNames:
		n.note(at, why)
	case why != ofOtherNames:
		n.opens(at, why)
	case !n.veth:
		n.veth, n.vethAt = true, at
	}
}

// nodeConfig adds what a part for nodeadm says of pods that is not judged.
func (d *document) nodeConfig(text string, at int) {
	unknown := ofPods(text)
	if containsAny(text, ofContainerd[:]) && (unknown == "" || unknown == ofOtherNames) {
		unknown = "how pods run and are connected is not known with these settings of containerd"
	}
	if unknown == "" {
		return
	}
	d.put(script{stage: stageNodeadm, name: "nodeconfig", unknown: unknown, origin: func(int) int { return at }})
}

// saysOfPods notes a command that says something of pods that is not judged.
func (n *node) saysOfPods(name string, s *shell.Step) {
	switch name {
	case "echo", "printf", "grep", "egrep", "logger", "cat", "tee":
		return // which is judged in the file that it becomes
	}
	var words []string
	for _, w := range s.Words[1:] {
		text := w.Text
		if name == "sed" {
			text = replacement(text)
		}
		words = append(words, text)
	}
	all := strings.Join(words, " ")
	if why := ofPods(all); why != "" {
		n.noteOfPods(s.At, why)
	}
	if givesDocker(name, s.Words[1:]) && opensDocker(all) {
		n.opens(s.At, dockerListens)
	}
	if name == "bootstrap.sh" || name == "export" {
		n.givesContainerd(all)
	}
	if s.Stdin != nil && strings.Contains(*s.Stdin, "VETHPREFIX") {
		n.note(s.At, ofPods("VETHPREFIX"))
	}
}

// containerdFile matches the name of the file that bootstrap.sh copies to containerd's
// configuration.
var containerdFile = pattern(`(?:--containerd-config-file[ =]|\bCONTAINERD_CONFIG_FILE=)(\S+)`)

// givesContainerd judges the configuration of containerd that words for bootstrap.sh name,
// if it is not the image's own.
func (n *node) givesContainerd(words string) {
	m := containerdFile().FindStringSubmatch(words)
	if m == nil || strings.HasPrefix(m[1], "/etc/eks/") {
		return
	}
	if text, ok := n.file(m[1]); ok {
		n.readAtBoot("/etc/containerd/config.toml", text)
	} else {
		n.note(n.at, "what is in "+shown(m[1])+", the configuration of containerd, is not known")
	}
}

// filesOfPods notes files that say something of pods that is not judged.
func (n *node) filesOfPods() {
	for _, file := range n.machine.Files.All() {
		f := n.machine.Files.Get(file)
		for _, text := range f.Written() {
			if why := ofPods(text); why != "" && !strings.HasPrefix(text, "#!") {
				n.noteOfPods(f.At, why)
			}
			if isDockers(file) && opensDocker(text) {
				n.opens(f.At, dockerListens)
			}
		}
	}
}
