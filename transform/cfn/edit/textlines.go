package edit

import (
	"fmt"
	"strings"

	"imdslock/transform/cfn"
)

// replaceLines replaces whole lines of a block scalar, or adds lines behind its
// last where text begins with a line feed.
func (t writer) replaceLines(p piece, start, end int, text string) (Edit, error) {
	value, n := p.node.Value, p.node
	if n.Style == cfn.Folded && (!foldable(text) || besideEmptyLines(value, start, end)) {
		return Edit{}, fmt.Errorf("a folded scalar cannot hold these lines")
	}
	columns := t.BlockIndent(n)
	if columns < 0 {
		return Edit{}, fmt.Errorf("an empty block scalar says nothing of its indentation")
	}
	if start == 0 && text != "" && isBlank(text[0]) {
		return Edit{}, fmt.Errorf("the first line of a block scalar says how it is indented, and has no white space of its own")
	}
	eol, indent := t.eol(n.Body()), strings.Repeat(" ", columns)
	from, ok := t.lineOf(p, start)
	if !ok {
		tail, begins := strings.CutPrefix(text, "\n")
		at, found := p.source(start)
		if !begins || !found || start != end || !atLineEnd(value, start) || strings.HasSuffix(text, "\n") {
			return Edit{}, fmt.Errorf("the place is in the middle of a line")
		}
		var b strings.Builder
		for _, line := range strings.Split(tail, "\n") {
			if n.Style == cfn.Folded {
				b.WriteString(eol)
			}
			b.WriteString(eol + indentLine(indent, line))
		}
		return splice(at, at, b.String()), nil
	}
	to, ok := t.lineOf(p, end)
	if last, found := p.source(end); !ok && found && end == len(value) && !strings.HasSuffix(text, "\n") {
		e, err := t.replaceLines(p, start, start, text+"\n")
		e.End, e.New = last, strings.TrimRight(e.New, "\r\n")
		return e, err
	}
	if !ok || (text != "" && !strings.HasSuffix(text, "\n")) {
		return Edit{}, fmt.Errorf("the place is in the middle of a line")
	}
	if end == len(value) && text != "" && strings.HasSuffix("\n"+text, "\n\n") {
		return Edit{}, fmt.Errorf("a block scalar does not keep empty lines at its end")
	}
	var b strings.Builder
	if n.Style == cfn.Folded && text != "" && t.joinsLine(value, start, from) {
		b.WriteString(eol)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		b.WriteString(indentLine(indent, line) + eol)
		if n.Style == cfn.Folded && line != "" {
			b.WriteString(eol)
		}
	}
	added := b.String()
	behind := strings.TrimLeft(value[end:], "\n")
	if n.Style == cfn.Folded && (behind == "" || value[end] == ' ' || value[end] == '\t') {
		added = strings.TrimSuffix(added, eol) // nothing folds at the end or before an indented line
	}
	return splice(from, to, added), nil
}

// besideEmptyLines reports whether there are empty lines at a place of a folded
// scalar, and behind it a line that is indented more or none: which of them
// count changes with what is put there.
func besideEmptyLines(value string, start, end int) bool {
	isIndented := func(text string) bool { return text != "" && isBlank(text[0]) }
	next := strings.TrimLeft(value[end:], "\n")
	if len(next) < len(value[end:]) && isIndented(next) {
		return true
	}
	isLast := strings.Trim(value[start:], "\n") == ""
	return strings.HasSuffix(value[:start], "\n\n") && (isLast || isIndented(value[start:]) || isIndented(value[end:]))
}

// joinsLine reports whether a line that is put at offset from of a folded
// scalar would be joined to the one before, which ends at a place of the value:
// there is no empty line between, as before a line that is indented more.
func (t writer) joinsLine(value string, start, from int) bool {
	if start == 0 {
		return false
	}
	before := value[strings.LastIndexByte(value[:start-1], '\n')+1 : start]
	if isBlank(before[0]) {
		return false
	}
	line := t.src[t.LineStart(from-1):from]
	return len(strings.TrimSpace(line)) > 0
}

// lineOf returns where the line of the source starts whose text starts at a
// place in the piece, or false where no line does.
func (t writer) lineOf(p piece, at int) (int, bool) {
	value := p.node.Value
	if at > 0 && value[at-1] != '\n' {
		return 0, false
	}
	if at == len(value) {
		end := p.node.Span.End
		return end, end > 0 && t.LineStart(end) == end
	}
	src, ok := p.source(at)
	return t.LineStart(src), ok
}

// atLineEnd reports whether a line of value ends at a place.
func atLineEnd(value string, at int) bool {
	return at == len(value) || value[at] == '\n'
}
