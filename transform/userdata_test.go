package transform_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// A userData is one text before and after, of one template.
type userData struct {
	place         string
	before, after string
}

// userDataTexts patches the fixtures and the real templates and returns every
// text in them that is not the same afterwards.
func userDataTexts(t *testing.T, iptables transform.IPTables) []userData {
	t.Helper()
	var changed []userData
	for _, each := range allTemplates(t) {
		file := each.name
		opts := transform.Options{IPTables: transform.IPTablesAuto, BranchENI: true}
		result, err := transform.Patch(t.Context(), each.src, opts)
		if err != nil {
			continue
		}
		before, after := base64Texts(t, each.src), base64Texts(t, result.Output)
		if len(before) != len(after) {
			continue // user data was added where there was none
		}
		if iptables == transform.IPTablesStrict {
			for i, text := range before {
				protection, err := userdata.Protect(text, userdata.Block{Mode: userdata.Strict})
				if err == nil {
					after[i] = userdata.Apply(text, protection.Changes)
				}
			}
		}
		for i := range before {
			if before[i] != after[i] {
				changed = append(changed, userData{fmt.Sprintf("%s text %d", file, i), before[i], after[i]})
			}
		}
	}
	return changed
}

// base64Texts returns the texts of all calls of Fn::Base64.
func base64Texts(t *testing.T, src []byte) []string {
	t.Helper()
	tmpl, err := cfn.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for n := range tmpl.Root().All {
		if arg := n.Call("Fn::Base64"); arg != nil {
			all, err := edit.Texts(tmpl, arg)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range all {
				texts = append(texts, strings.ReplaceAll(text.String, edit.Placeholder, "x"))
			}
		}
	}
	return texts
}

// A part is what cloud-init makes of one part of user data.
type part struct{ Type, Name, Payload string }

