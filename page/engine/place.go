package engine

import (
	"sort"
	"unicode/utf8"
)

// A Place is a place of a text as the page's editor counts it: lines from 1, which
// end with LF, CRLF or CR alone; characters of a line from 0, in code units of
// UTF-16, as JavaScript has them.
type Place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// A text finds the places of bytes.
type text struct {
	src   []byte
	lines []int // where each starts
}

const byteOrderMark = "\uFEFF"

func newText(src []byte) *text {
	t := &text{src: src, lines: []int{0}}
	if len(src) >= len(byteOrderMark) && string(src[:len(byteOrderMark)]) == byteOrderMark {
		t.lines[0] = len(byteOrderMark) // the editor has none
	}
	for i, c := range src {
		if c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// place returns the place of a byte, or the end for an offset beyond it.
func (t *text) place(offset int) Place {
	offset = min(max(offset, t.lines[0]), len(t.src))
	line := sort.SearchInts(t.lines, offset+1) - 1
	column := 0
	for rest := t.src[t.lines[line]:offset]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		if column++; r > 0xFFFF {
			column++
		}
	}
	return Place{line + 1, column}
}
