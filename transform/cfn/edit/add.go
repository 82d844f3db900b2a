package edit

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// Add returns the edit that adds a pair to a mapping that has pairs already,
// after the last one that allows it, in the style of those beside it.
func Add(template *cfn.Template, m *cfn.Node, p Pair) (Edit, error) {
	t := newWriter(template)
	if err := t.refuseDuplicates(m.Span); err != nil {
		return Edit{}, err
	}
	if q, ok := m.Pair(p.Key); ok {
		return Edit{}, t.Errorf(q.Key.Span.Start, "there is a key %q already", p.Key)
	}
	for _, q := range m.Pairs {
		if q.Key.Value == "<<" {
			e := t.Errorf(q.Key.Span.Start, "a merge key << may bring %s in already", p.Key)
			e.Hint = "CloudFormation has no merge keys: write the values out"
			return Edit{}, e
		}
	}
	if m.Style == cfn.Flow {
		return t.addFlow(m, p).inside(m), nil
	}
	e, err := t.addBlock(m, p)
	return e.inside(m), err
}

// addBlock adds a pair on lines of its own. They come after the last pair that does
// not end in a block scalar, whose text another line could change, or else
// before the first key. In a section of the template they come after the last pair.
func (t writer) addBlock(m *cfn.Node, p Pair) (Edit, error) {
	first := m.Pairs[0].Key
	start := t.LineStart(first.Span.Start)
	if strings.ContainsAny(t.src[start:first.Span.Start], "?{[") {
		return Edit{}, t.Errorf(first.Span.Start, "cannot add %s beside a key in this style", p.Key)
	}
	indent := t.indent(first.Span.Start)
	eol := t.eol(first.Span.Start)
	lines := joinLines(t.blockPair(p, first.Style, t.unit(m)), eol, indent)
	if t.isSection(m) {
		if e, ok := t.addToSection(m, p.Key, eol, indent+lines); ok {
			return e, nil
		}
	}
	for i := len(m.Pairs) - 1; i >= 0; i-- {
		q := m.Pairs[i]
		if endsInBlockScalar(q.Value) {
			continue
		}
		at := t.afterComments(t.LineEnd(max(q.Value.Span.End, q.Key.Span.End)), len(indent))
		return splice(at, at, eol+indent+lines), nil
	}
	at := t.aboveComments(first.Span.Start)
	return splice(at, at, lines+eol+indent), nil
}

// isSection reports whether a mapping is a section, such as Resources.
func (t writer) isSection(m *cfn.Node) bool {
	return slices.ContainsFunc(t.Root().Pairs, func(p cfn.Pair) bool { return p.Value == m })
}

// addToSection adds lines after the last pair of a section, with an empty line
// before them if the others have one. It returns false if they would not be read
// as a pair of their own there.
func (t writer) addToSection(m *cfn.Node, key, eol, lines string) (Edit, bool) {
	last := m.Pairs[len(m.Pairs)-1].Value
	at, before, after := last.Span.End, "", eol
	if at != t.LineStart(at) || at == last.Span.Start { // not that of a block scalar
		at = t.afterComments(t.LineEnd(at), t.Position(m.Body()).Column-1)
		before, after = eol, ""
	}
	proposals := []Edit{splice(at, at, before+lines+after)}
	if t.hasEmptyLines(m) {
		proposals = slices.Insert(proposals, 0, splice(at, at, before+eol+lines+after))
	}
	for _, e := range proposals {
		if read, root := t.rereadBeside(last, e); read != nil && same(read, last) && root.Get(key) != nil {
			return e, true
		}
	}
	return Edit{}, false
}

// hasEmptyLines reports whether there is an empty line between the last pairs of a
// section, or between sections if there is only one pair.
func (t writer) hasEmptyLines(m *cfn.Node) bool {
	if len(m.Pairs) < 2 {
		m = t.Root()
	}
	if len(m.Pairs) < 2 {
		return false
	}
	before := m.Pairs[len(m.Pairs)-2]
	for at := t.NextLine(max(before.Key.Span.End, before.Value.Span.End-1)); at < m.Pairs[len(m.Pairs)-1].Key.Span.Start; at = t.NextLine(at) {
		if strings.TrimSpace(t.src[at:t.LineEnd(at)]) == "" {
			return true
		}
	}
	return false
}

