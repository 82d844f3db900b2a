package eval

import (
	"maps"
	"slices"
	"strings"
)

// maxText is the largest size in bytes of a text that is made of others, and
// maxPieces the largest number of pieces of one that is not known: nested Fn::Subs
// can double them with every level. The value of a parameter has at most 4,096 bytes
// ("Parameter value" in the quotas of CloudFormation).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const (
	maxText   = 1 << 16
	maxPieces = 1 << 10
)

// variable returns the variable of a name, which make makes the first time.
func (e *Evaluator) variable(name string, make func() *variable) *variable {
	x, ok := e.variables[name]
	if !ok {
		x = make()
		x.index, x.name = len(e.variables), name
		e.variables[name] = x
	}
	return x
}

// variableValue returns the value that is a variable.
func (e *Evaluator) variableValue(x *variable) Value {
	return Value{Kind: Unknown, Reason: x.reason, at: x.at, pieces: []piece{{variable: x}}}
}

// unknown returns a value that is not known. Those of one name, same, are equal.
func (e *Evaluator) unknown(at int, reason, same string) Value {
	v := e.variableValue(e.variable("? "+same, func() *variable { return &variable{reason: reason, at: at} }))
	v.at = at
	return v
}

// derived returns a value that is made from others and not known. Operate makes it
// again when more is known of them; it may be nil.
func (e *Evaluator) derived(at int, name string, operate func(args []Value) Value, args ...Value) Value {
	var key strings.Builder
	key.WriteString(name + "(")
	for _, arg := range args {
		arg.writeKey(&key)
		key.WriteString(";")
	}
	return e.variableValue(e.variable(key.String(), func() *variable {
		x := &variable{at: at, args: slices.Clone(args), operate: operate, reason: name + " of what is not known"}
		names := map[string]bool{}
		isFirst := true
		for _, arg := range args {
			arg.findVariable(func(y *variable) bool {
				if y.parameter != nil || y.isPseudo {
					names[y.name] = true
				}
				for _, name := range y.behind {
					names[name] = true
				}
				if isFirst {
					x.reason, x.at, isFirst = y.reason, y.at, false
				}
				return false
			})
		}
		x.behind = slices.Sorted(maps.Keys(names))
		return x
	}))
}

// text makes a text from pieces. What CloudFormation resolves as a dynamic
// reference is not known.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (e *Evaluator) text(at int, pieces []piece) Value {
	joined, ok := joinPieces(pieces)
	if !ok {
		return e.unknown(at, "the text is too long", "long")
	}
	v := Value{Kind: Unknown, at: at, pieces: joined}
	for _, p := range slices.Backward(joined) {
		if p.variable != nil {
			v.Reason, v.at = p.variable.reason, p.variable.at
		}
	}
	for _, p := range joined {
		if strings.Contains(p.text, "{{resolve:") {
			return e.unknown(at, "a dynamic reference is not known before the deployment", "reference "+v.key())
		}
	}
	switch {
	case len(joined) == 0:
		return text("")
	case len(joined) == 1 && joined[0].variable == nil:
		return text(joined[0].text)
	}
	return v
}

// joinPieces makes one piece of literals that follow each other. It returns false if
// the text is too long.
func joinPieces(pieces []piece) ([]piece, bool) {
	if len(pieces) == 1 && pieces[0].text != "" { // nearly all
		return pieces, len(pieces[0].text) <= maxText
	}
	var joined []piece
	var b strings.Builder
	size := 0
	flush := func() {
		if b.Len() > 0 {
			joined = append(joined, piece{text: b.String()})
			b.Reset()
		}
	}
	for _, p := range pieces {
		if p.variable != nil {
			flush()
			joined = append(joined, p)
			continue
		}
		if size += len(p.text); size > maxText || len(joined) > maxPieces {
			return nil, false
		}
		b.WriteString(p.text)
	}
	flush()
	return joined, len(joined) <= maxPieces
}

// resolve puts what a world says of its variables into a value.
func (e *Evaluator) resolve(v Value, w world) Value {
	switch {
	case v.isKnown() || v.Invalid:
		return v
	case v.Kind == List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = e.resolve(item, w)
		}
		v.Items = items
		return v
	case v.Kind == Object:
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Name, e.resolve(f.Value, w)}
		}
		v.Fields = fields
		return v
	}
	if x := v.only(); x != nil {
		r, ok := e.resolveVariable(x, w)
		if !ok {
			return v
		}
		return r
	}
	return e.resolvePieces(v, w)
}

// resolvePieces resolves a text of several pieces.
func (e *Evaluator) resolvePieces(v Value, w world) Value {
	var pieces []piece
	changed := false
	for _, p := range v.pieces {
		parts := []piece{p}
		if p.variable != nil {
			if r, ok := e.resolveVariable(p.variable, w); ok {
				if r.Invalid {
					return r
				}
				if resolved, isText := e.textual(r); isText {
					parts, changed = resolved, true
				}
			}
		}
		pieces = append(pieces, parts...)
	}
	if !changed {
		return v
	}
	return e.text(v.at, pieces)
}

// resolveVariable returns what a variable is in a world, if more is known of it.
func (e *Evaluator) resolveVariable(x *variable, w world) (Value, bool) {
	if s := w.set(x); s.isOne() {
		if x.parameter != nil && x.parameter.isList {
			return x.parameter.list(e, s.only[0]), true
		}
		return e.text(x.at, []piece{{text: s.only[0]}}), true
	}
	if x.operate == nil || e.depth > maxDepth {
		return Value{}, false
	}
	e.step(1)
	args := make([]Value, len(x.args))
	changed := false
	e.depth++
	for i, arg := range x.args {
		args[i] = e.resolve(arg, w)
		changed = changed || args[i].key() != arg.key()
	}
	e.depth--
	if !changed {
		return Value{}, false
	}
	if v, ok := faultAmong(args...); ok {
		return v, true
	}
	return x.operate(args), true
}

// enumerate returns a value with each of the few texts that its variables may be.
func (e *Evaluator) enumerate(w world, v Value) []branch {
	v = e.resolve(v, w)
	x := v.findVariable(func(x *variable) bool { return w.set(x).only != nil })
	if x == nil || w.set(x).isOne() {
		return one(w, v)
	}
	var all []branch
	for _, value := range w.set(x).only {
		e.step(1 + len(w))
		all = append(all, e.enumerate(w.with(x, set{only: []string{value}}), v)...)
	}
	return all
}
