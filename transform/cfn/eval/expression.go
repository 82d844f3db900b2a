package eval

import (
	"encoding/base64"
	"fmt"
	"strings"

	"imdslock/transform/cfn"
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
	if !e.step(1) {
		return nil
	}
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
	if s, ok := ScalarText(e.t, n); ok {
		return e.text(n.Span.Start, []piece{{text: s}})
	}
	return e.unknown(n.Span.Start, fmt.Sprintf("without quotes %s may be another text", n.Value), "scalar "+n.Value)
}

// literal returns the text of a scalar that is the argument of a function: the tag
// of a short form says that it is a text.
func (e *Evaluator) literal(call, arg *cfn.Node) (string, bool) {
	if call.Style == cfn.ShortForm && arg.Kind == cfn.Scalar {
		return arg.Value, true
	}
	return ScalarText(e.t, arg)
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
		if !e.step(1 + len(g.values) + len(b.world)) {
			return nil
		}
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
		if !e.step(1) {
			return nil
		}
		if v, ok := faultAmong(g.values...); ok {
			all = append(all, branch{g.world, v})
			continue
		}
		all = append(all, f(g.world, g.values)...)
	}
	return all
}

// list returns the values of a sequence, without what is NoValue.
func (e *Evaluator) list(nodes []*cfn.Node, w world, at int) []branch {
	var all []branch
	for _, g := range e.all(nodes, w) {
		v := Value{Kind: List, At: at}
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
	last := make(map[string]*cfn.Node, len(n.Pairs)) // of a key that stands twice the last counts
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
		v := Value{Kind: Object, At: n.Span.Start}
		for i, field := range g.values {
			if field.Kind != NoValue {
				v.Fields = append(v.Fields, Field{names[i], field})
			}
		}
		all = append(all, branch{g.world, v})
	}
	return all
}

// arity is how many arguments the functions have that need a fixed number.
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
		return one(w, e.ref(at, arg.Value))
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

// source is the text of a node, which tells one that is not known from others.
func (e *Evaluator) source(n *cfn.Node) string {
	return string(e.t.Source[n.Span.Start:n.Span.End])
}

func (e *Evaluator) base64(at int, v Value) Value {
	if v.Invalid {
		return v
	}
	if v.Kind == Text {
		return e.text(at, []piece{{text: base64.StdEncoding.EncodeToString([]byte(v.Text))}})
	}
	return e.derived(at, "Fn::Base64", func(args []Value) Value { return e.base64(at, args[0]) }, v)
}

// join joins the items of a list; what is NoValue is not among them.
func (e *Evaluator) join(at int, args []Value) Value {
	delimiter, list := args[0], args[1]
	if delimiter.Kind != Text {
		return invalid(at, "the delimiter of Fn::Join must be a literal")
	}
	if list.Kind == Text || list.Kind == Object || list.Kind == NoValue {
		return invalid(at, "Fn::Join needs a list")
	}
	again := func(args []Value) Value { return e.join(at, args) }
	if list.Kind != List {
		return e.derived(at, "Fn::Join", again, args...)
	}
	var pieces []piece
	for i, item := range list.Items {
		if i > 0 {
			pieces = append(pieces, piece{text: delimiter.Text})
		}
		parts, ok := e.textual(item)
		if !ok {
			return e.derived(at, "Fn::Join", nil, args...)
		}
		pieces = append(pieces, parts...)
	}
	return e.text(at, pieces)
}

// textual returns the pieces of a value where a text is needed. A list parameter
// is none.
func (e *Evaluator) textual(v Value) ([]piece, bool) {
	isList := v.findVariable(func(x *variable) bool { return x.parameter != nil && x.parameter.isList }) != nil
	return v.parts(), v.isTextual() && !isList
}

func (e *Evaluator) split(at int, args []Value) Value {
	delimiter, v := args[0], args[1]
	if delimiter.Kind != Text || delimiter.Text == "" {
		return invalid(at, "the delimiter of Fn::Split must be a literal")
	}
	if v.Kind != Text {
		if !v.isTextual() {
			return invalid(at, "Fn::Split needs a text")
		}
		return e.derived(at, "Fn::Split", func(args []Value) Value { return e.split(at, args) }, args...)
	}
	list := Value{Kind: List, At: at}
	for _, part := range strings.Split(v.Text, delimiter.Text) {
		list.Items = append(list.Items, e.text(at, []piece{{text: part}}))
	}
	return list
}

// selectItem selects from a list. What it selects from Fn::Split does not contain
// the delimiter, and what it selects from a list parameter is among its
// AllowedValues.
func (e *Evaluator) selectItem(at int, args []Value) Value {
	index, list := args[0], args[1]
	i := -1
	if index.Kind == Text {
		if i = number(index.Text); i < 0 {
			return refuse(at, "Fn::Select selects nothing")
		}
	}
	switch {
	case list.Kind == List && i >= len(list.Items):
		return refuse(at, "Fn::Select selects nothing")
	case list.Kind == List && i >= 0:
		return list.Items[i]
	case list.Kind != List && list.Kind != Unknown:
		return invalid(at, "Fn::Select needs a list")
	}
	v := e.derived(at, "Fn::Select", func(args []Value) Value { return e.selectItem(at, args) }, args...)
	item := v.pieces[0].variable
	if from := list.only(); from != nil && item.accepts == nil {
		switch {
		case from.parameter != nil:
			item.only = from.parameter.allowed
		case strings.HasPrefix(from.name, "Fn::Split") && from.args[0].Kind == Text:
			item.accepts = func(text string) bool { return !strings.Contains(text, from.args[0].Text) }
		}
	}
	return v
}

// only returns the variable that v is, or nil.
func (v Value) only() *variable {
	if len(v.pieces) == 1 {
		return v.pieces[0].variable
	}
	return nil
}

// number returns a number from 0 on, or -1.
func number(s string) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<20 {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	if s == "" {
		return -1
	}
	return n
}
