//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/prove"
)

// TestUsage wants wrong arguments to be refused before anything runs.
func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-userdata"}, {"-userdata", "-template", "x"}, {"x"}, {"-other"}} {
		var stdout, stderr bytes.Buffer
		if status := run(args, strings.NewReader(""), &stdout, &stderr); status != 2 || stdout.Len() > 0 || stderr.Len() == 0 {
			t.Errorf("%v: status %d, %q %q", args, status, stdout.String(), stderr.String())
		}
	}
}

// TestFiles judges user data and a template, and one that cannot be read.
func TestFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: nodes take seconds")
	}
	if err := prove.NamespacesMissing(); err != nil {
		needs.Missing(t, "namespaces", err.Error())
	}
	if err := prove.CloudInitMissing(); err != nil {
		needs.Missing(t, "cloud-init", err.Error())
	}
	dir := t.TempDir()
	held, template := filepath.Join(dir, "held"), filepath.Join(dir, "nodes.yaml")
	for name, content := range map[string]string{
		held: "#cloud-boothook\n#!/bin/sh\niptables -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\n",
		template: "Resources:\n  Nodes:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n" +
			"        MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-userdata", held}, 0, held + ": cut off\n"},
		{[]string{"-userdata", "-"}, 1, "-: open: pod and branch pod when the kubelet starts; pod and branch pod at the end of the boot; pod and branch pod after a reboot\n"},
		{[]string{"-template", template}, 1, template + ": Nodes: metadata options locked; rules: open: pod and branch pod when the kubelet starts"},
		{[]string{"-template", held}, 2, ""},
		{[]string{"-userdata", filepath.Join(dir, "none")}, 2, ""},
	} {
		var stdout, stderr bytes.Buffer
		status := run(test.args, strings.NewReader("#!/bin/sh\n/etc/eks/bootstrap.sh blue\n"), &stdout, &stderr)
		if status != test.status || !strings.HasPrefix(stdout.String(), test.want) || (status == 2) != (stdout.Len() == 0) {
			t.Errorf("%v: status %d, %q %q", test.args, status, stdout.String(), stderr.String())
		}
	}
}
