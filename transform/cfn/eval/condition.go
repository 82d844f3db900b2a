package eval

import (
	"fmt"

	"github.com/imdslock/imdslock/transform/cfn"
)

// conditional evaluates Fn::If.
func (e *Evaluator) conditional(arg *cfn.Node, w world) []branch {
	name := arg.Items[0]
	return e.each(e.condition(e.Name(arg, name), name.Span.Start, w), func(b branch) []branch {
		switch {
		case b.value.Invalid:
			return one(b.world, b.value)
		case b.value.isTrue():
			return e.eval(arg.Items[1], b.world)
		}
		return e.eval(arg.Items[2], b.world)
	})
}

// condition returns whether a condition is true in a world; at is the offset where
// it is named. Every condition is evaluated once, for all worlds.
func (e *Evaluator) condition(name string, at int, w world) []branch {
	n, ok := e.definitions[name]
	if !ok && e.conditionMaker != nil {
		n, ok = e.conditionMaker, true
	}
	if !ok {
		return one(w, invalid(at, fmt.Sprintf("there is no condition %q", name)))
	}
	cases, ok := e.cases[name]
	if !ok {
		if e.inside[name] {
			return one(w, invalid(n.Span.Start, fmt.Sprintf("condition %q depends on itself", name)))
		}
		e.inside[name] = true
		if made := e.conditionMaker; made != nil {
			at := made.Span.Start
			cases = e.guess(at, nil, e.unknown(at, made.Value+" may replace the conditions", "condition "+name), truth(true))
		} else {
			cases = e.truth(n, nil)
		}
		delete(e.inside, name)
		e.cases[name] = cases
	}
	if len(w) == 0 {
		return cases
	}
	return e.within(w, cases)
}

// within returns the branches that can be in a world.
func (e *Evaluator) within(w world, branches []branch) []branch {
	var all []branch
	for _, b := range branches {
		e.step(1 + len(b.world))
		if both, ok := w.and(b.world); ok {
			all = append(all, branch{both, b.value})
		}
	}
	return all
}

// truth evaluates the definition of a condition, or an assertion of a rule.
func (e *Evaluator) truth(n *cfn.Node, w world) []branch {
	at := n.Span.Start
	if e.depth == maxDepth {
		return e.guess(at, w, e.unknown(at, "it nests too deep", "condition "+e.source(n)), truth(true))
	}
	e.step(1)
	e.depth++
	defer func() { e.depth-- }()
	name, arg := n.Function()
	if v, ok := wrongArity(n, name, arg); ok {
		return one(w, v)
	}
	switch name {
	case "Condition":
		return e.condition(e.Name(n, arg), at, w)
	case "Fn::Equals":
		return e.with(arg.Items, w, func(w world, args []Value) []branch { return e.equal(at, w, args[0], args[1]) })
	case "Fn::Not":
		return e.each(e.truth(arg.Items[0], w), func(b branch) []branch {
			if b.value.Invalid {
				return one(b.world, b.value)
			}
			return one(b.world, truth(!b.value.isTrue()))
		})
	case "Fn::And", "Fn::Or":
		if len(arg.Items) == 0 {
			return one(w, invalid(at, name+" needs a list of conditions"))
		}
		return e.connective(len(arg.Items), name == "Fn::Or", w, func(i int, w world) []branch { return e.truth(arg.Items[i], w) })
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return e.with(arg.Items, w, func(w world, args []Value) []branch { return e.members(at, name, w, args[0], args[1]) })
	}
	if name == "" {
		return one(w, invalid(at, "it is not a condition function"))
	}
	return e.guess(at, w, e.unknown(at, name+" is not a condition function", e.source(n)), truth(true))
}

// connective evaluates Fn::Or, which one true operand decides, and Fn::And, which
// one false operand decides. An operand that CloudFormation refuses because of
// parameter values counts only if no other operand decides.
func (e *Evaluator) connective(n int, decides bool, w world, operand func(i int, w world) []branch) []branch {
	open := one(w, truth(!decides)) // not decided yet
	var done []branch
	for i := range n {
		var next []branch
		for _, o := range open {
			for _, b := range operand(i, o.world) {
				switch {
				case b.value.Invalid && !b.value.refused, !b.value.Invalid && b.value.isTrue() == decides:
					done = append(done, b)
				case o.value.Invalid:
					next = append(next, branch{b.world, o.value})
				default:
					next = append(next, b)
				}
			}
		}
		open = next
		e.step(len(open))
	}
	return e.merge(append(done, open...))
}

// members evaluates the functions of rules that ask about the members of lists.
func (e *Evaluator) members(at int, name string, w world, a, b Value) []branch {
	list := b
	if name == "Fn::Contains" || name == "Fn::EachMemberEquals" {
		list = a
	}
	if a.Kind != List || list.Kind != List {
		return e.guess(at, w, e.derived(at, name, nil, a, b), truth(true))
	}
	switch name {
	case "Fn::Contains":
		return e.connective(len(a.Items), true, w, func(i int, w world) []branch { return e.equal(at, w, a.Items[i], b) })
	case "Fn::EachMemberEquals":
		return e.connective(len(a.Items), false, w, func(i int, w world) []branch { return e.equal(at, w, a.Items[i], b) })
	}
	return e.connective(len(a.Items), false, w, func(i int, w world) []branch {
		return e.members(at, "Fn::Contains", w, b, a.Items[i])
	})
}
