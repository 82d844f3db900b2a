package transform

import (
	"fmt"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// Kind says what a [Finding] is.
type Kind string

// The kinds of findings. [Patch] returns changes and notes, what stays open
// because nothing in the template can lock it, and what is left because it was
// accepted; [Check] returns what is open or accepted, and notes.
const (
	KindChange Kind = "change" // Edits lock it
	KindOpen   Kind = "open"   // it is not locked
	KindNote   Kind = "note"   // it is left alone or cannot be judged, and why

	// KindAccepted is what is open and was accepted by a person: Reason says why.
	KindAccepted Kind = "accepted"
)

// A Finding is what a rule says about one place of a template.
type Finding struct {
	Rule       Rule
	Kind       Kind
	LogicalID  string       // of the resource or parameter
	Start, End cfn.Position // of what it is about; End is exclusive
	Message    string
	Edits      []edit.Edit // of a change
	Reason     string      // of what is accepted
}

// A Result is a patched template.
type Result struct {
	Output   []byte    // equal to the input if nothing had to change
	Findings []Finding // in the order of the resources and the rules

	// Parameters are those on which IMDSv1 depends, with the value that a
	// deployment must pass.
	Parameters map[string]string
}

// Edits returns the edits of all findings, as [edit.Sorted] sorts them.
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
		if f.Kind == KindChange {
			return true
		}
	}
	return false
}

// CannotLock is the error for a template that cannot be locked as asked.
type CannotLock struct {
	LogicalID string
	Property  string     // its property at fault, such as "UserData"
	Cause     *cfn.Error // with the place and a hint
}

// Error returns "LINE:COL: LogicalID: what is wrong".
func (e *CannotLock) Error() string {
	return fmt.Sprintf("%v: %s: %s", e.Cause.Position, e.LogicalID, e.Cause.Message)
}

// Unwrap returns the cause.
func (e *CannotLock) Unwrap() error { return e.Cause }

// cannotLock makes the error for a property that cannot be locked.
func cannotLock(t *cfn.Template, id, property string, at int, hint, format string, args ...any) error {
	e := t.Errorf(at, format, args...)
	e.Hint = hint
	return &CannotLock{LogicalID: id, Property: property, Cause: e}
}

// cannotEdit turns an error of an edit into one of a resource.
func cannotEdit(id, property string, err error) error {
	if e, ok := err.(*cfn.Error); ok {
		return &CannotLock{LogicalID: id, Property: property, Cause: e}
	}
	return fmt.Errorf("%s: %s: %w", id, property, err)
}
