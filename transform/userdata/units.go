package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// The units of the kubelet, of Amazon Linux and of the snap of Ubuntu's images.
const (
	kubeletService = "kubelet.service"
	kubeletSnap    = "snap.kubelet-eks.daemon.service"
)

// isUnitFile reports whether systemd reads a file as a unit or a part of one
// ("Unit File Load Path" in man 5 systemd.unit).
func isUnitFile(file string) bool {
	for _, root := range [...]string{"/etc/systemd/", "/run/systemd/", "/usr/lib/systemd/", "/lib/systemd/", "/usr/local/lib/systemd/"} {
		if rest, ok := strings.CutPrefix(file, root); ok {
			dir, _, _ := strings.Cut(rest, "/")
			return dir == "system" || dir == "system.control" || dir == "system.attached" || dir == "transient" || dir == "generator" || strings.HasPrefix(dir, "generator.")
		}
	}
	return false
}

// A setting is a line of a unit.
type setting struct{ section, key, value string }

// settings returns the lines of a unit or a drop-in, with continued lines joined. It
// returns false if a part of it is not known that may be a line, perhaps of another
// section.
func settings(text string) (all []setting, known bool) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", line[0] == '#', line[0] == ';':
		case line[0] == '[':
			section = line
		case strings.HasPrefix(line, shell.Unknown):
			return all, false
		default:
			key, value, _ := strings.Cut(line, "=")
			all = append(all, setting{section, strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return all, true
}

// execute runs a command of a unit. What systemd expands itself is not known, and it
// has no operators of a shell: they are arguments ("Command lines" in man 5
// systemd.service). The systemd of Amazon Linux 2 does not know most of the prefixes,
// and finds no program without its path.
func (n *node) execute(command string, sure bool) {
	plain := strings.TrimLeft(command, "@-:+!|")
	if plain != command || !strings.HasPrefix(strings.TrimLeft(plain, `"'`), "/") || strings.ContainsAny(plain, "%$") || hasOperators(plain) || !n.canExecute(plain) {
		sure = false
	}
	n.aside("#!/bin/bash\n"+plain, sure)
}

// hasOperators reports whether a shell would find operators in a command, outside
// quotes.
func hasOperators(command string) bool {
	quote := rune(0)
	for _, c := range command {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case strings.ContainsRune(";&|<>()`{}\\*?[#~", c):
			return true
		}
	}
	return quote != 0
}

// aside runs a script that the node runs by itself, not when it runs the scripts of
// the user data. It may run or not unless sure is set.
func (n *node) aside(script string, sure bool) {
	at := n.at
	n.beside(script, sure, "a unit that is written here may take the rule back", func(int) int { return at })
}

// beside runs a script that is not one of the user data, as aside does. Why says what is
// wrong if it takes the rule back, and place returns the place of an offset in it.
func (n *node) beside(script string, sure bool, why string, place func(at int) int) {
	if n.depth > 3 {
		return
	}
	n.depth++
	outer, at, run := n.force, n.at, n.machine.Run
	n.force = n.force && !n.credit || !sure
	n.machine.Run = func(s *shell.Step) string {
		if s.Runs == shell.Never {
			return shell.Unknown
		}
		n.at, n.cause, n.why = s.At, Undone, why
		out := n.apply(s, n.sure(s))
		n.look()
		return out
	}
	doubt := ""
	if n.force {
		doubt = "it runs by itself"
	}
	n.machine.Aside(script, place, doubt)
	n.machine.Run = run
	n.force, n.at = outer, at
	n.depth--
}

// activates returns the unit that a timer, path or socket starts, or "".
func (n *node) activates(file string) string {
	switch path.Ext(file) {
	case ".timer", ".path", ".socket":
	default:
		return ""
	}
	unit := strings.TrimSuffix(path.Base(file), path.Ext(file)) + ".service"
	for _, text := range n.machine.Files.Get(file).Written() {
		lines, _ := settings(text)
		for _, line := range lines {
			if line.key == "Unit" || line.key == "Service" {
				unit = line.value
			}
		}
	}
	return unit
}

// unitFile runs the commands of a unit, which may run, and says what else it does
// that matters: where it starts or stops other units when it starts itself.
func (n *node) unitFile(file string, starts, sure bool) {
	f := n.machine.Files.Get(file)
	for _, text := range f.Written() {
		lines, known := settings(text)
		if !known {
			n.note(f.At, "what is in "+shown(file)+", which systemd reads, is not known")
		}
		for _, line := range lines {
			switch {
			case strings.HasPrefix(line.key, "Exec"):
				n.execute(line.value, sure && strings.HasPrefix(line.key, "ExecStart") && line.key != "ExecStartPost")
			case n.changesCommands(line):
				n.note(f.At, "what "+line.key+"= in "+shown(file)+" has the unit run is not known")
			case line.key == "Where" && n.machine.Files.MayMatter(line.value):
				n.note(f.At, "what "+shown(file)+" mounts over "+shown(line.value)+" is not known")
			case onlyOrders(line.key):
			case strings.Contains(line.value, "kubelet"), strings.Contains(line.value, "nodeadm"):
				if starts && line.section == "[Unit]" {
					n.start(kubeletService)
				}
			case n.aboutRules(line):
				n.note(f.At, "what "+line.key+"="+shown(line.value)+" in "+shown(file)+" does to the rules is not known")
			}
		}
	}
}

// aboutRules reports whether a setting names a service that has rules, or says that one
// of a script is stopped.
func (n *node) aboutRules(line setting) bool {
	if line.key == "Conflicts" && slices.ContainsFunc(n.service.own, func(own string) bool { return strings.Contains(line.value, own) }) {
		return true
	}
	return strings.Contains(line.value, "iptables") || strings.Contains(line.value, "nftables") || strings.Contains(line.value, "firewall")
}

// changesCommands reports whether a setting may change what the commands of a unit
// do: by their input, or by the variables of their environment.
func (n *node) changesCommands(line setting) bool {
	switch line.key {
	case "EnvironmentFile":
		f := n.machine.Files.Get(strings.TrimPrefix(line.value, "-"))
		return slices.ContainsFunc(f.Written(), loadsPrograms)
	case "Environment":
		return loadsPrograms(line.value)
	}
	return strings.HasPrefix(line.key, "StandardInput") && line.value != "null"
}

// loadsPrograms reports whether a text has variables that make programs load others.
func loadsPrograms(text string) bool {
	return strings.Contains(text, "LD_") || strings.Contains(text, "BASH_ENV")
}

// onlyOrders reports whether a setting says only when a unit starts, or nothing
// that matters, but does not start or stop others.
func onlyOrders(key string) bool {
	switch key {
	case "Description", "Documentation", "After", "Before", "PartOf", "WantedBy", "RequiredBy", "Type", "User", "Group", "WorkingDirectory", "Restart", "SyslogIdentifier":
		return true
	}
	return strings.HasPrefix(key, "Condition") || strings.HasPrefix(key, "Assert")
}
