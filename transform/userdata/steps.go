package userdata

import (
	"cmp"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

func isIPTables(name string) bool { return name == "iptables" || name == "ip6tables" }

// apply judges what a step does, and returns its output.
func (n *node) apply(s *shell.Step, sure bool) string {
	if s.Reason != "" && len(s.Words) == 0 {
		n.note(s.At, s.Reason)
		return shell.Unknown
	}
	first := s.Words[0]
	name := s.Name()
	if !first.Known() {
		n.unknownName(s)
		return shell.Unknown
	}
	if s.Reason != "" { // a file that the shell would read
		n.note(s.At, s.Reason)
		return shell.Unknown
	}
	defer n.forwards(name, s) // after what is known more exactly
	defer n.saysOfPods(name, s)
	n.turnsRepositoryOff(name, s)
	if n.depth == 0 && turnsOff(name, s.Words[1:]) {
		n.start(kubeletService)
		if name == "systemctl" || isOfImage(first.Text) {
			return shell.Unknown
		}
	}
	if out, ok := n.filter(name, s, sure); ok {
		return out
	}
	n.command(name, s, sure)
	return shell.Unknown
}

// command judges a step by the name of its program.
func (n *node) command(name string, s *shell.Step, sure bool) {
	switch name {
	case "systemctl":
		n.systemctl(s, sure)
	case "service":
		n.serviceCommand(s, s.Words[1:], sure)
	case "chkconfig", "update-rc.d":
		n.runlevels(s, sure)
	case "netfilter-persistent":
		n.serviceCommand(s, s.Words, sure)
	case "yum", "dnf", "apt", "apt-get", "rpm", "dpkg", "aptitude", "tdnf", "microdnf", "zypper", "apk":
		n.packages(s, sure)
	case "cfn-init":
		n.cfnInit(s)
	case "cfn-hup":
		n.cfnHup()
	case "aws", "eksctl":
		n.callsAPI(name, s)
	case "modprobe", "rmmod":
		n.modules(name, s)
	case "ufw", "firewall-cmd", "firewall-offline-cmd", "shorewall", "ferm", "csf", "gdb", "nsenter":
		n.note(s.At, "what "+name+" does to the rules is not known")
	default:
		n.program(name, s)
	}
}

// unknownName judges a command whose name is not known.
func (n *node) unknownName(s *shell.Step) {
	first, words := s.Words[0], s.Words[1:]
	if strings.Trim(first.Text, shell.Unknown) != "" {
		for _, name := range [...]string{"iptables", "ip6tables", "iptables-restore", "nft"} {
			if (shell.Word{Text: s.Name()}).May(name) {
				n.doubt()
			}
		}
		if n.mayStart(s) {
			n.start(kubeletService)
		}
		n.note(s.At, cmp.Or(s.Reason, "what "+shown(first.Text)+" does is not known"))
		return
	}
	harmless := first.Splits && len(words) > 0 && words[0].Known() && !strings.HasPrefix(words[0].Text, "-") // a prefix such as sudo
	switch {
	case looksLikeFilter(words):
		n.why = "the command here, whose name is not known, may take back the rule that drops the packets of pods"
		n.doubt()
		if s.Reason != "" {
			n.note(s.At, s.Reason)
		}
	case harmless:
	default:
		n.note(s.At, cmp.Or(s.Reason, "what runs here is not known"))
		if n.suggests("", words) {
			n.start(kubeletService)
		}
	}
}

// looksLikeFilter reports whether words are the arguments of iptables or nft.
func looksLikeFilter(words []shell.Word) bool {
	for i, w := range words {
		switch w.Text {
		case "FORWARD", "PREROUTING", "ruleset":
			return true
		case "-F", "-X", "-t", "-D", "--flush", "flush":
			if i == 0 {
				return true
			}
		}
		if strings.Contains(w.Text, "tables") || strings.Contains(w.Text, metadataIPv4) {
			return true
		}
	}
	return false
}
