package userdata

import (
	"cmp"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A node is what the steps of its scripts have made of it.
type node struct {
	want    Block
	machine shell.Machine
	v4, v6  *family

	at      int  // the place of the step that is judged
	force   bool // the step is not certain to run, whatever it says
	credit  bool // the step is certain to run, whatever it says: see kubelet
	again   bool // it is the second boot
	service services
	stage   stage    // of the script that runs
	cut     *leftOut // why cloud-init may run no more scripts at the first boot
	leftOut *leftOut // why it does not

	shields, first [3]shield
	started        bool
	joins          bool // a script starts the kubelet
	guessed        bool // whether it does is a guess
	isKnown        bool // what starts the kubelet is known, so a guess is wrong
	startAt        int
	starts         int      // how often the kubelet may have been started
	guesses        int      // of these, for what only suggests it
	startsBy       string   // what the kubelet is started by first
	initCalls      []string // the resources for which cfn-init may run
	strict         bool     // at each start of the kubelet so far its unit makes sure of the drop
	strictFirst    bool

	routed   string // that routes are changed
	routedAt int
	veth     bool // the cluster may be one of IPv6
	vethAt   int

	notJudged string
	opened    string // the first note on what may let pods in in spite of the options
	openedAt  int
	unknownAt int
	depth     int
	version   int // of the files, when systemd read the units last
	cause     Code
	why       string
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

// A leftOut says why cloud-init leaves scripts out, and where that is decided.
type leftOut struct {
	why string
	at  int
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

// note notes that something is not judged, once.
func (n *node) note(at int, why string) {
	if n.notJudged == "" {
		n.notJudged, n.unknownAt = why, at
	}
}

// opens is note for what may let pods in whatever the rules are.
func (n *node) opens(at int, why string) {
	n.note(at, why)
	if n.opened == "" {
		n.opened, n.openedAt = why, at
	}
}

// step judges a command; the machine calls it for each.
func (n *node) step(s *shell.Step) string {
	if s.Runs == shell.Never {
		n.never(s)
		return shell.Unknown
	}
	n.at, n.cause, n.why = s.At, Undone, ""
	out := n.apply(s, n.sure(s))
	n.look()
	return out
}

// sure reports whether a step is certain to run, as far as rules are concerned: if it
// runs unless an equal rule is there already, the rule is there either way.
func (n *node) sure(s *shell.Step) bool {
	if n.force {
		return false
	}
	if s.Runs == shell.Certainly {
		return true
	}
	if len(s.Unless) == 0 {
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
	f := n.family(s.Name())
	a, b := parseCall(u.Words[1:], f.address), parseCall(s.Words[1:], f.address)
	if a.loose || b.loose || a.table != b.table || a.chain != b.chain {
		return false
	}
	switch b.op {
	case 'N':
		return a.op == 'L' || a.op == 'S'
	case 'I', 'A':
		// A rule that is there already stays where it is, which may be after others.
		return a.op == 'C' && !a.rule.loose && a.rule.spec == b.rule.spec && !f.tables.has(b.table, b.chain, b.rule.spec)
	}
	return false
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

// never notes a command for a rule that never runs.
func (n *node) never(s *shell.Step) {
	if isIPTables(s.Name()) {
		f := n.family(s.Name())
		if c := parseCall(s.Words[1:], f.address); c.op == 'A' || c.op == 'I' {
			f.try(s, &c.rule, cmp.Or(s.Doubt, "it never runs"))
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
	} else {
		n.strict = false
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
