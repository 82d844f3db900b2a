package cfn

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// ScalarText returns the text that CloudFormation makes of a scalar, as a value or
// as a key. YAML 1.1 takes some words without quotes for something other than
// text: yes, off and True are booleans, whose texts are "true" and "false", and 010
// is the number 8. It returns false for what is not certain: numbers that can be
// written in another way, such as 1.50, 1_000 or 1:30, dates, y and n, and null. It
// also returns false for a node that is not a scalar.
//
// https://yaml.org/type/ lists the words; the resolvers of SnakeYAML and PyYAML
// follow it except for y and n.
func ScalarText(t *Template, n *Node) (string, bool) {
	if n == nil || n.Kind != Scalar {
		return "", false
	}
	if n.Style != Plain {
		return n.Value, true
	}
	if t.Format() == YAML {
		before := strings.TrimSuffix(t.Source()[n.Span.Start:n.Span.End], n.Value)
		switch {
		case strings.Contains(before, "!!str "):
			return n.Value, true
		case strings.Contains(before, "!!int "), strings.Contains(before, "!!bool "):
		case strings.Contains(before, "!"): // another tag
			return "", false
		}
	}
	return PlainText(n.Value)
}

// PlainText returns what [ScalarText] returns for a scalar that is written as s.
func PlainText(s string) (string, bool) {
	switch s {
	case "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE":
		return "true", true
	case "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE":
		return "false", true
	case "y", "Y", "n", "N", "", "~", "null", "Null", "NULL", "=", "<<":
		return "", false
	}
	return numberText(s)
}

// numberText returns the text of a plain scalar that is not one of the words.
func numberText(s string) (string, bool) {
	if !strings.ContainsAny(s[:1], "+-.0123456789") {
		return s, true
	}
	switch {
	case wholeNumber().MatchString(s):
		return s, true
	case octalNumber().MatchString(s):
		n, err := strconv.ParseUint(s, 8, 63)
		return strconv.FormatUint(n, 10), err == nil
	case decimalNumber().MatchString(s): // each notation of it is this one
		return s, true
	}
	return s, !otherNumber().MatchString(s)
}

// pattern returns a regular expression that is compiled when first used.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

var (
	wholeNumber   = pattern(`^(0|-?[1-9][0-9]{0,17})$`)
	octalNumber   = pattern(`^0[0-7]+$`)
	decimalNumber = pattern(`^-?([1-9][0-9]{0,5}\.[0-9]{0,8}[1-9]|0\.[1-9][0-9]{0,8}[1-9]|0\.[1-9])$`)

	// What YAML 1.1 or JSON takes for a number or a date, and more.
	otherNumber = pattern(`^([-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?` + // 1_000, 1., 1.50, 1e3
		`|[-+]?\.[0-9_]+([eE][-+]?[0-9]+)?` + // .5
		`|[-+]?0[bxo][0-9a-fA-F_]+` + // 0x1f
		`|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?` + // 1:30
		`|[-+]?\.(inf|Inf|INF|nan|NaN|NAN)` +
		`|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?)$`) // 2026-01-31
)
