package eval

import (
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A constraint is something that CloudFormation evaluates at every deployment: a
// rule, or a condition that may be refused.
type constraint struct {
	parameters []string
	accepted   []branch // the worlds that it lets pass
}

// constrain returns the branches in the worlds that CloudFormation accepts. It asks
// only what depends on the same parameters as n.
func (e *Evaluator) constrain(n *cfn.Node, branches []branch) []branch {
	e.readConstraints()
	if len(e.constraints) == 0 {
		return branches
	}
	behind := e.ParametersBehind(n)
	for _, c := range e.constraints {
		if slices.ContainsFunc(c.parameters, func(name string) bool { return !slices.Contains(behind, name) }) {
			continue
		}
		branches = e.each(branches, func(b branch) []branch {
			accepted := e.within(b.world, c.accepted)
			for i := range accepted {
				accepted[i].value = b.value
			}
			return accepted
		})
	}
	return branches
}

// readConstraints finds the constraints, once. All conditions are evaluated before
// any resource, says the page "Conditions" of the User Guide, also those that
// nothing uses.
func (e *Evaluator) readConstraints() {
	if e.constrained {
		return
	}
	e.constrained = true
	if section := e.t.Root().Get("Conditions"); section != nil {
		for _, p := range section.Pairs {
			if e.mayBeRefused(p.Value) {
				cases := e.condition(p.Key.Value, p.Key.Span.Start, nil)
				e.require(p.Value, cases, func(v Value) bool { return !v.refused })
			}
		}
	}
	section := e.t.Root().Get("Rules")
	if section == nil {
		return
	}
	for _, p := range section.Pairs {
		assertions := p.Value.Get("Assertions")
		if assertions == nil {
			continue
		}
		applies := one(nil, truth(true))
		if condition := p.Value.Get("RuleCondition"); condition != nil {
			applies = e.truth(condition, nil)
		}
		for _, item := range assertions.Items {
			assert := item.Get("Assert")
			if assert == nil {
				continue
			}
			cases := e.each(applies, func(b branch) []branch {
				if !b.value.isTrue() { // false, or nobody can tell
					return one(b.world, truth(true))
				}
				return e.truth(assert, b.world)
			})
			e.require(p.Value, cases, func(v Value) bool { return v.Invalid || v.isTrue() })
		}
	}
}

// mayBeRefused reports whether a condition looks for what may not be there.
func (e *Evaluator) mayBeRefused(n *cfn.Node) bool {
	for inner := range n.All {
		if name, _ := inner.Function(); name == "Fn::FindInMap" || name == "Fn::Select" {
			return true
		}
	}
	return false
}

// require adds the constraint that n, which has these cases, is accepted. One that
// nothing fulfils is a fault of the template, and no constraint.
func (e *Evaluator) require(n *cfn.Node, cases []branch, accepts func(Value) bool) {
	var accepted []branch
	for _, b := range cases {
		if accepts(b.value) {
			accepted = append(accepted, b)
		}
	}
	if len(accepted) > 0 && len(accepted) < len(cases) {
		e.constraints = append(e.constraints, constraint{e.ParametersBehind(n), accepted})
	}
}
