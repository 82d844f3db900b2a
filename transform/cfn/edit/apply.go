// Package edit changes a CloudFormation template by edits of its bytes.
//
// An [Edit] replaces a span of the source. [Apply] makes the edits and copies
// everything else verbatim, so that comments, quotes, blank lines and line ends
// stay as they are. [Add], [Replace], [Remove] and [KeepItem] return the edits for a
// change of the tree, in the notation and style of what is around it. A [Text]
// is a string that an expression such as Fn::Sub or Fn::Join makes, and turns a
// change of that string into an Edit.
//
// Where a spelling depends on what is around it, spellings are proposed, the
// smallest change first, and that part of the template is read again: the first
// that reads as intended wins. A change that is not certain to be right is refused
// with a [*cfn.Error], which has the place.
package edit

import (
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
)

// An Edit replaces the bytes of a span of the source. If the span is empty, it
// inserts.
type Edit struct {
	cfn.Span
	New string

	// in is where the node starts that the edit changes. Where a node and one inside
	// it end at the same place, it tells what is added to which.
	in int
}

// inside returns the edit as one that changes a node.
func (e Edit) inside(n *cfn.Node) Edit {
	e.in = n.Span.Start
	return e
}

// splice makes the edit that writes text in the place of source[start:end].
func splice(start, end int, text string) Edit {
	return Edit{Span: cfn.Span{Start: start, End: end}, New: text}
}

// Apply returns a copy of src with all edits made. They may come in any order, as
// [Sorted] returns them in the right one. It returns an error that names both if two
// edits overlap, and one if an edit is outside of src.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	edits = Sorted(edits)
	for i, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(src) {
			return nil, fmt.Errorf("edit %d-%d is outside of the source of %d bytes", e.Start, e.End, len(src))
		}
		if i > 0 && e.Start < edits[i-1].End {
			return nil, fmt.Errorf("edit %d-%d overlaps edit %d-%d", e.Start, e.End, edits[i-1].Start, edits[i-1].End)
		}
	}
	out := make([]byte, 0, len(src))
	at := 0
	for _, e := range edits {
		out = append(out, src[at:e.Start]...)
		out = append(out, e.New...)
		at = e.End
	}
	return append(out, src[at:]...), nil
}

// Sorted returns a copy of edits in the order of their places. Of insertions at the
// same place, what is added to an inner collection comes before what is added to the
// one around it; those that are added to the same one stay in the given order.
func Sorted(edits []Edit) []Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		if a.End != b.End {
			return a.End - b.End
		}
		return b.in - a.in
	})
	return edits
}
