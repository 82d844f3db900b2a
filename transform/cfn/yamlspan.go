package cfn

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// closing returns the end of a collection whose last child ends at end: after
// the closing bracket of a flow collection, or else end itself.
func (r *yamlReader) closing(n *Node, end int, opening, bracket byte) int {
	if n.Style != Flow || n.body >= len(r.src) || r.src[n.body] != opening {
		return end // also the pair of "[a: b]", a mapping without brackets
	}
	if end == n.body {
		end++
	}
	for {
		end = r.skipSpace(end)
		switch {
		case end < len(r.src) && (r.src[end] == ',' || r.src[end] == ':'):
			end++
		case end < len(r.src) && r.src[end] == bracket:
			return end + 1
		default:
			return end
		}
	}
}

// scalar sets the style and the end of a scalar.
func (r *yamlReader) scalar(n *Node, y *yaml.Node) {
	src := r.src
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Style = DoubleQuoted
		i := n.body + 1
		for i < len(src) && src[i] != '"' {
			if src[i] == '\\' {
				i++
			}
			i++
		}
		n.Span.End = min(i+1, len(src))
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Style = SingleQuoted
		i := n.body + 1
		for i < len(src) {
			if src[i] == '\'' {
				if i+1 >= len(src) || src[i+1] != '\'' {
					break
				}
				i++
			}
			i++
		}
		n.Span.End = min(i+1, len(src))
	case y.Style&yaml.LiteralStyle != 0:
		n.Style = Literal
		n.Span.End = r.literalEnd(n)
	case y.Style&yaml.FoldedStyle != 0:
		n.Style = Folded
		n.Span.End = r.foldedEnd(n)
	default:
		n.Span.End = plainEnd(src, n.body, n.Value)
	}
}

// plainEnd returns the end of a plain scalar. It has no escapes, so its source
// is its text except for the white space where lines were folded.
func plainEnd(src string, start int, value string) int {
	if end := start + len(value); end <= len(src) && src[start:end] == value {
		return end // on one line
	}
	i, end := start, start
	for k := 0; k < len(value); {
		c := value[k]
		if n := lineBreak(value, k); n > 0 || isBlank(c) {
			k += max(n, 1)
			continue
		}
		for i < len(src) && src[i] != c {
			i++
		}
		if i >= len(src) {
			return end
		}
		i++
		k++
		end = i
	}
	return end
}

// blockLines returns where the first line of a block scalar starts.
func (t *Template) blockLines(n *Node) int {
	i := t.LineEnd(n.body)
	if i >= len(t.src) {
		return i
	}
	return i + lineBreak(t.src, i)
}

// literalEnd counts off the lines that the text of a literal scalar has.
func (t *Template) literalEnd(n *Node) int {
	lines := 0
	for i := 0; i < len(n.Value); {
		if k := lineBreak(n.Value, i); k > 0 {
			lines++
			i += k
			if i == len(n.Value) {
				lines--
			}
			continue
		}
		i++
	}
	if n.Value == "" {
		return t.LineEnd(n.body)
	}
	end := t.blockLines(n)
	for ; lines >= 0 && end < len(t.src); lines-- {
		end = t.LineEnd(end)
		if end < len(t.src) {
			end += lineBreak(t.src, end)
		}
	}
	return end
}

// foldedEnd looks for the first line that is indented less than the text.
func (t *Template) foldedEnd(n *Node) int {
	indent, end := t.BlockIndent(n), t.LineEnd(n.body)
	if indent < 0 {
		return end
	}
	for i := t.blockLines(n); i < len(t.src); {
		next := t.LineEnd(i)
		line := t.src[i:next]
		if next < len(t.src) {
			next += lineBreak(t.src, next)
		}
		text := strings.TrimLeft(line, " ")
		if len(text) > 0 {
			if len(line)-len(text) < indent {
				break
			}
			end = next
		}
		i = next
	}
	// Of the empty lines after, those belong to it whose line feeds it keeps.
	for kept := len(n.Value) - len(strings.TrimRight(n.Value, "\n")); kept > 1 && end < len(t.src); kept-- {
		end = t.LineEnd(end)
		if end < len(t.src) {
			end += lineBreak(t.src, end)
		}
	}
	return end
}

// BlockIndent returns the number of spaces by which the text of a block scalar
// is indented, or -1 where it has no text. Spaces that its first line has
// beyond that belong to its value and are seen there.
func (t *Template) BlockIndent(n *Node) int {
	spaces := func(s string) int {
		text := strings.TrimLeft(s, " \r\n")
		if len(text) == 0 {
			return -1
		}
		before := s[:len(s)-len(text)]
		return len(before) - (strings.LastIndexAny(before, "\r\n") + 1)
	}
	inValue := spaces(n.Value)
	if inValue < 0 {
		return -1
	}
	return spaces(t.src[t.blockLines(n):]) - inValue
}

// skipSpace returns the offset after white space, line breaks and comments.
func (t *Template) skipSpace(i int) int {
	for i < len(t.src) {
		switch {
		case isBlank(t.src[i]):
			i++
		case lineBreak(t.src, i) > 0:
			i += lineBreak(t.src, i)
		case t.src[i] == '#' && (i == 0 || isBlank(t.src[i-1])):
			i = t.LineEnd(i)
		default:
			return i
		}
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