// split runs cloud-init's own code.
func split(t *testing.T, texts []string) [][]part {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "testdata/split.py")
	if dir := os.Getenv("CLOUD_INIT"); dir != "" {
		cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
	}
	if err := exec.Command(cmd.Path, "-c", "").Run(); err != nil {
		needs.Missing(t, "cloud-init", "python3 does not run")
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &stderr
	if err := cmd.Run(); err != nil {
		if strings.Contains(stderr.String(), "No module named") {
			needs.Missing(t, "cloud-init", "its Python package is not installed, and CLOUD_INIT does not say where it is unpacked")
		}
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var parts [][]part
	if err := json.Unmarshal(out.Bytes(), &parts); err != nil {
		t.Fatal(err)
	}
	return parts
}

// TestCloudInitSplits wants cloud-init to find the original parts, in order, and
// the block's: in a script or cloud-config that was there, or in a script of
// its own that runs first.
func TestCloudInitSplits(t *testing.T) {
	for _, iptables := range []transform.IPTables{transform.IPTablesAWS, transform.IPTablesStrict} {
		texts := userDataTexts(t, iptables)
		if len(texts) < 30 {
			t.Fatalf("only %d texts were changed", len(texts))
		}
		var all []string
		for _, x := range texts {
			all = append(all, x.before, x.after)
		}
		parts := split(t, all)
		for i, x := range texts {
			checkParts(t, x, parts[2*i], parts[2*i+1])
		}
		t.Logf("%s: cloud-init split %d changed texts", iptables, len(texts))
	}
}

// checkParts compares the parts of one text before and after.
func checkParts(t *testing.T, x userData, before, after []part) {
	t.Helper()
	own := slices.IndexFunc(after, func(p part) bool { return strings.Contains(p.Payload, userdata.Begin) })
	switch {
	case own < 0:
		t.Errorf("%s: no part has the block:\n%s", x.place, x.after)
	case len(after) == len(before):
		checkEdited(t, x, own, before, after)
	case own != 0 || len(after) != len(before)+1 && !strings.Contains(x.before, "kind: NodeConfig"):
		t.Errorf("%s: the block's part is number %d of %d, before there were %d", x.place, own, len(after), len(before))
	default:
		checkOwn(t, x, after[0])
		checkMoved(t, x, before, after)
	}
}

// checkEdited expects the block in one part that was there, and the others as they
// were.
func checkEdited(t *testing.T, x userData, own int, before, after []part) {
	t.Helper()
	for i := range before {
		if before[i].Type != after[i].Type || (i != own && before[i].Payload != after[i].Payload) {
			t.Errorf("%s: part %d was\n%q\nis\n%q", x.place, i, before[i], after[i])
		}
	}
	first, _, _ := strings.Cut(before[own].Payload, "\n")
	if !strings.HasPrefix(after[own].Payload, first) {
		t.Errorf("%s: the part does not start with %q any more", x.place, first)
	}
}

// checkOwn expects the block's own part to be a script that starts with the block.
func checkOwn(t *testing.T, x userData, own part) {
	t.Helper()
	isScript := own.Type == "text/x-shellscript" || own.Type == "text/cloud-boothook" // the latter before what scripts would run too late for
	if !isScript || !strings.HasPrefix(own.Payload, "#!/bin/bash\n"+userdata.Begin+"\n") &&
		!strings.HasPrefix(own.Payload, "#!/bin/bash\r\n"+userdata.Begin+"\r\n") {
		t.Errorf("%s: the block's part is %s and starts with %.40q", x.place, own.Type, own.Payload)
	}
}

// checkMoved expects the parts that were there after the block's, as they were, and
// no script to run before it.
func checkMoved(t *testing.T, x userData, before, after []part) {
	t.Helper()
	for i, p := range before {
		q := after[i+1]
		if p.Type != q.Type && q.Type != "application/node.eks.aws" || p.Payload != strings.TrimSuffix(q.Payload, "\n") && p.Payload != q.Payload && p.Payload != q.Payload+"\n" {
			t.Errorf("%s: part %d was\n%q\nis\n%q", x.place, i, p, q)
		}
		if p.Type == "text/x-shellscript" && q.Name < after[0].Name {
			t.Errorf("%s: script %s runs before the block's %s", x.place, q.Name, after[0].Name)
		}
	}
}

// variable is a variable of Fn::Sub whose name no shell knows.
var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// TestScriptsParse wants a shell script that was one to be one still.
func TestScriptsParse(t *testing.T) {
	parsed := 0
	for _, iptables := range []transform.IPTables{transform.IPTablesAWS, transform.IPTablesStrict} {
		for _, x := range userDataTexts(t, iptables) {
			if !strings.HasPrefix(x.before, "#!") || parseShell(x.before) != nil {
				continue
			}
			parsed++
			if err := parseShell(x.after); err != nil {
				t.Errorf("%s: %v\n%s", x.place, err, x.after)
			}
			_, script, _ := strings.Cut(x.after, "\n")
			if start := strings.Index(script, "bootstrap.sh"); start >= 0 && start < strings.Index(script, userdata.End) {
				t.Errorf("%s: the bootstrap runs before the block:\n%s", x.place, x.after)
			}
		}
	}
	if parsed < 30 {
		t.Errorf("only %d scripts were parsed", parsed)
	}
}

func parseShell(text string) error {
	text = strings.ReplaceAll(text, edit.Placeholder, "x")
	_, err := syntax.NewParser().Parse(strings.NewReader(variable.ReplaceAllString(text, "x")), "")
	return err
}

// TestNoOtherUserData wants Windows and Bottlerocket user data untouched.
func TestNoOtherUserData(t *testing.T) {
	for _, x := range userDataTexts(t, transform.IPTablesAWS) {
		if kind, _ := userdata.Detect(x.before); kind == userdata.Windows || kind == userdata.Bottlerocket || kind == userdata.Other {
			t.Errorf("%s: %v was changed:\n%s", x.place, kind, x.before)
		}
	}
}

// TestLeftUserData says of user data that is left as it is what protects the nodes
// without the block, by the options.
func TestLeftUserData(t *testing.T) {
	const src = "Resources: {Nodes: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-0a}}}}\n"
	for _, test := range []struct {
		hopLimit int
		imdsv1   transform.IMDSv1
		want     string
	}{
		{1, transform.IMDSv1Lock, "(use --os); hop limit 1 and required tokens keep pods off"},
		{2, transform.IMDSv1Lock, "(use --os); required tokens alone do not keep pods off"},
		{0, transform.IMDSv1Lock, "(use --os); required tokens alone do not keep pods off"},
		{1, transform.IMDSv1Keep, "(use --os); the hop limit alone does not stop IMDSv1"},
		{0, transform.IMDSv1Keep, "(use --os)"},
	} {
		opts := transform.Defaults()
		opts.HopLimit, opts.IMDSv1 = test.hopLimit, test.imdsv1
		result := patch(t, []byte(src), opts)
		isSaid := func(f transform.Finding) bool {
			return f.Rule == transform.RuleUserData && strings.HasSuffix(f.Message, test.want)
		}
		if !slices.ContainsFunc(result.Findings, isSaid) {
			t.Errorf("hop limit %d, %s: got %v, want %s", test.hopLimit, test.imdsv1, result.Findings, test.want)
		}
	}
}
