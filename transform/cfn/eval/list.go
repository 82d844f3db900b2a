package eval

import (
	"encoding/base64"
	"strings"
)

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

// textual returns the pieces of a value where a text is needed. It returns false if
// the value is not a text, as a list parameter is not.
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
	list := Value{Kind: List, at: at}
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
