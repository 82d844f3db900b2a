package cfn

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// A New value is what an edit writes into a template: a [Scalar] or a [Map]
// or a [List] of them.
type New struct {
	text  string
	quote Quote
	pairs []NewPair
	items []New
	kind  Kind
}

// NewPair is a key and value of a new mapping.
type NewPair struct {
	Key   string
	Value New
}

// Quote says how YAML writes a new scalar. JSON quotes all but [Number].
type Quote uint8

// The ways to write a scalar. Unquoted is for words that YAML reads as strings;
// Number for what is no string in JSON either; Lines for a text of several
// lines, which becomes a literal scalar in block style.
const (
	Unquoted Quote = iota
	Number
	InSingleQuotes
	InDoubleQuotes
	Lines
)

// NewScalar returns a scalar to write.
func NewScalar(text string, q Quote) New { return New{kind: Scalar, text: text, quote: q} }

// NewMap returns a mapping to write.
func NewMap(pairs ...NewPair) New { return New{kind: Mapping, pairs: pairs} }

// NewList returns a sequence to write.
func NewList(items ...New) New { return New{kind: Sequence, items: items} }

// QuoteOf returns the quotes around n, so that a new value can have the same.
func (n *Node) QuoteOf() Quote {
	switch n.Style {
	case SingleQuoted:
		return InSingleQuotes
	case DoubleQuoted, JSONString:
		return InDoubleQuotes
	}
	return Unquoted
}

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
	return Edit{span, text}, nil
}

