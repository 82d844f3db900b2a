package report

import (
	"fmt"

	"github.com/imdslock/imdslock/transform"
)

// An issue is a finding in GitLab's Code Quality report.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type issue struct {
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"` // of no other issue
	Severity    string   `json:"severity"`    // info, minor, major, critical or blocker
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"` // relative to the repository, without "./"
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"`
}

// newIssues lists what is open, notes, and what cannot be read. GitLab shows one
// issue of those with the same fingerprint, so that equal ones are counted.
func newIssues(run Run) []issue {
	issues := []issue{}
	seen, severities := map[string]int{}, run.severities()
	add := func(path, check, description, severity, fingerprint string, line int) {
		seen[fingerprint]++
		if n := seen[fingerprint]; n > 1 {
			fingerprint = hash(fingerprint, fmt.Sprint(n))
		}
		issues = append(issues, issue{description, check, fingerprint, severity, location{path, lines{max(line, 1)}}})
	}
	for _, c := range run.Files {
		path := slashed(c.Path, c.Name)
		for _, f := range c.Findings {
			if f.Kind != transform.KindAccepted && f.Kind != KindPassed {
				add(path, string(f.Rule), f.Message, severity(f.Kind, severities[f.Rule]), fingerprint(path, f), f.Start.Line)
			}
		}
	}
	for _, f := range run.Failures {
		path := slashed(f.Path, f.Name)
		add(path, "unreadable", f.message(), "blocker", hash("unreadable", path), f.place().Line)
	}
	return issues
}

// severity returns how serious a finding is, in GitLab's words, by the bands of CVSS
// where that measures it.
func severity(kind transform.Kind, cvss float64) string {
	switch {
	case kind == KindWarning:
		return "minor"
	case kind != transform.KindOpen:
		return "info"
	case cvss >= 9:
		return "blocker"
	case cvss >= 7:
		return "critical"
	case cvss >= 4, cvss == 0:
		return "major"
	}
	return "minor"
}
