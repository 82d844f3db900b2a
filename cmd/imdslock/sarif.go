package main

import (
	"io"
	"net/url"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"imdslock/transform"
)

// printSARIF writes findings in SARIF 2.1.0, as code scanning reads it.
func printSARIF(results []checked, stdout io.Writer) error {
	language := "en-US"
	report, err := sarif.New(sarif.Version210)
	if err != nil {
		return err
	}
	run := sarif.NewRun(sarif.Tool{Driver: &sarif.ToolComponent{Name: "imdslock", Language: &language}}).
		WithLanguage(language).
		WithColumnKind("unicodeCodePoints").
		WithNewlineSequences([]string{"\r\n", "\n"})
	for _, d := range transform.Rules() {
		level := "error"
		if d.Note {
			level = "note"
		}
		run.AddRule(string(d.Rule)).
			WithShortDescription(sarif.NewMultiformatMessageString(d.Title)).
			WithFullDescription(sarif.NewMultiformatMessageString(d.Why)).
			WithHelp(sarif.NewMultiformatMessageString(d.Fix)).
			WithHelpURI(d.Source).
			WithDefaultConfiguration(&sarif.ReportingConfiguration{Level: level})
	}
	for _, c := range results {
		for _, f := range c.findings {
			run.CreateResultForRule(string(f.Rule)).
				WithLevel(level(f)).
				WithMessage(sarif.NewTextMessage(f.Message)).
				WithLocations([]*sarif.Location{location(c.file(), f)})
		}
	}
	report.AddRun(run)
	return writeJSON(report, stdout)
}

// location is the place of a finding, with its logical id.
func location(name string, f transform.Finding) *sarif.Location {
	uri := url.URL{Path: filepath.ToSlash(name)}
	physical := sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri.String())).
		WithRegion(sarif.NewRegion().WithStartLine(f.Start.Line).WithStartColumn(f.Start.Column))
	return sarif.NewLocationWithPhysicalLocation(physical).
		WithLogicalLocations([]*sarif.LogicalLocation{sarif.NewLogicalLocation().WithName(f.LogicalID).WithKind("resource")})
}
