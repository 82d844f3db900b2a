package transform_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// nodes is a template with all that imdslock locks.
const nodes = `Parameters:
  DisableIMDSv1:
    Type: String
    Default: "false"
Conditions:
  IMDSv1Disabled: !Equals [!Ref DisableIMDSv1, "true"]
Resources:
  NodeLaunchTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions:
          HttpPutResponseHopLimit : 2 # pods, too
          HttpTokens: !If [IMDSv1Disabled, required, optional]
        UserData: !Base64 |
          #!/bin/bash
          /etc/eks/bootstrap.sh blue
`

func ExamplePatch() {
	result, err := transform.Patch(context.Background(), []byte(nodes), transform.Defaults())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", result.Output)
	// Output:
	// Parameters:
	//   DisableIMDSv1:
	//     Type: String
	//     Default: "true"
	//     AllowedValues:
	//       - "true"
	// Conditions:
	//   IMDSv1Disabled: !Equals [!Ref DisableIMDSv1, "true"]
	// Resources:
	//   NodeLaunchTemplate:
	//     Type: AWS::EC2::LaunchTemplate
	//     Properties:
	//       LaunchTemplateData:
	//         MetadataOptions:
	//           HttpPutResponseHopLimit : 1 # pods, too
	//           HttpTokens: !If [IMDSv1Disabled, required, optional]
	//         UserData: !Base64 |
	//           #!/bin/bash
	//           # imdslock: keep pods off the instance metadata service
	//           yum install -y iptables-services
	//           iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP
	//           iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP
	//           iptables-save | tee /etc/sysconfig/iptables
	//           systemctl enable --now iptables
	//           # imdslock: end
	//           /etc/eks/bootstrap.sh blue
}

func ExamplePatch_options() {
	only := transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Literal}
	result, err := transform.Patch(context.Background(), []byte(nodes), only)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range result.Findings {
		fmt.Printf("%v: %s: %s\n", f.Start, f.Rule, f.Message)
	}
	// Output:
	// 13:37: hop-limit: HttpPutResponseHopLimit is 2: set to 1
	// 2:3: imdsv1-parameter: parameter leaves IMDSv1 open: default "false" set to "true"
	// 14:23: imdsv1-open: HttpTokens is Fn::If: set to required
	// 5:1: imdsv1-parameter: nothing uses the condition any more: removed
	// 2:3: imdsv1-parameter: nothing uses the parameter DisableIMDSv1 any more: remove it once no deployment passes it
}

func ExampleResult() {
	result, err := transform.Patch(context.Background(), []byte(nodes), transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Lock})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("changed:", result.Changed())
	fmt.Println("to pass:", result.Parameters)
	for _, e := range result.Edits() {
		fmt.Printf("bytes %d to %d: %q instead of %q\n", e.Start, e.End, e.New, nodes[e.Start:e.End])
	}
	// Output:
	// changed: true
	// to pass: map[DisableIMDSv1:true]
	// bytes 59 to 66: "\"true\"" instead of "\"false\""
	// bytes 66 to 66: "\n    AllowedValues:\n      - \"true\"" instead of ""
	// bytes 305 to 306: "1" instead of "2"
}

func ExampleCannotLock() {
	opts := transform.Defaults()
	opts.IPTables = transform.IPTablesAWS
	src := `Resources:
  Nodes:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties:
      ImageId: ami-1
      UserData: !ImportValue bootstrap
`
	_, err := transform.Patch(context.Background(), []byte(src), opts)
	var cannot *transform.CannotLock
	if errors.As(err, &cannot) {
		fmt.Println("resource:", cannot.LogicalID)
		fmt.Println("property:", cannot.Property)
		fmt.Println("hint:", cannot.Cause.Hint)
	}
	fmt.Println("nodes.yaml:" + err.Error())
	// Output:
	// resource: Nodes
	// property: UserData
	// hint: use --iptables auto to lock what can be locked, or --resource to choose launch templates
	// nodes.yaml:6:17: Nodes: its UserData cannot take the iptables commands: it comes from Fn::ImportValue
}

func ExamplePatch_notATemplate() {
	_, err := transform.Patch(context.Background(), []byte("Resources:\n  A: {}\n  B: }\n"), transform.Defaults())
	var placed *cfn.Error
	if errors.As(err, &placed) {
		fmt.Println(placed.Line, placed.Column, placed.Message)
	}
	// Output:
	// 3 6 not YAML: did not find expected node content
}

func ExampleCheck() {
	findings, err := transform.Check(context.Background(), []byte(nodes), transform.CheckOptions{Options: transform.Defaults()})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Printf("nodes.yaml:%v: %s, %s\n", f.Start, f.Rule, f.Kind)
	}
	// Output:
	// nodes.yaml:13:37: hop-limit, open
	// nodes.yaml:14:23: imdsv1-parameter, open
	// nodes.yaml:16:11: iptables-absent, open
}

func ExampleCheck_deployment() {
	opts := transform.CheckOptions{
		Options:    transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Lock},
		Parameters: map[string]string{"DisableIMDSv1": "true"},
	}
	findings, err := transform.Check(context.Background(), []byte(nodes), opts)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Message)
	}
	// Output:
	// NodeLaunchTemplate: HttpPutResponseHopLimit is 2, not 1
}

func ExampleDescribe() {
	rule, _ := transform.Describe(transform.RuleHopLimitAlone)
	fmt.Println(rule.Title)
	fmt.Println(rule.Why)
	// Output:
	// the hop limit stands alone
	// the hop limit does not apply to answers of IMDSv1, and SDKs fall back to it. A hop limit of 1 stops nobody while tokens are optional.
}

func ExampleSetParameters() {
	result, err := transform.Patch(context.Background(), []byte(nodes), transform.Defaults())
	if err != nil {
		log.Fatal(err)
	}
	configuration, err := transform.SetParameters([]byte(`{"Tags": {"team": "blue"}}`), result.Parameters)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", configuration)
	// Output:
	// {"Tags": {"team": "blue"}, "Parameters": {"DisableIMDSv1": "true"}}
}
