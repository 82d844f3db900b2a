package cfn

import (
	"slices"
	"strings"
	"testing"
)

// TestDescribe wants a short name for a value of every kind.
func TestDescribe(t *testing.T) {
	for written, want := range map[string]string{
		"x":               `"x"`,
		"1":               "1",
		"'1'":             `"1"`,
		"1.5":             `"1.5"`,
		"":                "empty",
		"''":              "empty",
		"it's":            `"it's"`,
		"[x]":             "a list",
		"{b: 1}":          "a mapping",
		"{b: 1, Ref: c}":  "a mapping",
		"{}":              "a mapping",
		"*x":              "the alias *x",
		"!Ref b":          "Ref b",
		"!Sub b":          "Fn::Sub",
		"{Fn::If: [b]}":   "Fn::If",
		"{Condition: b}":  "Condition",
		"{Conditions: b}": "a mapping",
	} {
		if got := parse(t, "x: &x 1\nv: "+written+"\n").Root().Get("v").Describe(); got != want {
			t.Errorf("%s: got %s, want %s", written, got, want)
		}
	}
}

// TestNull wants null and nothing to be no value, and what looks like them to be one.
func TestNull(t *testing.T) {
	for written, want := range map[string]bool{
		"": true, "~": true, "null": true, "Null": true, "NULL": true,
		"nULL": false, "'~'": false, "''": false, "[]": false, "{}": false, "0": false, "*x": false,
	} {
		if got := parse(t, "x: &x 1\nv: "+written+"\n").Root().Get("v").IsNull(); got != want {
			t.Errorf("%s: got %v", written, got)
		}
	}
	var none *Node
	if !none.IsNull() || none.Get("a") != nil || none.Call("Ref") != nil || none.IsNoValue() {
		t.Error("what is absent has a value")
	}
}

// TestNodes wants calls, pairs and branches to be found as they are written.
func TestNodes(t *testing.T) {
	root := parse(t, "v: !If [A, !If [B, 1, 2], {Fn::If: [C, !Ref AWS::NoValue, 3]}]\nw: !If [A, 1]\nx: !Ref x\ny: AWS::NoValue\n").Root()
	var branches []string
	for _, b := range root.Get("v").Branches() {
		branches = append(branches, b.Describe())
	}
	if want := []string{"1", "2", "Ref AWS::NoValue", "3"}; !slices.Equal(branches, want) {
		t.Errorf("got %v, want %v", branches, want)
	}
	if w := root.Get("w"); len(w.Branches()) != 1 || w.Branches()[0] != w {
		t.Error("an Fn::If of two has branches")
	}
	if v := root.Get("v"); !v.Branches()[2].IsNoValue() || root.Get("x").IsNoValue() || root.Get("y").IsNoValue() {
		t.Error("AWS::NoValue is another")
	}
	if _, ok := root.Pair("z"); ok || root.Get("v", "Fn::If", "z") != nil || root.Get() != root {
		t.Error("a key that there is not")
	}
}

// TestAll wants every node in the order of the source, until the loop ends.
func TestAll(t *testing.T) {
	root := parse(t, "a: [b, {c: d}]\ne: !Ref f\n").Root()
	var all []string
	for n := range root.All {
		all = append(all, n.Value)
	}
	if got, want := strings.Join(all, " "), " a  b  c d e  Ref f"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for size := range all {
		n := 0
		for range root.All {
			if n++; n > size {
				break
			}
		}
		if n != size+1 {
			t.Errorf("%d nodes after a break at %d", n, size+1)
		}
	}
}

// TestAliases wants anchors and aliases to be known by their names.
func TestAliases(t *testing.T) {
	tmpl := parse(t, "a: &x 1\nb: &y !Ref c\nd: [*x]\n")
	for path, want := range map[string]string{"a": "x", "b": "y", "d": ""} {
		if got := tmpl.Anchor(tmpl.Root().Get(path)); got != want {
			t.Errorf("the anchor of %s is %q, want %q", path, got, want)
		}
	}
	if !tmpl.HasAlias("x") || tmpl.HasAlias("y") || !tmpl.HasAlias("") || parse(t, "a: &x 1\n").HasAlias("") {
		t.Error("wrong aliases")
	}
	if kind := tmpl.Root().Get("d").Items[0].Kind; kind != Alias {
		t.Errorf("kind %d", kind)
	}
	if YAML.String() != "YAML" || JSON.String() != "JSON" {
		t.Error("wrong names of notations")
	}
}

// TestLines wants the start and end of a line and the start of the next for every
// offset.
func TestLines(t *testing.T) {
	for _, src := range []string{
		"a: 1\nb: 2\n\n", "a: 1\r\nb: 2\r\n\r\nc: 3", "a: 1\rb: 2\r\rc: 3\r", "a: 1\u0085b: 2\u0085\u0085",
		"a: 1\u2028b: 2\u2029", bom + "a: 1\nb: 2", "a: é\nb: ‧\n", "\u0085a: 1\n", "a: '\u00a0\u2027'\n",
	} {
		tmpl := parse(t, src)
		start := 0
		if strings.HasPrefix(src, bom) {
			start = len(bom)
		}
		for start < len(src) {
			next, end := len(src), len(src)
			if i := strings.IndexAny(src[start:], "\n\r\u0085\u2028\u2029"); i >= 0 {
				end = start + i
				next = end + lineBreak(src, end)
				if strings.HasPrefix(src[end:], "\r\n") != (lineBreak(src, end) == 2 && src[end] == '\r') {
					t.Errorf("%q: the line break at %d is %d bytes", src, end, lineBreak(src, end))
				}
			}
			for at := start; at <= end; at++ {
				if s, e, n := tmpl.LineStart(at), tmpl.LineEnd(at), tmpl.NextLine(at); s != start || e != end || n != next {
					t.Errorf("%q at %d: got %d, %d, %d; want %d, %d, %d", src, at, s, e, n, start, end, next)
				}
			}
			start = next
		}
	}
	tmpl := parse(t, bom+"a: 1")
	if s, p := tmpl.LineStart(0), tmpl.Position(0); s != len(bom) || p != (Position{0, 1, 1}) {
		t.Errorf("the byte order mark: got %d, %+v", s, p)
	}
}
