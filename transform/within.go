package transform

import (
	"context"
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// stackSetBody returns the template that a stack set has in it as a text, or nil
// if it is not shown.
func (s *survey) stackSetBody(resource *cfn.Node) *edit.Text {
	n := resource.Get("Properties", "TemplateBody")
	if n.IsNull() {
		return nil
	}
	texts, err := edit.Texts(s.t, n)
	if err != nil || len(texts) != 1 || strings.Contains(texts[0].String, edit.Placeholder) {
		return nil
	}
	if _, err := cfn.Parse([]byte(texts[0].String)); err != nil {
		return nil
	}
	return texts[0]
}

// stackSets returns the stack sets that have their template in them.
func (s *survey) stackSets() []resource {
	var sets []resource
	for _, p := range s.resources {
		if p.typ() == typeStackSet && s.stackSetBody(p.Value) != nil {
			sets = append(sets, p)
		}
	}
	return sets
}

// within locks the templates that stack sets have in them.
func (p *planner) within(ctx context.Context) error {
	for _, set := range p.stackSets() {
		body := p.stackSetBody(set.Value)
		opts := p.opts
		opts.Resources = nil
		if !p.opts.applies(set.Key.Value) {
			continue
		}
		result, err := Patch(ctx, []byte(body.String), opts)
		if err != nil {
			return p.outside(set.Key.Value, body, err)
		}
		for _, f := range result.Findings {
			f = p.placeOutside(set.Key.Value, body, f)
			for i, e := range f.Edits {
				if f.Edits[i], err = body.Replace(e.Start, e.End, e.New); err != nil {
					return cannotEdit(set.Key.Value, "TemplateBody", fmt.Errorf("the template in it cannot be edited in the way it is written: %w", err))
				}
			}
			p.stays(f)
		}
	}
	return nil
}

// checkWithin judges the templates that stack sets have in them.
func (s *survey) checkWithin(ctx context.Context, opts CheckOptions) ([]Finding, error) {
	var findings []Finding
	for _, set := range s.stackSets() {
		if !opts.applies(set.Key.Value) {
			continue
		}
		inner := opts
		inner.Resources, inner.Parameters, inner.Deployment = nil, nil, false
		body := s.stackSetBody(set.Value)
		found, err := Check(ctx, []byte(body.String), inner)
		if err != nil {
			return nil, s.outside(set.Key.Value, body, err)
		}
		for _, f := range found {
			findings = append(findings, s.placeOutside(set.Key.Value, body, f))
		}
	}
	return findings, nil
}

// placeOutside gives a finding in the template of a stack set its place in the
// template around it.
func (s *survey) placeOutside(set string, body *edit.Text, f Finding) Finding {
	f.Start, f.End = s.t.Position(body.Offset(f.Start.Offset)), s.t.Position(body.Offset(f.End.Offset))
	f.LogicalID = set + "." + f.LogicalID
	f.Message = set + ": " + f.Message
	return f
}

// outside does the same for an error.
func (s *survey) outside(set string, body *edit.Text, err error) error {
	switch e := err.(type) {
	case *CannotLock:
		return cannotLock(s.t, set+"."+e.LogicalID, e.Property, body.Offset(e.Cause.Offset), e.Cause.Hint, "%s", e.Cause.Message)
	case *cfn.Error:
		return s.t.Errorf(body.Offset(e.Offset), "%s: %s", set, e.Message)
	}
	return err
}
