// Package hook is the CloudFormation Lambda hook that refuses what is not
// locked: CloudFormation and Cloud Control ask it before they create or update
// a launch template, a launch configuration or a managed node group, or a
// whole stack.
//
// The event and the answer are those of "Create Lambda functions to evaluate
// resources for Lambda Hooks":
// https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks-create-lambda-function.html
package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// A request is what CloudFormation sends. The documentation spells some names in
// two ways, clientRequestToken and clientRequesttoken; case does not matter.
type request struct {
	ClientRequestToken    string      `json:"clientRequestToken"`
	ActionInvocationPoint string      `json:"actionInvocationPoint"` // "CREATE_PRE_PROVISION", …; none for a change set
	RequestData           requestData `json:"requestData"`
}

// requestData says what is to be judged.
type requestData struct {
	TargetName      string `json:"targetName"` // a resource type, "STACK" or "CHANGE_SET"
	TargetType      string `json:"targetType"` // the same, or "RESOURCE" if Cloud Control asks
	TargetLogicalID string `json:"targetLogicalId"`

	// TargetModel is the model of a resource. What is known at this time is
	// resolved in its properties.
	TargetModel struct {
		ResourceProperties json.RawMessage `json:"resourceProperties"`
	} `json:"targetModel"`

	// Payload is, for a stack or a change set, the presigned URL of a JSON
	// object in S3 with the template.
	Payload string `json:"payload"`
}

// The codes of errors.
const (
	nonCompliant    = "NonCompliant"
	internalFailure = "InternalFailure"
)

// A response is what CloudFormation expects.
type response struct {
	HookStatus         string `json:"hookStatus"` // "SUCCESS" or "FAILED"
	ErrorCode          string `json:"errorCode,omitempty"`
	Message            string `json:"message"`
	ClientRequestToken string `json:"clientRequestToken"`

	Annotations []annotation `json:"annotations,omitempty"`
}

// The largest number of characters in a message that CloudFormation and Cloud Control take.
const (
	maxMessage             = 4096
	maxMessageCloudControl = 1024
)

// A Function is the hook.
type Function struct {
	Options transform.Options // what must be locked
	Macro   string            // what the macro is called; "" if there is none
	Client  *http.Client      // for templates in S3; see NewClient
	Log     io.Writer         // for what could not be judged
}

// Answer answers an event.
func (f Function) Answer(ctx context.Context, event []byte) ([]byte, error) {
	var e request
	if err := json.Unmarshal(event, &e); err != nil {
		return failed(e, internalFailure, fmt.Sprintf("the event is not that of a hook: %v", err))
	}
	v, err := f.judge(ctx, e)
	var open *openError
	switch {
	case errors.As(err, &open):
		return failed(e, nonCompliant, open.Error(), v.annotations()...)
	case err != nil:
		return failed(e, internalFailure, err.Error())
	}
	return json.Marshal(response{"SUCCESS", "", v.note, e.ClientRequestToken, v.annotations()})
}

// Fail answers an event with a failure.
func (f Function) Fail(_ context.Context, event []byte, why string) ([]byte, error) {
	var e request
	_ = json.Unmarshal(event, &e) // without a token CloudFormation fails all the same
	return failed(e, internalFailure, why)
}

func failed(e request, code, why string, annotations ...annotation) ([]byte, error) {
	limit := maxMessage
	if e.RequestData.TargetType == "RESOURCE" {
		limit = maxMessageCloudControl
	}
	return json.Marshal(response{"FAILED", code, message.Truncate(why, limit), e.ClientRequestToken, annotations})
}

// An openError says what is not locked.
type openError struct{ what string }

func (e *openError) Error() string { return e.what }

// A verdict says why what an event is about may be deployed, and what was found in
// it.
type verdict struct {
	note     string
	name     string // of the template
	findings []transform.Finding
}

// judge judges what an event is about. The error is an [*openError] if something
// is not locked, and another if that cannot be judged.
func (f Function) judge(ctx context.Context, e request) (verdict, error) {
	if e.ActionInvocationPoint == "DELETE_PRE_PROVISION" {
		return verdict{note: "what is deleted needs no lock"}, nil
	}
	switch target := e.RequestData; {
	case slices.Contains(transform.ResourceTypes(), target.TargetName):
		template, err := oneResource(target)
		if err != nil {
			return verdict{}, err
		}
		return f.check(ctx, template, target.TargetName, f.Options)
	case target.TargetName == "STACK", target.TargetName == "CHANGE_SET":
		template, err := f.download(ctx, target.Payload)
		if err != nil {
			return verdict{}, err
		}
		return f.checkStack(ctx, template)
	case target.TargetName == "":
		return verdict{}, errors.New("the event does not say what to judge: it has no targetName")
	default:
		return verdict{note: target.TargetName + " launches no nodes"}, nil
	}
}

// check returns an [*openError] if [transform.Check] finds something open in a
// template, or cannot read what launches nodes in it.
func (f Function) check(ctx context.Context, template []byte, name string, opts transform.Options) (verdict, error) {
	findings, err := transform.Check(ctx, template, transform.CheckOptions{Options: opts})
	if err != nil {
		return verdict{}, &openError{message.Error(name, err)}
	}
	var lines []string
	for _, finding := range findings {
		if finding.Kind == transform.KindOpen {
			lines = append(lines, fmt.Sprintf("%s: %s %s", name, finding.Rule, message.Line(finding.Message)))
		} else {
			fmt.Fprintf(f.Log, "%s: note: %s\n", name, message.Line(finding.Message))
		}
	}
	v := verdict{"the metadata service is locked", name, findings}
	if len(lines) == 0 {
		return v, nil
	}
	return v, &openError{strings.Join(lines, "\n") + "\nhint: imdslock locks the template" + f.orMacro()}
}

func (f Function) orMacro() string {
	if f.Macro == "" {
		return ""
	}
	return ", as does the macro: Transform: " + f.Macro
}
