package eval

import (
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// findInMap looks for a value in Mappings. CloudFormation refuses keys that are not
// there, unless the language extensions give a DefaultValue.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap-enhancements.html
func (e *Evaluator) findInMap(at int, arg *cfn.Node, w world) []branch {
	if arg.Kind != cfn.Sequence || len(arg.Items) < 3 || len(arg.Items) > 4 {
		return one(w, invalid(at, "Fn::FindInMap needs a list of 3"))
	}
	var otherwise *cfn.Node
	if len(arg.Items) == 4 {
		if otherwise = arg.Items[3].Get("DefaultValue"); otherwise == nil {
			return one(w, invalid(at, "the fourth argument of Fn::FindInMap is not a DefaultValue"))
		}
	}
	return e.with(arg.Items[:3], w, func(w world, keys []Value) []branch {
		return e.each(e.find(at, e.mappings, keys, w), func(b branch) []branch {
			switch {
			case !b.value.refused:
				return one(b.world, b.value)
			case otherwise != nil:
				return e.eval(otherwise, b.world)
			}
			var names []string
			for _, key := range keys {
				if key = e.resolve(key, b.world); key.Kind != Text {
					key.Text = "…"
				}
				names = append(names, key.Text)
			}
			return one(b.world, refuse(at, fmt.Sprintf("there is no %s in Mappings", strings.Join(names, "."))))
		})
	})
}

// find returns what Mappings have under keys, in the worlds in which the keys are
// there. It is refused in the others.
func (e *Evaluator) find(at int, n *cfn.Node, keys []Value, w world) []branch {
	if len(keys) == 0 {
		return one(w, e.mapped(n))
	}
	if n == nil || n.Kind != cfn.Mapping {
		return one(w, refuse(at, "it is not in Mappings"))
	}
	open := []world{w} // where no key so far is the one
	var found []branch
	for i := len(n.Pairs) - 1; i >= 0; i-- { // of two that are the same the last counts
		p := n.Pairs[i]
		if strings.HasPrefix(p.Key.Value, "Fn::") || p.Key.Value == "<<" {
			return one(w, e.unknown(p.Key.Span.Start, p.Key.Value+" adds to Mappings", e.source(p.Value)))
		}
		name := e.scalar(p.Key)
		var rest []world
		for _, w := range open {
			for _, b := range e.equal(at, w, keys[0], name) {
				switch {
				case b.value.Invalid:
					found = append(found, b)
				case b.value.isTrue():
					found = append(found, e.find(at, p.Value, keys[1:], b.world)...)
				default:
					rest = append(rest, b.world)
				}
			}
		}
		open = rest
		e.step(1 + len(open))
	}
	for _, w := range open {
		found = append(found, branch{w, refuse(at, "it is not in Mappings")})
	}
	return found
}

// mapped returns a value in Mappings, which have no functions, says the User Guide
// ("Mappings syntax").
func (e *Evaluator) mapped(n *cfn.Node) Value {
	for inner := range n.All {
		if name, _ := inner.Function(); name != "" {
			return invalid(inner.Span.Start, "there is "+name+" in Mappings")
		}
	}
	return e.eval(n, nil)[0].value
}
