package eval

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const parameters = `
Parameters:
  Free: {Type: String}
  Stage: {Type: String, Default: dev}
  OnOff: {Type: String, Default: no, AllowedValues: [yes, no]}
  Version: {Type: String, Default: 1.30, AllowedValues: ["1.30"]}
  Doubt: {Type: String, Default: 1.3, AllowedValues: [1.30, 1.3]}
  List: {Type: CommaDelimitedList, Default: "a,b", AllowedValues: [a, b]}
  Count: {Type: Number, MinValue: 1, MaxValue: 3}
  Name: {Type: String, AllowedPattern: "[a-z][a-z0-9-]*", MinLength: 2, MaxLength: 4}
  Java: {Type: String, AllowedPattern: "[a-z&&[^b]]+"}
  Odd: {Type: String, AllowedPattern: !Sub a, MinLength: many}
  Stored: {Type: AWS::SSM::Parameter::Value<String>, Default: /a/b, AllowedValues: [/a/b]}
  Twice: {Type: String, AllowedValues: [a, b, a]}
  Empty: {Type: String, AllowedValues: []}
  OneWord: {Type: String, AllowedValues: a}
Value: !Ref Free
`

// TestValidate wants what CloudFormation accepts for a parameter.
func TestValidate(t *testing.T) {
	e := New(t.Context(), parse(t, parameters), nil)
	for _, test := range []struct{ name, value, want string }{
		{"Free", "anything", ""},
		{"Free", "", ""},
		{"OnOff", "true", ""},
		{"OnOff", "yes", `5:10: parameter OnOff does not accept "yes", only true, false`},
		{"Version", "1.30", ""},
		{"Version", "1.3", `6:12: parameter Version does not accept "1.3", only 1.30`},
		{"Doubt", "1.30", ""},
		{"List", "a, b,a", ""},
		{"List", "a,c", `8:9: parameter List does not accept "a,c", only a, b`},
		{"List", " a ,b ", ""},
		{"List", "", `8:9: parameter List does not accept "", only a, b`},
		{"Empty", "x", ""},
		{"OneWord", "x", ""},
		{"Twice", "c", `14:10: parameter Twice does not accept "c", only a, b`},
		{"Count", "2", ""},
		{"Count", "2.5", ""},
		{"Count", "1", ""},
		{"Count", "3", ""},
		{"Count", " 2 ", ""},
		{"Count", "2d", ""}, // Java reads these, and more
		{"Count", "0x1", ""},
		{"Count", "NaN", ""},
		{"Count", "2,5", `9:10: parameter Count does not accept "2,5", only a number`},
		{"Count", "0.9", `9:10: parameter Count does not accept "0.9", only 1 or more`},
		{"Count", "3.1", `9:10: parameter Count does not accept "3.1", only 3 or less`},
		{"Count", "0", `9:10: parameter Count does not accept "0", only 1 or more`},
		{"Count", "4", `9:10: parameter Count does not accept "4", only 3 or less`},
		{"Count", "two", `9:10: parameter Count does not accept "two", only a number`},
		{"Count", "", `9:10: parameter Count does not accept "", only a number`},
		{"Name", "ab-1", ""},
		{"Name", "Ab", `10:9: parameter Name does not accept "Ab", only what matches [a-z][a-z0-9-]*`},
		{"Name", "xab", ""},
		{"Name", "ab", ""},
		{"Name", "abcd", ""},
		{"Name", "a\tb", ""},
		{"Name", "ab c", `10:9: parameter Name does not accept "ab c", only what matches [a-z][a-z0-9-]*`},
		{"Name", "a", `10:9: parameter Name does not accept "a", only 2 characters or more`},
		{"Name", "abcde", `10:9: parameter Name does not accept "abcde", only 4 characters or fewer`},
		{"Name", "äöü", ""},
		{"Java", "b", ""},
		{"Odd", "b", ""},
		{"Stored", "/c/d", ""},
		{"None", "a", `2:1: there is no parameter "None"`},
	} {
		got := ""
		if err := e.Validate(test.name, test.value); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s=%s: got %s, want %s", test.name, test.value, got, test.want)
		}
	}
}

// TestMatches wants a value to match a pattern as a whole, or Java to be asked.
func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, value string
		want           bool
	}{
		{"a|b", "b", true}, {"a|b", "ab", false}, {"a|b", "a", true}, {"x*", "", true}, {"x+", "", false}, {"^x$", "x", true},
		{`\d+`, "12", true}, {`\d+`, "x", false}, {`\w\.\$\/\-`, "a.$/-", true}, {`\.`, "x", false},
		{"a{2}", "aa", true}, {"a{2}", "a", false}, {"a{2,}", "a", false}, {"a{1,2}", "aaa", false},
		{"[^-]", "-", false}, {"[a-z.]+", "a.b", true}, {"[a-z.]+", "A", false}, {`[\d_]+`, "a", false}, {"[a ,:;@/=%]", "%", true}, {"(ab)?c", "abc", true}, {"(ab)?c", "ac", false},
		{"a?b*.", "xyz", false},

		// What Java may read in another way.
		{"[a-z&&[^b]]+", "b", true}, {"(?i)a", "B", true}, {"(?!a)b", "c", true}, {`\s`, "x", true}, {`\p{L}`, "1", true}, {"[[a]]", "b", true},
		{"[a-z]+", "\u00e9", true}, {"[a-z]+", "\t", true}, {"[a-z]+", "\x7f", true}, {"[a-z]+", "~", false}, {"[a-z]+", " ", false}, {"(", "x", true},
	} {
		if got := matches(test.pattern, test.value); got != test.want {
			t.Errorf("%s, %q: got %v", test.pattern, test.value, got)
		}
	}
}