// afterComments moves the end of a line past the comments below it that are
// indented by more than indent bytes: they belong to that line.
func (t writer) afterComments(end, indent int) int {
	for end < len(t.src) {
		next := t.NextLine(end)
		space := len(t.lineIndent(next))
		if space <= indent || next+space >= len(t.src) || t.src[next+space] != '#' {
			break
		}
		end = t.LineEnd(next)
	}
	return end
}

// aboveComments moves the start of a key above the comments right before it,
// where they are in the same column.
func (t writer) aboveComments(key int) int {
	start := t.LineStart(key)
	column := key - start
	for start > t.LineStart(0) {
		above := t.LineStart(start - 1)
		if len(t.lineIndent(above)) != column || t.src[above+column] != '#' || strings.Trim(t.src[t.LineStart(key):key], " ") != "" {
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
func (t writer) unit(m *cfn.Node) string {
	for _, mapping := range []*cfn.Node{m, t.Root()} {
		for _, p := range mapping.Pairs {
			v := p.Value
			if v.Kind != cfn.Mapping || len(v.Pairs) == 0 || v.Style == cfn.ShortForm {
				continue
			}
			key, child := t.lineIndent(p.Key.Span.Start), t.lineIndent(v.Pairs[0].Key.Span.Start)
			if child != key { // which may come after a dash
				key = t.indent(p.Key.Span.Start)
			}
			if unit, ok := strings.CutPrefix(child, key); ok && unit != "" {
				return unit
			}
		}
	}
	if len(t.Root().Pairs) > 0 && t.Format() == cfn.JSON {
		if unit := t.lineIndent(t.Root().Pairs[0].Key.Span.Start); unit != "" {
			return unit
		}
	}
	return "  "
}

// sequenceIndent returns the white space by which the template indents a
// sequence more than its key: as the first one does, or a level.
func (t writer) sequenceIndent(unit string) string {
	for n := range t.Root().All {
		if n.Kind != cfn.Mapping || n.Style != cfn.Block {
			continue
		}
		for _, p := range n.Pairs {
			if v := p.Value; v.Kind == cfn.Sequence && v.Style == cfn.Block && len(v.Items) > 0 {
				dash := t.lineIndent(v.Span.Start)
				if indent, ok := strings.CutPrefix(dash, t.lineIndent(p.Key.Span.Start)); ok {
					return indent
				}
			}
		}
	}
	return unit
}

// addFlow adds a pair after the last of a flow mapping or JSON object, with the
// white space that is before and in that one.
func (t writer) addFlow(m *cfn.Node, p Pair) Edit {
	last := m.Pairs[len(m.Pairs)-1]
	from := m.Body() + 1
	if len(m.Pairs) > 1 {
		from = m.Pairs[len(m.Pairs)-2].Value.Span.End
	}
	separator := t.src[from:last.Key.Span.Start] // with the comma, wherever it is
	space := strings.Replace(separator, ",", "", 1)
	switch {
	case strings.Trim(space, " \t\r\n") != "": // comments
		space = t.eol(from) + t.indent(last.Key.Span.Start)
		separator = "," + space
	case len(m.Pairs) > 1:
	case !strings.Contains(space, "\n"):
		space = t.afterComma() // what follows a brace tells nothing about commas
		fallthrough
	default:
		separator = "," + space
	}
	colon := t.src[last.Key.Span.End:max(last.Key.Span.End, last.Value.Span.Start)]
	if trimmed := strings.Trim(colon, " \t"); trimmed != ":" || (t.Format() == cfn.YAML && colon == ":") {
		colon = ": "
	}
	key := t.quoted(p.Key)
	switch last.Key.Style {
	case cfn.DoubleQuoted, cfn.JSONString:
		key = `"` + p.Key + `"`
	case cfn.SingleQuoted:
		key = "'" + p.Key + "'"
	}
	var value string
	if strings.Contains(space, "\n") && t.Format() == cfn.JSON {
		value = t.indented(p.Value, space, colon, t.unit(m))
	} else {
		value = t.inline(p.Value, false)
	}
	at := last.Value.Span.End
	if rest := strings.TrimLeft(t.src[at:t.LineEnd(at)], ", \t"); t.Format() == cfn.YAML && strings.HasPrefix(rest, "#") {
		// The comment stays with its value: the new pair comes before it.
		at = last.Key.Span.Start
		return splice(at, at, key+colon+value+","+space)
	}
	return splice(at, at, separator+key+colon+value)
}
