package transform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestUnknownValues takes nothing for locked that a value which the template does
// not name would open. Each line of the result that is wanted is what closes it.
func TestUnknownValues(t *testing.T) {
	const template = `Parameters:
  %s
Mappings:
  Sites: {north: {name: blue}}
Conditions:
  C: %s
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpPutResponseHopLimit: 1, HttpTokens: !If [C, %s]}
`
	const opens, locks = "optional, required", "required, optional"
	for _, test := range []struct {
		parameter, condition, tokens, with, result string
		isGuess                                    bool
	}{
		{"Unused: {Type: String}", "!Equals [!Sub '${AWS::Region}', us-gov-east-1]", opens, "AWS::Region=us-gov-east-1", "HttpTokens: required}", false},
		{"Site: {Type: String}", "!Not [!Equals [!Join [/, [a, !Ref Site]], a/b]]", locks, "Site=b", "HttpTokens: required}", false},
		{"Site: {Type: String}\n  Other: {Type: String}", "!Equals [!Ref Site, !Ref Other]", locks, "Other=any value, Site=any value", "HttpTokens: required}", true},
		{"Site: {Type: String}\n  Other: {Type: String, AllowedValues: [old]}", "!Equals [!Ref Site, !Ref Other]", opens, "Site=old", "HttpTokens: required}", false},
		{"Sites: {Type: CommaDelimitedList, AllowedValues: [x]}", "!Equals [!Join ['', !Ref Sites], x]", locks, "Sites=any value", "HttpTokens: required}", true},
		{"Lock: {Type: String, AllowedValues: [on]}", "!Equals [!Ref Lock, 'on']", locks, "", "HttpTokens: required}", false},
		{"DisableIMDSv1: {Type: String}", "!Equals [!Sub '${DisableIMDSv1}', 'false']", opens, "DisableIMDSv1=false", "HttpTokens: required}", false},
		{"DisableIMDSv1: {Type: String, Default: 'true'}", "!Equals [!Sub '${DisableIMDSv1}', 'false']", opens, "DisableIMDSv1=false", "AllowedValues: ['true']}", false},
		{"Site: {Type: String, Default: x}", "!Equals [!Sub 'in-${Site}', in-blue]", opens, "Site=blue", "AllowedValues: [", false},
		{"Site: {Type: String}", "!Equals [!Ref Site, !FindInMap [Sites, north, name]]", opens, "Site=blue", "HttpTokens: required}", false},
		{"Site: {Type: AWS::SSM::Parameter::Value<String>}", "!Equals [!Ref Site, blue]", opens, "", "HttpTokens: required}", true},
		{"Site: {Type: String}", "!Equals [!Select [1, !Split [/, !Ref Site]], blue]", opens, "Site=any value", "HttpTokens: required}", true},
	} {
		src := fmt.Sprintf(template, test.parameter, test.condition, test.tokens)
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		findings, err := transform.Check(t.Context(), []byte(src), transform.CheckOptions{Options: opts})
		if err != nil {
			t.Fatal(err)
		}
		want := `Nodes: HttpTokens is "optional" with ` + test.with + ", so IMDSv1 is open"
		if test.with == "" {
			want = `Nodes: HttpTokens is "optional", so IMDSv1 is open`
		}
		if test.isGuess {
			want = strings.ReplaceAll(want, " is ", " may be ")
		}
		var messages []string
		for _, f := range findings {
			messages = append(messages, f.Message)
		}
		if !strings.Contains(strings.Join(messages, "\n"), want) {
			t.Errorf("%s of %s:\ngot  %q\nwant %q", test.condition, test.parameter, messages, want)
		}
		result, err := transform.Patch(t.Context(), []byte(src), opts)
		if err != nil || !strings.Contains(string(result.Output), test.result) {
			t.Errorf("%s of %s: got %v\n%s\nwant %q", test.condition, test.parameter, err, result.Output, test.result)
		}
	}
}

// TestUnknownOptions does the same for the hop limit, and for options that count
// only if the endpoint is enabled.
func TestUnknownOptions(t *testing.T) {
	const template = `Parameters: {Site: {Type: String, Default: x}}
Conditions: {C: !Equals [!Sub "in-${Site}", in-blue]}
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: {%s}}}
`
	for _, test := range []struct{ options, want string }{
		{"HttpPutResponseHopLimit: !If [C, 5, 1], HttpTokens: required", "HttpPutResponseHopLimit is 5, not 1 with Site=blue"},
		{"HttpPutResponseHopLimit: 010, HttpTokens: required", "HttpPutResponseHopLimit is 8, not 1"},
		{"HttpEndpoint: !If [C, enabled, disabled], HttpPutResponseHopLimit: 5, HttpTokens: required", "HttpPutResponseHopLimit is 5, not 1 with Site=blue"},
		{"HttpEndpoint: !If [C, enabled, disabled], HttpPutResponseHopLimit: 1, HttpTokens: optional", `HttpTokens is "optional" with Site=blue, so IMDSv1 is open`},
	} {
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		findings, err := transform.Check(t.Context(), fmt.Appendf(nil, template, test.options), transform.CheckOptions{Options: opts})
		if err != nil || len(findings) == 0 || !strings.HasSuffix(findings[0].Message, test.want) && !strings.HasSuffix(findings[len(findings)-1].Message, test.want) {
			t.Errorf("%s: got %v, %v, want %s", test.options, findings, err, test.want)
		}
	}
}

