package transform

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
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

// A passed value is one that a stack set passes for a parameter of its template.
type passed struct {
	parameter string
	node      *cfn.Node // the value
	text      string    // what it is in every case, or "" if isKnown is false
	isKnown   bool
}

// passedIn returns the values in a list of parameters, such as Parameters of a stack
// set, and what hides others.
func (s *survey) passedIn(n *cfn.Node, path ...string) (all []passed, hidden []*cfn.Node) {
	items, hidden := reach(n, append(path, "*")...)
	for _, item := range items {
		if item.IsNull() || item.IsNoValue() {
			continue
		}
		name, isKnown := s.textOf(item.Get("ParameterKey"))
		value := item.Get("ParameterValue")
		if !isKnown || value == nil {
			hidden = append(hidden, item)
			continue
		}
		p := passed{parameter: name, node: value}
		p.text, p.isKnown = s.textOf(value)
		all = append(all, p)
	}
	return all, hidden
}

// textOf returns the text that an expression is in every case.
func (s *survey) textOf(n *cfn.Node) (string, bool) {
	if n == nil {
		return "", false
	}
	outcomes, err := s.values.Outcomes(n)
	if err != nil {
		return "", false
	}
	for _, o := range outcomes {
		if o.Value.Kind != eval.Text || o.Value.Text != outcomes[0].Value.Text {
			return "", false
		}
	}
	return outcomes[0].Value.Text, true
}

// A stackSet is a stack set that has its template in it, and what it passes to that.
type stackSet struct {
	resource
	body   *edit.Text
	passed []passed     // all of it
	hidden []*cfn.Node  // what may pass more
	with   []deployment // at least one
}

// A deployment is the values of the parameters that are passed, as far as they are
// known. The others may have any value that CloudFormation accepts.
type deployment map[string]string

// readStackSet reads what a stack set passes: its Parameters, and to some accounts
// others instead ("AWS::CloudFormation::StackSet" in the CloudFormation reference).
func (s *survey) readStackSet(r resource) stackSet {
	set := stackSet{resource: r, body: s.stackSetBody(r.Value)}
	properties := r.Value.Get("Properties")
	base, hidden := s.passedIn(properties, "Parameters")
	set.passed, set.hidden = base, hidden
	set.deploy(nil, base)
	groups, hidden := reach(properties, "StackInstancesGroup", "*")
	set.hidden = append(set.hidden, hidden...)
	for _, group := range groups {
		overrides, hidden := s.passedIn(group, "ParameterOverrides")
		set.passed, set.hidden = append(set.passed, overrides...), append(set.hidden, hidden...)
		set.deploy(base, overrides)
	}
	return set
}

// deploy adds a deployment with some values, and others instead of them. A parameter
// with a value that is not known may have any.
func (set *stackSet) deploy(values ...[]passed) {
	d := deployment{}
	for _, all := range values {
		for _, p := range all {
			delete(d, p.parameter)
			if p.isKnown {
				d[p.parameter] = p.text
			}
		}
	}
	if !slices.ContainsFunc(set.with, func(e deployment) bool { return maps.Equal(d, e) }) {
		set.with = append(set.with, d)
	}
}

// accepted returns the deployments without what the template does not accept.
func (set stackSet) accepted(ctx context.Context, t *cfn.Template) []deployment {
	var all []deployment
	for _, d := range set.with {
		accepted, _ := d.accepted(ctx, t)
		all = append(all, accepted)
	}
	return all
}

// accepted returns the values of a deployment that a template accepts, and the others.
func (d deployment) accepted(ctx context.Context, t *cfn.Template) (accepted, refused deployment) {
	values := eval.New(ctx, t, nil)
	accepted, refused = deployment{}, deployment{}
	for name, text := range d {
		if values.Validate(name, text) != nil {
			refused[name] = text
		} else {
			accepted[name] = text
		}
	}
	return accepted, refused
}
