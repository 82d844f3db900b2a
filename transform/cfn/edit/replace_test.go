package edit

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestReplace writes a value in the place of "v", and wants the source after it
// or the error.
func TestReplace(t *testing.T) {
	text := func(q Quote) Value { return Scalar("x", q) }
	mapping := Map(Pair{"c", Scalar("1", Number)}, Pair{"d", Map(Pair{"e", text(Unquoted)})})
	for _, test := range []struct {
		name, src string
		value     Value
		want      string
	}{
		{"plain", "r: {v: 1}\n", text(InSingleQuotes), "r: {v: 'x'}\n"},
		{"single quotes stay", "r: {v: '1'}\n", text(Unquoted), "r: {v: 'x'}\n"},
		{"double quotes stay", "r: {v: \"1\"}\n", text(InSingleQuotes), "r: {v: \"x\"}\n"},
		{"but not around an integer", "r: {v: \"1\"}\n", Scalar("1", Integer), "r: {v: 1}\n"},
		{"around a number", "r: {v: \"1\"}\n", Scalar("2", Number), "r: {v: \"2\"}\n"},
		{"a quote in single quotes", "r: {v: ''}\n", Scalar("it's", Unquoted), "r: {v: 'it''s'}\n"},
		{"a number in JSON", "{\"r\": {\"v\": 1}}", Scalar("2", Number), "{\"r\": {\"v\": 2}}"},
		{"a string in JSON", "{\"r\": {\"v\": 1}}", text(Unquoted), "{\"r\": {\"v\": \"x\"}}"},
		{"an integer for a string in JSON", "{\"r\": {\"v\": \"1\"}}", Scalar("2", Integer), "{\"r\": {\"v\": 2}}"},
		{"lines on one line", "r: {v: 1}\n", Scalar("x\ny", Lines), "r: {v: \"x\\ny\"}\n"},
		{"a block scalar", "r:\n  v: |\n    a\n    b\n  z: 1\n", text(Unquoted), "r:\n  v: x\n  z: 1\n"},
		{"a block scalar and empty lines", "r:\n  v: |\n    a\n\n\n  z: 1\n", text(Unquoted), "r:\n  v: x\n\n\n  z: 1\n"},
		{"nothing", "r:\n  v:\n  z: 1\n", text(Unquoted), "r:\n  v: x\n  z: 1\n"},
		{"nothing and a comment", "r:\n  v: # of v\n  z: 1\n", text(Unquoted), "r:\n  v: x # of v\n  z: 1\n"},
		{"nothing in brackets", "r: {v: , z: 1}\n", text(Unquoted), "r: {v: x, z: 1}\n"},
		{"nothing after a quoted key", "r: {\"v\":, z: 1}\n", text(Unquoted), "r: {\"v\": x, z: 1}\n"},
		{"a key alone", "r: {v, z: 1}\n", text(Unquoted), "1:6: there is no place for a value here"},
		{"nothing after a question mark", "r:\n  ? v\n  z: 1\n", text(Unquoted), "3:3: there is no place for a value here"},
		{"nothing after an anchor", "r:\n  v: &a\n  z: 1\n", text(Unquoted), "2:6: the anchor &a is on a value that must change"},
		{"a list", "r:\n  v:\n    - a\n    - b\n  z: 1\n", text(Unquoted), "r:\n  v: x\n  z: 1\n"},
		{"a list with comments", "r:\n  v: # of v\n    - a\n  z: 1\n", text(Unquoted), "r:\n  v: # of v\n    x\n  z: 1\n"},
		{"a list in brackets below", "r:\n  v:\n    [a]\n  z: 1\n", text(Unquoted), "r:\n  v: x\n  z: 1\n"},
		{"a scalar below", "r:\n  v:\n    a\n  z: 1\n", text(Unquoted), "r:\n  v:\n    x\n  z: 1\n"},
		{"an anchor below", "r:\n  v: [&a x]\n  z: *a\n", text(Unquoted), "2:7: the anchor &a is on a value that must change"},
		{"a mapping for a scalar", "r:\n  v: 1\n", mapping, "r:\n  v: {c: 1, d: {e: x}}\n"},
		{"a mapping for nothing", "r:\n  v:\n  z: 1\n", mapping, "r:\n  v:\n    c: 1\n    d:\n      e: x\n  z: 1\n"},
		{"a mapping for null", "r:\n  v: ~\n  z: 1\n", mapping, "r:\n  v:\n    c: 1\n    d:\n      e: x\n  z: 1\n"},
		{"a mapping for null before a comment", "r:\n  v: ~ # of v\n  z: 1\n", mapping, "r:\n  v: {c: 1, d: {e: x}} # of v\n  z: 1\n"},
		{"a mapping for null in brackets", "r: {v: ~}\n", mapping, "r: {v: {c: 1, d: {e: x}}}\n"},
		{"a mapping for null after a dash", "r:\n  - v: ~\n", mapping, "r:\n  - v:\n      c: 1\n      d:\n        e: x\n"},
		{"a mapping for null below", "r:\n  v:\n    ~\n", mapping, "r:\n  v:\n    {c: 1, d: {e: x}}\n"},
		{"a mapping for null in CRLF", "r:\r\n  v: ~\r\n", mapping, "r:\r\n  v:\r\n    c: 1\r\n    d:\r\n      e: x\r\n"},
		{"a mapping for null in JSON", "{\"r\": {\"v\": null}}", mapping, "{\"r\": {\"v\": {\"c\": 1, \"d\": {\"e\": \"x\"}}}}"},
		{"a mapping for null in JSON over lines", "{\n\t\"r\": {\n\t\t\"v\": null\n\t}\n}\n", mapping, "{\n\t\"r\": {\n\t\t\"v\": {\n\t\t\t\"c\": 1,\n\t\t\t\"d\": {\n\t\t\t\t\"e\": \"x\"\n\t\t\t}\n\t\t}\n\t}\n}\n"},
		{"a mapping for an empty one in JSON", "{\n  \"r\": {\n    \"v\": {}\n  }\n}\n", mapping, "{\n  \"r\": {\n    \"v\": {\n      \"c\": 1,\n      \"d\": {\n        \"e\": \"x\"\n      }\n    }\n  }\n}\n"},
		{"a mapping for another in JSON", "{\n  \"r\": {\n    \"v\": {\"a\": 1}\n  }\n}\n", mapping, "{\n  \"r\": {\n    \"v\": {\"c\": 1, \"d\": {\"e\": \"x\"}}\n  }\n}\n"},
		{"a mapping for an empty one", "r:\n  v: {}\n", mapping, "r:\n  v: {c: 1, d: {e: x}}\n"},
		{"a list for a list", "r:\n  v: [a]\n", List(text(Unquoted), text(InDoubleQuotes)), "r:\n  v: [x, \"x\"]\n"},
		{"long for a mapping of lines", "r:\n  v:\n    Ref: a\n    b: 1\n  z: 1\n", Ref("c"), "r:\n  v: !Ref c\n  z: 1\n"},
		{"long for one after a dash", "r:\n  - v: {Ref: a}\n    z: 1\n", Ref("c"), "r:\n  - v:\n      Ref: c\n    z: 1\n"},
		{"long before a comment", "r:\n  v: {Ref: a} # of v\n", Ref("c"), "r:\n  v: {Ref: c} # of v\n"},
		{"long for one below", "r:\n  v:\n    {Ref: a}\n", Ref("c"), "r:\n  v: {Ref: c}\n"},
		{"long with CRLF", "r:\r\n    v: {Ref: a}\r\n", Ref("c"), "r:\r\n    v:\r\n        Ref: c\r\n"},
		{"short for null", "r:\n  z: !Ref a\n  v: ~\n", Ref("c"), "r:\n  z: !Ref a\n  v: !Ref c\n"},
		{"long for null in JSON", "{\n  \"r\": {\n    \"v\": null\n  }\n}\n", Ref("c"), "{\n  \"r\": {\n    \"v\": {\n      \"Ref\": \"c\"\n    }\n  }\n}\n"},
		{"GetAtt of a loop", "r:\n  z: !Ref a\n  v: 1\n", GetAtt("N${X}", "A"), "r:\n  z: !Ref a\n  v: !GetAtt [!Sub \"N${X}\", A]\n"},
		{"GetAtt of a name with dots", "r:\n  z: !Ref a\n  v: 1\n", Call("Fn::GetAtt", Scalar("A.B", Unquoted)), "r:\n  z: !Ref a\n  v: !GetAtt A.B\n"},
		{"GetAtt of three", "r:\n  z: !Ref a\n  v: 1\n", Call("Fn::GetAtt", List(text(Unquoted), text(Unquoted), text(Unquoted))), "r:\n  z: !Ref a\n  v: !GetAtt [x, x, x]\n"},
		{"Select of two", "r:\n  z: !Ref a\n  v: 1\n", Call("Fn::Select", List(Scalar("0", Number), text(Unquoted))), "r:\n  z: !Ref a\n  v: !Select [0, x]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			m := tmpl.Root().Get("r")
			if m.Kind == cfn.Sequence {
				m = m.Items[0]
			}
			got := apply(t, tmpl, func() (Edit, error) { return Replace(tmpl, m.Get("v"), test.value) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestKeepItem leaves the item "k" of "v", and wants the source after it or the
// error.
func TestKeepItem(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"the first", "v:\n  - k\n  - b # of b\n  - c\nz: 1\n", "v:\n  - k\nz: 1\n"},
		{"the last", "v:\n  - a\n  # of k\n  - k # it\nz: 1\n", "v:\n  # of k\n  - k # it\nz: 1\n"},
		{"the one between", "v:\n- a\n- 'k'\n- c\n", "v:\n- 'k'\n"},
		{"the only one", "v: [k]\n", "v: [k]\n"},
		{"without a line end", "v:\n- k\n- b", "v:\n- k"},
		{"CRLF", "v:\r\n- a\r\n- k\r\n- c\r\n", "v:\r\n- k\r\n"},
		{"the first in brackets", "v: [k, b, c]\n", "v: [k]\n"},
		{"the last in brackets", "v: [ a, b, \"k\" ]\n", "v: [ \"k\" ]\n"},
		{"the one between in brackets", "v: [a, k, c,]\n", "v: [k,]\n"},
		{"brackets over lines", "v: [\n  a,\n  k,\n  c\n]\n", "v: [\n  k\n]\n"},
		{"lists on one line", "v: [k, b]\nw: [k, b]\n", "v: [k]\nw: [k, b]\n"},
		{"JSON", "{\"v\": [\n  \"a\",\n  \"k\",\n  \"c\"\n]}\n", "{\"v\": [\n  \"k\"\n]}\n"},
		{"a list in a list", "v:\n- - a\n  - k\n  - c\n", "v:\n- - k\n"},
		{"the first of a list in a list", "v:\n- - k\n  - b\n", "v:\n- - k\n"},
		{"none", "v: [a, b]\n", "1:4: there is no item \"k\""},
		{"a mapping", "v: [{a: k}, !Ref k]\n", "1:4: there is no item \"k\""},
		{"an anchor", "v: [k, &a b]\nw: *a\n", "1:8: the anchor &a is on a value that must change"},
		{"a key that stands twice", "v: [k]\nv: [a, k]\n", "2:1: the key \"v\" must change, and it occurs at line 1 too"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			list := tmpl.Root().Get("v")
			if list.Items[0].Kind == cfn.Sequence {
				list = list.Items[0]
			}
			edits, err := KeepItem(tmpl, list, "k")
			got := ""
			if err != nil {
				got = err.Error()
			} else if out, err := Apply([]byte(test.src), edits); err != nil {
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

// TestKeepFirstOfTwo keeps the first of equal items.
func TestKeepFirstOfTwo(t *testing.T) {
	tmpl := parse(t, "v: [a, k, 'k']\n")
	edits, err := KeepItem(tmpl, tmpl.Root().Get("v"), "k")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := Apply([]byte(tmpl.Source()), edits); err != nil || !strings.HasPrefix(string(out), "v: [k]") {
		t.Errorf("got %q, %v", out, err)
	}
}

// TestIsAnchor wants the characters of an anchor's name, and none beside them.
func TestIsAnchor(t *testing.T) {
	for c := range byte(128) {
		want := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", c) >= 0
		if isAnchor(c) != want {
			t.Errorf("%q: got %v", c, !want)
		}
	}
}
