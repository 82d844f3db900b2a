package edit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/transform/cfn"
)

// seedTemplates adds every fixture, and some notations that none of them has.
func seedTemplates(f *testing.F, add func(src []byte)) {
	all, err := fixtures.Read("../../..")
	if err != nil {
		f.Fatal(err)
	}
	for _, fixture := range all {
		add(fixture.Source())
	}
	for _, src := range []string{
		"Parameters: {P: {Type: String}}\nConditions:\n  On: !Equals [!Ref P, 'x']\nValue: !If [On, a, b]\n",
		"a: [b: c, {d: e, f}, !Sub x]\n? g\n: h\n",
		"a: >+\n  x\n  y\n\n   z\n\nb: |2-  # c\n    x\n  y\nc: &d !Ref e\n",
		"\uFEFFa: 'it''s'\r\nb: \"x \\\n  y\\u00e9\"\r\nc: one\r\n  two\r\n\r\n  three\r\n",
		"{\"a\": {\"Fn::Join\": [\"\\n\", [\"#!\\/bin\\/sh\", \"\\ud83d\\ude00\", {\"Ref\": \"b\"}, \"\"]]}}",
	} {
		add([]byte(src))
	}
}

// FuzzReplace writes another text in the place of a scalar, which changes that
// value and no other.
func FuzzReplace(f *testing.F) {
	seedTemplates(f, func(src []byte) { f.Add(src, uint(7)) })
	f.Fuzz(func(t *testing.T, src []byte, pick uint) {
		tmpl, err := cfn.Parse(src)
		if err != nil {
			return
		}
		var scalars []*cfn.Node
		for n := range tmpl.Root().All {
			if n.Kind == cfn.Scalar && !isKey(tmpl.Root(), n) && !standsAlone(tmpl, n) {
				scalars = append(scalars, n)
			}
		}
		if len(scalars) == 0 {
			return
		}
		n := scalars[pick%uint(len(scalars))]
		const text = "other"
		e, err := Replace(tmpl, n, Scalar(text, Unquoted))
		if err != nil {
			return // it carries an anchor, or there is no place for it
		}
		out, err := Apply(src, []Edit{e})
		if err != nil {
			t.Fatal(err)
		}
		changed, err := cfn.Parse(out)
		if err != nil {
			t.Fatalf("after writing into %q: %v\n%s", src[n.Span.Start:n.Span.End], err, out)
		}
		if diff := cmp.Diff(values(tmpl.Root(), n, text), values(changed.Root(), nil, "")); diff != "" {
			t.Fatalf("writing into %q changed more (-want +got):\n%s\n%q", src[n.Span.Start:n.Span.End], diff, out)
		}
	})
}

// standsAlone reports whether a block scalar's header starts a line. No other
// scalar may stand in the column of the key above it.
func standsAlone(tmpl *cfn.Template, n *cfn.Node) bool {
	return endsInBlockScalar(n) && newWriter(tmpl).lineIndent(n.Span.Start) == newWriter(tmpl).indent(n.Span.Start)
}

func isKey(root, n *cfn.Node) bool {
	for m := range root.All {
		if slices.ContainsFunc(m.Pairs, func(p cfn.Pair) bool { return p.Key == n }) {
			return true
		}
	}
	return false
}

// values lists what is in a tree: kinds, names and texts, with another text for
// one node.
func values(root, except *cfn.Node, text string) []string {
	var all []string
	for n := range root.All {
		value := n.Value
		switch {
		case n == except:
			value = text
		case n.Kind != cfn.Scalar:
			value = string(rune('0'+n.Kind)) + " of " + strings.Repeat(".", len(n.Pairs)+len(n.Items)) + value
		}
		all = append(all, value)
	}
	return all
}

