package eval

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A group is some values in a world.
type group struct {
	world  world
	values []Value
}

// eval returns the values of an expression in the worlds that it makes of w.
func (e *Evaluator) eval(n *cfn.Node, w world) []branch {
	at := n.Span.Start
	if e.depth == maxDepth {
		return one(w, e.unknown(at, "it nests too deep", "deep"))
	}
	e.step(1)
	e.depth++
	defer func() { e.depth-- }()
	if name, arg := n.Function(); name != "" {
		return e.call(n, name, arg, w)
	}
	switch n.Kind {
	case cfn.Scalar:
		return one(w, e.scalar(n))
	case cfn.Sequence:
		return e.list(n.Items, w, at)
	case cfn.Mapping:
		return e.object(n, w)
	}
	return one(w, e.unknown(at, "it is the alias *"+n.Value, "*"+n.Value))
}

// scalar returns the text of a scalar.
func (e *Evaluator) scalar(n *cfn.Node) Value {
	if s, ok := cfn.ScalarText(e.t, n); ok {
		return e.text(n.Span.Start, []piece{{text: s}})
	}
	if n.IsNull() {
		return invalid(n.Span.Start, "null values are not allowed in templates")
	}
	return e.unknown(n.Span.Start, fmt.Sprintf("without quotes %s may be another text", n.Value), "scalar "+n.Value)
}

// literal returns the text of a scalar that is the argument of a function: the tag
// of a short form says that it is a text.
func (e *Evaluator) literal(call, arg *cfn.Node) (string, bool) {
	if call.Style == cfn.ShortForm && arg.Kind == cfn.Scalar {
		return arg.Value, true
	}
	return cfn.ScalarText(e.t, arg)
}

// all evaluates nodes one after the other.
func (e *Evaluator) all(nodes []*cfn.Node, w world) []group {
	groups := []group{{w, make([]Value, 0, len(nodes))}}
	for _, n := range nodes {
		if len(groups) == 1 {
			branches := e.eval(n, groups[0].world)
			if len(branches) == 1 {
				groups[0] = group{branches[0].world, append(groups[0].values, branches[0].value)}
				continue
			}
			groups = e.extend(nil, groups[0], branches)
			continue
		}
		var next []group
		for _, g := range groups {
			next = e.extend(next, g, e.eval(n, g.world))
		}
		groups = next
	}
	return groups
}

// extend appends what becomes of g with one value more.
func (e *Evaluator) extend(groups []group, g group, branches []branch) []group {
	for _, b := range branches {
		e.step(1 + len(g.values) + len(b.world))
		values := make([]Value, len(g.values), cap(g.values))
		copy(values, g.values)
		groups = append(groups, group{b.world, append(values, b.value)})
	}
	return groups
}

// with evaluates nodes and makes one value of theirs.
func (e *Evaluator) with(nodes []*cfn.Node, w world, f func(world, []Value) []branch) []branch {
	var all []branch
	for _, g := range e.all(nodes, w) {
		e.step(1)
		if v, ok := faultAmong(g.values...); ok {
			all = append(all, branch{g.world, v})
			continue
		}
		all = append(all, f(g.world, g.values)...)
	}
	return all
}

// list returns the values of a sequence, without the items that are NoValue.
func (e *Evaluator) list(nodes []*cfn.Node, w world, at int) []branch {
	var all []branch
	for _, g := range e.all(nodes, w) {
		v := Value{Kind: List, at: at}
		for _, item := range g.values {
			if item.Kind != NoValue {
				v.Items = append(v.Items, item)
			}
		}
		all = append(all, branch{g.world, v})
	}
	return all
}

