package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// Two launch templates that share a parameter; what is open in the second is
// accepted in part. It has characters of several bytes before what is open.
const nodes = `Parameters:
  DisableIMDSv1: {Type: String, Default: "false", AllowedValues: ["false", "true"]}
Conditions:
  IMDSv1Disabled: !Equals [!Ref DisableIMDSv1, "true"]
Resources:
  One:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: "世界 é" # ü
        MetadataOptions: {"HttpTokens": !If [IMDSv1Disabled, required, optional], HttpPutResponseHopLimit: 2}
        UserData: !Base64 |
          #!/bin/bash
          /etc/eks/bootstrap.sh blue
  Two:
    Type: AWS::EC2::LaunchTemplate
    Metadata:
      imdslock: {accept: [{rule: imdsv1-parameter, reason: "until <March> & no longer"}]}
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: !If [IMDSv1Disabled, required, optional], HttpPutResponseHopLimit: 1}
        UserData: !Base64 <powershell></powershell>
`

// found checks and patches a template, and adds what cannot be read.
func found(t *testing.T, name, source string) report.Run {
	t.Helper()
	findings, err := transform.Check(t.Context(), []byte(source), transform.CheckOptions{Options: transform.Defaults()})
	if err != nil {
		t.Fatal(err)
	}
	patched, err := transform.Patch(t.Context(), []byte(source), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	_, broken := cfn.Parse([]byte("Resources: ["))
	return report.Run{
		Version: "v1.2.3",
		Files:   []report.File{{Name: name, Path: name, Source: []byte(source), Findings: findings, Changes: patched.Findings}, {Name: "locked.yaml", Path: "locked.yaml"}},
		Failures: []report.Failure{
			{Name: "broken.yaml", Path: "broken.yaml", Err: fmt.Errorf("broken.yaml:%w", broken)},
			{Name: "gone, or 100%.yaml", Path: "gone, or 100%.yaml", Err: errors.New("no such\nfile")},
		},
	}
}

// written returns a run in a format.
func written(t *testing.T, format report.Format, run report.Run) string {
	t.Helper()
	var b strings.Builder
	if err := format.Write(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// kinds counts the findings of a run that are open, notes and accepted.
func kinds(run report.Run) map[transform.Kind]int {
	n := map[transform.Kind]int{}
	for _, c := range run.Files {
		for _, f := range c.Findings {
			n[f.Kind]++
		}
	}
	return n
}

// TestRunHasAllKinds guards the other tests.
func TestRunHasAllKinds(t *testing.T) {
	n := kinds(found(t, "nodes.yaml", nodes))
	if n[transform.KindOpen] < 3 || n[transform.KindNote] < 1 || n[transform.KindAccepted] < 1 {
		t.Fatalf("%v", n)
	}
}

// TestSARIFIsValid holds a log to the schema of SARIF 2.1.0, and expects it to say
// what was run and what could not be read.
func TestSARIFIsValid(t *testing.T) {
	got := validSARIF(t, found(t, "nodes.yaml", nodes))
	if v := *got.Tool.Driver.Version; v != "v1.2.3" {
		t.Errorf("version %q", v)
	}
	if n := len(got.Invocations[0].ToolExecutionNotifications); n != 2 || *got.Invocations[0].ExecutionSuccessful {
		t.Errorf("%d notifications", n)
	}
}

// TestSARIFLevels expects each finding at the level of its kind, and what is accepted
// to be suppressed by the template.
func TestSARIFLevels(t *testing.T) {
	run := found(t, "nodes.yaml", nodes)
	want := kinds(run)
	levels := map[string]int{}
	for _, r := range validSARIF(t, run).Results {
		level := r.Level
		if len(r.Suppressions) > 0 {
			level = "suppressed"
			if s := r.Suppressions[0]; s.Kind == nil || *s.Kind != "inSource" || *s.Justification != "until <March> & no longer" {
				t.Errorf("suppression %+v", s)
			}
		}
		levels[level]++
	}
	if levels["error"] != want[transform.KindOpen] || levels["note"] != want[transform.KindNote] || levels["suppressed"] != want[transform.KindAccepted] {
		t.Errorf("%v, want %v", levels, want)
	}
}

// TestSARIFPlaces expects each finding at a URI and in a region that has an end.
func TestSARIFPlaces(t *testing.T) {
	for _, r := range validSARIF(t, found(t, "a folder/nodes.yaml", nodes)).Results {
		physical := r.Locations[0].PhysicalLocation
		if uri := *physical.ArtifactLocation.URI; uri != "a%20folder/nodes.yaml" {
			t.Errorf("URI %q", uri)
		}
		if physical.Region.EndColumn == nil || *physical.Region.EndLine < *physical.Region.StartLine {
			t.Errorf("no end: %+v", physical.Region)
		}
	}
}

// TestSARIFRules expects rules to have what code scanning reads, and all but notes a
// severity.
func TestSARIFRules(t *testing.T) {
	severity := regexp.MustCompile(`^(10|\d)\.\d$`)
	for _, rule := range validSARIF(t, found(t, "nodes.yaml", nodes)).Tool.Driver.Rules {
		s, _ := rule.Properties.Properties["security-severity"].(string)
		if d, _ := transform.Describe(transform.Rule(*rule.ID)); d.Note == severity.MatchString(s) {
			t.Errorf("%s has severity %q", *rule.ID, s)
		}
		if rule.Properties.Tags[0] != "security" || rule.Help.Markdown == nil {
			t.Errorf("%s: %v", *rule.ID, rule.Properties)
		}
	}
}

// TestURIs expects a relative path to stay relative, and an absolute one to be a
// file URI.
func TestURIs(t *testing.T) {
	for path, want := range map[string]string{
		"/tmp/a b/n.yaml": "file:///tmp/a%20b/n.yaml", "./a/../n#1.yaml": "n%231.yaml", "a:b.yaml": "./a:b.yaml", "../n.yaml": "../n.yaml",
	} {
		text := written(t, report.SARIF, report.Run{Failures: []report.Failure{{Path: path, Err: errors.New("x")}}})
		if !strings.Contains(text, `"uri": "`+want+`"`) {
			t.Errorf("%s: no %s in\n%s", path, want, text)
		}
	}
}

// TestFixes makes every fix on its own, by lines and columns as SARIF has them,
// and expects what it is the fix of to be gone.
func TestFixes(t *testing.T) {
	run := found(t, "nodes.yaml", nodes)
	log, err := sarif.FromBytes([]byte(written(t, report.SARIF, run)))
	if err != nil {
		t.Fatal(err)
	}
	fixed := 0
	for _, r := range log.Runs[0].Results {
		if r.Level != "error" || len(r.Suppressions) > 0 {
			if len(r.Fixes) > 0 {
				t.Errorf("a fix for what is not open: %s", *r.Message.Text)
			}
			continue
		}
		if len(r.Fixes) != 1 {
			t.Errorf("%d fixes for %s", len(r.Fixes), *r.Message.Text)
			continue
		}
		source := replaced(t, nodes, r.Fixes[0].ArtifactChanges[0].Replacements)
		left, err := transform.Check(context.Background(), []byte(source), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		for _, f := range left {
			if f.Kind == transform.KindOpen && string(f.Rule) == *r.RuleID && f.LogicalID == *r.Locations[0].LogicalLocations[0].Name {
				t.Errorf("%s is not fixed in\n%s", *r.Message.Text, source)
			}
		}
		fixed++
	}
	if fixed < 3 {
		t.Errorf("%d fixes", fixed)
	}
}

// replaced makes replacements, the last first. Columns count characters.
func replaced(t *testing.T, source string, all []*sarif.Replacement) string {
	t.Helper()
	offset := func(line, column int) int {
		at := 0
		for range line - 1 {
			at += strings.Index(source[at:], "\n") + 1
		}
		for range column - 1 {
			_, n := utf8.DecodeRuneInString(source[at:])
			at += n
		}
		return at
	}
	result := source
	for i := len(all) - 1; i >= 0; i-- {
		d := all[i].DeletedRegion
		start, end := offset(*d.StartLine, *d.StartColumn), offset(*d.EndLine, *d.EndColumn)
		result = result[:start] + *all[i].InsertedContent.Text + result[end:]
	}
	return result
}

// TestGitLabIsValid reads Code Quality as strictly as GitLab documents it.
func TestGitLabIsValid(t *testing.T) {
	run := found(t, "./nodes.yaml", nodes)
	run.Files[0].Findings = append(run.Files[0].Findings, run.Files[0].Findings[0]) // one twice
	issues := validGitLab(t, run)
	seen := map[string]bool{}
	for _, i := range issues {
		seen[i.Fingerprint] = true
	}
	if n := kinds(run); len(issues) != n[transform.KindOpen]+n[transform.KindNote]+len(run.Failures) {
		t.Errorf("%d issues of %v", len(issues), n)
	}
	moved := found(t, "nodes.yaml", "# a comment\n"+nodes)
	for _, i := range strings.Split(written(t, report.GitLab, moved), "\n") {
		if key, value, _ := strings.Cut(i, `"fingerprint": `); strings.TrimSpace(key) == "" && value != "" && !seen[strings.Trim(value, `",`)] {
			t.Errorf("another fingerprint after a line was added: %s", value)
		}
	}
}

// TestJUnitIsValid reads the XML element by element.
func TestJUnitIsValid(t *testing.T) {
	run := found(t, "nodes.yaml", nodes)
	text, count := validJUnit(t, run)
	n := kinds(run)
	if count["failure"] != n[transform.KindOpen] || count["skipped"] != n[transform.KindAccepted] || count["error"] != len(run.Failures) || count["testsuite"] != len(run.Files)+len(run.Failures) {
		t.Errorf("%v of %v\n%s", count, n, text)
	}
	total := fmt.Sprintf(`tests="%d" failures="%d" errors="2" skipped="%d"`, count["testcase"], count["failure"], count["skipped"])
	if !strings.Contains(text, `<testsuites name="imdslock" `+total) {
		t.Errorf("no %s in\n%s", total, text)
	}
}

// TestJUnitPassesOver expects no case that passed of what is not a template.
func TestJUnitPassesOver(t *testing.T) {
	run := report.Run{Files: []report.File{
		{Name: "locked.yaml", Path: "locked.yaml"},
		{Name: "values.yaml", Path: "values.yaml", PassedOver: true},
		{Name: "list.yaml", Path: "list.yaml", PassedOver: true, Findings: []transform.Finding{{Kind: transform.KindNote, Message: "not read"}}},
	}}
	text, count := validJUnit(t, run)
	if count["testsuite"] != 2 || count["testcase"] != 2 || count["skipped"] != 1 || strings.Contains(text, "values.yaml") || strings.Count(text, `name="locked"`) != 1 {
		t.Errorf("%v\n%s", count, text)
	}
}

// TestGitHub reads workflow commands as the runner does, and expects to get back
// what was said.
func TestGitHub(t *testing.T) {
	run := found(t, "a,b:c%3A.yaml", nodes)
	command := regexp.MustCompile(`^::(error|notice) file=([^,:]*)(?:,line=\d+,endLine=\d+(?:,col=\d+,endColumn=\d+)?)?,title=imdslock[^,:]*::(.*)$`)
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	lines := strings.Split(strings.TrimSuffix(written(t, report.GitHub, run), "\n"), "\n")
	var got []string
	for _, line := range lines {
		m := command.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("not a command: %s", line)
		}
		got = append(got, unescape.Replace(m[2])+" "+unescape.Replace(m[3]))
	}
	var want []string
	for _, f := range run.Files[0].Findings {
		if f.Kind != transform.KindAccepted {
			want = append(want, "a,b:c%3A.yaml "+f.Message)
		}
	}
	want = append(want, "broken.yaml "+strings.SplitN(run.Failures[0].Err.Error(), ": ", 2)[1], "gone, or 100%.yaml no such\nfile")
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("got\n%s\nwant\n%s", a, b)
	}
}

// TestJSONIsWhole expects all that was found in the document.
func TestJSONIsWhole(t *testing.T) {
	run := found(t, "nodes.yaml", nodes)
	var document struct {
		Findings []struct{ Level, Reason string }
		Errors   []struct{ File, Message string }
	}
	if err := json.Unmarshal([]byte(written(t, report.JSON, run)), &document); err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, f := range document.Findings {
		n[f.Level]++
		if (f.Level == "accepted") != (f.Reason != "") {
			t.Errorf("%+v", f)
		}
	}
	if want := kinds(run); n["error"] != want[transform.KindOpen] || n["note"] != want[transform.KindNote] || n["accepted"] != want[transform.KindAccepted] || len(document.Errors) != 2 {
		t.Errorf("%v, %v, want %v", n, document.Errors, want)
	}
}

// TestBaseline expects a run to have nothing new beside its own log, and one
// finding more to be new.
func TestBaseline(t *testing.T) {
	run := found(t, "nodes.yaml", nodes)
	known, err := report.ReadBaseline([]byte(written(t, report.SARIF, run)))
	if err != nil {
		t.Fatal(err)
	}
	all := kinds(run)
	again := found(t, "./nodes.yaml", "\n\n"+nodes)
	if n := known.LeaveOut(&again); n != all[transform.KindOpen]+all[transform.KindNote] || again.HasOpen() {
		t.Errorf("%d left out of %v", n, all)
	}
	twice := found(t, "nodes.yaml", nodes)
	twice.Files[0].Findings = append(twice.Files[0].Findings, twice.Files[0].Findings[0])
	if known.LeaveOut(&twice); !twice.HasOpen() {
		t.Error("one that is there twice now is not new")
	}
	other := found(t, "other.yaml", nodes)
	if n := known.LeaveOut(&other); n != 0 {
		t.Errorf("%d left out of another file", n)
	}
}

// TestExcerpts holds the quoted lines to the width of a terminal and the carets
// to their places.
func TestExcerpts(t *testing.T) {
	long := strings.Replace(nodes, `"世界 é" # ü`, `"`+strings.Repeat("x", 3000)+`"`, 1)
	for name, source := range map[string]string{"plain": nodes, "long": long, "one line": strings.ReplaceAll(oneLine, "ID", strings.Repeat("世", 2000)), "wide": wideLine, "tabs": strings.ReplaceAll(oneLine, " ", "\t"), "crlf": strings.ReplaceAll(nodes, "\n", "\r\n")} {
		run := found(t, "nodes.yaml", source)
		for width := 20; width < 120; width += 7 {
			var b bytes.Buffer
			if err := (report.TextStyle{Excerpts: width}).Write(&b, run); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
			if len(lines) != 3*kinds(run)[transform.KindOpen] {
				t.Fatalf("%s: %d lines", name, len(lines))
			}
			for i := 0; i < len(lines); i += 3 {
				if columnsOf(lines[i+1]) > width || columnsOf(lines[i+2]) > width || strings.ContainsAny(lines[i+1], "\t\r") {
					t.Errorf("%s: wider than %d:\n%s\n%s", name, width, lines[i+1], lines[i+2])
				}
				caret := strings.Index(lines[i+2], "^")
				if strings.Contains(lines[i], ": hop-limit ") && width > 40 && !strings.HasPrefix(fromColumn(lines[i+1], caret), "2") {
					t.Errorf("%s: the caret is not below the hop limit:\n%s\n%s", name, lines[i+1], lines[i+2])
				}
			}
		}
	}
}

const oneLine = `{"Resources": {"LT": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"ImageId": "ID", "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}}}}}}`

// Wide characters on both sides of the hop limit.
const wideLine = `{"Resources": {"LT": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"ImageId": "世世世世界界", "MetadataOptions": {"HttpPutResponseHopLimit": 2, "HttpTokens": "required"}, "KeyName": "世世世世世世世世世世世世世世世世世世世世世世世世世世世世"}}}}}`

// columnsOf counts the columns of a text, in which only 世 and 界 take two.
func columnsOf(text string) int {
	return utf8.RuneCountInString(text) + strings.Count(text, "世") + strings.Count(text, "界")
}

// fromColumn returns a text from a column on.
func fromColumn(text string, column int) string {
	for i, r := range text {
		if column <= 0 {
			return text[i:]
		}
		column -= columnsOf(string(r))
	}
	return ""
}
