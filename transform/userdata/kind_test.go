package userdata

import (
	"strings"
	"testing"
)

// TestDetect tells kinds of user data apart, and says why a text is of none.
func TestDetect(t *testing.T) {
	const plain = "cloud-init would not run it: it has no #! line and no other header that is known"
	far := strings.Repeat("x", mimeWindow-len("MIME-Version:"))
	for _, test := range []struct {
		text string
		kind Kind
		why  string
	}{
		{"", Other, "it is empty"},
		{" \t\r\n", Other, "it is empty"},
		{" ${X}", Other, "its content is not known before the deployment"},
		{"\uE000#!/bin/sh\n", Other, "its content is not known before the deployment"},
		{"\uFEFF#!/bin/sh\n", Other, "the byte order mark before its first line keeps cloud-init from running it"},
		{"x\n", Other, plain},
		{"# x\n\n", Other, plain},
		{"#cloud-config\n", CloudConfig, ""},
		{"#cloud-boothook\n", Boothook, ""},
		{"#include\nx\n", Other, "it is an #include list, and what that fetches is not known"},

		{"<powershell>\n", Windows, ""},
		{" <PowerShell>\n", Windows, ""},
		{"<script>\n", Windows, ""},
		{"<persist>true</persist>\n", Windows, ""},
		{"version: 1.0\ntasks:\n- task: executeScript\n", Windows, ""},
		{"version: 1.0\n", Other, plain},
		{"task: x\n", Other, plain},

		{"[settings]\n", Bottlerocket, ""},
		{"# x\n\n[settings.kubernetes]\n", Bottlerocket, ""},
		{"settings.motd = 'x'\n", Bottlerocket, ""},
		{"[\"settings\".x]\n", Bottlerocket, ""},
		{"[ settings ]\n", Bottlerocket, ""},
		{"x = 1\n[settings]\n", Other, plain},
		{"#!/bin/sh\n[settings]\n", ShellScript, ""},
		{"#cloud-config\n[settings]\n", CloudConfig, ""},

		{"#!/bin/bash\n", ShellScript, ""},
		{"#!/bin/sh -e\r\n", ShellScript, ""},
		{"#! /bin/dash\n", ShellScript, ""},
		{"#!/bin/ash +x\n", ShellScript, ""},
		{"#!/bin/ksh\n", ShellScript, ""},
		{"#!/usr/bin/zsh\n", ShellScript, ""},
		{"#!/usr/bin/env bash\n", ShellScript, ""},
		{"#!/usr/bin/env -S bash -e\n", ShellScript, ""},
		{"#!/bin/bash /opt/x\n", Other, "its #! line runs /opt/x, not the lines below"},
		{"#!/usr/bin/python3\n", Other, "it is a script for python3, not for a shell"},
		{"#!/usr/bin/env python3\n", Other, "it is a script for python3, not for a shell"},
		{"#!/opt/x env\n", Other, "it is a script for x, not for a shell"},
		{"#!\n", Other, "its #! line names no interpreter"},
		{"#!/usr/bin/env -i\n", Other, "its #! line names no interpreter"},
		{" #!/bin/sh\n", Other, "white space before its #! line keeps it from running"},

		{"MIME-Version: 1.0\n", MIME, ""},
		{"From: a:b\nmime-version: 1.0\n", MIME, ""},
		{" MIME-Version: 1.0\n", Other, "white space before its MIME headers makes cloud-init read it as plain text"},
		{"x-version: 1.0\n", Other, plain},
		{"ime-version: 1.0\n", Other, plain},
		{far + "MIME-Version:", MIME, ""},
		{far + "xMIME-Version:", Other, plain},

		{"apiVersion: node.eks.aws/v1alpha1\n", NodeConfig, ""},
		{"---\n\n# x\napiVersion: \"node.eks.aws/v1alpha1\"\n", NodeConfig, ""},
		{"apiVersion: 'node.eks.aws/v1alpha1'\n", NodeConfig, ""},
		{"kind: NodeConfig\n", NodeConfig, ""},
		{"kind: Pod\n", Other, plain},
		{"apiVersion: v1\n", Other, plain},
		{"x: NodeConfig\n", Other, plain},
		{"x: y\nkind: NodeConfig\n", Other, plain},
		{"#\nkind: NodeConfig\n", NodeConfig, ""},
		{"# x\n#!/x\nkind: NodeConfig\n", Other, plain},
		{"# x\n#cloud-config\nkind: NodeConfig\n", Other, plain},

		{"## template: jinja\n#!/bin/bash\n", ShellScript, ""},
		{"## template: jinja\n#cloud-config\n", CloudConfig, ""},
		{"## template: jinja\n#include\n", Other, "it is a jinja template of something that cloud-init does not run"},
		{"## template: jinja x\n#!/bin/bash\n", Other, "its jinja header is not one that cloud-init takes"},
		{"## template: jinja\n#!/bin/bash\n{% x %}\n", Other, "what its jinja template renders to is not known"},
	} {
		kind, why := Detect(test.text)
		if len(test.text) > 100 {
			test.text = "…" + test.text[len(test.text)-20:]
		}
		if kind != test.kind || why != test.why {
			t.Errorf("%q: %v, %q, not %v, %q", test.text, kind, why, test.kind, test.why)
		}
	}
}

