package userdata

import "strings"

// canExecute reports whether the program of a unit's command is one that systemd can
// run, as far as scripts have written it: the kernel needs a #! line, and no shell
// steps in where there is none (man 2 execve).
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
// for every boot: its file is there by now, and says what wants it.
func (n *node) isEnabled(name string) bool {
	text, ok := n.file("/etc/systemd/system/" + strings.TrimSuffix(name, ".service") + ".service")
	return ok && has(text, "[Install]", "WantedBy", "multi-user.target")
}
