package edit

import (
	"strings"

	"imdslock/transform/cfn"
)

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
func (t writer) replaceItems(p place, to int, text string) Edit {
	item := p.list.Items[p.index]
	span := cfn.Span{Start: item.Span.Start, End: p.list.Items[to].Span.Start}
	separator := t.itemSeparator(p.list, p.index)
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(quoteJSON(strings.TrimSuffix(line, p.delimiter)))
		b.WriteString(separator)
	}
	written := b.String()
	if written != "" && t.src[span.Start-1] == '-' { // of an empty item
		written = " " + written
	}
	return Edit{span, written}
}

// itemSeparator is what stands between an item and the one at index, with the
// dash in a block sequence.
func (t writer) itemSeparator(list *cfn.Node, index int) string {
	start := list.Items[index].Span.Start
	if list.Style != cfn.Flow {
		dash := strings.LastIndexByte(t.src[:start], '-')
		return t.eol(start) + t.indent(dash) + "- "
	}
	if index > 0 {
		before := string(t.src[list.Items[index-1].Span.End:start])
		if space := strings.TrimPrefix(strings.TrimLeft(before, " \t"), ","); !strings.ContainsAny(before, "\n#") {
			return "," + space
		}
	}
	if t.lineIndent(start) == t.indent(start) {
		return "," + t.eol(start) + t.indent(start)
	}
	return "," + t.afterComma()
}
