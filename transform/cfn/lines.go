package cfn

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// runeStep is how far apart characters have been counted: a template may be one
// line, whose every column would else be counted from its start.
const runeStep = 1 << 10

// A Position is a place in a template.
type Position struct {
	Offset int // bytes, from 0
	Line   int // from 1
	Column int // characters, from 1; a byte order mark counts as none
}

func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Position returns the place of a byte offset.
func (t *Template) Position(offset int) Position {
	line := sort.SearchInts(t.lines, offset+1) - 1
	if line < 0 {
		return Position{Offset: offset, Line: 1, Column: 1}
	}
	column := offset - t.lines[line]
	if !t.isASCII {
		column = t.runesBefore(offset) - t.runesBefore(t.lines[line])
	}
	return Position{Offset: offset, Line: line + 1, Column: column + 1}
}

// runesBefore returns how many characters start before a byte offset.
func (t *Template) runesBefore(offset int) int {
	step := offset / runeStep
	return t.runes[step] + runeStarts(t.Source[step*runeStep:offset])
}

// countRunes counts the characters before every runeStep bytes.
func (t *Template) countRunes() {
	n := 0
	for at := 0; ; at += runeStep {
		t.runes = append(t.runes, n)
		if at+runeStep > len(t.Source) {
			return
		}
		n += runeStarts(t.Source[at : at+runeStep])
	}
}

// runeStarts returns how many characters start in a part of UTF-8 text.
func runeStarts(src []byte) (n int) {
	for _, c := range src {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// lineStarts returns the offsets of the starts of the lines as YAML counts
// them: LF, CR LF, CR, NEL, LS and PS end a line (YAML 1.1, section 5.4).
// A byte order mark does not belong to the first line.
func lineStarts(src []byte) []int {
	starts := make([]int, 1, bytes.Count(src, []byte{'\n'})+2)
	if bytes.HasPrefix(src, []byte(bom)) {
		starts[0] = len(bom)
	}
	for i := 0; i < len(src); {
		if c := src[i]; c > '\r' && c < 0xC2 { // nearly all
			i++
			continue
		}
		n := lineBreak(src, i)
		if n == 0 {
			i++
			continue
		}
		i += n
		starts = append(starts, i)
	}
	return starts
}

// lineBreak returns the length in bytes of the line break at i, or 0.
func lineBreak[T string | []byte](s T, i int) int {
	switch s[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(s) && s[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xC2: // U+0085
		if i+1 < len(s) && s[i+1] == 0x85 {
			return 2
		}
	case 0xE2: // U+2028, U+2029
		if i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xA8 || s[i+2] == 0xA9) {
			return 3
		}
	}
	return 0
}

// lineStart returns the offset at which the line of offset starts.
func (t *Template) lineStart(offset int) int {
	line := max(sort.SearchInts(t.lines, offset+1)-1, 0)
	return t.lines[line]
}

// lineEnd returns the offset of the line break that ends the line of offset,
// or of the end of the source.
func (t *Template) lineEnd(offset int) int {
	next := sort.SearchInts(t.lines, offset+1)
	if next == len(t.lines) {
		return len(t.Source)
	}
	end := t.lines[next]
	for _, n := range []int{2, 3} { // CR LF and NEL, LS and PS
		if i := end - n; i >= offset && lineBreak(t.Source, i) == n {
			return i
		}
	}
	return end - 1
}

// eol returns the line end to write at offset: the one that ends the line of
// offset, or the line before it where that is the last.
func (t *Template) eol(offset int) string {
	end := t.lineEnd(offset)
	if end == len(t.Source) && len(t.lines) > 1 {
		end = t.lineEnd(t.lines[len(t.lines)-2])
	}
	if bytes.HasPrefix(t.Source[end:], []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// indent returns the white space that puts a new line into the column of
// offset: the line's own where only white space comes before, else spaces.
func (t *Template) indent(offset int) string {
	before := string(t.Source[t.lineStart(offset):offset])
	if strings.Trim(before, " \t") == "" {
		return before
	}
	return strings.Repeat(" ", utf8.RuneCountInString(before))
}

// lineIndent returns the white space at the start of the line of offset.
func (t *Template) lineIndent(offset int) string {
	start := t.lineStart(offset)
	end := start
	for end < len(t.Source) && (t.Source[end] == ' ' || t.Source[end] == '\t') {
		end++
	}
	return string(t.Source[start:end])
}

// hasLines reports whether the template has more than one line.
func (t *Template) hasLines() bool {
	return len(t.lines) > 2 || len(t.lines) == 2 && t.lines[1] < len(t.Source)
}
