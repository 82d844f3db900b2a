package cfn

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// runeStep is the distance in bytes between the places whose characters before
// them are counted: a template may be one line, in which every column would
// otherwise be counted from the start.
const runeStep = 1 << 10

// A Position is a place in a template.
type Position struct {
	Offset int // bytes, from 0
	Line   int // from 1
	Column int // characters, from 1; a byte order mark is not counted
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
	return t.runes[step] + runeStarts(t.src[step*runeStep:offset])
}

// countRunes counts the characters before every runeStep bytes.
func (t *Template) countRunes() {
	n := 0
	for at := 0; ; at += runeStep {
		t.runes = append(t.runes, n)
		if at+runeStep > len(t.src) {
			return
		}
		n += runeStarts(t.src[at : at+runeStep])
	}
}

// runeStarts returns how many characters start in a part of UTF-8 text.
func runeStarts(src string) (n int) {
	for i := range len(src) {
		if utf8.RuneStart(src[i]) {
			n++
		}
	}
	return n
}

// lineStarts returns the offsets of the starts of the lines as YAML counts
// them: LF, CR LF, CR, NEL, LS and PS end a line (YAML 1.1, section 5.4).
// A byte order mark does not belong to the first line.
func lineStarts(src string) []int {
	starts := make([]int, 1, strings.Count(src, "\n")+2)
	if strings.HasPrefix(src, bom) {
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
func lineBreak(s string, i int) int {
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

// LineStart returns the offset at which the line of offset starts. Lines end as
// in YAML 1.1 (section 5.4): after LF, CR LF, CR, NEL, LS and PS.
func (t *Template) LineStart(offset int) int {
	line := max(sort.SearchInts(t.lines, offset+1)-1, 0)
	return t.lines[line]
}

// LineEnd returns the offset of the line break that ends the line of offset,
// or of the end of the source.
func (t *Template) LineEnd(offset int) int {
	next := sort.SearchInts(t.lines, offset+1)
	if next == len(t.lines) {
		return len(t.src)
	}
	end := t.lines[next]
	for _, n := range []int{2, 3} { // CR LF and NEL, LS and PS
		if i := end - n; i >= offset && lineBreak(t.src, i) == n {
			return i
		}
	}
	return end - 1
}

// NextLine returns the offset at which the line after that of offset starts, or
// the end of the source.
func (t *Template) NextLine(offset int) int {
	next := sort.SearchInts(t.lines, offset+1)
	if next == len(t.lines) {
		return len(t.src)
	}
	return t.lines[next]
}
