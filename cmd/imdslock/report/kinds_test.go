package report_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// ofPods is a run with findings of all kinds that pods has, by rules of its own.
func ofPods() report.Run {
	kinds := map[transform.Rule]transform.Kind{
		"breaks": transform.KindOpen, "unknown": report.KindUnknown, "open": report.KindWarning, "works": report.KindPassed,
	}
	run := report.Run{Notes: []report.Note{{Message: "as by default"}, {Path: "cluster.json", At: cfn.Position{Line: 1, Column: 1}, Message: "passed over"}}, Files: []report.File{{Name: "cluster.json", Path: "cluster.json"}}}
	for _, id := range []transform.Rule{"breaks", "unknown", "open", "works"} {
		at := cfn.Position{Line: 3, Column: 9}
		run.Rules = append(run.Rules, report.Rule{
			Description: transform.Description{Rule: id, Title: "what is wrong", Why: "why", Fix: "what to do", Source: "https://example.com/" + string(id)},
			Kind:        kinds[id],
		})
		run.Files[0].Findings = append(run.Files[0].Findings, transform.Finding{
			Rule: id, Kind: kinds[id], LogicalID: "Pod shop/web", Start: at, End: at, Message: "Pod shop/web: it is so\nrun: this",
		})
	}
	return run
}

// TestPodsInSARIF holds what pods finds to the schema, each kind to its level, and
// each rule to what it is about.
func TestPodsInSARIF(t *testing.T) {
	log := validSARIF(t, ofPods())
	var levels, kinds []string
	for i, r := range log.Results {
		levels, kinds = append(levels, r.Level), append(kinds, r.Kind)
		rule := log.Tool.Driver.Rules[i]
		if *rule.ID != *r.RuleID || r.RuleIndex != i || rule.DefaultConfiguration.Level != r.Level {
			t.Errorf("%s is by rule %d, %s, at %s", *r.RuleID, r.RuleIndex, *rule.ID, rule.DefaultConfiguration.Level)
		}
		if _, ok := rule.Properties.Properties["security-severity"]; ok {
			t.Errorf("%s has a severity", *rule.ID)
		}
	}
	if got := strings.Join(levels, " "); got != "error note warning none" {
		t.Errorf("levels %s", got)
	}
	if kinds[0] == "pass" || kinds[3] != "pass" {
		t.Errorf("kinds %q", kinds)
	}
	if got := log.Tool.Driver.Rules[0].Properties.Tags[0]; got != "reliability" {
		t.Errorf("what breaks has the tag %s", got)
	}
}

// TestNotesInSARIF expects notes about a run, which succeeds all the same, with their
// places if they have one.
func TestNotesInSARIF(t *testing.T) {
	of := validSARIF(t, ofPods()).Invocations[0]
	if n := of.ToolExecutionNotifications; len(n) != 2 || n[0].Level != "note" || len(n[1].Locations) != 1 || !*of.ExecutionSuccessful {
		t.Errorf("%d notifications", len(n))
	}
}

// TestPodsInGitLab holds what pods finds to what GitLab documents, and each kind to
// its severity.
func TestPodsInGitLab(t *testing.T) {
	var severities []string
	for _, i := range validGitLab(t, ofPods()) {
		severities = append(severities, i.Severity)
	}
	if got := strings.Join(severities, " "); got != "major info minor" {
		t.Errorf("severities %s", got)
	}
}

// TestPodsInJUnit holds what pods finds to the schema, and expects what breaks to
// fail and what is not certain to be skipped.
func TestPodsInJUnit(t *testing.T) {
	if text, count := validJUnit(t, ofPods()); count["testcase"] != 4 || count["failure"] != 1 || count["skipped"] != 2 {
		t.Errorf("%v\n%s", count, text)
	}
}

// TestPodsInGitHub holds each kind to the command that shows it, with all of its
// message.
func TestPodsInGitHub(t *testing.T) {
	var commands []string
	for line := range strings.Lines(written(t, report.GitHub, ofPods())) {
		command, _, _ := strings.Cut(line, " ")
		commands = append(commands, command)
		if !strings.Contains(line, "%0Arun: this") {
			t.Errorf("not all of the message: %s", line)
		}
	}
	if got := strings.Join(commands, " "); got != "::error ::notice ::warning" {
		t.Errorf("commands %s", got)
	}
}

// TestHostileNames expects no format to hand a terminal what it would obey.
func TestHostileNames(t *testing.T) {
	const name = "a\x1b[2J\u202e\u009bb"
	run := ofPods()
	run.Files[0].Name, run.Files[0].Path = name, name
	run.Failures = []report.Failure{{Name: name, Path: name, Err: errors.New(name)}}
	for i := range run.Files[0].Findings {
		run.Files[0].Findings[i].LogicalID = name
		run.Files[0].Findings[i].Message = name
	}
	for _, format := range strings.Fields(report.Choice(" ", " ")) {
		text := written(t, report.Format(format), run)
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s has %q", format, text[i:min(i+20, len(text))])
		}
	}
	validSARIF(t, run)
	validGitLab(t, run)
	validJUnit(t, run)
}
