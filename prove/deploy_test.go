//go:build linux

package prove

import (
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

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/prove/stack"
	"github.com/imdslock/imdslock/transform"
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
	m := mustMoto(t)
	output, _, err := patch([]byte(lockable), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	m.stack("create-stack", []byte(lockable), "ParameterKey=ClusterName,ParameterValue=prod", "ParameterKey=DisableIMDSv1,ParameterValue=false")
	m.deployed(1, []byte(lockable), map[string]string{"ClusterName": "prod"})

	// CloudFormation refuses a previous value that AllowedValues does not have.
	// Whether moto does is of no matter, if Deploy does.
	previous := map[string]string{"ClusterName": "prod", "DisableIMDSv1": "false"}
	if l, err := deploy(output, previous); err == nil {
		t.Errorf("the previous value is not refused: %+v", l.Options)
	}
	m.stack("update-stack", output, "ParameterKey=ClusterName,UsePreviousValue=true", "ParameterKey=DisableIMDSv1,ParameterValue=true")
	m.deployed(2, output, map[string]string{"ClusterName": "prod", "DisableIMDSv1": "true"})
}

// mustMoto starts moto, or skips the test where there is none.
func mustMoto(t *testing.T) *moto {
	t.Helper()
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
	return startMoto(t)
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
	host, port, _ := net.SplitHostPort(motoAddress)
	server := exec.Command("moto_server", "-H", host, "-p", port)
	var log strings.Builder
	server.Stdout, server.Stderr = &log, &log
	if err := ns.do(server.Start); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() { server.Process.Kill(); <-ended })
	for {
		if conn, err := ns.dial(t.Context(), "tcp", motoAddress); err == nil {
			conn.Close()
			return &moto{t, ns}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("moto_server ends before it listens: %v\n%s", err, log.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// aws runs the AWS CLI.
func (m *moto) aws(args ...string) []byte {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "aws", append(args, "--output", "json")...)
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
	args := []string{"cloudformation", verb, "--stack-name", stackName, "--template-body", "file://" + file}
	if len(parameters) > 0 {
		args = append(append(args, "--parameters"), parameters...)
	}
	m.aws(args...)
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
	got, userData := m.version(templates.LaunchTemplates[0].LaunchTemplateId, fmt.Sprint(version))
	got.HTTPProtocolIPv6 = want.Options.HTTPProtocolIPv6
	if got != want.Options {
		m.t.Errorf("version %d has %+v, want %+v", version, got, want.Options)
	}
	if string(userData) != string(want.UserData) {
		m.t.Errorf("version %d has user data\n%s\nwant\n%s", version, userData, want.UserData)
	}
	m.t.Logf("version %d: %+v, %d bytes of user data", version, got, len(userData))
}

// version returns what a version of a launch template has.
func (m *moto) version(id, number string) (stack.MetadataOptions, []byte) {
	m.t.Helper()
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
	if err := json.Unmarshal(m.aws("ec2", "describe-launch-template-versions", "--launch-template-id", id, "--versions", number), &versions); err != nil || len(versions.LaunchTemplateVersions) != 1 {
		m.t.Fatalf("%d versions of number %s: %v", len(versions.LaunchTemplateVersions), number, err)
	}
	data := versions.LaunchTemplateVersions[0].LaunchTemplateData
	userData, err := base64.StdEncoding.DecodeString(data.UserData)
	if err != nil {
		m.t.Fatal(err)
	}
	return stack.MetadataOptions{HTTPEndpoint: data.MetadataOptions.HttpEndpoint, HTTPTokens: data.MetadataOptions.HttpTokens,
		HTTPPutResponseHopLimit: data.MetadataOptions.HttpPutResponseHopLimit, HTTPProtocolIPv6: "disabled"}, userData
}
