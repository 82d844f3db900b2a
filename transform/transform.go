// Package transform locks the EC2 instance metadata service in a
// CloudFormation template that launches EKS nodes.
//
// [Patch] decides first, then does: rules read the parsed template and return
// [Finding]s with the edits that they want; all edits are made at once, and
// the result is parsed and evaluated again before anybody sees it. Bytes
// outside the edits are the input's.
package transform

import (
	"errors"
	"fmt"
	"slices"

	"imdslock/transform/cfn"
	"imdslock/transform/cfn/edit"
)

// IMDSv1 says what to do about IMDSv1, the metadata service without tokens.
type IMDSv1 string

// The ways to lock IMDSv1. The zero value is IMDSv1Keep.
const (
	// IMDSv1Keep leaves HttpTokens alone.
	IMDSv1Keep IMDSv1 = "keep"
	// IMDSv1Lock keeps a Fn::If and allows the parameter behind it only the
	// value that means required. Where no one parameter is behind HttpTokens,
	// or where it serves other resources too, it is as IMDSv1Literal.
	IMDSv1Lock IMDSv1 = "lock"
	// IMDSv1Default changes the default of that parameter alone. The stack's
	// previous value wins over it at an update.
	IMDSv1Default IMDSv1 = "default"
	// IMDSv1Literal writes HttpTokens: required, and sets the default too.
	IMDSv1Literal IMDSv1 = "literal"
)

// IPTables says which iptables commands to put into the user data.
type IPTables string

// The choices of commands. The zero value is IPTablesOff. IPTablesAuto is
// IPTablesAWS where the user data can take it and has no strict block; with IPTablesAWS and
// IPTablesStrict it is a [*CannotLock] where it cannot.
const (
	IPTablesOff    IPTables = "off"
	IPTablesAuto   IPTables = "auto"
	IPTablesAWS    IPTables = "aws"
	IPTablesStrict IPTables = "strict"
)

// OS is what nodes run.
type OS string

// The operating systems. OSUnknown is the zero value.
const (
	OSUnknown      OS = ""
	OSLinux        OS = "linux"
	OSWindows      OS = "windows"
	OSBottlerocket OS = "bottlerocket"
)

// Options say what to lock. The zero value changes nothing.
type Options struct {
	// HopLimit is the HttpPutResponseHopLimit to set, 1 to 64. 0 leaves it.
	HopLimit int
	IMDSv1   IMDSv1
	IPTables IPTables
	// BranchENI adds the rule for pods with branch network interfaces.
	BranchENI bool
	// Resources are the logical ids of the launch templates and launch
	// configurations to lock. None means all.
	Resources []string
	// OS is what the nodes run, where the template does not tell.
	OS OS
}

// Defaults returns what the command does without options.
func Defaults() Options {
	return Options{HopLimit: 1, IMDSv1: IMDSv1Lock, IPTables: IPTablesAuto, BranchENI: true}
}

func (o Options) keepsIMDSv1() bool { return o.IMDSv1 == IMDSv1Keep || o.IMDSv1 == "" }

// validate is an error where a field has a value that is none of those above.
func (o Options) validate() error {
	switch {
	case o.HopLimit < 0 || o.HopLimit > maxHopLimit:
		return fmt.Errorf("hop limit %d: want 1 to %d, or 0 to leave it", o.HopLimit, maxHopLimit)
	case !slices.Contains([]IMDSv1{"", IMDSv1Keep, IMDSv1Lock, IMDSv1Default, IMDSv1Literal}, o.IMDSv1):
		return fmt.Errorf("there is no way %q to turn IMDSv1 off", o.IMDSv1)
	case !slices.Contains([]IPTables{"", IPTablesOff, IPTablesAuto, IPTablesAWS, IPTablesStrict}, o.IPTables):
		return fmt.Errorf("there are no iptables commands %q", o.IPTables)
	case !slices.Contains([]OS{OSUnknown, OSLinux, OSWindows, OSBottlerocket}, o.OS):
		return fmt.Errorf("there is no operating system %q", o.OS)
	}
	return nil
}

