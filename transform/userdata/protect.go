package userdata

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Change replaces the bytes Start to End of a text.
type Change struct {
	Start, End int
	Text       string
}

// Apply returns text with changes made, which must be in order.
func Apply(text string, changes []Change) string {
	var b strings.Builder
	at := 0
	for _, c := range changes {
		b.WriteString(text[at:c.Start])
		b.WriteString(c.Text)
		at = c.End
	}
	return b.String() + text[at:]
}

// Unsupported says why user data cannot take the block.
type Unsupported struct {
	Kind   Kind
	Reason string
}

func (u *Unsupported) Error() string { return u.Reason }

// A Protection is what keeps the pods of user data off the metadata service.
type Protection struct {
	// Changes are those that put the block into the text, in order. There are none
	// where what is there does the same.
	Changes []Change

	// Strict says that the block is the strict one, and Why why [Auto] chose it,
	// or is "".
	Strict bool
	Why    string

	// Adapted says that the pods were kept off before, too, and only not in the way
	// that is asked for. Completed says so where rules by hand are added to.
	Adapted, Completed bool

	// After is the verdict on the text with the changes made.
	After Verdict
}

// Origin returns where a byte of a text came from that changes were made to: an
// offset in the text before.
func Origin(changes []Change, at int) int {
	moved := 0
	for _, c := range changes {
		switch start := c.Start + moved; {
		case at < start:
			return at - moved
		case at < start+len(c.Text):
			return c.Start
		}
		moved += len(c.Text) - (c.End - c.Start)
	}
	return at - moved
}

// Protect returns the changes that put the block into a text, before anything
// that may start the kubelet: the places are tried, the best first, and each
// result is read and judged as any user data. The error is an [*Unsupported].
//
// There are no changes where the text does what the block asks for already,
// whoever wrote it. A marked block that runs is rewritten in its place if it is
// not what the options ask for; one that does not run is left as it is.
//
//   - In a shell script or a boothook it comes right after the #! line.
//   - A multipart MIME document gets a part of its own, before all others: a
//     script with a name that comes first, or a boothook where scripts run too late.
//   - In cloud-config the commands become items of runcmd, or of bootcmd where
//     runcmd runs too late, and for a strict block.
//   - NodeConfig alone becomes a MIME document with that part before it.
func Protect(text string, block Block) (Protection, error) {
	d := read(text)
	if reason := cmp.Or(d.reason, d.kind.NoCommands(), block.tooLarge(text)); reason != "" {
		return Protection{}, unsupportedf(d.kind, "%s", reason)
	}
	a := &attempt{d: d, block: block, marked: findMarked(text)}
	a.problems = d.problemsBefore(block)
	if len(a.marked) > maxMarked {
		if a.wrong(a.problems) == nil {
			return Protection{Strict: d.isStrict(block), After: d.verdict(block, a.problems)}, nil
		}
		return Protection{}, unsupportedf(d.kind, "%d marked blocks stand in it: remove all but one of them", len(a.marked))
	}
	if a.wrong(a.problems) == nil && a.stays() {
		after := d.verdict(block, a.problems)
		return Protection{Strict: block.Mode == Strict || block.Mode == Auto && after.Strict, After: after}, nil
	}
	var p Protection
	if block.Mode == Auto {
		a.block.Mode = AWS
		if p.Why = d.withoutYum(block); p.Why != "" {
			a.block.Mode = Strict
		}
	}
	p.Strict = a.block.Mode == Strict
	var reason string
	if p.Changes, reason = a.changes(); reason != "" {
		return Protection{}, unsupportedf(d.kind, "%s", reason)
	}
	if !slices.ContainsFunc(a.problems, func(p Problem) bool { return p.Code == Absent || p.Code == Late }) {
		p.Completed = len(a.marked) == 0 && !p.Strict
		p.Adapted = !p.Completed
	}
	p.After = a.after.d.verdict(block, a.after.problems)
	return p, nil
}

// problemsBefore returns the problems of a text that may have no commands yet:
// nothing is dropped where no script has the address.
func (d *document) problemsBefore(want Block) []Problem {
	if !d.mentionsAddress() {
		return []Problem{{Code: Absent}}
	}
	return d.problems(want)
}

// mentionsAddress reports whether a script has the address of the metadata service,
// without which nothing drops packets to it.
func (d *document) mentionsAddress() bool {
	return slices.ContainsFunc(d.scripts, func(s script) bool { return strings.Contains(s.text, "169.254") })
}

// maxMarked is how many marked blocks are looked at one by one.
const maxMarked = 4

func unsupportedf(kind Kind, format string, args ...any) error {
	return &Unsupported{kind, fmt.Sprintf(format, args...)}
}

