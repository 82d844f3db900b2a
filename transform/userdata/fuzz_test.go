package userdata

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
		for options := range byte(8) {
			f.Add(text, options)
			changes, err := Protect(text, block(options))
			if err == nil {
				f.Add(Apply(text, changes), options^3)
			}
		}
	}
	// The user data of the fixtures, as it stands there without its indentation.
	files, _ := filepath.Glob("../../fixtures/*.yaml")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, mark := range []string{"#!", "#cloud-", "MIME-Version"} {
			if _, text, ok := strings.Cut(string(src), mark); ok {
				lines := strings.Split(mark+text, "\n")
				for i, line := range lines {
					lines[i] = strings.TrimPrefix(strings.TrimPrefix(line, "          "), "  ")
				}
				f.Add(strings.Join(lines, "\n"), byte(4))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string, options byte) {
		b := block(options)
		kind, _ := Detect(text)
		Inspect(text)
		changes, err := Protect(text, b)
		if err != nil {
			if changes != nil {
				t.Fatal("changes beside an error")
			}
			return
		}
		if !slices.IsSortedFunc(changes, func(a, b Change) int { return a.End - b.Start }) {
			t.Fatalf("changes not in order: %v", changes)
		}
		protected := Apply(text, changes)
		if again, err := Protect(protected, b); err != nil || len(again) > 0 {
			t.Fatalf("a second time: %v, %v\n%s", again, err, protected)
		}
		s := Inspect(protected)
		if !s.Rules || s.Late || b.Strict && !s.Strict && len(changes) > 0 {
			t.Fatalf("%+v of\n%s", s, protected)
		}
		if s.Kind != kind && kind != NodeConfig {
			t.Fatalf("%v has become %v:\n%s", kind, s.Kind, protected)
		}
	})
}

// block returns the block that three bits ask for.
func block(options byte) Block {
	return Block{Strict: options&1 != 0, OrStrict: options&2 != 0, BranchENI: options&4 != 0}
}