// maxHopLimit is the largest HttpPutResponseHopLimit ("InstanceMetadataOptionsRequest"
// in the Amazon EC2 API Reference).
const maxHopLimit = 64

// applies reports whether the options are about a resource.
func (o Options) applies(logicalID string) bool {
	return len(o.Resources) == 0 || slices.Contains(o.Resources, logicalID)
}

// A Finding is something at one place of a template that a rule has to say.
// Of [Patch], with Edits it is a change; without, a note on what was left alone
// and why. Of [Check], where Open is set it is something not locked, else a note
// on what cannot be judged.
type Finding struct {
	Rule      Rule
	LogicalID string // of the resource or parameter
	Position  cfn.Position
	Message   string
	Edits     []edit.Edit
	Open      bool
}

// IsNote reports whether nothing is changed for the finding.
func (f Finding) IsNote() bool { return len(f.Edits) == 0 }

// A Result is a patched template.
type Result struct {
	Output   []byte    // equal to the input where nothing had to change
	Findings []Finding // in the order of the launch templates and the rules

	// Parameters are those on which IMDSv1 depends, with the value that a
	// deployment has to pass.
	Parameters map[string]string
}

// Edits returns the edits of all findings, sorted by place. Several at one
// place are in the order of the findings: first what belongs to an inner
// mapping, then what belongs to the one around it.
func (r Result) Edits() []edit.Edit {
	var edits []edit.Edit
	for _, f := range r.Findings {
		edits = append(edits, f.Edits...)
	}
	return edit.Sorted(edits)
}

// Changed reports whether the output differs from the input.
func (r Result) Changed() bool {
	for _, f := range r.Findings {
		if !f.IsNote() {
			return true
		}
	}
	return false
}

// CannotLock is the error for a template that is one, but that cannot be
// locked as asked.
type CannotLock struct {
	LogicalID string
	Property  string     // its property that cannot be, such as "UserData"
	Cause     *cfn.Error // with the place and a hint
}

// Error returns "LINE:COL: LogicalID: what is wrong".
func (e *CannotLock) Error() string {
	return fmt.Sprintf("%v: %s: %s", e.Cause.Position, e.LogicalID, e.Cause.Message)
}

// Unwrap returns the cause.
func (e *CannotLock) Unwrap() error { return e.Cause }

// Patch locks the template in src. The error is a [*CannotLock], a [*cfn.Error]
// where src is no template, or another where an option is none; then there is
// no result.
func Patch(src []byte, opts Options) (Result, error) {
	if err := opts.validate(); err != nil {
		return Result{}, err
	}
	t, err := cfn.Parse(src)
	if err != nil {
		return Result{}, err
	}
	p, err := plan(t, opts)
	if err != nil {
		return Result{}, err
	}
	r := Result{Output: src, Findings: p.findings, Parameters: p.locks}
	if !r.Changed() {
		if err := p.verify(t); err != nil {
			return Result{}, err
		}
		return r, nil
	}
	r.Output, err = edit.Apply(src, r.Edits())
	if err != nil {
		return Result{}, fmt.Errorf("making the edits: %w", err)
	}
	locked, err := cfn.Parse(r.Output)
	if err != nil {
		return Result{}, fmt.Errorf("reading the result: %w", err)
	}
	if err := p.verify(locked); err != nil {
		return Result{}, inInput(t, r.Edits(), err)
	}
	return r, nil
}

// inInput gives an error about a result its place in the input.
func inInput(t *cfn.Template, edits []edit.Edit, err error) error {
	var cannot *CannotLock
	if !errors.As(err, &cannot) {
		return err
	}
	at := cannot.Cause.Offset
	for _, e := range edits {
		if at < e.Start {
			break
		}
		at = max(at+e.End-e.Start-len(e.New), e.Start)
	}
	cause := *cannot.Cause
	cause.Position = t.Position(min(at, len(t.Source())))
	return &CannotLock{cannot.LogicalID, cannot.Property, &cause}
}
