package userdata

import (
	"slices"
	"strings"
)

// booted returns a node that has run its scripts at the first boot and after a
// reboot. Of the places where a script may end, counted from 1, the script ends at
// endAt, or at none if that is 0. If isKnown, it is known what starts the kubelet, and a
// script that is only suspected of it does not.
func booted(scripts []script, want Block, endAt int, isKnown bool) *node {
	n := newNode(want)
	n.isKnown = isKnown
	n.machine.EndAt, n.machine.System = endAt, want.System
	if want.Bootstrapped {
		scripts = withBootstrap(scripts)
	}
	n.runScripts(scripts)
	n.unattended()
	n.filesForward()
	n.filesOfPods()
	n.joins, n.guessed = n.started, n.starts <= n.guesses
	n.start(n.startsBy)
	n.first = n.shields
	n.strictFirst = n.strict
	v4, v6 := n.v4, n.v6
	// What scripts do to the saved rules at the second boot shows at the third.
	for range 2 {
		n.reboot()
		n.bootAgain(scripts)
		if !slices.ContainsFunc(scripts, func(s script) bool { return s.everyBoot }) || slices.ContainsFunc(n.shields[:], func(s shield) bool { return s.lost != nil }) || !n.shields[shieldPods].now {
			break
		}
	}
	n.v4.tried, n.v4.triedWhy, n.v6.tried, n.v6.triedWhy = v4.tried, v4.triedWhy, v6.tried, v6.triedWhy
	return n
}

// withBootstrap adds the script that Amazon EKS adds for a managed node group, under
// the number after all parts that cloud-init numbers ("Customize managed nodes with
// launch templates" in the Amazon EKS User Guide).
func withBootstrap(scripts []script) []script {
	own := script{stage: stageScript, name: "part-999", text: "#!/bin/bash\n/etc/eks/bootstrap.sh managed\n"}
	at := slices.IndexFunc(scripts, func(s script) bool {
		return s.stage > stageScript || s.stage == stageScript && s.name > own.name
	})
	if at < 0 {
		at = len(scripts)
	}
	return slices.Insert(slices.Clone(scripts), at, own)
}

// reboot leaves what a node has after a reboot, before scripts run: the rules
// that its services load.
func (n *node) reboot() {
	n.again, n.started, n.shields = true, false, [3]shield{}
	n.machine.Files.Reboot()
	n.v4, n.v6 = newFamily(metadataIPv4), newFamily(metadataIPv6)
	n.loadSaved()
	n.startEnabled()
	n.look()
}

// bootAgain runs the scripts that run at each boot. A kubelet that is enabled,
// as bootstrap.sh leaves it, starts before cloud-init's last stage; nodeadm
// starts it after that. What the node runs by itself may run at any time, so it is
// judged both before the kubelet starts and after the last script: the start of the
// kubelet may have set up the rule that it takes back.
func (n *node) bootAgain(scripts []script) {
	for _, file := range n.machine.Files.All() {
		if strings.HasPrefix(file, "/etc/cloud/") || isUnitOfInit(file) {
			n.service.initOff = "what is in " + shown(file) + " decides whether cloud-init runs"
		}
	}
	outer := n.force
	n.force = n.force || n.service.initOff != ""
	early := slices.IndexFunc(scripts, func(s script) bool { return s.stage > stageBootcmd })
	if early < 0 || scripts[len(scripts)-1].stage == stageNodeadm && !n.service.kubelet {
		early = len(scripts)
	}
	n.runScripts(scripts[:early])
	n.unattended()
	n.start(n.startsBy)
	n.runScripts(scripts[early:])
	n.unattended()
	n.filesForward()
	n.filesOfPods()
	n.force = outer
}

// runScripts runs the scripts, after a reboot those that run at each boot.
func (n *node) runScripts(scripts []script) {
	for i := range scripts {
		s := &scripts[i]
		if n.again && !s.everyBoot || n.leavesOut(s) {
			continue
		}
		place := s.origin
		if place == nil {
			place = func(at int) int { return at }
		}
		if s.unknown != "" {
			if s.stage == stageNodeadm {
				n.noteOfPods(place(0), s.unknown)
			} else {
				n.note(place(0), s.unknown)
			}
			continue
		}
		n.machine.Shell(s.text, place)
	}
}
