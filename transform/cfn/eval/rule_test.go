package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestOnlyWhatRulesLeave names no parameter of a rule but those of the expression,
// and has an outcome once.
func TestOnlyWhatRulesLeave(t *testing.T) {
	for _, rule := range []string{
		"!Or [!And [!Equals [!Ref P, a], !Contains [[a, b, c], !Ref Q]], !And [!Equals [!Ref P, b], !Equals [!Ref R, c]]]",
		"!Or [!And [!Equals [!Ref P, b], !Equals [!Join ['', [!Ref Q, !Ref R]], c]], !Equals [!Ref P, a]]",
	} {
		e := New(t.Context(), parse(t, `
Parameters: {P: {Type: String}, Q: {Type: String}, R: {Type: String}}
Rules: {R: {Assertions: [{Assert: `+rule+`}]}}
Conditions: {C: !Equals [!Ref P, a]}
Value: !If [C, a, b]
`), nil)
		all, err := e.Outcomes(e.t.Root().Get("Value"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range all {
			got = append(got, o.Value.Text+" with "+o.String())
		}
		if want := []string{"a with P=a", "b with P=b"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", rule, got, want)
		}
		if all[0].Guessed || all[1].Guessed {
			t.Errorf("%s: nothing is guessed here", rule)
		}
	}
}

// TestGuessed tells outcomes that a deployment has from those that hang on what
// cannot be decided.
func TestGuessed(t *testing.T) {
	for _, test := range []struct {
		condition string
		isGuessed bool
	}{
		{"!Equals [!Ref P, a]", false},
		{"!Equals [!Ref AWS::Region, us-east-1]", false},
		{"!Equals [!Sub 'x${P}', xa]", false},
		{"!Equals [!Ref P, !Ref Q]", true},
		{"!And [!Equals [!Ref P, !Ref Q], !Equals [!Ref P, a], !Equals [!Ref Q, a]]", false},
		{"!Equals [!Ref S, a]", true},
		{"!Equals [!GetAtt A.B, a]", true},
	} {
		e := New(t.Context(), parse(t, `
Parameters: {P: {Type: String}, Q: {Type: String}, S: {Type: AWS::SSM::Parameter::Value<String>}}
Conditions: {C: `+test.condition+`}
Value: !If [C, a, b]
`), nil)
		all, err := e.Outcomes(e.t.Root().Get("Value"))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(o Outcome) bool { return o.Value.Text == "a" })
		if i < 0 || all[i].Guessed != test.isGuessed {
			t.Errorf("%s: got %v, want one that is guessed: %v", test.condition, all, test.isGuessed)
		}
	}
}

// TestManyRules has rules that are too many cases together. Each counts alone.
func TestManyRules(t *testing.T) {
	either := func(n int, one, other string) string {
		var cases []string
		for i := range n {
			cases = append(cases, fmt.Sprintf("!And [!Equals [!Ref %s, v%d], !Equals [!Ref %s, v%d]]", one, i, other, i+1))
		}
		return "!Or [" + strings.Join(cases, ", ") + "]"
	}
	for _, test := range []struct {
		cases int
		want  []string
	}{
		{8, []string{"else"}},
		{40, []string{"else", "last"}}, // that Q has its last value then, which S refuses, is not seen
	} {
		e := New(t.Context(), parse(t, fmt.Sprintf(`
Parameters: {P: {Type: String}, Q: {Type: String}, R: {Type: String}}
Rules: {R: {Assertions: [{Assert: %s}]}, S: {Assertions: [{Assert: %s}]}}
Conditions:
  Last: !Equals [!Ref P, v%d]
  More: !Equals [!Ref P, v%d]
  Z: !Equals [!Ref P, z]
Value: !If [Last, last, !If [More, more, !If [Z, z, else]]]
`, either(test.cases, "P", "Q"), either(test.cases, "Q", "R"), test.cases-1, test.cases)), nil)
		if got := outcomes(t, e, "Value"); !slices.Equal(got, test.want) {
			t.Errorf("%d cases: got %q, want %q", test.cases, got, test.want)
		}
	}
}
