package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestConditions asks under which values a condition is true, as "true with …" and
// "false with …".
func TestConditions(t *testing.T) {
	const parameters = `
Parameters:
  P: {Type: String}
  Q: {Type: String}
  D: {Type: String, Default: dev}
  One: {Type: String, AllowedValues: [legacy]}
  Two: {Type: String, AllowedValues: [a, b]}
  Yes: {Type: String, AllowedValues: [yes]}
  YesNo: {Type: String, AllowedValues: [yes, "yes", 010]}
  Version: {Type: String, AllowedValues: [1.30, 1.31]}
  N: {Type: Number, MinValue: 0}
  L: {Type: CommaDelimitedList, AllowedValues: ["true"]}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>}
  Stored: {Type: AWS::SSM::Parameter::Value<String>, AllowedValues: [a]}
  Name: {Type: AWS::SSM::Parameter::Name, AllowedValues: [a]}
  Short: {Type: String, MaxLength: 3, MinLength: 2}
  Lower: {Type: String, AllowedPattern: "[a-z]+"}
  Look: {Type: String, AllowedPattern: "(?i)[a-z]+"}
Mappings:
  M: {live: {label: prod}, test: {label: dev}, yes: {label: on}}
`
	for _, test := range []struct{ condition, want string }{
		// A parameter that may be anything.
		{"!Equals [!Ref P, prod]", "true with P=prod; false with P=any other value"},
		{"!Equals [prod, !Ref D]", "true with D=prod; false with D=dev"},
		{"!Equals [!Ref P, !Ref P]", "true"},
		{"!Equals [!Ref P, !Ref Q]", "true with P=any value, Q=any value; false with P=any value, Q=any value"},
		{"!Equals [!Ref P, !Ref One]", "true with P=legacy; false with P=any other value"},
		{"!Equals [!Ref AWS::Region, us-gov-west-1]", "true with AWS::Region=us-gov-west-1; false with AWS::Region=any other value"},
		{"!Equals [!Ref AWS::Region, '']", "false"},
		{"!Equals [!Sub '${AWS::Region}', prod]", "false"},
		{"!Equals [!Sub 'in-${AWS::Region}', in-eu-isoe-west-1]", "true with AWS::Region=eu-isoe-west-1; false with AWS::Region=any other value"},
		{"!Equals [!Ref AWS::AccountId, '']", "false"},
		{"!Equals [!Ref AWS::AccountId, '12345678901']", "false"},
		{"!Equals [!Ref AWS::AccountId, '012345678901']", "true with AWS::AccountId=012345678901; false with AWS::AccountId=any other value"},
		{"!Equals [!Ref AWS::Partition, gov]", "false"},
		{"!Equals [!Ref AWS::Partition, aws]", "true with AWS::Partition=aws; false with AWS::Partition=any other value"},
		{"!Equals [!Ref AWS::Partition, aws-us-gov]", "true with AWS::Partition=aws-us-gov; false with AWS::Partition=any other value"},
		{"!Equals [!Ref AWS::StackName, 1st]", "false"},
		{"!Equals [!Ref AWS::StackName, Nodes-1]", "true with AWS::StackName=Nodes-1; false with AWS::StackName=any other value"},
		{"!Equals [!Ref AWS::StackId, prod]", "false"},
		{"!Equals [!Ref AWS::StackId, 'arn:aws:a']", "true with AWS::StackId=arn:aws:a; false with AWS::StackId=any other value"},
		{"!Equals [!Ref AWS::URLSuffix, amazonaws]", "false"},
		{"!Equals [!Ref AWS::URLSuffix, c2s.ic.gov]", "true with AWS::URLSuffix=c2s.ic.gov; false with AWS::URLSuffix=any other value"},
		{"!Equals [!Ref AWS::New, '']", "true with AWS::New=\"\"; false with AWS::New=any other value"},
		{"!And [!Equals [!Ref P, a], !Equals [!Ref P, b]]", "false"},
		{"!Or [!Equals [!Ref P, a], !Not [!Equals [!Ref P, a]]]", "true"},
		{"!Equals [!Ref One, legacy]", "true"},
		{"!Equals [!Ref Two, c]", "false"},
		{"!Equals [!Ref Two, a]", "true with Two=a; false with Two=b"},

		// Texts made from it.
		{"!Equals [!Sub '${P}', prod]", "true with P=prod; false with P=any other value"},
		{"!Equals [!Join [x, [!Ref P]], prod]", "true with P=prod; false with P=any other value"},
		{"!Equals [!Sub 'app-${P}', app-prod]", "true with P=prod; false with P=any other value"},
		{"!Equals [!Sub 'app-${P}', prod]", "false"},
		{"!Equals [!Join ['-', [!Ref P, x]], prod-y]", "false"},
		{"!Equals [!Join ['-', [!Ref P, x]], x]", "false"},
		{"!Equals [!Join ['-', [!Ref P, x]], !Sub '${Q}-x']", "true with P=any value, Q=any value; false with P=any value, Q=any value"},
		{"!Equals [!Join ['-', [!Ref P, x]], !Sub '${P}-x']", "true"},
		{"!Equals [!Join ['-', [!Ref P, x]], !Sub '${P}-y']", "false"},
		{"!Equals [!Join ['-', [!Ref P, x]], !Sub '${Q}-y']", "false"},
		{"!Equals [!Sub 'a-${P}', !Sub 'b-${Q}']", "false"},
		{"!Equals [!Sub '${P}${Q}', ab]", "true with P=any value, Q=any value; false with P=any value, Q=any value"},
		{"!Equals [!Sub '${P}-${Q}', ab]", "false"},
		{"!Equals [!Sub '${Two}-${Q}', a-b]", "true with Q=b, Two=a; false with Q=any other value, Two=a; false with Two=b"},
		{"!Equals [!Select [0, !Split ['-', !Ref P]], prod]", "true with P=any value; false with P=any value"},
		{"!Equals [!Select [0, !Split ['-', !Ref P]], prod-x]", "false"},
		{"!Equals [!Base64 a, !Base64 {Ref: P}]", "true with P=any value; false with P=any value"},
		{"!And [!Equals [!Base64 {Ref: P}, YQ==], !Equals [!Ref P, b]]", "false with P=any value; false with P=any other value"},

		{"!Equals [!Sub '${P}-a-${Q}', x-b-y]", "false"},
		{"!Equals [!Sub '${P}-a-${Q}', x-a-y]", "true with P=any value, Q=any value; false with P=any value, Q=any value"},
		{"!Equals [!Sub '${P}a${Q}b', ba]", "false"},
		{"!Equals [!Sub '${P}${One}', xlegacy]", "true with P=x; false with P=any other value"},
		{"!Equals [!Sub '${Two}${One}', alegacy]", "true with Two=a; false with Two=b"},
		{"!Equals [!Sub '${P}', '']", "true with P=\"\"; false with P=any other value"},
		{"!Equals [!Sub '${P}${P}', '']", "true with P=any value; false with P=any value"},
		{"!Equals [!Sub '${P}x', x]", "true with P=\"\"; false with P=any other value"},
		{"!Equals [!Sub 'xx${P}', x]", "false"},

		// Lists.
		{"!Contains [[a, !Ref P], b]", "true with P=b; false with P=any other value"},
		{"!Contains [a, b]", "true; false"},
		{"!Contains [[], b]", "false"},
		{"!EachMemberEquals [[a, !Ref P], a]", "true with P=a; false with P=any other value"},
		{"!EachMemberEquals [[b, a], a]", "false"},
		{"!EachMemberEquals [a, a]", "true; false"},
		{"!EachMemberIn [[a, !Ref P], [a, b]]", "true with P=b; false with P=any other value"},
		{"!EachMemberIn [[a, c], [a, b]]", "false"},
		{"!EachMemberIn [a, [a]]", "true; false"},
		{"!EachMemberIn [[a], a]", "true; false"},
		{"!Contains [[a]]", "? Fn::Contains needs a list of 2"},

		// Mappings.
		{"!Equals [!Ref P, !FindInMap [M, live, label]]", "true with P=prod; false with P=any other value"},
		{"!Equals [!FindInMap [M, !Ref P, label], prod]", "true with P=live; false with P=true; false with P=test"},
		{"!Equals [!FindInMap [M, 'true', label], 'true']", "true"},
		{"!Equals [!FindInMap [M, 'yes', label], 'true']", "? there is no M.yes.label in Mappings"},
		{"!Equals [!FindInMap [M, !Ref P, label, {DefaultValue: z}], z]", "true with P=any other value; false with P=live; false with P=true; false with P=test"},

		// What only the deployment knows.
		{"!Equals [!GetAtt A.B, x]", "true; false"},
		{"!Equals [!GetAtt A.B, !GetAtt A.B]", "true"},
		{"!And [!Equals [!GetAtt A.B, x], !Equals [!GetAtt A.B, z]]", "false"},
		{"!Equals [!Ref Stored, a]", "true; false"},
		{"!Equals [!Ref Name, a]", "true"},
		{"!Equals ['{{resolve:ssm:a}}', a]", "true; false"},
		{"!Equals [!Sub '{{resolve:ssm:${P}}}', a]", "true; false"},

		// Types.
		{"!Equals [!Join ['', !Ref L], 'true']", "true with L=any value; false with L=any value"},
		{"!Equals [!Select [1, !Ref L], 'true']", "true"},
		{"!Equals [!Select [1, !Ref Subnets], a]", "true with Subnets=any value; false with Subnets=any value"},
		{"!Equals [!Ref L, 'true']", "true with L=any value; false with L=any value"},
		{"!Equals [!Ref N, 1]", "true with N=1; false with N=any other value"},
		{"!Equals [!Ref N, one]", "false"},
		{"!Equals [!Ref N, -1]", "false"},
		{"!And [!Equals [!Ref N, '1.0'], !Equals [!Ref N, 1]]", "true with N=1.0; false with N=1.0; false with N=any other value"},
		{"!Equals [!Ref Short, abcd]", "false"},
		{"!Equals [!Ref Short, a]", "false"},
		{"!Equals [!Ref Lower, a1]", "false"},
		{"!Equals [!Ref Lower, ab]", "true with Lower=ab; false with Lower=any other value"},
		{"!Equals [!Ref Look, '1']", "true with Look=1; false with Look=any other value"},

		// YAML 1.1.
		{"!Equals [!Ref Yes, 'yes']", "false"},
		{"!Equals [!Ref Yes, 'true']", "true"},
		{"!Equals [!Ref Yes, ON]", "true"},
		{"!Equals [!Ref YesNo, 8]", "true with YesNo=8; false with YesNo=true"},
		{"!Equals [!Ref YesNo, 'yes']", "true with YesNo=yes; false with YesNo=true"},
		{"!Equals [!Ref Version, 1.3]", "true with Version=1.3; false with Version=any other value"},
		{"!Equals [1.30, '1.3']", "true; false"},
		{"!Equals [1.30, 1.30]", "true"},
		{"!Equals [!Sub yes, 'yes']", "true"},
		{"!Equals [{Fn::Sub: yes}, 'yes']", "false"},
		{"!Equals [!!str yes, 'yes']", "true"},
		{"!Equals [~, 'null']", "? null values are not allowed in templates"},

		// Bad input.
		{"!Equals [a]", "? Fn::Equals needs a list of 2"},
		{"!Not a", "? Fn::Not needs a list of 1"},
		{"!Not [!Condition Missing]", `? there is no condition "Missing"`},
		{"!Not [!Not [!Equals [!Ref P, a]]]", "true with P=a; false with P=any other value"},
		{"!Equals [!If [Missing, a, b], a]", `? there is no condition "Missing"`},
		{"!Equals [[!If [Missing, a, b]], a]", `? there is no condition "Missing"`},
		{"!And [!Equals [a, b], !Condition Missing]", "false"},
		{"!And [!Condition Missing, !Equals [a, b]]", `? there is no condition "Missing"`},
		{"!Or [!Equals [!FindInMap [M, none, label], a], !Equals [a, b]]", "? there is no M.none.label in Mappings"},
		{"!Or [!Equals [a, b], !Equals [!FindInMap [M, none, label], a]]", "? there is no M.none.label in Mappings"},
		{"!And [!Equals [!FindInMap [M, none, label], a], !Equals [a, b]]", "false"},
		{"!And []", "? Fn::And needs a list of conditions"},
		{"!Or x", "? Fn::Or needs a list of conditions"},
		{"!Or [!Equals [a, a], !Condition Missing]", "true"},
		{"!Or [!Condition Missing, !Equals [a, a]]", `? there is no condition "Missing"`},
		{"!Equals [!FindInMap [M, !Ref P, none], a]", "? there is no M.live.none in Mappings with P=live; ? there is no M.test.none in Mappings with P=test; ? there is no M.true.none in Mappings with P=true; ? there is no M.….none in Mappings with P=any other value"},
		{"!Fn::Nothing a", "true; false"},
	} {
		t.Run(test.condition, func(t *testing.T) {
			e := New(t.Context(), parse(t, parameters+"Conditions:\n  C: "+test.condition+"\nValue: !If [C, 'true', 'false']\n"), nil)
			outcomes, err := e.Outcomes(e.t.Root().Get("Value"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range outcomes {
				s := show(o.Value)
				if under := o.String(); under != "" {
					s += " with " + under
				}
				if !slices.Contains(got, s) || !strings.HasPrefix(s, "?") {
					got = append(got, s)
				}
			}
			want := strings.Split(test.want, "; ")
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), strings.Join(want, "; "))
			}
		})
	}
}

