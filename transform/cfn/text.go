package cfn

import (
	"bytes"
	"fmt"
	"strings"
)

// A Text is the string that an expression makes: a scalar, Fn::Sub or
// Fn::Join, in any spelling and nesting. It knows where each part of the string
// stands in the source, so that a change of the string becomes an [Edit].
//
// The variables of Fn::Sub stand in String as they are written, "${Name}", and so
// does "${!Literal}". Every other function that is known at deployment only is
// one character, [Placeholder].
type Text struct {
	String string

	template *Template
	start    int // offset in the source
	pieces   []piece
	places   []place
}

// Placeholder stands for a part of a [Text] that the template does not show
// (OBJECT REPLACEMENT CHARACTER).
const Placeholder = "\uFFFC"

// A piece is a range of the string that one scalar makes.
type piece struct {
	start, end int
	node       *Node
	segments   []segment
}

// A place is where an item of an Fn::Join begins.
type place struct {
	at        int
	list      *Node
	index     int
	delimiter string
}

// TextOf returns the text that n makes. It is all placeholder where n is an
// expression that TextOf does not know.
func (t *Template) TextOf(n *Node) *Text {
	x := &Text{template: t, start: n.Span.Start}
	var b strings.Builder
	x.read(&b, n)
	x.String = b.String()
	return x
}

func (x *Text) read(b *strings.Builder, n *Node) {
	name, arg := n.Function()
	switch {
	case n.Kind == Scalar:
		x.scalar(b, n)
	case name == "Fn::Sub" && arg.Kind == Scalar:
		x.scalar(b, arg)
	case name == "Fn::Sub" && len(arg.Items) == 2 && arg.Items[0].Kind == Scalar:
		x.scalar(b, arg.Items[0])
	case name == "Fn::Join" && len(arg.Items) == 2 && arg.Items[0].Kind == Scalar && arg.Items[1].Kind == Sequence:
		delimiter, list := arg.Items[0].Value, arg.Items[1]
		for i, item := range list.Items {
			if i > 0 {
				b.WriteString(delimiter)
			}
			x.places = append(x.places, place{b.Len(), list, i, delimiter})
			x.read(b, item)
		}
	default:
		b.WriteString(Placeholder)
	}
}

func (x *Text) scalar(b *strings.Builder, n *Node) {
	start := b.Len()
	b.WriteString(n.Value)
	segments, ok := x.template.decode(n)
	if ok {
		x.pieces = append(x.pieces, piece{start, b.Len(), n, segments})
	}
}

// Replace returns the edit that puts text into the place of String[start:end],
// encoded for the scalar or list that stands there and in its style. Lines of
// text end in "\n"; the source's own line ends are used. As in String, "${Name}"
// is a variable in Fn::Sub, and a literal "${" must be written "${!" there. The
// error says why the place cannot take the text.
func (x *Text) Replace(start, end int, text string) (Edit, error) {
	if e, ok := x.replaceItems(start, end, text); ok {
		return e, nil
	}
	for _, p := range x.pieces {
		if start > p.start && end <= p.end {
			return x.replaceIn(p, start-p.start, end-p.start, text)
		}
	}
	for _, p := range x.pieces {
		if start == p.start && end <= p.end {
			return x.replaceIn(p, 0, end-p.start, text)
		}
	}
	if start == end {
		return x.insertBehind(start, text)
	}
	return Edit{}, fmt.Errorf("the place is in no text that the template shows")
}

// insertBehind inserts text within the delimiter of an Fn::Join, such as two
// line feeds: at the end of the piece before it, where text that ends like the
// part of the delimiter in between comes to the same.
func (x *Text) insertBehind(at int, text string) (Edit, error) {
	for _, p := range x.pieces {
		between := ""
		if p.end < at {
			between = x.String[p.end:at]
		}
		rest, ok := strings.CutSuffix(text, between)
		if between != "" && ok && !strings.Contains(between, Placeholder) && len(between) < len(text) {
			if e, err := x.replaceIn(p, p.end-p.start, p.end-p.start, between+rest); err == nil {
				return e, nil
			}
		}
	}
	return Edit{}, fmt.Errorf("the place is in no text that the template shows")
}

// Offset returns where in the source a place of String stands, or where the
// text starts if that place is not shown there.
func (x *Text) Offset(at int) int {
	for _, p := range x.pieces {
		if p.start <= at && at < p.end {
			if src, ok := p.source(at - p.start); ok {
				return src
			}
		}
	}
	return x.start
}

