package transform

import (
	"context"
	"maps"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// verify reads a result as a stranger would: its user data must be what was
// planned, the rules must find nothing more to change in it, and [Check] must
// find nothing open but what the plan said would stay open. What is not known
// is open.
func (p *planner) verify(ctx context.Context, t *cfn.Template) error {
	s, err := newSurvey(ctx, t, nil)
	if err != nil {
		return err
	}
	with := p.deployedWith()
	again, err := planSurvey(ctx, s, p.opts, p.left, with...)
	if err != nil {
		return err
	}
	if err := p.holdTexts(t, again.texts); err != nil {
		return err
	}
	for _, f := range again.findings {
		if f.Kind == KindChange {
			return broken(t, f, "the change did not hold: "+f.Message)
		}
	}
	for _, d := range with {
		findings, err := p.checkResult(ctx, s, d)
		if err != nil {
			return err
		}
		if err := p.promised(t, findings); err != nil {
			return err
		}
	}
	return nil
}

// deployedWith returns the deployments of the result: where a parameter is locked,
// they pass the one value that is left.
func (p *planner) deployedWith() []deployment {
	var all []deployment
	for _, d := range p.with {
		after := maps.Clone(d)
		for name := range d {
			if value, ok := p.locks[name]; ok {
				after[name] = value
			}
		}
		all = append(all, after)
	}
	return all
}

// checkResult checks a result in a deployment.
func (p *planner) checkResult(ctx context.Context, s *survey, d deployment) ([]Finding, error) {
	switch {
	case p.opts.IMDSv1 == IMDSv1Default:
		return check(ctx, s.t, CheckOptions{Options: p.opts, Parameters: d, Deployment: true})
	case len(d) == 0:
		return s.check(ctx, CheckOptions{Options: p.opts})
	}
	given, err := newSurvey(ctx, s.t, d)
	if err != nil {
		return nil, err
	}
	return given.check(ctx, CheckOptions{Options: p.opts})
}

// promised returns an error if something is open in a result that the plan did not
// say would stay open.
func (p *planner) promised(t *cfn.Template, findings []Finding) error {
	said := map[excuse]int{}
	for _, f := range findings {
		if f.Kind != KindOpen {
			continue
		}
		e := excuse{f.Rule, f.LogicalID}
		if said[e]++; said[e] > p.open[e] {
			return broken(t, f, f.Message)
		}
	}
	return nil
}

// broken returns the error for a promise that does not hold.
func broken(t *cfn.Template, f Finding, message string) error {
	return cannotLock(t, f.LogicalID, f.Rule.property(), f.Start.Offset, "", "%s", strings.TrimPrefix(message, f.LogicalID+": "))
}
