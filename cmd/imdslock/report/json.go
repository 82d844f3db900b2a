package report

import "github.com/imdslock/imdslock/transform"

// A document is the output of --format json.
type document struct {
	Findings []finding `json:"findings"`
	Errors   []failure `json:"errors,omitempty"`
}

// A finding of a document. Lines and columns count from 1, columns in
// characters; the end is exclusive.
type finding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Rule      string `json:"rule"`
	Level     string `json:"level"` // "error"; "note" for what cannot be judged; "accepted"
	LogicalID string `json:"logicalId"`
	Message   string `json:"message"`
	Reason    string `json:"reason,omitempty"` // of what is accepted
}

// A failure is a file that cannot be judged. Line and column are missing if it
// cannot be read at all.
type failure struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

func newDocument(run Run) document {
	d := document{Findings: []finding{}}
	for _, c := range run.Files {
		for _, f := range c.Findings {
			level := "note"
			switch f.Kind {
			case transform.KindOpen:
				level = "error"
			case transform.KindAccepted:
				level = "accepted"
			}
			d.Findings = append(d.Findings, finding{
				File: file(c.Path, c.Name),
				Line: f.Start.Line, Column: f.Start.Column, EndLine: f.End.Line, EndColumn: f.End.Column,
				Rule: string(f.Rule), Level: level, LogicalID: f.LogicalID, Message: f.Message, Reason: f.Reason,
			})
		}
	}
	for _, f := range run.Failures {
		at := f.place()
		d.Errors = append(d.Errors, failure{file(f.Path, f.Name), at.Line, at.Column, f.message()})
	}
	return d
}
