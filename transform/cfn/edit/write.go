package edit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A Value is what an edit writes into a template: a [Scalar], or a [Map], [List]
// or [Call] of them.
type Value struct {
	text  string
	quote Quote
	pairs []Pair
	items []Value
	kind  cfn.Kind

	isCall bool // a mapping that is a function with its argument
}

// A Pair is a key and value of a new mapping.
type Pair struct {
	Key   string
	Value Value
}

// Quote says how YAML writes a new scalar. JSON quotes all but [Number] and
// [Integer].
type Quote uint8

// The ways to write a scalar. Unquoted is for words that YAML reads as strings;
// Number for what is not a string in JSON either; Integer for what must not
// become a string where it replaces one; Lines for a text of several lines, which
// becomes a literal scalar in block style.
const (
	Unquoted Quote = iota
	Number
	Integer
	InSingleQuotes
	InDoubleQuotes
	Lines
)

// Scalar returns a scalar to write.
func Scalar(text string, q Quote) Value { return Value{kind: cfn.Scalar, text: text, quote: q} }

// Map returns a mapping to write.
func Map(pairs ...Pair) Value { return Value{kind: cfn.Mapping, pairs: pairs} }

// List returns a sequence to write.
func List(items ...Value) Value { return Value{kind: cfn.Sequence, items: items} }

// Call returns a call of an intrinsic function, by its long name, to write. It
// becomes a short form in YAML unless all functions of the template are in long
// form; otherwise, and in JSON, it is a mapping.
func Call(function string, arg Value) Value {
	return Value{kind: cfn.Mapping, isCall: true, pairs: []Pair{{function, arg}}}
}

// GetAtt returns the call that gives an attribute of a resource.
func GetAtt(logicalID, attribute string) Value {
	return Call("Fn::GetAtt", List(name(logicalID), Scalar(attribute, Unquoted)))
}

// Ref returns a reference to a parameter or a resource.
func Ref(to string) Value { return Call("Ref", name(to)) }

// name returns the name of a resource as a function takes it: the logical ID itself, or
// an Fn::Sub if the variable of an Fn::ForEach is in it.
func name(logicalID string) Value {
	if strings.Contains(logicalID, "{") {
		return Sub(logicalID, InDoubleQuotes)
	}
	return Scalar(logicalID, Unquoted)
}

// Sub returns the call that replaces the variables in a text.
func Sub(text string, q Quote) Value { return Call("Fn::Sub", Scalar(text, q)) }

// QuoteOf returns the quotes around n, so that a new value can have the same.
func QuoteOf(n *cfn.Node) Quote {
	switch n.Style {
	case cfn.SingleQuoted:
		return InSingleQuotes
	case cfn.DoubleQuoted, cfn.JSONString:
		return InDoubleQuotes
	}
	return Unquoted
}

// blockPair writes a pair in block style, as lines without the indentation
// that is common to all.
func (t writer) blockPair(p Pair, keys cfn.Style, unit string) []string {
	key := p.Key + ":"
	switch keys {
	case cfn.DoubleQuoted:
		key = `"` + p.Key + `":`
	case cfn.SingleQuoted:
		key = "'" + p.Key + "':"
	}
	if t.isShort(p.Value) {
		call := p.Value.pairs[0]
		return t.blockValue(key+" "+tag(call), t.shortArgument(call), keys, unit)
	}
	return t.blockValue(key, p.Value, keys, unit)
}

// blockValue writes a value in block style after its key, or after that and the
// tag of a short form.
func (t writer) blockValue(before string, v Value, keys cfn.Style, unit string) []string {
	lines := []string{before}
	switch {
	case v.isCall && v.pairs[0].Value.isPlain(): // as Fn::GetAtt: [A, B]
		lines = append(lines, unit+v.pairs[0].Key+": "+t.inline(v.pairs[0].Value, false))
	case v.kind == cfn.Mapping && len(v.pairs) > 0:
		for _, q := range v.pairs {
			for _, line := range t.blockPair(q, keys, unit) {
				lines = append(lines, indentLine(unit, line))
			}
		}
	case v.kind == cfn.Sequence && len(v.items) > 0 && strings.HasSuffix(before, ":"):
		indent := t.sequenceIndent(unit)
		for _, item := range v.items {
			lines = append(lines, t.blockItem(item, indent, unit)...)
		}
	case v.kind == cfn.Scalar && v.quote == Lines && isLiteral(v.text):
		lines[0] += " |"
		for _, line := range strings.Split(strings.TrimSuffix(v.text, "\n"), "\n") {
			lines = append(lines, indentLine(unit, line))
		}
	default:
		lines[0] += " " + t.inline(v, !strings.HasSuffix(before, ":"))
	}
	return lines
}

// isLiteral reports whether a text reads as itself from a literal block scalar
// without an indicator, by trying it.
func isLiteral(text string) bool {
	lines := "k: |\n"
	for line := range strings.Lines(text) {
		lines += indentLine(" ", strings.TrimSuffix(line, "\n")) + "\n"
	}
	read, err := cfn.Parse([]byte(lines))
	return err == nil && len(read.Root().Pairs) == 1 && read.Root().Pairs[0].Value.Value == text
}

