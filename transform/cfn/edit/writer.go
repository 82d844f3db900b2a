package edit

import (
	"strings"
	"unicode/utf8"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A writer writes values in the notation and style of a template.
type writer struct {
	*cfn.Template
	src string
}

func newWriter(t *cfn.Template) writer { return writer{t, t.Source()} }

// eol returns the line end to write at offset: the one that ends the line of
// offset, or the line before it if that is the last.
func (t writer) eol(offset int) string {
	end := t.LineEnd(offset)
	if start := t.LineStart(len(t.src)); end == len(t.src) && start > 0 {
		end = t.LineEnd(t.LineStart(start - 1))
	}
	if strings.HasPrefix(t.src[end:], "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// indent returns the white space that puts a new line into the column of
// offset: the line's own where only white space comes before, else spaces.
func (t writer) indent(offset int) string {
	before := t.src[t.LineStart(offset):offset]
	if strings.Trim(before, " \t") == "" {
		return before
	}
	return strings.Repeat(" ", utf8.RuneCountInString(before))
}

// lineIndent returns the white space at the start of the line of offset.
func (t writer) lineIndent(offset int) string {
	line := t.src[t.LineStart(offset):]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// hasLines reports whether the template has more than one line.
func (t writer) hasLines() bool {
	next := t.NextLine(0)
	return next < len(t.src)
}

// endsInBlockScalar reports whether the last line of n belongs to a literal or
// folded scalar, where a line put after it could change its text.
func endsInBlockScalar(n *cfn.Node) bool {
	switch {
	case n.Kind == cfn.Scalar:
		return n.Style == cfn.Literal || n.Style == cfn.Folded
	case n.Style == cfn.Flow:
		return false
	case n.Kind == cfn.Mapping && len(n.Pairs) > 0:
		return endsInBlockScalar(n.Pairs[len(n.Pairs)-1].Value)
	case n.Kind == cfn.Sequence && len(n.Items) > 0:
		return endsInBlockScalar(n.Items[len(n.Items)-1])
	}
	return false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
