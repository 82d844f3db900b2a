package userdata

import "slices"

// variants returns the commands that may be enough, the fewest first: those that are
// missing beside rules by hand, or all.
func (a *attempt) variants(problems []Problem) [][]string {
	return append(beside(problems, a.block), a.block.commands(missing{all: true}))
}

// beside returns the commands that may be enough beside rules by hand: what is
// missing, first without and then with the service that loads what is saved. Where
// there is no drop for pods, there may be one for those with branch network
// interfaces. It returns none if everything is missing.
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

// besideRules returns the changes that add what is missing beside rules by hand:
// to a marked block, at one of the places of a whole block, or after the rules.
// It returns none if that leaves something open, or not judged.
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
