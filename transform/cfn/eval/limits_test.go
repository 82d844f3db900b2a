package eval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
)

// chain returns conditions that each name the one before as LAST, with # as their
// number.
func chain(n int, link string) string {
	var b strings.Builder
	b.WriteString("Conditions:\n  C0: !Equals [a, a]\n")
	for i := 1; i <= n; i++ {
		link := strings.ReplaceAll(link, "LAST", fmt.Sprintf("!Condition C%d", i-1))
		fmt.Fprintf(&b, "  C%d: %s\n", i, strings.ReplaceAll(link, "#", fmt.Sprint(i)))
	}
	return b.String()
}

// TestBounds evaluates what would have no end, or a result of no size, if it were
// taken at its word.
func TestBounds(t *testing.T) {
	nested := func(open, inner, close string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(close, n)
	}
	const parameter = "Parameters: {P: {Type: String}}\n"
	for _, test := range []struct{ name, template, want string }{
		{"a text that doubles with every Fn::Sub",
			"Value: " + nested(`!Sub ["${a}${a}", {a: `, "x", "}]", 60), "? the text is too long"},
		{"one of a parameter", parameter + "Value: " + nested(`!Sub ["${a}${a}", {a: `, "!Ref P", "}]", 60), "? the text is too long"},
		{"a text that grows with every Fn::Base64",
			"Value: " + nested(`{"Fn::Base64": `, "x", "}", 100), "? the text is too long"},
		{"one within the bounds",
			"Value: " + nested(`!Sub ["${a}${a}", {a: `, "x", "}]", 3), "xxxxxxxx"},
		{"the longest text",
			"Value: " + nested(`!Sub ["${a}${a}", {a: `, "x", "}]", 16), strings.Repeat("x", maxText)},
		{"one that is longer",
			"Value: !Join ['', [z, " + nested(`!Sub ["${a}${a}", {a: `, "x", "}]", 16) + "]]", "? the text is too long"},
		{"the longest text of a parameter", parameter +
			"Value: !If [C, " + nested(`!Sub ["${a}${a}", {a: `, "!Ref P", "}]", 10) + ", b]\nConditions: {C: !Not [!Equals [!Ref P, a]]}", "? P may have any value | b"},
		{"a mapping that selects itself",
			"Mappings: {M: {a: {b: !FindInMap [M, a, b]}}}\nValue: !FindInMap [M, a, b]", "? there is Fn::FindInMap in Mappings"},
		{"conditions that name the one before twice",
			chain(60, "!Or [LAST, LAST]") + "Value: !If [C60, a, b]", "a"},
		{"the same of a parameter", parameter + strings.Replace(chain(61, "!And [!Not [LAST], !Not [LAST]]"), "[a, a]", "[!Ref P, a]", 1) + "Value: !If [C61, a, b]", "a | b"},
		{"1,000 conditions in a row", chain(1000, "!Not [LAST]") + "Value: !If [C1000, a, b]", "a"},
		{"50,000, too many to tell", chain(50_000, "!Not [LAST]") + "Value: !If [C50000, a, b]", "a | b"},
		{"a cycle through many", chain(100, "!Not [LAST]") + "  C: !Not [!Condition D]\n  D: !Not [!Condition C]\nValue: !If [C, a, b]",
			`? condition "C" depends on itself`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := New(t.Context(), parse(t, test.template+"\n"), nil)
			if got := strings.Join(outcomes(t, e, "Value"), " | "); got != test.want {
				t.Errorf("got %.200q, want %q", got, test.want)
			}
		})
	}
}

