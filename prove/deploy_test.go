//go:build linux

package prove

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"imdslock/internal/needs"
	"imdslock/prove/stack"
	"imdslock/transform"
)

// lockable has what a node group template locks, and no more than moto can
// deploy.
const lockable = `Parameters:
  ClusterName:
    Type: String
  DisableIMDSv1:
    Type: String
    Default: "false"
    AllowedValues:
      - "false"
      - "true"
Conditions:
  IMDSv1Disabled: !Equals [!Ref DisableIMDSv1, "true"]
Resources:
  NodeLaunchTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions:
          HttpEndpoint: enabled
          HttpPutResponseHopLimit: 2
          HttpTokens: !If [IMDSv1Disabled, required, optional]
        UserData:
          Fn::Base64:
            Fn::Sub: |
              #!/bin/bash
              set -o xtrace
              echo "${!HOME}"
              /etc/eks/bootstrap.sh ${ClusterName}
              /opt/aws/bin/cfn-signal --exit-code $? --stack ${AWS::StackName} --region ${AWS::Region}
`

// TestDeployed creates a stack of a template and updates it with the result, on
// moto in a network namespace, and wants the launch template that moto makes to
// be the one that Deploy evaluates.
func TestDeployed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: moto takes a minute")
	}
	for _, tool := range []string{"moto_server", "aws"} {
		if _, err := exec.LookPath(tool); err != nil {
			needs.Missing(t, "moto", err.Error())
		}
	}
	if err := NamespacesMissing(); err != nil {
		needs.Missing(t, "namespaces", err.Error())
	}
	t.Parallel()
	m := startMoto(t)
	result, err := transform.Patch(t.Context(), []byte(lockable), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	m.stack("create-stack", []byte(lockable), "ParameterKey=ClusterName,ParameterValue=prod", "ParameterKey=DisableIMDSv1,ParameterValue=false")
	m.deployed(1, []byte(lockable), map[string]string{"ClusterName": "prod"})

	// CloudFormation refuses a previous value that AllowedValues does not have.
	// Whether moto does is of no matter, if Deploy does.
	previous := map[string]string{"ClusterName": "prod", "DisableIMDSv1": "false"}
	if l, err := deploy(result.Output, previous); err == nil {
		t.Errorf("the previous value is not refused: %+v", l.Options)
	}
	m.stack("update-stack", result.Output, "ParameterKey=ClusterName,UsePreviousValue=true", "ParameterKey=DisableIMDSv1,ParameterValue=true")
	m.deployed(2, result.Output, map[string]string{"ClusterName": "prod", "DisableIMDSv1": "true"})
}

// A moto is AWS's API, played by moto_server in a network namespace.
type moto struct {
	t  *testing.T
	ns *namespace
}

const (
	motoAddress = "127.0.0.1:5000"
	region      = "us-west-2"
	stackName   = "nodes"
)

func startMoto(t *testing.T) *moto {
	t.Helper()
	ns, err := newNamespace()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.close() })
	if err := ns.ip("link set lo up\n"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	host, port, _ := net.SplitHostPort(motoAddress)
	server := exec.CommandContext(ctx, "moto_server", "-H", host, "-p", port)
	var log strings.Builder
	server.Stdout, server.Stderr = &log, &log
	if err := ns.do(server.Start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); server.Wait() })
	for ctx.Err() == nil {
		if conn, err := ns.dial(ctx, "tcp", motoAddress); err == nil {
			conn.Close()
			return &moto{t, ns}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("moto_server does not listen:\n%s", log.String())
	return nil
}

// aws runs the AWS CLI.
func (m *moto) aws(args ...string) []byte {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "aws", append(args, "--output", "json")...)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL=http://"+motoAddress, "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x",
		"AWS_DEFAULT_REGION="+region, "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=")
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := m.ns.do(cmd.Run); err != nil {
		m.t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return []byte(stdout.String())
}

// stack creates or updates the stack.
func (m *moto) stack(verb string, template []byte, parameters ...string) {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, template, 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.aws(append([]string{"cloudformation", verb, "--stack-name", stackName, "--template-body", "file://" + file, "--parameters"}, parameters...)...)
}

// deployed compares a version of the launch template with what Deploy makes of
// the template.
func (m *moto) deployed(version int, template []byte, passed map[string]string) {
	m.t.Helper()
	want, err := deploy(template, passed)
	if err != nil {
		m.t.Fatal(err)
	}
	var templates struct {
		LaunchTemplates []struct{ LaunchTemplateId string }
	}
	if err := json.Unmarshal(m.aws("ec2", "describe-launch-templates"), &templates); err != nil || len(templates.LaunchTemplates) != 1 {
		m.t.Fatalf("%d launch templates: %v", len(templates.LaunchTemplates), err)
	}
	var versions struct {
		LaunchTemplateVersions []struct {
			LaunchTemplateData struct {
				UserData        string
				MetadataOptions struct {
					HttpEndpoint, HttpTokens string
					HttpPutResponseHopLimit  int
				}
			}
		}
	}
	id := templates.LaunchTemplates[0].LaunchTemplateId
	if err := json.Unmarshal(m.aws("ec2", "describe-launch-template-versions", "--launch-template-id", id, "--versions", fmt.Sprint(version)), &versions); err != nil || len(versions.LaunchTemplateVersions) != 1 {
		m.t.Fatalf("%d versions of number %d: %v", len(versions.LaunchTemplateVersions), version, err)
	}
	data := versions.LaunchTemplateVersions[0].LaunchTemplateData
	got := stack.MetadataOptions{HTTPEndpoint: data.MetadataOptions.HttpEndpoint, HTTPTokens: data.MetadataOptions.HttpTokens,
		HTTPPutResponseHopLimit: data.MetadataOptions.HttpPutResponseHopLimit, HTTPProtocolIPv6: want.Options.HTTPProtocolIPv6}
	if got != want.Options {
		m.t.Errorf("version %d has %+v, want %+v", version, got, want.Options)
	}
	userData, err := base64.StdEncoding.DecodeString(data.UserData)
	if err != nil || string(userData) != string(want.UserData) {
		m.t.Errorf("version %d (%v) has user data\n%s\nwant\n%s", version, err, userData, want.UserData)
	}
	m.t.Logf("version %d: %+v, %d bytes of user data", version, got, len(userData))
}
