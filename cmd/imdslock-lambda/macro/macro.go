// Package macro is the CloudFormation macro that locks a template while it is
// deployed: with "Transform: IMDSLock" in a template, CloudFormation sends the
// template here before it makes anything of it, and goes on with the answer.
//
// The event and the answer are those of "Create a CloudFormation macro
// definition":
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html
package macro

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/cmd/imdslock-lambda/params"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// fragment is what messages call the template. Lines and columns are those of
// the JSON text that CloudFormation makes of it.
const fragment = "fragment"

// A request is what CloudFormation sends.
type request struct {
	RequestID string          `json:"requestId"`
	Fragment  json.RawMessage `json:"fragment"` // the template in JSON, without its Transform section
	Params    json.RawMessage `json:"params"`   // the parameters beside the macro's name; see package params

	// TemplateParameterValues are the values of the stack's parameters.
	TemplateParameterValues map[string]json.RawMessage `json:"templateParameterValues"`
}

// The values of an answer's status. CloudFormation takes any other than success for
// a failure.
const (
	success = "success"
	failure = "failure"
)

// A response is what CloudFormation expects.
type response struct {
	RequestID    string
	Status       string          // success or failure
	Fragment     json.RawMessage // of a success: the locked template
	ErrorMessage string          // of a failure: shown among the stack's events
}

// bytes returns the answer in JSON. The fragment in it stays byte for byte, as it
// would not with [json.Marshal].
func (a response) bytes() []byte {
	// Strings can always be marshalled.
	id, _ := json.Marshal(a.RequestID)
	if a.Status == success {
		return fmt.Appendf(nil, `{"requestId":%s,"status":"success","fragment":%s}`, id, a.Fragment)
	}
	text, _ := json.Marshal(a.ErrorMessage)
	return fmt.Appendf(nil, `{"requestId":%s,"status":"failure","errorMessage":%s}`, id, text)
}

// A Function is the macro.
type Function struct {
	Options transform.Options // what to lock if the event's params do not say
	Log     io.Writer         // for what could not be judged
}

// Answer answers an event.
func (f Function) Answer(ctx context.Context, event []byte) ([]byte, error) {
	var e request
	if err := json.Unmarshal(event, &e); err != nil {
		return fail(e.RequestID, fmt.Sprintf("the event is not that of a macro: %v", err)), nil
	}
	if len(e.Fragment) == 0 {
		return fail(e.RequestID, "the event is not that of a macro: it has no fragment"), nil
	}
	locked, err := f.lock(ctx, e)
	if err != nil {
		return fail(e.RequestID, message.Error(fragment, err)), nil
	}
	return response{RequestID: e.RequestID, Status: success, Fragment: locked}.bytes(), nil
}

// Fail answers an event with a failure.
func (f Function) Fail(_ context.Context, event []byte, why string) ([]byte, error) {
	var e struct{ RequestID string }
	_ = json.Unmarshal(event, &e) // without an id CloudFormation fails all the same
	return fail(e.RequestID, why), nil
}

func fail(id, why string) []byte {
	return response{RequestID: id, Status: failure, ErrorMessage: why}.bytes()
}

// lock returns the locked template.
func (f Function) lock(ctx context.Context, e request) ([]byte, error) {
	given, err := params.Parse(e.Params)
	if err != nil {
		return nil, err
	}
	opts, err := given.Options(f.Options)
	if err != nil {
		return nil, err
	}
	if len(e.Fragment) > cfn.MaxTemplate {
		return nil, fmt.Errorf("the template has %d bytes in JSON: CloudFormation takes %d", len(e.Fragment), cfn.MaxTemplate)
	}
	result, err := transform.Patch(ctx, e.Fragment, opts)
	if err != nil {
		return nil, cmp.Or(wholeTemplate(e.Fragment), err)
	}
	if len(result.Output) > cfn.MaxTemplate {
		return nil, fmt.Errorf("the template has %d bytes in JSON when it is locked: CloudFormation takes %d", len(result.Output), cfn.MaxTemplate)
	}
	if err := deployable(result, opts, e.TemplateParameterValues); err != nil {
		return nil, err
	}
	fmt.Fprint(f.Log, message.Notes(fragment, result.Findings))
	return result.Output, nil
}

// wholeTemplate returns an error if the macro was not given a whole template: it is
// called by an Fn::Transform somewhere within, and sees only what is beside that.
func wholeTemplate(template json.RawMessage) error {
	var sections map[string]json.RawMessage
	if err := json.Unmarshal(template, &sections); err == nil && sections["Resources"] != nil {
		return nil
	}
	return errors.New("the macro is given a part of a template: it belongs in the Transform section, or in an Fn::Transform at the top of the template")
}

// deployable returns an error if a parameter of the stack has a value that the
// locked template does not allow. For every value that it allows, Patch has made
// sure that IMDSv1 is off; but CloudFormation evaluated the parameters before the
// call, against the template as it was, and new AllowedValues, or a new default, may
// come too late for them.
func deployable(result transform.Result, opts transform.Options, given map[string]json.RawMessage) error {
	if opts.IMDSv1 != transform.IMDSv1Lock && opts.IMDSv1 != transform.IMDSv1Default {
		return nil // no parameter decides
	}
	for _, name := range slices.Sorted(maps.Keys(result.Parameters)) {
		want := result.Parameters[name]
		hint := fmt.Sprintf("\nhint: pass %s=%s to the stack, or give the macro the parameter IMDSv1: literal", name, want)
		if given[name] == nil {
			return fmt.Errorf("parameter %s must be %q, and CloudFormation does not say what it is%s", name, want, hint)
		}
		texts, err := params.Texts(given[name])
		if err != nil {
			return fmt.Errorf("value of parameter %s: %w", name, err)
		}
		if value := strings.Join(texts, ","); value != want {
			return fmt.Errorf("parameter %s is %q, which leaves IMDSv1 open%s", name, value, hint)
		}
	}
	return nil
}