// replaceItems replaces whole items of an Fn::Join whose delimiter does not get
// in between: the empty one, or a line end. Each line becomes an item.
func (x *Text) replaceItems(start, end int, text string) (Edit, bool) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		return Edit{}, false
	}
	for _, from := range x.places {
		if from.at != start || !endsLines(from.delimiter, text) {
			continue
		}
		for _, to := range x.places {
			if to.list == from.list && to.at == end && to.index >= from.index {
				return x.template.replaceItems(from, to.index, text), true
			}
		}
	}
	return Edit{}, false
}

// endsLines reports whether every line of text ends in the delimiter.
func endsLines(delimiter, text string) bool {
	for line := range strings.Lines(text) {
		if !strings.HasSuffix(line, delimiter) {
			return false
		}
	}
	return delimiter == "" || delimiter == "\n" || delimiter == "\r\n"
}

// replaceItems writes the lines of text as items, from place p up to item to.
func (t *Template) replaceItems(p place, to int, text string) Edit {
	item := p.list.Items[p.index]
	span := Span{item.Span.Start, p.list.Items[to].Span.Start}
	separator := t.itemSeparator(p.list, p.index)
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(quoteJSON(strings.TrimSuffix(line, p.delimiter)))
		b.WriteString(separator)
	}
	return Edit{span, b.String()}
}

// itemSeparator is what stands between an item and the one at index, with the
// dash in a block sequence.
func (t *Template) itemSeparator(list *Node, index int) string {
	start := list.Items[index].Span.Start
	if list.Style != Flow {
		dash := strings.LastIndexByte(string(t.Source[:start]), '-')
		return t.eol(start) + t.indent(dash) + "- "
	}
	if index > 0 {
		before := string(t.Source[list.Items[index-1].Span.End:start])
		if space := strings.TrimPrefix(strings.TrimLeft(before, " \t"), ","); !strings.ContainsAny(before, "\n#") {
			return "," + space
		}
	}
	if t.lineIndent(start) == t.indent(start) {
		return "," + t.eol(start) + t.indent(start)
	}
	return "," + t.afterComma()
}

// replaceIn replaces text[start:end] of a scalar.
func (x *Text) replaceIn(p piece, start, end int, text string) (Edit, error) {
	switch p.node.Style {
	case Literal, Folded:
		return x.template.replaceLines(p, start, end, text)
	case DoubleQuoted, JSONString:
		from, ok := p.source(start)
		to, ok2 := p.source(end)
		if ok && ok2 && (p.node.Style == JSONString || !x.template.folds(from, to, text)) {
			return Edit{Span{from, to}, unquoted(text)}, nil
		}
	case SingleQuoted:
		from, ok := p.source(start)
		to, ok2 := p.source(end)
		if ok && ok2 && foldable(text) && p.foldsAt(start) && p.foldsAt(end) {
			t := x.template
			indent := strings.Repeat(" ", t.Position(p.node.body).Column-1)
			if t.lineStart(from) > p.node.body {
				indent = t.lineIndent(from)
			}
			return Edit{Span{from, to}, foldLines(strings.ReplaceAll(text, "'", "''"), t.eol(from), indent)}, nil
		}
	}
	// No way to say it in these quotes: in double quotes there always is.
	whole := quoteJSON(p.node.Value[:start] + text + p.node.Value[end:])
	span := Span{p.node.body, p.node.Span.End}
	if span.Start < span.End {
		return Edit{span, whole}, nil
	}
	if !x.template.isBehindIndicator(span.Start) {
		return Edit{}, fmt.Errorf("a key without a colon has no place for a value")
	}
	return Edit{span, " " + whole}, nil
}

// unquoted writes text as the inside of a double-quoted scalar or JSON string.
func unquoted(text string) string {
	s := quoteJSON(text)
	return s[1 : len(s)-1]
}

// folds reports whether spaces at an end of text would be lost in double quotes
// beside white space in the source, where a line may be folded.
func (t *Template) folds(from, to int, text string) bool {
	beside := isBlank(t.Source[from-1]) || isBlank(t.Source[to])
	return beside && (text == "" || text[0] == ' ' || text[len(text)-1] == ' ')
}

// foldable reports whether lines stay as they are where YAML folds: those with
// white space at an end do not.
func foldable(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line != strings.Trim(line, " \t") {
			return false
		}
	}
	return true
}