// blockItem writes an item of a sequence in block style.
func (t writer) blockItem(v Value, indent, unit string) []string {
	if v.kind != cfn.Mapping || v.isCall || len(v.pairs) == 0 {
		return []string{indent + "- " + t.inline(v, false)}
	}
	var lines []string
	for _, p := range v.pairs {
		lines = append(lines, t.blockPair(p, cfn.Plain, unit)...)
	}
	for i, line := range lines {
		if i == 0 {
			lines[i] = indent + "- " + line
		} else {
			lines[i] = indentLine(indent+"  ", line)
		}
	}
	return lines
}

// isPlain reports whether a value is a scalar on one line, or a list of such.
func (v Value) isPlain() bool {
	for _, item := range v.items {
		if item.kind != cfn.Scalar {
			return false
		}
	}
	return v.kind == cfn.Sequence || v.kind == cfn.Scalar && v.quote != Lines
}

// isShort reports whether a value is a function to write in short form.
func (t writer) isShort(v Value) bool { return v.isCall && t.UsesShortForm() }

// tag returns the tag of the short form of a function.
func tag(call Pair) string { return "!" + strings.TrimPrefix(call.Key, "Fn::") }

// shortArgument returns the argument of a function as the short form has it.
func (t writer) shortArgument(call Pair) Value {
	if arg := call.Value; call.Key == "Fn::GetAtt" && arg.isPlain() && len(arg.items) == 2 {
		return Scalar(arg.items[0].text+"."+arg.items[1].text, Unquoted)
	}
	return call.Value
}

// indentLine indents a line that is not empty.
func indentLine(indent, line string) string {
	if line == "" {
		return ""
	}
	return indent + line
}

// indented writes a value in JSON over several lines; newline is a line break
// and the indentation of the line that the value starts on.
func (t writer) indented(v Value, newline, colon, unit string) string {
	var parts []string
	open, closing := "{", "}"
	switch v.kind {
	case cfn.Mapping:
		for _, p := range v.pairs {
			parts = append(parts, t.quoted(p.Key)+colon+t.indented(p.Value, newline+unit, colon, unit))
		}
	case cfn.Sequence:
		open, closing = "[", "]"
		for _, item := range v.items {
			parts = append(parts, t.indented(item, newline+unit, colon, unit))
		}
	default:
		return t.inline(v, false)
	}
	return open + newline + unit + strings.Join(parts, ","+newline+unit) + newline + closing
}

// afterComma returns what the template writes after a comma on one line: nothing
// in minified JSON, else a space.
func (t writer) afterComma() string {
	if t.Format() == cfn.JSON && !t.hasLines() {
		if root := t.Root(); len(root.Pairs) > 0 && root.Pairs[0].Value.Span.Start == root.Pairs[0].Key.Span.End+1 {
			return ""
		}
	}
	return " "
}

// inline writes a value on one line; isTagged says that the tag of a short form
// comes before it, after which there cannot be another.
func (t writer) inline(v Value, isTagged bool) string {
	space := t.afterComma()
	var parts []string
	switch {
	case t.isShort(v) && !isTagged:
		return tag(v.pairs[0]) + " " + t.inline(t.shortArgument(v.pairs[0]), true)
	case v.kind == cfn.Mapping:
		for _, p := range v.pairs {
			parts = append(parts, t.quoted(p.Key)+":"+space+t.inline(p.Value, false))
		}
		return "{" + strings.Join(parts, ","+space) + "}"
	case v.kind == cfn.Sequence:
		for _, item := range v.items {
			parts = append(parts, t.inline(item, false))
		}
		return "[" + strings.Join(parts, ","+space) + "]"
	}
	switch {
	case v.quote == Number, v.quote == Integer:
		return v.text
	case t.Format() == cfn.JSON || v.quote == InDoubleQuotes || v.quote == Lines:
		return quoteJSON(v.text)
	case v.quote == InSingleQuotes:
		return "'" + strings.ReplaceAll(v.text, "'", "''") + "'"
	}
	return v.text
}

// quoted writes a key on one line.
func (t writer) quoted(key string) string {
	if t.Format() == cfn.JSON || strings.ContainsAny(key, ":{}[],") {
		return quoteJSON(key)
	}
	return key
}

// quoteJSON writes text as a JSON string, which YAML reads in double quotes too.
func quoteJSON(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	text = strings.TrimSuffix(b.String(), "\n")
	if !strings.ContainsFunc(text, isEscaped) {
		return text
	}
	b.Reset()
	for _, r := range text {
		if isEscaped(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isEscaped reports whether YAML has a character in escapes only, and JSON as
// itself (YAML 1.1, section 5.1).
func isEscaped(r rune) bool {
	return r >= 0x7F && r < 0xA0 || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF
}
