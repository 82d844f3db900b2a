package userdata

import (
	"cmp"
	"path"
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
		if len(s.Words) > 2 {
			n.unit(s.Words[2].Text, false, s.Words[1], sure)
		}
	case "netfilter-persistent":
		n.serviceCommand(s, append([]shell.Word{first}, s.Words[1:]...), sure)
	case "yum", "dnf", "apt", "apt-get", "rpm", "dpkg", "aptitude", "tdnf", "microdnf":
		n.packages(s, sure)
	case "modprobe", "rmmod":
		n.modules(name, s)
	case "ufw", "firewall-cmd", "firewall-offline-cmd", "shorewall", "ferm", "csf":
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
	case "conntrack", "ipset", "ebtables", "arptables":
		return "", true
	}
	return "", false
}

// restores judges a call of iptables-restore.
func (n *node) restores(f *family, s *shell.Step, words []shell.Word, sure bool) {
	noflush, text := false, shell.Unknown
	if s.Stdin != nil {
		text = *s.Stdin
	}
	for i, w := range words {
		switch {
		case w.Text == "-n" || w.Text == "--noflush":
			noflush = true
		case w.Text == "-t" || w.Text == "--test" || w.Text == "-h" || w.Text == "-V":
			return
		case !w.Known():
			text = shell.Unknown
		case w.Text == "-T" || w.Text == "--table" || i > 0 && words[i-1].Text == "-T":
			sure = false
		case strings.HasPrefix(w.Text, "-"), i > 0 && (words[i-1].Text == "-w" || words[i-1].Text == "-W"):
		default:
			var ok bool
			if text, ok = n.file(w.Text); !ok {
				text = shell.Unknown
			}
		}
	}
	if s.Stdin == nil && text == shell.Unknown && len(words) == 0 {
		return // it reads the empty input of cloud-init
	}
	n.why = "the rules that are restored here may take the place of the rule"
	f.restore(s, text, noflush, sure)
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
	for _, word := range [...]string{"flush", "delete", "destroy", "insert", "replace", "reset", "include", shell.Unknown} {
		if strings.Contains(text, word) {
			n.doubt()
			return
		}
	}
}

// packages judges a package manager: whether it removes the programs.
func (n *node) packages(s *shell.Step, sure bool) {
	removes, ours, persistent := false, false, false
	for _, w := range s.Words[1:] {
		switch w.Text {
		case "remove", "erase", "purge", "autoremove", "-e", "--erase", "-r", "-P", "--purge", "swap", "downgrade":
			removes = true
		case "iptables-persistent", "netfilter-persistent":
			persistent = true
		}
		ours = ours || strings.Contains(w.Text, "iptables") || strings.Contains(w.Text, "nftables") || w.Text == "netfilter-persistent"
	}
	switch {
	case removes && ours:
		n.why = "the package that is removed here is needed to load the rules at boot"
		n.doubt()
	case persistent && sure:
		n.service.persistent = true
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
		}
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

// program judges a program that has nothing to do with the packet filter as far
// as its name tells.
func (n *node) program(name string, s *shell.Step) {
	if path.Dir(s.Words[0].Text) == "/etc/init.d" || strings.HasSuffix(name, ".init") {
		unit := shell.Word{Text: strings.TrimSuffix(name, ".init")}
		n.serviceCommand(s, append([]shell.Word{unit}, s.Words[1:]...), n.sure(s))
		return
	}
	if n.mayStart(s) {
		n.start(startedBy(name))
		return
	}
	if isScript(s.Words[0].Text) {
		if looksLikeFilter(s.Words[1:]) {
			n.doubt()
		}
		n.note(s.At, "what "+s.Words[0].Text+" does is not known")
	}
}