// An attempt looks for changes after which a text is judged well.
type attempt struct {
	d        *document
	block    Block
	marked   []marked
	problems []Problem // of the text as it is

	after *attempt // on the text after the changes that were tried last
}

// wrong returns the first problem that the block must not leave. What others do
// later, and what is not known of them, it cannot help.
func (a *attempt) wrong(problems []Problem) *Problem {
	for i, p := range problems {
		switch p.Code {
		case Undone, NotJudged, WithoutToken, NotMIME:
		default:
			return &problems[i]
		}
	}
	return nil
}

// without returns the problems of the text without a marked block.
func (a *attempt) without(m marked) []Problem {
	return read(a.d.text[:m.start] + a.d.text[m.end:]).problemsBefore(a.block)
}

// stays reports whether each marked block that is needed is what the options ask
// for, or a strict one where that may be.
func (a *attempt) stays() bool {
	for _, m := range a.marked {
		if a.block.Mode == Auto && isStrict(a.d.text[m.start:m.end]) {
			continue
		}
		problems := a.without(m)
		if a.wrong(problems) == nil {
			continue
		}
		b := a.block
		if b.Mode == Auto {
			b.Mode = AWS
		}
		same := slices.ContainsFunc(a.variants(problems, b), func(commands []string) bool {
			return m.isLike(a.d.text, commands) || m.isLike(a.d.text, goingOn(commands))
		})
		if !same {
			return false
		}
	}
	return true
}

// isLike reports whether the block is what it would be rewritten to.
func (m marked) isLike(text string, commands []string) bool {
	return m.rewritten(text, commands).Text == text[m.start:m.end]
}

// variants returns the commands that may do, the fewest first: those that are
// missing beside rules by hand, or all.
func (a *attempt) variants(problems []Problem, block Block) [][]string {
	return append(beside(problems, block), block.commands(missing{all: true}))
}

// beside returns the commands that may do beside rules by hand: what is missing,
// without the service that loads what is saved and with it. Where there is no
// drop for pods, there may be one for those with branch network interfaces. There
// are no commands where all is missing.
func beside(problems []Problem, block Block) [][]string {
	var m missing
	for _, p := range problems {
		switch p.Code {
		case BranchENIAbsent:
			m.branchENI = true
		case IPv6Absent:
			m.ipv6 = true
		case Unsaved, BranchENIUnsaved, Replaced:
			m.save = true
		case Undone, NotJudged, WithoutToken, NotMIME:
		case Absent:
			m.rule, m.ipv6, m.save = true, true, true
		default:
			return nil
		}
	}
	some := block.commands(m)
	if block.Mode == Strict || len(some) == 0 {
		return nil
	}
	m.service = true
	switch with := block.commands(m); {
	case !m.rule:
		return [][]string{some, with}
	case block.BranchENI:
		return [][]string{with}
	}
	return nil
}

// changes returns the changes after which the text is judged well, or why there
// are none. Those beside rules by hand go before those that put a whole block.
func (a *attempt) changes() ([]Change, string) {
	if changes := a.besideRules(); changes != nil {
		return changes, ""
	}
	all := a.block.commands(missing{all: true})
	for _, m := range a.marked {
		if changes := a.rewrite(m, all); changes != nil {
			return changes, ""
		}
	}
	places, why := a.d.places(a.block.Mode == Strict)
	reason := ""
	for _, moved := range [...]bool{false, true} {
		for _, place := range places {
			for _, commands := range a.inScriptThatEnds(place, all) {
				changes := place.changes(commands)
				if moved && !a.move(&changes) {
					continue
				}
				objection := a.objection(changes, true)
				if objection == "" {
					return changes, ""
				}
				reason = cmp.Or(reason, objection)
			}
		}
	}
	return nil, cmp.Or(reason, why, "there is no place in it where the commands would run first")
}

// besideRules returns the changes that add what is missing beside rules by hand:
// to a marked block, at one of the places of a whole block, or after the rules.
// There are none where that leaves something open, or not judged.
func (a *attempt) besideRules() []Change {
	if !a.d.mentionsAddress() {
		return nil
	}
	for _, m := range a.marked {
		for _, commands := range beside(a.without(m), a.block) {
			if changes := a.rewrite(m, commands); changes != nil && !a.isDoubted() {
				return changes
			}
		}
	}
	problems := a.withoutMarked()
	some := beside(problems, a.block)
	if some == nil {
		return nil
	}
	var places []place
	if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == Absent }) {
		places, _ = a.d.places(false)
	}
	first := len(places)
	for i, place := range append(places, a.d.recipePlaces(a.block)...) {
		for _, commands := range some {
			for _, commands := range a.inScriptThatEnds(place, commands) {
				changes := place.changes(commands)
				if len(a.marked) > 0 && !a.move(&changes) {
					continue
				}
				if a.objection(changes, i < first) == "" && !a.isDoubted() {
					return changes
				}
			}
		}
	}
	return nil
}

