package transform_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
)

// TestOptionWords wants the words of every option to be taken, and the others
// refused with a list of them.
func TestOptionWords(t *testing.T) {
	for _, test := range []struct {
		option flag.Value
		words  string
		err    string
	}{
		{new(transform.IMDSv1), "lock default literal keep", `must be lock, default, literal or keep`},
		{new(transform.IPTables), "auto aws strict off", `must be auto, aws, strict or off`},
		{new(transform.LaunchTemplateVersion), "latest keep", `must be latest or keep`},
		{new(transform.OS), "linux windows", `must be linux or windows`},
	} {
		for _, word := range strings.Fields(test.words) {
			if err := test.option.Set(word); err != nil || test.option.String() != word {
				t.Errorf("%s: got %s, %v", word, test.option, err)
			}
		}
		before := test.option.String()
		for _, word := range []string{"", "Lock", "other"} {
			if err := test.option.Set(word); err == nil || err.Error() != test.err || test.option.String() != before {
				t.Errorf("%q: got %s, %v", word, test.option, err)
			}
		}
	}
}

// optionsOf returns the defaults but for some options, as in "hop=2 add".
func optionsOf(text string) transform.Options {
	opts := transform.Defaults()
	for _, option := range strings.Fields(text) {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "hop":
			opts.HopLimit = int(value[0] - '0')
		case "imdsv1":
			opts.IMDSv1 = transform.IMDSv1(value)
		case "iptables":
			opts.IPTables = transform.IPTables(value)
		case "version":
			opts.Version = transform.LaunchTemplateVersion(value)
		case "resource":
			opts.Resources = append(opts.Resources, value)
		case "os":
			opts.OS = transform.OS(value)
		case "add":
			opts.AddLaunchTemplate = true
		}
	}
	return opts
}

