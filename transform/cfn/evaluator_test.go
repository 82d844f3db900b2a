package cfn

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

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

// TestOutcomes wants the values that an expression can have, with "?" and the
// reason for what is not known.
func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		expr string
		want string
	}{
		{"text", "text"},
		{"1", "1"},
		{"!Ref OnOff", "true | false"},
		{"!Ref Free", "(any other value)"},
		{"!Ref Defaulted", "x | (any other value)"},
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
		{"!If [Missing, a, b]", `? there is no condition "Missing"`},
		{"!If [Round, a, b]", `? condition "Round" depends on itself`},
		{"!If [Arity, a, b]", "? Fn::Equals wants a list of 2"},
		{"!If [NoCondition, a, b]", "? it is no condition function"},
		{"!If [On, a]", "? Fn::If wants a list of 3"},
		{"!If x", "? Fn::If wants a list of 3"},
		{"!If [On, a, !Ref AWS::NoValue]", "a | no value"},
		{"!Sub '${OnOff}-${!x}-${AWS::Region}'", "true-${x}-(any other value) | false-${x}-(any other value)"},
		{"!Sub ['${v}', {v: !Ref OnOff}]", "true | false"},
		{"!Sub '${A.B}'", "? Ref A.B is not known before the deployment"},
		{"!Sub '${unclosed'", "${unclosed"},
		{"!Join ['-', [a, !Ref OnOff]]", "a-true | a-false"},
		{"!Join ['-', !Split [',', 'a,b']]", "a-b"},
		{"!Join [x]", "? Fn::Join wants a list of 2"},
		{"!Select [1, [a, b]]", "b"},
		{"!Select [2, [a, b]]", "? Fn::Select selects nothing"},
		{"!Select [x, [a, b]]", "? Fn::Select selects nothing"},
		{"!FindInMap [Map, a, k]", "v"},
		{"!FindInMap [Map, !Ref OnOff, k]", "? there is no Map.false.k in Mappings | ? there is no Map.true.k in Mappings"},
		{"!FindInMap [Map, a]", "? Fn::FindInMap wants a list of 3"},
		{"!Base64 abc", "YWJj"},
		{"!GetAtt A.B", "? Fn::GetAtt is not known before the deployment"},
		{"!ImportValue x", "? Fn::ImportValue is not known before the deployment"},
		{"!Transform {Name: x}", "? Fn::Transform is not known before the deployment"},
	} {
		t.Run(test.expr, func(t *testing.T) {
			tmpl := parse(t, evaluated+test.expr+"\n")
			outcomes, err := tmpl.Outcomes(tmpl.Root().Get("Value"), nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range outcomes {
				if s := show(o.Value); !slices.Contains(got, s) {
					got = append(got, s)
				}
			}
			slices.Sort(got)
			want := strings.Split(test.want, " | ")
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func show(v Value) string {
	switch v.Kind {
	case IsText:
		return v.Text
	case IsNoValue:
		return "no value"
	case IsUnknown:
		return "? " + v.Reason
	}
	return fmt.Sprintf("%+v", v)
}

// TestOutcomesBound wants an error with a place where too many parameters are
// behind one value.
func TestOutcomesBound(t *testing.T) {
	var parameters, value strings.Builder
	for i := range 13 {
		fmt.Fprintf(&parameters, "  P%d: {Type: String, AllowedValues: [a, b]}\n", i)
		fmt.Fprintf(&value, "${P%d}", i)
	}
	tmpl := parse(t, "Parameters:\n"+parameters.String()+"Value: !Sub '"+value.String()+"'\n")
	_, err := tmpl.Outcomes(tmpl.Root().Get("Value"), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "15:8: too many combinations of parameters to try: P0, P1, P10") {
		t.Errorf("got %v", err)
	}
}