// TestSameUnknown wants one answer wherever the same question is asked.
func TestSameUnknown(t *testing.T) {
	const template = `
Parameters: {P: {Type: String}, Q: {Type: String}}
Conditions:
  Same: !Equals [!Ref P, !Ref Q]
  Again: !Equals [!Sub "${Q}", !Ref P]
  Differ: !Not [!Condition Same]
  PIsA: !Equals [!Ref P, a]
  QIsB: !Equals [!Ref Q, b]
Value: `
	for _, test := range []struct{ expr, want string }{
		{"!If [Same, !If [Again, a, b], c]", "a | c"},
		{"!If [Same, !If [Differ, a, b], c]", "b | c"},
		{"!If [Same, !If [PIsA, !If [QIsB, a, b], c], d]", "b | c | d"},
		{"!If [PIsA, !If [QIsB, !If [Same, a, b], c], d]", "b | c | d"},
		{"[!If [Same, a, b], !If [Differ, a, b]]", "[a b] | [b a]"},
	} {
		e := New(t.Context(), parse(t, template+test.expr+"\n"), nil)
		if got := strings.Join(outcomes(t, e, "Value"), " | "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.expr, got, test.want)
		}
	}
}

// TestRefused leaves out parameter values that CloudFormation does not accept,
// because of the section Rules or of a condition that looks for what is not there.
func TestRefused(t *testing.T) {
	const template = `
Parameters: {P: {Type: String}, Q: {Type: String}, R: {Type: String, AllowedValues: [a, b, c]}, S: {Type: AWS::SSM::Parameter::Value<String>}}
Mappings: {M: {a: {x: 1}, b: {x: 2}}}
Conditions:
  A: !Equals [!Ref P, a]
  B: !Equals [!Ref P, b]
  C: !Equals [!Ref P, c]
  QIsA: !Equals [!Ref Q, a]
`
	for _, test := range []struct{ more, expr, want string }{
		{"", "!If [C, x, 'y']", "x | y"},
		{"  Unused: !Equals [!FindInMap [M, !Ref P, x], 1]\n", "!If [C, x, 'y']", "y"},
		{"  Unused: !Equals [!FindInMap [M, !Ref P, x], 1]\n", "!If [A, x, !If [B, 'y', z]]", "x | y"},
		{"  Unused: !Or [!Condition C, !Equals [!FindInMap [M, !Ref P, x], 1]]\n", "!If [C, x, 'y']", "x | y"},
		{"  Unused: !Or [!Equals [!FindInMap [M, !Ref P, x], 1], !Condition C]\n", "!If [C, x, 'y']", "x | y"},
		{"  Unused: !Equals [!FindInMap [M, !Ref Q, x], 1]\n", "!If [C, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Contains [[a, b], !Ref P]}]}}\n", "!If [A, x, !If [B, 'y', z]]", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Contains [[a, b], !Ref Q]}]}}\n", "!If [A, x, !If [B, 'y', z]]", "x | y | z"},
		{"Rules: {R: {Assertions: [{Assert: !Not [!Equals [!Ref P, a]]}, {Assert: !Not [!Equals [!Ref P, b]]}]}}\n", "!If [A, x, !If [B, 'y', z]]", "z"},
		{"Rules: {R: {RuleCondition: !Equals [!Ref Q, a], Assertions: [{Assert: !Equals [!Ref P, a]}]}}\n", "!If [QIsA, !If [A, x, 'y'], z]", "x | z"},
		{"Rules: {R: {RuleCondition: !Equals [!Ref Q, a], Assertions: [{Assert: !Equals [!Ref P, a]}]}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !EachMemberIn [[!Ref P], [a]]}]}}\n", "!If [A, x, 'y']", "x"},
		{"Rules: {R: {Assertions: [{Assert: !EachMemberEquals [[!Ref P], a]}]}}\n", "!If [A, x, 'y']", "x"},
		{"Rules: {R: {Assertions: [{Assert: !EachMemberIn [!ValueOfAll ['AWS::EC2::VPC::Id', Tags.A], !RefAll 'AWS::EC2::VPC::Id']}]}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Equals [a, b]}]}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Contains [[a], !Ref P]}]}, S: {Assertions: [{Assert: !Contains [[b], !Ref P]}]}}\n", "!If [A, x, 'y']", "? no parameter values are accepted"},

		// Assertions about other parameters, too.
		{"Rules: {R: {Assertions: [{Assert: !And [!Equals [!Ref P, a], !Equals [!Ref Q, b]]}]}}\n", "!If [A, x, 'y']", "x"},
		{"Rules: {R: {Assertions: [{Assert: !Or [!Equals [!Ref P, a], !Equals [!Ref Q, b]]}]}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Or [!Equals [!Ref P, a], !Equals [!Ref Q, b]]}, {Assert: !Not [!Equals [!Ref Q, b]]}]}}\n", "!If [A, x, 'y']", "x"},
		{"Rules: {R: {RuleCondition: !Equals [!Ref Q, a], Assertions: [{Assert: !Equals [!Ref P, a]}]}, S: {Assertions: [{Assert: !Equals [!Ref Q, a]}]}}\n", "!If [A, x, 'y']", "x"},
		{"Rules: {R: {RuleCondition: !Equals [!Ref R, a], Assertions: [{Assert: !Equals [!Ref Q, a]}]}, S: {RuleCondition: !Equals [!Ref Q, a], Assertions: [{Assert: !Equals [!Ref P, a]}]}, T: {Assertions: [{Assert: !Contains [[a], !Ref R]}]}}\n", "!If [A, x, 'y']", "x"},

		// What a macro may replace.
		{"Rules: {R: {Assertions: [{Assert: !Equals [!Ref P, a]}]}, Fn::Transform: {Name: AWS::Include}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Equals [!Ref P, a]}], Fn::Transform: {Name: AWS::Include}}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Assert: !Equals [!Ref P, a], Fn::Transform: {Name: AWS::Include}}]}}\n", "!If [A, x, 'y']", "x | y"},
		{"Rules: {R: {Assertions: [{Fn::Transform: {Name: AWS::Include}}, {Assert: !Equals [!Ref P, a]}]}}\n", "!If [A, x, 'y']", "x"},
		{"Rules: {R: {RuleCondition: {Fn::Transform: {Name: M}}, Assertions: [{Assert: !Equals [!Ref P, a]}]}}\n", "!If [A, x, 'y']", "x | y"},

		// What a rule sees of a value in the SSM parameter store.
		{"  S: !Equals [!Ref S, a]\nRules: {R: {Assertions: [{Assert: !Equals [!Ref S, a]}]}}\n", "!If [S, x, 'y']", "x | y"},
		{"  S: !Equals [!Ref S, a]\nRules: {R: {Assertions: [{Assert: !Equals [!Ref S, a]}, {Assert: !Equals [!Ref P, a]}]}}\n", "!If [A, !If [S, x, 'y'], z]", "x | y"},
		{"  S: !Equals [!Ref S, a]\nRules: {R: {RuleCondition: !Equals [!Ref S, a], Assertions: [{Assert: !Equals [!Ref P, a]}]}}\n", "!If [S, !If [A, x, 'y'], z]", "x | y | z"},
		{"  S: !Equals [!Ref S, a]\nRules: {R: {Assertions: [{Assert: !Condition S}]}}\n", "!If [S, x, 'y']", "x | y"},
	} {
		e := New(t.Context(), parse(t, template+test.more+"Value: "+test.expr+"\n"), nil)
		if got := strings.Join(outcomes(t, e, "Value"), " | "); got != test.want {
			t.Errorf("%s%s: got %q, want %q", test.more, test.expr, got, test.want)
		}
	}
}

