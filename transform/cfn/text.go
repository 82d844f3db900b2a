package cfn

import (
	"fmt"
	"strings"
)

// A Text is the string that an expression makes: a scalar, Fn::Sub or
// Fn::Join, in any spelling and nesting. It knows where each part of the string
// stands in the source, so that a change of the string becomes an [Edit].
//
// What is known at deployment only stands in String as "${...}": the variables
// of Fn::Sub as they are written, every other intrinsic function as "${Name}".
type Text struct {
	String string

	template *Template
	pieces   []piece
	places   []place
}

// A piece is a range of the string that one scalar makes.
type piece struct {
	start, end int
	node       *Node
	segments   []segment
	sub        bool // in Fn::Sub, where "${" of ours must be written "${!"
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
	x := &Text{template: t}
	var b strings.Builder
	x.read(&b, n)
	x.String = b.String()
	return x
}

func (x *Text) read(b *strings.Builder, n *Node) {
	name, arg := n.Function()
	switch {
	case n.Kind == Scalar:
		x.scalar(b, n, false)
	case name == "Fn::Sub" && arg.Kind == Scalar:
		x.scalar(b, arg, true)
	case name == "Fn::Sub" && len(arg.Items) == 2 && arg.Items[0].Kind == Scalar:
		x.scalar(b, arg.Items[0], true)
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
		fmt.Fprintf(b, "${%s}", strings.TrimPrefix(name, "Fn::"))
	}
}

func (x *Text) scalar(b *strings.Builder, n *Node, sub bool) {
	start := b.Len()
	b.WriteString(n.Value)
	segments, ok := x.template.decode(n)
	if ok {
		x.pieces = append(x.pieces, piece{start, b.Len(), n, segments, sub})
	}
}

// Replace returns the edit that puts text into the place of String[start:end],
// encoded for the scalar or list that stands there and in its style. Lines of
// text end in "\n"; the source's own line ends are used. The error says why the
// place cannot take it.
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
	return Edit{}, fmt.Errorf("the place is in no text that the template shows")
}

// replaceItems replaces whole items of an Fn::Join whose delimiter does not get
// in between: the empty one or a line feed. Each line becomes an item.
func (x *Text) replaceItems(start, end int, text string) (Edit, bool) {
	if text != "" && !strings.HasSuffix(text, "\n") {
		return Edit{}, false
	}
	for _, from := range x.places {
		if from.at != start || (from.delimiter != "" && from.delimiter != "\n") {
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

// replaceItems writes the lines of text as items, from place p up to item to.
func (t *Template) replaceItems(p place, to int, text string) Edit {
	item := p.list.Items[p.index]
	span := Span{item.Span.Start, p.list.Items[to].Span.Start}
	separator := t.itemSeparator(p.list, p.index)
	var b strings.Builder
	for line := range strings.Lines(text) {
		if p.delimiter == "\n" {
			line = strings.TrimSuffix(line, "\n")
		}
		b.WriteString(quoteJSON(line))
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
	if p.sub {
		text = strings.ReplaceAll(text, "${", "${!")
	}
	switch p.node.Style {
	case Literal, Folded:
		return x.template.replaceLines(p, start, end, text)
	case DoubleQuoted, JSONString:
		if from, ok := p.source(start); ok {
			if to, ok := p.source(end); ok {
				return Edit{Span{from, to}, unquoted(text)}, nil
			}
		}
	case SingleQuoted:
		from, ok := p.source(start)
		if ok && start == end && foldable(text) && p.foldsAt(start) {
			t := x.template
			indent := t.eol(from) + t.eol(from) + strings.Repeat(" ", t.Position(p.node.body).Column-1)
			text = strings.ReplaceAll(text, "'", "''")
			return Edit{Span{from, from}, strings.ReplaceAll(text, "\n", indent)}, nil
		}
	}
	// No way to say it in these quotes: in double quotes there always is.
	whole := p.node.Value[:start] + text + p.node.Value[end:]
	return Edit{Span{p.node.body, p.node.Span.End}, quoteJSON(whole)}, nil
}

// unquoted writes text as the inside of a double-quoted scalar or JSON string.
func unquoted(text string) string {
	s := quoteJSON(text)
	return s[1 : len(s)-1]
}

// foldable reports whether lines stay as they are where YAML folds: no empty
// one, and no white space at both ends. A line feed before all is no line.
func foldable(text string) bool {
	for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line != strings.Trim(line, " \t") {
			return false
		}
	}
	return true
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
	if n.Style == Folded && !foldable(text) {
		return Edit{}, fmt.Errorf("a folded scalar cannot hold these lines")
	}
	eol, indent := t.eol(n.body), strings.Repeat(" ", max(t.blockIndent(n), 0))
	from, ok := t.lineOf(p, start)
	if !ok {
		tail, begins := strings.CutPrefix(text, "\n")
		at, found := p.source(start)
		if !begins || !found || start != end || !atLineEnd(value, start) {
			return Edit{}, fmt.Errorf("the place is in the middle of a line")
		}
		var b strings.Builder
		for _, line := range strings.Split(strings.TrimSuffix(tail, "\n"), "\n") {
			if n.Style == Folded {
				b.WriteString(eol)
			}
			b.WriteString(eol + indentLine(indent, line))
		}
		return Edit{Span{at, at}, b.String()}, nil
	}
	to, ok := t.lineOf(p, end)
	if !ok || (text != "" && !strings.HasSuffix(text, "\n")) {
		return Edit{}, fmt.Errorf("the place is in the middle of a line")
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(indentLine(indent, strings.TrimSuffix(line, "\n")) + eol)
		if n.Style == Folded {
			b.WriteString(eol)
		}
	}
	return Edit{Span{from, to}, b.String()}, nil
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