// expanded writes a mapping for the null n over several lines, in the style of
// the template, where n is the value of a key that has its line to itself.
func (t *Template) expanded(n *Node, v New) string {
	line := string(t.Source[t.lineStart(n.Span.Start):n.Span.Start])
	eol := t.eol(n.Span.Start)
	if t.Format == JSON {
		if !bytes.ContainsRune(t.Source, '\n') {
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
		if m.Anchor != "" {
			e := t.Errorf(m.Span.Start, "the anchor &%s is on a value that must change", m.Anchor)
			e.Hint = "write the value out instead of sharing it by an anchor"
			return e
		}
	}
	return nil
}

// Add returns the edit that adds a pair to a mapping that has pairs already,
// behind the last one that allows it, in the style of those beside it.
func (t *Template) Add(m *Node, p NewPair) (Edit, error) {
	for _, q := range m.Pairs {
		if q.Key.Value == "<<" {
			e := t.Errorf(q.Key.Span.Start, "a merge key << may bring %s in already", p.Key)
			e.Hint = "CloudFormation has no merge keys: write the values out"
			return Edit{}, e
		}
	}
	if m.Style == Flow {
		return t.addFlow(m, p), nil
	}
	return t.addBlock(m, p)
}

// addBlock adds a pair on lines of its own. They come behind a pair that does
// not end in a block scalar, whose text another line could change, or else
// before the first key.
func (t *Template) addBlock(m *Node, p NewPair) (Edit, error) {
	first := m.Pairs[0].Key
	start := t.lineStart(first.Span.Start)
	if strings.ContainsAny(string(t.Source[start:first.Span.Start]), "?{[") {
		return Edit{}, t.Errorf(first.Span.Start, "cannot add %s beside a key in this style", p.Key)
	}
	indent := t.indent(first.Span.Start)
	if m.Style == Block && strings.Trim(indent, " ") != "" {
		indent = strings.Repeat(" ", len(indent))
	}
	eol := t.eol(first.Span.Start)
	lines := t.blockPair(p, first.Style, t.unit(m))
	for i := len(m.Pairs) - 1; i >= 0; i-- {
		q := m.Pairs[i]
		if q.Value.endsInBlockScalar() {
			continue
		}
		at := t.behindComments(t.lineEnd(max(q.Value.Span.End, q.Key.Span.End)), len(indent))
		return Edit{Span{at, at}, eol + indent + joinLines(lines, eol, indent)}, nil
	}
	at := t.aboveComments(first.Span.Start)
	return Edit{Span{at, at}, joinLines(lines, eol, indent) + eol + indent}, nil
}

// behindComments moves the end of a line behind the comments below it that are
// indented by more than a number of bytes: they belong to what stands there.
func (t *Template) behindComments(end, indent int) int {
	for end < len(t.Source) {
		next := end + lineBreak(t.Source, end)
		space := len(t.lineIndent(next))
		if space <= indent || next+space >= len(t.Source) || t.Source[next+space] != '#' {
			break
		}
		end = t.lineEnd(next)
	}
	return end
}

// aboveComments moves the start of a key above the comments right before it,
// where they are in the same column.
func (t *Template) aboveComments(key int) int {
	start := t.lineStart(key)
	column := key - start
	for start > t.lines[0] {
		above := t.lineStart(start - 1)
		if len(t.lineIndent(above)) != column || t.Source[above+column] != '#' || strings.Trim(string(t.Source[t.lineStart(key):key]), " ") != "" {
			break
		}
		start, key = above, above+column
	}
	return key
}

// joinLines puts lines below each other. Empty ones are not indented, nor is
// the first, which the caller has put in its place.
func joinLines(lines []string, eol, indent string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			line = eol + indentLine(indent, line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// unit returns the white space by which a level is indented more than the one
// around it: as the children of m's own pairs are, or the template's first.
func (t *Template) unit(m *Node) string {
	for _, mapping := range []*Node{m, t.Root} {
		for _, p := range mapping.Pairs {
			v := p.Value
			if v.Kind != Mapping || len(v.Pairs) == 0 || v.Style == ShortForm {
				continue
			}
			key, child := t.lineIndent(p.Key.Span.Start), t.lineIndent(v.Pairs[0].Key.Span.Start)
			if unit, ok := strings.CutPrefix(child, key); ok && unit != "" {
				return unit
			}
		}
	}
	if len(t.Root.Pairs) > 0 && t.Format == JSON {
		if unit := t.lineIndent(t.Root.Pairs[0].Key.Span.Start); unit != "" {
			return unit
		}
	}
	return "  "
}

// sequenceIndent returns the white space by which the template indents a
// sequence more than its key: as the first one does, or a level.
func (t *Template) sequenceIndent(unit string) string {
	for n := range t.Root.All {
		if n.Kind != Mapping || n.Style != Block {
			continue
		}
		for _, p := range n.Pairs {
			if v := p.Value; v.Kind == Sequence && v.Style == Block && len(v.Items) > 0 {
				dash := t.lineIndent(v.Span.Start)
				if indent, ok := strings.CutPrefix(dash, t.lineIndent(p.Key.Span.Start)); ok {
					return indent
				}
			}
		}
	}
	return unit
}

// blockPair writes a pair in block style, as lines without the indentation
// that is common to all.
func (t *Template) blockPair(p NewPair, keys Style, unit string) []string {
	key := p.Key + ":"
	switch keys {
	case DoubleQuoted:
		key = `"` + p.Key + `":`
	case SingleQuoted:
		key = "'" + p.Key + "':"
	}
	v := p.Value
	switch {
	case v.kind == Mapping:
		lines := []string{key}
		for _, q := range v.pairs {
			for _, line := range t.blockPair(q, keys, unit) {
				lines = append(lines, indentLine(unit, line))
			}
		}
		return lines
	case v.kind == Sequence:
		lines := []string{key}
		indent := t.sequenceIndent(unit)
		for _, item := range v.items {
			lines = append(lines, indent+"- "+t.inline(item))
		}
		return lines
	case v.quote == Lines:
		lines := []string{key + " |"}
		for _, line := range strings.Split(strings.TrimSuffix(v.text, "\n"), "\n") {
			lines = append(lines, indentLine(unit, line))
		}
		return lines
	}
	return []string{key + " " + t.inline(v)}
}

// indentLine indents a line that is not empty.
func indentLine(indent, line string) string {
	if line == "" {
		return ""
	}
	return indent + line
}

// addFlow adds a pair behind the last of a flow mapping or JSON object, with
// the white space that stands before and in that one.
func (t *Template) addFlow(m *Node, p NewPair) Edit {
	last := m.Pairs[len(m.Pairs)-1]
	from := m.body + 1
	if len(m.Pairs) > 1 {
		from = m.Pairs[len(m.Pairs)-2].Value.Span.End
	}
	separator := string(t.Source[from:last.Key.Span.Start]) // with the comma, wherever it stands
	space := strings.Replace(separator, ",", "", 1)
	switch {
	case strings.Trim(space, " \t\r\n") != "": // comments
		space = t.eol(from) + t.indent(last.Key.Span.Start)
		separator = "," + space
	case len(m.Pairs) > 1:
	case !strings.Contains(space, "\n"):
		space = t.afterComma() // what follows a brace says little
		fallthrough
	default:
		separator = "," + space
	}
	colon := string(t.Source[last.Key.Span.End:max(last.Key.Span.End, last.Value.Span.Start)])
	if trimmed := strings.Trim(colon, " \t"); trimmed != ":" || (t.Format == YAML && colon == ":") {
		colon = ": "
	}
	key := p.Key
	switch last.Key.Style {
	case DoubleQuoted, JSONString:
		key = `"` + key + `"`
	case SingleQuoted:
		key = "'" + key + "'"
	}
	var value string
	if strings.Contains(space, "\n") && t.Format == JSON {
		value = t.indented(p.Value, space, colon, t.unit(m))
	} else {
		value = t.inline(p.Value)
	}
	at := last.Value.Span.End
	if behind := bytes.TrimLeft(t.Source[at:t.lineEnd(at)], ", \t"); t.Format == YAML && bytes.HasPrefix(behind, []byte("#")) {
		// The comment stays with its value: the new pair comes before it.
		at = last.Key.Span.Start
		return Edit{Span{at, at}, key + colon + value + "," + space}
	}
	return Edit{Span{at, at}, separator + key + colon + value}
}

// indented writes a value in JSON over several lines; newline is a line break
// and the indentation of the line that the value starts on.
func (t *Template) indented(v New, newline, colon, unit string) string {
	var parts []string
	open, closing := "{", "}"
	switch v.kind {
	case Mapping:
		for _, p := range v.pairs {
			parts = append(parts, t.quoted(p.Key)+colon+t.indented(p.Value, newline+unit, colon, unit))
		}
	case Sequence:
		open, closing = "[", "]"
		for _, item := range v.items {
			parts = append(parts, t.indented(item, newline+unit, colon, unit))
		}
	default:
		return t.inline(v)
	}
	return open + newline + unit + strings.Join(parts, ","+newline+unit) + newline + closing
}

// afterComma is what the template writes behind a comma on one line: nothing
// in minified JSON, else a space.
func (t *Template) afterComma() string {
	if t.Format == JSON && !bytes.ContainsAny(t.Source[:len(t.Source)-1], "\n") {
		if root := t.Root; len(root.Pairs) > 0 && root.Pairs[0].Value.Span.Start == root.Pairs[0].Key.Span.End+1 {
			return ""
		}
	}
	return " "
}

// inline writes a value on one line.
func (t *Template) inline(v New) string {
	space := t.afterComma()
	var parts []string
	switch v.kind {
	case Mapping:
		for _, p := range v.pairs {
			parts = append(parts, t.quoted(p.Key)+":"+space+t.inline(p.Value))
		}
		return "{" + strings.Join(parts, ","+space) + "}"
	case Sequence:
		for _, item := range v.items {
			parts = append(parts, t.inline(item))
		}
		return "[" + strings.Join(parts, ","+space) + "]"
	}
	switch {
	case v.quote == Number:
		return v.text
	case t.Format == JSON || v.quote == InDoubleQuotes || v.quote == Lines:
		return quoteJSON(v.text)
	case v.quote == InSingleQuotes:
		return "'" + strings.ReplaceAll(v.text, "'", "''") + "'"
	}
	return v.text
}

// quoted writes a key on one line.
func (t *Template) quoted(key string) string {
	if t.Format == JSON || strings.Contains(key, ":") {
		return quoteJSON(key)
	}
	return key
}

// quoteJSON writes text as a JSON string, which YAML's double quotes read too.
func quoteJSON(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
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
		return strconv.Quote(n.Value)
	case Alias:
		return "the alias *" + n.Value
	case Sequence:
		return "a list"
	}
	return "a mapping"
}
