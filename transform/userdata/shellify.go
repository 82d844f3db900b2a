package userdata

import (
	"cmp"
	"math/big"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// shellify writes a list of commands as the script that cloud-init makes of it
// (shellify in cloudinit/util.py): an item that is text as it is, and one that is
// a list with each of its elements in quotes. It returns false if cloud-init makes
// no script, and a reason if that is not known.
func shellify(v configValue) (s source, reason string, ok bool) {
	if v.value.Kind == yaml.ScalarNode && strings.HasPrefix(v.value.Value, placeholder) || v.value.Style&yaml.TaggedStyle != 0 {
		return s, "the value of " + v.key.Value + " is not known before the deployment", true
	}
	if v.value.Kind != yaml.SequenceNode {
		return s, "", false
	}
	var c composer
	c.add("#!/bin/sh\n", v.text.origin(v.key))
	for _, item := range v.value.Content {
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		switch kind := plainType(item); {
		case c.b.Len() > maxText: // by aliases
			return s, "its " + v.key.Value + " is too large", true
		case item.Style&yaml.TaggedStyle != 0, item.Kind == yaml.ScalarNode && item.Style == 0 && strings.HasPrefix(item.Value, placeholder):
			reason = "an item of " + v.key.Value + " is not known"
		case item.Kind == yaml.SequenceNode:
			reason = cmp.Or(v.text.addList(&c, item), reason)
		case item.Kind != yaml.ScalarNode, kind != plainText && kind != plainNull:
			return s, "", false
		case kind == plainText:
			v.text.addScalar(&c, item, false)
			c.add("\n", v.text.origin(item))
		}
	}
	return c.source(), reason, true
}

// addList adds a command that is a list.
func (t yamlText) addList(c *composer, list *yaml.Node) string {
	at := t.origin(list)
	for i, element := range list.Content {
		if i > 0 {
			c.add(" ", at)
		}
		c.add("'", at)
		if reason := t.addElement(c, element); reason != "" {
			return reason
		}
		c.add("'", at)
	}
	c.add("\n", at)
	return ""
}

// addElement adds an element of a command that is a list, as Python's str writes
// it.
func (t yamlText) addElement(c *composer, n *yaml.Node) string {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode || n.Style&yaml.TaggedStyle != 0 {
		return "an element of a command in its cloud-config is not text"
	}
	at := t.origin(n)
	switch plainType(n) {
	case plainText:
		t.addScalar(c, n, true)
	case plainNull:
		c.add("None", at)
	case plainTrue:
		c.add("True", at)
	case plainFalse:
		c.add("False", at)
	case plainInteger:
		text, ok := pythonInteger(n.Value)
		if !ok {
			return "a number in its cloud-config is not known"
		}
		c.add(text, at)
	default:
		return "an element of a command in its cloud-config is not text"
	}
	return ""
}

// A scalarType is what PyYAML takes a scalar to be.
type scalarType uint8

const (
	plainText scalarType = iota
	plainNull
	plainTrue
	plainFalse
	plainInteger
	plainOther // a float, a time, or a key of YAML's own
)

var (
	integerPattern = pattern(`^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	otherPattern   = pattern(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?` +
		`|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)` +
		`|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?` +
		`|=|<<)$`)
)

// plainType returns the type of a scalar as PyYAML resolves it, by YAML 1.1.
func plainType(n *yaml.Node) scalarType {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return plainText
	}
	if n.Kind != yaml.ScalarNode {
		return plainOther
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return plainNull
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return plainTrue
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return plainFalse
	}
	switch first := n.Value[0]; {
	case first >= '0' && first <= '9', first == '-', first == '+', first == '.', first == '=', first == '<':
		if integerPattern().MatchString(n.Value) {
			return plainInteger
		}
		if otherPattern().MatchString(n.Value) {
			return plainOther
		}
	}
	return plainText
}

