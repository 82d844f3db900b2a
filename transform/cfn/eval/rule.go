package eval

import "github.com/imdslock/imdslock/transform/cfn"

// readRules adds the constraints of the section Rules: all assertions of all rules
// hold. Neither what a macro makes nor what it may replace is among them.
func (e *Evaluator) readRules() {
	section := e.t.Root().Get("Rules")
	if section == nil || maker(section) != nil {
		return
	}
	e.inRules = true
	defer func() { e.inRules = false }()
	for _, p := range section.Pairs {
		assertions := p.Value.Get("Assertions")
		if assertions == nil || maker(p.Value) != nil || maker(assertions) != nil {
			continue
		}
		condition := p.Value.Get("RuleCondition")
		for _, item := range assertions.Items {
			if assert := item.Get("Assert"); assert != nil && maker(item) == nil {
				e.assert(condition, assert)
			}
		}
	}
}

// assert adds the constraint that an assertion of a rule holds where the rule
// applies.
func (e *Evaluator) assert(condition, assert *cfn.Node) {
	parameters := e.ParametersBehind(assert)
	applies := one(nil, truth(true))
	if condition != nil {
		applies = e.truth(condition, nil)
		parameters = append(parameters, e.ParametersBehind(condition)...)
	}
	cases := e.each(applies, func(b branch) []branch {
		if !b.value.isTrue() { // false, or nobody can tell
			return one(b.world, truth(true))
		}
		return e.truth(assert, b.world)
	})
	e.require(parameters, cases, func(v Value) bool { return v.Invalid || v.isTrue() })
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
