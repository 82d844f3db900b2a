package userdata

import (
	"path"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// unattended judges the files that scripts have written and that the node runs or
// reads later by itself: units, tables of cron, boot scripts, and others that decide
// what runs.
func (n *node) unattended() {
	for _, file := range n.machine.Files.All() {
		f := n.machine.Files.Get(file)
		if shell.FiltersPackets(file) {
			n.note(f.At, "what "+shown(file)+" does at the next boot is not known")
		}
		if !shell.ReadAtBoot(file) || isSaved(file) {
			continue
		}
		n.at = f.At
		for _, text := range f.Written() {
			edits := edited(file, f)
			switch {
			case !shell.IsUnknown(text):
				n.readAtBoot(file, text)
			case edits != "":
				n.readAtBoot(file, edits)
			default:
				n.note(f.At, "what is in "+shown(file)+", which the node runs or reads by itself, is not known")
			}
		}
	}
}

// isSaved reports whether a file has the rules for the next boot, which are judged
// by what they drop.
func isSaved(file string) bool {
	switch file {
	case sysconfig4, sysconfig6, persistent4, persistent6:
		return true
	}
	return false
}

// readAtBoot judges a text in a file that the node runs or reads by itself.
func (n *node) readAtBoot(file, text string) {
	switch {
	case isDropIn(file):
		lines, _ := settings(text)
		for _, line := range lines {
			if strings.HasPrefix(line.key, "Exec") && line.key != "ExecStartPre" {
				n.execute(line.value, false)
			}
		}
	case isUnitFile(file):
		n.unitFile(file, false, false)
	case isCronTable(file):
		n.cronTable(file, text)
	case isBootScript(file):
		n.bootScript(file, text)
	case strings.TrimSpace(text) == "" || n.harmlessAtBoot(file, text):
	default:
		n.note(n.at, "what "+shown(file)+" has the node do is not known")
	}
}

// bootScript runs a script that the node runs or sources by itself, whichever shell
// its #! line names. One for another interpreter is not known.
func (n *node) bootScript(file, text string) {
	if kind, _ := shellScript(text); strings.HasPrefix(text, "#!") && kind != ShellScript {
		n.note(n.at, "what "+shown(file)+" has the node do is not known")
	}
	n.aside("#!/bin/sh\n"+text, false)
}

// isCronTable reports whether the lines of a file have a time before a command.
func isCronTable(file string) bool {
	return file == "/etc/crontab" || file == "/etc/anacrontab" || strings.HasPrefix(file, "/etc/cron.d/") || strings.HasPrefix(file, "/var/spool/cron")
}

// cronTable runs the commands of a table for cron.
func (n *node) cronTable(file, text string) {
	for line := range strings.Lines(text) {
		switch name, value, _ := strings.Cut(strings.ReplaceAll(line, " ", ""), "="); strings.TrimSpace(name) {
		case "SHELL":
			if value = strings.TrimSpace(value); value != "/bin/sh" && value != "/bin/bash" {
				n.note(n.at, "what cron runs with "+shown(value)+" is not known")
			}
		case "BASH_ENV", "ENV", "LD_PRELOAD":
			n.note(n.at, "what "+name+" has cron run is not known")
		}
		before := n.starts
		n.aside(cronCommand(file, line), false)
		if n.starts != before {
			n.note(n.at, "cron may start the kubelet at any time, even before the rule is there")
		}
	}
}

// cronCommand returns the command of a line of cron (man 5 crontab), or "".
func cronCommand(file, line string) string {
	line = strings.TrimSpace(line)
	name, _, _ := strings.Cut(line, "=")
	if strings.HasPrefix(line, "#") || strings.Trim(strings.TrimSpace(name), wordCharacters) == "" {
		return "" // a comment, a variable, or no command
	}
	before := 5
	switch {
	case file == "/etc/anacrontab":
		before = 3 // the period, the delay and the name (man 5 anacrontab)
	case line[0] == '@':
		before = 1
	}
	if !strings.HasPrefix(file, "/var/spool/") && file != "/etc/anacrontab" {
		before++ // the user
	}
	for range before {
		line = strings.TrimLeft(line, " \t")
		line = line[strings.IndexAny(line+" ", " \t"):]
	}
	return strings.TrimSpace(line)
}

// isBootScript reports whether a file is a script that the node runs by itself.
func isBootScript(file string) bool {
	for _, prefix := range [...]string{"/etc/cron.", "/etc/profile", "/etc/bash", "/root/.bash", "/root/.profile", "/etc/rc", "/etc/init.d/", "/var/lib/cloud/scripts/", "/var/lib/cloud/instance",
		"/etc/networkd-dispatcher/", "/etc/network/", "/etc/update-motd.d/", "/etc/NetworkManager/dispatcher.d/", "/etc/dhcp/", "/etc/sysconfig/network-scripts/if"} {
		if strings.HasPrefix(file, prefix) {
			return true
		}
	}
	return path.Ext(file) == ".sh"
}
