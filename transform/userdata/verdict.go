package userdata

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// judge says what keeps the scripts of a node, in the order in which they run,
// from being locked: pods must be dropped for certain before anything may start
// the kubelet, nothing that may run later may take that back, and it must be so
// again after a reboot. Scripts that do so have no problems.
func judge(scripts []script, want Block) []Problem {
	return booted(scripts, want).problems()
}

// booted returns a node that has run its scripts at the first boot and after a
// reboot.
func booted(scripts []script, want Block) *node {
	n := newNode(want)
	if want.Bootstrapped {
		scripts = withBootstrap(scripts)
	}
	n.boot(scripts, false)
	n.joins = n.started
	n.start(n.startsBy)
	n.first = n.shields
	n.strictFirst, n.strictAt = n.strict, n.startAt
	v4, v6 := n.v4, n.v6
	// What scripts do at the second boot, as to what is saved, shows at the third.
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

// A node is what the steps of its scripts have made of it.
type node struct {
	want    Block
	machine shell.Machine
	v4, v6  *family

	at      int  // the place of the step that is judged
	force   bool // whatever the step says, it is not certain
	credit  bool // whatever the step says, it is certain: see kubelet
	again   bool // it is the second boot
	service services

	shields, first [3]shield
	started        bool
	joins          bool // a script starts the kubelet
	startAt        int
	starts         int    // how often the kubelet may have been started
	startsBy       string // that the kubelet is started by first
	strict         bool   // at each start of the kubelet so far its unit makes sure of the drop
	strictFirst    bool
	strictAt       int

	notJudged string
	unknownAt int
	depth     int
	version   int // of the files, when systemd read the units last
	cause     Code
	why       string
	ends      string // why the script may have ended before the step
}

// A shield is the drop for one class of pods and one family.
type shield struct {
	now    bool
	ever   bool
	set    int // the place of what set it up
	lost   *loss
	open   bool // the kubelet may start without it
	openAt int
}

// A loss is a step that takes a shield away.
type loss struct {
	at   int
	code Code
	why  string
}

// The shields.
const (
	shieldPods = iota
	shieldBranchENI
	shieldIPv6
)

func newNode(want Block) *node {
	n := &node{want: want, v4: newFamily(metadataIPv4), v6: newFamily(metadataIPv6), strict: true, startAt: -1, startsBy: kubeletService}
	n.machine.Run = n.step
	return n
}

// reboot leaves what a node has after a reboot, before scripts run: the rules
// that its services load.
func (n *node) reboot() {
	n.again, n.started, n.shields = true, false, [3]shield{}
	n.v4, n.v6 = newFamily(metadataIPv4), newFamily(metadataIPv6)
	n.loadSaved()
	n.startEnabled()
	n.look()
}

// bootAgain runs the scripts that run at each boot. Where the kubelet is enabled,
// as bootstrap.sh leaves it, it starts before cloud-init's last stage; nodeadm
// starts it after that.
func (n *node) bootAgain(scripts []script) {
	for _, file := range n.machine.Files.All() {
		if strings.HasPrefix(file, "/etc/cloud/") {
			n.service.initOff = "what is in " + shown(file) + " decides whether cloud-init runs"
		}
	}
	outer := n.force
	n.force = n.force || n.service.initOff != ""
	early := slices.IndexFunc(scripts, func(s script) bool { return s.stage > stageBootcmd })
	if early < 0 || scripts[len(scripts)-1].stage == stageNodeadm {
		early = len(scripts)
	}
	n.boot(scripts[:early], true)
	n.start(n.startsBy)
	n.boot(scripts[early:], true)
	n.force = outer
}

// boot runs the scripts, at the second boot those that run at each.
func (n *node) boot(scripts []script, again bool) {
	for i := range scripts {
		s := &scripts[i]
		if again && !s.everyBoot {
			continue
		}
		place := s.origin
		if place == nil {
			place = func(at int) int { return at }
		}
		if s.unknown != "" {
			n.note(place(0), s.unknown)
			continue
		}
		before := n.started
		n.machine.Shell(s.text, place)
		if n.started == before { // it does not start the kubelet itself
			n.at, n.cause, n.why = place(0), Absent, "a rule in the script may not be reached: set -e ends the script where a package is not installed"
			n.v4.tables.scriptEnds()
			n.v6.tables.scriptEnds()
			n.look()
		}
	}
	n.unattended()
}

// note notes that something is not judged, once.
func (n *node) note(at int, why string) {
	if n.notJudged == "" {
		n.notJudged, n.unknownAt = why, at
	}
}

// step is what the machine calls for each command.
func (n *node) step(s *shell.Step) string {
	if s.Runs == shell.Never {
		n.never(s)
		return shell.Unknown
	}
	n.at, n.cause, n.why, n.ends = s.At, Undone, "", s.Ends
	out := n.apply(s, n.sure(s))
	n.look()
	return out
}

// sure reports whether a step is certain to run, as far as rules go: where it
// runs unless an equal rule is there already, the rule is there either way.
func (n *node) sure(s *shell.Step) bool {
	if n.force {
		return false
	}
	if s.Runs == shell.Certainly {
		return true
	}
	if len(s.Unless) == 0 || len(s.Words) < 2 {
		return false
	}
	for _, u := range s.Unless {
		if !n.same(u, s) {
			return false
		}
	}
	return true
}

// same reports whether the success of one step means that what another is to
// set up is there, or is not needed.
func (n *node) same(u, s *shell.Step) bool {
	if u.Name() != s.Name() || !isIPTables(s.Name()) {
		return s.Name() == "ip6tables" && noIPv6(u)
	}
	address := metadataIPv4
	if s.Name() == "ip6tables" {
		address = metadataIPv6
	}
	a, b := parseCall(u.Words[1:], address), parseCall(s.Words[1:], address)
	for _, r := range n.family(s.Name()).tables.at(b.table, b.chain).rules {
		if r.spec == b.rule.spec {
			return false // it stays where it is, which may be after others
		}
	}
	return a.op == 'C' && (b.op == 'I' || b.op == 'A') && !a.loose && !b.loose && !a.rule.loose &&
		a.table == b.table && a.chain == b.chain && a.rule.spec == b.rule.spec
}

// noIPv6 reports whether a step succeeds only where the kernel has no IPv6.
func noIPv6(u *shell.Step) bool {
	var words []string
	for _, w := range u.Words {
		words = append(words, w.Text)
	}
	text := strings.TrimSuffix(strings.TrimPrefix(strings.Join(words, " "), "test "), " ]")
	return strings.TrimPrefix(text, "[ ") == "! -e /proc/net/if_inet6"
}

// never notes a rule that never runs.
func (n *node) never(s *shell.Step) {
	if isIPTables(s.Name()) && len(s.Words) > 1 {
		f := n.family(s.Name())
		if c := parseCall(s.Words[1:], f.address); c.op == 'A' || c.op == 'I' {
			f.try(s, &c.rule, "it never runs")
		}
	}
}

func (n *node) family(name string) *family {
	if strings.HasPrefix(name, "ip6") {
		return n.v6
	}
	return n.v4
}

// look compares what is dropped with what was before the step.
func (n *node) look() {
	now := [3]bool{n.v4.tables.drops(ordinary), n.v4.tables.drops(branchENI), n.v6.tables.drops(ordinary)}
	for i := range n.shields {
		s := &n.shields[i]
		switch {
		case now[i] && !s.now:
			if s.set = n.at; !n.started {
				s.lost = nil
			}
			s.ever = true
		case !now[i] && s.now && s.lost == nil:
			s.lost = &loss{n.at, n.cause, n.why}
		}
		s.now = now[i]
	}
}

// start says that the kubelet may start here, by one of its units or, for "", otherwise.
func (n *node) start(unit string) {
	n.starts++
	if unit != "" {
		n.kubelet(unit)
	} else if n.strict {
		n.strict, n.strictAt = false, n.at
	}
	if n.startAt < 0 {
		n.startAt, n.startsBy = n.at, unit
	}
	for i := range n.shields {
		s := &n.shields[i]
		if !s.now && !s.open && !n.started {
			s.open, s.openAt = true, n.at
		}
	}
	n.started = true
}

// problems returns what is wrong after both boots.
func (n *node) problems() []Problem {
	var all []Problem
	add := func(code Code, at int, format string, args ...any) {
		for _, p := range all {
			if p.Code == code {
				return
			}
		}
		all = append(all, Problem{code, max(at, 0), shown(fmt.Sprintf(format, args...))})
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
		add(NotStrict, n.strictAt, "the kubelet's unit does not make sure of the drop when it starts")
	}
	switch {
	case n.notJudged != "":
		add(NotJudged, n.unknownAt, "%s", n.notJudged)
	case len(all) == 0 && n.service.unattended != "":
		add(NotJudged, n.service.unattendedAt, "%s", n.service.unattended)
	}
	return all
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
		return Problem{s.lost.code, s.lost.at, s.lost.message(whose)}, true
	case s.open && s.ever:
		return Problem{Late, s.openAt, "the kubelet may start here, before the packets" + toService(whose) + " are dropped"}, true
	case s.open:
		if f.tried != nil {
			return Problem{Absent, f.tried.At, "the rule here does not drop the packets" + whose + ": " + f.triedWhy}, true
		}
		if n.notJudged != "" {
			return Problem{Absent, 0, "no command that can be judged drops the packets" + toService(orPods(whose))}, true
		}
		return Problem{Absent, 0, "no command drops the packets" + toService(orPods(whose))}, true
	case second.lost != nil && !second.now:
		return Problem{Undone, second.lost.at, second.lost.message(whose)}, true
	case second.now && second.open:
		return Problem{Unsaved, second.set, "after a reboot the kubelet may start before the packets" + toService(whose) + " are dropped"}, true
	case !second.now:
		at, why := n.service.unsaved(n, s.set)
		return Problem{Unsaved, at, "after a reboot the packets" + orPods(whose) + " are not dropped: " + why}, true
	}
	return Problem{}, false
}

// ofIPv6 says whose packets are dropped by the rules for IPv6.
const ofIPv6 = " of pods to the IPv6 endpoint of the metadata service"

// toService adds where packets go, where that is not said.
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
