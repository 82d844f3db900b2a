package userdata

import (
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// filter judges the programs of the packet filter.
func (n *node) filter(name string, s *shell.Step, sure bool) (string, bool) {
	words := s.Words[1:]
	if plain := withoutVariant(name); plain != name {
		// It may not exist, and the other variant does not save its rules.
		if strings.HasSuffix(plain, "-save") {
			return shell.Unknown, true // it sees the rules of one variant only
		}
		if name, sure = plain, false; s.Doubt == "" {
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
		file, words := outputFile(words)
		return n.savesTo(file, f.saved(words), s, sure), true
	case "iptables-restore", "ip6tables-restore":
		n.restores(f, s, words, sure)
		return "", true
	case "iptables-apply", "ip6tables-apply", "xtables-multi":
		f.tables.doubt("", "")
		return "", true
	case "nft":
		n.nft(s, words)
		return shell.Unknown, true
	case "ebtables", "arptables":
		n.note(s.At, "what "+name+" does to the packets is not known")
		return "", true
	}
	return "", false
}

// withoutVariant returns the name of a program of iptables without that of its
// variant: iptables-save for iptables-legacy-save.
func withoutVariant(name string) string {
	family, rest, ok := strings.Cut(name, "-")
	if !ok || !strings.HasPrefix(rest, "legacy") && !strings.HasPrefix(rest, "nft") {
		return name
	}
	if _, suffix, ok := strings.Cut(rest, "-"); ok {
		return family + "-" + suffix
	}
	return family
}

// saved returns what iptables-save prints with these words after it.
func (f *family) saved(words []shell.Word) string {
	isTableOption := func(w shell.Word) bool { return w.Text == "-t" || w.Text == "--table" }
	only := ""
	for i, w := range words {
		switch {
		case w.Text == "-c" || w.Text == "--counters":
		case isTableOption(w) && i+1 < len(words):
			only = words[i+1].Text
		case i > 0 && isTableOption(words[i-1]):
		default:
			return shell.Unknown
		}
	}
	return f.tables.save(only)
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