// TestFindingsWithOptions is the table of what options make of a template.
func TestFindingsWithOptions(t *testing.T) {
	const bare = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-1}}}`
	const open = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: optional, HttpPutResponseHopLimit: 2}, UserData: !Base64 '#!/bin/sh'}}}`
	const chosen = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: !If [IsLocked, required, optional], HttpPutResponseHopLimit: 1}}}}`
	const group = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}}}}, G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref L, Version: '1'}}}`
	const managed = `N: {Type: AWS::EKS::Nodegroup, Properties: {AmiType: AL2023_x86_64_STANDARD}}`
	const without = `N: {Type: AWS::EKS::Nodegroup, Properties: {DiskSize: 20}}`
	const conditional = `N: {Type: AWS::EKS::Nodegroup, Condition: C, Properties: {AmiType: WINDOWS_x}}, NLaunchTemplate: {Type: T}`
	const either = `N: {Type: AWS::EKS::Nodegroup, Properties: {LaunchTemplate: !If [C, {Id: x}, !Ref AWS::NoValue]}}`
	const image = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: !Ref Image, MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}}}}`
	const windows = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}, UserData: !If [C, !Base64 '<powershell>x</powershell>', !Base64 '#!/bin/sh']}}}`
	const fleet = `G: {Type: AWS::EC2::SpotFleet, Properties: {SpotFleetRequestConfigData: {LaunchSpecifications: [{ImageId: ami-1}]}}}`
	const accepted = `L: {Type: AWS::EC2::LaunchTemplate, Metadata: {imdslock: {accept: [{rule: imdsv1-parameter, reason: x}, {rule: hop-limit, reason: 'y'}, {rule: metadata-options, reason: z}]}}, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: !If [IsLocked, required, optional], HttpPutResponseHopLimit: 2}}}}, M: {Type: AWS::EC2::LaunchTemplate, Metadata: {imdslock: {accept: [{rule: metadata-options, reason: z}]}}, Properties: {LaunchTemplateData: {ImageId: a}}}`
	const opened = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}, UserData: !Base64 "#!/bin/bash\nacme-setup\naws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2\n"}}}`
	const unknown = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}, UserData: !Base64 "#!/bin/bash\nacme-setup\niptables -F\nufw enable\n"}}}`
	const undone = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}, UserData: !Base64 "#!/bin/bash\niptables -F\nreboot\n"}}}`
	const twoSystems = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: !If [C, '{{resolve:ssm:/aws/service/bottlerocket/aws-k8s-1.33/x86_64/latest/image_id}}', '{{resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.33/image_id}}'], MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}}}}`
	const shared = `L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}, UserData: {'Fn::Base64': {'Fn::Join': ['', [!If [C, "#!/bin/bash\nlogger c\n", "#!/bin/bash\n"], "/etc/eks/bootstrap.sh tide\n"]]}}}}}`
	for _, test := range []struct{ name, options, resources, want string }{
		{"the hop limit alone", "hop=3 imdsv1=keep iptables=off", open, `open hop-limit: L: HttpPutResponseHopLimit is 2, not 3 | patch change hop-limit: HttpPutResponseHopLimit is 2: set to 3`},
		{"no hop limit", "hop=0 iptables=off", open, `open imdsv1-open: L: HttpTokens is "optional", so IMDSv1 is open | patch change imdsv1-open: HttpTokens is "optional": set to required`},
		{"a hop limit of two", "hop=2 iptables=off", open, `open imdsv1-open: L: HttpTokens is "optional", so IMDSv1 is open | patch change imdsv1-open: HttpTokens is "optional": set to required`},
		{"user data alone", "hop=0 imdsv1=keep", open, `open iptables-absent: L: no command drops the packets of pods to the metadata service | patch change iptables-absent: pods can reach the metadata service: iptables commands put into the shell script`},
		{"nothing", "hop=0 imdsv1=keep iptables=off version=keep", open, ``},
		{"user data that opens the options", "iptables=off", opened, `note user-data-unknown: L: the command here may change the metadata options of running nodes`},
		{"user data that opens options that are not asked for", "hop=0 imdsv1=keep iptables=off", opened, ``},
		{"the hop limit of Windows", "iptables=off os=windows", bare, `note user-data-unknown: L: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | open metadata-options: L: no MetadataOptions | patch change metadata-options: no MetadataOptions: added`},
		{"what is not known of the rules", "iptables=off", unknown, ``},
		{"no options, nothing else", "hop=0 imdsv1=keep iptables=off", bare, ``},
		{"aws", "iptables=aws", bare, `open user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | open metadata-options: L: no MetadataOptions | refused: 3:13: L: its UserData cannot take the iptables commands: there is none, and what the nodes run is not known (use --os) [UserData] (use --iptables auto to lock what can be locked, or --resource to choose launch templates)`},
		{"aws, as told", "iptables=aws os=linux", bare, `open iptables-absent: L: no user data, and so no iptables commands | open metadata-options: L: no MetadataOptions | patch change metadata-options: no MetadataOptions: added | patch change iptables-absent: no UserData: added a MIME document with the iptables commands`},
		{"strict", "iptables=strict os=linux", bare, `open iptables-absent: L: no user data, and so no iptables commands | open metadata-options: L: no MetadataOptions | patch change metadata-options: no MetadataOptions: added | patch change iptables-absent: no UserData: added a MIME document with the iptables commands`},
		{"Windows, as told", "iptables=aws os=windows", bare, `open user-data-unknown: L: user data not judged: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | open metadata-options: L: no MetadataOptions | refused: 3:13: L: its UserData cannot take the iptables commands: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known [UserData] (use --iptables auto to lock what can be locked, or --resource to choose launch templates)`},
		{"Bottlerocket, as told", "os=bottlerocket", bare, `note user-data-unknown: L: user data not judged: Bottlerocket runs no scripts from user data, only bootstrap containers | open metadata-options: L: no MetadataOptions | patch change metadata-options: no MetadataOptions: added | patch note user-data-unknown: UserData of L left as it is: Bottlerocket runs no scripts from user data, only bootstrap containers; hop limit 1 and required tokens keep pods off`},
		{"two systems", "", twoSystems, `note user-data-unknown: L: user data not judged: the nodes run Windows or Bottlerocket, which run no scripts from user data | patch note user-data-unknown: UserData of L left as it is: the nodes run Windows or Bottlerocket, which run no scripts from user data; hop limit 1 and required tokens keep pods off`},
		{"two systems with commands", "iptables=aws", twoSystems, `open user-data-unknown: L: user data not judged: the nodes run Windows or Bottlerocket, which run no scripts from user data | refused: 3:13: L: its UserData cannot take the iptables commands: the nodes run Windows or Bottlerocket, which run no scripts from user data [UserData] (use --iptables auto to lock what can be locked, or --resource to choose launch templates)`},
		{"two systems, as told", "iptables=off os=linux", twoSystems, ``},
		{"the default of a parameter", "imdsv1=default", chosen, `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | open imdsv1-parameter: L: HttpTokens is "optional" with Lock=no, so IMDSv1 is open | open hop-limit-alone: L: the hop limit does not stop IMDSv1, which is open | patch change imdsv1-parameter: parameter leaves IMDSv1 open: default "no" set to "yes" | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os); hop limit 1 and required tokens keep pods off`},
		{"a literal", "imdsv1=literal", chosen, `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | open imdsv1-parameter: L: HttpTokens is "optional" with Lock=no, so IMDSv1 is open | open hop-limit-alone: L: the hop limit does not stop IMDSv1, which is open | patch change imdsv1-parameter: parameter leaves IMDSv1 open: default "no" set to "yes" | patch change imdsv1-open: HttpTokens is Fn::If: set to required | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os); hop limit 1 and required tokens keep pods off | patch change imdsv1-parameter: nothing uses the condition any more: removed | patch note imdsv1-parameter: nothing uses the parameter Lock any more: remove it once no deployment passes it`},
		{"no tokens", "imdsv1=keep", chosen, `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os); the hop limit alone does not stop IMDSv1`},
		{"versions kept", "version=keep", group, `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | note launch-template-version: G: it stays on version 1, whatever is locked in L | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os); hop limit 1 and required tokens keep pods off`},
		{"another resource", "resource=X", group, `error: 3:12: there is no launch template or node group "X" (the template has L, G) | refused: 3:12: there is no launch template or node group "X" (the template has L, G)`},
		{"nothing to name", "resource=X", "T: {Type: T}", `error: 3:12: there is no launch template or node group "X" | refused: 3:12: there is no launch template or node group "X"`},
		{"a group by name", "resource=G", group + ", M: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: a}}}", `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | open launch-template-version: G: it stays on version 1, whatever is locked in L | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os); hop limit 1 and required tokens keep pods off | patch change launch-template-version: it stays on version 1: now follows the newest version of L; start an instance refresh, as nothing else replaces its nodes`},
		{"a launch template by name", "resource=M", group + ", M: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: a}}}", `note user-data-unknown: M: user data not judged: there is none, and what the nodes run is not known (use --os) | open metadata-options: M: no MetadataOptions | patch change metadata-options: no MetadataOptions: added | patch note user-data-unknown: UserData of M left as it is: there is none, and what the nodes run is not known (use --os); hop limit 1 and required tokens keep pods off`},
		{"an added launch template", "add", managed, `open iptables-absent: N: no launch template: Amazon EKS sets hop limit 1 and required tokens for AL2023, but there is no iptables rule; --add-launch-template adds a launch template that is locked | patch change nodegroup-without-launch-template: no launch template: NLaunchTemplate added | patch note nodegroup-without-launch-template: N: Amazon EKS gives no launch template to a node group that exists: give it another NodegroupName in the same update, and CloudFormation replaces it`},
		{"one without options", "add hop=0 imdsv1=keep", managed, `open iptables-absent: N: no launch template: Amazon EKS sets hop limit 1 and required tokens for AL2023, but there is no iptables rule; --add-launch-template adds a launch template that is locked | patch change nodegroup-without-launch-template: no launch template: NLaunchTemplate added | patch note nodegroup-without-launch-template: N: Amazon EKS gives no launch template to a node group that exists: give it another NodegroupName in the same update, and CloudFormation replaces it`},
		{"one without anything", "add hop=0 imdsv1=keep iptables=off", managed, ``},
		{"one that is not asked for", "hop=2", managed, `open nodegroup-without-launch-template: N: no launch template: Amazon EKS sets hop limit 1 for AL2023; --add-launch-template adds a launch template that is locked`},
		{"one for a disk", "add", without, `open nodegroup-without-launch-template: N: no launch template: without an AmiType Amazon EKS may choose Amazon Linux 2, with a hop limit of 2 and optional tokens; --add-launch-template adds a launch template that is locked | refused: 3:67: N: DiskSize cannot be used together with a launch template [DiskSize] (move it into a launch template by hand: BlockDeviceMappings, or KeyName and SecurityGroupIds)`},
		{"one of a condition, for Windows", "add", conditional, `open nodegroup-without-launch-template: N: no launch template: which metadata options Amazon EKS sets for Windows is not documented; --add-launch-template adds a launch template that is locked | note template-not-seen: NLaunchTemplate: extension T: what its code makes is not seen | patch note user-data-unknown: NLaunchTemplateLocked has no user data: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | patch change nodegroup-without-launch-template: no launch template: NLaunchTemplateLocked added | patch note nodegroup-without-launch-template: N: Amazon EKS gives no launch template to a node group that exists: give it another NodegroupName in the same update, and CloudFormation replaces it`},
		{"one in some cases", "add", either, `note launch-template-elsewhere: N: launch template from elsewhere: lock it in the template that makes it | open nodegroup-without-launch-template: N: it may have no launch template: without an AmiType Amazon EKS may choose Amazon Linux 2, with a hop limit of 2 and optional tokens; --add-launch-template adds a launch template that is locked | refused: 3:13: N: its launch template depends on a condition [LaunchTemplate] (refer to a launch template in every case)`},
		{"a managed group, no commands", "iptables=off", managed, ``},
		{"a managed group, no commands, hop limit two", "iptables=off hop=2", managed, `open nodegroup-without-launch-template: N: no launch template: Amazon EKS sets hop limit 1 for AL2023; --add-launch-template adds a launch template that is locked`},
		{"Windows in one case", "iptables=aws", windows, `note user-data-unknown: L: user data not judged: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | open iptables-absent: L: no command drops the packets of pods to the metadata service | patch note user-data-unknown: UserData of L left as it is: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | patch change iptables-absent: pods can reach the metadata service: iptables commands put into the shell script`},
		{"Windows in one case, by itself", "", windows, `note user-data-unknown: L: user data not judged: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | open iptables-absent: L: no command drops the packets of pods to the metadata service | patch note user-data-unknown: UserData of L left as it is: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | patch change iptables-absent: pods can reach the metadata service: iptables commands put into the shell script`},
		{"Windows in both cases", "iptables=aws", strings.Replace(windows, "#!/bin/sh", "<script>x</script>", 1), `open user-data-unknown: L: user data not judged: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | open user-data-unknown: L: user data not judged: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known | refused: 3:178: L: its UserData cannot take the iptables commands: Windows has no iptables, and whether a hop limit of 1 stops its pods is not known [UserData] (use --iptables auto to lock what can be locked, or --resource to choose launch templates)`},
		{"an import in one case", "iptables=aws", strings.Replace(windows, "!Base64 '<powershell>x</powershell>'", "!ImportValue x", 1), `open user-data-unknown: L: user data not judged: it comes from Fn::ImportValue | open iptables-absent: L: no command drops the packets of pods to the metadata service | refused: 3:170: L: its UserData cannot take the iptables commands: it comes from Fn::ImportValue [UserData] (use --iptables auto to lock what can be locked, or --resource to choose launch templates)`},
		{"a stack set that is not chosen", "resource=G", group + ", S: {Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: '{\"Resources\": {\"L\": {\"Type\": \"AWS::EC2::LaunchTemplate\", \"Properties\": {\"LaunchTemplateData\": {\"ImageId\": \"a\"}}}}}'}}", `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | open launch-template-version: G: it stays on version 1, whatever is locked in L | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os); hop limit 1 and required tokens keep pods off | patch change launch-template-version: it stays on version 1: now follows the newest version of L; start an instance refresh, as nothing else replaces its nodes`},
		{"a fleet, no options", "hop=0 imdsv1=keep", fleet, `open launch-specification: G: its LaunchSpecifications have no metadata options, so IMDSv1 is open: use LaunchTemplateConfigs with a launch template`},
		{"a fleet, no user data", "iptables=off", fleet, `open launch-specification: G: its LaunchSpecifications have no metadata options, so IMDSv1 is open: use LaunchTemplateConfigs with a launch template`},
		{"a fleet, nothing", "hop=0 imdsv1=keep iptables=off", fleet, ``},
		{"an accepted parameter", "", accepted, `note user-data-unknown: L: user data not judged: there is none, and what the nodes run is not known (use --os) | accepted imdsv1-parameter: L: HttpTokens is "optional" with Lock=no, so IMDSv1 is open | accepted hop-limit: L: HttpPutResponseHopLimit is 2, not 1 | note user-data-unknown: M: user data not judged: there is none, and what the nodes run is not known (use --os) | accepted metadata-options: M: no MetadataOptions | patch note user-data-unknown: UserData of L left as it is: there is none, and what the nodes run is not known (use --os) | patch note user-data-unknown: UserData of M left as it is: there is none, and what the nodes run is not known (use --os)`},
		{"what undoes the commands", "iptables=aws", undone, `open iptables-absent: L: no command drops the packets of pods to the metadata service | refused: 3:184: L: the command here may take back the rule that drops the packets of pods [UserData] (remove that command, or use --iptables auto to lock what can be locked)`},
		{"what undoes the commands, by itself", "", undone, `open iptables-absent: L: no command drops the packets of pods to the metadata service | patch open iptables-undone: L: the command here may take back the rule that drops the packets of pods | patch change iptables-absent: pods can reach the metadata service: iptables commands put into the shell script`},
		{"texts that share parts", "iptables=aws", shared, `open iptables-absent: L: no command drops the packets of pods to the metadata service (C) | open iptables-absent: L: no command drops the packets of pods to the metadata service (not C) | refused: 3:177: L: its UserData cannot take the iptables commands: its 2 texts share parts, and there is no place for them in all of these texts [UserData] (write each of its texts as a literal block scalar (|), or use --iptables auto to lock what can be locked)`},
		{"texts that share parts, strict", "iptables=strict", shared, `open iptables-absent: L: no command drops the packets of pods to the metadata service (C) | open iptables-absent: L: no command drops the packets of pods to the metadata service (not C) | refused: 3:177: L: its UserData cannot take the iptables commands: its 2 texts share parts, and there is no place for them in all of these texts [UserData] (write each of its texts as a literal block scalar (|), or use --iptables auto to lock what can be locked)`},
		{"texts that share parts, by itself", "", shared, `open iptables-absent: L: no command drops the packets of pods to the metadata service (C) | open iptables-absent: L: no command drops the packets of pods to the metadata service (not C) | patch note user-data-unknown: UserData of L left as it is: its 2 texts share parts, and there is no place for them in all of these texts; hop limit 1 and required tokens keep pods off`},
		{"a parameter for the image", "iptables=aws", image, `open iptables-absent: L: no user data, and so no iptables commands | refused: 3:13: L: its UserData cannot take the iptables commands of AWS: the image is Ubuntu's, which has no yum [UserData] (use --iptables auto or strict)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := "Parameters: {P: {Type: String}, Lock: {Type: String, Default: 'no', AllowedValues: ['yes', 'no']}, Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/canonical/ubuntu/eks/x, AllowedValues: [/aws/service/canonical/ubuntu/eks/x, /aws/service/suse/x]}}\n" +
				"Conditions: {C: !Equals [!Ref P, c], IsLocked: !Equals [!Ref Lock, 'yes']}\nResources: {" + test.resources + "}\n"
			got := strings.Join(findings(t, src, optionsOf(test.options)), " | ")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
