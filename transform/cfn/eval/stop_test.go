package eval

import (
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestAfterBudget asks for everything once the budget is used up: nothing panics.
func TestAfterBudget(t *testing.T) {
	tmpl, err := cfn.Parse([]byte(`
Parameters: {P: {Type: String, Default: a, AllowedValues: [a, b], AllowedPattern: '[ab]'}, S: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}}
Mappings: {M: {a: {k: v}, b: {k: w}}}
Rules: {R: {RuleCondition: !Equals [!Ref P, b], Assertions: [{Assert: !Contains [[a, b], !Ref P]}]}}
Conditions: {C: !Equals [!Ref P, a], D: !And [!Condition C, !Not [!Equals [!Ref S, x]]]}
Resources:
  R: {Type: 'AWS::SNS::Topic', Properties: {A: !If [D, !FindInMap [M, !Ref P, k], !Sub 'x${P}${S}'], B: !Join ['', [!Ref P, !Select [0, !Split [',', !Ref S]]]]}}
  Fn::ForEach::L: [V, [a, !Ref P], {'T${V}': {Type: !Sub '${V}'}}]
`))
	if err != nil {
		t.Fatal(err)
	}
	e := New(t.Context(), tmpl, nil)
	e.stopped = errBudget
	for n := range tmpl.Root().All {
		if _, err := e.Outcomes(n); err == nil {
			t.Errorf("an answer at %d", n.Span.Start)
		}
		e.Name(n, n)
		e.ParametersBehind(n)
		if some, _ := e.Equal(Value{Kind: Text, Text: "a"}, Value{Kind: Text, Text: "a"}); !some {
			t.Error("two equal texts are said to differ")
		}
	}
	if yes, no := e.Split(Outcome{}, &cfn.Node{Kind: cfn.Scalar, Value: "D"}); len(yes) != 1 || len(no) != 1 {
		t.Error("a condition is told")
	}
	e.Defaults()
	for _, name := range []string{"P", "S", "X"} {
		e.ConditionsBehind(name)
		e.Accepted(name)
		e.Default(name)
		e.Validate(name, "b")
	}
	New(t.Context(), tmpl, map[string]string{"P": "b"}).Defaults()
}
