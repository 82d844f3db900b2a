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
		{"Count", "2", ""},
		{"Count", "2.5", ""},
		{"Count", "0", `9:10: parameter Count does not accept "0", only 1 or more`},
		{"Count", "4", `9:10: parameter Count does not accept "4", only 3 or less`},
		{"Count", "two", `9:10: parameter Count does not accept "two", only a number`},
		{"Count", "", `9:10: parameter Count does not accept "", only a number`},
		{"Name", "ab-1", ""},
		{"Name", "Ab", `10:9: parameter Name does not accept "Ab", only what matches [a-z][a-z0-9-]*`},
		{"Name", "xab", ""},
		{"Name", "ab c", `10:9: parameter Name does not accept "ab c", only what matches [a-z][a-z0-9-]*`},
		{"Name", "a", `10:9: parameter Name does not accept "a", only 2 characters or more`},
		{"Name", "abcde", `10:9: parameter Name does not accept "abcde", only 4 characters or less`},
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
`), nil)
	got := fmt.Sprint(e.ConditionsBehind("P"))
	if want := "map[Again:true Chosen:true Far:true Here:true Near:true Round:true Subbed:true]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := fmt.Sprint(e.ParametersBehind(e.t.Root().Get("Value"))); got != "[AWS::Region P]" {
		t.Errorf("behind the value: %s", got)
	}
	e = New(t.Context(), parse(t, "A: b\n"), nil)
	if got := e.ConditionsBehind("P"); len(got) != 0 {
		t.Errorf("without conditions: %v", got)
	}
}
