package edit

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// Remove returns the edit that removes a pair of a mapping: its lines, with the
// comments above and inside it, or what it takes between commas. The empty lines
// on one side of it go too. The error is a [*cfn.Error] if the mapping has no such
// pair or no other, or if something else depends on how the pair is written.
func Remove(template *cfn.Template, m *cfn.Node, key string) (Edit, error) {
	t := newWriter(template)
	i := slices.IndexFunc(m.Pairs, func(p cfn.Pair) bool { return p.Key.Value == key })
	if i < 0 {
		return Edit{}, t.Errorf(m.Span.Start, "there is no key %q to remove", key)
	}
	pair := m.Pairs[i]
	if err := t.refuseDuplicates(m.Span); err != nil {
		return Edit{}, err
	}
	if err := t.refuseDuplicate(m, key); err != nil {
		return Edit{}, err
	}
	if err := t.refuseAnchors(pair.Value); err != nil {
		return Edit{}, err
	}
	if len(m.Pairs) == 1 {
		return Edit{}, t.Errorf(pair.Key.Span.Start, "%s is all that the mapping has", key)
	}
	want := *m
	want.Pairs = slices.Delete(slices.Clone(m.Pairs), i, i+1)
	propose := t.withoutLines
	if m.Style == cfn.Flow {
		propose = t.withoutItem
	}
	for _, e := range propose(m, i) {
		if read := t.reread(m, e); read != nil && same(read, &want) {
			return e, nil
		}
	}
	return Edit{}, t.Errorf(pair.Key.Span.Start, "%s cannot be removed in the way it is written", key)
}

// withoutItem proposes to remove the pair i of a flow mapping with the comma
// after it, or before the last.
func (t writer) withoutItem(m *cfn.Node, i int) []Edit {
	if i+1 < len(m.Pairs) {
		return []Edit{splice(m.Pairs[i].Key.Span.Start, m.Pairs[i+1].Key.Span.Start, "")}
	}
	end := max(m.Pairs[i].Value.Span.End, m.Pairs[i].Key.Span.End)
	before := max(m.Pairs[i-1].Value.Span.End, m.Pairs[i-1].Key.Span.End)
	return []Edit{splice(before, end, "")}
}

// withoutLines proposes to remove the pair i of a block mapping: with the empty
// lines after it if there are some before it too, then without them, and then with
// them, lest they become part of a block scalar above.
func (t writer) withoutLines(m *cfn.Node, i int) []Edit {
	key := m.Pairs[i].Key.Span.Start
	last := m.Pairs[i].Value
	end := max(last.Span.End, m.Pairs[i].Key.Span.End)
	if end > t.LineStart(end) || end == m.Pairs[i].Key.Span.End { // not that of a block scalar
		end = t.NextLine(t.afterComments(t.LineEnd(end), t.Position(key).Column-1))
	}
	if before := strings.TrimSpace(t.src[t.LineStart(key):key]); strings.HasSuffix(before, "-") {
		next := end + len(t.src[end:]) - len(strings.TrimLeft(t.src[end:], " \t\r\n"))
		return []Edit{splice(key, next, "")}
	} else if before != "" {
		return nil
	}
	start := t.LineStart(t.aboveComments(key))
	below := end
	for below < len(t.src) && strings.TrimSpace(t.src[below:t.LineEnd(below)]) == "" {
		below = t.NextLine(below)
	}
	isBlankAbove := start == t.LineStart(0) || strings.TrimSpace(t.src[t.LineStart(start-1):start]) == ""
	var proposals []Edit
	if isBlankAbove && below > end {
		proposals = append(proposals, splice(start, below, ""))
	}
	if end == len(t.src) && start > 0 && t.LineStart(end) != end { // no line end at the end
		proposals = append(proposals, splice(t.LineEnd(t.LineStart(start-1)), end, ""))
	}
	return append(proposals, splice(start, end, ""), splice(start, below, ""))
}
