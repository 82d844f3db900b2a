package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
)

func parse(t *testing.T, src string) *cfn.Template {
	t.Helper()
	tmpl, err := cfn.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// outcomes returns what the value at a path can be, each once and sorted: "?" and
// the reason for what is not known.
func outcomes(t *testing.T, e *Evaluator, path ...string) []string {
	t.Helper()
	all, err := e.Outcomes(e.t.Root().Get(path...))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range all {
		if s := show(o.Value); !slices.Contains(got, s) {
			got = append(got, s)
		}
	}
	slices.Sort(got)
	return got
}

func show(v Value) string {
	switch v.Kind {
	case Text:
		return v.Text
	case NoValue:
		return "no value"
	case Unknown:
		return "? " + v.Reason
	case List:
		var items []string
		for _, item := range v.Items {
			items = append(items, show(item))
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	return fmt.Sprintf("%+v", v)
}

const evaluated = `
Parameters:
  Free: {Type: String}
  Defaulted: {Type: String, Default: x}
  OnOff: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
  Image: {Type: AWS::SSM::Parameter::Value<String>}
Mappings:
  Map: {a: {k: v}, b: {k: w}}
Conditions:
  On: !Equals [!Ref OnOff, "true"]
  Off: !Not [!Condition On]
  Both: !And [!Condition On, !Equals [!Ref Defaulted, x]]
  Either: !Or [!Condition On, !Equals [!Ref Image, y]]
  Image: !Equals [!Ref Image, y]
  Round: !Not [!Condition Trip]
  Trip: !Not [!Condition Round]
  Arity: !Equals [a]
  NoCondition: maybe
Value: `

// TestOutcomes evaluates every function.
func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		expr string
		want string
	}{
		{"text", "text"},
		{"1", "1"},
		{"!Ref OnOff", "true | false"},
		{"!Ref Free", "? Free may have any value"},
		{"!Ref Defaulted", "x | ? Defaulted may have any value"},
		{"!Ref AWS::NoValue", "no value"},
		{"!Ref Image", "? Ref Image is not known before the deployment"},
		{"!Ref Bucket", "? Ref Bucket is not known before the deployment"},
		{"!If [On, a, b]", "a | b"},
		{"!If [Off, a, b]", "b | a"},
		{"!If [On, !If [Off, a, b], c]", "b | c"},
		{"!If [On, a, !If [Off, b, c]]", "a | b"},
		{"!If [Both, a, b]", "a | b"},
		{"!If [Either, a, b]", "a | b"},
		{"!If [Image, a, b]", "a | b"},
		{"!If [Image, a, a]", "a"},
		{"!If [Image, !If [Image, a, b], c]", "a | c"},
		{"!If [Missing, a, b]", `? there is no condition "Missing"`},
		{"!If [Round, a, b]", `? condition "Round" depends on itself`},
		{"!If [Arity, a, b]", "? Fn::Equals needs a list of 2"},
		{"!If [NoCondition, a, b]", "? it is not a condition function"},
		{"!If [On, a]", "? Fn::If needs a list of 3"},
		{"!If x", "? Fn::If needs a list of 3"},
		{"!If [On, a, !Ref AWS::NoValue]", "a | no value"},
		{"!Sub '${OnOff}-${!x}'", "true-${x} | false-${x}"},
		{"!Sub '${OnOff}-${AWS::Region}'", "? AWS::Region may have any value"},
		{"!Sub ['${v}', {v: !Ref OnOff}]", "true | false"},
		{"!Sub '${A.B}'", "? Ref A.B is not known before the deployment"},
		{"!Sub '${unclosed'", "${unclosed"},
		{"!Join ['-', [a, !Ref OnOff]]", "a-true | a-false"},
		{"!Join ['-', [a, !Ref AWS::NoValue]]", "a"},
		{"!Join ['-', !Split [',', 'a,b']]", "a-b"},
		{"!Join [x]", "? Fn::Join needs a list of 2"},
		{"!Join ['-', x]", "? Fn::Join needs a list"},
		{"!Select [1, [a, b]]", "b"},
		{"!Select [2, [a, b]]", "? Fn::Select selects nothing"},
		{"!Select [0, a]", "? Fn::Select needs a list"},
		{"!Select [0, {A: b}]", "? Fn::Select needs a list"},
		{"!Select [x, [a, b]]", "? Fn::Select selects nothing"},
		{"!Select [1, !Split [l, !Ref OnOff]]", "se"},
		{"!FindInMap [Map, a, k]", "v"},
		{"!FindInMap [Map, !Ref Free, k]", "v | w"},
		{"!FindInMap [Map, !Ref OnOff, k]", "? there is no Map.….k in Mappings"},
		{"!FindInMap [Map, !Ref OnOff, k, {DefaultValue: z}]", "z"},
		{"!FindInMap [Map, a]", "? Fn::FindInMap needs a list of 3"},
		{"!Base64 abc", "YWJj"},
		{"!GetAtt A.B", "? Fn::GetAtt A.B is not known before the deployment"},
		{"!ImportValue x", "? Fn::ImportValue is not known before the deployment"},
		{"!Transform {Name: x}", "? Fn::Transform is not known before the deployment"},
		{"!Sub '{{resolve:ssm:${OnOff}}}'", "? a dynamic reference is not known before the deployment"},
	} {
		t.Run(test.expr, func(t *testing.T) {
			e := New(t.Context(), parse(t, evaluated+test.expr+"\n"), nil)
			want := strings.Split(test.want, " | ")
			slices.Sort(want)
			if got := outcomes(t, e, "Value"); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
