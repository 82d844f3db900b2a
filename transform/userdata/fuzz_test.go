package userdata

import (
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/fixtures"
)

// FuzzProtect holds the laws on user data of every kind: what is protected has
// its rules, stays as it is the second time, is the same text but for the
// changes, and is of the same kind but for NodeConfig.
func FuzzProtect(f *testing.F) {
	for _, text := range []string{
		"#!/bin/bash\nset -o xtrace\n/etc/eks/bootstrap.sh x\n",
		"#!/bin/bash -xe\r\n/etc/eks/bootstrap.sh x\r\n",
		"#!/bin/sh",
		"#cloud-config\nruncmd:\n  - [sh, -c, x]\n",
		"#cloud-config\nbootcmd: [systemctl start kubelet]\nruncmd: []\n",
		"#cloud-config\npackages: [jq]\n",
		"#cloud-boothook\n#!/bin/sh\nsystemctl start kubelet\n",
		"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n",
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: application/node.eks.aws\n\nkind: NodeConfig\n\n--B--\n",
		"Content-Type: multipart/mixed;\n boundary=B\nMIME-Version: 1.0\n\npreamble\n--B\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\nContent-Disposition: attachment; filename=\"a.sh\"\n\n#!/bin/bash\nx\n--B\nContent-Type: text/cloud-boothook\n\nsystemctl start kubelet\n--B--\n",
		"<powershell>\nStart-EKSBootstrap.ps1\n</powershell>\n",
		"[settings.kubernetes]\ncluster-name = \"x\"\n",
	} {
		for options := range byte(12) {
			f.Add(text, options)
			p, err := Protect(text, blockOf(options))
			if err == nil {
				f.Add(Apply(text, p.Changes), options^3)
			}
		}
	}
	// The user data of the fixtures, as it stands there without its indentation.
	all, err := fixtures.Read("../..")
	if err != nil {
		f.Fatal(err)
	}
	for _, fixture := range all {
		for _, mark := range []string{"#!", "#cloud-", "MIME-Version"} {
			if _, text, ok := strings.Cut(string(fixture.Source()), mark); ok {
				lines := strings.Split(mark+text, "\n")
				for i, line := range lines {
					lines[i] = strings.TrimPrefix(strings.TrimPrefix(line, "          "), "  ")
				}
				f.Add(strings.Join(lines, "\n"), byte(4))
			}
		}
	}
	f.Fuzz(checkProtect)
}

// checkProtect holds the laws on one text.
func checkProtect(t *testing.T, text string, options byte) {
	b := blockOf(options)
	kind, _ := Detect(text)
	p, err := Protect(text, b)
	if err != nil {
		if p.Changes != nil {
			t.Fatal("changes beside an error")
		}
		return
	}
	if !slices.IsSortedFunc(p.Changes, func(a, b Change) int { return a.End - b.Start }) {
		t.Fatalf("changes not in order: %v", p.Changes)
	}
	protected := Apply(text, p.Changes)
	if again, err := Protect(protected, b); err != nil || len(again.Changes) > 0 {
		t.Fatalf("a second time: %v, %v\n%s", again.Changes, err, protected)
	}
	v := Judge(protected, b)
	for _, problem := range v.Problems {
		if problem.At < 0 || problem.At > len(protected) {
			t.Fatalf("%+v is not in the text", problem)
		}
		switch problem.Code {
		case Undone, NotJudged, WithoutToken, NotMIME:
		default:
			t.Fatalf("%+v of\n%s", problem, protected)
		}
	}
	if b.Mode == Strict && !v.Strict && len(p.Changes) > 0 {
		t.Fatalf("not strict:\n%s", protected)
	}
	if v.Kind != kind && kind != NodeConfig {
		t.Fatalf("%v has become %v:\n%s", kind, v.Kind, protected)
	}
}

// blockOf returns the block that bits ask for.
func blockOf(options byte) Block {
	return Block{Mode: Mode(options & 3 % 3), BranchENI: options&4 != 0, IPv6: options&8 != 0}
}