// FuzzApply holds Apply to making the edits one by one, the last first. Three
// bytes are an edit: where it starts, its length and that of its text.
func FuzzApply(f *testing.F) {
	f.Add([]byte("abcdef"), []byte{4, 1, 1, 0, 1, 0, 3, 0, 2, 3, 0, 1})
	f.Add([]byte("abcdef"), []byte{1, 3, 0, 3, 2, 0})
	f.Add([]byte(""), []byte{0, 0, 3})
	f.Fuzz(func(t *testing.T, src, script []byte) {
		var edits []Edit
		for i := 0; i+3 <= len(script); i += 3 {
			start := int(int8(script[i]))
			text := strings.Repeat(string(rune('A'+i%26)), int(script[i+2])%5)
			edits = append(edits, splice(start, start+int(int8(script[i+1])), text))
		}
		original, given := bytes.Clone(src), slices.Clone(edits)
		got, err := Apply(src, edits)
		if !bytes.Equal(src, original) || !slices.Equal(edits, given) {
			t.Fatal("an argument was changed")
		}
		want, possible := applied(string(src), Sorted(edits))
		if possible != (err == nil) {
			t.Fatalf("error %v, but possible is %v", err, possible)
		}
		if err == nil && string(got) != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// applied makes sorted edits from the last to the first, if none overlap.
func applied(src string, edits []Edit) (string, bool) {
	limit := len(src)
	for _, e := range slices.Backward(edits) {
		if e.Start < 0 || e.Start > e.End || e.End > limit {
			return "", false
		}
		limit = e.Start
		src = src[:e.Start] + e.New + src[e.End:]
	}
	return src, true
}

// FuzzReplaceText puts a text into a place of a string that an expression makes
// and reads it back from the result, where nothing else has changed.
func FuzzReplaceText(f *testing.F) {
	seedTemplates(f, func(src []byte) {
		f.Add(src, uint(3), uint(0), uint(0), "#!a: 'b'\n\t\"c\"\n")
		f.Add(src, uint(5), uint(11), uint(2), "x")
	})
	f.Fuzz(func(t *testing.T, src []byte, pick, start, length uint, text string) {
		tmpl, err := cfn.Parse(src)
		if err != nil || strings.ToValidUTF8(text, "") != text || strings.ContainsAny(text, "\x00\r\u0085\u2028\u2029\uFEFF") {
			return
		}
		n := pickText(tmpl, pick)
		if n == nil {
			return
		}
		texts, err := Texts(tmpl, n)
		if err != nil {
			return
		}
		r := replacement{tmpl: tmpl, n: n, text: text, x: texts[length%uint(len(texts))]}
		size := uint(len(r.x.String))
		start %= size + 1
		end := start + length%(size-start+1)
		r.start, r.end = int(start), int(end)
		if !utf8.ValidString(r.x.String[:start]) || !utf8.ValidString(r.x.String[start:end]) {
			return // within a character
		}
		e, err := r.x.Replace(r.start, r.end, text)
		if err != nil {
			if _, ok := err.(*cfn.Error); !ok {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		r.checkMade(t, e)
	})
}

// pickText returns one of the nodes that are texts or expressions of texts, or nil if
// there is none.
func pickText(tmpl *cfn.Template, pick uint) *cfn.Node {
	var candidates []*cfn.Node
	for n := range tmpl.Root().All {
		if name, _ := n.Function(); (name == "Fn::Sub" || name == "Fn::Join" || n.Kind == cfn.Scalar) && !isKey(tmpl.Root(), n) {
			candidates = append(candidates, n)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	return candidates[pick%uint(len(candidates))]
}

// A replacement puts text in the place of a part of x, which n makes.
type replacement struct {
	tmpl       *cfn.Template
	n          *cfn.Node
	x          *Text
	start, end int
	text       string
}

// checkMade makes the edit of a replacement and fails unless it has changed the text,
// and nothing outside the expression.
func (r replacement) checkMade(t *testing.T, e Edit) {
	t.Helper()
	src := []byte(r.tmpl.Source())
	out, err := Apply(src, []Edit{e})
	if err != nil {
		t.Fatal(err)
	}
	what := fmt.Sprintf("%q at %d-%d by %q", r.text, r.start, r.end, e.New)
	changed, err := cfn.Parse(out)
	if err != nil {
		t.Fatalf("%s: %v\n%q\n%q", what, err, src, out)
	}
	other := sameNode(r.tmpl.Root(), r.n, changed.Root())
	if other == nil {
		t.Fatalf("%s: the text is gone\n%q\n%q", what, src, out)
	}
	if diff := cmp.Diff(outside(r.tmpl.Root(), r.n), outside(changed.Root(), other)); diff != "" {
		t.Fatalf("%s changed more (-want +got):\n%s\n%q\n%q", what, diff, src, out)
	}
	again, err := Texts(changed, other)
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range again {
		if y.Conditions() != r.x.Conditions() {
			continue
		}
		if wrong := r.wrong(y); wrong != "" {
			t.Fatalf("%s: %s\n%q\n%q", what, wrong, src, out)
		}
	}
}

// wrong says how what is read back differs from the text that is wanted, or from the
// placeholders that were outside the part, or returns "".
func (r replacement) wrong(y *Text) string {
	if want := r.x.String[:r.start] + r.text + r.x.String[r.end:]; y.String != want {
		return fmt.Sprintf("\ngot  %q\nwant %q", y.String, want)
	}
	if strings.Contains(r.text, Placeholder) {
		return ""
	}
	got := names(y, 0, len(y.String))
	want := append(names(r.x, 0, r.start), names(r.x, r.end, len(r.x.String))...)
	if !slices.Equal(got, want) {
		return fmt.Sprintf("placeholders %q, want %q", got, want)
	}
	return ""
}

// names lists what the placeholders in a part of a text stand for.
func names(x *Text, start, end int) []string {
	var all []string
	for at := start; at < end; at++ {
		if name := x.Name(at); name != "" && strings.HasPrefix(x.String[at:], Placeholder) {
			all = append(all, name)
		}
	}
	return all
}

// outside lists what a tree has but for one node.
func outside(n, except *cfn.Node) []string {
	if n == except {
		return []string{"..."}
	}
	all := []string{n.Value}
	for _, p := range n.Pairs {
		all = append(append(all, p.Key.Value), outside(p.Value, except)...)
	}
	for _, item := range n.Items {
		all = append(all, outside(item, except)...)
	}
	return all
}
