package cfn

import (
	"fmt"
	"strings"
	"testing"
)

// TestDepth nests collections in every notation: maxDepth levels are read, one
// more and 100,000 more are errors with a place.
func TestDepth(t *testing.T) {
	flow := func(before, open, close, after string) func(int) string {
		return func(n int) string {
			return before + strings.Repeat(open, n-1) + "1" + strings.Repeat(close, n-1) + after
		}
	}
	for _, test := range []struct {
		name   string
		nested func(levels int) string
		one    string // the error for one level too many
	}{
		{"YAML flow sequences", flow("a: ", "[", "]", ""), "1:1003: "},
		{"YAML flow mappings", flow("a: ", "{b: ", "}", ""), "1:4000: "},
		{"YAML dashes", flow("a:\n ", "- ", "", ""), "2:2000: "},
		{"YAML short forms", flow("a: ", "!Sub [", "]", ""), "1:5998: "},
		{"JSON arrays", flow(`{"a":`, "[", "]", "}"), "1:1005: "},
		{"JSON objects", flow(`{"a":`, `{"b":`, "}", "}"), "1:5001: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Parse([]byte(test.nested(maxDepth))); err != nil {
				t.Errorf("%d levels: %v", maxDepth, err)
			}
			for _, levels := range []int{maxDepth + 1, 100_000} {
				_, err := Parse([]byte(test.nested(levels)))
				if err == nil || !strings.HasSuffix(err.Error(), ": nested more than 1000 levels deep") {
					t.Errorf("%d levels: got %v", levels, err)
				} else if levels == maxDepth+1 && !strings.HasPrefix(err.Error(), test.one) {
					t.Errorf("%d levels: got %v, want it at %s", levels, err, test.one)
				}
			}
		})
	}
	block := func(levels int) string {
		var b strings.Builder
		for i := range levels {
			fmt.Fprintf(&b, "%*sa:\n", i, "")
		}
		return b.String()
	}
	if _, err := Parse([]byte(block(maxDepth))); err != nil {
		t.Error(err)
	}
	if _, err := Parse([]byte(block(maxDepth + 1))); err == nil || err.Error() != "1001:1001: nested more than 1000 levels deep" {
		t.Errorf("got %v", err)
	}
}

// TestColumns counts characters on a line that is longer than the steps in
// which they are counted.
func TestColumns(t *testing.T) {
	for _, source := range []string{
		"a: \"" + strings.Repeat("ä€𝄞x", 1000) + "\"\nb: \"" + strings.Repeat("€", 2000) + "\"\n",
		bom + "a: \"" + strings.Repeat("ä", 3*runeStep) + "\"",
		"a: \"" + strings.Repeat("x", runeStep-5) + "€\"",
	} {
		tmpl := parse(t, source)
		line, column := 1, 1
		for offset, r := range source {
			if offset == 0 && r == '\uFEFF' {
				continue
			}
			if p := tmpl.Position(offset); p.Line != line || p.Column != column {
				t.Fatalf("%.10q: offset %d is %v, want %d:%d", source, offset, p, line, column)
			}
			column++
			if r == '\n' {
				line, column = line+1, 1
			}
		}
		if p := tmpl.Position(len(source)); p.Line != line || p.Column != column {
			t.Errorf("%.10q: the end is %v, want %d:%d", source, p, line, column)
		}
	}
}
