package edit

import (
	"slices"
	"sort"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A place is what decides how a node must be written: the collections around it.
type place struct {
	parent *cfn.Node // the collection that it is in, or nil
	indent int       // column of the block collection around it, or -1
	flow   bool      // it is inside brackets
}

// placeOf returns the place of a node, or false if it is not in the tree.
func (t writer) placeOf(n *cfn.Node) (place, bool) {
	return t.placeIn(t.Root(), n, place{indent: -1})
}

func (t writer) placeIn(m, n *cfn.Node, p place) (place, bool) {
	if m == n {
		return p, true
	}
	p.parent = m
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

// reread makes an edit within a node, or in the comments and empty lines around
// it, and reads the result in its place. It returns nil if the result
// cannot be read, or is more than the node.
func (t writer) reread(n *cfn.Node, e Edit) *cfn.Node {
	read, root := t.rereadBeside(n, e)
	if read == nil || read != root && len(root.Pairs) > 2 {
		return nil
	}
	return read
}

// rereadEmpty is like reread for an empty value, which has no source of its own: the
// collection around it is read, and everything else in it must be as before.
func (t writer) rereadEmpty(n *cfn.Node, e Edit) *cfn.Node {
	p, ok := t.placeOf(n)
	if !ok || p.parent == nil {
		return nil
	}
	read := t.reread(p.parent, e)
	if read == nil || len(read.Items) != len(p.parent.Items) || len(read.Pairs) != len(p.parent.Pairs) {
		return nil
	}
	var value *cfn.Node
	want := *p.parent
	want.Items, want.Pairs = slices.Clone(want.Items), slices.Clone(want.Pairs)
	for i, item := range want.Items {
		if item == n {
			value = read.Items[i]
			want.Items[i] = value
		}
	}
	for i, pair := range want.Pairs {
		if pair.Value == n {
			value = read.Pairs[i].Value
			want.Pairs[i].Value = value
		}
	}
	if !same(read, &want) {
		return nil
	}
	return value
}

// rereadBeside reads a node after an edit in a document of its own, which has the
// indentation or the brackets that are around the node, and the comments after
// it. The root of that document may have more than the node, which is its "k", and
// what comes after it, which is "z"; of the root of the template it is the node.
func (t writer) rereadBeside(n *cfn.Node, e Edit) (read, root *cfn.Node) {
	p, ok := t.placeOf(n)
	if !ok {
		return nil, nil
	}
	f := t.frameOf(n, p, e)
	if e.Start < f.span.Start || e.End > f.span.End {
		return nil, nil
	}
	written := f.before + t.src[f.span.Start:e.Start] + e.New + t.src[e.End:f.span.End] + f.after
	document, err := cfn.Parse([]byte(written))
	if err != nil || document.Format() != t.Format() || len(document.Duplicates()) > len(t.Duplicates()) {
		return nil, nil
	}
	return f.node(document.Root()), document.Root()
}

// A frame is what is around a node in a document of its own.
type frame struct {
	span          cfn.Span // of the source, with the node
	before, after string   // the source
	isItem        bool     // "k" is a list in brackets that has the node alone
}

// node returns the node that a document with the frame has, or nil.
func (f frame) node(root *cfn.Node) *cfn.Node {
	if f.before == "" {
		return root
	}
	k := root.Get("k")
	if !f.isItem {
		return k
	}
	if k == nil || len(k.Items) != 1 {
		return nil
	}
	return k.Items[0]
}

// frameOf returns the frame in which a node is read after an edit.
func (t writer) frameOf(n *cfn.Node, p place, e Edit) frame {
	span := n.Span
	if n.Style == cfn.Block {
		span.Start = n.Body()
	}
	margin := strings.Repeat(" ", max(p.indent, 0))
	switch {
	case t.Format() == cfn.JSON:
		return frame{span: span, before: `{"k": `, after: "}"}
	case p.flow:
		return frame{span: span, before: margin + "k: [\n" + margin + " ", after: "\n" + margin + " ]\n", isItem: true}
	}
	span.End = t.afterEmptyLines(span.End)
	f := frame{span: span, before: margin + "k: ", after: margin + "z: 0\n"}
	if span.End == len(t.src) {
		f.after = ""
	}
	if n.Style == cfn.Block {
		return t.blockFrame(n, f, margin, e)
	}
	return f
}

// blockFrame returns the frame of a collection in block style: on the lines below
// its "k", and from the comments above it if the edit is there.
func (t writer) blockFrame(n *cfn.Node, f frame, margin string, e Edit) frame {
	f.before = margin + "k:\n" + strings.Repeat(" ", t.Position(f.span.Start).Column-1)
	if n == t.Root() {
		f.before, f.after = "", ""
	}
	isFirst := strings.Trim(t.src[t.LineStart(f.span.Start):f.span.Start], " ") == ""
	if e.Start < f.span.Start && isFirst { // in the comments above it
		f.span.Start, f.before = t.LineStart(e.Start), strings.TrimRight(f.before, " ")
	}
	return f
}

// afterEmptyLines returns where the first line starts after a place that has more
// than a comment.
func (t writer) afterEmptyLines(at int) int {
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
// of a key that occurs twice.
func (t writer) refuseDuplicates(at cfn.Span) error {
	for _, d := range t.Duplicates() {
		if v := d.Last.Value.Span; v.Start <= at.Start && at.End <= v.End {
			return t.duplicate(d)
		}
	}
	return nil
}

// refuseDuplicate returns an error if the key of a mapping occurs in it twice.
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
	e := t.Errorf(d.Last.Key.Span.Start, "the key %q must change, and it occurs at line %d too", d.Last.Key.Value, t.Position(d.Pair.Key.Span.Start).Line)
	e.Hint = "CloudFormation takes the last of equal keys, and other tools refuse them: remove one"
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
