package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// An Outcome is a value that an expression can have, and the values of the
// parameters, pseudo parameters such as AWS::Region included, under which it has
// it. A parameter that is not among them makes no difference, or was given.
type Outcome struct {
	Parameters map[string]Values
	Value      Value

	// Guessed is set if the outcome depends on a comparison that cannot be decided:
	// maybe no deployment has it.
	Guessed bool

	world world
}

// String gives an example of the parameters, "A=1, B=any other value". It is
// empty where they make no difference.
func (o Outcome) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
		parts = append(parts, name+"="+o.Parameters[name].String())
	}
	return strings.Join(parts, ", ")
}

// Split returns what a condition divides the deployments of an outcome into: those in
// which it is true, and those in which it is not. If that cannot be told, both are the
// whole outcome. The condition is named as the attribute Condition of a resource is.
func (e *Evaluator) Split(o Outcome, condition *cfn.Node) (yes, no []Outcome) {
	defer e.stop(func() { yes, no = []Outcome{o}, []Outcome{o} })
	for _, b := range e.condition(e.Name(condition, condition), condition.Span.Start, o.world) {
		if !e.consistent(b.world) {
			continue
		}
		part := Outcome{b.world.parameters(), o.Value, e.isGuess(b.world), b.world}
		if b.value.Invalid || b.value.isTrue() {
			yes = append(yes, part)
		} else {
			no = append(no, part)
		}
	}
	return yes, no
}

// Branch returns what an expression is in the deployments of one of its outcomes: the
// branch that Fn::If takes in them, or the expression itself.
func (e *Evaluator) Branch(n *cfn.Node, o Outcome) *cfn.Node {
	for {
		arg := n.Call("Fn::If")
		if arg == nil || len(arg.Items) != 3 {
			return n
		}
		n = arg.Items[2]
		if yes, _ := e.Split(o, arg.Items[0]); len(yes) > 0 {
			n = arg.Items[1]
		}
	}
}

// Admits reports whether the outcome is possible in deployments in which a
// parameter has a value.
func (o Outcome) Admits(parameter, value string) bool {
	v, ok := o.Parameters[parameter]
	return !ok || v.has(value)
}

// Values are values of one parameter. The zero Values are all that CloudFormation
// accepts.
type Values struct {
	Only     []string // if not nil, these
	except   []string // else all that CloudFormation accepts, without these
	standard string   // the parameter's default, if it is one of many
}

// has reports whether a value, which CloudFormation accepts for the parameter, is
// among them.
func (v Values) has(value string) bool {
	if v.Only != nil {
		return slices.Contains(v.Only, value)
	}
	return !slices.Contains(v.except, value)
}

// String returns one of the values: the first of a few, else the default, else
// "any other value", or "any value" if nothing tells one from another.
func (v Values) String() string {
	switch {
	case len(v.Only) > 0 && v.Only[0] == "":
		return `""`
	case len(v.Only) > 0:
		return v.Only[0]
	case v.standard != "":
		return v.standard
	case len(v.except) > 0:
		return "any other value"
	}
	return "any value"
}
