package answer

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

func read(t *testing.T, src string) *Answer {
	t.Helper()
	parsed, err := cfn.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Read(parsed)
	if err != nil || a == nil {
		t.Fatalf("%v, %v", a, err)
	}
	return a
}

const (
	object2   = `{"Resources":{"Lt":{"Type":"AWS::EC2::LaunchTemplate","Properties":{"LaunchTemplateData":{"MetadataOptions":{"HttpPutResponseHopLimit":2,"HttpTokens":"required"}}}}}}`
	yamlText  = "# our nodes\nResources:\n  Lt:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n        MetadataOptions: {HttpPutResponseHopLimit: 2, HttpTokens: required}\n"
	yamlTable = "TemplateBody:\n  Resources:\n    Lt:\n      Type: AWS::EC2::LaunchTemplate\n      Properties:\n        LaunchTemplateData:\n          MetadataOptions:\n            HttpPutResponseHopLimit: 2\n            HttpTokens: required\n"
)

// TestPlaces expects the finding on the hop limit where the 2 stands in the answer,
// and the locked template alone from a patch.
func TestPlaces(t *testing.T) {
	quoted, err := json.Marshal(yamlText)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ src, want string }{
		"object":      {"{\n \"TemplateBody\": " + object2 + ",\n \"StagesAvailable\": [\"Original\"]}", strings.Replace(object2, ":2", ":1", 1)},
		"text":        {`{"StagesAvailable": [], "TemplateBody": ` + string(quoted) + "}\n", strings.Replace(yamlText, ": 2", ": 1", 1)},
		"stack set":   {`{"StackSet": {"StackSetId": "x", "TemplateBody": ` + string(quoted) + "}}", strings.Replace(yamlText, ": 2", ": 1", 1)},
		"yaml":        {yamlTable, strings.TrimSuffix(strings.TrimPrefix(strings.Replace(yamlTable, ": 2", ": 1", 1), "TemplateBody:\n"), "\n")},
		"yaml, block": {"TemplateBody: |\n" + indented(yamlText) + "StagesAvailable: []\n", strings.Replace(yamlText, ": 2", ": 1", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			a := read(t, test.src)
			opts := transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Lock}
			findings, err := a.Check(context.Background(), transform.CheckOptions{Options: opts})
			if err != nil || len(findings) != 1 || findings[0].Rule != transform.RuleHopLimit {
				t.Fatalf("%+v, %v", findings, err)
			}
			if at := findings[0].Start; test.src[at.Offset] != '2' || at.Offset != regexp.MustCompile(`HopLimit\W+2`).FindStringIndex(test.src)[1]-1 || at != a.t.Position(at.Offset) {
				t.Errorf("at %v, %q", at, test.src[at.Offset:])
			}
			r, err := a.Patch(context.Background(), opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(r.Output)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if at := r.Findings[0].Start.Offset; test.src[at] != '2' {
				t.Errorf("changed at %q", test.src[at:])
			}
		})
	}
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

