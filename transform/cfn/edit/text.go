package edit

import (
	"fmt"
	"strings"

	"imdslock/transform/cfn"
)

// A Text is the string that an expression makes: a scalar, Fn::Sub or
// Fn::Join, in any spelling and nesting. It knows where each part of the string
// stands in the source, so that a change of the string becomes an [Edit].
//
// The variables of Fn::Sub stand in String as they are written, "${Name}", and so
// does "${!cfn.Literal}". Every other function that is known at deployment only is
// one character, [Placeholder].
type Text struct {
	String string

	template writer
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
	node       *cfn.Node
	segments   []cfn.Segment
}

// A place is where an item of an Fn::Join begins.
type place struct {
	at        int
	list      *cfn.Node
	index     int
	delimiter string
}

// TextOf returns the text that n makes. It is all placeholder where n is an
// expression that TextOf does not know.
func TextOf(t *cfn.Template, n *cfn.Node) *Text {
	x := &Text{template: newWriter(t), start: n.Span.Start}
	var b strings.Builder
	x.read(&b, n)
	x.String = b.String()
	return x
}

func (x *Text) read(b *strings.Builder, n *cfn.Node) {
	name, arg := n.Function()
	switch {
	case n.Kind == cfn.Scalar:
		x.scalar(b, n)
	case name == "Fn::Sub" && arg.Kind == cfn.Scalar:
		x.scalar(b, arg)
	case name == "Fn::Sub" && len(arg.Items) == 2 && arg.Items[0].Kind == cfn.Scalar:
		x.scalar(b, arg.Items[0])
	case name == "Fn::Join" && len(arg.Items) == 2 && arg.Items[0].Kind == cfn.Scalar && arg.Items[1].Kind == cfn.Sequence:
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

func (x *Text) scalar(b *strings.Builder, n *cfn.Node) {
	start := b.Len()
	b.WriteString(n.Value)
	segments, ok := x.template.Segments(n)
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

// source returns the offset in the source of a place in the piece's text, or
// false where that is inside of an escape or a folded line break.
func (p piece) source(at int) (int, bool) {
	if len(p.segments) == 0 {
		return p.node.Body() + 1, at == 0 && p.node.Style != cfn.Plain
	}
	for _, s := range p.segments {
		switch {
		case at == s.Text.Start && s.Text.End > s.Text.Start:
			return s.Source.Start, true
		case at < s.Text.End:
			return s.Source.Start + at - s.Text.Start, s.Exact
		}
	}
	last := p.segments[len(p.segments)-1]
	return last.Source.End, at == last.Text.End
}
