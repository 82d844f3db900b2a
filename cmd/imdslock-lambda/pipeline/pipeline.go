// Package pipeline is the Lambda action of CodePipeline that locks templates on
// their way through a pipeline: it reads the input artifact, a ZIP file in S3,
// locks the templates in it, writes the output artifact, and tells CodePipeline
// how that went.
//
// The event is that of "AWS Lambda invoke action reference":
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html
package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"

	"github.com/aws/aws-lambda-go/events"

	"github.com/imdslock/imdslock/cmd/imdslock-lambda/params"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// A jobEvent is what CodePipeline sends. It has credentials in it, so it is never
// logged.
type jobEvent struct {
	Job struct {
		ID   string `json:"id"`
		Data struct {
			events.CodePipelineData

			// EncryptionKey is the customer managed key of the artifact store, if
			// there is one.
			EncryptionKey struct {
				ID string `json:"id"`
			} `json:"encryptionKey"`
		} `json:"data"`
	} `json:"CodePipeline.job"`
}

// settings are the action's UserParameters, a JSON object: what to lock, as in
// package params, and the names of files in the artifact.
type settings struct {
	templates     []string // Templates
	configuration string   // TemplateConfiguration; "" for none
	options       transform.Options
}

// A Function is the action.
type Function struct {
	Options transform.Options // what to lock if UserParameters do not say
	AWS     AWS
	Log     io.Writer // for what could not be judged
}

// A configurationError is a mistake in how the action is set up.
type configurationError struct{ error }

// nothing is the answer to Lambda: CodePipeline is told the result by a call of its API.
var nothing = []byte("null")

// Answer does a job and tells CodePipeline the result. It returns an error if telling
// failed. Lambda then tries again, which does no harm.
func (f Function) Answer(ctx context.Context, event []byte) ([]byte, error) {
	var e jobEvent
	if err := json.Unmarshal(event, &e); err != nil || e.Job.ID == "" {
		return nil, errors.New("the event is not that of CodePipeline: it has no CodePipeline.job")
	}
	variables, err := f.do(ctx, e)
	var setup configurationError
	switch {
	case errors.As(err, &setup):
		return nothing, f.AWS.fail(ctx, e.Job.ID, configuration, err.Error())
	case err != nil:
		return nothing, f.AWS.fail(ctx, e.Job.ID, jobFailed, err.Error())
	}
	return nothing, f.AWS.succeed(ctx, e.Job.ID, variables)
}

// Fail tells CodePipeline that a job failed.
func (f Function) Fail(ctx context.Context, event []byte, why string) ([]byte, error) {
	var e jobEvent
	if err := json.Unmarshal(event, &e); err != nil || e.Job.ID == "" {
		return nil, errors.New(why)
	}
	return nothing, f.AWS.fail(ctx, e.Job.ID, jobFailed, why)
}

// do makes the output artifact and returns the parameters that a deployment has
// to pass.
func (f Function) do(ctx context.Context, e jobEvent) (map[string]string, error) {
	data := e.Job.Data
	set, err := f.settings(data.ActionConfiguration.Configuration.UserParameters)
	if err != nil {
		return nil, configurationError{err}
	}
	if len(data.InputArtifacts) != 1 || len(data.OutPutArtifacts) != 1 {
		return nil, configurationError{fmt.Errorf("the action has %d input artifacts and %d output artifacts: it needs one of each",
			len(data.InputArtifacts), len(data.OutPutArtifacts))}
	}
	bucket := f.AWS.bucket(data.ArtifactCredentials)
	input, err := bucket.read(ctx, data.InputArtifacts[0].Location.S3Location)
	if err != nil {
		return nil, err
	}
	output, variables, err := f.lock(ctx, input, set)
	if err != nil {
		return nil, err
	}
	return variables, bucket.write(ctx, data.OutPutArtifacts[0].Location.S3Location, output, data.EncryptionKey.ID)
}

// settings reads the UserParameters of an action.
func (f Function) settings(userParameters string) (settings, error) {
	const example = `want {"Templates": "nodegroup.yaml"}`
	values, err := params.Parse([]byte(userParameters))
	if err != nil {
		return settings{}, fmt.Errorf("UserParameters: %w: %s", err, example)
	}
	set := settings{templates: values["Templates"]}
	if names := values["TemplateConfiguration"]; len(names) > 1 {
		return settings{}, fmt.Errorf("UserParameters: parameter TemplateConfiguration: must be one file, not %d", len(names))
	} else if len(names) == 1 {
		set.configuration = names[0]
	}
	if len(set.templates) == 0 {
		return settings{}, errors.New("UserParameters name no template: " + example)
	}
	for _, name := range append(slices.Clone(set.templates), set.configuration) {
		if name != "" && (name != path.Clean(name) || !localName(name)) {
			return settings{}, fmt.Errorf("UserParameters: %q is not the name of a file in the artifact", name)
		}
	}
	if slices.Contains(set.templates, set.configuration) {
		return settings{}, fmt.Errorf("UserParameters: %s cannot be the template and its configuration", set.configuration)
	}
	delete(values, "Templates")
	delete(values, "TemplateConfiguration")
	if set.options, err = values.Options(f.Options); err != nil {
		return settings{}, fmt.Errorf("UserParameters: %w", err)
	}
	return set, nil
}

// lock returns an artifact with its templates locked, and the parameters that a
// deployment has to pass.
func (f Function) lock(ctx context.Context, input []byte, set settings) ([]byte, map[string]string, error) {
	a, err := openArtifact(input)
	if err != nil {
		return nil, nil, err
	}
	values, decidedBy := map[string]string{}, map[string]string{} // by parameter: its value, and a template that needs it
	for _, name := range set.templates {
		template, err := a.read(name)
		if err != nil {
			return nil, nil, err
		}
		result, err := transform.Patch(ctx, template, set.options)
		if err != nil {
			return nil, nil, errors.New(message.Error(name, err))
		}
		fmt.Fprint(f.Log, message.Notes(name, result.Findings))
		a.replace(name, result.Output)
		for _, parameter := range slices.Sorted(maps.Keys(result.Parameters)) {
			value := result.Parameters[parameter]
			if other, ok := values[parameter]; ok && other != value {
				return nil, nil, configurationError{fmt.Errorf("%s needs parameter %s to be %q, and %s needs %q: lock them in two actions",
					decidedBy[parameter], parameter, other, name, value)}
			}
			values[parameter], decidedBy[parameter] = value, name
		}
	}
	if set.configuration != "" {
		if err := a.configure(set.configuration, values); err != nil {
			return nil, nil, err
		}
	}
	output, err := a.bytes()
	return output, values, err
}
