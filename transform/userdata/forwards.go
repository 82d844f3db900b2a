package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A command that names the metadata service is expected to be a request to it, a rule
// that is judged, or a message about it. Anything else may send pods' packets there on
// the node's behalf, which neither a rule for forwarded packets nor the hop limit
// stops: a proxy, a container that listens, a route.

// serviceName matches the spellings of the metadata service's address and host name.
var serviceName = pattern(`169\.254\.169\.254|(?i:fd00:ec2::254|fd00:0?ec2(?::0*)*:0*254|0xa9fea9fe)|\b2852039166\b|\b169\.254\.43518\b|\binstance-data(?:\.ec2\.internal)?\b`)

// requested matches what follows the name in the URL of a request, and matched what
// follows an address that only packets are compared with.
var (
	requested = pattern(`^\]?(?::80)?/+(?:latest|1\.0|20\d\d-\d\d-\d\d)\b`)
	matched   = pattern(`^/(?:32|128)\b`)
)

// exempts matches words before the name that make it an exception to something.
var exempts = pattern(`(?i)no_?proxy|nonProxyHosts|AWS_EC2_METADATA_SERVICE_ENDPOINT|IPAddress(?:Allow|Deny)`)

// forwardsToService returns the name of the metadata service in a word of a command
// where it may be more than the URL of a request, or "".
func forwardsToService(text string) string {
	return namesService(text, func(string) bool { return true })
}

// namesService returns the name of the metadata service in a text where it may be more
// than the URL of a request, or "". Only the lines that ask have requests.
func namesService(text string, asks func(line string) bool) string {
	for line := range strings.Lines(text) {
		for _, at := range serviceName().FindAllStringIndex(line, -1) {
			before, after := line[:at[0]], line[at[1]:]
			switch {
			case requested().MatchString(after) && asks(line), matched().MatchString(after), exempts().MatchString(before):
			case isComment(line):
			default:
				return line[at[0]:at[1]]
			}
		}
	}
	return ""
}

// isComment reports whether a line of a file of settings is a comment.
func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "//")
}

// asksOrSays reports whether a program only asks the service that its words name, or
// does something with the text of them.
func asksOrSays(name string) bool {
	switch name {
	case "curl", "wget", "http", "https", "aria2c", "ping", "ping6", "nc", "ncat", "telnet", "dig", "host", "nslookup", "traceroute", "tracepath", "getent", "ss", "netstat",
		"echo", "printf", "logger", "cat", "grep", "egrep", "fgrep", "cut", "tr", "awk", "jq", "yq", "expr", "test", "[", "timeout", "tee", "sed",
		"export", "declare", "typeset", "local", "readonly", "read", "set", "let", ":", "true", "false", "eval", "return", "exit", "cfn-signal", "ec2-metadata", "ec2metadata":
		return true
	}
	return strings.HasPrefix(name, "iptables") || strings.HasPrefix(name, "ip6tables") || name == "nft" || name == "conntrack" || name == "ipset"
}

// forwards notes a command that may have pods' packets go to the metadata service by
// another way than the one that the rules block.
func (n *node) forwards(name string, s *shell.Step) {
	words := s.Words[1:]
	n.routes(name, s)
	n.redirects(name, s)
	isRoute := name == "ip" || name == "route" || name == "nmcli" // see routes
	if isRoute || asksOrSays(name) && !(name == "sed" && editsFiles(words)) {
		return
	}
	for _, w := range words {
		address := forwardsToService(w.Text)
		if name == "sed" {
			address = namesService(replacement(w.Text), asksInLine().MatchString)
		}
		if address != "" {
			n.opens(s.At, name+" names the metadata service ("+address+") here, and may send pods' packets to it")
			return
		}
	}
}

// editsFiles reports whether the words of sed have it change files.
func editsFiles(words []shell.Word) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return strings.HasPrefix(w.Text, "-i") || strings.HasPrefix(w.Text, "--in-place") || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.Contains(w.Text, "i")
	})
}

// replacement returns what a script of sed puts in the place of something: the whole
// script unless it does no more than one substitution or deletion.
func replacement(script string) string {
	switch {
	case strings.HasPrefix(script, "/") && strings.HasSuffix(script, "/d"):
		return ""
	case strings.HasPrefix(script, "s") && len(script) > 1:
		if parts := strings.Split(script[2:], script[1:2]); len(parts) == 3 {
			return parts[1]
		}
	}
	return script
}

// redirects notes rules that change where packets of pods to the metadata service go,
// or send others there, or change how far its answers go.
func (n *node) redirects(name string, s *shell.Step) {
	const why = "the rule here may send packets of pods to another service in place of the metadata service, or other packets to it"
	name = withoutVariant(name)
	isRestore := strings.HasSuffix(name, "-restore")
	if !isIPTables(name) && !isRestore && name != "nft" {
		return
	}
	rules := n.rulesOf(s)
	if slices.ContainsFunc(rules, raisesHops().MatchString) {
		n.opens(s.At, "the rule here may have answers of the metadata service go further than its hop limit")
	}
	switch words, address := s.Words[1:], n.family(name).address; {
	case isRestore:
		if slices.ContainsFunc(rules, n.restoresRedirect) {
			n.opens(s.At, why)
		}
	case name == "nft":
		if slices.ContainsFunc(rules, redirectsByNFT().MatchString) {
			n.opens(s.At, why)
		}
	case sendsToService(words, address):
		n.opens(s.At, "the rule here may send packets for another address to the metadata service")
	case redirectsService(words, address):
		n.opens(s.At, why)
	}
}