func TestNoAnswer(t *testing.T) {
	for _, src := range []string{object2, `{"Resources": {}, "TemplateBody": "x"}`, "a: b\n", `{"StackSet": {"a": "b"}}`, `{"StackSet": 1}`} {
		parsed, err := cfn.Parse([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := Read(parsed); a != nil || err != nil {
			t.Errorf("%s: %v, %v", src, a, err)
		}
	}
}

func TestBadAnswers(t *testing.T) {
	for src, want := range map[string]string{
		`{"TemplateBody": 1}`:                                               `1:18: TemplateBody is 1, neither an object nor a text`,
		`{"TemplateBody": []}`:                                              `1:18: TemplateBody is a list, neither an object nor a text`,
		`{"TemplateBody": null}`:                                            `1:18: TemplateBody is "null", neither an object nor a text`,
		`{"TemplateBody": ""}`:                                              `1:18: TemplateBody: the template is empty`,
		`{"TemplateBody": "a: [\nb"}`:                                       `1:25: TemplateBody: not YAML: did not find expected ',' or ']'`,
		`{"TemplateBody": {"a": 1}}`:                                        `1:18: TemplateBody: not a CloudFormation template: it has no Resources`,
		`{"StackSet": {"StackSetId": "x", "Status": "ACTIVE"}}`:             `1:14: the stack set has no TemplateBody`,
		`{"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}`:     `1:11: AWS answered with an error: Throttling: Rate exceeded`,
		`{"__type": "AccessDenied", "message": "no"}`:                       `1:12: AWS answered with an error: AccessDenied: no`,
		"An error occurred (ValidationError) when calling: no such stack\n": "1:1: AWS answered with an error: An error occurred (ValidationError) when calling: no such stack",
	} {
		parsed, err := cfn.Parse([]byte(src))
		if err == nil {
			var a *Answer
			if a, err = Read(parsed); a != nil {
				_, err = a.Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
			}
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", src, err, want)
		}
	}
}

func TestParameters(t *testing.T) {
	want := map[string]string{"A": "1", "DisableIMDSv1": "true"}
	for _, src := range []string{
		`{"Stacks": [{"StackName": "s", "Parameters": [{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "DisableIMDSv1", "ParameterValue": "true", "ResolvedValue": "x"}]}]}`,
		`[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "DisableIMDSv1", "ParameterValue": "true"}]`,
		`{"StackName": "s", "Parameters": [{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "DisableIMDSv1", "ParameterValue": "true"}]}`,
		`{"Parameters": {"A": "1", "DisableIMDSv1": "true"}, "Tags": {"a": "b"}}`,
		"Parameters:\n  A: 1\n  DisableIMDSv1: 'true'\n",
		`{"A": 1, "DisableIMDSv1": true}`,
		`{"Prod/Nodes:A": "1", "Prod/Nodes:DisableIMDSv1": "true"}`,
		`["A=1", "Blue:DisableIMDSv1=true", "Green:DisableIMDSv1=true", "Green:A=1"]`,
		`{"A": "1", "DisableIMDSv1": "true", "A": "1"}`,
		"\uFEFF [\"A=1\", \"Nodes:DisableIMDSv1=true\"]\n",
	} {
		got, err := Parameters([]byte(src))
		if err != nil {
			t.Errorf("%s: %v", src, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", src, diff)
		}
	}
	if got, err := Parameters([]byte(`{"Stacks": [{"StackName": "s"}]}`)); err != nil || len(got) > 0 {
		t.Errorf("a stack without parameters: %v, %v", got, err)
	}
}

func TestBadParameters(t *testing.T) {
	for src, want := range map[string]string{
		"":                                      "1:1: the template is empty",
		`[{"ParameterKey": "A"}]`:               "1:2: A has no ParameterValue",
		"[\n {\"a\": 1}]":                       "2:2: this has no ParameterKey",
		`[{"ParameterKey": "A", "ParameterV`:    "1:35: not JSON: the template ends too early",
		`["A"]`:                                 `1:2: "A" is not NAME=VALUE`,
		`{"Parameters": {"A": []}}`:             "1:22: the value of A is a list, not a text",
		`{"Parameters": {"A": null}}`:           `1:22: the value of A is "null", not a text`,
		`{"Stacks": []}`:                        "1:12: the answer is about 0 stacks, not one",
		`{"Stacks": [{"Parameters": 1}]}`:       "1:28: the parameters are 1, not a list",
		`{"Resources": {}}`:                     "1:1: this is a template, not a file of parameters",
		`["B:A=false",` + "\n" + ` "A:A=true"]`: `2:2: A is "true" here, and "false" in line 1`,
		`["A=false", "A=true"]`:                 `1:13: A is "true" here, and "false" in line 1`,
		`[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "A", "ParameterValue": "2"}]`: `1:88: A is "2" here, and "1" in line 1`,
		`{"A": "1", "A": "2"}`:                 "1:12: A occurs twice, with different values",
		`{"S:A": "1", "A": "2"}`:               `1:19: A is "2" here, and "1" in line 1`,
		`["S:A=1", "T:B=1"]`:                   "1:2: A has no value for the stack T, which has others",
		`{"Error":{"Code":"c","Message":"m"}}`: "1:10: AWS answered with an error: c: m",
	} {
		if _, err := Parameters([]byte(src)); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", src, err, want)
		}
	}
}
