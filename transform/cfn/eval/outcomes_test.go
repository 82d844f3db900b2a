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
  Names: {Type: CommaDelimitedList}
  Chosen: {Type: CommaDelimitedList, AllowedValues: [x, z]}
Mappings:
  Map: {a: {k: v}, b: {k: w}}
  Deep:
    a: {list: [x, z], called: !Ref Free, text: 1.50, yes: t, nothing: ~}
    made: {Fn::Transform: {Name: m}}
    flat: k
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
X: &x 1
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

		// Lists.
		{"[a, !Ref OnOff, !Ref AWS::NoValue]", "[a false] | [a true]"},
		{"!Join [!Ref OnOff, [a, b]]", "? the delimiter of Fn::Join must be a literal"},
		{"!Join [!Ref Free, [a, b]]", "? the delimiter of Fn::Join must be a literal"},
		{"!Join ['', [a, !Sub x, b]]", "axb"},
		{"!Join ['', [a, [b]]]", "? Fn::Join of what is not known"},
		{"!Join ['', [a, {B: c}]]", "? Fn::Join of what is not known"},
		{"!Join ['', [a, !Ref Names]]", "? Names may have any value"},
		{"!Join ['', {A: b}]", "? Fn::Join needs a list"},
		{"!Join ['', !Ref AWS::NoValue]", "? Fn::Join needs a list"},
		{"!Join ['', !Ref Names]", "? Names may have any value"},
		{"!Join ['', [a, !GetAtt A.B]]", "? Fn::GetAtt A.B is not known before the deployment"},
		{"!Join ['-', [a, !Ref Missing1, !If [Missing, a, b]]]", "? there is no condition \"Missing\""},
		{"!Join ['-', []]", ""},
		{"!Join ['-', ['', '']]", "-"},
		{"!Split ['', abc]", "? the delimiter of Fn::Split must be a literal"},
		{"!Split [!Ref OnOff, abc]", "[abc]"},
		{"!Split [!Ref Free, abc]", "? the delimiter of Fn::Split must be a literal"},
		{"!Split [',', [a]]", "? Fn::Split needs a text"},
		{"!Split [',', !Ref AWS::NoValue]", "? Fn::Split needs a text"},
		{"!Split [',', '']", "[]"},
		{"!Split [',', 'a,,b']", "[a  b]"},
		{"!Split [',', !Ref Free]", "? Free may have any value"},
		{"!Split [u, !Ref OnOff]", "[false] | [tr e]"},
		{"!Select ['', [a]]", "? Fn::Select selects nothing"},
		{"!Select [-1, [a]]", "? Fn::Select selects nothing"},
		{"!Select ['01', [a, b]]", "b"},
		{"!Select [10, [a, b, c, d, e, f, g, h, i, j, k]]", "k"},
		{"!Select [99999999999999999999, [a, b]]", "? without quotes 99999999999999999999 may be another text"},
		{"!Select ['0:', [a]]", "? Fn::Select selects nothing"},
		{"!Select ['/0', [a]]", "? Fn::Select selects nothing"},
		{"!Select [a0, [a]]", "? Fn::Select selects nothing"},
		{"!Select [0, []]", "? Fn::Select selects nothing"},
		{"!Select [0, [!Ref AWS::NoValue, b]]", "b"},
		{"!Select [!Ref OnOff, [a, b]]", "? Fn::Select selects nothing"},
		{"!Select [!Ref Free, [a, b]]", "? Free may have any value"},
		{"!Select [0, !Ref Names]", "? Names may have any value"},
		{"!Select [0, !Ref Chosen]", "x | z"},
		{"!Select [0, !Split [',', !Ref Free]]", "? Free may have any value"},
		{"!Select [0, !Ref AWS::NoValue]", "? Fn::Select needs a list"},
		{"!Select [0, [!If [Missing, a, b], c]]", "? there is no condition \"Missing\""},
		{"!Base64 {Ref: OnOff}", "ZmFsc2U= | dHJ1ZQ=="},
		{"!Base64 {Ref: Free}", "? Free may have any value"},
		{"!Base64 {'Fn::Join': [x]}", "? Fn::Join needs a list of 2"},
		{"!Base64 yes", "eWVz"},
		{"{'Fn::Base64': yes}", "dHJ1ZQ=="},
		{"{'Fn::Base64': 'yes'}", "eWVz"},

		// Fn::Sub.
		{"!Sub ['${a}${b}', {a: !Ref OnOff, b: c}]", "falsec | truec"},
		{"!Sub ['${a}', {a: !If [Missing, x, z]}]", "? there is no condition \"Missing\""},
		{"!Sub ['${a}', {a: [x]}]", "? Fn::Sub of what is not known"},
		{"!Sub ['${a}', {a: !Ref AWS::NoValue}]", "? Fn::Sub of what is not known"},
		{"!Sub ['${OnOff}', {OnOff: own}]", "own"},
		{"!Sub ['${a}', x]", "? Ref a is not known before the deployment"},
		{"!Sub ['${a}']", "? the text of Fn::Sub is not a string"},
		{"!Sub [[a], {b: c}]", "? the text of Fn::Sub is not a string"},
		{"!Sub {a: b}", "? the text of Fn::Sub is not a string"},
		{"!Sub 'a${!b}c$d${ OnOff }'", "a${b}c$dfalse | a${b}c$dtrue"},
		{"!Sub '${!b}${!c'", "${b}${!c"},
		{"!Sub '${Names}'", "? Names may have any value"},
		{"!Sub '${Image}'", "? Ref Image is not known before the deployment"},
		{"!Sub 'a-${Free}-b'", "? Free may have any value"},
		{"!Sub yes", "yes"},
		{"{'Fn::Sub': yes}", "true"},
		{"{'Fn::Sub': 1.50}", "? without quotes 1.50 may be another text"},
		{"{'Fn::Sub': ~}", "? null values are not allowed in templates"},

		// Names.
		{"!Ref {'Fn::Sub': 'R${X}'}", "? Ref R${X} is not known before the deployment"},
		{"!Ref [a]", "? Ref is not known before the deployment"},
		{"!Ref {A: b}", "? Ref is not known before the deployment"},
		{"!GetAtt [A, B, C]", "? Fn::GetAtt is not known before the deployment"},
		{"!GetAtt [A, !Ref B]", "? Fn::GetAtt is not known before the deployment"},
		{"!GetAtt [!Ref A, B]", "? Fn::GetAtt is not known before the deployment"},
		{"!GetAtt [A, B]", "? Fn::GetAtt A.B is not known before the deployment"},
		{"!GetAtt {A: B}", "? Fn::GetAtt is not known before the deployment"},
		{"!If [!Sub On, a, b]", "a | b"},
		{"!If [[On], a, b]", "? there is no condition \"\""},
		{"!If [yes, a, b]", "a | b"},
		{"!If ['yes', a, b]", "? there is no condition \"yes\""},

		// Mappings.
		{"!FindInMap [Map, a, none]", "? there is no Map.a.none in Mappings"},
		{"!FindInMap [Map, a, k, {DefaultValue: !Ref OnOff}]", "v"},
		{"!FindInMap [Map, z, k, {DefaultValue: !Ref OnOff}]", "false | true"},
		{"!FindInMap [Map, z, k, {Default: z}]", "? the fourth argument of Fn::FindInMap is not a DefaultValue"},
		{"!FindInMap [Map, z, k, z]", "? the fourth argument of Fn::FindInMap is not a DefaultValue"},
		{"!FindInMap [Map, a, k, {DefaultValue: z}, x]", "? Fn::FindInMap needs a list of 3"},
		{"!FindInMap {A: b}", "? Fn::FindInMap needs a list of 3"},
		{"!FindInMap [Map, a, !If [Missing, a, b]]", "? there is no condition \"Missing\""},
		{"!FindInMap [None, a, k]", "? there is no None.a.k in Mappings"},
		{"!FindInMap [Map, [a], k]", "v | w"},
		{"!FindInMap [Map, !Ref Free, none]", "? there is no Map.a.none in Mappings | ? there is no Map.b.none in Mappings | ? there is no Map.….none in Mappings"},
		{"!FindInMap [Deep, a, list]", "[x z]"},
		{"!FindInMap [Deep, a, called]", "? there is Ref in Mappings"},
		{"!FindInMap [Deep, a, text]", "? without quotes 1.50 may be another text"},
		{"!FindInMap [Deep, a, 'true']", "t"},
		{"!FindInMap [Deep, a, nothing]", "? null values are not allowed in templates"},
		{"!FindInMap [Deep, made, k]", "? Fn::Transform adds to Mappings"},
		{"!FindInMap [Deep, flat, k]", "? there is no Deep.flat.k in Mappings"},

		// Objects and what is none.
		{"{Fn::If: [On, a, b], A: b}", "? Fn::If adds to it"},
		{"*x", "? it is the alias *x"},
		{"~", "? null values are not allowed in templates"},
		{"1.50", "? without quotes 1.50 may be another text"},
		{"'{{resolve:ssm:a}}'", "? a dynamic reference is not known before the deployment"},
		{"'{{resolve'", "{{resolve"},
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
