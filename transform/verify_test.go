package transform

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// verified is a template in which each of the rules has something to change.
const verified = `Parameters:
  DisableIMDSv1:
    Type: String
    Default: "false"
    AllowedValues: ["false", "true"]
Conditions:
  IMDSv1Disabled: !Equals [!Ref DisableIMDSv1, "true"]
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions:
          HttpPutResponseHopLimit: 2
          HttpTokens: !If [IMDSv1Disabled, required, optional]
        UserData:
          Fn::Base64: |
            #!/bin/bash
            /etc/eks/bootstrap.sh blue
  Bare:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-0a
  Group:
    Type: AWS::EKS::Nodegroup
    Properties:
      AmiType: AL2_x86_64
      LaunchTemplate:
        Id: !Ref Nodes
`

// planned returns the plan for a template, and its edits.
func planned(t *testing.T, src string) (*planner, []edit.Edit) {
	t.Helper()
	p, err := plan(t.Context(), parsed(t, []byte(src)), Defaults(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, Result{Findings: p.findings}.Edits()
}

func parsed(t *testing.T, src []byte) *cfn.Template {
	t.Helper()
	template, err := cfn.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// result makes edits of a template.
func result(t *testing.T, src string, edits []edit.Edit) []byte {
	t.Helper()
	out, err := edit.Apply([]byte(src), edits)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wantRefused fails the test unless verify refuses a result.
func wantRefused(t *testing.T, p *planner, src []byte, what string) {
	t.Helper()
	if err := p.verify(t.Context(), parsed(t, src)); err == nil {
		t.Errorf("%s: verify accepts\n%s", what, src)
	}
}

// TestVerifyAccepts tests that verify accepts the result of a plan, so that what
// the other tests see refused is refused for its fault.
func TestVerifyAccepts(t *testing.T) {
	p, edits := planned(t, verified)
	if err := p.verify(t.Context(), parsed(t, result(t, verified, edits))); err != nil {
		t.Error(err)
	}
}

// TestVerifyRefusesAMissingEdit leaves out one edit after the other.
func TestVerifyRefusesAMissingEdit(t *testing.T) {
	p, edits := planned(t, verified)
	if len(edits) < 6 {
		t.Fatalf("only %d edits", len(edits))
	}
	for i, e := range edits {
		wantRefused(t, p, result(t, verified, slices.Delete(slices.Clone(edits), i, i+1)), "without "+e.New)
	}
}

// TestVerifyRefusesAnotherResult alters the result of a plan.
func TestVerifyRefusesAnotherResult(t *testing.T) {
	p, edits := planned(t, verified)
	locked := result(t, verified, edits)
	for _, change := range []struct{ what, old, new string }{
		{"a text is altered", "/etc/eks/bootstrap.sh blue", "/etc/eks/bootstrap.sh green"},
		{"the hop limit is open again", "HttpPutResponseHopLimit: 1", "HttpPutResponseHopLimit: 2"},
		{"another value is allowed", `AllowedValues: ["true"]`, `AllowedValues: ["true", "false"]`},
		{"the condition is turned round", `!Equals [!Ref DisableIMDSv1, "true"]`, `!Equals [!Ref DisableIMDSv1, "false"]`},
		{"the tokens are optional", "HttpTokens: required", "HttpTokens: optional"},
		{"the rule is in another chain", "--insert FORWARD", "--insert OUTPUT"},
		{"the rule is never saved", "iptables-save | tee", "true iptables-save | tee"},
		{"the version is another one", "Nodes.LatestVersionNumber", "Nodes.DefaultVersionNumber"},
	} {
		if !bytes.Contains(locked, []byte(change.old)) {
			t.Fatalf("%s: the result has no %q:\n%s", change.what, change.old, locked)
		}
		wantRefused(t, p, bytes.Replace(locked, []byte(change.old), []byte(change.new), 1), change.what)
	}
}

// TestVerifyRefusesWithoutAnExcuse tests that what stays open is accepted only if
// the plan said so, for that rule and resource.
func TestVerifyRefusesWithoutAnExcuse(t *testing.T) {
	src := strings.Replace(verified, "      LaunchTemplate:\n        Id: !Ref Nodes\n", "", 1)
	p, edits := planned(t, src)
	locked := result(t, src, edits)
	if err := p.verify(t.Context(), parsed(t, locked)); err != nil {
		t.Fatalf("with the excuse for the node group: %v", err)
	}
	open := p.open
	for _, other := range []map[excuse]int{
		nil,
		{{RuleNodegroup, "Nodes"}: 1},
		{{RuleIPTables, "Group"}: 1},
	} {
		p.open = other
		wantRefused(t, p, locked, "the plan excuses other things")
	}
	p.open = open
}

// TestVerifyRefusesAnotherPlan tests that a result must have all texts of the plan.
func TestVerifyRefusesAnotherPlan(t *testing.T) {
	p, edits := planned(t, verified)
	locked := result(t, verified, edits)
	p.texts = append(p.texts, plannedText{p.launchers[0], textID{"Nodes", 1}, 0, []string{"#!/bin/bash\n"}})
	wantRefused(t, p, locked, "a text is missing")
}

// TestPatchVerifies tests that Patch asks verify at all, and takes the result away
// when verify refuses it.
func TestPatchVerifies(t *testing.T) {
	p, _ := planned(t, verified)
	r := Result{Output: []byte("x"), Findings: p.findings}
	if err := p.resultError(p.verify(t.Context(), parsed(t, []byte(verified))), &r); err == nil || r.Output != nil {
		t.Errorf("got the error %v beside %q", err, r.Output)
	}
}

// TestResultThatCannotBeRead tests that an error about a result, which nobody has,
// is one about a resource of the input.
func TestResultThatCannotBeRead(t *testing.T) {
	p, edits := planned(t, verified)
	for _, broken := range edits {
		r := Result{Findings: p.findings, Output: []byte(verified)}
		changed := r.changeAt(broken.Start)
		r.Output = result(t, verified, []edit.Edit{{Span: broken.Span, New: "\n- {\n"}})
		_, err := cfn.Parse(r.Output)
		if err == nil {
			t.Fatalf("it can be read:\n%s", r.Output)
		}
		var cannot *CannotLock
		if err := p.resultError(err, &r); !errors.As(err, &cannot) {
			t.Errorf("the error is %v, not a *CannotLock", err)
		} else if p.t.Root().Get("Resources", cannot.LogicalID) == nil && p.t.Root().Get("Parameters", cannot.LogicalID) == nil {
			t.Errorf("there is no %q: %v", cannot.LogicalID, err)
		}
		if !slices.ContainsFunc(changed.Edits, func(e edit.Edit) bool { return e == broken }) {
			t.Errorf("the change at %d is %s", broken.Start, changed.Message)
		}
		if r.Output != nil {
			t.Error("there is a result")
		}
	}
}
