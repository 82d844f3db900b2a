package cfn

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// An Evaluator computes what expressions of a template stand for. It knows
// Ref, Condition and the functions Fn::If, Equals, Not, And, Or, FindInMap,
// Sub, Join, Select, Split and Base64; attributes, imports, transforms and SSM
// parameters are unknown until deployment; what CloudFormation would refuse is
// unknown and Invalid.
//
// Semantics are those of the "Intrinsic function reference" and "Condition
// functions" pages of the AWS CloudFormation User Guide.
type Evaluator struct {
	t          *Template
	parameters *Node
	mappings   *Node
	values     map[string]string // of parameters
	truths     map[string]Value  // of the conditions that others have named
	inside     map[string]bool   // the conditions being evaluated, to see cycles
	depth      int
	visits     int // of nodes, so far
}

// maxEvaluation is how deep expressions may nest, those of the conditions that
// they name included.
const maxEvaluation = 10 * maxDepth

// maxText is how many bytes a text may have that is made of others: a few
// Fn::Subs in one another can double it with every level. That of a parameter
// has at most 4,096 ("Parameter value" in the quotas of CloudFormation).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const maxText = 1 << 16

// NewEvaluator returns an evaluator of a template. Values are those that the
// deployment passes for parameters; a parameter that is not among them is
// unknown, whatever its default.
func (t *Template) NewEvaluator(values map[string]string) *Evaluator {
	return &Evaluator{
		t:          t,
		parameters: t.root.Get("Parameters"),
		mappings:   t.root.Get("Mappings"),
		values:     values,
		truths:     map[string]Value{},
		inside:     map[string]bool{},
	}
}

// Evaluate returns the value of an expression.
func (e *Evaluator) Evaluate(n *Node) Value {
	if !e.enter() {
		return unknown(n.Span.Start, "it nests too deep")
	}
	defer e.leave()
	if name, arg := n.Function(); name != "" {
		return e.call(n, name, arg)
	}
	switch n.Kind {
	case Scalar:
		return text(n.Value)
	case Sequence:
		v := Value{Kind: IsList, At: n.Span.Start}
		for _, item := range e.all(n.Items) {
			if item.Kind != IsNoValue {
				v.Items = append(v.Items, item)
			}
		}
		return v
	case Mapping:
		v := Value{Kind: IsObject, At: n.Span.Start}
		for _, p := range n.Pairs {
			if strings.HasPrefix(p.Key.Value, "Fn::") || p.Key.Value == "<<" {
				return unknown(p.Key.Span.Start, p.Key.Value+" adds to it")
			}
			if field := e.Evaluate(p.Value); field.Kind != IsNoValue {
				v.Fields = append(v.Fields, Field{p.Key.Value, field})
			}
		}
		return v
	}
	return unknown(n.Span.Start, "it is the alias *"+n.Value)
}

// enter counts a node, and reports whether it nests no deeper than is allowed.
func (e *Evaluator) enter() bool {
	if e.depth == maxEvaluation {
		return false
	}
	e.depth++
	e.visits++
	return true
}

func (e *Evaluator) leave() { e.depth-- }

func (e *Evaluator) all(nodes []*Node) []Value {
	values := make([]Value, len(nodes))
	for i, n := range nodes {
		values[i] = e.Evaluate(n)
	}
	return values
}

// arity is how many arguments the functions have that want a fixed number.
func arity(name string) int {
	switch name {
	case "Fn::If":
		return 3
	case "Fn::Join", "Fn::Split", "Fn::Select", "Fn::Equals":
		return 2
	case "Fn::Not":
		return 1
	}
	return 0
}