// object returns the values of a mapping, without the properties that are NoValue.
func (e *Evaluator) object(n *cfn.Node, w world) []branch {
	last := make(map[string]*cfn.Node, len(n.Pairs)) // of a key that occurs twice the last counts
	for _, p := range n.Pairs {
		if strings.HasPrefix(p.Key.Value, "Fn::") || p.Key.Value == "<<" {
			return one(w, e.unknown(p.Key.Span.Start, p.Key.Value+" adds to it", e.source(n)))
		}
		last[p.Key.Value] = p.Value
	}
	var names []string
	var nodes []*cfn.Node
	for _, p := range n.Pairs {
		if last[p.Key.Value] == p.Value {
			names, nodes = append(names, p.Key.Value), append(nodes, p.Value)
		}
	}
	var all []branch
	for _, g := range e.all(nodes, w) {
		v := Value{Kind: Object, at: n.Span.Start}
		for i, field := range g.values {
			if field.Kind != NoValue {
				v.Fields = append(v.Fields, Field{names[i], field})
			}
		}
		all = append(all, branch{g.world, v})
	}
	return all
}

// arity returns how many arguments a function needs, or 0 if the number is not fixed.
func arity(name string) int {
	switch name {
	case "Fn::If":
		return 3
	case "Fn::Join", "Fn::Split", "Fn::Select", "Fn::Equals", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return 2
	case "Fn::Not":
		return 1
	}
	return 0
}

// wrongArity returns what is wrong with the number of arguments, if anything.
func wrongArity(n *cfn.Node, name string, arg *cfn.Node) (Value, bool) {
	if want := arity(name); want > 0 && (arg.Kind != cfn.Sequence || len(arg.Items) != want) {
		return invalid(n.Span.Start, fmt.Sprintf("%s needs a list of %d", name, want)), true
	}
	return Value{}, false
}

func (e *Evaluator) call(n *cfn.Node, name string, arg *cfn.Node, w world) []branch {
	at := n.Span.Start
	if v, ok := wrongArity(n, name, arg); ok {
		return one(w, v)
	}
	switch name {
	case "Ref":
		if name := e.Name(n, arg); name != "" {
			return one(w, e.ref(at, name))
		}
		return one(w, e.unknown(at, "Ref is not known before the deployment", e.source(n)))
	case "Fn::GetAtt":
		return one(w, e.attribute(n, arg))
	case "Fn::If":
		return e.conditional(arg, w)
	case "Fn::Sub":
		return e.sub(n, arg, w)
	case "Fn::FindInMap":
		return e.findInMap(at, arg, w)
	case "Fn::Base64":
		if s, ok := e.literal(n, arg); ok {
			return one(w, e.base64(at, e.text(at, []piece{{text: s}})))
		}
		return e.each(e.eval(arg, w), func(b branch) []branch {
			return e.each(e.enumerate(b.world, b.value), func(b branch) []branch {
				return one(b.world, e.base64(at, b.value))
			})
		})
	case "Fn::Join", "Fn::Split", "Fn::Select":
		return e.with(arg.Items, w, func(w world, args []Value) []branch {
			all := Value{Kind: List, Items: args}
			if name == "Fn::Join" {
				return one(w, e.join(at, e.resolve(all, w).Items))
			}
			return e.each(e.enumerate(w, all), func(b branch) []branch {
				if name == "Fn::Split" {
					return one(b.world, e.split(at, b.value.Items))
				}
				return one(b.world, e.selectItem(at, b.value.Items))
			})
		})
	}
	return one(w, e.unknown(at, name+" is not known before the deployment", e.source(n)))
}

// source returns a text that is equal only for equal expressions, in any notation.
// It tells expressions whose values are not known apart.
func (e *Evaluator) source(n *cfn.Node) string {
	var b strings.Builder
	e.writeSource(&b, n)
	return b.String()
}

func (e *Evaluator) writeSource(b *strings.Builder, n *cfn.Node) {
	switch n.Kind {
	case cfn.Mapping:
		b.WriteString("{")
		for _, p := range n.Pairs {
			b.WriteString(strconv.Quote(p.Key.Value) + ":")
			e.writeSource(b, p.Value)
			b.WriteString(",")
		}
		b.WriteString("}")
	case cfn.Sequence:
		b.WriteString("[")
		for _, item := range n.Items {
			e.writeSource(b, item)
			b.WriteString(",")
		}
		b.WriteString("]")
	case cfn.Alias:
		b.WriteString("*" + n.Value)
	default:
		if s, ok := cfn.ScalarText(e.t, n); ok {
			b.WriteString(strconv.Quote(s))
			return
		}
		b.WriteString(e.t.Source()[n.Span.Start:n.Span.End])
	}
}
