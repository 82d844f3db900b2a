package transform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestSystems is the table of what an image tells of the nodes, seen by what Patch
// does about a launch template without user data.
func TestSystems(t *testing.T) {
	const (
		yum     = "iptables commands" // with yum
		noYum   = "strict"
		unknown = "there is none, and what the nodes run is not known (use --os)"
		win     = "Windows has no iptables, and whether a hop limit of 1 stops its pods is not known"
		br      = "Bottlerocket runs no scripts from user data, only bootstrap containers"
	)
	const group = `G: {Type: AWS::EKS::Nodegroup, Properties: {AmiType: %s, LaunchTemplate: {Id: !Ref L, Version: !GetAtt L.LatestVersionNumber}}}`
	ssm := func(path string) string { return "'{{resolve:ssm:" + path + "}}'" }
	for _, test := range []struct{ image, other, want string }{
		{ssm("/aws/service/eks/optimized-ami/1.33/amazon-linux-2/recommended/image_id"), "", yum},
		{ssm("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"), "", yum},
		{ssm("/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id"), "", yum},
		{ssm("/aws/service/bottlerocket/aws-k8s-1.33/x86_64/latest/image_id"), "", br},
		{ssm("/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.33/image_id"), "", win},
		{ssm("/aws/service/canonical/ubuntu/eks/22.04/1.33/stable/current/amd64/hvm/ebs-gp2/ami-id"), "", noYum},
		{ssm("/aws/service/debian/release/12/latest/amd64"), "", noYum},
		{ssm("/aws/service/suse/sles/15-sp6/x86_64/latest"), "", noYum},
		{ssm("/mine/image"), "", unknown},
		{"ami-1", "", unknown},
		{"!Ref AWS::NoValue", "", unknown},
		{"!Ref Image", "", yum},
		{"!Ref Either", "", "there is none, and the nodes may run Amazon Linux or Windows"},
		{"!Ref Free", "", unknown},
		{"!Sub '${Free}'", "", unknown},
		{"!Sub '{{resolve:ssm:/aws/service/debian/${Free}}}'", "", noYum},
		{"!If [C, " + ssm("/aws/service/debian/x") + ", ami-1]", "", unknown},
		{"!If [C, " + ssm("/aws/service/debian/x") + ", " + ssm("/aws/service/bottlerocket/aws-k8s-1.33/x") + "]", "", "there is none, and the nodes may run Debian or SUSE or Bottlerocket"},
		{"!If [C, " + ssm("/aws/service/canonical/ubuntu/x") + ", " + ssm("/aws/service/eks/optimized-ami/x") + "]", "", noYum},

		// Managed node groups.
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "AL2_x86_64"), yum},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "AL2023_x86_64_STANDARD"), yum},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "BOTTLEROCKET_x86_64"), br},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "WINDOWS_FULL_2022_x86_64"), win},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "CUSTOM"), unknown},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "~"), yum},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "OTHER_x"), unknown},
		{"!Ref AWS::NoValue", fmt.Sprintf(group, "!If [C, AL2_x86_64, WINDOWS_x]"), "there is none, and the nodes may run Amazon Linux or Windows"},
		{ssm("/aws/service/debian/x"), fmt.Sprintf(group, "CUSTOM"), noYum},
		{ssm("/aws/service/debian/x"), fmt.Sprintf(group, "~"), noYum},

		// Groups that name an image themselves.
		{"ami-1", `G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: $Latest}}}`, unknown},
		{"!Ref AWS::NoValue", `G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: $Latest}}}, H: {Type: AWS::EC2::EC2Fleet, Properties: {LaunchTemplateConfigs: [{LaunchTemplateSpecification: {LaunchTemplateId: !Ref L, Version: $Latest}, Overrides: [{ImageId: ` + ssm("/aws/service/debian/x") + `}]}]}}`, unknown},
		{ssm("/aws/service/debian/x"), `G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: $Latest}}}`, noYum},
		{"!Ref AWS::NoValue", `G: {Type: AWS::EC2::EC2Fleet, Properties: {LaunchTemplateConfigs: [{LaunchTemplateSpecification: {LaunchTemplateId: !Ref L, Version: $Latest}, Overrides: [{ImageId: ` + ssm("/aws/service/debian/x") + `}]}]}}`, noYum},
		{"!Ref AWS::NoValue", `G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateId: !Ref L, Version: $Latest}, Overrides: [{ImageId: ` + ssm("/aws/service/debian/x") + `}]}}}}`, noYum},
		{"!Ref AWS::NoValue", `G: {Type: AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: !GetAtt L.LatestVersionNumber}, ImageId: ` + ssm("/aws/service/debian/x") + `}}}`, noYum},
		{"!Ref AWS::NoValue", `G: {Type: AWS::Batch::ComputeEnvironment, Properties: {ComputeResources: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: !GetAtt L.LatestVersionNumber}, Ec2Configuration: [{ImageIdOverride: ` + ssm("/aws/service/debian/x") + `}]}}}`, noYum},
		{ssm("/aws/service/eks/optimized-ami/x"), `G: {Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: !GetAtt L.LatestVersionNumber}, ImageId: ` + ssm("/aws/service/debian/x") + `}}`, noYum},
		{ssm("/aws/service/debian/x"), `G: {Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: !GetAtt L.LatestVersionNumber}}}`, noYum},
	} {
		resources := "L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: " + test.image + ", MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}}}}"
		if test.other != "" {
			resources += ", " + test.other
		}
		src := "Parameters: {Free: {Type: String}, Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/eks/optimized-ami/x}, " +
			"Either: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/eks/optimized-ami/x, AllowedValues: [/aws/service/ami-windows-latest/x]}}\n" +
			"Conditions: {C: !Equals [!Ref Free, c]}\nResources: {" + resources + "}\n"
		result, err := transform.Patch(t.Context(), []byte(src), transform.Defaults())
		if err != nil {
			t.Errorf("%s, %s: %v", test.image, test.other, err)
			continue
		}
		got := "nothing"
		for _, f := range result.Findings {
			switch {
			case f.LogicalID != "L":
			case f.Rule == transform.RuleIPTables && strings.Contains(string(result.Output), "yum install"):
				got = yum
			case f.Rule == transform.RuleIPTables:
				got = noYum
			case f.Rule == transform.RuleUserData:
				got = f.Message
			}
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%s, %s:\ngot  %s\nwant %s", test.image, test.other, got, test.want)
		}
	}
}

