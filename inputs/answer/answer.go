// Package answer reads what the AWS CLI answers about stacks: the template in the
// output of "aws cloudformation get-template" and "describe-stack-set", and the
// parameters in that of "describe-stacks" and in the files that other tools read.
//
// An answer is JSON, or YAML where the CLI was asked for that. Its template is
// the value of TemplateBody, as an object or as a text. It is judged where it
// is: the places of findings and errors are those in the answer. A patch returns
// only the locked template, ready for "aws cloudformation update-stack", since AWS
// takes no answer back ("GetTemplate" and "DescribeStackSet" in the AWS
// CloudFormation API Reference).
package answer

import (
	"context"
	"errors"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// An Answer is an answer that has a template in it.
type Answer struct {
	// Template is the template: the bytes of the object, or the text.
	Template []byte

	t     *cfn.Template
	place func(offset int) int // the offset in the answer of an offset in Template
}

// Read finds the template in an answer. It returns nil if t is something else: it
// has Resources, or no TemplateBody. The error is a [*cfn.Error] if the answer
// reports an error, or has no template in TemplateBody.
func Read(t *cfn.Template) (*Answer, error) {
	if t.Root().Get("Resources") != nil {
		return nil, nil
	}
	if err := refused(t); err != nil {
		return nil, err
	}
	body := t.Root().Get("TemplateBody")
	if set := t.Root().Get("StackSet"); body == nil && set != nil {
		if body = set.Get("TemplateBody"); body == nil && set.Get("StackSetId") != nil {
			e := t.Errorf(set.Span.Start, "the stack set has no TemplateBody")
			e.Hint = "ask the account that owns the stack set"
			return nil, e
		}
	}
	switch {
	case body == nil:
		return nil, nil
	case body.Kind == cfn.Mapping:
		return object(t, body), nil
	case body.Kind == cfn.Scalar && !body.IsNull() && (body.Style != cfn.Plain || t.Format() == cfn.YAML):
		return text(t, body)
	}
	return nil, t.Errorf(body.Span.Start, "TemplateBody is %s, neither an object nor a text", body.Describe())
}

// refused returns the error that the CLI or a proxy answered with.
func refused(t *cfn.Template) error {
	root := t.Root()
	for _, p := range root.Pairs {
		if strings.HasPrefix(p.Key.Value, "An error occurred (") {
			return answered(t, p.Key, p.Key.Value+": "+p.Value.Value)
		}
	}
	if e := root.Get("Error"); e.Get("Code") != nil && e.Get("Message") != nil {
		return answered(t, e, e.Get("Code").Value+": "+e.Get("Message").Value)
	}
	if code := root.Get("__type"); code != nil {
		message := code.Value
		for _, key := range []string{"message", "Message"} {
			if m := root.Get(key); m != nil {
				message += ": " + m.Value
			}
		}
		return answered(t, code, message)
	}
	return nil
}

func answered(t *cfn.Template, at *cfn.Node, message string) error {
	e := t.Errorf(at.Span.Start, "AWS answered with an error: %s", message)
	e.Hint = "ask again, and keep stderr out of the file"
	return e
}

// object takes the bytes of an object. Those of a block mapping of YAML follow
// the white space that its first line has in the answer.
func object(t *cfn.Template, body *cfn.Node) *Answer {
	src := t.Source()
	indent := ""
	if body.Style == cfn.Block {
		indent = src[t.LineStart(body.Span.Start):body.Span.Start]
		if strings.Trim(indent, " ") != "" {
			indent = strings.Repeat(" ", len(indent))
		}
	}
	start := body.Span.Start - len(indent)
	return &Answer{
		Template: []byte(indent + src[body.Span.Start:body.Span.End]), t: t,
		place: func(offset int) int { return max(start+offset, body.Span.Start) },
	}
}

func text(t *cfn.Template, body *cfn.Node) (*Answer, error) {
	texts, err := edit.Texts(t, body)
	if err != nil {
		return nil, err
	}
	if len(texts) != 1 || strings.Contains(texts[0].String, edit.Placeholder) {
		return nil, t.Errorf(body.Span.Start, "TemplateBody is not the text of a template")
	}
	return &Answer{Template: []byte(texts[0].String), t: t, place: texts[0].Offset}, nil
}

// Check judges the template as [transform.Check] does.
func (a *Answer) Check(ctx context.Context, opts transform.CheckOptions) ([]transform.Finding, error) {
	findings, err := transform.Check(ctx, a.Template, opts)
	return a.placed(findings), a.placedError(err)
}

// Patch locks the template as [transform.Patch] does. The output is only the
// template. The findings have their places in the answer, and no edits.
func (a *Answer) Patch(ctx context.Context, opts transform.Options) (transform.Result, error) {
	r, err := transform.Patch(ctx, a.Template, opts)
	r.Findings = a.placed(r.Findings)
	return r, a.placedError(err)
}

func (a *Answer) placed(findings []transform.Finding) []transform.Finding {
	for i := range findings {
		f := &findings[i]
		f.Start, f.End, f.Edits = a.position(f.Start), a.position(f.End), nil
	}
	return findings
}

func (a *Answer) position(p cfn.Position) cfn.Position { return a.t.Position(a.place(p.Offset)) }

func (a *Answer) placedError(err error) error {
	var cannot *transform.CannotLock
	var at *cfn.Error
	switch {
	case errors.As(err, &cannot):
		cause := *cannot.Cause
		cause.Position = a.position(cause.Position)
		return &transform.CannotLock{LogicalID: cannot.LogicalID, Property: cannot.Property, Cause: &cause}
	case errors.As(err, &at):
		moved := *at
		moved.Position, moved.NotTemplate = a.position(at.Position), false
		moved.Message = "TemplateBody: " + at.Message
		return &moved
	}
	return err
}
