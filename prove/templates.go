//go:build linux

package prove

import (
	"regexp"
	"strings"

	"github.com/imdslock/imdslock/templates"
)

// A form is a way to write user data, and the image that it is for.
type form struct {
	Name     string
	template string
	image    Image
	signal   string // exit status that cfn-signal gets before anything is changed
}

// launchTemplate returns an unlocked template around user data.
func launchTemplate(metadata, userData string) string {
	return `Parameters:
  ClusterName:
    Type: String
    Default: prod
Resources:
  NodeLaunchTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions:
          HttpTokens: optional
          HttpPutResponseHopLimit: 2
` + metadata + `        UserData:
          Fn::Base64: !Sub |
` + indent(userData, "            ")
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString(by)
		}
		b.WriteString(line)
	}
	return b.String()
}

const bootstrapAndSignal = `/etc/eks/bootstrap.sh ${ClusterName}
/opt/aws/bin/cfn-signal --exit-code $? --stack ${AWS::StackName} --resource NodeGroup --region ${AWS::Region}
`

// failing is the exit status of the bootstrap script in the proof, which has to
// arrive at cfn-signal.
const failing = 7

// reference returns imdslock's own template for Linux.
func reference() string {
	src, err := templates.Reference("linux")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(src)
}

// forms returns all kinds of user data that cloud-init knows.
func forms() []form {
	al2 := Image{BootstrapExit: failing}
	return []form{
		{"shell script", reference(), al2, "7"},
		{"shell script with `-xe`", launchTemplate("", "#!/bin/bash -xe\n/etc/eks/bootstrap.sh ${ClusterName} || status=$?\n/opt/aws/bin/cfn-signal --exit-code $status\n"), al2, "7"},
		{"shell script with CRLF, in JSON", crlfTemplate, al2, "7"},
		{"2018's `Fn::Join`, launch configuration", joinTemplate, Image{}, "0"},
		{"MIME with nodeadm's NodeConfig", launchTemplate("", mimeNodeadm), Image{Nodeadm: true}, "0"},
		{"MIME with a bootstrap script", launchTemplate("", mimeScript), al2, "7"},
		{"MIME with a boothook that starts the kubelet", launchTemplate("", mimeOf("text/cloud-boothook", "#!/bin/bash\n"+once)), Image{}, "0"},
		{"MIME with a bootcmd that starts the kubelet", launchTemplate("", mimeOf("text/cloud-config", "#cloud-config\nbootcmd:\n"+indent(listed(once), "  "))), Image{}, "0"},
		{"MIME with a runcmd that starts the kubelet", launchTemplate("", mimeOf("text/cloud-config", "#cloud-config\nruncmd:\n"+indent(listed(once), "  "))), Image{}, "0"},
		{"NodeConfig alone", launchTemplate("", nodeConfig), Image{Nodeadm: true}, ""},
		{"cloud-config", launchTemplate("", "#cloud-config\nruncmd:\n"+indent(listed(bootstrapAndSignal), "  ")), al2, "7"},
		{"cloud-config with bootcmd", launchTemplate("", "#cloud-config\nruncmd:\n  - /opt/aws/bin/cfn-signal -e 0\nbootcmd:\n"+indent(listed(once), "  ")), Image{}, "0"},
		{"cloud-boothook", launchTemplate("", "#cloud-boothook\n#!/bin/bash\n"+bootstrapAndSignal), al2, "7"},
	}
}

// once starts the kubelet once from what runs at every boot.
const once = "test -e /etc/joined || /etc/eks/bootstrap.sh ${ClusterName}\ntouch /etc/joined\n"

// mimeOf returns a MIME document with a part before a script that signals.
func mimeOf(contentType, part string) string {
	return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: " + contentType + "\n\n" + part +
		"\n--B\nContent-Type: text/x-shellscript\n\n#!/bin/bash\n/opt/aws/bin/cfn-signal -e 0\n--B--\n"
}

// listed makes lines items of a YAML list.
func listed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("- " + line)
	}
	return b.String()
}

const nodeConfig = `---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: ${ClusterName}
`

const mimeNodeadm = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="BOUNDARY"

--BOUNDARY
Content-Type: application/node.eks.aws

` + nodeConfig + `
--BOUNDARY
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
/opt/aws/bin/cfn-signal --exit-code $? --stack ${AWS::StackName} --resource NodeGroup --region ${AWS::Region}

--BOUNDARY--
`

const mimeScript = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="==B=="

--==B==
Content-Type: text/cloud-config; charset="us-ascii"

#cloud-config
package_update: false

--==B==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
set -o xtrace
` + bootstrapAndSignal + `
--==B==--
`

const crlfTemplate = `{
  "Parameters": {"ClusterName": {"Type": "String", "Default": "prod"}},
  "Resources": {
    "NodeLaunchTemplate": {
      "Type": "AWS::EC2::LaunchTemplate",
      "Properties": {
        "LaunchTemplateData": {
          "MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 2},
          "UserData": {"Fn::Base64": {"Fn::Join": ["\r\n", [
            "#!/bin/bash",
            {"Fn::Sub": "/etc/eks/bootstrap.sh ${ClusterName}"},
            "/opt/aws/bin/cfn-signal --exit-code $? --resource NodeGroup",
            ""
          ]]}}
        }
      }
    }
  }
}
`

const joinTemplate = `Parameters:
  ClusterName:
    Type: String
    Default: prod
Resources:
  NodeLaunchConfig:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties:
      MetadataOptions:
        HttpTokens: optional
        HttpPutResponseHopLimit: 2
      UserData:
        Fn::Base64:
          Fn::Join: [
            "",
            [
              "#!/bin/bash -xe\n",
              "mkdir -p /etc/kubernetes/pki", "\n",
              "echo ", { Ref: ClusterName }, " >/etc/kubernetes/cluster", "\n",
              "systemctl daemon-reload", "\n",
              "systemctl enable kubelet", "\n",
              "systemctl restart kubelet", "\n",
              "/opt/aws/bin/cfn-signal -e $? ",
              "         --stack ", { Ref: "AWS::StackName" },
              "         --resource NodeGroup ",
              "         --region ", { Ref: "AWS::Region" }, "\n"
            ]
          ]
`

// managed is a managed node group without a Version.
const managed = `Parameters:
  ClusterName:
    Type: String
    Default: prod
Resources:
  NodeLaunchTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-0123456789abcdef0
        MetadataOptions:
          HttpTokens: optional
          HttpPutResponseHopLimit: 2
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            /etc/eks/bootstrap.sh ${ClusterName}
  NodeGroup:
    Type: AWS::EKS::Nodegroup
    Properties:
      ClusterName: !Ref ClusterName
      NodeRole: arn:aws:iam::111122223333:role/node
      Subnets: [subnet-0123456789abcdef0]
      LaunchTemplate:
        Id: !Ref NodeLaunchTemplate
`

// namesNoVersion removes what makes the group of managed follow a version.
func namesNoVersion(template string) string {
	return regexp.MustCompile(`(?m)^ +Version: .*\n`).ReplaceAllString(template, "")
}

// followsLatest makes the group of managed follow the newest version.
func followsLatest(template string) string {
	return namesNoVersion(template) + "        Version: !GetAtt NodeLaunchTemplate.LatestVersionNumber\n"
}
