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
	if out, ok := n.filter(name, s, sure); ok {
		return out
	}
	switch name {
	case "systemctl":
		n.systemctl(s, sure)
	case "service":
		n.serviceCommand(s, s.Words[1:], sure)
	case "chkconfig", "update-rc.d":
		n.runlevels(s, sure)
	case "netfilter-persistent":
		n.serviceCommand(s, append([]shell.Word{first}, s.Words[1:]...), sure)
	case "yum", "dnf", "apt", "apt-get", "rpm", "dpkg", "aptitude", "tdnf", "microdnf":
		n.packages(s, sure)
	case "modprobe", "rmmod":
		n.modules(name, s)
	case "ufw", "firewall-cmd", "firewall-offline-cmd", "shorewall", "ferm", "csf", "gdb", "nsenter":
		n.note(s.At, "what "+name+" does to the rules is not known")
	default:
		n.program(name, s)
	}
	return shell.Unknown
}

// filter judges the programs of the packet filter.
func (n *node) filter(name string, s *shell.Step, sure bool) (string, bool) {
	words := s.Words[1:]
	variant := name
	if family, rest, ok := strings.Cut(name, "-"); ok && (strings.HasPrefix(rest, "legacy") || strings.HasPrefix(rest, "nft")) {
		_, rest, ok = strings.Cut(rest, "-")
		if variant = family; ok {
			variant += "-" + rest
		}
	}
	if variant != name {
		// It may not be there, and the other does not save its rules.
		if strings.HasSuffix(variant, "-save") {
			return shell.Unknown, true // it sees the rules of one variant only
		}
		if name, sure = variant, false; s.Doubt == "" {
			c := *s
			c.Doubt = "which of the variants of iptables the node has is not known"
			s = &c
		}
	}
	f := n.family(name)
	switch name {
	case "iptables", "ip6tables":
		f.apply(s, words, sure)
		if sendsToService(words, f.address) {
			n.note(s.At, "the rule here may send packets for another address to the metadata service")
		}
		return "", true
	case "iptables-save", "ip6tables-save":
		only := ""
		for i, w := range words {
			switch {
			case w.Text == "-c" || w.Text == "--counters":
			case (w.Text == "-t" || w.Text == "--table") && i+1 < len(words):
				only = words[i+1].Text
			case i > 0 && (words[i-1].Text == "-t" || words[i-1].Text == "--table"):
			default:
				return shell.Unknown, true
			}
		}
		return f.tables.save(only), true
	case "iptables-restore", "ip6tables-restore":
		n.restores(f, s, words, sure)
		return "", true
	case "iptables-apply", "ip6tables-apply", "xtables-multi", "xtables-nft-multi", "xtables-legacy-multi":
		f.tables.doubt("", "")
		return "", true
	case "nft":
		n.nft(s, words)
		return shell.Unknown, true
	case "conntrack", "ipset":
		return "", true
	case "ebtables", "arptables":
		n.note(s.At, "what "+name+" does to the packets is not known")
		return "", true
	}
	return "", false
}

// sendsToService reports whether the words of iptables may change the destination
// of packets to the metadata service's, which a drop by destination in an earlier
// chain does not see.
func sendsToService(words []shell.Word, address string) bool {
	for i, w := range words {
		value := ""
		switch option, after, has := strings.Cut(w.Text, "="); {
		case !strings.HasPrefix(option, "--to"):
			continue
		case has:
			value = after
		case i+1 < len(words):
			value = words[i+1].Text
		}
		host, _, _ := strings.Cut(value, ":")
		if strings.Contains(value, address) || strings.Contains(value, shell.Unknown) || strings.ContainsAny(host, "/-") {
			return true
		}
	}
	return false
}

// A restoring is what the words after iptables-restore ask for.
type restoring struct {
	noflush, tests bool
	loose          bool // an option may have it do something else
	known          bool // all words are
	file           string
}

func parseRestore(words []shell.Word) restoring {
	c := restoring{known: true}
	for i, w := range words {
		before := ""
		if i > 0 {
			before = words[i-1].Text
		}
		switch {
		case w.Text == "-n" || w.Text == "--noflush":
			c.noflush = true
		case w.Text == "-t" || w.Text == "--test" || w.Text == "-h" || w.Text == "-V":
			c.tests = true
		case !w.Known():
			c.known = false
		case w.Text == "-c", w.Text == "--counters", w.Text == "-w", w.Text == "--wait", w.Text == "-v", w.Text == "--verbose":
		case strings.HasPrefix(w.Text, "-"):
			c.loose = true // it may test only, restore one table, or be refused
		case before == "-w", before == "-W", before == "-T", before == "--table", before == "-M":
		default:
			c.file = w.Text
		}
	}
	return c
}

// restores judges a call of iptables-restore.
func (n *node) restores(f *family, s *shell.Step, words []shell.Word, sure bool) {
	c := parseRestore(words)
	text, ok := shell.Unknown, true
	switch {
	case c.tests:
		return
	case c.file != "":
		text, ok = n.file(c.file)
	case s.Stdin != nil:
		text = *s.Stdin
	case len(words) == 0:
		return // it reads the empty input of cloud-init
	}
	if !c.known || !ok {
		text = shell.Unknown
	}
	n.why = "the rules that are restored here may take the place of the rule"
	f.restore(s, text, c.noflush, sure && !c.loose)
}

// nft judges a call of nft: whether it may change the tables of iptables.
func (n *node) nft(s *shell.Step, words []shell.Word) {
	text := ""
	for _, w := range words {
		text += " " + w.Text
	}
	if strings.Contains(text, " -f") || strings.Contains(text, " --file") || strings.Contains(text, " -i") {
		if s.Stdin != nil {
			text = *s.Stdin
		} else {
			text = shell.Unknown
		}
		for _, w := range words {
			if file, ok := n.file(w.Text); ok {
				text = file
			}
		}
	}
	for _, word := range [...]string{"add", "create"} {
		if strings.Contains(text, word) {
			n.v4.unknown, n.v6.unknown = true, true
		}
	}
	for _, word := range [...]string{"flush", "delete", "destroy", "insert", "replace", "reset", "include", shell.Unknown} {
		if strings.Contains(text, word) {
			n.doubt()
			return
		}
	}
}

// modules judges what takes modules out of the kernel.
func (n *node) modules(name string, s *shell.Step) {
	removes, ours := name == "rmmod", false
	for _, w := range s.Words[1:] {
		removes = removes || w.Text == "-r" || w.Text == "--remove"
		ours = ours || strings.Contains(w.Text, "ip") || strings.Contains(w.Text, "xt") || strings.Contains(w.Text, "nf") || !w.Known()
	}
	if removes && ours {
		n.doubt()
	}
}

// unknownName judges a command whose name is not known.
func (n *node) unknownName(s *shell.Step) {
	first, words := s.Words[0], s.Words[1:]
	if first.Text != shell.Unknown {
		for _, name := range [...]string{"iptables", "ip6tables", "iptables-restore", "nft"} {
			if (shell.Word{Text: s.Name()}).May(name) {
				n.doubt()
			}
		}
		if n.mayStart(s) {
			n.start(kubeletService)
			return
		}
		n.note(s.At, cmp.Or(s.Reason, "what "+shown(first.Text)+" does is not known"))
		return
	}
	harmless := first.Splits && len(words) > 0 && words[0].Known() && !strings.HasPrefix(words[0].Text, "-") // a prefix as sudo is
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
		if n.mentionsCluster(words) {
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
