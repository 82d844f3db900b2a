package stack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// around is a template whose HttpTokens are an expression.
func around(tokens string) string {
	return `Parameters:
  Off: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
  Free: {Type: String, Default: prod}
  List: {Type: CommaDelimitedList, Default: "a,required"}
  Size: {Type: Number, Default: 3, MinValue: 2}
Mappings:
  Tokens:
    us-west-2: {blue: required, green: optional}
Conditions:
  IsOff: !Equals [!Ref Off, "true"]
  IsProd: !Or [!Equals [!Ref Free, prod], !Not [!Condition IsOff]]
  No: !And [!Condition IsOff, !Equals ["a", "b"]]
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions:
          HttpPutResponseHopLimit: 01
          HttpTokens: ` + tokens + "\n"
}

func launchesOf(t *testing.T, src string, passed map[string]string) ([]Launch, error) {
	t.Helper()
	template, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return template.Launches(passed)
}

// TestValues wants an expression to be what CloudFormation makes of it, by the
// template reference's sections on intrinsic functions.
func TestValues(t *testing.T) {
	for _, test := range []struct {
		tokens string
		passed string
		want   string
	}{
		{"required", "", "required"},
		{"!If [IsOff, required, optional]", "", "optional"},
		{"!If [IsOff, required, optional]", "Off=true", "required"},
		{"!If [IsProd, required, !Ref AWS::NoValue]", "Off=true Free=x", "optional"},
		{"!If [No, optional, required]", "Off=true", "required"},
		{"!FindInMap [Tokens, !Ref AWS::Region, blue]", "", "required"},
		{"!FindInMap [Tokens, !Ref AWS::Region, !Ref Free]", "Free=green", "optional"},
		{"!Select [1, !Ref List]", "", "required"},
		{"!Select [0, !Split [-, required-x]]", "", "required"},
		{"!Join ['', [req, !Sub 'uir${Free}']]", "Free=ed", "required"},
		{"!Sub ['${A}${!A}', {A: !Ref Free}]", "Free=x", "x${A}"},
		{"!Sub ['required']", "", "required"},
		{"yes", "", "true"},
		{"'yes'", "", "yes"},
		{"{'Fn::If': [IsOff, a, b]}", "Off=true", "a"},
		{"required\n          HttpTokens: optional", "", "optional"},
	} {
		passed := map[string]string{}
		for _, field := range strings.Fields(test.passed) {
			name, value, _ := strings.Cut(field, "=")
			passed[name] = value
		}
		launches, err := launchesOf(t, around(test.tokens), passed)
		if err != nil || len(launches) != 1 || launches[0].Options.HTTPTokens != test.want || launches[0].Options.HTTPPutResponseHopLimit != 1 {
			t.Errorf("%s with %q: %+v %v, want %s", test.tokens, test.passed, launches, err, test.want)
		}
	}
}

// TestRefused wants values that CloudFormation refuses to make no stack.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ tokens, name, value string }{
		{"required", "Off", "maybe"},
		{"required", "Size", "1"},
		{"required", "Size", "many"},
		{"!FindInMap [Tokens, !Ref AWS::Region, red]", "Free", "x"},
		{"!Ref Nobody", "Free", "x"},
		{"!If [Never, required, optional]", "Free", "x"},
		{"!Select [7, !Ref List]", "Free", "x"},
	} {
		if l, err := launchesOf(t, around(test.tokens), map[string]string{test.name: test.value}); !errors.Is(err, ErrRefused) {
			t.Errorf("%+v: %+v %v", test, l, err)
		}
	}
	if _, err := launchesOf(t, around("!Cidr [10.0.0.0/8, 1, 8]"), nil); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("what is not evaluated here: %v", err)
	}
}

// TestDeployments wants every outcome to be among the deployments that are
// tried: also that of a value which the template does not name.
func TestDeployments(t *testing.T) {
	for tokens, want := range map[string]string{
		"!If [IsOff, required, optional]": "optional required",
		"!Ref Free":                       "b other-free prod a true us-west-2 blue green",
		"!FindInMap [Tokens, !Ref AWS::Region, !Ref Free]": "optional required",
		"!If [IsProd, required, optional]":                 "optional required",
		"!If [No, optional, required]":                     "required",
		"!Sub '${Off}'":                                    "false true",
	} {
		template, err := Parse([]byte(around(tokens)))
		if err != nil {
			t.Fatal(err)
		}
		deployments, err := template.Deployments()
		if err != nil {
			t.Errorf("%s: %v", tokens, err)
			continue
		}
		seen := map[string]bool{}
		for _, values := range deployments {
			launches, err := template.Launches(values)
			if err != nil {
				t.Fatal(err)
			}
			seen[launches[0].Options.HTTPTokens] = true
		}
		expected := strings.Fields(want)
		slices.Sort(expected)
		if got := sortedKeys(seen); !slices.Equal(got, expected) {
			t.Errorf("%s: %v, want %v", tokens, got, expected)
		}
	}
}

// TestTooMany wants an error where not all values can be tried.
func TestTooMany(t *testing.T) {
	var parameters, conditions string
	for i := range 13 {
		parameters += fmt.Sprintf("  P%d: {Type: String, Default: a}\n", i)
		conditions += fmt.Sprintf(", !Equals [!Ref P%d, a]", i)
	}
	src := "Parameters:\n" + parameters + "Conditions:\n  C: !Or [" + conditions[2:] + "]\nResources:\n  L:\n    Type: AWS::EC2::LaunchTemplate\n    Condition: C\n"
	template, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if d, err := template.Deployments(); err == nil {
		t.Errorf("%d deployments of 2^13", len(d))
	}
}

// TestLoops expands Fn::ForEach, and reads JSON.
func TestLoops(t *testing.T) {
	launches, err := launchesOf(t, `{"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::Nodes": ["Name", ["Blue", "Green"],
{"${Name}Nodes": {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {"MetadataOptions": {"HttpTokens": {"Ref": "Name"}},
"UserData": {"Fn::Base64": {"Fn::Sub": "${Name} ${AWS::Region}"}}}}}]}}`, nil)
	if err != nil || len(launches) != 2 || launches[0].LogicalID != "BlueNodes" || launches[1].Options.HTTPTokens != "Green" || string(launches[1].UserData) != "Green us-west-2" {
		t.Errorf("%+v %v", launches, err)
	}
}

// TestInstance wants an instance to inherit from its launch template, and its
// own options to win.
func TestInstance(t *testing.T) {
	launches, err := launchesOf(t, around("required")+`  Node:
    Type: AWS::EC2::Instance
    Properties:
      LaunchTemplate: {LaunchTemplateId: !Ref Nodes, Version: !GetAtt Nodes.LatestVersionNumber}
      MetadataOptions: {HttpPutResponseHopLimit: 2}
`, nil)
	want := MetadataOptions{"enabled", "required", 2, "disabled"}
	if err != nil || len(launches) != 2 || launches[0].LogicalID != "Node" || !launches[0].Instance || launches[0].Options != want {
		t.Errorf("%+v %v", launches, err)
	}
}