// TestKinds has the names of kinds, and those that run no commands.
func TestKinds(t *testing.T) {
	for kind, want := range []string{
		Other: "user data", ShellScript: "shell script", MIME: "MIME document", CloudConfig: "cloud-config", Boothook: "cloud-boothook",
		NodeConfig: "NodeConfig", Windows: "Windows user data", Bottlerocket: "Bottlerocket settings",
	} {
		k := Kind(kind)
		if k.String() != want {
			t.Errorf("%v, not %s", k, want)
		}
		if first, _, _ := strings.Cut(k.NoCommands(), " "); first != map[Kind]string{Windows: "Windows", Bottlerocket: "Bottlerocket"}[k] {
			t.Errorf("%v: %q", k, k.NoCommands())
		}
	}
}

// TestIsJinja has the headers that cloud-init takes for those of a template.
func TestIsJinja(t *testing.T) {
	for text, want := range map[string]bool{
		"## template: jinja\n":          true,
		"## Template: JINJA \r\n":       true,
		"## template: jinja":            true,
		" ## template: jinja\n":         false,
		"##template: jinja\n":           false,
		"## template: jinja2\n":         false,
		"#!/x\n## template: jinja\n":    false,
		"## template: jinja\u00a0\nx\n": true,
	} {
		if got := isJinja(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestRenderJinja renders templates: * stands for what is not known.
func TestRenderJinja(t *testing.T) {
	const header = "## template: jinja\n"
	for text, want := range map[string]string{
		"a\r\nb\rc\n":               "a\nb\nc\n",
		"{{ v1.region }}":           "*",
		"a{{x}}b{{ds.meta_data.y}}": "a*b*",
		"{{ _x9 }}{":                "*{",
		"{a} {":                     "{a} {",
		"{ {{ x }} }":               "{ * }",
		"{% if x %}":                "",
		"a {# x #}":                 "",
		"{{ x":                      "",
		"{{ x | y }}":               "",
		"{{ v2.x }}":                "",
		"{{ }}":                     "",
		"{{ 9x }}":                  "",
		"{{ 0 }}":                   "",
		"{{ v1.v1.x }}":             "",
		"{{ v1.ds.meta_data.x }}":   "",
	} {
		s, why := renderJinja(whole(header+text, 0))
		if want == "" {
			if why != "what its jinja template renders to is not known" {
				t.Errorf("%q: %q, %q", text, s.text, why)
			}
			continue
		}
		if got := strings.ReplaceAll(s.text, placeholder, "*"); got != want || why != "" {
			t.Errorf("%q: %q, %q, not %q", text, got, why, want)
		}
	}
	s, _ := renderJinja(whole(header+"a{{ x }}b{c", 0))
	for word, want := range map[string]string{"a": "a", placeholder: "{{", "b": "b", "{c": "{c"} {
		if at := s.origin(strings.Index(s.text, word)); !strings.HasPrefix((header + "a{{ x }}b{c")[at:], want) {
			t.Errorf("%q comes from %d", word, at)
		}
	}
}