// pythonInteger returns what str writes of an integer of YAML 1.1, which is
// octal where it begins with 0, and in base 60 where it has colons.
func pythonInteger(s string) (string, bool) {
	s = strings.ReplaceAll(s, "_", "")
	sign := ""
	if s[0] == '-' || s[0] == '+' {
		sign, s = strings.TrimPrefix(s[:1], "+"), s[1:]
	}
	base := 10
	switch {
	case strings.HasPrefix(s, "0b"):
		s, base = s[2:], 2
	case strings.HasPrefix(s, "0x"):
		s, base = s[2:], 16
	case strings.HasPrefix(s, "0"):
		base = 8
	}
	n := new(big.Int)
	for digits := range strings.SplitSeq(s, ":") {
		next, ok := new(big.Int).SetString(digits, base)
		if !ok {
			return "", false
		}
		n.Mul(n, big.NewInt(60)).Add(n, next)
	}
	if sign != "" {
		n.Neg(n)
	}
	return n.String(), true
}

// addScalar adds the value of a scalar. In quotes a quote is escaped as shellify
// does it.
func (t yamlText) addScalar(c *composer, n *yaml.Node, quoted bool) {
	a := aligner{text: t.source.text, at: t.offset(n), style: n.Style}
	a.begin()
	for len(n.Value) > len(a.done) {
		rest := n.Value[len(a.done):]
		at, length := a.next(rest)
		a.done = n.Value[:len(a.done)+length]
		piece := rest[:length]
		from := t.source.origin(at)
		switch {
		case quoted && piece == "'":
			c.add(`'\''`, from)
		case strings.HasPrefix(t.source.text[min(at, len(t.source.text)):], piece):
			c.copy(t.source, at, at+length)
		default:
			c.add(piece, from)
		}
	}
}

// An aligner finds the characters of a scalar's value where the scalar is written.
type aligner struct {
	text  string
	at    int // offset of what is written of the rest
	style yaml.Style
	done  string
}

// begin skips what comes before the value: properties, the quote, the header of
// a block scalar.
func (a *aligner) begin() {
	for a.at < len(a.text) && (a.text[a.at] == '&' || a.text[a.at] == '!') {
		a.at += max(1, strings.IndexAny(a.text[a.at:]+" ", " \t\r\n"))
		a.at += len(a.text[a.at:]) - len(strings.TrimLeft(a.text[a.at:], " \t\r\n"))
	}
	switch {
	case a.style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		a.at++
	case a.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if i := strings.IndexByte(a.text[min(a.at, len(a.text)):], '\n'); i >= 0 {
			a.at += i + 1
		}
	}
	a.at = min(a.at, len(a.text))
}

// next returns where the next character of a value is written, and its length in
// the value.
func (a *aligner) next(rest string) (at, length int) {
	_, length = utf8.DecodeRuneInString(rest)
	for a.style&yaml.DoubleQuotedStyle != 0 && strings.HasPrefix(a.text[a.at:], `\`) {
		if after := strings.TrimLeft(a.text[a.at+1:], " \t\r\n"); strings.HasPrefix(a.text[a.at+1:], "\n") || strings.HasPrefix(a.text[a.at+1:], "\r\n") {
			a.at = len(a.text) - len(after) // a line that is joined with the next
			continue
		}
		at = a.at
		a.at = min(len(a.text), a.at+escapeLength(a.text[a.at:]))
		return at, length
	}
	i := strings.Index(a.text[a.at:min(len(a.text), a.at+256)], rest[:length])
	if i < 0 {
		return a.at, length
	}
	at = a.at + i
	a.at = at + length
	if a.style&yaml.SingleQuotedStyle != 0 && rest[0] == '\'' {
		a.at = min(len(a.text), a.at+1) // it is written twice
	}
	return at, length
}

// escapeLength returns the length of an escape in double quotes.
func escapeLength(s string) int {
	if len(s) > 1 {
		switch s[1] {
		case 'x':
			return 4
		case 'u':
			return 6
		case 'U':
			return 10
		}
	}
	return 2
}
