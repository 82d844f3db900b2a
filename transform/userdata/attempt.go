package userdata

import (
	"cmp"
	"slices"
	"strings"
)

// An attempt looks for changes after which a text is judged well.
type attempt struct {
	d        *document
	block    Block
	marked   []marked
	problems []Problem // of the text as it is

	after *attempt // on the text after the changes that were tried last
}

// wrong returns the first problem that the block must not leave. It passes over what
// other commands do later, and what is not known of them.
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
// for, or a strict one where that is allowed.
func (a *attempt) stays() bool {
	for _, m := range a.marked {
		if a.block.Mode == Auto && isStrict(a.d.text[m.start:m.end]) {
			continue
		}
		problems := a.without(m)
		if a.wrong(problems) == nil {
			continue
		}
		same := slices.ContainsFunc(a.variants(problems), func(commands []string) bool {
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

// changes returns the changes after which the text is judged well, or why there
// are none. It prefers changes that add to rules by hand to those that put in a
// whole block.
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

// rewrite returns the change that writes commands into a marked block, if the text
// is judged well with it.
func (a *attempt) rewrite(m marked, commands []string) []Change {
	for _, commands := range [][]string{commands, goingOn(commands)} {
		if changes := []Change{m.rewritten(a.d.text, commands)}; a.objection(changes, false) == "" {
			return changes
		}
	}
	return nil
}

// move adds the changes that remove the marked blocks of the text. It reports
// whether there are any, and none of them overlaps the other changes.
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

// objection says what is wrong with the text after changes, or "". A block
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
		return "it has several marked blocks: remove all but one of them"
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
