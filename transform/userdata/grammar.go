package userdata

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A grammar reads the words of a rule that is added, and knows only spellings that
// iptables 1.8 is known to take: each was tried with its nft and its legacy
// variant. A rule in another spelling may be refused, and does not count.
type grammar struct {
	words   []shell.Word
	at      int
	address netip.Addr // of the metadata service, for the version of IP
	restore bool       // it is a line of iptables-restore

	chain, target string
	protocol      string
	given         []string // options so far, each of which may stand once
	needs         string   // the protocols that a match is for
	wrong         string
}

// unknownSpelling says why a rule in these words may be refused, or "". The
// words are those after iptables, or a line of iptables-restore.
func unknownSpelling(words []shell.Word, address netip.Addr, restore bool) string {
	g := grammar{words: words, address: address, restore: restore}
	for g.wrong == "" && g.at < len(g.words) {
		g.option()
	}
	g.end()
	return g.wrong
}

// refuse ends the reading.
func (g *grammar) refuse(what string) {
	if g.wrong == "" {
		g.wrong = "whether iptables takes " + shown(what) + " here is not known"
	}
}

// next returns the next word, "" at the end.
func (g *grammar) next() string {
	if g.at >= len(g.words) {
		g.refuse("the end of its words")
		return ""
	}
	w := g.words[g.at]
	g.at++
	if !w.Known() || w.Text == "" {
		g.refuse("a word that is not known")
	}
	return w.Text
}

// peek returns the next word without taking it, "" where it is not known.
func (g *grammar) peek() string {
	if g.at < len(g.words) && g.words[g.at].Known() {
		return g.words[g.at].Text
	}
	return ""
}

// once records an option, which may occur once.
func (g *grammar) once(name string) {
	if slices.Contains(g.given, name) {
		g.refuse("a second " + name)
	}
	g.given = append(g.given, name)
}

// option reads an option with its values.
func (g *grammar) option() {
	word := g.next()
	not := word == "!"
	if not {
		word = g.next()
	}
	switch word {
	case "-i", "--in-interface":
		g.once("-i")
		g.check(isInterface(g.next()), word)
	case "-o", "--out-interface":
		g.once("-o")
		g.check(isInterface(g.next()), word)
	case "-d", "--destination", "--dst":
		g.once("-d")
		g.check(g.isNetwork(g.next()), word)
	case "-s", "--source", "--src":
		g.once("-s")
		g.check(g.isNetwork(g.next()), word)
	case "-p", "--protocol":
		g.once("-p")
		g.protocol = g.next()
		g.check(isProtocol(g.protocol) && !(not && g.protocol == "all"), word)
	case "-m", "--match":
		g.check(!not, word)
		g.match(g.next())
	default:
		g.check(!not, word)
		g.plain(word)
	}
}

// check refuses a word unless ok is set.
func (g *grammar) check(ok bool, word string) {
	if !ok {
		g.refuse("what follows " + word)
	}
}

// plain reads an option that cannot be negated.
func (g *grammar) plain(word string) {
	switch word {
	case "-A", "--append":
		g.once("-A")
		g.chain = g.next()
	case "-I", "--insert":
		g.once("-A")
		g.chain = g.next()
		g.optional(1)
	case "-R", "--replace":
		g.once("-A")
		g.chain = g.next()
		g.check(isNumber(g.next(), 1, 1<<15), word)
	case "-t", "--table":
		g.once("-t")
		g.check(slices.Contains(tableNames[:], g.next()) && !g.restore, word)
	case "-w", "--wait":
		g.once("-w")
		g.optional(0)
		g.check(!g.restore, word)
	case "-v", "--verbose":
		g.once("-v")
	case "-4":
		g.check(g.address.Is4() && !g.restore, word)
	case "-6":
		g.check(g.address.Is6() && !g.restore, word)
	case "--dport", "--destination-port", "--sport", "--source-port":
		g.once(word[:3])
		g.check(slices.Contains(strings.Fields("tcp udp 6 17"), g.protocol) && isPorts(g.next()), word)
	case "-j", "--jump":
		g.once("-j")
		g.target = g.next()
		g.answers()
	default:
		g.waits(word)
	}
}

// waits reads -w with its seconds in the same word, and refuses any other.
func (g *grammar) waits(word string) {
	if seconds, ok := strings.CutPrefix(word, "-w"); ok && isNumber(seconds, 0, 1<<15) && !g.restore {
		g.once("-w")
		return
	}
	g.refuse(word)
}

