package eval

import (
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// sub replaces the variables of Fn::Sub: those of its own list, parameters, and,
// as unknown, attributes. "${!Name}" stays as "${Name}".
func (e *Evaluator) sub(call, arg *cfn.Node, w world) []branch {
	at := call.Span.Start
	var own *cfn.Node
	if arg.Kind == cfn.Sequence && len(arg.Items) == 2 {
		call, arg, own = arg, arg.Items[0], arg.Items[1]
	}
	if arg.Kind != cfn.Scalar {
		return one(w, invalid(at, "the text of Fn::Sub is not a string"))
	}
	template, ok := e.literal(call, arg)
	if !ok {
		return one(w, e.scalar(arg))
	}
	var names []string
	var nodes []*cfn.Node
	if own != nil && own.Kind == cfn.Mapping {
		for _, p := range own.Pairs {
			names, nodes = append(names, p.Key.Value), append(nodes, p.Value)
		}
	}
	return e.with(nodes, w, func(w world, values []Value) []branch {
		variables := make(map[string]Value, len(names))
		for i, name := range names {
			variables[name] = values[i]
		}
		return one(w, e.substitute(at, template, variables))
	})
}

// substitute makes the text of Fn::Sub.
func (e *Evaluator) substitute(at int, rest string, own map[string]Value) Value {
	var pieces []piece
	for {
		before, after, found := strings.Cut(rest, "${")
		name, behind, closed := strings.Cut(after, "}")
		if !found || !closed {
			return e.text(at, append(pieces, piece{text: rest}))
		}
		pieces = append(pieces, piece{text: before})
		name = strings.TrimSpace(name)
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			pieces = append(pieces, piece{text: "${" + literal + "}"})
		} else {
			v, ok := own[name]
			if !ok {
				v = e.ref(at, name)
			}
			parts, isText := e.textual(v)
			switch {
			case v.Invalid:
				return v
			case !isText:
				parts = e.derived(at, "Fn::Sub", nil, v).pieces
			}
			pieces = append(pieces, parts...)
		}
		rest = behind
	}
}

// subVariables returns the names in the text of Fn::Sub.
func subVariables(arg *cfn.Node) []string {
	if arg.Kind == cfn.Sequence && len(arg.Items) > 0 {
		arg = arg.Items[0]
	}
	var names []string
	for _, part := range strings.Split(arg.Value, "${")[1:] {
		if name, _, ok := strings.Cut(part, "}"); ok && !strings.HasPrefix(name, "!") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}