func (e *Evaluator) call(n *Node, name string, arg *Node) Value {
	at := n.Span.Start
	if want := arity(name); want > 0 && (arg.Kind != Sequence || len(arg.Items) != want) {
		return invalid(at, fmt.Sprintf("%s wants a list of %d", name, want))
	}
	switch name {
	case "Ref":
		return e.ref(at, arg.Value)
	case "Fn::If":
		return e.conditional(arg)
	case "Fn::Base64":
		v := e.Evaluate(arg)
		if v.Kind == IsText {
			return bounded(at, base64.StdEncoding.EncodeToString([]byte(v.Text)))
		}
		return v
	case "Fn::Sub":
		return e.sub(at, arg)
	case "Fn::Join":
		list := e.Evaluate(arg.Items[1])
		if list.Kind != IsList {
			return list
		}
		return join(at, arg.Items[0].Value, list.Items)
	case "Fn::Split":
		v := e.Evaluate(arg.Items[1])
		if v.Kind != IsText || arg.Items[0].Value == "" {
			return unknown(at, "what Fn::Split splits is not known")
		}
		list := Value{Kind: IsList, At: at}
		for _, part := range strings.Split(v.Text, arg.Items[0].Value) {
			list.Items = append(list.Items, text(part))
		}
		return list
	case "Fn::Select":
		index, list := e.Evaluate(arg.Items[0]), e.Evaluate(arg.Items[1])
		if v, ok := unknownAmong(index, list); ok {
			return v
		}
		i, err := strconv.Atoi(index.Text)
		if err != nil || list.Kind != IsList || i < 0 || i >= len(list.Items) {
			return invalid(at, "Fn::Select selects nothing")
		}
		return list.Items[i]
	case "Fn::FindInMap":
		return e.findInMap(at, arg)
	}
	return unknown(at, name+" is not known before the deployment")
}

// ref is the value of a parameter. Of a resource only its type is known.
func (e *Evaluator) ref(at int, name string) Value {
	if name == "AWS::NoValue" {
		return Value{Kind: IsNoValue, At: at}
	}
	if v, ok := e.values[name]; ok {
		return text(v)
	}
	return unknown(at, "Ref "+name+" is not known before the deployment")
}

func (e *Evaluator) findInMap(at int, arg *Node) Value {
	if arg.Kind != Sequence || len(arg.Items) < 3 {
		return invalid(at, "Fn::FindInMap wants a list of 3")
	}
	keys := e.all(arg.Items[:3])
	if v, ok := unknownAmong(keys...); ok {
		return v
	}
	found := e.mappings.Get(keys[0].Text, keys[1].Text, keys[2].Text)
	if found == nil {
		return invalid(at, fmt.Sprintf("there is no %s.%s.%s in Mappings", keys[0].Text, keys[1].Text, keys[2].Text))
	}
	// Mappings have no functions, says the User Guide ("Mappings syntax"), and so
	// none that selects itself.
	for n := range found.All {
		if name, _ := n.Function(); name != "" {
			return invalid(at, "there is "+name+" in Mappings")
		}
	}
	return e.Evaluate(found)
}

// sub replaces the variables of Fn::Sub: those of its own list, parameters,
// and, as unknown, attributes. "${!Name}" stays as "${Name}".
func (e *Evaluator) sub(at int, arg *Node) Value {
	var variables *Node
	if arg.Kind == Sequence && len(arg.Items) == 2 {
		arg, variables = arg.Items[0], arg.Items[1]
	}
	if arg.Kind != Scalar {
		return invalid(at, "the text of Fn::Sub is no string")
	}
	var parts []Value
	own := map[string]Value{} // values of its variables
	rest := arg.Value
	for {
		before, after, found := strings.Cut(rest, "${")
		name, behind, closed := strings.Cut(after, "}")
		if !found || !closed {
			return join(at, "", append(parts, text(rest)))
		}
		parts = append(parts, text(before))
		name = strings.TrimSpace(name)
		switch literal, isLiteral := strings.CutPrefix(name, "!"); {
		case isLiteral:
			parts = append(parts, text("${"+literal+"}"))
		case variables.Get(name) != nil:
			if _, ok := own[name]; !ok {
				own[name] = e.Evaluate(variables.Get(name))
			}
			parts = append(parts, own[name])
		default:
			parts = append(parts, e.ref(at, name))
		}
		rest = behind
	}
}
