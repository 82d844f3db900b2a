package report

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

const (
	toolName     = "imdslock"
	sarifVersion = "2.1.0"
	sarifSchema  = "https://json.schemastore.org/sarif-2.1.0.json"
)

// newLog makes the log of a run, as code scanning reads it.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
func newLog(run Run) sarifLog {
	rules, index := newRules(run.rules())
	results := []result{}
	for _, c := range run.Files {
		results = append(results, newResults(c, index)...)
	}
	return sarifLog{Version: sarifVersion, Schema: sarifSchema, Runs: []sarifRun{{
		Tool:        tool{driver{Name: toolName, Version: run.Version, Language: "en-US", Rules: rules}},
		Language:    "en-US",
		ColumnKind:  "unicodeCodePoints",
		NewLines:    []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"}, // YAML 1.1, section 5.4
		Invocations: []invocation{newInvocation(run)},
		Results:     results,
	}}}
}

// newRules describes rules, and returns the index of each.
func newRules(all []Rule) (rules []rule, index map[transform.Rule]int) {
	index = map[transform.Rule]int{}
	for i, d := range all {
		index[d.Rule] = i
		r := rule{
			ID:      string(d.Rule),
			Short:   text{Text: d.Title},
			Full:    text{Text: d.Why},
			Help:    text{Text: d.Why + "\nFix: " + d.Fix, Markdown: fmt.Sprintf("%s\n\n**Fix**: %s\n\n[Source](%s)\n", d.Why, d.Fix, d.Source)},
			HelpURI: d.Source,
			Default: configuration{level(d.Kind)},
		}
		tag := "security"
		if d.Kind == transform.KindOpen && d.Severity == 0 { // something breaks, and nothing is open
			tag = "reliability"
		}
		r.Properties.Tags = append([]string{tag}, d.Controls...)
		if d.Severity > 0 {
			r.Properties.SecuritySeverity = fmt.Sprintf("%.1f", d.Severity)
		}
		rules = append(rules, r)
	}
	return rules, index
}

// newInvocation says whether everything could be judged, and what could not.
func newInvocation(run Run) invocation {
	i := invocation{Successful: len(run.Failures) == 0}
	for _, f := range run.Failures {
		i.Notifications = append(i.Notifications, newNotification("error", f.message(), file(f.Path, f.Name), f.place()))
	}
	for _, n := range run.Notes {
		i.Notifications = append(i.Notifications, newNotification("note", n.Message, n.Path, n.At))
	}
	return i
}

// newNotification returns a notification about a place in a file, a file, or the run.
func newNotification(level, message, path string, at cfn.Position) notification {
	n := notification{level, text{Text: message}, nil}
	if path == "" {
		return n
	}
	physical := physicalLocation{Artifact: artifact(path, "")}
	if at.Line > 0 {
		physical.Region = newRegion(at, at)
	}
	n.Locations = []sarifLocation{{Physical: physical}}
	return n
}

func newResults(c File, index map[transform.Rule]int) (results []result) {
	fixes := newFixes(c)
	for _, f := range c.Findings {
		r := result{
			RuleID: string(f.Rule), RuleIndex: index[f.Rule], Level: level(f.Kind), Message: text{Text: f.Message},
			Locations:    []sarifLocation{{Physical: physicalLocation{artifact(c.Path, c.Name), newRegion(f.Start, f.End)}}},
			Fingerprints: map[string]string{fingerprintName: fingerprint(slashed(c.Path, c.Name), f)},
		}
		if f.LogicalID != "" {
			r.Locations[0].Logical = []logicalLocation{{f.LogicalID, "resource"}}
		}
		switch f.Kind {
		case KindPassed:
			r.Kind = "pass"
		case transform.KindAccepted:
			r.Suppressions = []suppression{{"inSource", f.Reason}}
		case transform.KindOpen:
			r.Fixes = fixes.of(f)
		}
		results = append(results, r)
	}
	return results
}

// fixes are the changes of a patch by the resource that they are about.
type fixes struct {
	file       artifactLocation
	template   *cfn.Template // nil if there are none
	byResource map[string][]transform.Finding
	shared     []transform.Finding // about what no finding is about, such as a parameter
}

func newFixes(c File) fixes {
	x := fixes{file: artifact(c.Path, c.Name), byResource: map[string][]transform.Finding{}}
	if len(c.Changes) == 0 {
		return x
	}
	t, err := cfn.Parse(c.Source)
	if err != nil {
		return x
	}
	x.template = t
	for _, f := range c.Findings {
		x.byResource[f.LogicalID] = nil
	}
	for _, change := range c.Changes {
		if change.Kind != transform.KindChange {
			continue
		}
		if _, ok := x.byResource[change.LogicalID]; ok {
			x.byResource[change.LogicalID] = append(x.byResource[change.LogicalID], change)
		} else {
			x.shared = append(x.shared, change)
		}
	}
	return x
}

// of returns the fix of a finding: all changes of its resource, which may build
// on each other, and those that resources share.
func (x fixes) of(f transform.Finding) []fix {
	own := x.byResource[f.LogicalID]
	if x.template == nil || len(own)+len(x.shared) == 0 {
		return nil
	}
	var replacements []replacement
	result := transform.Result{Findings: append(append([]transform.Finding{}, own...), x.shared...)}
	for _, e := range result.Edits() {
		replacements = append(replacements, replacement{
			Deleted:  newRegion(x.template.Position(e.Start), x.template.Position(e.End)),
			Inserted: content{e.New},
		})
	}
	return []fix{{
		Description: text{Text: "what imdslock changes for " + f.LogicalID},
		Changes:     []artifactChange{{x.file, replacements}},
	}}
}

// newRegion returns the region between two places, the end exclusive.
func newRegion(start, end cfn.Position) *region {
	if end.Offset < start.Offset || end.Line == 0 {
		end = start
	}
	return &region{start.Line, start.Column, end.Line, end.Column}
}

// artifact names a file by a URI reference: relative as it was named, or a file
// URI (RFC 8089) if the path is absolute.
func artifact(path, name string) artifactLocation {
	path = file(path, name)
	slashed := filepath.ToSlash(filepath.Clean(path))
	if !filepath.IsAbs(path) {
		return artifactLocation{(&url.URL{Path: slashed}).String()}
	}
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/nodes.yaml
	}
	return artifactLocation{(&url.URL{Scheme: "file", Path: slashed}).String()}
}
