package transform

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// within locks the templates that stack sets have in them, and makes the stack sets
// pass the values that these then accept.
func (p *planner) within(ctx context.Context) error {
	for _, r := range p.stackSets() {
		if !p.opts.applies(r.Key.Value) {
			continue
		}
		set := p.readStackSet(r)
		id, opts := r.Key.Value, p.opts
		opts.Resources = nil
		body, err := cfn.Parse([]byte(set.body.String))
		if err != nil {
			return p.outside(id, set.body, err)
		}
		result, err := patch(ctx, []byte(set.body.String), opts, set.accepted(ctx, body)...)
		if err != nil {
			return p.outside(id, set.body, err)
		}
		pass, err := p.pass(set, result.Parameters)
		if err != nil {
			return err
		}
		for _, f := range result.Findings {
			isLock := f.Rule == RuleIMDSv1Parameter && f.Kind == KindChange
			locked := f.LogicalID
			f = p.placeOutside(id, set.body, f)
			for i, e := range f.Edits {
				if f.Edits[i], err = set.body.Edit(e); err != nil {
					return cannotEdit(id, "TemplateBody", fmt.Errorf("the template in it cannot be edited in the way it is written: %w", err))
				}
			}
			if edits := pass[locked]; isLock && len(edits) > 0 { // neither does without the other
				f.Edits = append(f.Edits, edits...)
				f.Message += fmt.Sprintf(", and passed as %q", result.Parameters[locked])
				delete(pass, locked)
			}
			p.stays(f)
		}
		for _, name := range slices.Sorted(maps.Keys(pass)) {
			p.change(RuleIMDSv1Parameter, id, r.Key.Span, fmt.Sprintf("%s is passed with another value: set to %q", name, result.Parameters[name]), pass[name]...)
		}
		for _, f := range p.notPassed(set) {
			p.stays(f)
		}
	}
	return nil
}

// pass returns the edits by which a stack set passes the one value with which IMDSv1 is
// locked, for each of those parameters that it passes with another.
func (p *planner) pass(set stackSet, locks map[string]string) (map[string][]edit.Edit, error) {
	edits := map[string][]edit.Edit{}
	for _, value := range set.passed {
		want, ok := locks[value.parameter]
		if !ok || value.isKnown && value.text == want {
			continue
		}
		e, err := edit.Replace(p.t, value.node, edit.Scalar(want, quoteFor(want, value.node)))
		if err != nil {
			return nil, cannotEdit(set.Key.Value, "Parameters", err)
		}
		edits[value.parameter] = append(edits[value.parameter], e)
	}
	return edits, nil
}

// notPassed notes what hides parameters that a stack set passes.
func (s *survey) notPassed(set stackSet) []Finding {
	var notes []Finding
	for _, n := range set.hidden {
		notes = append(notes, s.noteOn(RuleNotSeen, set.Key.Value, n, "%s: the parameters that it passes to its template are not seen", set.Key.Value))
	}
	return notes
}

// checkWithin judges the templates that stack sets have in them, with what they pass.
func (s *survey) checkWithin(ctx context.Context, opts CheckOptions) ([]Finding, error) {
	var findings []Finding
	for _, r := range s.stackSets() {
		if !opts.applies(r.Key.Value) {
			continue
		}
		set := s.readStackSet(r)
		found, err := s.checkSet(ctx, set, opts)
		if err != nil {
			return nil, s.outside(r.Key.Value, set.body, err)
		}
		findings = slices.Concat(findings, found, s.notPassed(set))
	}
	return findings, nil
}

// checkSet judges the template of a stack set for all that it is deployed with.
func (s *survey) checkSet(ctx context.Context, set stackSet, opts CheckOptions) ([]Finding, error) {
	t, err := cfn.Parse([]byte(set.body.String))
	if err != nil {
		return nil, err
	}
	opts.Resources = nil
	var findings []Finding
	add := func(f Finding) {
		isSaid := func(g Finding) bool { return f.Rule == g.Rule && f.LogicalID == g.LogicalID && f.Start == g.Start }
		if !slices.ContainsFunc(findings, isSaid) {
			findings = append(findings, f)
		}
	}
	for _, d := range set.with {
		given, refused := d.accepted(ctx, t)
		body, err := newSurvey(ctx, t, given)
		if err != nil {
			return nil, err
		}
		found, err := body.check(ctx, opts)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			f = s.placeOutside(set.Key.Value, set.body, f)
			if names := body.decides(given); f.Rule == RuleIMDSv1 && len(names) > 0 {
				f.Message += fmt.Sprintf(" (it passes %s=%q)", names[0], given[names[0]])
			}
			add(f)
		}
		if opts.keepsIMDSv1() {
			continue
		}
		for _, name := range body.decides(refused) {
			add(s.refusedValue(set, name, refused[name]))
		}
	}
	return findings, nil
}

// decides returns the names of those parameters with given values that decide about
// the metadata options, sorted.
func (s *survey) decides(given deployment) []string {
	var names []string
	for _, l := range s.launchers {
		for _, options := range at(l.resource, append(slices.Clone(l.path), "MetadataOptions")...) {
			for _, name := range s.values.ParametersBehind(options) {
				if _, ok := given[name]; ok {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// refusedValue returns the finding on a value that the template of a stack set does not
// accept: what is deployed stays as it is.
func (s *survey) refusedValue(set stackSet, parameter, text string) Finding {
	at := set.Key.Span
	for _, p := range set.passed {
		if p.parameter == parameter && p.isKnown && p.text == text {
			at = p.node.Span
		}
	}
	return s.finding(RuleIMDSv1Parameter, KindOpen, set.Key.Value, at, fmt.Sprintf("%s: it passes %s=%q, which its template does not accept, so its nodes stay as they are", set.Key.Value, parameter, text))
}

// placeOutside gives a finding in the template of a stack set its place in the
// template around it.
func (s *survey) placeOutside(set string, body *edit.Text, f Finding) Finding {
	f.Start, f.End = s.t.Position(body.Offset(f.Start.Offset)), s.t.Position(body.Offset(f.End.Offset))
	f.LogicalID = set + "." + f.LogicalID
	f.Message = set + ": " + f.Message
	return f
}

// outside gives an error in the template of a stack set its place outside.
func (s *survey) outside(set string, body *edit.Text, err error) error {
	switch e := err.(type) {
	case *CannotLock:
		return cannotLock(s.t, set+"."+e.LogicalID, e.Property, body.Offset(e.Cause.Offset), e.Cause.Hint, "%s", e.Cause.Message)
	case *cfn.Error:
		return s.t.Errorf(body.Offset(e.Offset), "%s: %s", set, e.Message)
	}
	return err
}
