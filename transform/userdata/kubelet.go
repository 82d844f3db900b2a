package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// mayStart reports whether a program may start the kubelet.
func (n *node) mayStart(s *shell.Step) bool {
	name, words := s.Name(), s.Words[1:]
	for _, starter := range [...]string{"bootstrap.sh", "kubelet", "reboot", "telinit", "kexec"} {
		if (shell.Word{Text: name}).May(starter) {
			return true
		}
	}
	if starts, ok := startsByWords(name, words); ok {
		return starts
	}
	if interprets(name) {
		return len(words) > 0 && n.suggests(words[0].Text, words)
	}
	return isScript(s.Words[0].Text) && n.suggests(name, words)
}

// suggests reports whether the name of a script or the words after it suggest that it
// makes a node. If only a word that is not known does, or a name such as bootstrap,
// which other scripts have too, it is a guess.
func (n *node) suggests(name string, words []shell.Word) bool {
	if hints(name) || mentionsCluster(words) {
		return true
	}
	guess := strings.Contains(strings.ToLower(name), "bootstrap") || !allKnown(words)
	if guess {
		n.guesses++
	}
	return guess && !n.isKnown
}

// startsByWords reports whether the words after a program may have it start the
// kubelet, and whether it is a program for which that is known.
func startsByWords(name string, words []shell.Word) (starts, ok bool) {
	switch name {
	case "nodeadm", "nodeadm-internal":
		return mayHave(words, "init", "run") || !allKnown(words), true
	case "kubeadm":
		return mayHave(words, "join", "init") || !allKnown(words), true
	case "snap":
		return mayHave(words, "start", "restart", "install", "refresh", "enable", "run", "switch") && mentionsKubelet(words), true
	case "shutdown":
		return mayHave(words, "-r", "--reboot"), true
	case "init":
		return mayHave(words, "6"), true
	case "hyperkube", "k3s", "rke2", "k0s", "microk8s":
		return true, true
	case "docker", "podman", "nerdctl":
		return !onlyImages(words) && mentionsKubelet(words), true
	case "dbus-send", "busctl", "gdbus", "ctr", "crictl":
		return mentionsKubelet(words), true
	}
	return false, false
}

// onlyImages reports whether a call of docker is about images and registries, and starts
// no container.
func onlyImages(words []shell.Word) bool {
	return len(words) > 0 && slices.Contains([]string{"login", "logout", "pull", "push", "tag", "images", "image", "ps", "info", "version", "inspect", "logs"}, words[0].Text)
}

// isOfImage reports whether a program is one of Amazon's images that makes a node join
// and does nothing else that matters here.
func isOfImage(program string) bool {
	switch path.Base(program) {
	case "nodeadm", "nodeadm-internal", "kubelet", "kubeadm", "snap", "reboot", "shutdown", "poweroff", "halt", "init", "telinit", "kexec":
		switch path.Dir(program) {
		case ".", "/bin", "/sbin", "/usr/bin", "/usr/sbin":
			return !strings.HasPrefix(program, "./")
		}
	}
	return program == "/etc/eks/bootstrap.sh"
}

// mayHave reports whether one of the words, of which something is known, may be one
// of those that are looked for.
func mayHave(words []shell.Word, wanted ...string) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return w.Text != shell.Unknown && slices.ContainsFunc(wanted, w.May)
	})
}

// interprets reports whether a program runs scripts that are not for a shell. Its name may
// end with a version, as in python3.11.
func interprets(name string) bool {
	switch strings.TrimRight(name, "0123456789.") {
	case "python", "perl", "ruby", "node", "nodejs", "php", "pwsh", "zsh", "ksh":
		return true
	}
	return false
}

// startedBy returns the unit of the kubelet that a program starts, or "" where it
// starts the kubelet without one.
func startedBy(name string, words []shell.Word) string {
	switch name {
	case "kubelet", "hyperkube", "k3s", "rke2", "k0s", "microk8s", "docker", "podman", "nerdctl", "ctr", "crictl":
		return ""
	case "snap":
		if mentionsAny(words, "kubelet-eks") {
			return kubeletSnap
		}
		return ""
	}
	return kubeletService
}

func allKnown(words []shell.Word) bool {
	return !slices.ContainsFunc(words, func(w shell.Word) bool { return !w.Known() })
}

func mentionsKubelet(words []shell.Word) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return strings.Contains(w.Text, "kubelet") || w.Text == shell.Unknown
	})
}

// mentionsCluster reports whether words name a cluster.
func mentionsCluster(words []shell.Word) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return strings.Contains(strings.ToLower(w.Text), "cluster") || strings.Contains(w.Text, "eks")
	})
}

// hints reports whether the name of a script says that it makes a node.
func hints(name string) bool {
	name = strings.ToLower(name)
	for _, hint := range [...]string{"kubelet", "eks", "join", "nodeadm", "cluster", "k8s", "kube"} {
		if strings.Contains(name, hint) {
			return true
		}
	}
	return false
}

// systemDirs are the directories of programs that a node's packages bring.
var systemDirs = [...]string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/aws/bin", "/snap/bin"}

// isScript reports whether a program is a script of the user's: it has the name of
// one, or is a file outside the directories of programs.
func isScript(name string) bool {
	switch path.Ext(name) {
	case ".sh", ".bash", ".py", ".pl", ".rb", ".run", ".bin":
		return true
	}
	dir := path.Dir(name)
	return strings.Contains(name, "/") && !slices.Contains(systemDirs[:], dir) && !strings.HasPrefix(dir, "/usr/lib") && !strings.HasPrefix(dir, "/opt/aws/")
}