// TestSpecifications wants a group to be known by every property that names its
// launch template, and no other.
func TestSpecifications(t *testing.T) {
	for _, test := range []struct {
		typ, properties string
		isUse           bool
	}{
		{"AWS::EKS::Nodegroup", "LaunchTemplate: SPEC", true},
		{"AWS::EC2::Instance", "LaunchTemplate: SPEC", true},
		{"AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate: SPEC", true},
		{"AWS::AutoScaling::AutoScalingGroup", "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: SPEC}}", true},
		{"AWS::AutoScaling::AutoScalingGroup", "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateId: lt-1}, Overrides: [{LaunchTemplateSpecification: SPEC}]}}", true},
		{"AWS::EC2::SpotFleet", "SpotFleetRequestConfigData: {LaunchTemplateConfigs: [{LaunchTemplateSpecification: SPEC}]}", true},
		{"AWS::EC2::EC2Fleet", "LaunchTemplateConfigs: [{LaunchTemplateSpecification: SPEC}]", true},
		{"AWS::Batch::ComputeEnvironment", "ComputeResources: {LaunchTemplate: SPEC}", true},
		{"AWS::Batch::ComputeEnvironment", "ComputeResources: {LaunchTemplate: {LaunchTemplateId: lt-1, Overrides: [SPEC]}}", true},
		{"AWS::Batch::ComputeEnvironment", "LaunchTemplate: SPEC", false},
		{"AWS::EC2::SpotFleet", "LaunchTemplate: SPEC", false},
		{"AWS::SNS::Topic", "LaunchTemplate: SPEC", false},
	} {
		for _, named := range []string{"LaunchTemplateId: !Ref L", "LaunchTemplateId: !GetAtt L.LaunchTemplateId", "Id: !Ref L", "LaunchTemplateName: nodes", "Name: nodes"} {
			properties := strings.ReplaceAll(test.properties, "SPEC", "{"+named+", Version: '3'}")
			src := "Resources: {L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateName: nodes, LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}}}}, G: {Type: " + test.typ + ", Properties: {" + properties + "}}}\n"
			got := strings.Join(findings(t, src, transform.Defaults()), " | ")
			if isUse := strings.Contains(got, "change launch-template-version: it stays on version 3: now follows the newest version of L"); isUse != test.isUse {
				t.Errorf("%s with %s: %v\n%s", test.typ, properties, isUse, got)
			}
		}
	}
}
