//go:build linux

package prove

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/imdslock/imdslock/prove/stack"
	"github.com/imdslock/imdslock/transform"
)

// withNodeTemplate puts resources beside a launch template that is open.
func withNodeTemplate(resources string) string {
	return `Resources:
  NodeTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateName: prove-nodes
      LaunchTemplateData:
        ImageId: ami-0123456789abcdef0
        InstanceType: m5.large
        MetadataOptions:
          HttpEndpoint: enabled
          HttpPutResponseHopLimit: 2
          HttpTokens: optional
        UserData:
          Fn::Base64: |
            #!/bin/bash
            /etc/eks/bootstrap.sh blue
` + resources
}

func updateCases(t *testing.T) []txtar.File {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/updates.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return archive.Files
}

// updated returns the uses of launch templates after a stack of one template
// was updated with another.
func updated(t *testing.T, before, after []byte) []stack.Use {
	t.Helper()
	b, err := stack.Parse(before)
	if err != nil {
		t.Fatal(err)
	}
	a, err := stack.Parse(after)
	if err != nil {
		t.Fatal(err)
	}
	uses, err := stack.Update(b, a, nil)
	if err != nil || len(uses) == 0 {
		t.Fatalf("%d uses: %v\n%s", len(uses), err, after)
	}
	return uses
}

// allLocked reports whether no use launches an open version.
func allLocked(uses []stack.Use) bool {
	for _, u := range uses {
		if !u.Launch.Options.Locked() {
			return false
		}
	}
	return true
}

// describe says which version each use has.
func describe(uses []stack.Use) string {
	var texts []string
	for _, u := range uses {
		texts = append(texts, fmt.Sprintf("%s.%s has version %s: %+v", u.LogicalID, u.Path, u.Version, u.Launch.Options))
	}
	return strings.Join(texts, "; ")
}

// lockByHand locks the launch template of withNodeTemplate and leaves the
// groups as they are.
var lockByHand = strings.NewReplacer("HopLimit: 2", "HopLimit: 1", "HttpTokens: optional", "HttpTokens: required")

// TestVersionKept holds the judge of updates to groups that keep version 1 and
// to groups that follow the newest.
func TestVersionKept(t *testing.T) {
	for _, f := range updateCases(t) {
		before := withNodeTemplate(string(f.Data))
		uses := updated(t, []byte(before), []byte(lockByHand.Replace(before)))
		if got := allLocked(uses); got != (path.Dir(f.Name) == "follows") {
			t.Errorf("%s: locked: %v: %s", f.Name, got, describe(uses))
		}
	}
}

// TestUpdateLocks creates a stack of each template and updates it with what
// imdslock makes of it: whatever launches nodes then has the locked version,
// unless imdslock says something.
func TestUpdateLocks(t *testing.T) {
	for _, f := range updateCases(t) {
		before := []byte(withNodeTemplate(string(f.Data)))
		output, silent, err := patch(before, transform.Defaults())
		if err != nil || !silent {
			continue
		}
		if uses := updated(t, before, output); !allLocked(uses) {
			t.Errorf("%s: silent, but after the update %s", f.Name, describe(uses))
		}
	}
}

// TestVersionOnMoto creates stacks on moto, updates them once with a launch
// template that is locked, and once more with a group that follows the newest
// version, and wants the group to have the version that Update says. The text
// of the group has to change for moto to touch it.
func TestVersionOnMoto(t *testing.T) {
	m := mustMoto(t)
	for _, f := range updateCases(t) {
		if path.Ext(f.Name) != ".moto" {
			continue
		}
		before := withNodeTemplate(string(f.Data))
		locked := lockByHand.Replace(before)
		follows := regexp.MustCompile(`Version: .*`).ReplaceAllString(locked, "Version: !GetAtt NodeTemplate.LatestVersionNumber")
		m.stack("create-stack", []byte(before))
		for _, after := range []string{locked, follows} {
			m.stack("update-stack", []byte(after))
			want := updated(t, []byte(before), []byte(after))[0].Launch.Options
			got := m.groupOptions()
			if got != want {
				t.Errorf("%s: the group's version has %+v, want %+v\n%s", f.Name, got, want, after)
			}
			if got.Locked() != (after == follows) {
				t.Errorf("%s: the group's version has %+v after\n%s", f.Name, got, after)
			}
		}
		m.aws("cloudformation", "delete-stack", "--stack-name", stackName)
	}
}

// groupOptions returns the options that the version has which the only Auto
// Scaling group uses.
func (m *moto) groupOptions() stack.MetadataOptions {
	m.t.Helper()
	type specification struct{ LaunchTemplateId, Version string }
	var groups struct {
		AutoScalingGroups []struct {
			LaunchTemplate       specification
			MixedInstancesPolicy struct {
				LaunchTemplate struct{ LaunchTemplateSpecification specification }
			}
		}
	}
	if err := json.Unmarshal(m.aws("autoscaling", "describe-auto-scaling-groups"), &groups); err != nil || len(groups.AutoScalingGroups) != 1 {
		m.t.Fatalf("%d groups: %v", len(groups.AutoScalingGroups), err)
	}
	used := groups.AutoScalingGroups[0].LaunchTemplate
	if used.LaunchTemplateId == "" {
		used = groups.AutoScalingGroups[0].MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification
	}
	options, _ := m.version(used.LaunchTemplateId, used.Version)
	return options
}
