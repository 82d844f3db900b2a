package edit

import (
	"slices"
	"sort"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A Text is one string that an expression can make: a scalar, Fn::Sub or
// Fn::Join, in any spelling and nesting. It knows where each part of the string
// comes from in the source, so that a change of the string becomes an [Edit].
//
// What is known only at deployment is one [Placeholder] in String: a variable of
// Fn::Sub, or a function such as Ref. The literal "${!Name}" of Fn::Sub is
// "${Name}", as in the string that CloudFormation makes. Outside of Fn::Sub,
// "${Name}" stands for itself.
type Text struct {
	String string

	template writer
	node     *cfn.Node // that makes it: given to Texts, or the branch of an Fn::If around that
	runs     []run
	places   []itemPlace
	choices  []Choice
}

// Placeholder stands for a part of a [Text] that the template does not show
// (OBJECT REPLACEMENT CHARACTER).
const Placeholder = "\uFFFC"

// A leaf is a scalar that makes a part of a string.
type leaf struct {
	node     *cfn.Node
	segments []cfn.Segment
	isSub    bool // its text is that of Fn::Sub
	times    int  // how often the string has it
}

// A run is a range of a string.
type run struct {
	start, end int    // in the string
	leaf       *leaf  // that makes it, or nil
	from, to   int    // in the leaf's text; the same bytes, unless it is a placeholder
	name       string // what a placeholder stands for
	of         *cfn.Node
}

func (r run) isPlaceholder() bool { return r.name != "" }

// An itemPlace is where an item of an Fn::Join begins.
type itemPlace struct {
	at        int
	list      *cfn.Node
	index     int
	after     int // the index after the item before it that the string has
	delimiter string
}

// Name returns what the placeholder at a place of String stands for: the name of
// a variable or of a Ref, such as "ClusterName" or "AWS::Region", or the name of
// another function, such as "Fn::ImportValue". It is "" if there is none.
func (x *Text) Name(at int) string {
	if r, ok := x.runAt(at); ok {
		return r.name
	}
	return ""
}

// Expression returns the expression that the placeholder at a place of String stands
// for. It returns nil if there is none, or if it is a variable of Fn::Sub that is a
// parameter or a resource.
func (x *Text) Expression(at int) *cfn.Node {
	if r, ok := x.runAt(at); ok {
		return r.of
	}
	return nil
}

// runAt returns the run that the byte of String at a place belongs to.
func (x *Text) runAt(at int) (run, bool) {
	i := sort.Search(len(x.runs), func(i int) bool { return x.runs[i].end > at })
	if i == len(x.runs) || x.runs[i].start > at {
		return run{}, false
	}
	return x.runs[i], true
}

// Offset returns the offset in the source of a place in String, or that of the
// start of the text if the source does not show that place.
func (x *Text) Offset(at int) int {
	if r, ok := x.runAt(at); ok && r.leaf != nil {
		in := r.from
		if !r.isPlaceholder() {
			in += at - r.start
		}
		if src, ok := source(r.leaf.node, r.leaf.segments, in); ok {
			return src
		}
	}
	return x.node.Span.Start
}

// Replace returns the edit that puts text into the place of String[start:end],
// encoded for the scalar or list that is there and in its style. Text is like
// String: its lines end in "\n", for which the source's own line ends are
// written, and "${" in Fn::Sub becomes "${!". Placeholders in text must be those
// of the range that it replaces, in their order, or be in lines that String has in
// the same scalar; they are written as they are there.
// The error is a [*cfn.Error] that says why the place cannot take the text.
func (x *Text) Replace(start, end int, text string) (Edit, error) {
	if e, ok, err := x.replaceItems(start, end, text); ok || err != nil {
		return e, err
	}
	if l, from, to, ok := x.leafOf(start, end); ok {
		return x.replaceIn(l, from, to, start, end, text)
	}
	if start == end {
		if e, ok := x.insertAfter(start, text); ok {
			return e, nil
		}
	}
	return Edit{}, x.template.Errorf(x.Offset(start), "the place is in no text that the template shows")
}

// Edit returns the edit of the source that makes an edit of String, as Replace does,
// where String is a template: edits of it stay in their order.
func (x *Text) Edit(e Edit) (Edit, error) {
	made, err := x.Replace(e.Start, e.End, e.New)
	made.in += e.in
	return made, err
}

// leafOf returns the leaf that makes all of String[start:end], and the range of
// its text. Of two that meet there, it is the one in which the range does not
// begin.
func (x *Text) leafOf(start, end int) (l *leaf, from, to int, ok bool) {
	for _, isInside := range []bool{true, false} {
		for i, r := range x.runs {
			from, ok := x.startIn(i, start)
			if !ok || isInside == (start == x.begin(i)) {
				continue
			}
			if to, ok := x.endIn(i, end); ok {
				return r.leaf, from, to, true
			}
		}
	}
	return nil, 0, 0, false
}

// startIn returns the place in the leaf's text of a place of String, if that is in
// the run i or at its end, where no other of the leaf begins.
func (x *Text) startIn(i, at int) (int, bool) {
	r := x.runs[i]
	if r.leaf == nil || at < r.start || at > r.end {
		return 0, false
	}
	if at > r.start && at == r.end && i+1 < len(x.runs) && x.runs[i+1].leaf == r.leaf {
		return 0, false
	}
	return r.in(at)
}

// endIn returns the place in the leaf's text of a place of String, if that is in the
// run i or in those of the leaf that follow it.
func (x *Text) endIn(i, at int) (int, bool) {
	for _, r := range x.runs[i:] {
		if r.leaf != x.runs[i].leaf {
			break
		}
		if at >= r.start && at <= r.end {
			if to, ok := r.in(at); ok {
				return to, true
			}
		}
	}
	return 0, false
}

// begin returns where the leaf of the run i begins in String.
func (x *Text) begin(i int) int {
	for i > 0 && x.runs[i-1].leaf == x.runs[i].leaf {
		i--
	}
	return x.runs[i].start
}

// in returns the place in the leaf's text of a place of String within the run.
func (r run) in(at int) (int, bool) {
	switch {
	case at == r.end:
		return r.to, true
	case !r.isPlaceholder() || at == r.start:
		return r.from + at - r.start, true
	}
	return 0, false
}

// replaceIn replaces text[from:to] of a leaf, which makes String[start:end].
func (x *Text) replaceIn(l *leaf, from, to, start, end int, text string) (Edit, error) {
	t := x.template
	if l.times > 1 {
		return Edit{}, t.Errorf(l.node.Span.Start, "this text is used more than once in the string that must change")
	}
	if err := t.refuseDuplicates(l.node.Span); err != nil {
		return Edit{}, err
	}
	written, err := x.placeholdersWritten(l, start, end, text)
	if err != nil {
		return Edit{}, err
	}
	if !l.isSub {
		return t.replaceText(l.node, from, to, strings.Join(written, ""))
	}
	value := l.node.Value
	all := variables(value)
	wanted := cut(all, 0, from)
	for i, part := range written {
		if i%2 == 1 {
			wanted = append(wanted, variables(part)...)
		} else {
			wanted = append(wanted, token{text: part})
		}
	}
	wanted = append(wanted, cut(all, to, len(value))...)
	for _, escaped := range []string{"${!", "${"} {
		var b strings.Builder
		for i, part := range written {
			if i%2 == 0 {
				part = strings.ReplaceAll(part, "${", escaped)
			}
			b.WriteString(part)
		}
		if sameTokens(variables(value[:from]+b.String()+value[to:]), wanted) {
			return t.replaceText(l.node, from, to, b.String())
		}
	}
	return Edit{}, t.Errorf(x.Offset(start), "the text would be read as a variable of Fn::Sub here")
}

// placeholdersWritten splits text at its placeholders: literal text, and between
// what the placeholders of String[start:end] are in the leaf's text.
func (x *Text) placeholdersWritten(l *leaf, start, end int, text string) ([]string, error) {
	parts := strings.Split(text, Placeholder)
	if len(parts) == 1 {
		return parts, nil
	}
	before := x.variablesOf(l, start, end)
	if len(before) != len(parts)-1 {
		before = nil
		for line := range strings.Lines(text) {
			before = append(before, x.variablesOfLine(l, strings.TrimSuffix(line, "\n"))...)
		}
	}
	if len(before) != len(parts)-1 {
		return nil, x.template.Errorf(x.Offset(start), "the new text has parts that only the deployment knows, and not those of the old")
	}
	written := []string{parts[0]}
	for i, variable := range before {
		written = append(written, variable, parts[i+1])
	}
	return written, nil
}

// variablesOf returns what the placeholders of String[start:end] are in the text
// of a leaf.
func (x *Text) variablesOf(l *leaf, start, end int) []string {
	var all []string
	for _, r := range x.runs {
		if r.start >= start && r.end <= end && r.leaf == l && r.isPlaceholder() {
			all = append(all, l.node.Value[r.from:r.to])
		}
	}
	return all
}

// variablesOfLine returns what the placeholders of a line are where String has the
// same line: nothing if that differs.
func (x *Text) variablesOfLine(l *leaf, line string) (found []string) {
	if !strings.Contains(line, Placeholder) {
		return nil
	}
	at := 0
	for other := range strings.SplitSeq(x.String, "\n") {
		if other == line {
			variables := x.variablesOf(l, at, at+len(line))
			if found != nil && !slices.Equal(found, variables) {
				return nil
			}
			found = variables
		}
		at += len(other) + len("\n")
	}
	return found
}

// insertAfter inserts text within the delimiter of an Fn::Join, such as two
// line feeds: at the end of the leaf before it, where text that ends like the
// part of the delimiter in between comes to the same.
func (x *Text) insertAfter(at int, text string) (Edit, bool) {
	for _, r := range x.runs {
		if r.leaf == nil || r.end >= at {
			continue
		}
		between := x.String[r.end:at]
		rest, ok := strings.CutSuffix(text, between)
		if !ok || strings.Contains(between, Placeholder) || len(between) >= len(text) || r.to < len(r.leaf.node.Value) {
			continue
		}
		if e, err := x.replaceIn(r.leaf, r.to, r.to, r.end, r.end, between+rest); err == nil {
			return e, true
		}
	}
	return Edit{}, false
}
