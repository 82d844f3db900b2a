package eval_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// pool returns the values to try for a parameter: its AllowedValues, or what the
// templates of newTemplate can tell apart, and some that they cannot.
func pool(parameter map[string]any) []string {
	allowed, _ := parameter["AllowedValues"].([]any)
	isList := parameter["Type"] == "CommaDelimitedList"
	var values []string
	for _, v := range allowed {
		values = append(values, v.(string))
		if isList {
			values = append(values, v.(string)+","+allowed[0].(string))
		}
	}
	switch {
	case allowed != nil:
		return values
	case isList:
		return []string{"", "a", "b", "a,b", "true", "prod,a", "x,y"}
	}
	return []string{"", "a", "b", "true", "prod", "prod-x", "a-b", "a-", "zzz", "a-x", "x-b", "zzz-y", "us-east-1", "us-east-1-x"}
}

// assignments calls a function with every combination of the values of the pool and
// of some regions.
func assignments(template map[string]any, do func(values map[string]string)) {
	parameters := template["Parameters"].(map[string]any)
	names := slices.Sorted(maps.Keys(parameters))
	values := map[string]string{}
	var next func(i int)
	next = func(i int) {
		if i == len(names) {
			for _, values["AWS::Region"] = range []string{"us-east-1", "eu-west-1", "cn-northwest-1"} {
				do(values)
			}
			return
		}
		for _, values[names[i]] = range pool(parameters[names[i]].(map[string]any)) {
			next(i + 1)
		}
	}
	next(0)
}

// covers reports whether an outcome is one of deployments with the values, in which
// the expression comes to v.
func covers(o eval.Outcome, values map[string]string, v any) bool {
	for name, value := range values {
		if !o.Admits(name, value) {
			return false
		}
	}
	switch v := v.(type) {
	case string:
		return o.Value.Kind == eval.Text && o.Value.Text == v || o.Value.Kind == eval.Unknown && !o.Value.Invalid
	case noValue:
		return o.Value.Kind == eval.NoValue
	}
	return false
}

// checkOutcomes holds eval to the reference: the value under each assignment is
// among the outcomes, or covered by an unknown one, and it is the only one if the
// assignment is given. With plain expressions all outcomes must be real.
func checkOutcomes(t *testing.T, seed uint64, plain bool) {
	t.Helper()
	template := newTemplate(seed, plain)
	src, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := cfn.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := eval.New(t.Context(), tmpl, nil).Outcomes(tmpl.Root().Get("Value"))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	isReal := make([]bool, len(outcomes))
	accepted, tried := 0, 0
	assignments(template, func(values map[string]string) {
		r := &reference{template, values}
		if r.refused() {
			return
		}
		v, err := r.value(template["Value"])
		if err != nil {
			return
		}
		accepted++
		isCovered := false
		for i, o := range outcomes {
			if covers(o, values, v) {
				isCovered, isReal[i] = true, true
			}
		}
		if !isCovered {
			t.Fatalf("with %v it is %v, not among %v\n%s", values, v, outcomes, src)
		}
		if tried++; tried%17 == 0 {
			checkGiven(t, tmpl, values, v)
		}
	})
	if accepted == 0 || !plain {
		return
	}
	for i, o := range outcomes {
		if !isReal[i] {
			t.Fatalf("no deployment has %v: %v\n%s", o, o.Value, src)
		}
	}
}

// checkGiven wants one outcome if all values are given, but for what is in the SSM
// parameter store.
func checkGiven(t *testing.T, tmpl *cfn.Template, values map[string]string, v any) {
	t.Helper()
	outcomes, err := eval.New(t.Context(), tmpl, values).Outcomes(tmpl.Root().Get("Value"))
	if err != nil {
		t.Fatal(err)
	}
	isStored := strings.Contains(string(tmpl.Source()), "AWS::SSM")
	if !slices.ContainsFunc(outcomes, func(o eval.Outcome) bool { return covers(o, values, v) }) {
		t.Fatalf("given %v it is %v, not among %v\n%s", values, v, outcomes, tmpl.Source())
	}
	if !isStored && (len(outcomes) != 1 || outcomes[0].Value.Kind == eval.Unknown) {
		t.Fatalf("given %v it is %v and nothing else, got %v\n%s", values, v, outcomes, tmpl.Source())
	}
}

// TestReference compares many random templates with the reference.
func TestReference(t *testing.T) {
	for seed := range uint64(500) {
		checkOutcomes(t, seed, false)
		checkOutcomes(t, seed, true)
	}
}

// FuzzOutcomes compares the template of a seed with the reference.
func FuzzOutcomes(f *testing.F) {
	f.Add(uint64(1), true)
	f.Add(uint64(2), false)
	f.Fuzz(checkOutcomes)
}

// FuzzTemplates evaluates every expression of whatever parses: it ends, and there is
// an outcome or an error with its place.
func FuzzTemplates(f *testing.F) {
	all, err := fixtures.Read("../../..")
	if err != nil {
		f.Fatal(err)
	}
	for _, fixture := range all {
		f.Add(fixture.Source())
	}
	for _, src := range []string{
		"Conditions: {C: !Condition D, D: !Or [!Condition C]}\nA: !If [C, a, b]",
		"Mappings: {M: {a: 1, <<: *b}}\nA: !FindInMap [M, !Ref P, !Ref AWS::Region]",
		"Parameters: {P: {Type: CommaDelimitedList, AllowedValues: [a, ~]}, Q: 1}\nA: !Select [!Ref Q, !Ref P]",
		"Parameters: {P: {Type: Number, MinValue: x, AllowedPattern: '('}}\nConditions: {C: !Equals [!Ref P, 1.0]}\nA: !If [C, !Sub '${P}', !Join [!Ref P, !Split ['', !Ref P]]]",
		"Rules: {R: {RuleCondition: !Equals [], Assertions: [{Assert: !Contains [a, b]}, {Assert: ~}]}}\nA: !Sub ['${a}${b}', {a: [b], b: {c: d}}]",
		"Rules: {R: {Assertions: [{Assert: !Contains [[a], !Ref AWS::Region]}]}}\nA: !Sub ['${a}${AWS::Region}']",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		tmpl, err := cfn.Parse(src)
		if err != nil || len(src) > 10_000 {
			return
		}
		tried := 0
		e := eval.New(t.Context(), tmpl, nil)
		for n := range tmpl.Root().All {
			if name, _ := n.Function(); name == "" {
				continue
			}
			if tried++; tried > 20 {
				return
			}
			checkExpression(t, e, tmpl.Position(n.Span.Start), n)
		}
	})
}

// checkExpression wants outcomes with a reason for what is unknown, or an error with
// a place and advice.
func checkExpression(t *testing.T, e *eval.Evaluator, at cfn.Position, n *cfn.Node) {
	t.Helper()
	e.ParametersBehind(n)
	e.ConditionsBehind("P")
	outcomes, err := e.Outcomes(n)
	if err != nil {
		if at, ok := err.(*cfn.Error); !ok || at.Line < 1 || at.Hint == "" {
			t.Fatal(err)
		}
		return
	}
	if len(outcomes) == 0 {
		t.Fatalf("%v: no outcome", at)
	}
	for _, o := range outcomes {
		if o.Value.Kind == eval.Unknown && o.Value.Reason == "" {
			t.Fatalf("%v: no reason in %#v", at, o)
		}
	}
}