// TestBudget wants an error with a place and advice where a template takes more
// work than one may be, and for all that it is asked afterwards.
func TestBudget(t *testing.T) {
	var parameters, text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&parameters, "  P%d: {Type: String, AllowedValues: [a, b]}\n", i)
		fmt.Fprintf(&text, "${P%d}", i)
	}
	tmpl := parse(t, "Parameters:\n"+parameters.String()+"Value: !Sub '"+text.String()+"'\nOther: !Ref P0\n")
	e := New(t.Context(), tmpl, nil)
	for _, want := range []struct{ key, place string }{{"Value", "22:8"}, {"Other", "23:8"}} {
		_, err := e.Outcomes(tmpl.Root().Get(want.key))
		var at *cfn.Error
		if !errors.As(err, &at) || at.Error() != want.place+": too many combinations of parameter values and conditions to try" || !strings.Contains(at.Hint, "--parameter") {
			t.Errorf("%s: got %v", want.key, err)
		}
	}
	given := map[string]string{}
	for i := range 20 {
		given[fmt.Sprintf("P%d", i)] = "a"
	}
	e = New(t.Context(), tmpl, given)
	if got := outcomes(t, e, "Value"); len(got) != 1 || got[0] != strings.Repeat("a", 20) {
		t.Errorf("with all values given: %q", got)
	}
}

// TestContext wants an evaluator to stop when its context is done.
func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tmpl := parse(t, "Parameters: {P: {Type: String}}\n"+chain(5000, "!Not [LAST]")+"Value: !If [C5000, a, b]\n")
	e := New(ctx, tmpl, nil)
	cancel()
	if _, err := e.Outcomes(tmpl.Root().Get("Value")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// launchTemplates returns a template with n values over a chain of n conditions.
func launchTemplates(n int, first, link string) string {
	var b strings.Builder
	b.WriteString("Parameters:\n  P: {Type: String}\n")
	for i := range 10 {
		fmt.Fprintf(&b, "  P%d: {Type: String}\n", i)
	}
	b.WriteString(strings.Replace(chain(n, link), "!Equals [a, a]", first, 1))
	b.WriteString("Resources:\n")
	for i := range n {
		fmt.Fprintf(&b, "  L%d: !If [C%d, required, optional]\n", i, n-i%2)
	}
	return b.String()
}

// TestLinear counts the steps for many values over the same conditions: the second
// half takes as many as the first.
func TestLinear(t *testing.T) {
	for _, link := range []string{"!Not [LAST]", "!Or [LAST, !Equals [!Ref P, x#]]", "!And [!Not [LAST], !Equals [!Ref P, x#]]"} {
		tmpl := parse(t, launchTemplates(1000, "!Equals [!Ref P, x]", link))
		e := New(t.Context(), tmpl, nil)
		var conditions, first, second int
		for i, p := range tmpl.Root().Get("Resources").Pairs {
			if _, err := e.Outcomes(p.Value); err != nil {
				t.Fatalf("%s: %v", link, err)
			}
			switch i {
			case 1:
				conditions = e.steps
			case 500:
				first = e.steps - conditions
			case 999:
				second = e.steps - conditions - first
			}
		}
		if second > first+first/10 || e.steps > maxSteps/2 {
			t.Errorf("%s: %d steps for the conditions, %d and %d for the values", link, conditions, first, second)
		}
	}
}

func BenchmarkOutcomes(b *testing.B) {
	for _, bench := range []struct{ name, link string }{
		{"not", "!Not [LAST]"},
		{"or", "!Or [LAST, !Equals [!Ref P, x#]]"},
		{"and", "!And [!Not [LAST], !Equals [!Ref P, x#]]"},
		{"budget", "!Or [!And [LAST, !Equals [!Ref P1, x#]], !Equals [!Ref P2, x#], !Equals [!Ref P3, !Ref P4]]"},
	} {
		for _, n := range []int{250, 500, 1000} {
			tmpl, err := cfn.Parse([]byte(launchTemplates(n, "!Equals [!Ref P, x]", bench.link)))
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", bench.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					e := New(b.Context(), tmpl, nil)
					for _, p := range tmpl.Root().Get("Resources").Pairs {
						if _, err := e.Outcomes(p.Value); (err != nil) != (e.stopped != nil) {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}
