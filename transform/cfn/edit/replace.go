package edit

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// Replace returns the edit that writes v in the place of n: a scalar in n's
// own quotes if it has any. It returns a [*cfn.Error] if n or a node below it
// carries an anchor, which another place of the template may use.
func Replace(template *cfn.Template, n *cfn.Node, v Value) (Edit, error) {
	t := newWriter(template)
	if err := t.refuseDuplicates(n.Span); err != nil {
		return Edit{}, err
	}
	if err := t.refuseAnchors(n); err != nil {
		return Edit{}, err
	}
	if v.kind == cfn.Scalar && n.Kind == cfn.Scalar && QuoteOf(n) != Unquoted && v.quote != Integer {
		v.quote = QuoteOf(n)
	}
	e := t.overwrite(n, t.inPlaceOf(n, v)).inside(n)
	if n.Span.Start == n.Span.End && t.rereadEmpty(n, e) == nil {
		return Edit{}, t.Errorf(n.Span.Start, "there is no place for a value here")
	}
	return e, nil
}

// inPlaceOf returns how v is written in the place of n: on one line, or on several
// if it is a mapping where there was nothing, or a call in long form.
func (t writer) inPlaceOf(n *cfn.Node, v Value) string {
	isLong := v.isCall && t.Format() == cfn.YAML && !t.UsesShortForm()
	isEmpty := n.IsNull() || t.Format() == cfn.JSON && n.Kind == cfn.Mapping && len(n.Pairs) == 0
	if isLong || v.kind == cfn.Mapping && isEmpty && !t.isShort(v) {
		return t.expanded(n, v)
	}
	return t.inline(v, false)
}

// overwrite returns the edit that writes text over n, on the line of its key and
// with a blank after the key or the anchor before it.
func (t writer) overwrite(n *cfn.Node, text string) Edit {
	span := n.Span
	for span.End > span.Start && isBlank(t.src[span.End-1]) {
		span.End-- // the line break of a block scalar
	}
	before := strings.TrimRight(t.src[:span.Start], " \t\r\n")
	onLaterLine := n.Kind != cfn.Scalar && strings.ContainsAny(t.src[len(before):span.Start], "\r\n")
	if strings.HasSuffix(before, ":") && (onLaterLine || span.Start == span.End || isBlank(text[0])) {
		span.Start = len(before) // up to the line of its key
		if !isBlank(text[0]) {
			text = " " + text
		}
	}
	if before := t.src[:span.Start]; span.Start == n.Span.Start && len(before) > 0 && isAnchor(before[len(before)-1]) {
		text = " " + text // its name ends where the value starts
	}
	return Edit{Span: span, New: text}
}

// isAnchor reports whether a byte may belong to the name of an anchor.
func isAnchor(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// expanded writes a mapping in the place of n over several lines, in the style of
// the template, if n is the value of a key that has its line to itself.
func (t writer) expanded(n *cfn.Node, v Value) string {
	line := t.src[t.LineStart(n.Span.Start):n.Span.Start]
	eol := t.eol(n.Span.Start)
	if t.Format() == cfn.JSON {
		if !t.hasLines() {
			return t.inline(v, false)
		}
		return t.indented(v, eol+t.lineIndent(n.Span.Start), ": ", t.unit(t.Root()))
	}
	unit := t.unit(t.Root())
	lines := t.blockValue("", v, cfn.Plain, unit)
	if n.Style == cfn.Block && strings.Trim(line, " ") == "" { // on the lines below its key
		return joinLines(lines, eol, strings.TrimSuffix(line, unit))
	}
	key := strings.TrimLeft(line, " -")
	rest := strings.TrimSpace(t.src[n.Span.End:t.LineEnd(n.Span.End)])
	if len(rest) > 0 || strings.ContainsAny(key, "{[,") || !strings.HasSuffix(strings.TrimRight(key, " "), ":") {
		return t.inline(v, false)
	}
	return joinLines(lines, eol, strings.Repeat(" ", len(line)-len(key)))
}

// refuseAnchors returns an error if n or a node below it has an anchor.
func (t writer) refuseAnchors(n *cfn.Node) error {
	for m := range n.All {
		if name := t.Anchor(m); name != "" {
			e := t.Errorf(m.Span.Start, "the anchor &%s is on a value that must change", name)
			e.Hint = "write the value out instead of sharing it by an anchor"
			return e
		}
	}
	return nil
}

// KeepItem returns the edits that leave only the item with the given text in a
// sequence of scalars, as it is written there. It returns an error if there is no
// such item, or if an item carries an anchor.
func KeepItem(template *cfn.Template, list *cfn.Node, text string) ([]Edit, error) {
	t := newWriter(template)
	if err := t.refuseDuplicates(list.Span); err != nil {
		return nil, err
	}
	if err := t.refuseAnchors(list); err != nil {
		return nil, err
	}
	keep := slices.IndexFunc(list.Items, func(item *cfn.Node) bool { return item.Kind == cfn.Scalar && item.Value == text })
	if keep < 0 {
		return nil, t.Errorf(list.Span.Start, "there is no item %q", text)
	}
	var edits []Edit
	for i, item := range list.Items {
		line, ok := t.ownLines(item)
		switch {
		case i == keep:
		case list.Style == cfn.Block && ok && i < keep: // with the line break after it
			edits = append(edits, splice(line.Start, t.NextLine(line.End), ""))
		case list.Style == cfn.Block && ok: // with the one before, so that a line can be added after it
			edits = append(edits, splice(t.LineEnd(t.LineStart(line.Start-1)), line.End, ""))
		case i < keep:
			edits = append(edits, splice(item.Span.Start, list.Items[i+1].Span.Start, ""))
		default:
			edits = append(edits, splice(list.Items[i-1].Span.End, item.Span.End, ""))
		}
	}
	return edits, nil
}

// ownLines returns the lines of an item of a block sequence, without the line
// break after them, or false where they are not its alone.
func (t writer) ownLines(item *cfn.Node) (cfn.Span, bool) {
	start, end := t.LineStart(item.Span.Start), t.LineEnd(item.Span.End)
	before := strings.TrimSpace(t.src[start:item.Span.Start])
	return cfn.Span{Start: start, End: end}, string(before) == "-"
}
