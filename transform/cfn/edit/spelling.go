package edit

import (
	"sort"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// replaceText returns the edit after which a scalar has text in the place of
// value[start:end]. Spellings are proposed, best first: the smallest change in
// the scalar's own style, then the whole in double quotes. The first that reads
// as wanted wins.
func (t writer) replaceText(n *cfn.Node, start, end int, text string) (Edit, error) {
	want := n.Value[:start] + text + n.Value[end:]
	s := spelling{writer: t, node: n, start: start, end: end, text: text}
	s.segments, _ = t.Segments(n)
	reread := t.reread
	if n.Span.Start == n.Span.End {
		reread = t.rereadEmpty
	}
	for e := range s.proposals {
		if read := reread(n, e); read != nil && read.Kind == cfn.Scalar && read.Value == want {
			return e.inside(n), nil
		}
	}
	what := "the text"
	if n.Style == cfn.Literal || n.Style == cfn.Folded {
		what = "the block scalar"
	}
	return Edit{}, t.Errorf(n.Span.Start, "%s cannot take these lines at this place in the way it is written", what)
}

// A spelling proposes edits of a scalar, after which its text may be
// value[:start] + text + value[end:].
type spelling struct {
	writer
	node       *cfn.Node
	start, end int
	text       string
	segments   []cfn.Segment
}

// proposals yields edits, best first.
func (s spelling) proposals(yield func(Edit) bool) {
	switch s.node.Style {
	case cfn.Literal:
		_ = s.lines(yield, "") && s.within(yield, s.broken(s.text, 1))
	case cfn.Folded:
		_ = s.lines(yield, s.eol(s.node.Body())) && s.within(yield, s.broken(s.text, 2))
	case cfn.SingleQuoted:
		_ = s.within(yield, s.folded(strings.ReplaceAll(s.text, "'", "''"))) && s.whole(yield)
	case cfn.DoubleQuoted, cfn.JSONString:
		quoted := quoteJSON(s.text)
		_ = s.within(yield, quoted[1:len(quoted)-1]) && s.whole(yield)
	default:
		s.whole(yield)
	}
}

// within proposes to write what stands for the text, and nothing else.
func (s spelling) within(yield func(Edit) bool, written string) bool {
	from, ok := source(s.node, s.segments, s.start)
	to, ok2 := source(s.node, s.segments, s.end)
	return !ok || !ok2 || from > to || yield(splice(from, to, written))
}

// whole proposes to write all of the scalar anew in double quotes, which have a
// spelling for every text.
func (s spelling) whole(yield func(Edit) bool) bool {
	written := quoteJSON(s.node.Value[:s.start] + s.text + s.node.Value[s.end:])
	from, to := s.node.Body(), s.node.Span.End
	if from < to && !yield(splice(from, to, written)) {
		return false
	}
	return yield(splice(from, to, " "+written)) // after a colon or an anchor
}

// lines proposes to write whole lines of a block scalar. Where lines are folded,
// gap is the line end that keeps two of them apart; before the first and after
// the last it depends on what is there.
func (s spelling) lines(yield func(Edit) bool, gap string) bool {
	from, ok := s.lineOf(s.start)
	to, ok2 := s.lineOf(s.end)
	if !ok || !ok2 || from > to || s.text != "" && !strings.HasSuffix(s.text, "\n") {
		return true
	}
	eol, indent := s.eol(s.node.Body()), s.blockIndent()
	var b strings.Builder
	isBroken := false // there is text above, which a line would be joined to
	for line := range strings.Lines(s.text) {
		if isBroken {
			b.WriteString(gap)
		}
		line = strings.TrimSuffix(line, "\n")
		b.WriteString(indentLine(indent, line) + eol)
		isBroken = line != ""
	}
	for _, ends := range [][2]string{{"", ""}, {"", gap}, {gap, ""}, {gap, gap}} {
		if !yield(splice(from, to, ends[0]+b.String()+ends[1])) {
			return false
		}
		if gap == "" {
			break
		}
	}
	return true
}

// lineOf returns where the line of the source starts whose text starts at a
// place in the value, or false if no line does.
func (s spelling) lineOf(at int) (int, bool) {
	value := s.node.Value
	if at > 0 && value[at-1] != '\n' {
		return 0, false
	}
	if at == len(value) {
		end := s.node.Span.End
		return end, s.LineStart(end) == end
	}
	src, _ := source(s.node, s.segments, at)
	return s.LineStart(src), true
}

// blockIndent returns the white space before the lines of a block scalar.
func (s spelling) blockIndent() string {
	return strings.Repeat(" ", max(s.BlockIndent(s.node), 0))
}

// broken writes text over lines of a block scalar, with a number of line ends for
// each line feed.
func (s spelling) broken(text string, times int) string {
	eol, indent := s.eol(s.node.Body()), s.blockIndent()
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(strings.Repeat(eol, times))
			line = indentLine(indent, line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// folded writes text so that folding gives it back: a line break that ends a
// line is two, and a further one for an empty line stays one.
func (s spelling) folded(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	from, _ := source(s.node, s.segments, s.start)
	eol, indent := s.eol(from), s.lineIndent(from)
	if s.LineStart(from) <= s.node.Body() {
		indent = strings.Repeat(" ", s.Position(s.node.Body()).Column-1)
	}
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

// source returns the offset in the source of a place in the text of a scalar, or
// false if that is inside of an escape or a folded line break.
func source(n *cfn.Node, segments []cfn.Segment, at int) (int, bool) {
	if len(segments) == 0 {
		return n.Body() + 1, at == 0 && n.Style != cfn.Plain
	}
	i := sort.Search(len(segments), func(i int) bool { return segments[i].Text.End > at })
	if i == len(segments) {
		last := segments[i-1]
		return last.Source.End, at == last.Text.End
	}
	s := segments[i]
	return s.Source.Start + at - s.Text.Start, s.Exact || at == s.Text.Start
}
