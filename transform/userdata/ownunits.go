package userdata

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// written runs what a unit that a script has written does when it starts. A unit of
// the type oneshot has finished when systemctl returns.
func (n *node) written(name string, sure bool) {
	for _, file := range n.machine.Files.All() {
		if base := path.Base(file); isUnitFile(file) && (base == name || base == name+".service" || extends(file, name+".service")) && !isDropIn(file) {
			n.unitFile(file, true, sure && n.isOneshot(file))
			if unit := n.activates(file); unit != "" {
				n.unit("start", false, shell.Word{Text: unit}, false)
			}
		}
	}
}

// startEnabled runs what the units that scripts have written and enabled do at a
// boot before the kubelet starts.
func (n *node) startEnabled() {
	for _, name := range n.service.own {
		file := "/etc/systemd/system/" + name + ".service"
		f := n.machine.Files.Get(file)
		if f == nil || !n.isOneshot(file) || !isBeforeKubelet(f.Text) || !isWanted(f.Text) {
			continue
		}
		if n.service.v4.enabled && !has(f.Text, "[Unit]", "After", "iptables.service") || n.service.v6.enabled && !has(f.Text, "[Unit]", "After", "ip6tables.service") {
			continue // which loads its rules before or after
		}
		n.unitFile(file, false, true)
	}
}

// isOneshot reports whether a file is a unit that is done when it has started, and
// that nothing keeps from running all its commands: neither another setting, such as
// a condition, nor an earlier command that may fail ("ExecStart=" in man 5
// systemd.service).
func (n *node) isOneshot(file string) bool {
	f := n.machine.Files.Get(file)
	if f == nil || !f.Sure || f.Gone || !strings.HasPrefix(file, "/etc/systemd/system/") || strings.Contains(f.Text, shell.Unknown) {
		return false
	}
	if slices.ContainsFunc(n.machine.Files.All(), func(other string) bool { return extends(other, path.Base(file)) }) {
		return false
	}
	commands, ok := oneshotCommands(f.Text)
	return ok && (len(commands) == 1 || !slices.ContainsFunc(commands, mayFail))
}

// oneshotCommands returns the commands of a unit. It reports false if the unit is not
// of the type oneshot, or has a setting that may keep them from running.
func oneshotCommands(text string) (commands []string, ok bool) {
	var kind string
	lines, _ := settings(text)
	for _, l := range lines {
		switch {
		case l.key == "Type" && l.section == "[Service]":
			kind = l.value // of several settings the last counts
		case (l.key == "ExecStart" || l.key == "ExecStartPre") && l.section == "[Service]" && l.value != "":
			commands = append(commands, l.value)
		case !leavesCommands(l):
			return nil, false
		}
	}
	return commands, kind == "oneshot"
}

// leavesCommands reports whether a setting of a unit keeps none of its commands from
// running, and from doing what they do.
func leavesCommands(l setting) bool {
	switch l.key {
	case "Description", "Documentation", "Before", "After", "Wants", "RemainAfterExit", "WantedBy", "RequiredBy", "TimeoutStopSec", "KillMode", "RestartSec", "SyslogIdentifier":
		return true
	case "User", "Group":
		return l.value == "root"
	case "Restart": // others are refused by some versions
		return l.value == "no"
	case "StandardOutput", "StandardError":
		return slices.Contains([]string{"journal", "null", "syslog", "kmsg", "inherit", "journal+console", "syslog+console"}, l.value)
	case "TimeoutSec", "TimeoutStartSec":
		seconds, err := strconv.Atoi(strings.TrimSuffix(l.value, "s"))
		return l.value == "infinity" || err == nil && (seconds == 0 || seconds >= 30)
	case "Environment":
		return !strings.Contains(l.value, "PATH") && !loadsPrograms(l.value)
	}
	return false
}

// isBeforeKubelet reports whether a unit starts before the kubelet at each boot. Where it
// is to start after what starts after the kubelet too, systemd leaves one of them out.
func isBeforeKubelet(text string) bool {
	for _, late := range [...]string{kubeletService, "multi-user.target", "graphical.target", "default.target", "cloud-final.service", "cloud-init.target", "nodeadm-run.service"} {
		if has(text, "[Unit]", "After", late) {
			return false
		}
	}
	return has(text, "[Unit]", "Before", kubeletService)
}

// isWanted reports whether something starts a unit at each boot once it is enabled, or
// when the kubelet starts.
func isWanted(text string) bool {
	return has(text, "[Install]", "WantedBy", "multi-user.target") || has(text, "[Install]", "WantedBy", kubeletService) || has(text, "[Install]", "RequiredBy", kubeletService)
}

// mayFail reports whether a command of a unit may fail: any but the addition of a
// rule that iptables is known to take.
func mayFail(command string) bool {
	var words []shell.Word
	for _, field := range strings.Fields(command) {
		words = append(words, shell.Word{Text: field})
	}
	address := metadataIPv4
	switch path.Base(words[0].Text) {
	case "iptables":
	case "ip6tables":
		address = metadataIPv6
	default:
		return true
	}
	c := parseCall(words[1:], address)
	return c.op != 'A' && c.op != 'I' || c.refused != "" || c.rule.wrong != ""
}

// has reports whether a unit has a word in a setting.
func has(text, section, key, word string) bool {
	lines, known := settings(text)
	return known && slices.ContainsFunc(lines, func(l setting) bool {
		return l.section == section && l.key == key && slices.Contains(strings.Fields(l.value), word)
	})
}

// canExecute reports whether systemd can run the program of a unit's command, if a
// script has written that program: the kernel needs a #! line, and no shell steps in
// if there is none (man 2 execve).
func (n *node) canExecute(command string) bool {
	fields := strings.Fields(command)
	if len(fields) == 0 {
		return true
	}
	f := n.machine.Files.Get(strings.Trim(fields[0], `"'`))
	if f == nil || f.Gone && !f.Sure {
		return true
	}
	for _, text := range f.Texts() {
		if !strings.HasPrefix(text, "#!") {
			return false
		}
	}
	return true
}

// isEnabled reports whether systemctl can enable a unit that a script has written
// for every boot: its file exists by now, and says what starts it (WantedBy).
func (n *node) isEnabled(name string) bool {
	text, ok := n.file("/etc/systemd/system/" + strings.TrimSuffix(name, ".service") + ".service")
	return ok && isWanted(text)
}