// isDoubted reports whether something is not judged after the changes that were
// tried last that was judged before.
func (a *attempt) isDoubted() bool {
	isNotJudged := func(p Problem) bool { return p.Code == NotJudged }
	return slices.ContainsFunc(a.after.problems, isNotJudged) && !slices.ContainsFunc(a.problems, isNotJudged)
}

// rewrite returns the change that writes commands into a marked block, if the text
// is judged well after it.
func (a *attempt) rewrite(m marked, commands []string) []Change {
	for _, commands := range [][]string{commands, goingOn(commands)} {
		if changes := []Change{m.rewritten(a.d.text, commands)}; a.objection(changes, false) == "" {
			return changes
		}
	}
	return nil
}

// withoutMarked returns the problems of the text without its marked blocks.
func (a *attempt) withoutMarked() []Problem {
	if len(a.marked) == 0 {
		return a.problems
	}
	var changes []Change
	for _, m := range a.marked {
		changes = append(changes, Change{m.start, m.end, ""})
	}
	return read(Apply(a.d.text, changes)).problemsBefore(a.block)
}

// move adds the changes that remove the marked blocks which are there. It reports
// whether there are any, none of them within the other changes.
func (a *attempt) move(changes *[]Change) bool {
	if len(a.marked) == 0 || len(*changes) > 1 {
		return false
	}
	put := (*changes)[0]
	for _, m := range a.marked {
		if put.Start < m.end && m.start < put.End || m.start < put.Start && put.Start < m.end {
			return false
		}
		*changes = append(*changes, Change{m.start, m.end, ""})
	}
	slices.SortStableFunc(*changes, func(a, b Change) int { return cmp.Compare(a.Start, b.Start) })
	return true
}

// inScriptThatEnds returns the commands as they may be put into a script that ends
// at the first error. If it ends at a strict one, it starts no kubelet.
func (a *attempt) inScriptThatEnds(p place, commands []string) [][]string {
	switch {
	case !p.errexit:
		return [][]string{commands}
	case a.block.Mode == Strict:
		return [][]string{commands, goingOn(commands)}
	}
	return [][]string{goingOn(commands)}
}

// objection says what is wrong with the text after changes, or is "". A block
// that is alone in its place must be the first script of its stage.
func (a *attempt) objection(changes []Change, alone bool) string {
	text := Apply(a.d.text, changes)
	if reason := a.block.tooLarge(text); reason != "" {
		return "with the commands " + reason
	}
	d := read(text)
	if d.reason != "" {
		return d.reason
	}
	i := d.owner(blockIn(changes))
	if i < 0 {
		return cmp.Or(d.config.unknown, "the commands would not run where they can be put")
	}
	for _, before := range d.scripts[:i] {
		switch {
		case before.unknown != "" && before.text == "":
			return before.unknown + ", and that runs before the commands would"
		case alone && before.stage == d.scripts[i].stage && before.stage != stageBoothook:
			return "its script " + before.name + " runs before the commands would"
		}
	}
	a.after = &attempt{d: d, block: a.block, marked: findMarked(text), problems: d.problems(a.block)}
	if p := a.wrong(a.after.problems); p != nil {
		return p.Message
	}
	if len(a.marked) > 0 && !a.after.stays() {
		return "several marked blocks stand in it: remove all but one of them"
	}
	return ""
}

// blockIn returns the range that a block has in the text after changes put it there.
func blockIn(changes []Change) (start, end int) {
	moved := 0
	for _, c := range changes {
		if i := strings.Index(c.Text, Begin); i >= 0 {
			return moved + c.Start + i, moved + c.Start + len(c.Text)
		}
		moved += len(c.Text) - (c.End - c.Start)
	}
	return 0, 0
}

// owner returns the index of the script that has a line which comes from a range
// of the user data, or -1.
func (d *document) owner(start, end int) int {
	return slices.IndexFunc(d.scripts, func(s script) bool {
		at := 0
		for line := range strings.Lines(s.text) {
			if from := s.origin(at); from >= start && from < end {
				return true
			}
			at += len(line)
		}
		return false
	})
}

// tooLarge says that EC2 does not take a text, or is "". A placeholder may stand
// for nothing.
func (b Block) tooLarge(text string) string {
	text = Unnamed(text)
	if size := len(text) - len(placeholder)*strings.Count(text, placeholder); size > MaxSize && !b.Compressed {
		return fmt.Sprintf("it has %d bytes, and EC2 takes %d", size, MaxSize)
	}
	return ""
}