// TestLockedText writes and returns the text that CloudFormation reads, whatever
// YAML makes of the word without quotes.
func TestLockedText(t *testing.T) {
	const template = `Parameters:
  DisableIMDSv1:
    Type: String
    Default: %s
    AllowedValues: %s
Conditions: {On: !Equals [!Ref DisableIMDSv1, %s]}
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: {HttpPutResponseHopLimit: 1, HttpTokens: !If [On, required, optional]}}}
`
	for _, test := range []struct{ deflt, allowed, compared, wantDefault, wantAllowed, want string }{
		{"later", `[later, "yes"]`, `"yes"`, `"yes"`, `["yes"]`, "yes"},
		{"later", `[later, now]`, `now`, `now`, `[now]`, "now"},
		{"no", `[yes, no]`, `"true"`, `true`, `[yes]`, "true"},
		{`"true"`, `[yes]`, `On`, `"true"`, `[yes]`, "true"},
		{"yes", `["true", "false"]`, `"true"`, `yes`, `["true"]`, "true"},
		{"0", `[0, 010]`, `010`, `8`, `[010]`, "8"},
	} {
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		src := fmt.Sprintf(template, test.deflt, test.allowed, test.compared)
		result, err := transform.Patch(t.Context(), []byte(src), opts)
		if err != nil {
			t.Errorf("%s: %v", test.allowed, err)
			continue
		}
		if want := fmt.Sprintf(template, test.wantDefault, test.wantAllowed, test.compared); string(result.Output) != want {
			t.Errorf("got\n%s\nwant\n%s", result.Output, want)
		}
		if got := result.Parameters["DisableIMDSv1"]; got != test.want {
			t.Errorf("%s: pass %q, want %q", test.allowed, got, test.want)
		}
	}
}

// TestMayBe says 'may be' of what hangs on a value that only the deployment knows,
// unless it is the same whatever that is, or another outcome is certain.
func TestMayBe(t *testing.T) {
	const template = `Parameters:
  Stored: {Type: AWS::SSM::Parameter::Value<String>}
  P: {Type: String}
Conditions:
  C: !Equals [!Ref Stored, x]
  D: !Equals [!Ref P, z]
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: {%s}}}
`
	const locked = "HttpPutResponseHopLimit: 1, HttpTokens: "
	for _, test := range []struct{ options, want string }{
		{locked + "!If [C, required, optional]", `HttpTokens may be "optional", so IMDSv1 may be open`},
		{locked + "!If [C, required, !Ref AWS::NoValue]", `HttpTokens may be missing, so IMDSv1 may be open`},
		{locked + "!If [C, required, optional]", `the hop limit does not stop IMDSv1, which may be open`},
		{locked + "!If [C, optional, optional]", `HttpTokens is "optional", so IMDSv1 is open`},
		{locked + "!If [C, !Ref AWS::NoValue, !Ref AWS::NoValue]", `no HttpTokens, so IMDSv1 is open`},
		{locked + "optional", `the hop limit does not stop IMDSv1, which is open`},
		{locked + "!If [C, optional, !Ref AWS::NoValue]", `HttpTokens may be "optional", so IMDSv1 may be open`},
		{locked + "!If [C, optional, !If [D, optional, required]]", `HttpTokens may be "optional", so IMDSv1 may be open`},
		{locked + "!If [D, optional, !If [C, optional, required]]", `HttpTokens is "optional" with P=z, so IMDSv1 is open`},
		{locked + "!If [D, !If [C, optional, required], optional]", `HttpTokens is "optional" with P=any other value, so IMDSv1 is open`},
		{locked + "!Ref Stored", "unknown HttpTokens (Ref Stored is not known before the deployment), so IMDSv1 may be open"},
		{locked + "!If [D, !Ref Stored, optional]", `HttpTokens is "optional" with P=any other value, so IMDSv1 is open`},
		{locked + "[required]", `HttpTokens is not a text, so IMDSv1 is open`},
		{"HttpTokens: required, HttpPutResponseHopLimit: !If [C, 1, 2]", "HttpPutResponseHopLimit may be 2, not 1"},
		{"HttpTokens: required, HttpPutResponseHopLimit: !If [C, 1, two]", `HttpPutResponseHopLimit may be "two"`},
		{"HttpTokens: required, HttpPutResponseHopLimit: !If [C, 1, two]", `CloudFormation may refuse the MetadataOptions: HttpPutResponseHopLimit is "two", not a number`},
		{"HttpTokens: required, HttpPutResponseHopLimit: two", `CloudFormation refuses the MetadataOptions: HttpPutResponseHopLimit is "two", not a number`},
		{"HttpTokens: required, HttpPutResponseHopLimit: '02'", `HttpPutResponseHopLimit is "02"`},
	} {
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		findings, err := transform.Check(t.Context(), fmt.Appendf(nil, template, test.options), transform.CheckOptions{Options: opts})
		if err != nil {
			t.Fatal(err)
		}
		var messages []string
		for _, f := range findings {
			messages = append(messages, strings.TrimPrefix(f.Message, "Nodes: "))
		}
		if !slices.Contains(messages, test.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", test.options, messages, test.want)
		}
	}
}
