package main

import (
	"strings"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/pods"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// podsRun returns a report as the formats of check write it: each finding in the file
// where its workload is, with what to do below the message.
func podsRun(found pods.Report) report.Run {
	run := report.Run{Version: version(), Rules: podsRules()}
	for _, n := range podsNotes(found) {
		at := cfn.Position{Line: n.Place.Line, Column: n.Place.Column}
		run.Notes = append(run.Notes, report.Note{Path: n.Place.File, At: at, Message: message.Line(n.Message)})
	}
	index := map[string]int{}
	for _, w := range found.Workloads {
		for _, f := range w.Findings {
			i, ok := index[f.Place.File]
			if !ok {
				i = len(run.Files)
				index[f.Place.File] = i
				run.Files = append(run.Files, report.File{Name: f.Place.File, Path: f.Place.File})
			}
			run.Files[i].Findings = append(run.Files[i].Findings, podsFindingOf(w, f))
		}
	}
	return run
}

// podsFindingOf returns a finding on a workload as the formats of check write it.
func podsFindingOf(w pods.Workload, f pods.Finding) transform.Finding {
	at := cfn.Position{Line: f.Place.Line, Column: f.Place.Column}
	name := w.String()
	if f.Container != "" {
		name += " (" + f.Container + ")"
	}
	lines := []string{name + ": " + f.Message}
	for _, fix := range f.Fixes {
		lines = append(lines, fix.Label+": "+fix.Text)
	}
	if f.Source != "" {
		lines = append(lines, "source: "+f.Source)
	}
	for i := range lines {
		lines[i] = message.Line(lines[i]) // no name adds one
	}
	return transform.Finding{
		Rule: transform.Rule(f.Verdict), Kind: podsKind(f.Verdict), LogicalID: name,
		Start: at, End: at, Message: strings.Join(lines, "\n"),
	}
}

func podsKind(v pods.Verdict) transform.Kind {
	switch v {
	case pods.Breaks, pods.LosesRole:
		return transform.KindOpen
	case pods.KeepsAccess:
		return report.KindWarning
	case pods.KeepsWorking:
		return report.KindPassed
	}
	return report.KindUnknown
}

// podsRules describes the verdicts as rules.
func podsRules() (rules []report.Rule) {
	for _, r := range pods.Rules() {
		rules = append(rules, report.Rule{
			Description: transform.Description{Rule: transform.Rule(r.Verdict), Title: r.Title, Why: r.Why, Fix: r.Fix, Source: r.Source},
			Kind:        podsKind(r.Verdict),
		})
	}
	return rules
}
