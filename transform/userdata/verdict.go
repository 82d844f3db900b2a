package userdata

import (
	"fmt"
	"slices"
)

// judge says what keeps the scripts of a node, in the order in which they run,
// from being locked: pods must be dropped for certain before anything may start
// the kubelet, nothing that may run later may take that back, and it must be so
// again after a reboot. Scripts that do so have no problems.
func judge(scripts []script, want Block) []Problem {
	n := booted(scripts, want, 0, false)
	if n.joins && !n.guessed && n.guesses > 0 {
		n = booted(scripts, want, 0, true)
	}
	found := n.problems()
	isOpen := func(p Problem) bool { return p.Code != NotJudged }
	if slices.ContainsFunc(found, isOpen) {
		return found
	}
	// Nor may it be open if a script ends early.
	for place := 1; place <= n.machine.MayEnd; place++ {
		if place > maxEnds {
			return append(found, Problem{Code: NotJudged, Message: "a script may end at too many places to judge each"})
		}
		ended := booted(scripts, want, place, n.isKnown)
		if n.joins && !ended.joins && !ended.service.kubelet {
			continue // what starts the kubelet is after the end
		}
		more := ended.problems()
		switch {
		case !slices.ContainsFunc(more, isOpen):
		case ended.leftOut == nil:
			return slices.Concat(found, slices.DeleteFunc(more, func(p Problem) bool { return !isOpen(p) }))
		case len(found) == 0: // whether cloud-init leaves the scripts out is not known
			found = append(found, Problem{Code: NotJudged, At: ended.leftOut.at, Message: ended.leftOut.why})
		}
	}
	return found
}

// maxEnds is the largest number of places where the scripts of a node may end and
// still be judged: each takes as long as running all of them.
const maxEnds = 100

// problems returns what is wrong after both boots.
func (n *node) problems() []Problem {
	var all []Problem
	add := func(code Code, at int, format string, args ...any) {
		for _, p := range all {
			if p.Code == code {
				return
			}
		}
		all = append(all, Problem{Code: code, At: max(at, 0), Message: shown(fmt.Sprintf(format, args...))})
	}
	pods := n.report(add, shieldPods, n.v4, "")
	if n.want.BranchENI && pods != Absent {
		n.report(add, shieldBranchENI, n.v4, " of pods with branch network interfaces")
	}
	if n.want.IPv6 && pods != Absent {
		if p, ok := n.problem(shieldIPv6, n.v6, ofIPv6); ok {
			add(IPv6Absent, p.At, "%s", p.Message)
		}
	}
	if n.want.Mode == Strict && !n.strictFirst && pods != Absent && pods != Late {
		add(NotStrict, n.startAt, "the kubelet's unit does not make sure that the packets are dropped when it starts")
	}
	return append(all, n.notes(len(all) == 0)...)
}

// notes returns what is not judged, and what may let pods in in spite of the options.
func (n *node) notes(elseLocked bool) (notes []Problem) {
	why, at := n.unjudged(elseLocked)
	isOpened := n.opened != "" && why == n.opened && at == n.openedAt
	if why != "" {
		notes = append(notes, Problem{Code: NotJudged, At: max(at, 0), Message: shown(why), Opens: isOpened})
	}
	if n.opened != "" && !isOpened {
		notes = append(notes, Problem{Code: NotJudged, At: max(n.openedAt, 0), Message: shown(n.opened), Opens: true})
	}
	return notes
}

// unjudged says what is not judged, or "". What may be about more comes first.
func (n *node) unjudged(elseLocked bool) (why string, at int) {
	switch {
	case n.notJudged != "":
		return n.notJudged, n.unknownAt
	case n.routed != "" && n.dependsOnRoutes():
		return n.routed, n.routedAt
	case n.veth && !n.v4.tables.drops(ofIPv6Cluster):
		return ofOtherNames, n.vethAt
	case elseLocked:
		return n.service.unattended, n.service.unattendedAt
	}
	return "", 0
}

// report adds the problem of a shield and returns its code.
func (n *node) report(add func(Code, int, string, ...any), i int, f *family, whose string) Code {
	p, ok := n.problem(i, f, whose)
	if !ok {
		return ""
	}
	code := p.Code
	if i == shieldBranchENI {
		switch code {
		case Absent:
			code = BranchENIAbsent
		case Unsaved:
			code = BranchENIUnsaved
			if q, ok := n.problem(shieldPods, f, ""); ok && q.Code == Unsaved {
				return code
			}
		}
	}
	add(code, p.At, "%s", p.Message)
	return p.Code
}

// problem returns what is wrong with a shield.
func (n *node) problem(i int, f *family, whose string) (Problem, bool) {
	s, second := &n.first[i], &n.shields[i]
	switch {
	case s.lost != nil:
		return Problem{Code: s.lost.code, At: s.lost.at, Message: s.lost.message(whose)}, true
	case s.open && s.ever:
		return Problem{Code: Late, At: s.openAt, Message: "the kubelet may start here, before the packets" + toService(whose) + " are dropped"}, true
	case s.open:
		if f.tried != nil {
			return Problem{Code: Absent, At: f.tried.At, Message: "the rule here does not drop the packets" + whose + ": " + f.triedWhy}, true
		}
		if n.notJudged != "" {
			return Problem{Code: Absent, Message: "no command that can be judged drops the packets" + toService(orPods(whose))}, true
		}
		return Problem{Code: Absent, Message: "no command drops the packets" + toService(orPods(whose))}, true
	case second.lost != nil && !second.now:
		return Problem{Code: Undone, At: second.lost.at, Message: second.lost.message(whose)}, true
	case second.now && second.open:
		return Problem{Code: Unsaved, At: second.set, Message: "after a reboot the kubelet may start before the packets" + toService(whose) + " are dropped"}, true
	case !second.now:
		at, why := n.service.unsaved(n, s.set)
		return Problem{Code: Unsaved, At: at, Message: "after a reboot the packets" + orPods(whose) + " are not dropped: " + why}, true
	}
	return Problem{}, false
}

// ofIPv6 says whose packets are dropped by the rules for IPv6.
const ofIPv6 = " of pods to the IPv6 endpoint of the metadata service"

// toService adds where packets go unless whose says so.
func toService(whose string) string {
	if whose == ofIPv6 {
		return whose
	}
	return whose + " to the metadata service"
}

func orPods(whose string) string {
	if whose == "" {
		return " of pods"
	}
	return whose
}

func (l *loss) message(whose string) string {
	if l.why != "" {
		return l.why
	}
	return "the command here may take back the rule that drops the packets" + orPods(whose)
}
