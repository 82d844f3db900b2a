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

// TestEvaluatorBounds evaluates what would have no end, or a result of no size,
// if it were taken at its word.
func TestEvaluatorBounds(t *testing.T) {
	nested := func(open, inner, close string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(close, n)
	}
	chain := func(n int, link string) string {
		var b strings.Builder
		b.WriteString("Conditions:\n  C0: !Equals [a, a]\n")
		for i := range n {
			fmt.Fprintf(&b, "  C%d: %s\n", i+1, strings.ReplaceAll(link, "LAST", fmt.Sprintf("!Condition C%d", i)))
		}
		return b.String()
	}
	for _, test := range []struct{ name, template, want string }{
		{"a text that doubles with every Fn::Sub",
			"Value: " + nested(`!Sub ["${a}${a}", {a: `, "x", "}]", 60), "? the text is too long"},
		{"a text that grows with every Fn::Base64",
			"Value: " + nested(`{"Fn::Base64": `, "x", "}", 100), "? the text is too long"},
		{"one within the bounds",
			"Value: " + nested(`!Sub ["${a}${a}", {a: `, "x", "}]", 3), "xxxxxxxx"},
		{"a mapping that selects itself",
			"Mappings: {M: {a: {b: !FindInMap [M, a, b]}}}\nValue: !FindInMap [M, a, b]", "? there is Fn::FindInMap in Mappings"},
		{"conditions that name the one before twice",
			chain(60, "!Or [LAST, LAST]") + "Value: !If [C60, yes, no]", "yes"},
		{"the same, false", chain(61, "!And [!Not [LAST], !Not [LAST]]") + "Value: !If [C61, yes, no]", "no"},
		{"1,000 conditions in a row", chain(1000, "!Not [LAST]") + "Value: !If [C1000, yes, no]", "yes"},
		{"50,000, too many to tell", chain(50_000, "!Not [LAST]") + "Value: !If [C50000, yes, no]", "yes | no"},
		{"a cycle through many", chain(100, "!Not [LAST]") + "  C: !Not [!Condition D]\n  D: !Not [!Condition C]\nValue: !If [C, yes, no]",
			`? condition "C" depends on itself`},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.template+"\n")
			var got []string
			for _, v := range tmpl.NewEvaluator(nil).Evaluate(tmpl.Root().Get("Value")).Alternatives() {
				got = append(got, show(v))
			}
			if got := strings.Join(got, " | "); got != test.want {
				t.Errorf("got %.200q, want %q", got, test.want)
			}
		})
	}
}

// TestConditionsBehind follows conditions through others, and around a cycle.
func TestConditionsBehind(t *testing.T) {
	tmpl := parse(t, `
Parameters: {P: {Type: String}, Q: {Type: String}}
Conditions:
  Far: !And [!Condition Near, !Equals [a, a]]
  Near: !Not [!Condition Here]
  Here: !Equals [!Ref P, x]
  Chosen: !Equals [!If [Here, a, b], a]
  Subbed: !Equals [!Sub "${P}", a]
  Other: !Equals [!Ref Q, x]
  Round: !Or [!Condition Again, !Condition Here]
  Again: !Not [!Condition Round]
`)
	got := fmt.Sprint(tmpl.ConditionsBehind("P"))
	if want := "map[Again:true Chosen:true Far:true Here:true Near:true Round:true Subbed:true]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := parse(t, "A: b\n").ConditionsBehind("P"); len(got) != 0 {
		t.Errorf("without conditions: %v", got)
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
