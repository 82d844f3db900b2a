package transform

import (
	"testing"

	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// TestJudge describes the first value that is wrong for certain, and says under
// which parameters if others are right.
func TestJudge(t *testing.T) {
	text := func(s string) eval.Value { return eval.Value{Kind: eval.Text, Text: s} }
	outcome := func(v eval.Value, p string, guessed bool) eval.Outcome {
		o := eval.Outcome{Value: v, Guessed: guessed}
		if p != "" {
			o.Parameters = map[string]eval.Values{"P": {Only: []string{p}}}
		}
		return o
	}
	unknown := eval.Value{Reason: "why"}
	opts := Options{HopLimit: 1, IMDSv1: IMDSv1Lock}
	for _, test := range []struct {
		name     string
		outcomes []eval.Outcome
		want     string
		bad      int
		certain  bool
	}{
		{"right", []eval.Outcome{outcome(text("required"), "", false)}, "", 0, false},
		{"wrong", []eval.Outcome{outcome(text("optional"), "a", false)}, `HttpTokens is "optional"`, 1, true},
		{"wrong in one case", []eval.Outcome{outcome(text("required"), "a", false), outcome(text("optional"), "b", false)}, `HttpTokens is "optional" with P=b`, 1, true},
		{"wrong by a guess", []eval.Outcome{outcome(text("required"), "a", false), outcome(text("optional"), "b", true)}, `HttpTokens may be "optional" with P=b`, 1, false},
		{"wrong by a guess and for certain", []eval.Outcome{outcome(text("optional"), "a", true), outcome(text("x"), "b", false), outcome(text("required"), "c", false)}, `HttpTokens is "x" with P=b`, 2, true},
		{"the first of two", []eval.Outcome{outcome(text("x"), "a", false), outcome(text("y"), "b", false)}, `HttpTokens is "x" with P=a`, 2, true},
		{"the same everywhere", []eval.Outcome{outcome(text("x"), "a", true), outcome(text("x"), "b", true)}, `HttpTokens is "x"`, 2, true},
		{"missing", []eval.Outcome{outcome(eval.Value{Kind: eval.NoValue}, "", false)}, "no HttpTokens", 1, true},
		{"missing by a guess", []eval.Outcome{outcome(eval.Value{Kind: eval.NoValue}, "", true), outcome(text("required"), "", false)}, "HttpTokens may be missing", 1, false},
		{"not known", []eval.Outcome{outcome(unknown, "", false)}, "unknown HttpTokens (why)", 1, false},
		{"not known and wrong", []eval.Outcome{outcome(unknown, "a", false), outcome(text("x"), "b", false)}, `HttpTokens is "x" with P=b`, 2, true},
		{"a list", []eval.Outcome{outcome(eval.Value{Kind: eval.List}, "", false)}, "HttpTokens is not a text", 1, true},
	} {
		j := judge(test.outcomes, opts.wrongTokens)
		if j.String() != test.want || j.bad != test.bad || j.all != len(test.outcomes) || j.isCertain != test.certain {
			t.Errorf("%s: got %+v, %v", test.name, j, j)
		}
	}
	for _, test := range []struct {
		limit string
		asked int
		want  string
	}{
		{"1", 1, ""}, {"2", 2, ""}, {"2", 0, ""}, {"2", 1, "HttpPutResponseHopLimit is 2, not 1"}, {"1", 2, "HttpPutResponseHopLimit is 1, not 2"},
		{"01", 1, `HttpPutResponseHopLimit is "01"`}, {"one", 1, `HttpPutResponseHopLimit is "one"`}, {"", 1, `HttpPutResponseHopLimit is ""`},
	} {
		if got := (Options{HopLimit: test.asked}).wrongHopLimit(text(test.limit)).is; got != test.want {
			t.Errorf("%s for %d: got %s", test.limit, test.asked, got)
		}
	}
}
