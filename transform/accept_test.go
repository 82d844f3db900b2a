package transform_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/imdslock/imdslock/transform"
)

// accepting has something for each rule, and accepts one rule.
const accepting = `Metadata:
  imdslock:
    accept:
    - {rule: %s, reason: until the migration}
Parameters:
  DisableIMDSv1: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
Conditions:
  IsDisabled: !Equals [!Ref DisableIMDSv1, "true"]
Resources:
  Bare:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        UserData: {"Fn::Base64": "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"}
  Open:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpPutResponseHopLimit: 2, HttpTokens: optional}
        UserData: {"Fn::Base64": "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"}
  Empty:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {}
        UserData: {"Fn::Base64": "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"}
  Conditional:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpPutResponseHopLimit: 2, HttpTokens: !If [IsDisabled, required, optional]}
        UserData: {"Fn::Base64": "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      LaunchTemplate: {LaunchTemplateId: !Ref Open, Version: "1"}
`

// TestAcceptanceExcusesItsRuleAlone tests that a template of which one rule is
// accepted is locked by all others.
func TestAcceptanceExcusesItsRuleAlone(t *testing.T) {
	rules := 0
	for _, d := range transform.Rules() {
		if d.Note {
			continue
		}
		rules++
		src := fmt.Appendf(nil, accepting, d.Rule)
		result, err := transform.Patch(t.Context(), src, transform.Defaults())
		if err != nil {
			t.Errorf("%s: %v", d.Rule, err)
			continue
		}
		findings, err := transform.Check(t.Context(), result.Output, transform.CheckOptions{Options: transform.Defaults()})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Kind == transform.KindOpen {
				t.Errorf("%s accepted, and %s is open at %v: %s", d.Rule, f.Rule, f.Start, f.Message)
			}
		}
	}
	if rules < 10 {
		t.Errorf("only %d rules", rules)
	}
}

// TestAcceptedUntil counts an acceptance on its last day, and not on the next.
func TestAcceptedUntil(t *testing.T) {
	src := []byte(`Resources:
  L:
    Type: AWS::EC2::LaunchTemplate
    Metadata: {imdslock: {accept: [{rule: imdsv1-open, reason: x, until: 2027-03-31}]}}
    Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: optional, HttpPutResponseHopLimit: 1}}}
`)
	for now, want := range map[string]transform.Kind{
		"2026-12-31T00:00:00Z": transform.KindAccepted,
		"2027-03-31T23:59:59Z": transform.KindAccepted,
		"2027-04-01T00:00:00Z": transform.KindOpen,
		"2028-01-01T00:00:00Z": transform.KindOpen,
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		findings, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: transform.Defaults(), Now: at})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Kind != transform.KindNote && f.Kind != want {
				t.Errorf("at %s: %s is %s, want %s", now, f.Rule, f.Kind, want)
			}
			if f.Kind == transform.KindAccepted && f.Reason != "x" {
				t.Errorf("the reason is %q", f.Reason)
			}
		}
	}
}
