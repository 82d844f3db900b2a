package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// unitJoins reports whether the name of a unit says that it makes a node join, and
// no script shows what it does instead.
func (n *node) unitJoins(name string) bool {
	isWritten := slices.ContainsFunc(n.machine.Files.All(), func(file string) bool {
		f := n.machine.Files.Get(file)
		return isUnitFile(file) && strings.TrimSuffix(path.Base(file), ".service") == name && f.Sure && !strings.Contains(f.Text, shell.Unknown)
	})
	return !isWritten && hints(name)
}

// isDistribution reports whether a unit is that of a kubelet of another name.
func isDistribution(name string) bool {
	return slices.ContainsFunc([]string{"k3s", "rke2", "k0s", "microk8s"}, func(of string) bool { return strings.HasPrefix(name, of) })
}

// turnsOff reports whether a program turns the node off: what starts at its next boot
// starts before scripts that run once.
func turnsOff(name string, words []shell.Word) bool {
	switch name {
	case "poweroff", "halt":
		return !mentionsAny(words, "--help", "-w", "--wtmp-only")
	case "shutdown":
		return !mentionsAny(words, "--help", "--show") && !slices.ContainsFunc(words, func(w shell.Word) bool { return w.Text == "-c" || w.Text == "-k" })
	case "init":
		return slices.ContainsFunc(words, func(w shell.Word) bool { return w.May("0") })
	case "systemctl":
		c := parseSystemctl(words)
		return c.verb == "poweroff" || c.verb == "halt"
	}
	return false
}

// startsItself notes whether the kubelet starts at each boot, before cloud-init's last
// stage, as nodeadm alone does not have it.
func (n *node) startsItself(verb string, a action, w shell.Word, sure bool) {
	isKubelet := w.May("kubelet") || w.May(kubeletService)
	switch {
	case a.enables && isKubelet:
		n.service.kubelet = true
	case verb == "disable" && isKubelet && sure && w.Known():
		n.service.kubelet = false
	}
}
