package edit

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/cfn"
)

func TestRemove(t *testing.T) {
	for _, test := range []struct{ name, src, path, want string }{
		{"a line", "m:\n  a: 1\n  b: 2\n", "m.b", "m:\n  a: 1\n"},
		{"the first", "m:\n  a: 1 # one\n  b: 2\n", "m.a", "m:\n  b: 2\n"},
		{"of the root", "a: 1\nb:\n  c: 1\nd: 2\n", "b", "a: 1\nd: 2\n"},
		{"the last of the root", "a: 1\nb:\n  c: 1\n", "b", "a: 1\n"},
		{"without a line end", "m:\n  a: 1\n  b: 2", "m.b", "m:\n  a: 1"},
		{"with its comments", "m:\n  a: 1\n  # about b\n  # more\n  b:\n    c: 2\n    # within\n  d: 3\n", "m.b", "m:\n  a: 1\n  d: 3\n"},
		{"not those of others", "m:\n  # first\n  a: 1\n\n  # between\n\n  b: 2\n  # about d\n  d: 3\n", "m.b", "m:\n  # first\n  a: 1\n\n  # between\n\n  # about d\n  d: 3\n"},
		{"with one empty line", "m:\n  a: 1\n\n  b: 2\n\n  d: 3\n", "m.b", "m:\n  a: 1\n\n  d: 3\n"},
		{"a section", "A:\n  a: 1\n\nB:\n  b: 1\n\n# about C\nC:\n  c: 1\n", "B", "A:\n  a: 1\n\n# about C\nC:\n  c: 1\n"},
		{"before a block scalar's end", "m:\n  a: |\n    x\n  b: |\n    y\n\n  c: 3\n", "m.b", "m:\n  a: |\n    x\n\n  c: 3\n"},
		{"after a scalar that keeps lines", "m:\n  a: |+\n    x\n\n  b: 2\n\n  c: 3\n", "m.b", "m:\n  a: |+\n    x\n\n  c: 3\n"},
		{"between one and empty lines", "m:\n  a: |+\n    x\n  b: 2\n\n  c: 3\n", "m.b", "m:\n  a: |+\n    x\n  c: 3\n"},
		{"after a dash", "m:\n  - a: 1\n    b: 2\n", "m.0.a", "m:\n  - b: 2\n"},
		{"CRLF", "m:\r\n  a: 1\r\n  b: 2\r\n  c: 3\r\n", "m.b", "m:\r\n  a: 1\r\n  c: 3\r\n"},
		{"no indentation", "m:\n- a: 1\n  b:\n  - 2\n  - 3\n  c: 4\n", "m.0.b", "m:\n- a: 1\n  c: 4\n"},
		{"flow", "m: {a: 1, b: [2], c: 3}\n", "m.b", "m: {a: 1, c: 3}\n"},
		{"the last in flow", "m: { a: 1, c: 3 }\n", "m.c", "m: { a: 1 }\n"},
		{"flow over lines", "m: {\n  a: 1,\n  b: 2,\n  c: 3\n}\n", "m.b", "m: {\n  a: 1,\n  c: 3\n}\n"},
		{"the last in flow over lines", "m: {\n  a: 1,\n  b: 2,\n}\n", "m.b", "m: {\n  a: 1,\n}\n"},
		{"JSON", "{\n  \"m\": {\n    \"a\": 1,\n    \"b\": 2,\n    \"c\": 3\n  }\n}\n", "m.b", "{\n  \"m\": {\n    \"a\": 1,\n    \"c\": 3\n  }\n}\n"},
		{"the last in JSON", "{\n  \"m\": {\n    \"a\": 1,\n    \"b\": 2\n  }\n}\n", "m.b", "{\n  \"m\": {\n    \"a\": 1\n  }\n}\n"},
		{"the root of JSON", `{"a": 1, "b": {"c": 1}}`, "b", `{"a": 1}`},

		{"the only one", "m:\n  a: 1\n", "m.a", "2:3: a is all that the mapping has"},
		{"none", "m:\n  a: 1\n", "m.b", `2:3: there is no key "b" to remove`},
		{"an anchor", "m:\n  a: &x 1\n  b: *x\n", "m.a", "2:6: the anchor &x is on a value that must change"},
		{"a key that stands twice", "m:\n  a: 1\n  b: 2\n  a: 3\n", "m.a", `4:3: the key "a" must change, and it occurs at line 2 too`},
		{"within a key that stands twice", "m: 1\nm:\n  a: 1\n  b: 2\n", "m.a", `2:1: the key "m" must change, and it occurs at line 1 too`},
		{"a question mark", "m:\n  ? a\n  : 1\n  b: 2\n", "m.a", "2:5: a cannot be removed in the way it is written"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			path := strings.Split(test.path, ".")
			m := tmpl.Root()
			for _, key := range path[:len(path)-1] {
				if key == "0" {
					m = m.Items[0]
				} else {
					m = m.Get(key)
				}
			}
			e, err := Remove(tmpl, m, path[len(path)-1])
			got := ""
			if err != nil {
				got = err.Error()
			} else if out, err := Apply([]byte(test.src), []Edit{e}); err != nil {
				t.Fatal(err)
			} else {
				got = string(out)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func parse(t *testing.T, src string) *cfn.Template {
	t.Helper()
	tmpl, err := cfn.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// FuzzRemove removes a pair, after which everything else is as before.
func FuzzRemove(f *testing.F) {
	seedTemplates(f, func(src []byte) {
		f.Add(src, uint(4))
		f.Add(src, uint(17))
	})
	f.Fuzz(func(t *testing.T, src []byte, pick uint) {
		tmpl, err := cfn.Parse(src)
		if err != nil {
			return
		}
		var mappings []*cfn.Node
		var keys []string
		for n := range tmpl.Root().All {
			for _, p := range n.Pairs {
				mappings, keys = append(mappings, n), append(keys, p.Key.Value)
			}
		}
		if len(keys) == 0 {
			return
		}
		m, key := mappings[pick%uint(len(keys))], keys[pick%uint(len(keys))]
		e, err := Remove(tmpl, m, key)
		if err != nil {
			return
		}
		out, err := Apply(src, []Edit{e})
		if err != nil {
			t.Fatal(err)
		}
		changed, err := cfn.Parse(out)
		if err != nil {
			t.Fatalf("after removing %q: %v\n%q", key, err, out)
		}
		if diff := cmp.Diff(contents(tmpl.Root(), m, key), contents(changed.Root(), nil, "")); diff != "" {
			t.Fatalf("removing %q changed more (-want +got):\n%s\n%q\n%q", key, diff, src, out)
		}
	})
}

// contents writes a tree, without a pair of one mapping.
func contents(n, m *cfn.Node, key string) string {
	switch n.Kind {
	case cfn.Mapping:
		var b strings.Builder
		b.WriteString("{")
		for _, p := range n.Pairs {
			if n != m || p.Key.Value != key {
				b.WriteString(p.Key.Value + "=" + contents(p.Value, m, key) + ",\n")
			}
		}
		return b.String() + "}"
	case cfn.Sequence:
		var b strings.Builder
		b.WriteString("[")
		for _, item := range n.Items {
			b.WriteString(contents(item, m, key) + ",\n")
		}
		return b.String() + "]"
	case cfn.Alias:
		return "*" + n.Value
	}
	return n.Value
}
