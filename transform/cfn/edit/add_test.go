package edit

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestAdd adds a pair to a mapping below a section, and wants the source after it
// or the error.
func TestAdd(t *testing.T) {
	one := Pair{"b", Scalar("1", Number)}
	mapping := Pair{"b", Map(Pair{"c", Scalar("1", Number)})}
	calls := Pair{"b", Map(Pair{"c", Ref("d")}, Pair{"e", List(Ref("f"), Scalar("g", Unquoted))})}
	list := Pair{"b", List(Scalar("x", Unquoted), Scalar("y", InSingleQuotes))}
	for _, test := range []struct {
		name, src string
		pair      Pair
		want      string
	}{
		{"a key that is there", "r:\n  m:\n    b: 2\n", one, "3:5: there is a key \"b\" already"},
		{"a merge key", "x: &x {b: 2}\nr:\n  m:\n    <<: *x\n", one, "4:5: a merge key << may bring b in already"},
		{"a question mark", "r:\n  m:\n    ? a\n    : 2\n", one, "3:7: cannot add b beside a key in this style"},
		{"a comment of the last pair", "r:\n  m:\n    a: 2\n      # of a\n    # of m\n", one, "r:\n  m:\n    a: 2\n      # of a\n    b: 1\n    # of m\n"},
		{"comments of a level below", "r:\n  m:\n    a:\n      c: 2\n      # of a\n    # of m\nz: 1\n", one, "r:\n  m:\n    a:\n      c: 2\n      # of a\n    b: 1\n    # of m\nz: 1\n"},
		{"a comment at the very end", "r:\n  m:\n    a: 2\n     # of a", one, "r:\n  m:\n    a: 2\n     # of a\n    b: 1"},
		{"no line end", "r:\n  m:\n    a: 2", one, "r:\n  m:\n    a: 2\n    b: 1"},
		{"spaces at the very end", "r:\n  m:\n    a: 2\n      ", one, "r:\n  m:\n    a: 2\n    b: 1\n      "},
		{"before a block scalar", "r:\n  m:\n    a: |\n      x\n", one, "r:\n  m:\n    b: 1\n    a: |\n      x\n"},
		{"before its comments", "r:\n  # of m\n  m:\n    # of a\n    # more\n    a: |\n      x\n", one, "r:\n  # of m\n  m:\n    b: 1\n    # of a\n    # more\n    a: |\n      x\n"},
		{"after comments in another column", "r:\n  m:\n      # of m\n    # of a\n    a: |\n      x\n", one, "r:\n  m:\n      # of m\n    b: 1\n    # of a\n    a: |\n      x\n"},
		{"before a folded one", "r:\n  m:\n    c: 2\n    a: >\n      x\n", one, "r:\n  m:\n    c: 2\n    b: 1\n    a: >\n      x\n"},
		{"before a list with one", "r:\n  m:\n    a:\n    - |\n      x\n", one, "r:\n  m:\n    b: 1\n    a:\n    - |\n      x\n"},
		{"before a mapping with one", "r:\n  m:\n    a:\n      c: |\n        x\n", one, "r:\n  m:\n    b: 1\n    a:\n      c: |\n        x\n"},
		{"after brackets", "r:\n  m:\n    a: {c: [\n      x]}\n", one, "r:\n  m:\n    a: {c: [\n      x]}\n    b: 1\n"},
		{"after nothing", "r:\n  m:\n    a:\n", one, "r:\n  m:\n    a:\n    b: 1\n"},
		{"after a dash", "r:\n  m:\n  - a: |\n      x\n", one, "r:\n  m:\n  - b: 1\n    a: |\n      x\n"},
		{"below a comment at a dash", "r:\n  m:\n  # of the item\n  - a: |\n      x\n", one, "r:\n  m:\n  # of the item\n  - b: 1\n    a: |\n      x\n"},
		{"the unit of its values", "r:\n    m:\n       a:\n         c: 1\n", mapping, "r:\n    m:\n       a:\n         c: 1\n       b:\n         c: 1\n"},
		{"the unit of a value after a dash", "r:\n    m:\n    -   a:\n          c: 1\n", mapping, "r:\n    m:\n    -   a:\n          c: 1\n        b:\n          c: 1\n"},
		{"the unit of the sections", "x: {}\ny: !Sub a\nz: {a: 1}\nr:\n    m:\n       a: 1\n", mapping, "x: {}\ny: !Sub a\nz: {a: 1}\nr:\n    m:\n       a: 1\n       b:\n           c: 1\n"},
		{"the unit that is not that of a short form", "r:\n    m:\n       a: !Sub\n           - x\n           - y: 1\n", mapping, "r:\n    m:\n       a: !Sub\n           - x\n           - y: 1\n       b:\n           c: 1\n"},
		{"quoted keys", "r:\n  m:\n    \"a\": 2\n", mapping, "r:\n  m:\n    \"a\": 2\n    \"b\":\n      \"c\": 1\n"},
		{"keys in single quotes", "r:\n  m:\n    'a': 2\n", mapping, "r:\n  m:\n    'a': 2\n    'b':\n      'c': 1\n"},
		{"a list", "r:\n  m:\n    a: 2\n", list, "r:\n  m:\n    a: 2\n    b:\n      - x\n      - 'y'\n"},
		{"a list as the first block list", "y: [{z: [1]}]\nz:\n- 1\nx:\n  - 1\nr:\n  m:\n    a: 2\n", list, "y: [{z: [1]}]\nz:\n- 1\nx:\n  - 1\nr:\n  m:\n    a: 2\n    b:\n    - x\n    - 'y'\n"},
		{"a list as one below a mapping in a list", "y: [a]\nx: []\nz:\n   - m:\n     - 1\nr:\n  m:\n    a: 2\n", list, "y: [a]\nx: []\nz:\n   - m:\n     - 1\nr:\n  m:\n    a: 2\n    b:\n       - x\n       - 'y'\n"},
		{"a list as one after a dash", "r:\n  m:\n    - a:\n      - x\n", list, "r:\n  m:\n    - a:\n      - x\n      b:\n        - x\n        - 'y'\n"},

		{"flow", "r: {m: {a: 2}}\n", one, "r: {m: {a: 2, b: 1}}\n"},
		{"flow with spaces", "r: { m: { a: 2 } }\n", one, "r: { m: { a: 2, b: 1 } }\n"},
		{"flow of two", "r: {m: {a: 2,c: 3}}\n", one, "r: {m: {a: 2,c: 3,b: 1}}\n"},
		{"flow over lines", "r:\n  m: {\n    a: 2\n  }\n", one, "r:\n  m: {\n    a: 2,\n    b: 1\n  }\n"},
		{"flow with commas first", "r:\n  m: {\n    a: 2\n    , c: 3\n  }\n", one, "r:\n  m: {\n    a: 2\n    , c: 3\n    , b: 1\n  }\n"},
		{"flow with comments", "r:\n  m: {\n    a: 2, # of a\n    c: 3 # of c\n  }\n", one, "r:\n  m: {\n    a: 2, # of a\n    b: 1,\n    c: 3 # of c\n  }\n"},
		{"flow with a comment between", "r:\n  m: {\n    a: 2, # of a\n    c: 3\n  }\n", one, "r:\n  m: {\n    a: 2, # of a\n    c: 3,\n    b: 1\n  }\n"},
		{"flow with a comment above", "r:\n  m: {\n    # of a\n    a: 2}\n", one, "r:\n  m: {\n    # of a\n    a: 2,\n    b: 1}\n"},
		{"flow with a comment after the comma", "r:\n  m: {\n    a: 2,\n    c: 3, # of c\n  }\n", one, "r:\n  m: {\n    a: 2,\n    b: 1,\n    c: 3, # of c\n  }\n"},
		{"flow with CRLF", "r:\r\n  m: {\r\n    a: 2, # of a\r\n    c: 3}\r\n", one, "r:\r\n  m: {\r\n    a: 2, # of a\r\n    c: 3,\r\n    b: 1}\r\n"},
		{"flow with quotes", "r: {m: {\"a\": 2, 'c': 3}}\n", one, "r: {m: {\"a\": 2, 'c': 3, 'b': 1}}\n"},
		{"flow with spaces before colons", "r: {m: {'a' : 2, \"c\" : 3}}\n", one, "r: {m: {'a' : 2, \"c\" : 3, \"b\" : 1}}\n"},
		{"flow without spaces", "r: {m: {\"a\":2}}\n", one, "r: {m: {\"a\":2, \"b\": 1}}\n"},
		{"a key alone in flow", "r: {m: {a: 2, c}}\n", one, "r: {m: {a: 2, c, b: 1}}\n"},
		{"functions in flow", "r: {m: {a: !Ref x}}\n", calls, "r: {m: {a: !Ref x, b: {c: !Ref d, e: [!Ref f, g]}}}\n"},
		{"functions in flow after commas without spaces", "r: {m: {a: !Ref x,c: y}}\n", calls, "r: {m: {a: !Ref x,c: y,b: {c: !Ref d, e: [!Ref f, g]}}}\n"},
		{"functions", "r:\n  m:\n    a: !Ref x\n", calls, "r:\n  m:\n    a: !Ref x\n    b:\n      c: !Ref d\n      e:\n        - !Ref f\n        - g\n"},
		{"functions in JSON", "{\n  \"r\": {\n    \"m\": {\n      \"a\": 1\n    }\n  }\n}\n", calls, "{\n  \"r\": {\n    \"m\": {\n      \"a\": 1,\n      \"b\": {\n        \"c\": {\n          \"Ref\": \"d\"\n        },\n        \"e\": [\n          {\n            \"Ref\": \"f\"\n          },\n          \"g\"\n        ]\n      }\n    }\n  }\n}\n"},
		{"a list in flow", "r: {m: {a: 2}}\n", list, "r: {m: {a: 2, b: [x, 'y']}}\n"},
		{"a mapping in flow over lines", "r:\n  m: {\n    a: 2\n  }\n", mapping, "r:\n  m: {\n    a: 2,\n    b: {c: 1}\n  }\n"},

		{"JSON", `{"r": {"m": {"a": 2}}}`, mapping, "{\"r\": {\"m\": {\"a\": 2, \"b\": {\"c\": 1}}}}"},
		{"JSON that is minified", `{"r":{"m":{"a":2}}}`, mapping, "{\"r\":{\"m\":{\"a\":2,\"b\":{\"c\":1}}}}"},
		{"JSON with a space after the first colon", `{"r": {"m":{"a":2,"c":3}}}`, list, "{\"r\": {\"m\":{\"a\":2,\"c\":3,\"b\":[\"x\", \"y\"]}}}"},
		{"JSON with spaces before colons", `{"r" : {"m" : {"a" : 2}}}`, mapping, "{\"r\" : {\"m\" : {\"a\" : 2, \"b\" : {\"c\": 1}}}}"},
		{"JSON over lines", "{\n \"r\": {\n  \"m\": {\n   \"a\": 2\n  }\n }\n}\n", mapping, "{\n \"r\": {\n  \"m\": {\n   \"a\": 2,\n   \"b\": {\n    \"c\": 1\n   }\n  }\n }\n}\n"},
		{"JSON with lists", "{\n \"r\": {\n  \"m\": {\n   \"a\": 2\n  }\n }\n}\n", list, "{\n \"r\": {\n  \"m\": {\n   \"a\": 2,\n   \"b\": [\n    \"x\",\n    \"y\"\n   ]\n  }\n }\n}\n"},
		{"JSON with tabs and CRLF", "{\r\n\t\"r\": {\r\n\t\t\"m\": {\r\n\t\t\t\"a\": 2}}}\r\n", mapping, "{\r\n\t\"r\": {\r\n\t\t\"m\": {\r\n\t\t\t\"a\": 2,\r\n\t\t\t\"b\": {\r\n\t\t\t\t\"c\": 1\r\n\t\t\t}}}}\r\n"},
		{"JSON with lines and without spaces", "{\n\"r\":{\n\"m\":{\n\"a\":2\n}\n}\n}\n", mapping, "{\n\"r\":{\n\"m\":{\n\"a\":2,\n\"b\":{\n  \"c\":1\n}\n}\n}\n}\n"},
		{"JSON on a few lines", "{\"r\": {\n\"m\": {\"a\": 2}\n}\n}\n", list, "{\"r\": {\n\"m\": {\"a\": 2, \"b\": [\"x\", \"y\"]}\n}\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			m := tmpl.Root().Get("r", "m")
			if m.Kind == cfn.Sequence {
				m = m.Items[0]
			}
			got := apply(t, tmpl, func() (Edit, error) { return Add(tmpl, m, test.pair) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
