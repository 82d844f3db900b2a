package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/imdslock/imdslock/transform"
)

// Bounds of what is quoted: a template may be one line, and a finding may be about
// hundreds.
const (
	longestLine    = 2000 // bytes of a line of a diff
	excerptContext = 1    // lines before a finding and after it
	excerptLines   = 6    // lines of a finding
	excerptBefore  = 120  // bytes of a line before a finding in it
	excerptWidth   = 400  // bytes of a line
)

// An excerptLine is a line of a template: a part of it is what a finding is about.
type excerptLine struct {
	Number                int
	Before, Marked, After string
}

// A diffLine is a line of a unified diff.
type diffLine struct {
	Class string // "add", "remove", "hunk", "file" or ""
	Text  string
}

// lineStarts returns where the lines of a text start, as YAML 1.1 ends them.
func lineStarts(source []byte) []int {
	starts := []int{0}
	for i := 0; i < len(source); {
		r, size := utf8.DecodeRune(source[i:])
		i += size
		switch {
		case r == '\r' && i < len(source) && source[i] == '\n':
		case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			starts = append(starts, i)
		}
	}
	return starts
}

// newExcerpt returns the lines of a finding and those around it. There are none if
// the text is missing.
func newExcerpt(source []byte, starts []int, f transform.Finding) (lines []excerptLine) {
	start, end := f.Start.Offset, max(f.End.Offset, f.Start.Offset)
	if len(source) == 0 || end > len(source) || f.Start.Line == 0 {
		return nil
	}
	lineOf := func(offset int) int { return sort.SearchInts(starts, offset+1) - 1 }
	first, last := lineOf(start), lineOf(max(end-1, start))
	shownLast := min(last, first+excerptLines-1)
	for i := max(first-excerptContext, 0); i <= min(shownLast+excerptContext, len(starts)-1); i++ {
		from, to := starts[i], len(source)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		line := strings.TrimRight(string(source[from:to]), "\r\n\u0085\u2028\u2029")
		a, b := clamp(start-from, len(line)), clamp(end-from, len(line))
		if strings.TrimSpace(line[:a]) == "" && b > a { // the indentation of a finding's later lines is not what is wrong
			a = min(b, len(line)-len(strings.TrimLeft(line, " \t")))
		}
		if i == first && a == b { // it is about a place: mark what is there, or the line before it
			b = len(line)
			if a == b {
				a = len(line) - len(strings.TrimLeft(line, " \t"))
			}
		}
		l := cut(line, a, b)
		l.Number = f.Start.Line - first + i
		lines = append(lines, l)
	}
	return lines
}

func clamp(n, most int) int { return min(max(n, 0), most) }

// cut divides a line at the two ends of a finding, and shortens what is far from it.
func cut(line string, a, b int) excerptLine {
	before, marked, after := line[:a], line[a:b], line[b:]
	if len(before) > excerptBefore && marked != "" {
		before = "…" + shown(ending(before, excerptBefore))
	} else {
		before = shown(beginning(before, excerptWidth))
	}
	return excerptLine{Before: before, Marked: shown(beginning(marked, excerptWidth)), After: shown(beginning(after, excerptWidth/2))}
}

// beginning and ending return at most n bytes of an end of a text, whole
// characters, and show by "…" that there is more.
func beginning(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

func ending(text string, n int) string {
	at := len(text) - n
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return text[at:]
}

// newDiffLines takes a unified diff apart. Its first two lines name the file.
func newDiffLines(diff string) (lines []diffLine) {
	for line := range strings.Lines(diff) {
		text := strings.TrimRight(line, "\r\n")
		l := diffLine{Text: text}
		switch {
		case len(lines) < 2:
			l.Class = "file"
		case strings.HasPrefix(text, "@@"):
			l.Class = "hunk"
		case strings.HasPrefix(text, "+"):
			l.Class = "add"
		case strings.HasPrefix(text, "-"):
			l.Class = "remove"
		}
		if n := len(text); n > longestLine {
			l.Text = beginning(text, longestLine)
			l.Text += fmt.Sprintf(" (%d bytes more)", n-len(l.Text)+len("…"))
		}
		l.Text = shown(l.Text)
		lines = append(lines, l)
	}
	return slices.Clip(lines)
}
