package edit

import (
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A token is a part of the text of Fn::Sub: literal text or a variable.
type token struct {
	text     string // literal, without the "!" of "${!"
	name     string // of a variable
	from, to int    // in the text of Fn::Sub; "${!" is split after "${"
}

// variables splits the text of Fn::Sub ("${Name}" and "${!Literal}" in the
// reference of Fn::Sub, AWS CloudFormation User Guide). A "${" that is not closed
// is literal.
func variables(text string) []token {
	var tokens []token
	literal := func(from, to int) {
		if from < to {
			tokens = append(tokens, token{text: text[from:to], from: from, to: to})
		}
	}
	from := 0 // of the literal text that is read
	for at := 0; ; {
		open := strings.Index(text[at:], "${")
		if open < 0 {
			break
		}
		open += at
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		end := open + length + 1
		if text[open+2] == '!' {
			literal(from, open+2)
			from = open + 3
		} else if name := strings.TrimSpace(text[open+2 : end-1]); name != "" {
			literal(from, open)
			tokens = append(tokens, token{name: name, from: open, to: end})
			from = end
		}
		at = end
	}
	literal(from, len(text))
	return tokens
}

// Variables returns the names of what a call of Fn::Sub puts into its text, the
// variables of its own map aside, in order; arg is its argument.
func Variables(arg *cfn.Node) []string {
	text, own := subText(arg)
	if text == nil {
		return nil
	}
	var names []string
	for _, t := range variables(text.Value) {
		if t.name != "" && own.Get(t.name) == nil {
			names = append(names, t.name)
		}
	}
	return names
}

// subText returns the text and the map of variables of Fn::Sub, or nil if arg is
// not its argument.
func subText(arg *cfn.Node) (text, own *cfn.Node) {
	switch {
	case arg == nil:
	case arg.Kind == cfn.Scalar:
		return arg, nil
	case len(arg.Items) == 1 && arg.Items[0].Kind == cfn.Scalar:
		return arg.Items[0], nil
	case len(arg.Items) == 2 && arg.Items[0].Kind == cfn.Scalar:
		return arg.Items[0], arg.Items[1]
	}
	return nil, nil
}

// cut returns the tokens from a place of the text to another.
func cut(tokens []token, from, to int) []token {
	var some []token
	for _, t := range tokens {
		start, end := max(t.from, from), min(t.to, to)
		if start >= end {
			continue
		}
		if t.name == "" {
			t.text = t.text[start-t.from : end-t.from]
		}
		some = append(some, t)
	}
	return some
}

// sameTokens reports whether two texts of Fn::Sub make the same.
func sameTokens(a, b []token) bool { return flat(a) == flat(b) }

// flat writes tokens in one way. No text of a template has a NUL.
func flat(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		if t.name != "" {
			b.WriteString("\x00" + t.name + "\x00")
		}
		b.WriteString(t.text)
	}
	return b.String()
}
