package cfn

import (
	"fmt"
	"slices"
)

// An Edit replaces the bytes of a span of the source. Where the span is empty
// it inserts.
type Edit struct {
	Span
	New string
}

// Apply returns a copy of src with all edits made. They may come in any order;
// insertions at the same place stay in the given one. It is an error, which
// names both, where two edits overlap, or where one is outside of src.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	edits = Sorted(edits)
	size := len(src)
	for i, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(src) {
			return nil, fmt.Errorf("edit %d-%d is outside of the source of %d bytes", e.Start, e.End, len(src))
		}
		if i > 0 && e.Start < edits[i-1].End {
			return nil, fmt.Errorf("edit %d-%d overlaps edit %d-%d", e.Start, e.End, edits[i-1].Start, edits[i-1].End)
		}
		size += len(e.New) - (e.End - e.Start)
	}
	out := make([]byte, 0, size)
	at := 0
	for _, e := range edits {
		out = append(out, src[at:e.Start]...)
		out = append(out, e.New...)
		at = e.End
	}
	return append(out, src[at:]...), nil
}

// Sorted returns a copy of edits in the order of their places.
func Sorted(edits []Edit) []Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	})
	return edits
}
