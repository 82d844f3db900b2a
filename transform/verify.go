package transform

import (
	"context"
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
	again, err := planSurvey(ctx, s, p.opts)
	if err != nil {
		return err
	}
	for i, planned := range p.texts {
		if i >= len(again.texts) || again.texts[i].text != planned.text {
			at := planned.at
			if i < len(again.texts) {
				at = again.texts[i].at
			}
			return planned.l.cannot(t, at, "UserData", "its UserData cannot take the iptables commands in the way it is written",
				"write it as a literal block scalar (|), or use --iptables off")
		}
	}
	for _, f := range again.findings {
		if f.Kind == KindChange {
			return broken(t, f, "the change did not hold: "+f.Message)
		}
	}
	findings, err := s.check(ctx, CheckOptions{Options: p.opts})
	if p.opts.IMDSv1 == IMDSv1Default {
		findings, err = check(ctx, t, CheckOptions{Options: p.opts, Deployment: true})
	}
	if err != nil {
		return err
	}
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

// broken is the error for a promise that does not hold.
func broken(t *cfn.Template, f Finding, message string) error {
	return cannotLock(t, f.LogicalID, f.Rule.property(), f.Start.Offset, "", "%s", strings.TrimPrefix(message, f.LogicalID+": "))
}
