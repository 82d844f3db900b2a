package transform_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// isControl matches the IDs of controls of AWS Control Tower and Security Hub.
var isControl = regexp.MustCompile(`^(CT\.[A-Z0-9]+\.PR\.[0-9]+|[A-Z][A-Za-z0-9]+\.[0-9]+|CIS .+)$`)

// TestRules wants every rule to be described once and in full, in one style.
func TestRules(t *testing.T) {
	withoutProperty := []transform.Rule{ // about something else than a property of nodes
		transform.RuleNothing, transform.RuleNotSeen, transform.RuleCustom, transform.RuleOpened, transform.RuleAutoMode, transform.RuleAcceptance, transform.RuleDuplicate,
	}
	seen := map[transform.Rule]bool{}
	for _, d := range transform.Rules() {
		switch {
		case seen[d.Rule]:
			t.Errorf("%s is described twice", d.Rule)
		case d.Title == "":
			t.Errorf("%s has no title", d.Rule)
		case !strings.HasSuffix(d.Why, ".") || !strings.HasSuffix(d.Fix, "."):
			t.Errorf("%s: the reason or what to do is not a sentence: %q, %q", d.Rule, d.Why, d.Fix)
		case !strings.HasPrefix(d.Source, "https://"):
			t.Errorf("%s has the source %q", d.Rule, d.Source)
		case d.Property == "" != slices.Contains(withoutProperty, d.Rule):
			t.Errorf("%s is about the property %q", d.Rule, d.Property)
		case d.Note != (d.Severity == 0) || d.Severity < 0 || d.Severity > 10:
			t.Errorf("%s has severity %g, and is a note: %v", d.Rule, d.Severity, d.Note)
		}
		seen[d.Rule] = true
	}
}

// TestControls wants controls to have the IDs that AWS gives them.
func TestControls(t *testing.T) {
	for _, d := range transform.Rules() {
		for _, control := range d.Controls {
			if !isControl.MatchString(control) {
				t.Errorf("%s has the control %q", d.Rule, control)
			}
		}
	}
}

// TestDescribe wants each rule to be described as among all, and nothing else.
func TestDescribe(t *testing.T) {
	for _, d := range transform.Rules() {
		if got, ok := transform.Describe(d.Rule); !ok || got.Title != d.Title {
			t.Errorf("%s is described as %+v", d.Rule, got)
		}
	}
	if _, ok := transform.Describe("no-rule"); ok {
		t.Error("what is not a rule is described")
	}
}

// TestRulesAreCopies wants what a caller does to the descriptions not to change them.
func TestRulesAreCopies(t *testing.T) {
	before := transform.Rules()[0].Controls[0]
	transform.Rules()[0].Controls[0] = "another"
	if got := transform.Rules()[0].Controls[0]; got != before {
		t.Errorf("a caller has changed the control %s to %s", before, got)
	}
}

// TestNothingToLock wants a note at the start of a template that launches nothing,
// and none where something is, or may be.
func TestNothingToLock(t *testing.T) {
	for _, test := range []struct {
		resources string
		isNothing bool
	}{
		{"{Topic: {Type: AWS::SNS::Topic}}", true},
		{"{Nodes: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-0a}}}}", false},
		{"{Group: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: c}}}", false},
		{"{Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: u}}}", false},
		{"{Set: {Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: '{\"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\"}}}'}}}", false},
		{"{Fn::Transform: {Name: AWS::Include}, Topic: {Type: AWS::SNS::Topic}}", false},
	} {
		src := []byte("Description: d\nResources: " + test.resources + "\n")
		findings, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: transform.Defaults()})
		if err != nil {
			t.Fatal(err)
		}
		isNothing := false
		for _, f := range findings {
			if f.Rule == transform.RuleNothing && f.LogicalID == "" {
				isNothing = true
				if f.Start.Offset != 0 || f.End != f.Start || f.Kind != transform.KindNote {
					t.Errorf("%s: got %+v", test.resources, f)
				}
			}
		}
		if isNothing != test.isNothing {
			t.Errorf("%s: got %v", test.resources, findings)
		}
	}
}