// rulesOf returns the texts in which a command is given rules: its words, the files
// that they name, and what it reads.
func (n *node) rulesOf(s *shell.Step) []string {
	var texts []string
	words := ""
	for _, w := range s.Words[1:] {
		words += " " + w.Text
		if text, ok := n.file(w.Text); ok {
			texts = append(texts, text)
		}
	}
	if s.Stdin != nil {
		texts = append(texts, *s.Stdin)
	}
	return append(texts, words)
}

// raisesHops are targets of iptables, and statements of nft, that change how far packets
// go (man 8 iptables-extensions, man 8 nft).
var raisesHops = pattern(`--(?:ttl|hl)-(?:set|inc)\b|\bip ttl set\b|\bip6 hoplimit set\b`)

// redirectsByNFT are the statements of nft that change where packets go (man 8 nft).
var redirectsByNFT = pattern(`\b(?:dnat|redirect|tproxy|fwd|dup|ip6? daddr set)\b`)

// restoresRedirect reports whether a text for iptables-restore has a rule that sends
// packets elsewhere.
func (n *node) restoresRedirect(text string) bool {
	table := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "*"):
			table = line[1:]
		case strings.HasPrefix(line, "-A"), strings.HasPrefix(line, "-I"), strings.HasPrefix(line, "["):
			words := append([]shell.Word{{Text: "-t"}, {Text: table}}, splitLine(line)...)
			if redirectsService(words, metadataIPv4) || redirectsService(words, metadataIPv6) {
				return true
			}
		}
	}
	return false
}

// redirectsService reports whether the words of iptables may add a rule that sends
// packets of pods to the metadata service elsewhere, or others to it. The node's own
// packets, which pass OUTPUT, are not those of pods.
func redirectsService(words []shell.Word, address string) bool {
	isTarget := slices.ContainsFunc(words, func(w shell.Word) bool {
		value := w.Text[strings.LastIndexByte(w.Text, '=')+1:]
		return slices.Contains([]string{"DNAT", "REDIRECT", "TPROXY", "TEE", "NETMAP"}, value) || strings.HasPrefix(w.Text, "-jDNAT") || strings.HasPrefix(w.Text, "-jREDIRECT")
	})
	if !isTarget {
		return false
	}
	c := parseCall(words, address)
	if c.op != 'A' && c.op != 'I' && c.op != 'R' || c.chain == "OUTPUT" {
		return false
	}
	return c.rule.may != 0 || sendsToService(words, address)
}

// sendsToService reports whether the words of iptables may change the destination
// of packets to the metadata service's, which a drop by destination in an earlier
// chain does not see.
func sendsToService(words []shell.Word, address string) bool {
	for i, w := range words {
		value := ""
		switch option, after, has := strings.Cut(w.Text, "="); {
		case !strings.HasPrefix(option, "--to"), strings.HasPrefix(option, "--to-p"): // --to-ports
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

// filesForward notes files that scripts have written by which something on the node may
// forward to the metadata service. What a script does in them is judged where it runs.
func (n *node) filesForward() {
	for _, file := range n.machine.Files.All() {
		if isHostsFile(file) || isCronTable(file) || isBootScript(file) || path.Ext(file) == ".py" {
			continue
		}
		f := n.machine.Files.Get(file)
		for _, text := range f.Written() {
			if strings.HasPrefix(text, "#!") {
				continue
			}
			if n.restoresRedirect(text) {
				n.opens(f.At, "the rules in "+shown(file)+" may send packets of pods to another service in place of the metadata service, or other packets to it")
			}
			if isRules(text) {
				if raisesHops().MatchString(text) {
					n.opens(f.At, "the rules in "+shown(file)+" may have answers of the metadata service go further than its hop limit")
				}
				continue
			}
			if why := fileForwards(file, text); why != "" {
				n.opens(f.At, shown(file)+", which is written here, "+why)
			}
		}
	}
}

// fileForwards says what in a file may have something on the node send pods' packets to
// the metadata service, or "".
func fileForwards(file, text string) string {
	switch {
	case isUnitFile(file):
		return unitForwards(text)
	case isCode(file):
		if address := forwardsToService(text); address != "" {
			return "names the metadata service (" + address + "), and may have something send pods' packets to it"
		}
		return ""
	}
	return settingsForward(text)
}

// isHostsFile reports whether a file only gives names to addresses.
func isHostsFile(file string) bool { return file == "/etc/hosts" || strings.HasPrefix(file, "/proc/") }

var rulesOfTables = pattern(`(?m)^(?:\*(?:filter|raw|mangle|nat|security)$|table (?:ip|ip6|inet|bridge) )`)

// isRules reports whether a text is one for iptables-restore or nft, whose rules are
// judged where they are loaded.
func isRules(text string) bool { return rulesOfTables().MatchString(text) }
