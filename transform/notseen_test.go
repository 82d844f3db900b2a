package transform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestNotSeen is what the notes on a whole template say, with their places.
func TestNotSeen(t *testing.T) {
	const bucket = "Resources: {B: {Type: 'AWS::S3::Bucket'}}\n"
	const nothing = "1:1-1:1 no launch template, launch configuration or node group: nothing to lock"
	for _, test := range []struct{ template, want string }{
		{bucket, nothing},
		{"Transform: AWS::LanguageExtensions\n" + bucket, nothing},
		{"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n" + bucket, nothing},
		{"Transform: Ours\n" + bucket, "1:12-1:16 Ours changes the template at the deployment: what it adds is not seen"},
		{"Transform: [AWS::LanguageExtensions, Ours, Others]\n" + bucket, "1:38-1:42 Ours changes the template at the deployment: what it adds is not seen\n" +
			"1:44-1:50 Others changes the template at the deployment: what it adds is not seen"},
		{"Transform: {Name: Ours, Parameters: {}}\n" + bucket, "1:19-1:23 Ours changes the template at the deployment: what it adds is not seen"},
		{"Transform: [{Name: Ours}]\n" + bucket, "1:20-1:24 Ours changes the template at the deployment: what it adds is not seen"},
		{"Transform: AWS::CodeDeployBlueGreen\n" + bucket, "1:12-1:36 AWS::CodeDeployBlueGreen changes the template at the deployment: what it adds is not seen"},
		{bucket + "Modules: {Nodes: {Source: a}}\n", "2:10-2:30 Modules brings in resources that are not seen: check what the template becomes"},
		{"Resources:\n  'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: a}}\n", "2:3-2:18 Fn::Transform brings in resources that are not seen"},
		{"Resources: {A: {Type: 'Custom::A'}, B: {Type: 'AWS::CloudFormation::CustomResource'}, C: {Type: 'Custom::C'}}\n",
			"1:13-1:14 A, B, C: what the code of a custom resource makes is not seen"},
		{"Resources: {A: {Type: 'Custom::A'}, B: {Type: 'Custom::B'}, C: {Type: 'Custom::C'}, D: {Type: 'Custom::D'}, E: {Type: 'Custom::E'}}\n",
			"1:13-1:14 A, B, C, and 2 more: what the code of a custom resource makes is not seen"},
		{bucket + "Outputs: {a: {Value: 1}, a: {Value: 2}}\n", nothing + "\n" + `2:11-2:12 the key "a" occurs again at line 2, and the last one counts`},
		{bucket + "Outputs: {yes: {Value: 1}, on: {Value: 2}}\n", nothing + "\n" + `2:11-2:14 the key "yes" occurs again at line 2, as "on", and the last one counts`},
		{bucket + "Outputs: {\"a\\x62\": {Value: 1}, 'ab': {Value: 2}}\n", nothing + "\n" + `2:11-2:18 the key "ab" occurs again at line 2, and the last one counts`},
		{"Resources: {S: {Type: 'AWS::CloudFormation::StackSet', Properties: {TemplateBody: 'Resources: {}'}}}\n",
			"1:84-1:84 S: no launch template, launch configuration or node group: nothing to lock"},
	} {
		found, err := transform.Check(t.Context(), []byte(test.template), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil {
			t.Fatalf("%v\n%s", err, test.template)
		}
		var notes []string
		for _, f := range found {
			if f.Kind != transform.KindNote {
				t.Errorf("%s: %s is no note: %s", test.template, f.Rule, f.Message)
			}
			notes = append(notes, fmt.Sprintf("%d:%d-%d:%d %s", f.Start.Line, f.Start.Column, f.End.Line, f.End.Column, f.Message))
		}
		if got := strings.Join(notes, "\n"); got != test.want {
			t.Errorf("%s:\n%s\nnot\n%s", test.template, got, test.want)
		}
	}
}
