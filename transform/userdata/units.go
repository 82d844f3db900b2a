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

// extends reports whether a file is a drop-in for a unit: in its directory, in
// one for a beginning of its name, or in the one for all services.
func extends(file, unit string) bool {
	if !isUnitFile(file) || path.Ext(file) != ".conf" {
		return false
	}
	dir := path.Base(path.Dir(file))
	if dir == unit+".d" || dir == "service.d" {
		return true
	}
	prefix, ok := strings.CutSuffix(dir, "-.service.d")
	return ok && strings.HasPrefix(unit, prefix+"-")
}

// isDropIn reports whether a file is a drop-in for a unit of the kubelet.
func isDropIn(file string) bool { return extends(file, kubeletService) || extends(file, kubeletSnap) }

// A setting is a line of a unit.
type setting struct{ section, key, value string }

// settings returns the lines of a unit or a drop-in, with continued lines put
// together. It reports false where a part of it is not known that may be a line,
// also of another section.
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

// kubelet runs what the drop-ins of a unit of the kubelet do when it starts.
func (n *node) kubelet(unit string) {
	if strict := n.dropIns(unit); !strict && n.strict {
		n.strict, n.strictAt = false, n.at
	}
}

// dropIns runs what the drop-ins of a unit have it do before it starts, in the
// order of their names. It reports whether that drops the packets of
// pods, and so no start without a drop.
func (n *node) dropIns(unit string) bool {
	var files []string
	for _, file := range n.machine.Files.All() {
		if extends(file, unit) {
			files = append(files, file)
		}
	}
	slices.SortStableFunc(files, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	type command struct {
		text string
		sure bool
	}
	var commands []command
	for _, name := range files {
		f := n.machine.Files.Get(name)
		usable := f.Sure && !f.Gone && strings.HasPrefix(name, "/etc/systemd/system/") && (f.Version <= n.version || n.again)
		for _, text := range f.Written() {
			lines, known := settings(text)
			if !known {
				commands = nil
				n.note(f.At, "what is in "+shown(name)+", a drop-in of the kubelet's unit, is not known")
			}
			for _, line := range lines {
				switch {
				case strings.HasPrefix(line.key, "Environment") && strings.Contains(line.value, "PATH"), line.key == "PassEnvironment", line.key == "RootDirectory", line.key == "ExecSearchPath":
					n.note(f.At, "what "+line.key+"= in "+shown(name)+" has the kubelet's unit run is not known")
				case line.section != "[Service]" || line.key != "ExecStartPre":
				case line.value == "":
					commands = nil
				default:
					commands = append(commands, command{line.value, usable})
				}
			}
		}
	}
	strict := false
	for _, c := range commands {
		n.credit = c.sure
		tried4, tried6 := n.v4.tried, n.v6.tried
		n.execute(c.text, c.sure)
		if n.credit = false; !c.sure { // it is the drop-in that may not be there
			n.v4.tried, n.v6.tried = tried4, tried6
		}
		strict = strict || c.sure
	}
	return strict && n.v4.tables.drops(ordinary) && n.v4.tables.drops(branchENI)
}

// execute runs a command of a unit. What systemd expands itself is not known, and it
// has no operators of a shell: they are arguments ("Command lines" in man 5
// systemd.service).
func (n *node) execute(command string, sure bool) {
	plain := strings.TrimLeft(command, "@-:+!|")
	if prefix := command[:len(command)-len(plain)]; strings.ContainsAny(prefix, "@-|") || strings.ContainsAny(plain, "%$") || hasOperators(plain) {
		sure = false
	}
	n.aside("#!/bin/bash\n"+plain, sure)
}

// hasOperators reports whether a shell would find operators in a command, outside of
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

// aside runs a script that the node runs by itself, at another time than the
// scripts of the user data: perhaps, unless that is sure.
func (n *node) aside(script string, sure bool) {
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
		n.at, n.cause, n.why = at, Undone, "a unit that is written here may take the rule back"
		out := n.apply(s, n.sure(s))
		n.look()
		return out
	}
	doubt := ""
	if n.force {
		doubt = "it runs by itself"
	}
	n.machine.Aside(script, func(int) int { return at }, doubt)
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
			case strings.HasPrefix(line.key, "StandardInput") && line.value != "null", line.key == "EnvironmentFile" && n.loadsPrograms(line.value), line.key == "Environment" && (strings.Contains(line.value, "LD_") || strings.Contains(line.value, "BASH_ENV")):
				n.note(f.At, "what "+line.key+"= in "+shown(file)+" has the unit run is not known")
			case line.key == "Where" && n.machine.Files.MayMatter(line.value):
				n.note(f.At, "what "+shown(file)+" mounts over "+shown(line.value)+" is not known")
			case onlyOrders(line.key):
			case strings.Contains(line.value, "kubelet"), strings.Contains(line.value, "nodeadm"):
				if starts && line.section == "[Unit]" {
					n.start(kubeletService)
				}
			case strings.Contains(line.value, "iptables"), strings.Contains(line.value, "nftables"), strings.Contains(line.value, "firewall"):
				n.note(f.At, "what "+line.key+"="+shown(line.value)+" in "+shown(file)+" does to the rules is not known")
			}
		}
	}
}

// loadsPrograms reports whether a file that scripts have written has variables by
// which programs load others.
func (n *node) loadsPrograms(file string) bool {
	f := n.machine.Files.Get(strings.TrimPrefix(file, "-"))
	return slices.ContainsFunc(f.Written(), func(text string) bool { return strings.Contains(text, "LD_") || strings.Contains(text, "BASH_ENV") })
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