// TestGiven wants the values that are passed, and no others.
func TestGiven(t *testing.T) {
	given := map[string]string{"Stage": "prod", "List": "b, a", "Stored": "/x", "AWS::Region": "eu-west-1", "Later": "x", "OnOff": "true"}
	for _, test := range []struct{ expr, want string }{
		{"!Ref Stage", "prod"},
		{"!Ref List", "[b a]"},
		{"!Join ['+', !Ref List]", "b+a"},
		{"!Join ['+', [a, !Ref List]]", "? Fn::Join of what is not known"},
		{"!Select [1, !Ref List]", "a"},
		{"!Sub '${AWS::Region}/${Stage}'", "eu-west-1/prod"},
		{"!Ref Later", "x"},
		{"!Ref Stored", "? Ref Stored is not known before the deployment"},
		{"!If [On, a, b]", "a"},
		{"!Base64 {Ref: Stage}", "cHJvZA=="},
		{"!FindInMap [M, !Ref Stage, k]", "v"},
		{"[!Ref Stage]", "[prod]"},
		{"!Ref Free", "? Free may have any value"},
	} {
		e := New(t.Context(), parse(t, strings.Replace(parameters, "Value: !Ref Free", "Conditions: {On: !Equals [!Ref OnOff, true]}\nMappings: {M: {prod: {k: v}, dev: {k: w}}}\nValue: "+test.expr, 1)), given)
		if got := outcomes(t, e, "Value"); len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: got %q, want %q", test.expr, got, test.want)
		}
	}
}

// TestAccepted lists the values of parameters that are known.
func TestAccepted(t *testing.T) {
	e := New(t.Context(), parse(t, parameters), map[string]string{"Name": "ab"})
	for _, test := range []struct{ name, want string }{
		{"Free", "[] true"},
		{"Stage", "[dev] true"},
		{"OnOff", "[true false] false"},
		{"Version", "[1.30] false"},
		{"Doubt", "[1.3] true"},
		{"List", "[a b] true"},
		{"Name", "[ab] false"},
		{"Twice", "[a b] false"},
		{"Empty", "[] true"},
		{"OneWord", "[] true"},
		{"None", "[] true"},
	} {
		values, others := e.Accepted(test.name)
		if got := fmt.Sprint(values, others); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	defaults := e.Defaults()
	if got, want := strings.Join(slices.Sorted(maps.Keys(defaults)), " "), "Doubt List OnOff Stage Stored"; got != want {
		t.Errorf("defaults of %s, want %s", got, want)
	}
	if got, ok := e.Default("OnOff"); got != "false" || !ok || defaults["OnOff"] != got {
		t.Errorf("the default of OnOff is %q, %v", got, ok)
	}
	if got, ok := e.Default("None"); ok {
		t.Errorf("the default of what there is not is %q", got)
	}
	if got, ok := e.Default("Version"); ok {
		t.Errorf("the default of Version is %q", got)
	}
}

// TestBehind follows conditions through others, and around a cycle.
func TestBehind(t *testing.T) {
	e := New(t.Context(), parse(t, `
Parameters: {P: {Type: String}, Q: {Type: String}, S: {Type: AWS::SSM::Parameter::Value<String>}}
Conditions:
  Far: !And [!Condition Near, !Equals [a, a]]
  Near: !Not [!Condition Here]
  Here: !Equals [!Ref P, x]
  Chosen: !Equals [!If [Here, a, b], a]
  Subbed: !Equals [!Sub "${P}", a]
  Other: !Equals [!Ref Q, x]
  Round: !Or [!Condition Again, !Condition Here]
  Again: !Not [!Condition Round]
Value: !If [Far, !If [Round, !Sub "${AWS::Region}${!Q}", !Ref S], !Ref AWS::NoValue]
Listed: !Sub ["${ AWS::Partition }${Q${x", {x: !If [Chosen, !Ref Missing, !If []]}]
Named: [!Condition Other, Q, Near, !If [Missing, a, b]]
`), nil)
	got := fmt.Sprint(e.ConditionsBehind("P"))
	if want := "map[Again:true Chosen:true Far:true Here:true Near:true Round:true Subbed:true]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := fmt.Sprint(e.ParametersBehind(e.t.Root().Get("Value"))); got != "[AWS::Region P]" {
		t.Errorf("behind the value: %s", got)
	}
	if got := fmt.Sprint(e.ParametersBehind(e.t.Root().Get("Listed"))); got != "[AWS::Partition P]" {
		t.Errorf("behind the list: %s", got)
	}
	if got := fmt.Sprint(e.ParametersBehind(e.t.Root().Get("Named"))); got != "[Q]" {
		t.Errorf("behind the names: %s", got)
	}
	e = New(t.Context(), parse(t, "A: b\n"), nil)
	if got := e.ConditionsBehind("P"); len(got) != 0 {
		t.Errorf("without conditions: %v", got)
	}
}
