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
	// Changes put the block into the text, in order. There are none if what is
	// there does the same.
	Changes []Change

	// Strict says that the block is the strict one, and Why why [Auto] chose it,
	// or "".
	Strict bool
	Why    string

	// Adapted says that the pods were kept off before too, but not in the way that
	// is asked for. Completed says the same of rules that somebody wrote, to which others
	// were added.
	Adapted, Completed bool

	// After is the verdict on the text with the changes made.
	After Verdict
}

// Origin returns where a byte of a text that changes were made to came from: an
// offset in the text before the changes.
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
// result is read and judged like any user data. The error is an [*Unsupported].
//
// There are no changes if the text already does what the block asks for, whoever
// wrote it. A marked block that runs is rewritten in its place if it is not what
// the options ask for; one that does not run is left as it is.
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
		return Protection{}, unsupportedf(d.kind, "it has %d marked blocks: remove all but one of them", len(a.marked))
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

// problemsBefore returns the problems of a text that may have no commands yet. It
// judges only a text in which a script has the address: without it nothing is dropped.
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

// tooLarge says that EC2 does not take a text, or "". A placeholder counts as empty,
// since it may stand for nothing.
func (b Block) tooLarge(text string) string {
	text = Unnamed(text)
	if size := len(text) - len(placeholder)*strings.Count(text, placeholder); size > MaxSize && !b.Compressed {
		return fmt.Sprintf("it has %d bytes, and EC2 takes %d", size, MaxSize)
	}
	return ""
}
