package cfn

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A Segment is a part of a scalar's text and the part of the source that it
// comes from.
type Segment struct {
	Text   Span // within the text, in bytes
	Source Span

	// Exact says that the bytes are the same and each stands for itself. Others
	// (an escape, a folded line break with the indentation after it) belong
	// together.
	Exact bool
}

// decoder collects the segments of a scalar.
type decoder struct {
	src      string
	text     strings.Builder
	segments []Segment
}

// copy appends source bytes that stand for themselves.
func (d *decoder) copy(from, to int) {
	if from >= to {
		return
	}
	if k := len(d.segments) - 1; k >= 0 {
		if s := &d.segments[k]; s.Exact && s.Source.End == from {
			s.Text.End += to - from
			s.Source.End = to
			d.text.WriteString(d.src[from:to])
			return
		}
	}
	start := d.text.Len()
	d.segments = append(d.segments, Segment{Span{start, start + to - from}, Span{from, to}, true})
	d.text.WriteString(d.src[from:to])
}

// put appends text that the source bytes from..to stand for as a whole.
func (d *decoder) put(text string, from, to int) {
	start := d.text.Len()
	d.segments = append(d.segments, Segment{Span{start, start + len(text)}, Span{from, to}, false})
	d.text.WriteString(text)
}

// Segments returns the segments of a scalar in order. It returns false if they do
// not add up to its text, since what is not fully understood must not be edited.
func (t *Template) Segments(n *Node) ([]Segment, bool) {
	d := &decoder{src: t.src}
	switch n.Style {
	case Literal, Folded:
		t.decodeBlock(d, n)
	case DoubleQuoted, JSONString, SingleQuoted:
		d.flow(n.body+1, n.Span.End-1, n.Style)
	default:
		d.flow(n.body, n.Span.End, n.Style)
	}
	return d.segments, d.text.String() == n.Value
}

// decodeBlock reads a literal or folded scalar (YAML 1.1, section 9.3).
func (t *Template) decodeBlock(d *decoder, n *Node) {
	indent := t.BlockIndent(n)
	if indent < 0 {
		return
	}
	var breaks []int // line breaks since the last text
	wasSpaced := false
	for i, end := t.blockLines(n), n.Span.End; i < end; {
		eol := min(t.LineEnd(i), end)
		spaces := len(t.src[i:eol]) - len(strings.TrimLeft(t.src[i:eol], " "))
		start := i + min(spaces, indent)
		if start < eol {
			spaced := isBlank(t.src[start])
			folds := n.Style == Folded && !wasSpaced && !spaced && len(d.segments) > 0
			d.breaks(breaks, start, folds)
			d.copy(start, eol)
			breaks, wasSpaced = breaks[:0], spaced
		}
		i = eol
		if eol < end {
			breaks = append(breaks, eol)
			i += lineBreak(t.src, eol)
		}
	}
	// Chomping: how many of the last line breaks belong to the text.
	tail := len(n.Value) - d.text.Len()
	if tail >= 0 && tail <= len(breaks) {
		d.breaks(breaks[:tail], n.Span.End, false)
	}
}

// breaks puts the line feeds that the line breaks at these offsets stand for;
// the text goes on at offset next. Where lines are folded, a single break is a
// space, and the first of several is dropped.
func (d *decoder) breaks(at []int, next int, folded bool) {
	if folded && len(at) == 1 {
		d.put(" ", at[0], next)
		return
	}
	for i, from := range at {
		to := next
		if i+1 < len(at) {
			to = at[i+1]
		}
		if folded && i == 0 {
			d.put("", from, to)
			continue
		}
		d.put("\n", from, to)
	}
}

// flow reads a quoted or plain scalar between its quotes.
func (d *decoder) flow(i, end int, style Style) {
	for i < end {
		c := d.src[i]
		switch {
		case style == JSONString && c != '\\':
			d.copy(i, i+1)
			i++
		case isBlank(c):
			i = d.fold(i, end)
		case c == '\\' && (style == DoubleQuoted || style == JSONString):
			i = d.escape(i, end, style)
		case c == '\'' && style == SingleQuoted:
			d.put("'", i, i+2)
			i += 2
		default:
			d.copy(i, i+1)
			i++
		}
	}
}

// fold reads white space. Within a line it stays as it is; with line breaks in it,
// the first break is a space and every further one a line feed.
func (d *decoder) fold(i, end int) int {
	from, breaks := i, 0
	for i < end && isBlank(d.src[i]) {
		if n := lineBreak(d.src, i); n > 0 {
			breaks++
			i += n
			continue
		}
		i++
	}
	switch breaks {
	case 0:
		d.copy(from, i)
	case 1:
		d.put(" ", from, i)
	default:
		d.put(strings.Repeat("\n", breaks-1), from, i)
	}
	return i
}

// unescape returns what an escape of one character stands for (YAML 1.1,
// section 5.6; JSON's are among them).
func unescape(c byte) string {
	const from = "0abtnvfre"
	const to = "\x00\a\b\t\n\v\f\r\x1b"
	if k := strings.IndexByte(from, c); k >= 0 {
		return to[k : k+1]
	}
	switch c {
	case 'N':
		return "\u0085"
	case '_':
		return "\u00a0"
	case 'L':
		return "\u2028"
	case 'P':
		return "\u2029"
	}
	return string(rune(c)) // space, tab, quote, slash, backslash
}

// hexDigits returns how many digits the escape \x, \u or \U has, or 0 for any other.
func hexDigits(c byte) int {
	switch c {
	case 'x':
		return 2
	case 'u':
		return 4
	case 'U':
		return 8
	}
	return 0
}

// escape reads one escape sequence.
func (d *decoder) escape(i, end int, style Style) int {
	if i+1 >= end {
		return end
	}
	c := d.src[i+1]
	if digits := hexDigits(c); digits > 0 {
		next := i + 2 + digits
		r := d.hex(i+2, next, end)
		if style == JSONString && utf16.IsSurrogate(r) && next+1 < end && d.src[next] == '\\' && d.src[next+1] == 'u' {
			if pair := utf16.DecodeRune(r, d.hex(next+2, next+6, end)); pair != utf8.RuneError {
				d.put(string(pair), i, next+6)
				return next + 6
			}
		}
		d.put(string(r), i, min(next, end))
		return next
	}
	if n := lineBreak(d.src, i+1); n > 0 && style == DoubleQuoted {
		next, breaks := i+1+n, 0
		for next < end && isBlank(d.src[next]) {
			if n := lineBreak(d.src, next); n > 0 {
				breaks++
				next += n
				continue
			}
			next++
		}
		d.put(strings.Repeat("\n", breaks), i, next)
		return next
	}
	d.put(unescape(c), i, i+2)
	return i + 2
}

func (d *decoder) hex(from, to, end int) rune {
	if to > end {
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(d.src[from:to], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(v)
}
