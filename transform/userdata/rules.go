package userdata

import (
	"path"
	"slices"
	"strings"
)

// rules says what rules in a text do, whoever wrote them.
type rules struct {
	forwarded bool // packets forwarded from eni+ to the metadata service are dropped
	branchENI bool // those of pods with branch network interfaces too
	unsaved   bool // the rule for these comes behind the command that saves the rules
	end       int  // offset behind the line that drops the forwarded packets
}

// savesRules reports whether a line saves the rules for the next boot.
func savesRules(line string) bool {
	words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\n;&|()/\"'`$", r) })
	for i, word := range words {
		if word == "iptables-save" || word == "iptables" && i > 0 && words[i-1] == "service" && i+1 < len(words) && words[i+1] == "save" {
			return true
		}
	}
	return false
}

// rulesIn reads the rules that the lines of a text set up, whatever happens:
// what is echoed, indented as below an if, or behind a line after which nobody
// can tell whether lines are commands that run, does not count. Rules for branch
// network interfaces are unsaved where the rules are saved before and not after.
func rulesIn(text string) rules {
	var found rules
	if !strings.Contains(text, "iptables") {
		return found
	}
	saved, at := false, 0
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", "  ")) {
		at += len(line)
		if branches(line) {
			break
		}
		if !strings.Contains(line, "iptables") {
			continue
		}
		if strings.Contains(line, "save") && savesRules(line) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			saved, found.unsaved = true, false
			continue
		}
		c, ok := parseCommand(line)
		if !ok {
			continue
		}
		if c.flush && (c.table == "" || c.table == "filter") {
			found, saved = rules{}, false
			continue
		}
		if c.dropsForwarded() && !found.forwarded {
			found.forwarded, found.end = true, at
		}
		if c.dropsBranchENI() && !found.branchENI {
			found.branchENI, found.unsaved = true, saved
		}
	}
	return found
}

const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// branchWords start a compound command or end the script.
var branchWords = [...]string{"if", "case", "for", "while", "until", "select", "function", "exit", "exec", "return"}

// branches reports whether the lines behind a line of a script may be no
// commands, or may not run: it starts a compound command, a here-document or a
// text in quotes, or ends the script.
func branches(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "- ") {
		return false
	}
	word := line[:len(line)-len(strings.TrimLeft(line, wordCharacters))]
	if slices.Contains(branchWords[:], word) || line != "" && (line[0] == '{' || line[0] == '(') {
		return true
	}
	return strings.Contains(line, "()") || strings.Contains(line, "<<") ||
		strings.Count(line, "'")%2 == 1 || strings.Count(line, `"`)%2 == 1
}

var undoes = pattern(`\biptables(-legacy|-nft)?\s+(-t\s+filter\s+)?(-F|--flush)(\s+FORWARD)?\s*($|[#;&|])` +
	`|\biptables(-legacy|-nft)?\s[^#;&|]*(-D|--delete|-R|--replace)\s+FORWARD\b` +
	`|\biptables(-legacy|-nft)?\s[^#;&|]*(-I|--insert)\s+FORWARD\b[^#;&|]*169\.254\.169\.254\S*\s[^#;&|]*ACCEPT` +
	`|\biptables-restore\b|\bnft\s+flush\b|\bsystemctl\s+(stop|disable|mask)\s[^#;&|]*\biptables\b|\bservice\s+iptables\s+stop\b`)

// undone returns the offset of the first line, from an offset on, that takes a
// rule back, or -1.
func undone(text string, from int) int {
	at := from
	for line := range strings.Lines(text[from:]) {
		bare := strings.TrimSpace(line)
		mayUndo := strings.Contains(bare, "iptables") || strings.Contains(bare, "nft")
		if mayUndo && !strings.HasPrefix(bare, "#") && !strings.HasPrefix(bare, "echo ") && undoes().MatchString(bare) {
			return at
		}
		at += len(line)
	}
	return -1
}

// A command is a call of iptables.
type command struct {
	table, chain, in, out, destination, target string

	flush  bool
	others bool // it has options that narrow the rule down
}

// parseCommand reads a line that is nothing but a call of iptables, perhaps as
// an item of cloud-config.
func parseCommand(line string) (command, bool) {
	if item := strings.TrimLeft(line, " "); strings.HasPrefix(item, "- ") {
		line = strings.Trim(strings.TrimSpace(item[len("- "):]), `"'`)
	} else if strings.HasPrefix(item, `"`) {
		line = strings.Trim(strings.TrimSpace(item), `",`)
	}
	if i := strings.IndexAny(line, "#;&|"); i >= 0 {
		line = line[:i]
	}
	fields := strings.Fields(strings.ReplaceAll(line, "=", " "))
	if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || len(fields) == 0 {
		return command{}, false
	}
	if fields[0] == "sudo" {
		fields = fields[1:]
	}
	if len(fields) == 0 || path.Base(fields[0]) != "iptables" {
		return command{}, false
	}
	return parseOptions(fields[1:]), true
}

// parseOptions reads the options of iptables (man 8 iptables).
func parseOptions(fields []string) (c command) {
	for i := 0; i < len(fields); i++ {
		value := func() string {
			if i+1 >= len(fields) {
				return ""
			}
			i++
			return fields[i]
		}
		switch fields[i] {
		case "-I", "--insert", "-A", "--append":
			c.chain = value()
		case "-i", "--in-interface":
			c.in = value()
		case "-o", "--out-interface":
			c.out = value()
		case "-d", "--destination", "--dst":
			c.destination = value()
		case "-j", "--jump":
			c.target = value()
		case "-F", "--flush":
			c.flush = true
		case "-t", "--table":
			c.table = value()
		case "--reject-with", "--comment":
			value()
		case "-m", "--match":
			c.others = c.others || value() != "comment"
		case "-w", "--wait":
		default:
			c.others = c.others || !slices.Contains([]string{"1", "2", "3", "4", "5", "10"}, fields[i])
		}
	}
	return c
}

// drops reports whether the command drops all packets to the metadata service
// that it sees.
func (c command) drops() bool {
	return (c.target == "DROP" || c.target == "REJECT") && !c.others &&
		(c.destination == "169.254.169.254" || c.destination == "169.254.169.254/32")
}

// seesForwarded reports whether it sees packets before they are routed, or
// while they are forwarded.
func (c command) seesForwarded() bool {
	return (c.chain == "FORWARD" || c.chain == "PREROUTING") && c.out == ""
}

func (c command) dropsForwarded() bool {
	return c.drops() && c.seesForwarded() && (c.in == "" || c.in == "eni+")
}

func (c command) dropsBranchENI() bool {
	return c.drops() && (c.seesForwarded() && (c.in == "" || c.in == "vlan+") ||
		(c.chain == "POSTROUTING" || c.chain == "FORWARD") && c.out == "vlan+" && c.in == "")
}
