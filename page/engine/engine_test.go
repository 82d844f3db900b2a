package engine_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/page/engine"
	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
)

// usual are the options of a page that nobody has touched.
func usual() engine.Options {
	return engine.Options{HopLimit: 1, IMDSv1: "lock", IPTables: "auto", BranchENI: true, LaunchTemplateVersion: "latest"}
}

func linux(t *testing.T) []byte {
	t.Helper()
	source, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// TestRun fails unless an answer has what check says, what a patch makes, and what
// check says of that.
func TestRun(t *testing.T) {
	source := linux(t)
	a := engine.Run(t.Context(), "linux.yaml", source, usual())
	want, err := transform.Patch(t.Context(), source, transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Output, want.Output) || !bytes.Equal(a.Before, source) || a.IsWithin {
		t.Error("the result is another")
	}
	if len(a.Findings) != 3 || len(a.Left) != 0 || a.Parameters["DisableIMDSv1"] != "true" {
		t.Errorf("%+v, %+v, %v", a.Findings, a.Left, a.Parameters)
	}
	if f := a.Findings[0]; f.At != "147:36" || f.Start != (engine.Place{Line: 147, Column: 35}) || f.Message != "HttpPutResponseHopLimit is 2, not 1" || f.LogicalID != "NodeLaunchTemplate" {
		t.Errorf("%+v", f)
	}
	if !strings.HasPrefix(a.Diff, "--- a/linux.yaml\n") || !strings.Contains(a.SARIF, `"ruleId": "hop-limit"`) {
		t.Errorf("%s\n%s", a.Diff, a.SARIF)
	}
}

// TestProblems fails unless the page is told what cannot be judged or locked, and
// where.
func TestProblems(t *testing.T) {
	with := func(change func(*engine.Options)) engine.Options {
		o := usual()
		change(&o)
		return o
	}
	for _, c := range []struct {
		name, source string
		options      engine.Options
		message, at  string
		isRefused    bool
	}{
		{"not YAML", "Resources:\n  A: [", usual(), "not YAML", "2:3", false},
		{"an option", "Resources: {}", with(func(o *engine.Options) { o.IMDSv1 = "never" }), "--imdsv1 never: ", "", false},
		{"a hop limit", "Resources: {}", with(func(o *engine.Options) { o.HopLimit = -1 }), "--hop-limit -1", "", false},
		{"a parameter", string(linux(t)), with(func(o *engine.Options) { o.Parameters = map[string]string{"Nope": ""} }), "--parameter Nope: the template does not have it", "", false},
		{"a value", string(linux(t)), with(func(o *engine.Options) { o.Parameters = map[string]string{"DisableIMDSv1": "maybe"} }), "maybe", "", false},
		{"strict on Windows", "Resources:\n  Nodes:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n        UserData: !Base64 <powershell></powershell>\n",
			with(func(o *engine.Options) { o.IPTables = "strict" }), "Nodes: ", "6:27", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := engine.Run(t.Context(), "x.yaml", []byte(c.source), c.options)
			p := a.Invalid
			if c.isRefused {
				p = a.Refused
			}
			if p == nil || !strings.Contains(p.Message, c.message) || c.at != "" && p.At != c.at {
				t.Errorf("%+v, want %q at %s", p, c.message, c.at)
			}
			if a.Output != nil {
				t.Errorf("there is a result")
			}
		})
	}
}

// TestPlaces fails unless places are those of an editor: lines end with LF, CRLF
// and CR, and characters outside of the Basic Multilingual Plane count twice.
func TestPlaces(t *testing.T) {
	source := "\uFEFF# 🦙\r\nResources:\r  A:\n    Type: AWS::EC2::LaunchTemplate # é\n    Properties: {LaunchTemplateData: {TagSpecifications: \"🦙é\", MetadataOptions: {HttpTokens: optional, HttpPutResponseHopLimit: 1}}}\n"
	a := engine.Run(t.Context(), "x.yaml", []byte(source), usual())
	text := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(source, "\uFEFF"), "\r\n", "\n"), "\r", "\n")
	for _, f := range a.Findings {
		if f.Rule != "imdsv1-open" {
			continue
		}
		line := strings.Split(text, "\n")[f.Start.Line-1]
		before, _, _ := strings.Cut(line, "optional")
		units := 0
		for _, r := range before {
			units += len(string(r)) / 4 // the llama
			units++
		}
		if f.Start.Line != 5 || f.Start.Column != units || f.End.Column != units+len("optional") {
			t.Errorf("%+v, want column %d", f, units)
		}
		return
	}
	t.Errorf("%+v", a)
}

