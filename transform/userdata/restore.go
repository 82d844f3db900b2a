package userdata

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// load returns the tables after iptables-restore has read a text, and whether
// all of the text is known.
func (f *family) load(step *shell.Step, text string, noflush bool) (loaded tables, known bool) {
	g := &family{tables: f.tables.clone(), address: f.address, unknown: f.unknown && noflush}
	table := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", line[0] == '#':
		case line[0] == '*':
			table = line[1:]
			if !noflush {
				delete(g.tables, table)
			}
		case line[0] == ':':
			name, _, _ := strings.Cut(line[1:], " ")
			if c := g.tables.at(table, name); !isBuiltin(table, name) {
				*c = chain{} // one that is there is flushed
			}
		case line == "COMMIT":
		default:
			words := append([]shell.Word{{Text: "-t"}, {Text: table}}, splitLine(line)...)
			g.apply(step, words, true)
		}
	}
	if step != nil && f.tried == nil {
		f.tried, f.triedWhy = g.tried, g.triedWhy
	}
	return g.tables, isRestorable(text, netip.MustParseAddr(f.address))
}

// isRestorable reports whether iptables-restore is sure to take a text: it must have
// the form in which iptables-save writes rules, in spellings that are known. If one
// line is refused, nothing of the text is in force.
func isRestorable(text string, address netip.Addr) bool {
	table := ""
	var chains []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "", line[0] == '#':
		case line[0] == '*':
			if table != "" || !slices.Contains(tableNames[:], line[1:]) {
				return false
			}
			table, chains = line[1:], nil
		case table == "":
			return false
		case line == "COMMIT":
			table = ""
		case line[0] == ':':
			name, rest, _ := strings.Cut(line[1:], " ")
			if !isRestorablePolicy(rest, isBuiltin(table, name)) {
				return false
			}
			chains = append(chains, name)
		default:
			if !isRestorableRule(line, table, chains, address) {
				return false
			}
		}
	}
	return table == ""
}

// isRestorablePolicy reports whether what follows the name of a chain is what
// iptables-save writes there: its policy, and perhaps its counters. Only a built-in
// chain has a policy.
func isRestorablePolicy(text string, builtin bool) bool {
	policy, counters, has := strings.Cut(text, " ")
	if has && !isCounters(counters) {
		return false
	}
	if builtin {
		return policy == "ACCEPT" || policy == "DROP"
	}
	return policy == "-"
}

// isRestorableRule reports whether a line appends a rule for certain.
func isRestorableRule(line, table string, chains []string, address netip.Addr) bool {
	if strings.HasPrefix(line, "[") {
		counters, rest, _ := strings.Cut(line, " ")
		if line = rest; !isCounters(counters) {
			return false
		}
	}
	if !strings.HasPrefix(line, "-A ") && !strings.HasPrefix(line, "-I ") || strings.TrimSpace(line) != line {
		return false
	}
	words := splitLine(line)
	if unknownSpelling(words, address, true) != "" {
		return false
	}
	isThere := func(name string) bool { return isBuiltin(table, name) || slices.Contains(chains, name) }
	c := parseCall(words, address.String())
	return isThere(c.chain) && (isStandard(c.rule.target) || isThere(c.rule.target))
}

// isCounters reports whether a word has the form [0:0].
func isCounters(word string) bool {
	packets, bytes, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(word, "["), "]"), ":")
	return ok && len(word) == len(packets)+len(bytes)+3 && strings.Trim(packets+bytes, "0123456789") == "" && packets != "" && bytes != ""
}

// splitLine splits a line of iptables-save to words.
func splitLine(line string) []shell.Word {
	if strings.HasPrefix(line, "[") { // counters
		_, line, _ = strings.Cut(line, "]")
	}
	var words []shell.Word
	var b strings.Builder
	quoted, started := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		case c == '"':
			quoted, started = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if started {
				words = append(words, shell.Word{Text: b.String()})
			}
			b.Reset()
			started = false
		default:
			b.WriteByte(c)
			started = true
		}
	}
	if started {
		words = append(words, shell.Word{Text: b.String()})
	}
	return words
}
