package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// userScripts is a file where cloud-init keeps scripts until it runs them, one after the
// other, those that are executable (runparts in cloudinit/subp.py).
const userScripts = "/var/lib/cloud/instance/scripts/part-001"

// leavesOut reports whether cloud-init leaves a script out at the first boot, as it does
// all that are left if what ran before may keep it from them. Both are judged: see
// [shell.Machine.Ends].
func (n *node) leavesOut(s *script) bool {
	if !n.again && n.stage < stagePerOnce && s.stage >= stagePerOnce {
		n.finalStage()
	}
	n.stage = s.stage
	if n.again || s.stage == stageNodeadm || s.stage == stageBootcmd || s.stage == stageWriteFiles {
		return false // nodeadm's, or one of the process that wrote the scripts
	}
	if at, is := n.machine.Files.NoExec(userScripts); is && n.cut == nil {
		n.cut = &leftOut{"the scripts that cloud-init has yet to run may be on the file system that is mounted here with noexec, and not run", at}
	}
	if n.leftOut == nil && n.cut != nil && n.machine.Ends() {
		n.leftOut = n.cut
	}
	return n.leftOut != nil
}

// finalStage is where the last of cloud-init's services starts, unless it is turned off.
func (n *node) finalStage() {
	off := leftOut{n.service.initOff, n.service.initOffAt}
	for _, file := range n.machine.Files.All() {
		f := n.machine.Files.Get(file)
		if file == "/etc/cloud/cloud-init.disabled" || file == "/etc/cloud/cloud.cfg" && !f.Image || isUnitOfInit(file) {
			off = leftOut{"what is in " + shown(file) + " decides whether cloud-init runs", f.At}
		}
	}
	if off.why != "" && n.cut == nil {
		n.cut = &leftOut{off.why + ", and so it may not run the scripts that are left", off.at}
	}
}

// stopsInit judges what a verb of systemctl does to a unit of cloud-init's: to the next
// boot, or to what is left of this one.
func (n *node) stopsInit(verb string, a action) {
	const why = "cloud-init is turned off here"
	if keepsFromStarting(verb) {
		n.service.initOff, n.service.initOffAt = why, n.at
	}
	if a.stops && n.cut == nil {
		n.cut = &leftOut{why + ", and so it may not run the scripts that are left", n.at}
	}
}

// unitsOfInit are what the names of cloud-init's units begin with.
var unitsOfInit = [...]string{"cloud-init", "cloud-config", "cloud-final"}

// isCloudInit reports whether a unit may be one of cloud-init's.
func isCloudInit(w shell.Word, name string) bool {
	return slices.ContainsFunc(unitsOfInit[:], func(unit string) bool { return strings.HasPrefix(name, unit) || w.May(unit) })
}

// isUnitOfInit reports whether a file is a unit of cloud-init's, or a drop-in for one.
func isUnitOfInit(file string) bool {
	return isUnitFile(file) && slices.ContainsFunc(unitsOfInit[:], func(unit string) bool { return strings.Contains(file, "/"+unit) })
}
