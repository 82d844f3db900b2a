package edit

import (
	"fmt"
	"strings"

	"imdslock/transform/cfn"
)

// replaceIn replaces text[start:end] of a scalar.
func (x *Text) replaceIn(p piece, start, end int, text string) (Edit, error) {
	switch p.node.Style {
	case cfn.Literal, cfn.Folded:
		return x.template.replaceLines(p, start, end, text)
	case cfn.DoubleQuoted, cfn.JSONString:
		from, ok := p.source(start)
		to, ok2 := p.source(end)
		if ok && ok2 && (p.node.Style == cfn.JSONString || !x.template.folds(from, to, text)) {
			return splice(from, to, unquoted(text)), nil
		}
	case cfn.SingleQuoted:
		from, ok := p.source(start)
		to, ok2 := p.source(end)
		if ok && ok2 && foldable(text) && p.foldsAt(start) && p.foldsAt(end) {
			t := x.template
			indent := strings.Repeat(" ", t.Position(p.node.Body()).Column-1)
			if t.LineStart(from) > p.node.Body() {
				indent = t.lineIndent(from)
			}
			return splice(from, to, foldLines(strings.ReplaceAll(text, "'", "''"), t.eol(from), indent)), nil
		}
	}
	// No way to say it in these quotes: in double quotes there always is.
	whole := quoteJSON(p.node.Value[:start] + text + p.node.Value[end:])
	span := cfn.Span{Start: p.node.Body(), End: p.node.Span.End}
	if span.Start < span.End {
		return Edit{span, whole}, nil
	}
	if !x.template.isBehindIndicator(span.Start) {
		return Edit{}, fmt.Errorf("a key without a colon has no place for a value")
	}
	return Edit{span, " " + whole}, nil
}

// unquoted writes text as the inside of a double-quoted scalar or cfn.JSON string.
func unquoted(text string) string {
	s := quoteJSON(text)
	return s[1 : len(s)-1]
}

// folds reports whether spaces at an end of text would be lost in double quotes
// beside white space in the source, where a line may be folded.
func (t writer) folds(from, to int, text string) bool {
	beside := isBlank(t.src[from-1]) || isBlank(t.src[to])
	return beside && (text == "" || text[0] == ' ' || text[len(text)-1] == ' ')
}

// foldable reports whether lines stay as they are where cfn.YAML folds: those with
// white space at an end do not.
func foldable(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line != strings.Trim(line, " \t") {
			return false
		}
	}
	return true
}

// foldLines writes text so that folding gives it back: a line break that ends a
// line is two, and a further one for an empty line stays one.
func foldLines(text, eol, indent string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\n' {
			b.WriteByte(text[i])
			continue
		}
		b.WriteString(eol)
		if i == 0 || text[i-1] != '\n' {
			b.WriteString(eol)
		}
		if i+1 == len(text) || text[i+1] != '\n' {
			b.WriteString(indent)
		}
	}
	return b.String()
}

// foldsAt reports whether a line break may be written at a place without taking
// white space around it along.
func (p piece) foldsAt(at int) bool {
	value := p.node.Value
	return (at == 0 || value[at-1] == '\n' || !isBlank(value[at-1])) &&
		(at == len(value) || !isBlank(value[at]))
}
