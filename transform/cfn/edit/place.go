package edit

import (
	"sort"
	"strings"

	"imdslock/transform/cfn"
)

// A place is what decides how a node must be written: the collections around it.
type place struct {
	indent int  // column of the block collection around it, or -1
	flow   bool // it is inside of brackets
}

// placeOf returns the place of a node, or false if it is not in the tree.
func (t writer) placeOf(n *cfn.Node) (place, bool) {
	return t.placeIn(t.Root(), n, place{indent: -1})
}

func (t writer) placeIn(m, n *cfn.Node, p place) (place, bool) {
	if m == n {
		return p, true
	}
	switch m.Style {
	case cfn.Block:
		p.indent = t.Position(m.Body()).Column - 1
	case cfn.Flow:
		p.flow = true
	}
	size, child := len(m.Items), func(i int) *cfn.Node { return m.Items[i] }
	if m.Kind == cfn.Mapping {
		size, child = len(m.Pairs), func(i int) *cfn.Node { return m.Pairs[i].Value }
	}
	first := sort.Search(size, func(i int) bool { return child(i).Span.End >= n.Span.Start })
	for i := first; i < size && child(i).Span.Start <= n.Span.Start; i++ {
		if found, ok := t.placeIn(child(i), n, p); ok {
			return found, true
		}
	}
	return place{}, false
}

// reread makes edits within a node, or in the comments and empty lines around
// it, and reads the result as it stands there: the node alone, in a document
// with the indentation or the brackets that are around it and with the comments
// that come after it. It returns nil if the result cannot be read, or is more
// than the node.
func (t writer) reread(n *cfn.Node, edits ...Edit) *cfn.Node {
	p, ok := t.placeOf(n)
	if !ok {
		return nil
	}
	from, to := n.Body(), n.Span.End
	isOpen := t.Format() == cfn.YAML && !p.flow
	if isOpen {
		to = t.behindEmptyLines(to)
	}
	before, after := `{"k": `, "}"
	switch {
	case p.flow && t.Format() == cfn.YAML:
		before, after = strings.Repeat(" ", max(p.indent, 0))+"k: [\n"+t.continuation(n, p), "\n"+t.continuation(n, p)+"]\n"
	case isOpen:
		margin := strings.Repeat(" ", max(p.indent, 0))
		before, after = margin+"k: ", ""
		switch {
		case n == t.Root() && n.Style == cfn.Block:
			before = ""
		case n.Style == cfn.Block:
			before = margin + "k:\n" + strings.Repeat(" ", t.Position(from).Column-1)
		}
		if to < len(t.src) && n != t.Root() {
			after = margin + "z: 0\n"
		}
	}
	for _, e := range edits {
		if e.Start < from && n.Style == cfn.Block && strings.TrimLeft(t.src[t.LineStart(from):from], " ") == "" {
			from, before = t.LineStart(e.Start), strings.TrimRight(before, " ") // comments above it
		}
		if e.Start < from || e.End > to {
			return nil
		}
	}
	shifted := make([]Edit, len(edits))
	for i, e := range edits {
		shifted[i] = splice(e.Start-from, e.End-from, e.New)
	}
	written, err := Apply([]byte(t.src[from:to]), shifted)
	if err != nil {
		return nil
	}
	read, err := cfn.Parse([]byte(before + string(written) + after))
	if err != nil || read.Format() != t.Format() || n != t.Root() && len(read.Root().Pairs) > 2 || len(read.Duplicates()) > len(t.Duplicates()) {
		return nil
	}
	value := read.Root().Get("k")
	if before == "" {
		value = read.Root()
	}
	if p.flow && t.Format() == cfn.YAML && value != nil {
		if len(value.Items) != 1 {
			return nil
		}
		return value.Items[0]
	}
	return value
}

// continuation returns the white space before a line of a flow collection that
// is inside of a block collection.
func (t writer) continuation(n *cfn.Node, p place) string {
	return strings.Repeat(" ", max(p.indent, 0)+1)
}

// behindEmptyLines returns where the first line starts after a place that has more
// than a comment.
func (t writer) behindEmptyLines(at int) int {
	for at < len(t.src) {
		line := strings.TrimLeft(t.src[at:t.LineEnd(at)], " \t\uFEFF")
		if line != "" && line[0] != '#' {
			return at
		}
		at = t.NextLine(at)
	}
	return at
}

// refuseDuplicates returns an error if a change at a place would be in the value
// of a key that stands twice.
func (t writer) refuseDuplicates(at cfn.Span) error {
	for _, d := range t.Duplicates() {
		if v := d.Last.Value.Span; v.Start <= at.Start && at.End <= v.End {
			return t.duplicate(d)
		}
	}
	return nil
}

// refuseDuplicate returns an error if the key of a mapping stands in it twice.
func (t writer) refuseDuplicate(m *cfn.Node, key string) error {
	pair, ok := m.Pair(key)
	for _, d := range t.Duplicates() {
		if ok && d.Last == pair {
			return t.duplicate(d)
		}
	}
	return nil
}

func (t writer) duplicate(d cfn.Duplicate) error {
	e := t.Errorf(d.Last.Key.Span.Start, "the key %q must change, and it stands at line %d too", d.Last.Key.Value, t.Position(d.Pair.Key.Span.Start).Line)
	e.Hint = "CloudFormation takes the last of equal keys, other tools none: remove one"
	return e
}

// same reports whether two nodes have the same content, however it is written.
func same(a, b *cfn.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Pairs) != len(b.Pairs) || len(a.Items) != len(b.Items) {
		return false
	}
	for i, p := range a.Pairs {
		if p.Key.Value != b.Pairs[i].Key.Value || !same(p.Value, b.Pairs[i].Value) {
			return false
		}
	}
	for i, item := range a.Items {
		if !same(item, b.Items[i]) {
			return false
		}
	}
	return true
}
