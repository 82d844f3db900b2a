package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// podsOfNode are words that have the kubelet run pods which no cluster has asked for, or
// a container runtime read the networks of pods from another directory.
var podsOfNode = [...]string{"pod-manifest-path", "manifest-url", "staticPodPath", "staticPodURL"}

// networksOfNode are settings of containerd that decide how pods are connected.
var networksOfNode = [...]string{"conf_dir", "conf_template", "bin_dir", "imports"}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// ofPods says what is not known of what a text has a node do for its pods, or "".
func ofPods(text string) string {
	switch {
	case containsAny(text, podsOfNode[:]):
		return "what the pods do that the kubelet starts on its own is not known"
	case strings.Contains(text, "VETHPREFIX"):
		return "the interfaces of pods may have names that the rules do not match"
	}
	return ""
}

// nodeConfig adds what a part for nodeadm says of pods that is not judged.
func (d *document) nodeConfig(text string, at int) {
	unknown := ofPods(text)
	if unknown == "" && containsAny(text, networksOfNode[:]) {
		unknown = "how pods are connected is not known with these settings of containerd"
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
	for _, w := range s.Words[1:] {
		if why := ofPods(w.Text); why != "" {
			n.note(s.At, why)
		}
	}
	if s.Stdin != nil && strings.Contains(*s.Stdin, "VETHPREFIX") {
		n.note(s.At, ofPods("VETHPREFIX"))
	}
}

// filesOfPods notes files that say something of pods that is not judged.
func (n *node) filesOfPods() {
	for _, file := range n.machine.Files.All() {
		f := n.machine.Files.Get(file)
		for _, text := range f.Written() {
			if why := ofPods(text); why != "" && !strings.HasPrefix(text, "#!") {
				n.note(f.At, why)
			}
		}
	}
}
