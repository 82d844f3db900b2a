package cfn

import "strings"

// A Value is what an expression evaluates to under given parameters.
type Value struct {
	Kind   ValueKind
	Text   string  // of an IsText
	Items  []Value // of an IsList; the alternatives of an IsOneOf
	Fields []Field // of an IsObject, in order
	Reason string  // why it IsUnknown
	At     int     // offset in the source of what is unknown

	// Invalid is set where the template is at fault, so that CloudFormation would
	// refuse it: a name that is not there, a wrong number of arguments, a cycle.
	Invalid bool
}

// A Field is a property of an object.
type Field struct {
	Name  string
	Value Value
}

// ValueKind says what a [Value] is.
type ValueKind uint8

// The kinds of values. IsUnknown is what only a deployment knows, or what
// CloudFormation would refuse. IsOneOf is one of several, where it is unknown
// which. IsNoValue is AWS::NoValue.
const (
	IsUnknown ValueKind = iota
	IsText
	IsList
	IsObject
	IsNoValue
	IsOneOf
)

// Field returns the value of a property: IsNoValue where v does not have it.
// Of an unknown v, every property is unknown.
func (v Value) Field(name string) Value {
	switch v.Kind {
	case IsUnknown:
		return v
	case IsOneOf:
		alternatives := make([]Value, len(v.Items))
		for i, item := range v.Items {
			alternatives[i] = item.Field(name)
		}
		return Value{Kind: IsOneOf, Items: alternatives}
	case IsObject:
		for _, f := range v.Fields {
			if f.Name == name {
				return f.Value
			}
		}
	}
	return Value{Kind: IsNoValue}
}

// Alternatives returns the values that v may be: those of an IsOneOf and of
// the IsOneOf in it, else v alone.
func (v Value) Alternatives() []Value {
	if v.Kind != IsOneOf {
		return []Value{v}
	}
	var all []Value
	for _, item := range v.Items {
		all = append(all, item.Alternatives()...)
	}
	return all
}

func text(s string) Value { return Value{Kind: IsText, Text: s} }

func unknown(at int, reason string) Value { return Value{Kind: IsUnknown, Reason: reason, At: at} }

func invalid(at int, reason string) Value {
	return Value{Kind: IsUnknown, Reason: reason, At: at, Invalid: true}
}

// unknownAmong returns the first value that is not known, if any.
func unknownAmong(values ...Value) (Value, bool) {
	for _, v := range values {
		switch v.Kind {
		case IsUnknown:
			return v, true
		case IsOneOf:
			return unknown(v.At, "it depends on a condition that is not known"), true
		}
	}
	return Value{}, false
}

// bounded is a text made of others, or unknown where it is longer than maxText.
func bounded(at int, s string) Value {
	if len(s) > maxText {
		return tooLong(at)
	}
	return text(s)
}

func tooLong(at int) Value { return unknown(at, "the text is too long") }

// join joins texts, or says why it cannot.
func join(at int, delimiter string, items []Value) Value {
	if v, ok := unknownAmong(items...); ok {
		return v
	}
	parts := make([]string, 0, len(items))
	size := 0
	for _, item := range items {
		switch item.Kind {
		case IsText:
			if size += len(item.Text) + len(delimiter); size > maxText {
				return tooLong(at)
			}
			parts = append(parts, item.Text)
		case IsNoValue:
		default:
			return unknown(at, "a part of the text is no text")
		}
	}
	return text(strings.Join(parts, delimiter))
}
