// Package engine answers the page: what is not locked in a text, what imdslock
// makes of it, and who reads the node's credentials before and after. It judges
// and locks as the command does, and answers in the form that an editor needs.
package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// An Answer is what the page shows about a text.
type Answer struct {
	// Output is the result, nil if there is none, and Before what it differs
	// from, which is the text or the template in it.
	Output []byte `json:"-"`
	Before []byte `json:"-"`
	// IsWithin is set if Before is a template in the text.
	IsWithin bool `json:"isWithin"`

	Findings []Finding `json:"findings"` // what check says of the text
	Changes  []Finding `json:"changes"`  // what a patch does and leaves
	Left     []Finding `json:"left"`     // what check says of the result
	// Parameters are those that a deployment must pass, as for aws cloudformation
	// deploy --parameter-overrides.
	Parameters map[string]string `json:"parameters"`

	Invalid *Problem `json:"invalid"` // why the text cannot be judged
	Refused *Problem `json:"refused"` // why it cannot be locked as asked

	Diff  string `json:"diff"`  // unified, as the command prints it
	SARIF string `json:"sarif"` // of check

	Now  *Readers `json:"now"`  // of the text; nil if it cannot be judged
	Then *Readers `json:"then"` // of the result
}

// A Finding is a finding of package transform, with its places as the editor counts them.
type Finding struct {
	Rule      string `json:"rule"`
	Kind      string `json:"kind"` // change, open, note or accepted
	LogicalID string `json:"logicalId"`
	Message   string `json:"message"`
	Reason    string `json:"reason"`
	At        string `json:"at"` // LINE:COL, as the command prints it
	Start     Place  `json:"start"`
	End       Place  `json:"end"`
}

// A Problem is an error, at a place of the text if it has one.
type Problem struct {
	Message string `json:"message"`
	Hint    string `json:"hint"`
	At      string `json:"at"`
	Place   *Place `json:"place"`
}

// Run answers for the text of a file. It never panics, since nothing else on the page
// could say what happened.
func Run(ctx context.Context, name string, input []byte, o Options) (a Answer) {
	defer func() {
		if p := recover(); p != nil {
			a = Answer{Invalid: &Problem{Message: fmt.Sprintf("the engine failed, which is a defect: %v\n%s", p, debug.Stack())}}
		}
	}()
	opts, err := o.read()
	if err != nil {
		return Answer{Invalid: &Problem{Message: err.Error()}}
	}
	text := newText(input)
	if name := o.missing(input); name != "" {
		return Answer{Invalid: &Problem{Message: "--parameter " + name + ": the template does not have it"}}
	}
	findings, err := inputs.Check(ctx, input, o.check(opts))
	if err != nil {
		return Answer{Invalid: text.problem(err)}
	}
	a.Findings, a.Now = text.findings(findings), read(ctx, input)
	file := report.File{Name: name, Path: name, Source: input, Findings: findings}
	before, result, err := inputs.Patch(ctx, input, opts)
	if err != nil {
		a.Refused = text.problem(err)
	} else {
		a.Output, a.Before, a.Parameters = result.Output, before, result.Parameters
		a.IsWithin = !bytes.Equal(before, input)
		file.Changes = result.Findings
		a.Changes = text.findings(result.Findings)
		a.see(ctx, name, result, o.check(opts))
	}
	a.SARIF, err = newSARIF(file)
	if err != nil {
		a.Refused = text.problem(err)
	}
	return a
}

// see adds what check says about the result.
func (a *Answer) see(ctx context.Context, name string, result transform.Result, opts transform.CheckOptions) {
	if !result.Changed() {
		a.Left, a.Then = a.Findings, a.Now
		return
	}
	a.Diff = report.UnifiedDiff(name, a.Before, a.Output, false)
	left, err := inputs.Check(ctx, a.Output, opts)
	if err == nil {
		a.Left, a.Then = newText(a.Output).findings(left), read(ctx, a.Output)
	}
}

// newSARIF returns the log of one text.
func newSARIF(f report.File) (string, error) {
	var b strings.Builder
	err := report.WriteSARIF(&b, report.Run{Version: version(), Files: []report.File{f}})
	return b.String(), err
}

// version returns the version of the page's build.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}

// findings returns findings in the form of the page.
func (t *text) findings(all []transform.Finding) []Finding {
	found := []Finding{}
	for _, f := range all {
		found = append(found, Finding{
			Rule: string(f.Rule), Kind: string(f.Kind), LogicalID: f.LogicalID, Message: strings.TrimPrefix(f.Message, f.LogicalID+": "), Reason: f.Reason,
			At: f.Start.String(), Start: t.place(f.Start.Offset), End: t.place(max(f.End.Offset, f.Start.Offset)),
		})
	}
	return found
}

// problem returns an error in the form of the page.
func (t *text) problem(err error) *Problem {
	var at *cfn.Error
	if !errors.As(err, &at) {
		message, hint, _ := strings.Cut(err.Error(), "\nhint: ")
		return &Problem{Message: message, Hint: hint}
	}
	p := &Problem{Message: at.Message, Hint: at.Hint}
	var cannot *transform.CannotLock
	if errors.As(err, &cannot) && cannot.LogicalID != "" {
		p.Message = cannot.LogicalID + ": " + strings.TrimPrefix(p.Message, cannot.LogicalID+": ")
	}
	if at.Position.Line > 0 {
		place := t.place(at.Position.Offset)
		p.Place, p.At = &place, at.Position.String()
	}
	return p
}
