package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// TextStyle says how text is written. The zero TextStyle writes one line for each
// finding, as scripts read it.
type TextStyle struct {
	// Excerpts quotes the line of a finding, with a caret below the place, in
	// at most that many columns. 0 quotes nothing.
	Excerpts int
	Color    bool
}

// Write writes what is open.
func (s TextStyle) Write(w io.Writer, run Run) error {
	var b strings.Builder
	for _, c := range run.Files {
		for _, f := range c.Findings {
			if isOpen(f) {
				s.writeFinding(&b, c, f)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The colours of a terminal, as ANSI escape sequences (ECMA-48).
const (
	bold  = "\x1b[1m"
	red   = "\x1b[1;31m"
	blue  = "\x1b[1;34m"
	reset = "\x1b[0m"
)

// paint puts a colour around a text.
func (s TextStyle) paint(color, text string) string {
	if !s.Color {
		return text
	}
	return color + text + reset
}

func (s TextStyle) writeFinding(b *strings.Builder, c File, f transform.Finding) {
	place := message.Line(fmt.Sprintf("%s:%v:", c.Name, f.Start))
	fmt.Fprintf(b, "%s %s %s\n", s.paint(bold, place), s.paint(red, string(f.Rule)), message.Line(f.Message))
	line, before, under, ok := excerpt(c.Source, f, s.Excerpts-8)
	if !ok {
		return
	}
	fmt.Fprintf(b, "%s %s\n", s.paint(blue, fmt.Sprintf("%5d |", f.Start.Line)), line)
	fmt.Fprintf(b, "%s %s%s\n", s.paint(blue, "      |"), strings.Repeat(" ", before), s.paint(red, strings.Repeat("^", under)))
}

// excerpt returns the line of a finding, cut to a width, how many columns of it
// come before the finding, and how many the finding has there.
func excerpt(source []byte, f transform.Finding, width int) (line string, before, under int, ok bool) {
	if width < 10 || f.Start.Offset > len(source) {
		return "", 0, 0, false
	}
	start := bytes.LastIndexByte(source[:f.Start.Offset], '\n') + 1
	end := len(source)
	if n := bytes.IndexByte(source[f.Start.Offset:], '\n'); n >= 0 {
		end = f.Start.Offset + n
	}
	left := visible(tail(source[start:f.Start.Offset], width))
	right := visible(head(source[f.Start.Offset:end], width))
	marked := columns(visible(head(source[f.Start.Offset:min(max(f.End.Offset, f.Start.Offset), end)], width)))
	if columns(left)+columns(right) > width && columns(left) > width/2 {
		left = "…" + last(left, width/2-1)
	}
	before = columns(left)
	if room := width - before; columns(right) > room {
		right = first(right, room-1) + "…"
	}
	return left + right, before, max(min(marked, width-before), 1), true
}

// head and tail return at most n characters of an end of a text.
func head(text []byte, n int) string {
	return strings.ToValidUTF8(string(text[:min(len(text), n*utf8.UTFMax)]), "")
}

func tail(text []byte, n int) string {
	return strings.ToValidUTF8(string(text[max(0, len(text)-n*utf8.UTFMax):]), "")
}

// visible writes a tab as one blank, and all else as a terminal may have it
// within a line.
func visible(text string) string {
	return message.Line("|" + strings.ReplaceAll(strings.TrimSuffix(text, "\r"), "\t", " "))[1:]
}

// columns returns how many columns of a terminal a text takes.
func columns(text string) (n int) {
	for _, r := range text {
		n += width(r)
	}
	return n
}

// width returns how many columns a character takes: none if it combines with the
// one before it, two in East Asian scripts (Unicode Standard Annex #11).
func width(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xFF01 && r <= 0xFF60, r >= 0x1F300 && r <= 0x1FAFF:
		return 2
	}
	return 1
}

// first returns as much of the start of a text as fits into n columns.
func first(text string, n int) string {
	for i, r := range text {
		if n -= width(r); n < 0 {
			return text[:i]
		}
	}
	return text
}

// last returns as much of the end of a text as fits into n columns.
func last(text string, n int) string {
	for skip := columns(text) - n; skip > 0; {
		r, size := utf8.DecodeRuneInString(text)
		skip -= width(r)
		text = text[size:]
	}
	return text
}
