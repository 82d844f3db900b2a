package cfn

import (
	"fmt"
	"strconv"
)

func (e *Evaluator) conditional(arg *Node) Value {
	name := arg.Items[0]
	switch truth := e.Condition(name.Value, name.Span.Start); {
	case truth.Invalid:
		return truth
	case truth.Kind != IsText:
		alternatives := e.all(arg.Items[1:])
		return Value{Kind: IsOneOf, Items: alternatives, At: name.Span.Start}
	case truth.Text == "true":
		return e.Evaluate(arg.Items[1])
	default:
		return e.Evaluate(arg.Items[2])
	}
}

// Condition returns the text "true" or "false" for a condition of the
// template, or why it is unknown; at is the offset where it is named.
func (e *Evaluator) Condition(name string, at int) Value {
	n := e.t.condition(name)
	if n == nil {
		return invalid(at, fmt.Sprintf("there is no condition %q", name))
	}
	if v, ok := e.truths[name]; ok {
		return v
	}
	if e.inside[name] {
		return invalid(n.Span.Start, fmt.Sprintf("condition %q depends on itself", name))
	}
	isNamedByOther := len(e.inside) > 0
	e.inside[name] = true
	v := e.truth(n)
	delete(e.inside, name)
	if isNamedByOther { // and maybe by many, which name each other
		e.truths[name] = v
	}
	return v
}

func truth(b bool) Value { return text(strconv.FormatBool(b)) }

// truth evaluates the definition of a condition.
func (e *Evaluator) truth(n *Node) Value {
	at := n.Span.Start
	if !e.enter() {
		return unknown(at, "it nests too deep")
	}
	defer e.leave()
	name, arg := n.Function()
	if want := arity(name); want > 0 && (arg.Kind != Sequence || len(arg.Items) != want) {
		return invalid(at, fmt.Sprintf("%s wants a list of %d", name, want))
	}
	switch name {
	case "Condition":
		return e.Condition(arg.Value, at)
	case "Fn::Equals":
		a, b := e.Evaluate(arg.Items[0]), e.Evaluate(arg.Items[1])
		if v, ok := unknownAmong(a, b); ok {
			return v
		}
		if a.Kind != IsText || b.Kind != IsText {
			return unknown(at, "Fn::Equals compares what is no text")
		}
		return truth(a.Text == b.Text)
	case "Fn::Not":
		v := e.truth(arg.Items[0])
		if v.Kind == IsText {
			return truth(v.Text != "true")
		}
		return v
	case "Fn::And", "Fn::Or":
		return e.connective(arg, name == "Fn::Or")
	}
	return invalid(at, "it is no condition function")
}

// connective evaluates Fn::Or, which one true decides, and Fn::And, which one
// false decides, whatever is unknown beside it.
func (e *Evaluator) connective(arg *Node, decides bool) Value {
	result := truth(!decides)
	for _, item := range arg.Items {
		switch v := e.truth(item); {
		case v.Invalid:
			return v
		case v.Kind != IsText:
			result = v
		case v.Text == strconv.FormatBool(decides):
			return v
		}
	}
	return result
}
