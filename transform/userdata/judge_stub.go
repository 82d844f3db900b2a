package userdata

import (
	"path"
	"slices"
	"strings"
)

// judge reads the lines of scripts by patterns, until what a shell would run is
// known.
func judge(scripts []script, want Block) []Problem {
	j := &lineJudge{want: want, startsAt: -1}
	for _, s := range scripts {
		if s.unknown != "" {
			if !j.forwarded {
				j.starts(s.origin(0), s.unknown)
			} else {
				j.problem(NotJudged, s.origin(0), s.unknown)
			}
			continue
		}
		j.script(s)
	}
	return j.verdict()
}

type lineJudge struct {
	want                             Block
	forwarded, branchENI, ipv6       bool
	saved, branchENISaved, everyBoot bool
	strict                           bool
	late                             bool
	startsAt                         int
	startsBy                         string
	problems                         []Problem
}

func (j *lineJudge) problem(code Code, at int, message string) {
	j.problems = append(j.problems, Problem{code, at, message})
}

// starts notes what may start the kubelet.
func (j *lineJudge) starts(at int, by string) {
	if !j.forwarded && j.startsAt < 0 {
		j.startsAt, j.startsBy = at, by
	}
}

func (j *lineJudge) script(s script) {
	at, dead := 0, false
	for line := range strings.Lines(s.text) {
		j.line(s, line, s.origin(at), dead)
		dead = dead || branches(line)
		at += len(line)
	}
}

func (j *lineJudge) line(s script, line string, at int, dead bool) {
	bare := strings.TrimSpace(line)
	if strings.Contains(line, dropIn) && isStrict(s.text) && !dead {
		j.strict, j.forwarded, j.branchENI, j.ipv6 = true, true, true, true
	}
	if startsKubeletIn(line) {
		j.starts(at, "the kubelet starts here")
	}
	mayUndo := strings.Contains(bare, "iptables") || strings.Contains(bare, "nft")
	if j.forwarded && !j.strict && mayUndo && !strings.HasPrefix(bare, "#") && !strings.HasPrefix(bare, "echo ") && undoes().MatchString(bare) {
		j.problem(Undone, at, "takes the iptables rule back here")
	}
	if dead || !strings.Contains(line, "tables") || strings.HasPrefix(bare, "#") {
		return
	}
	if strings.Contains(line, "save") && savesRules(line) {
		j.saved, j.branchENISaved = j.saved || j.forwarded, j.branchENISaved || j.branchENI
		return
	}
	if c, ok := parseCommand(strings.Replace(line, "ip6tables", "iptables", 1)); ok {
		if strings.HasPrefix(bare, "ip6tables") {
			j.ipv6 = j.ipv6 || c.target == "DROP" && c.chain == "FORWARD" && strings.HasPrefix(c.destination, "fd00:ec2::254")
			return
		}
		if c.dropsForwarded() {
			if j.startsAt >= 0 && !j.forwarded {
				j.late = true
			}
			j.forwarded = true
		}
		j.branchENI = j.branchENI || c.dropsBranchENI()
		j.everyBoot = j.everyBoot || c.drops() && s.everyBoot
	}
}

func (j *lineJudge) verdict() []Problem {
	switch {
	case j.forwarded && j.startsAt >= 0:
		j.problem(Late, j.startsAt, "may start the kubelet before the iptables commands: "+j.startsBy)
	case !j.forwarded:
		j.problem(Absent, 0, "has no iptables commands")
	case !j.saved && !j.strict && !j.everyBoot:
		j.problem(Unsaved, 0, "never saves the rule")
	}
	if j.want.Mode == Strict && !j.strict {
		j.problem(NotStrict, 0, "does not have the strict block")
	}
	if j.want.BranchENI && j.forwarded {
		if !j.branchENI {
			j.problem(BranchENIAbsent, 0, "has no rule for pods with branch network interfaces")
		} else if !j.branchENISaved && !j.strict && !j.everyBoot {
			j.problem(BranchENIUnsaved, 0, "does not save the rule for branch network interfaces")
		}
	}
	if j.want.IPv6 && j.forwarded && !j.ipv6 {
		j.problem(IPv6Absent, 0, "has no rule for the IPv6 endpoint")
	}
	return j.problems
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

var startsKubelet = pattern(`\bnodeadm(-internal)?\s+init\b|\bkubeadm\s+join\b` +
	`|\bsystemctl\b[^#;&|]*\b(start|restart|enable)\b[^#;&|]*\b(kubelet|nodeadm)|\bservice\s+kubelet\s+(re)?start\b` +
	`|\bsnap\s+(re)?start\s+[^#;&|]*kubelet`)

// startsKubeletIn reports whether a line of a script starts the kubelet. The
// pattern is only asked where it can match, which is much faster.
func startsKubeletIn(line string) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return false
	}
	if strings.Contains(line, "bootstrap.sh") {
		return true
	}
	mayMatch := strings.Contains(line, "kubelet") || strings.Contains(line, "nodeadm") || strings.Contains(line, "kubeadm")
	return mayMatch && startsKubelet().MatchString(line)
}
