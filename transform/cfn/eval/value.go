package eval

import (
	"strconv"
	"strings"
)

// Kind says what a [Value] is.
type Kind uint8

// The kinds of values. Unknown is what only a deployment knows, or what
// CloudFormation would refuse. NoValue is AWS::NoValue, which removes a property.
const (
	Unknown Kind = iota
	Text
	List
	Object
	NoValue
)

// A Value is what an expression evaluates to.
type Value struct {
	Kind   Kind
	Text   string  // of a Text
	Items  []Value // of a List
	Fields []Field // of an Object, in order
	Reason string  // why it is Unknown

	// Invalid is set if CloudFormation would refuse the template, or the template
	// with these parameter values: a name that does not exist, a wrong number of
	// arguments, a cycle.
	Invalid bool

	at      int     // offset in the source of what is Unknown
	refused bool    // it is Invalid because of parameter values
	pieces  []piece // of what is Unknown and not Invalid
}

// A Field is a property of an object.
type Field struct {
	Name  string
	Value Value
}

// A piece is a part of a text that is not known: a literal, or a variable that
// stands for some text. A variable alone may stand for a list, too.
type piece struct {
	text     string
	variable *variable
}

// Field returns the value of a property: NoValue if v does not have it. Of an
// unknown v, every property is unknown.
func (v Value) Field(name string) Value {
	switch v.Kind {
	case Unknown:
		return v
	case Object:
		for _, f := range v.Fields {
			if f.Name == name {
				return f.Value
			}
		}
	}
	return Value{Kind: NoValue, at: v.at}
}

func text(s string) Value { return Value{Kind: Text, Text: s} }

func truth(b bool) Value { return text(strconv.FormatBool(b)) }

func (v Value) isTrue() bool { return v.Kind == Text && v.Text == "true" }

func invalid(at int, reason string) Value {
	return Value{Kind: Unknown, Reason: reason, at: at, Invalid: true}
}

// refuse returns a value that CloudFormation refuses under these parameter values,
// although it may accept others.
func refuse(at int, reason string) Value {
	v := invalid(at, reason)
	v.refused = true
	return v
}

// Shown returns a text with U+FFFC for each part that is not known. It is empty for
// what is not a text.
func (v Value) Shown() string {
	var b strings.Builder
	for _, p := range v.parts() {
		if p.variable != nil {
			b.WriteString("\uFFFC")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// isTextual reports whether v is a text, known or not.
func (v Value) isTextual() bool {
	return v.Kind == Text || v.Kind == Unknown && len(v.pieces) > 0
}

// parts returns the pieces of a text.
func (v Value) parts() []piece {
	if v.Kind == Text {
		if v.Text == "" {
			return nil
		}
		return []piece{{text: v.Text}}
	}
	return v.pieces
}

// isKnown reports whether nothing in v is unknown.
func (v Value) isKnown() bool {
	if v.Kind == Unknown {
		return false
	}
	for _, item := range v.Items {
		if !item.isKnown() {
			return false
		}
	}
	for _, f := range v.Fields {
		if !f.Value.isKnown() {
			return false
		}
	}
	return true
}

// findVariable returns the first variable in v of which a function is true, or
// nil.
func (v Value) findVariable(is func(*variable) bool) *variable {
	for _, p := range v.pieces {
		if p.variable != nil && is(p.variable) {
			return p.variable
		}
	}
	for _, item := range v.Items {
		if x := item.findVariable(is); x != nil {
			return x
		}
	}
	for _, f := range v.Fields {
		if x := f.Value.findVariable(is); x != nil {
			return x
		}
	}
	return nil
}

// key returns a name that only equal values have.
func (v Value) key() string {
	var b strings.Builder
	v.writeKey(&b)
	return b.String()
}

func (v Value) writeKey(b *strings.Builder) {
	switch v.Kind {
	case Text, Unknown:
		if v.Invalid {
			b.WriteString("!" + strconv.Itoa(v.at))
		}
		for _, p := range v.parts() {
			if p.variable != nil {
				b.WriteString("$" + strconv.Itoa(p.variable.index))
			} else {
				b.WriteString(strconv.Quote(p.text))
			}
		}
	case NoValue:
		b.WriteString("-")
	case List:
		b.WriteString("[")
		for _, item := range v.Items {
			item.writeKey(b)
			b.WriteString(",")
		}
		b.WriteString("]")
	case Object:
		b.WriteString("{")
		for _, f := range v.Fields {
			b.WriteString(strconv.Quote(f.Name) + ":")
			f.Value.writeKey(b)
			b.WriteString(",")
		}
		b.WriteString("}")
	}
}

// fault returns what is Invalid in v, if anything; what is wrong whatever the
// parameters are comes first.
func (v Value) fault() (Value, bool) {
	var found Value
	look := func(inner Value) {
		if f, ok := inner.fault(); ok && (!found.Invalid || found.refused && !f.refused) {
			found = f
		}
	}
	if v.Invalid {
		return v, true
	}
	for _, item := range v.Items {
		look(item)
	}
	for _, f := range v.Fields {
		look(f.Value)
	}
	return found, found.Invalid
}

// faultAmong returns what is Invalid in some values, if anything.
func faultAmong(values ...Value) (Value, bool) {
	return Value{Kind: List, Items: values}.fault()
}
