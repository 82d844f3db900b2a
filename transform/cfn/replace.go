package cfn

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// Replace returns the edit that writes v in the place of n: a scalar in n's
// own quotes where it has any. It refuses, with an [*Error], where n or what
// is below it carries an anchor, which another place of the template uses.
func (t *Template) Replace(n *Node, v New) (Edit, error) {
	if err := t.refuseAnchors(n); err != nil {
		return Edit{}, err
	}
	if v.kind == Scalar && n.Kind == Scalar && n.QuoteOf() != Unquoted {
		v.quote = n.QuoteOf()
	}
	span := n.Span
	if span.Start == span.End && !t.isBehindIndicator(span.Start) {
		return Edit{}, t.Errorf(span.Start, "a key without a colon has no place for a value")
	}
	for span.End > span.Start && isBlank(t.Source[span.End-1]) {
		span.End-- // the line break of a block scalar
	}
	text := t.inline(v)
	if v.kind == Mapping && (n.IsNull() || t.Format == JSON && n.Kind == Mapping && len(n.Pairs) == 0) {
		text = t.expanded(n, v)
	}
	before := bytes.TrimRight(t.Source[:span.Start], " \t\r\n")
	onLaterLine := n.Kind != Scalar && bytes.ContainsAny(t.Source[len(before):span.Start], "\r\n")
	if bytes.HasSuffix(before, []byte{':'}) && (onLaterLine || span.Start == span.End || isBlank(text[0])) {
		span.Start = len(before) // up to the line of its key
		if !isBlank(text[0]) {
			text = " " + text
		}
	}
	if before := t.Source[:span.Start]; span.Start == n.Span.Start && len(before) > 0 && isAnchor(before[len(before)-1]) {
		text = " " + text // its name ends where the value starts
	}
	return Edit{span, text}, nil
}

// isAnchor reports whether a byte may belong to the name of an anchor.
func isAnchor(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// isBehindIndicator reports whether a colon or a dash stands before a place, and
// maybe a tag between, so that an empty value can be filled in there.
func (t *Template) isBehindIndicator(at int) bool {
	for {
		before := bytes.TrimRight(t.Source[:at], " \t\r\n")
		at = bytes.LastIndexAny(before, " \t\r\n,[{") + 1
		word := before[at:]
		if !bytes.HasPrefix(word, []byte("!")) {
			return bytes.HasSuffix(word, []byte(":")) || bytes.Equal(word, []byte("-"))
		}
	}
}

// expanded writes a mapping for the null n over several lines, in the style of
// the template, where n is the value of a key that has its line to itself.
func (t *Template) expanded(n *Node, v New) string {
	line := string(t.Source[t.lineStart(n.Span.Start):n.Span.Start])
	eol := t.eol(n.Span.Start)
	if t.Format == JSON {
		if !t.hasLines() {
			return t.inline(v)
		}
		return t.indented(v, eol+t.lineIndent(n.Span.Start), ": ", t.unit(t.Root))
	}
	key := strings.TrimLeft(line, " -")
	behind := bytes.TrimSpace(t.Source[n.Span.End:t.lineEnd(n.Span.End)])
	if len(behind) > 0 || strings.ContainsAny(key, "{[,") || !strings.HasSuffix(strings.TrimRight(key, " "), ":") {
		return t.inline(v)
	}
	unit := t.unit(t.Root)
	indent := eol + strings.Repeat(" ", len(line)-len(key)) + unit
	var lines []string
	for _, p := range v.pairs {
		lines = append(lines, t.blockPair(p, Plain, unit)...)
	}
	return indent + joinLines(lines, "", indent)
}

// refuseAnchors is an error where n or a node below it has an anchor.
func (t *Template) refuseAnchors(n *Node) error {
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
// sequence of scalars, as it is written there. It is an error where there is no
// such item, or where an item carries an anchor.
func (t *Template) KeepItem(list *Node, text string) ([]Edit, error) {
	if err := t.refuseAnchors(list); err != nil {
		return nil, err
	}
	keep := slices.IndexFunc(list.Items, func(item *Node) bool { return item.Kind == Scalar && item.Value == text })
	if keep < 0 {
		return nil, t.Errorf(list.Span.Start, "there is no item %q", text)
	}
	var edits []Edit
	for i, item := range list.Items {
		line, ok := t.ownLines(item)
		switch {
		case i == keep:
		case list.Style == Block && ok && i < keep: // with the line break behind it
			edits = append(edits, Edit{Span: Span{line.Start, line.End + lineBreak(t.Source, line.End)}})
		case list.Style == Block && ok: // with the one before, so that a line can be added behind it
			edits = append(edits, Edit{Span: Span{t.lineEnd(t.lineStart(line.Start - 1)), line.End}})
		case i < keep:
			edits = append(edits, Edit{Span: Span{item.Span.Start, list.Items[i+1].Span.Start}})
		default:
			edits = append(edits, Edit{Span: Span{list.Items[i-1].Span.End, item.Span.End}})
		}
	}
	return edits, nil
}

// ownLines returns the lines of an item of a block sequence, without the line
// break behind them, or false where they are not its alone.
func (t *Template) ownLines(item *Node) (Span, bool) {
	start, end := t.lineStart(item.Span.Start), t.lineEnd(item.Span.End)
	before := bytes.TrimSpace(t.Source[start:item.Span.Start])
	return Span{start, end}, string(before) == "-"
}

// Describe names a value in a message: a scalar by its text, a call by the name
// of the function.
func (t *Template) Describe(n *Node) string {
	if name, arg := n.Function(); name != "" {
		if name == "Ref" {
			return "Ref " + arg.Value
		}
		return name
	}
	switch n.Kind {
	case Scalar:
		if n.Value == "" {
			return "empty"
		}
		if _, err := strconv.Atoi(n.Value); err == nil && n.Style == Plain {
			return n.Value
		}
		return strconv.Quote(n.Value)
	case Alias:
		return "the alias *" + n.Value
	case Sequence:
		return "a list"
	}
	return "a mapping"
}
