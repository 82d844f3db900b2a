package docs

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/needs"
)

// nodesTemplate is the stack that docs/fleet.md is about.
const nodesTemplate = `Parameters:
  DisableIMDSv1: {Type: String, Default: 'false', AllowedValues: ['false', 'true']}
Conditions:
  IMDSv1Disabled: !Equals [!Ref DisableIMDSv1, 'true']
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateName: blue
      LaunchTemplateData:
        ImageId: ami-12345678
        MetadataOptions:
          HttpPutResponseHopLimit: 2
          HttpTokens: !If [IMDSv1Disabled, required, optional]
`

// TestFleet runs the commands of docs/fleet.md against moto. The first check finds
// the stack and the launch template that was made by hand, the last one nothing.
func TestFleet(t *testing.T) {
	env := append(environment(command(t)), "AWS_ENDPOINT_URL=http://"+moto(t), "AWS_DEFAULT_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x")
	dir := t.TempDir()
	shell := func(script string) (string, int) {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-e", "-c", script)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if err := os.WriteFile(filepath.Join(dir, "nodes.yaml"), []byte(nodesTemplate), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, status := shell(`aws cloudformation create-stack --stack-name nodes --template-body file://nodes.yaml
aws ec2 create-launch-template --launch-template-name by-hand --launch-template-data '{"ImageId": "ami-12345678"}'
rm nodes.yaml`); status != 0 {
		t.Fatalf("%d\n%s", status, out)
	}
	var checks []string
	for _, block := range read(t, "docs/fleet.md").blocks() {
		if block.language != "sh" {
			continue
		}
		out, status := shell(block.text)
		if strings.Contains(block.text, "imdslock check") {
			checks = append(checks, out)
		} else if status != 0 {
			t.Fatalf("docs/fleet.md:%d: status %d\n%s", block.line, status, out)
		}
		last := strings.Contains(block.text, "rm -r dumps")
		if want := strings.Contains(block.text, "imdslock check") && !last; (status == 1) != want {
			t.Errorf("docs/fleet.md:%d: status %d\n%s", block.line, status, out)
		}
	}
	for i, wants := range [][]string{
		{"dumps/stack-nodes.json:", "Nodes: HttpPutResponseHopLimit is 2", "dumps/launch-templates.json:", "by-hand version 1, the default: no MetadataOptions", "blue version 1"},
		{`Nodes: HttpTokens is "optional", so IMDSv1 is open`},
		{},
	} {
		for _, want := range wants {
			if i >= len(checks) || !strings.Contains(checks[i], want) {
				t.Errorf("check %d does not say %q:\n%s", i+1, want, strings.Join(checks, "---\n"))
			}
		}
	}
}

// moto starts AWS's API, played by moto, on a port of loopback that was free.
func moto(t *testing.T) (address string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: moto takes seconds to start")
	}
	for _, tool := range []string{"aws", "moto_server"} {
		if _, err := exec.LookPath(tool); err != nil {
			needs.Missing(t, "moto", err.Error())
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = free.Addr().String()
	free.Close()
	host, port, _ := net.SplitHostPort(address)
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "moto_server", "-H", host, "-p", port)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); server.Wait() })
	for range 600 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("moto_server does not listen")
	return ""
}
