package userdata

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// The addresses of the metadata service ("Instance metadata and user data" in
// the Amazon EC2 User Guide).
const (
	metadataIPv4 = "169.254.169.254"
	metadataIPv6 = "fd00:ec2::254"
)

// A call is one of iptables or ip6tables (man 8 iptables).
type call struct {
	op     byte // the letter of the command, or 0
	table  string
	chain  string // "" for all
	number int    // 0 where none is given
	rule   rule
	loose  bool // what it does is not known
	in     bool // it names interfaces
	out    bool

	refused string // why iptables may not take it
}

// longOptions are the options of iptables in their long form, and the letter of
// their short one. Options without a letter stand for themselves.
var longOptions = [...]struct{ name, short string }{
	{"append", "A"}, {"check", "C"}, {"delete", "D"}, {"insert", "I"}, {"replace", "R"}, {"list", "L"}, {"list-rules", "S"}, {"flush", "F"},
	{"zero", "Z"}, {"new-chain", "N"}, {"delete-chain", "X"}, {"policy", "P"}, {"rename-chain", "E"},
	{"table", "t"}, {"protocol", "p"}, {"source", "s"}, {"src", "s"}, {"destination", "d"}, {"dst", "d"},
	{"in-interface", "i"}, {"out-interface", "o"}, {"jump", "j"}, {"goto", "g"}, {"match", "m"}, {"wait", "w"}, {"wait-interval", "W"},
	{"numeric", "n"}, {"verbose", "v"}, {"exact", "x"}, {"line-numbers", "0"}, {"ipv4", "4"}, {"ipv6", "6"}, {"modprobe", "M"}, {"set-counters", "c"}, {"fragment", "f"},
}

// option returns the letter of a long option, which may be cut short, or "".
func option(name string) string {
	short := ""
	for _, o := range longOptions {
		if o.name == name {
			return o.short
		}
		if strings.HasPrefix(o.name, name) {
			if short != "" && short != o.short {
				return ""
			}
			short = o.short
		}
	}
	return short
}

// parseCall reads the words after iptables. The address is the metadata service's.
func parseCall(words []shell.Word, address string) call {
	p := parser{words: words, address: netip.MustParseAddr(address)}
	p.c.table = "filter"
	p.c.rule = rule{covers: allPods, may: allPods, sure: true}
	for len(p.words) > 0 {
		p.next()
	}
	c := p.call()
	if c.op == 'A' || c.op == 'I' || c.op == 'R' {
		c.refused = unknownSpelling(words, p.address, false)
		if c.rule.known = c.refused == ""; !c.rule.known && c.rule.wrong == "" {
			c.rule.wrong = c.refused
		}
	}
	return c
}

// A parser reads the options of iptables.
type parser struct {
	words   []shell.Word
	address netip.Addr
	c       call
	not     bool // ! comes before
	specs   []string
}

// take returns the next word.
func (p *parser) take() shell.Word {
	if len(p.words) == 0 {
		p.c.loose = true
		return shell.Word{Text: shell.Unknown}
	}
	w := p.words[0]
	p.words = p.words[1:]
	if w.Splits {
		p.c.loose = true
	}
	return w
}

// operand reports whether the next word is not an option.
func (p *parser) operand() bool {
	return len(p.words) > 0 && !strings.HasPrefix(p.words[0].Text, "-") && p.words[0].Text != "!"
}

// next reads an option with its values.
func (p *parser) next() {
	w := p.take()
	text := w.Text
	switch {
	case text == "!":
		p.not = true
		return
	case strings.HasPrefix(text, shell.Unknown) || w.Splits:
		p.c.loose = true
		return
	case strings.HasPrefix(text, "--"):
		name, value, has := strings.Cut(text[2:], "=")
		if has {
			p.words = append([]shell.Word{{Text: value}}, p.words...)
		}
		if short := option(name); short != "" {
			p.short(short[0])
		} else {
			p.match(name)
		}
	case strings.HasPrefix(text, "-") && len(text) > 1:
		p.cluster(text[1:])
	default:
		p.c.loose = true
	}
	p.not = false
}