// TestReaders holds the picture to what make prove has seen: the first table of
// docs/proof.md.
func TestReaders(t *testing.T) {
	page, err := os.ReadFile("../../docs/proof.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(strings.TrimSpace(line), " | "); len(cells) == 6 {
			rows[strings.TrimPrefix(cells[0], "| ")] = cells[1:5]
		}
	}
	words := map[string]string{"**reads**": "any", "**reads** by IMDSv1": "IMDSv1", "**reads** by IMDSv2": "IMDSv2", "no": "no"}
	off := transform.Options{}
	without := strings.Replace(string(linux(t)), "        Version: !GetAtt NodeLaunchTemplate.LatestVersionNumber\n", "", 1)
	if without == string(linux(t)) {
		t.Fatal("the template has no Version to leave out")
	}
	for row, c := range map[string]struct {
		source string
		opts   transform.Options
	}{
		"nothing: the template as it is":                         {opts: off},
		"hop limit 1, tokens optional":                           {opts: transform.Options{HopLimit: 1}},
		"hop limit 2, tokens required":                           {opts: transform.Options{IMDSv1: transform.IMDSv1Literal}},
		"hop limit 1, tokens required":                           {opts: transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Literal}},
		"`--iptables aws --branch-eni=false` alone: `eni+` only": {opts: transform.Options{IPTables: transform.IPTablesAWS}},
		"`--iptables aws` alone":                                 {opts: transform.Options{IPTables: transform.IPTablesAWS, BranchENI: true}},
		"`--iptables strict` alone":                              {opts: transform.Options{IPTables: transform.IPTablesStrict}},
		"all that imdslock does by default":                      {opts: transform.Defaults()},
		"the same in an update, and version 1 is kept: the node group names no `Version`": {without, func() transform.Options {
			o := transform.Defaults()
			o.Version = transform.VersionKeep
			return o
		}()},
	} {
		t.Run(row, func(t *testing.T) {
			source := c.source
			if source == "" {
				source = string(linux(t))
			}
			patched, err := transform.Patch(t.Context(), []byte(source), c.opts)
			if err != nil {
				t.Fatal(err)
			}
			a := engine.Run(t.Context(), "x.yaml", patched.Output, usual())
			if a.Now == nil || rows[row] == nil {
				t.Fatalf("%+v; the table has %q", a, rows[row])
			}
			got := []string{a.Now.Pod, a.Now.Branch, a.Now.Other, a.Now.Node}
			for i, cell := range rows[row] {
				if want := words[cell]; got[i] != want {
					t.Errorf("column %d: %s, want %s (%+v)", i+1, got[i], want, *a.Now)
				}
			}
		})
	}
}

// TestReadersUnknown fails unless the picture does not call locked what cannot be
// judged.
func TestReadersUnknown(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"elsewhere": {"Resources:\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {LaunchTemplate: {LaunchTemplateId: lt-1, Version: \"7\"}}\n", "unknown"},
		"a macro":   {"Transform: Mine\nResources:\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {LaunchTemplate: {LaunchTemplateId: lt-1, Version: \"7\"}}\n", "unknown"},
		"Windows":   {"Resources:\n  Nodes:\n    Type: AWS::EC2::LaunchTemplate\n    Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 2}, UserData: !Base64 <powershell></powershell>}}\n", "IMDSv2"},
		"accepted":  {"Metadata:\n  imdslock: {accept: [{rule: hop-limit, reason: because}]}\nResources:\n  Nodes:\n    Type: AWS::EC2::LaunchTemplate\n    Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 2}, UserData: !Base64 <powershell></powershell>}}\n", "IMDSv2"},
	} {
		if a := engine.Run(t.Context(), "x.yaml", []byte(c.source), usual()); a.Now == nil || a.Now.Pod != c.want || a.Now.Other != c.want {
			t.Errorf("%s: %+v, want %s; %+v", name, a.Now, c.want, a.Findings)
		}
	}
	if a := engine.Run(t.Context(), "x.yaml", []byte("Resources: {Bucket: {Type: AWS::S3::Bucket}}"), usual()); a.Now == nil || !a.Now.IsNothing {
		t.Errorf("a bucket: %+v", a.Now)
	}
}
