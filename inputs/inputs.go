// Package inputs says what a file is, and judges and locks what is in it: a
// template, an answer of the AWS CLI that has one, a list of what runs, or a
// ClusterConfig of eksctl. The messages name what people know: the constructs of the
// CDK and the marks of sources that templates are rendered from.
package inputs

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/imdslock/imdslock/inputs/answer"
	"github.com/imdslock/imdslock/inputs/cdk"
	"github.com/imdslock/imdslock/inputs/eksctl"
	"github.com/imdslock/imdslock/inputs/fleet"
	"github.com/imdslock/imdslock/inputs/render"
	"github.com/imdslock/imdslock/inputs/root"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// Marks returns words by which an input of a kind other than a template is
// recognised. They include the beginning of an error message of the AWS CLI, so that
// an answer with an error is not taken for a file with nothing to lock.
func Marks() []string {
	return []string{"TemplateBody", "LaunchTemplateVersions", "LaunchConfigurations", "Reservations", eksctl.Mark, "An error occurred ("}
}

// MayMark returns words. Every text that may be a list of what runs, as "aws ec2
// describe-instances --query" prints it, has at least one of them. Other texts may
// have them too; [Running] tells them apart.
func MayMark() []string { return fleet.Marks() }

// Running reports whether a file lists what runs, and whether it cannot be read and
// so may list it. For the source of a template both are false.
func Running(input []byte) (has, unreadable bool) {
	d, err := root.Parse(input)
	var at *cfn.Error
	if errors.As(err, &at) {
		return false, !at.NotTemplate && !render.IsSource(string(input))
	}
	return fleet.Read(d) != nil, false
}

// A document is what a file has in it: a template, or another kind of input. The places
// of its findings and errors are those in the file.
type document struct {
	template  []byte // what a patch starts from: the template in the file
	isRunning bool   // it has what runs, and no template
	check     func(context.Context, transform.CheckOptions) ([]transform.Finding, error)
	patch     func(context.Context, transform.Options) (transform.Result, error)
}

// read asks the kinds of inputs in turn whether a file is theirs.
func read(input []byte) (document, error) {
	isMarked := func(mark string) bool { return bytes.Contains(input, []byte(mark)) }
	if !slices.ContainsFunc(slices.Concat(Marks(), MayMark()), isMarked) && !isMarked(`"Error"`) && !isMarked("__type") {
		return templateOf(input), nil
	}
	if isMarked(eksctl.Mark) {
		switch config, err := eksctl.Read(input); {
		case err != nil:
			return document{}, err
		case config != nil:
			return document{template: input, check: config.Check, patch: config.Patch}, nil
		}
	}
	d, err := root.Parse(input)
	if err != nil {
		return templateOf(input), nil // which returns the error
	}
	if found := fleet.Read(d); found != nil {
		return document{template: input, isRunning: true, check: found.Check, patch: func(context.Context, transform.Options) (transform.Result, error) {
			return transform.Result{}, found.Patch()
		}}, nil
	}
	t := d.Template()
	if t == nil {
		return templateOf(input), nil
	}
	switch a, err := answer.Read(t); {
	case err != nil:
		return document{}, err
	case a != nil:
		return document{template: a.Template, check: a.Check, patch: a.Patch}, nil
	}
	return templateOf(input), nil
}

// templateOf returns the document of a template, whose messages name the constructs
// of the CDK that made its resources.
func templateOf(input []byte) document {
	return document{
		template: input,
		check: func(ctx context.Context, opts transform.CheckOptions) ([]transform.Finding, error) {
			findings, err := transform.Check(ctx, input, opts)
			return inConstructs(input, findings), inConstruct(input, err)
		},
		patch: func(ctx context.Context, opts transform.Options) (transform.Result, error) {
			result, err := transform.Patch(ctx, input, opts)
			result.Findings = inConstructs(input, result.Findings)
			return result, inConstruct(input, err)
		},
	}
}

// inConstructs adds the constructs to the messages of findings.
func inConstructs(input []byte, findings []transform.Finding) []transform.Finding {
	if len(findings) == 0 {
		return findings
	}
	paths := constructs(input)
	for i, f := range findings {
		if path := paths[f.LogicalID]; path != "" {
			findings[i].Message += ", in the construct " + path
		}
	}
	return findings
}

// inConstruct adds the construct to the message of an error.
func inConstruct(input []byte, err error) error {
	var cannot *transform.CannotLock
	if !errors.As(err, &cannot) {
		return err
	}
	path := constructs(input)[cannot.LogicalID]
	if path == "" {
		return err
	}
	cause := *cannot.Cause
	cause.Message += ", in the construct " + path
	return &transform.CannotLock{LogicalID: cannot.LogicalID, Property: cannot.Property, Cause: &cause}
}

// constructs returns the paths of the constructs that made the resources of a
// template, by logical ID.
func constructs(input []byte) map[string]string {
	if !bytes.Contains(input, []byte("aws:cdk:path")) {
		return nil
	}
	t, err := cfn.Parse(input)
	if err != nil {
		return nil
	}
	return cdk.Constructs(t)
}

// Check judges what a file has; see [transform.Check].
func Check(ctx context.Context, input []byte, opts transform.CheckOptions) ([]transform.Finding, error) {
	d, err := read(input)
	if err != nil {
		return nil, err
	}
	findings, err := d.check(ctx, opts)
	return render.ExplainFindings(string(input), findings), render.Explain(string(input), err)
}

// Patch locks what a file has; see [transform.Patch]. Before is what the result must be
// compared with: the template in an answer, or the input.
func Patch(ctx context.Context, input []byte, opts transform.Options) (before []byte, result transform.Result, err error) {
	d, err := read(input)
	if err != nil {
		return nil, result, err
	}
	result, err = d.patch(ctx, opts)
	return d.template, result, render.Explain(string(input), err)
}

// HasParameter returns a function that reports whether the template in a file has
// a parameter. A file that cannot be read has all.
func HasParameter(input []byte) func(name string) bool {
	d, err := read(input)
	var t *cfn.Template
	if err == nil && !d.isRunning {
		t, err = cfn.Parse(d.template)
	}
	return func(name string) bool { return err != nil || t != nil && t.Root().Get("Parameters", name) != nil }
}