// cluster reads options of one letter that are written together, or with their value.
func (p *parser) cluster(letters string) {
	for i := 0; i < len(letters); i++ {
		rest := letters[i+1:]
		switch letters[i] {
		case 'n', 'v', 'x', '4', '6', 'f':
			p.short(letters[i])
		case 'w', 'W':
			if rest != "" && strings.Trim(rest, "0123456789") != "" {
				continue
			}
			if rest == "" {
				p.short(letters[i])
			}
			return
		default:
			if rest != "" {
				p.words = append([]shell.Word{{Text: rest}}, p.words...)
			}
			p.short(letters[i])
			return
		}
	}
}

// short reads what an option of one letter has.
func (p *parser) short(letter byte) {
	switch letter {
	case 'A', 'I', 'D', 'R', 'C', 'F', 'L', 'S', 'Z', 'N', 'X', 'P', 'E':
		p.command(letter)
	case 't':
		p.c.table = p.take().Text
	case 'j', 'g':
		p.c.rule.target = p.take().Text
		p.c.rule.jumps = letter == 'g'
		p.arg("-"+string(letter), p.c.rule.target)
	case 'i':
		p.interfaces("-i", p.take().Text)
	case 'o':
		p.interfaces("-o", p.take().Text)
	case 'd':
		p.destination(p.take().Text)
	case 's':
		p.source(p.take().Text)
	case 'p':
		p.protocol(p.take().Text)
	case 'm':
		p.matchModule(p.take().Text)
	case 'w', 'W':
		if p.operand() {
			p.take()
		}
	case 'n', 'v', 'x', '4', '6', '0':
	case 'M':
		p.take()
	case 'c':
		p.take()
		p.take()
	default:
		p.c.loose = true
	}
}

// command reads the command and its chain.
func (p *parser) command(letter byte) {
	switch {
	case p.c.op == 0 || p.c.op == 'Z':
		p.c.op = letter
	case letter != 'Z':
		p.c.loose = true
	}
	if p.operand() {
		p.c.chain = p.take().Text
	}
	if p.operand() && strings.IndexByte("IDRPEC", letter) >= 0 {
		w := p.take()
		n, err := strconv.Atoi(w.Text)
		if p.c.number = n; err != nil && letter != 'P' && letter != 'E' {
			p.c.loose = true
		}
	}
}

// arg adds to what makes the rule equal to another.
func (p *parser) arg(words ...string) {
	if p.not {
		words = append([]string{"!"}, words...)
	}
	p.c.rule.args = append(p.c.rule.args, words...)
	p.specs = append(p.specs, strings.Join(words, " "))
	for _, w := range words {
		p.c.rule.loose = p.c.rule.loose || strings.Contains(w, shell.Unknown)
	}
}

// call returns what was read.
func (p *parser) call() call {
	c := &p.c
	slices.Sort(p.specs)
	c.rule.spec = strings.Join(p.specs, " ")
	c.loose = c.loose || strings.Contains(c.table, shell.Unknown) || strings.Contains(c.chain, shell.Unknown)
	c.rule.wrong = c.misplaced()
	return *c
}

// misplaced says why the rule has no effect in its chain, or is refused there, or
// "".
func (c *call) misplaced() string {
	switch {
	case c.chain == "PREROUTING" && c.out, c.chain == "POSTROUTING" && c.in:
		return "iptables refuses an interface of that direction in " + c.chain
	case c.table == "nat" && c.rule.drops():
		return "it is in the table nat, which iptables refuses to drop packets in"
	case c.rule.target == "REJECT" && c.table != "filter":
		return "REJECT works in the table filter only"
	case c.table == "security" || c.chain == "INPUT" || c.chain == "OUTPUT":
		return "what pods send does not pass the chain " + c.chain + " of the table " + c.table
	}
	switch c.chain {
	case "FORWARD", "PREROUTING", "POSTROUTING":
		if !isBuiltin(c.table, c.chain) {
			return "the table " + c.table + " has no chain " + c.chain
		}
	}
	return ""
}

// isStandard reports whether a target is not a chain.
func isStandard(target string) bool {
	switch target {
	case "ACCEPT", "DROP", "REJECT", "RETURN", "QUEUE":
		return true
	}
	return isTarget(target)
}