// TestOnlyWhatMatters names no parameter that makes no difference, whatever rules
// there are about it.
func TestOnlyWhatMatters(t *testing.T) {
	e := New(t.Context(), parse(t, `
Parameters: {P: {Type: String}, Q: {Type: String}, R: {Type: String, AllowedValues: [a, b]}}
Rules: {R: {Assertions: [{Assert: !Contains [[a, b], !Ref Q]}]}}
Conditions:
  C: !Or [!Equals [!Ref P, a], !And [!Equals [!Ref R, a], !Not [!Equals [!Ref R, a]]]]
Value: !If [C, a, b]
`), nil)
	all, err := e.Outcomes(e.t.Root().Get("Value"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if _, ok := o.Parameters["Q"]; ok || len(all) != 2 || !o.Admits("Q", "c") || !o.Admits("R", "b") {
			t.Errorf("got %v", o)
		}
	}
}

// TestObject leaves out what is AWS::NoValue, and takes the last of a key that
// stands twice.
func TestObject(t *testing.T) {
	tmpl := parse(t, `
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, a]}
Value: {A: !If [C, x, !Ref AWS::NoValue], B: x, N: !Ref AWS::NoValue}
`)
	n := tmpl.Root().Get("Value")
	n.Pairs = append(n.Pairs, cfn.Pair{Key: n.Pairs[1].Key, Value: n.Pairs[2].Value})
	all, err := New(t.Context(), tmpl, nil).Outcomes(n)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range all {
		got = append(got, fmt.Sprintf("%d %s %s", len(o.Value.Fields), show(o.Value.Field("A")), show(o.Value.Field("B"))))
	}
	if want := []string{"1 x no value", "0 no value no value"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestShadowedParameter has the variable of a loop that is a parameter too.
func TestShadowedParameter(t *testing.T) {
	tmpl, err := cfn.Parse([]byte(`
Parameters: {N: {Type: String, AllowedValues: [shut]}}
Resources:
  Fn::ForEach::Each: [N, [ajar], {'R${N}': {Type: T, Value: !Ref N}}]
  R: {Type: T, Value: !Ref N}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomes(t, New(t.Context(), tmpl, nil), "Resources", "R", "Value"); slices.Contains(got, "shut") {
		t.Errorf("got %q, which the loop may have changed", got)
	}
}

// TestMadeConditions lets a macro or a loop make conditions, which then go both
// ways: those that stand there too, and those that do not.
func TestMadeConditions(t *testing.T) {
	for _, maker := range []string{"Fn::Transform: {Name: AWS::Include}", "Fn::ForEach::Each: [N, [a], {'X${N}': !Equals [a, a]}]"} {
		for _, condition := range []string{"Fixed", "Xa"} {
			tmpl, err := cfn.Parse(fmt.Appendf(nil, `
Conditions:
  Fixed: !Equals [a, a]
  %s
Resources:
  R: {Type: T, Value: !If [%s, shut, ajar]}
`, maker, condition))
			if err != nil {
				t.Fatal(err)
			}
			got := outcomes(t, New(t.Context(), tmpl, nil), "Resources", "R", "Value")
			if want := []string{"ajar", "shut"}; !slices.Equal(got, want) {
				t.Errorf("%s with %s: got %q, want %q", condition, maker, got, want)
			}
		}
	}
}