// foldLines writes text so that folding gives it back: a line break that ends a
// line is two, and a further one for an empty line stays one.
func foldLines(text, eol, indent string) string {
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

// foldsAt reports whether a line break may be written at a place without taking
// white space around it along.
func (p piece) foldsAt(at int) bool {
	value := p.node.Value
	return (at == 0 || value[at-1] == '\n' || !isBlank(value[at-1])) &&
		(at == len(value) || !isBlank(value[at]))
}

// source returns the offset in the source of a place in the piece's text, or
// false where that is inside of an escape or a folded line break.
func (p piece) source(at int) (int, bool) {
	if len(p.segments) == 0 {
		return p.node.body + 1, at == 0 && p.node.Style != Plain
	}
	for _, s := range p.segments {
		switch {
		case at == s.text && s.n > 0:
			return s.src, true
		case at < s.text+s.n:
			return s.src + at - s.text, !s.verbose
		}
	}
	last := p.segments[len(p.segments)-1]
	return last.src + last.m, at == last.text+last.n
}

// replaceLines replaces whole lines of a block scalar, or adds lines behind its
// last where text begins with a line feed.
func (t *Template) replaceLines(p piece, start, end int, text string) (Edit, error) {
	value, n := p.node.Value, p.node
	if n.Style == Folded && (!foldable(text) || besideEmptyLines(value, start, end)) {
		return Edit{}, fmt.Errorf("a folded scalar cannot hold these lines")
	}
	columns := t.blockIndent(n)
	if columns < 0 {
		return Edit{}, fmt.Errorf("an empty block scalar says nothing of its indentation")
	}
	eol, indent := t.eol(n.body), strings.Repeat(" ", columns)
	from, ok := t.lineOf(p, start)
	if !ok {
		tail, begins := strings.CutPrefix(text, "\n")
		at, found := p.source(start)
		if !begins || !found || start != end || !atLineEnd(value, start) || strings.HasSuffix(text, "\n") {
			return Edit{}, fmt.Errorf("the place is in the middle of a line")
		}
		var b strings.Builder
		for _, line := range strings.Split(tail, "\n") {
			if n.Style == Folded {
				b.WriteString(eol)
			}
			b.WriteString(eol + indentLine(indent, line))
		}
		return Edit{Span{at, at}, b.String()}, nil
	}
	to, ok := t.lineOf(p, end)
	if last, found := p.source(end); !ok && found && end == len(value) && !strings.HasSuffix(text, "\n") {
		e, err := t.replaceLines(p, start, start, text+"\n")
		e.End, e.New = last, strings.TrimSuffix(e.New, eol)
		return e, err
	}
	if !ok || (text != "" && !strings.HasSuffix(text, "\n")) {
		return Edit{}, fmt.Errorf("the place is in the middle of a line")
	}
	if end == len(value) && text != "" && strings.HasSuffix("\n"+text, "\n\n") {
		return Edit{}, fmt.Errorf("a block scalar does not keep empty lines at its end")
	}
	var b strings.Builder
	if n.Style == Folded && text != "" && t.joinsLine(value, start, from) {
		b.WriteString(eol)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		b.WriteString(indentLine(indent, line) + eol)
		if n.Style == Folded && line != "" {
			b.WriteString(eol)
		}
	}
	added := b.String()
	if n.Style == Folded && (end == len(value) || value[end] == ' ' || value[end] == '\t') {
		added = strings.TrimSuffix(added, eol) // nothing folds at the end or before an indented line
	}
	return Edit{Span{from, to}, added}, nil
}

// besideEmptyLines reports whether there are empty lines between a place of a
// folded scalar and a line behind it that is indented more: which of them count
// changes with what is put there.
func besideEmptyLines(value string, start, end int) bool {
	next := strings.TrimLeft(value[end:], "\n")
	isIndented := next != "" && isBlank(next[0])
	return isIndented && (len(next) < len(value[end:]) || strings.HasSuffix(value[:start], "\n\n"))
}

// joinsLine reports whether a line that is put at offset from of a folded
// scalar would be joined to the one before, which ends at a place of the value:
// there is no empty line between, as before a line that is indented more.
func (t *Template) joinsLine(value string, start, from int) bool {
	if start == 0 {
		return false
	}
	before := value[strings.LastIndexByte(value[:start-1], '\n')+1 : start]
	if isBlank(before[0]) {
		return false
	}
	line := t.Source[t.lineStart(from-1):from]
	return len(bytes.TrimSpace(line)) > 0
}

// lineOf returns where the line of the source starts whose text starts at a
// place in the piece, or false where no line does.
func (t *Template) lineOf(p piece, at int) (int, bool) {
	value := p.node.Value
	if at > 0 && value[at-1] != '\n' {
		return 0, false
	}
	if at == len(value) {
		end := p.node.Span.End
		return end, end > 0 && lineBreak(t.Source, end-1) > 0
	}
	src, ok := p.source(at)
	return t.lineStart(src), ok
}

// atLineEnd reports whether a line of value ends at a place.
func atLineEnd(value string, at int) bool {
	return at == len(value) || value[at] == '\n'
}
