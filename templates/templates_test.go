package templates

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/internal/needs"
)

// systems lists every name that Reference knows.
var systems = []string{"linux", "windows"}

// The tool's demonstrations and tests lean on these names and values: they are
// the interface of AWS's templates, in the unlocked state. An intrinsic
// function appears as its arguments alone, as yaml.v3 drops its tag.
func TestReferenceInterface(t *testing.T) {
	tests := []struct {
		path string
		want any
	}{
		{"AWSTemplateFormatVersion", "2010-09-09"},
		{"Parameters.DisableIMDSv1.Type", "String"},
		{"Parameters.DisableIMDSv1.Default", "false"},
		{"Parameters.DisableIMDSv1.AllowedValues", []any{"false", "true"}},
		{"Mappings.PartitionMap.aws.EC2ServicePrincipal", "ec2.amazonaws.com"},
		{"Mappings.PartitionMap.aws-cn.EC2ServicePrincipal", "ec2.amazonaws.com.cn"},
		{"Conditions.IMDSv1Disabled", []any{"DisableIMDSv1", "true"}},
		{"Resources.NodeGroup.Type", "AWS::AutoScaling::AutoScalingGroup"},
		{"Resources.NodeGroup.Properties.LaunchTemplate.LaunchTemplateId", "NodeLaunchTemplate"},
		{"Resources.NodeLaunchTemplate.Type", "AWS::EC2::LaunchTemplate"},
		{"Resources.NodeLaunchTemplate.Properties.LaunchTemplateData.MetadataOptions", map[string]any{
			"HttpEndpoint":            "enabled",
			"HttpPutResponseHopLimit": 2,
			"HttpTokens":              []any{"IMDSv1Disabled", "required", "optional"},
		}},
	}
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			var template any
			if err := yaml.Unmarshal(reference(t, system), &template); err != nil {
				t.Fatal(err)
			}
			for _, tt := range tests {
				if diff := cmp.Diff(tt.want, at(template, tt.path)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.path, diff)
				}
			}
		})
	}
}

func TestReferenceUserData(t *testing.T) {
	tests := []struct{ system, opening, bootstrap string }{
		{"linux", "#!/bin/bash\n", "/etc/eks/bootstrap.sh ${ClusterName}"},
		{"windows", "<powershell>\n", "Start-EKSBootstrap.ps1"},
	}
	for _, tt := range tests {
		t.Run(tt.system, func(t *testing.T) {
			var template any
			if err := yaml.Unmarshal(reference(t, tt.system), &template); err != nil {
				t.Fatal(err)
			}
			const path = "Resources.NodeLaunchTemplate.Properties.LaunchTemplateData.UserData.Fn::Base64.Fn::Sub"
			userData, _ := at(template, path).(string)
			if !strings.HasPrefix(userData, tt.opening) {
				t.Errorf("user data does not open with %q:\n%s", tt.opening, userData)
			}
			if !strings.Contains(userData, tt.bootstrap) {
				t.Errorf("user data does not run %q:\n%s", tt.bootstrap, userData)
			}
		})
	}
}

func TestReferenceIsPlainText(t *testing.T) {
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			src := reference(t, system)
			if bytes.ContainsAny(src, "\r\t") {
				t.Error("has a carriage return or a tab")
			}
			if !bytes.HasSuffix(src, []byte("\n")) {
				t.Error("has no newline at the end")
			}
		})
	}
}

func TestReferenceReturnsAFreshCopy(t *testing.T) {
	want := string(reference(t, "linux"))
	clear(reference(t, "linux"))
	if diff := cmp.Diff(want, string(reference(t, "linux"))); diff != "" {
		t.Errorf("a caller's change shows in the next copy (-want +got):\n%s", diff)
	}
}

func TestReferenceUnknownSystem(t *testing.T) {
	tests := map[string]string{
		"darwin":     `no template for "darwin": must be linux or windows`,
		"Linux":      `no template for "Linux": must be linux or windows`,
		"linux.yaml": `no template for "linux.yaml": must be linux or windows`,
		"":           `no template for "": must be linux or windows`,
	}
	for system, want := range tests {
		src, err := Reference(system)
		if err == nil || err.Error() != want {
			t.Errorf("Reference(%q): error is %v, want %s", system, err, want)
		}
		if src != nil {
			t.Errorf("Reference(%q): got %d bytes with the error", system, len(src))
		}
	}
}

func TestCFNLint(t *testing.T) {
	cfnLint := needs.CFNLint(t)
	// Informational findings count too.
	strict := []string{"--include-checks", "I", "--non-zero-exit-code", "informational"}
	regions := map[string][]string{
		"default regions": nil,
		"two partitions":  {"--regions", "cn-north-1", "us-east-1"},
	}
	for _, system := range systems {
		for name, args := range regions {
			t.Run(system+"/"+name, func(t *testing.T) {
				t.Parallel()
				args := slices.Concat(strict, args, []string{"--template", system + ".yaml"})
				out, err := exec.CommandContext(t.Context(), cfnLint, args...).CombinedOutput()
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// reference is Reference for a system that must be known.
func reference(t *testing.T, system string) []byte {
	t.Helper()
	src, err := Reference(system)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// at returns the value at a dotted path of mapping keys below node, or nil
// if there is none.
func at(node any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		mapping, _ := node.(map[string]any)
		node = mapping[key]
	}
	return node
}
