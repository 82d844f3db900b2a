package userdata

import (
	"path"
	"slices"
	"strings"
)

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

// kubelet runs what the drop-ins of a unit of the kubelet do when it starts.
func (n *node) kubelet(unit string) {
	if !n.dropIns(unit) {
		n.strict = false
	}
}

// A startPre is a command of ExecStartPre=, which systemd runs before it starts a unit.
type startPre struct {
	command string
	sure    bool // it is there, and systemd has read it
}

// dropIns runs what the drop-ins of a unit have it do before it starts, in the
// order of their names. It reports whether that drops the packets of pods, so that
// the unit never starts without the drop.
func (n *node) dropIns(unit string) bool {
	var commands []startPre
	for _, file := range n.dropInsOf(unit) {
		commands = n.readDropIn(file, commands)
	}
	strict := false
	for _, c := range commands {
		n.runStartPre(c)
		strict = strict || c.sure
	}
	return strict && n.v4.tables.drops(ordinary) && n.v4.tables.drops(branchENI)
}

// dropInsOf returns the drop-ins of a unit that scripts have written, in the order in
// which systemd reads them.
func (n *node) dropInsOf(unit string) []string {
	var files []string
	for _, file := range n.machine.Files.All() {
		if extends(file, unit) {
			files = append(files, file)
		}
	}
	slices.SortStableFunc(files, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	return files
}

// readDropIn returns the commands of ExecStartPre= after a drop-in, which adds to
// those before or empties their list.
func (n *node) readDropIn(file string, commands []startPre) []startPre {
	f := n.machine.Files.Get(file)
	usable := f.Sure && !f.Gone && strings.HasPrefix(file, "/etc/systemd/system/") && (f.Version <= n.version || n.again)
	for _, text := range f.Written() {
		lines, known := settings(text)
		if !known {
			commands = nil
			n.note(f.At, "what is in "+shown(file)+", a drop-in of the kubelet's unit, is not known")
		}
		for _, line := range lines {
			switch {
			case changesPath(line):
				n.note(f.At, "what "+line.key+"= in "+shown(file)+" has the kubelet's unit run is not known")
			case line.section != "[Service]" || line.key != "ExecStartPre":
			case line.value == "":
				commands = nil
			default:
				commands = append(commands, startPre{line.value, usable})
			}
		}
	}
	return commands
}

// changesPath reports whether a setting may change where a unit finds its programs.
func changesPath(line setting) bool {
	switch line.key {
	case "PassEnvironment", "RootDirectory", "ExecSearchPath":
		return true
	}
	return strings.HasPrefix(line.key, "Environment") && strings.Contains(line.value, "PATH")
}

// runStartPre runs a command before the kubelet starts.
func (n *node) runStartPre(c startPre) {
	n.credit = c.sure
	tried4, tried6 := n.v4.tried, n.v6.tried
	n.execute(c.command, c.sure)
	if n.credit = false; !c.sure { // it is the drop-in that may not be there
		n.v4.tried, n.v6.tried = tried4, tried6
	}
}
