package root

import (
	"fmt"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestParse expects each node at its place in the document.
func TestParse(t *testing.T) {
	for src, want := range map[string]string{
		`{"a": x1}`:                     "mapping 1:7",
		"a:\n  b: x1\n":                 "mapping 2:6",
		`["x1"]`:                        "list 1:2",
		"\uFEFF\n [\n  \"x1\"]":         "list 3:3",
		"[x1, y]\n# end\n":              "list 1:2",
		"- x1\n":                        "list 1:3",
		"# a\n\n- a: b\r\n  c: x1\r\n-": "list 4:6",
		"- - b\n  - x1\n":               "list 2:5",
		"  - x1\n":                      "list 1:5",
	} {
		d, err := Parse([]byte(src))
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		kind := map[bool]string{true: "list", false: "mapping"}[d.Root.Kind == cfn.Sequence]
		if (d.Template() == nil) != (kind == "list") {
			t.Errorf("%q: a %s with the template %v", src, kind, d.Template())
		}
		for n := range d.Root.All {
			if n.Value != "x1" {
				continue
			}
			got := fmt.Sprint(kind, " ", d.Position(n.Span.Start))
			if got != want || d.Errorf(n, "here").Error() != got[len(kind)+1:]+": here" {
				t.Errorf("%q: %s, want %s", src, got, want)
			}
			if p := d.Position(n.Body()); d.Template() == nil && src[0] == '-' && src[p.Offset:p.Offset+2] != "x1" {
				t.Errorf("%q: offset %d", src, p.Offset)
			}
		}
	}
	for src, want := range map[string]string{
		"":                    "1:1: the template is empty",
		"a":                   "1:1: not a CloudFormation template: the document is not a mapping",
		"[1":                  "1:3: not JSON: the template ends too early",
		"[1]\n[2]":            "2:1: not JSON: invalid character '[' after object key:value pair",
		"- a\n- b: [c\n":      "2:1: not YAML: did not find expected ',' or ']'",
		"- a\n---\n- b\n":     "2:1: not a CloudFormation template: a second YAML document",
		`["a"], "x": 1`:       "1:8: there is more after the list",
		`["a"], "": 1`:        "1:8: there is more after the list",
		"- a\nb: c\n":         "2:1: there is more after the list",
		"- a: b\n  c\n  d: e": "2:3: not YAML: could not find expected ':'",
	} {
		if _, err := Parse([]byte(src)); fmt.Sprint(err) != want {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}
