package edit

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// replaceItems replaces whole items of an Fn::Join whose delimiter adds nothing
// between lines: the empty one, or a line end. Each line becomes an item.
func (x *Text) replaceItems(start, end int, text string) (Edit, bool, error) {
	if text != "" && !strings.HasSuffix(text, "\n") || strings.Contains(text, Placeholder) {
		return Edit{}, false, nil
	}
	for i, from := range x.places {
		if from.at != start || !endsLines(from.delimiter, text) {
			continue
		}
		between := 0 // items that the string has
		for _, to := range x.places[i:] {
			if to.list != from.list {
				continue
			}
			if to.at == end && to.index == from.index+between && x.isAlone(from, to.index) {
				if err := x.template.refuseDuplicates(from.list.Span); err != nil {
					return Edit{}, false, err
				}
				if start == end { // where other conditions bring items, before them
					from.index, to.index = from.after, from.after
				}
				e := x.template.replaceItems(from, to.index, text)
				read := x.template.reread(from.list, e)
				return e, read != nil && same(read, from.with(to.index, text)), nil
			}
			between++
		}
	}
	return Edit{}, false, nil
}

// with returns the list with the lines of text in place of the items from p up to
// item to.
func (p itemPlace) with(to int, text string) *cfn.Node {
	list := *p.list
	list.Items = slices.Clone(p.list.Items[:p.index])
	for line := range strings.Lines(text) {
		list.Items = append(list.Items, &cfn.Node{Kind: cfn.Scalar, Value: strings.TrimSuffix(line, p.delimiter)})
	}
	list.Items = append(list.Items, p.list.Items[to:]...)
	return &list
}

// isAlone reports whether items of a list, from place p up to item to, are in the
// string once, and do not depend on a condition.
func (x *Text) isAlone(p itemPlace, to int) bool {
	times := 0
	for _, q := range x.places {
		if q.list == p.list && q.index == p.index {
			times++
		}
	}
	for _, item := range p.list.Items[p.index:to] {
		if item.Call("Fn::If") != nil {
			return false
		}
	}
	return times == 1
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
func (t writer) replaceItems(p itemPlace, to int, text string) Edit {
	item := p.list.Items[p.index]
	span := cfn.Span{Start: item.Span.Start, End: p.list.Items[to].Span.Start}
	separator := t.itemSeparator(p.list, p.index)
	var b strings.Builder
	if _, line, ok := strings.Cut(separator, ","); ok && p.list.Style == cfn.Flow && text != "" {
		// Where the items have lines of their own, so has the first.
		if before := t.src[:span.Start]; strings.ContainsAny(line, "\n") && strings.Trim(t.src[t.LineStart(span.Start):span.Start], " \t") != "" {
			span.Start = len(strings.TrimRight(before, " \t"))
			b.WriteString(line)
		}
	}
	for line := range strings.Lines(text) {
		b.WriteString(quoteJSON(strings.TrimSuffix(line, p.delimiter)))
		b.WriteString(separator)
	}
	written := b.String()
	if written != "" && t.src[span.Start-1] == '-' { // of an empty item
		written = " " + written
	}
	return Edit{Span: span, New: written}.inside(p.list)
}

// itemSeparator returns what is between the item at index and the one before it,
// with the dash in a block sequence.
func (t writer) itemSeparator(list *cfn.Node, index int) string {
	start := list.Items[index].Span.Start
	if list.Style != cfn.Flow {
		dash := strings.LastIndexByte(t.src[:start], '-')
		return t.eol(start) + t.indent(dash) + "- "
	}
	if index > 0 {
		before := t.src[list.Items[index-1].Span.End:start]
		if space := strings.TrimPrefix(strings.TrimLeft(before, " \t"), ","); !strings.ContainsAny(before, "\n#") && !t.spansLines(list) {
			return "," + space
		}
	}
	if t.lineIndent(start) == t.indent(start) || t.spansLines(list) {
		return "," + t.eol(start) + t.lineIndent(start)
	}
	return "," + t.afterComma()
}

// spansLines reports whether a collection is written over several lines.
func (t writer) spansLines(n *cfn.Node) bool {
	return t.LineStart(n.Span.Start) != t.LineStart(n.Span.End)
}
