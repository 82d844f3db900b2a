package transform

import (
	"fmt"
	"slices"
	"time"

	"github.com/imdslock/imdslock/transform/cfn"
)

// An acceptance is what a person wrote into the Metadata of a resource, or of
// the template, about a rule that does not hold there:
//
//	Metadata:
//	  imdslock:
//	    accept:
//	      - {rule: iptables-absent, reason: kube2iam until the migration, until: 2027-03-31}
//
// It needs a reason. Until is the last day on which it counts, and may be
// missing.
type acceptance struct {
	rule   Rule
	id     string // of the resource; "" is the whole template
	reason string
	until  time.Time // zero if it has no end
	node   *cfn.Node
}

// acceptances reads what is accepted in a template. The findings are about
// acceptances that cannot be read and so accept nothing.
func (s *survey) acceptances() ([]acceptance, []Finding) {
	var all []acceptance
	var findings []Finding
	read := func(id string, holder *cfn.Node) {
		settings := holder.Get("Metadata", "imdslock")
		if settings == nil {
			return
		}
		for _, pair := range settings.Pairs {
			if pair.Key.Value != "accept" {
				findings = append(findings, s.finding(RuleAcceptance, KindOpen, id, pair.Key.Span, fmt.Sprintf("this accepts nothing: there is no key %q, only accept", pair.Key.Value)))
			}
		}
		list := settings.Get("accept")
		if list == nil {
			return
		}
		items := list.Items
		if list.Kind != cfn.Sequence {
			items = []*cfn.Node{list}
		}
		for _, item := range items {
			a, problem := readAcceptance(item)
			if problem != "" {
				findings = append(findings, s.finding(RuleAcceptance, KindOpen, id, item.Span, "this accepts nothing: "+problem))
				continue
			}
			a.id = id
			all = append(all, a)
		}
	}
	read("", s.t.Root())
	for _, p := range s.resources {
		read(p.Key.Value, p.Value)
	}
	return all, findings
}

// readAcceptance reads one item, and says what is wrong with it.
func readAcceptance(n *cfn.Node) (a acceptance, problem string) {
	a.node = n
	if n.Kind != cfn.Mapping {
		return a, "it is not a mapping with rule and reason"
	}
	for _, pair := range n.Pairs {
		value := pair.Value.Value
		if pair.Value.Kind != cfn.Scalar {
			return a, pair.Key.Value + " is not a text"
		}
		switch pair.Key.Value {
		case "rule":
			a.rule = Rule(value)
		case "reason":
			a.reason = value
		case "until":
			var err error
			if a.until, err = time.Parse(time.DateOnly, value); err != nil {
				return a, fmt.Sprintf("until is %q, not a date such as 2027-03-31", value)
			}
		default:
			return a, fmt.Sprintf("there is no key %q, only rule, reason and until", pair.Key.Value)
		}
	}
	switch d, ok := Describe(a.rule); {
	case a.rule == "":
		return a, "it names no rule"
	case !ok || d.Note:
		return a, fmt.Sprintf("there is no rule %q that finds something open", a.rule)
	case a.reason == "":
		return a, "it gives no reason"
	}
	return a, ""
}

// covers reports whether an acceptance of r accepts other too: IMDSv1 is open
// through a literal or a parameter, and either leaves the hop limit alone.
func (r Rule) covers(other Rule) bool {
	isIMDSv1 := r == RuleIMDSv1 || r == RuleIMDSv1Parameter
	return r == other || isIMDSv1 && (other == RuleIMDSv1 || other == RuleIMDSv1Parameter || other == RuleHopLimitAlone)
}

// accepted returns the acceptance of a rule for a resource that is in force now,
// or nil, and then one that has expired, if there is one.
func accepted(all []acceptance, rule Rule, id string, now time.Time) (a, expired *acceptance) {
	for i := range all {
		if !all[i].rule.covers(rule) || all[i].id != "" && all[i].id != id {
			continue
		}
		if all[i].until.IsZero() || now.Before(all[i].until.AddDate(0, 0, 1)) {
			return &all[i], nil
		}
		expired = &all[i]
	}
	return nil, expired
}

// accept marks the findings that are accepted.
func (c *checker) accept() {
	all, findings := c.acceptances()
	now := c.opts.Now
	if now.IsZero() {
		now = time.Now()
	}
	for i, f := range c.findings {
		if f.Kind != KindOpen {
			continue
		}
		switch a, expired := accepted(all, f.Rule, f.LogicalID, now); {
		case a != nil:
			c.findings[i].Kind, c.findings[i].Reason = KindAccepted, a.reason
		case expired != nil:
			c.findings[i].Message += fmt.Sprintf(" (accepted until %s only)", expired.until.Format(time.DateOnly))
		}
	}
	c.findings = append(c.findings, findings...)
}

// accepts reports whether a person accepted that a rule does not hold for a
// resource, which is then left as it is.
func (p *planner) accepts(id string, rules ...Rule) bool {
	return slices.ContainsFunc(rules, func(rule Rule) bool {
		a, _ := accepted(p.acceptance, rule, id, time.Now())
		return a != nil
	})
}