// optional takes the next word if it is a number from a lowest one up.
func (g *grammar) optional(lowest int) {
	if isNumber(g.peek(), lowest, 1<<15) {
		g.next()
	}
}

// answers reads the options of a target.
func (g *grammar) answers() {
	switch g.target {
	case "REJECT":
		if g.peek() != "--reject-with" {
			return
		}
		g.next()
		switch with := g.next(); with {
		case "icmp-net-unreachable", "icmp-host-unreachable", "icmp-port-unreachable", "icmp-proto-unreachable", "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited":
			g.check(g.address.Is4(), with)
		case "icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable", "icmp6-port-unreachable":
			g.check(g.address.Is6(), with)
		case "tcp-reset":
			g.needs = "tcp 6"
		default:
			g.refuse(with)
		}
	case "LOG":
		for g.peek() == "--log-prefix" || g.peek() == "--log-level" {
			if g.next() == "--log-prefix" {
				g.check(len(g.next()) < 30, "--log-prefix")
			} else {
				g.check(isNumber(g.next(), 0, 7), "--log-level")
			}
		}
	}
}

// match reads the options of a match, which must follow its name.
func (g *grammar) match(name string) {
	const ofPorts = "tcp udp 6 17"
	switch name {
	case "comment":
		g.once("-m comment")
		g.check(g.next() == "--comment" && len(g.next()) < 256, "-m comment")
	case "state", "conntrack":
		g.once("-m " + name)
		option := map[string]string{"state": "--state", "conntrack": "--ctstate"}[name]
		g.check(g.next() == option && areStates(g.next()), "-m "+name)
	case "tcp", "udp":
		g.once("-m " + name)
		g.needs = map[string]string{"tcp": "tcp 6", "udp": "udp 17"}[name]
		g.ports("--dport", "--destination-port", "--sport", "--source-port")
	case "multiport":
		g.once("-m multiport")
		g.needs = ofPorts
		switch g.next() {
		case "--dports", "--destination-ports", "--sports", "--source-ports", "--ports":
			ports := strings.Split(g.next(), ",")
			g.check(len(ports) <= 15 && !slices.ContainsFunc(ports, func(p string) bool { return !isPorts(p) }), "-m multiport")
		default:
			g.refuse("-m multiport")
		}
	default:
		g.refuse("-m " + name)
	}
}

// ports reads options for one port or a range.
func (g *grammar) ports(options ...string) {
	for {
		option := g.peek()
		if !slices.Contains(options, option) {
			return
		}
		g.next()
		g.once(option[:min(3, len(option))])
		g.check(isPorts(g.next()), option)
	}
}

// end checks what only the whole rule shows.
func (g *grammar) end() {
	switch {
	case g.chain == "" || strings.HasPrefix(g.chain, "-") || len(g.chain) > 28:
		g.refuse("the name of the chain")
	case g.needs != "" && !slices.Contains(strings.Fields(g.needs), g.protocol):
		g.refuse("a match of ports without its protocol")
	}
}

func isNumber(s string, low, high int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && low <= n && n <= high && strconv.Itoa(n) == s
}

func isPorts(s string) bool {
	low, high, ranged := strings.Cut(s, ":")
	if !isNumber(low, 0, 1<<16-1) || ranged && !isNumber(high, 0, 1<<16-1) {
		return false
	}
	l, _ := strconv.Atoi(low)
	h, _ := strconv.Atoi(high)
	return !ranged || l <= h
}

func isProtocol(s string) bool {
	switch s {
	case "all", "tcp", "udp", "icmp", "6", "17":
		return true
	}
	return false
}

func isInterface(s string) bool {
	return s != "" && len(s) < 16 && s[0] != '-' && strings.Trim(s, wordCharacters+"+-.@") == "" && !strings.Contains(strings.TrimSuffix(s, "+"), "+")
}

// isNetwork reports whether a value is an address, or a network by the length of
// its prefix or a mask.
func (g *grammar) isNetwork(s string) bool {
	address, mask, has := strings.Cut(s, "/")
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() != g.address.Is4() || a.Zone() != "" {
		return false
	}
	if !has || isNumber(mask, 0, a.BitLen()) {
		return true
	}
	_, ok := maskBits(mask)
	return ok && a.Is4()
}

func areStates(list string) bool {
	return !slices.ContainsFunc(strings.Split(list, ","), func(s string) bool {
		switch s {
		case "NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED":
			return false
		}
		return true
	})
}
