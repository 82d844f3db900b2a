package cfn

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/internal/fixtures"
)

// seedTemplates adds every fixture, and some notations that none of them has.
func seedTemplates(f *testing.F, add func(src []byte)) {
	all, err := fixtures.Read("../..")
	if err != nil {
		f.Fatal(err)
	}
	for _, fixture := range all {
		add(fixture.Source())
	}
	for _, src := range []string{
		"a: !If [On, a, b]\n",
		"a: [b: c, {d: e, f}, !Sub x]\n? g\n: h\n",
		"a: >+\n  x\n  y\n\n   z\n\nb: |2-  # c\n    x\n  y\nc: &d !Ref e\n",
		"\uFEFFa: 'it''s'\r\nb: \"x \\\n  y\\u00e9\"\r\nc: one\r\n  two\r\n\r\n  three\r\n",
		"{\"a\": {\"Fn::Join\": [\"\\n\", [\"#!\\/bin\\/sh\", \"\\ud83d\\ude00\", {\"Ref\": \"b\"}, \"\"]]}}",
	} {
		add([]byte(src))
	}
}

// FuzzParse holds the tree of either reader to its source: spans nest in order,
// and so do the segments of a scalar, which make its text.
func FuzzParse(f *testing.F) {
	seedTemplates(f, func(src []byte) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src []byte) {
		original := bytes.Clone(src)
		tmpl, err := Parse(src)
		if !bytes.Equal(src, original) {
			t.Fatal("the source was changed")
		}
		if err != nil {
			if at := err.(*Error); at.Line < 1 || at.Column < 1 || at.Offset > len(src) {
				t.Fatalf("the error has no place: %#v", at)
			}
			return
		}
		within(t, tmpl, tmpl.Root(), Span{0, len(src)})
		for n := range tmpl.Root().All {
			if n.Kind != Scalar {
				continue
			}
			if segments, ok := tmpl.Segments(n); ok {
				inOrder(t, n, segments)
			}
		}
	})
}

// inOrder wants the segments of a scalar to cover its text, and to stand in its
// span, one after the other.
func inOrder(t *testing.T, n *Node, segments []Segment) {
	t.Helper()
	at := Span{0, n.Span.Start}
	for _, s := range segments {
		if s.Text.Start != at.Start || s.Source.Start < at.End || s.Source.End < s.Source.Start {
			t.Fatalf("segment %+v of %q follows %v", s, n.Value, at)
		}
		at = Span{s.Text.End, s.Source.End}
	}
	if at.Start != len(n.Value) || at.End > n.Span.End {
		t.Fatalf("the segments of %q end at %v", n.Value, at)
	}
}

// within wants n inside of a span, and what is below it in order.
func within(t *testing.T, tmpl *Template, n *Node, outer Span) {
	t.Helper()
	s := n.Span
	if s.Start < outer.Start || s.End > outer.End || s.Start > s.End {
		t.Fatalf("span %v of %q is not within %v", s, n.Value, outer)
	}
	at := s.Start
	below := func(child *Node) {
		if n.Style != ShortForm && child.Span.Start < at {
			t.Fatalf("span %v of %q starts before %d", child.Span, child.Value, at)
		}
		within(t, tmpl, child, s)
		at = child.Span.End
	}
	for _, p := range n.Pairs {
		below(p.Key)
		below(p.Value)
	}
	for _, item := range n.Items {
		below(item)
	}
}

// FuzzJSON holds the JSON reader to encoding/json.
func FuzzJSON(f *testing.F) {
	seedTemplates(f, func(src []byte) {
		if json.Valid(src) {
			f.Add(src)
		}
	})
	f.Fuzz(func(t *testing.T, src []byte) {
		tmpl, err := Parse(src)
		var want any
		decoder := json.NewDecoder(bytes.NewReader(src))
		decoder.UseNumber()
		wantErr := decoder.Decode(&want)
		if _, isObject := want.(map[string]any); wantErr != nil || !isObject || !json.Valid(src) {
			if err == nil && tmpl.Format() == JSON && !bytes.HasPrefix(src, []byte(bom)) {
				t.Fatalf("read as JSON, which it is not: %v", wantErr)
			}
			return
		}
		if err != nil {
			for _, reason := range []string{"nested more than", "invalid UTF-8"} {
				if strings.Contains(err.Error(), reason) {
					return
				}
			}
			t.Fatal(err)
		}
		if tmpl.Format() != JSON {
			t.Fatal("read as YAML")
		}
		if diff := cmp.Diff(want, plain(tmpl.Root())); diff != "" {
			t.Fatalf("-encoding/json +tree:\n%s", diff)
		}
	})
}

// plain returns a tree as encoding/json would.
func plain(n *Node) any {
	switch {
	case n.Kind == Mapping:
		m := map[string]any{}
		for _, p := range n.Pairs {
			m[p.Key.Value] = plain(p.Value)
		}
		return m
	case n.Kind == Sequence:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, plain(item))
		}
		return list
	case n.Style == JSONString:
		return n.Value
	case n.Value == "null":
		return nil
	case n.Value == "true", n.Value == "false":
		return n.Value == "true"
	}
	return json.Number(n.Value)
}
