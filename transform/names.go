package transform

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// customNames notes the resources that have a name of their own and that CloudFormation
// must replace because of a change: it makes the new one first, and two cannot have the
// same name ("Name type" in the CloudFormation User Guide). A launch configuration never
// changes. A compute environment is replaced when its launch template changes, unless
// ReplaceComputeEnvironment is false ("createOnlyProperties" and
// "conditionalCreateOnlyProperties" in the schema of AWS::Batch::ComputeEnvironment).
func (p *planner) customNames() {
	changed := map[string]Rule{}
	for _, f := range p.findings {
		if _, ok := changed[f.LogicalID]; f.Kind == KindChange && !ok {
			changed[f.LogicalID] = f.Rule
		}
	}
	for _, l := range p.launchers {
		if rule, ok := p.changeOf(l, changed); ok && l.typ == typeLaunchConfiguration {
			p.customName(rule, l.id, l.resource, "LaunchConfigurationName")
		}
	}
	for _, g := range p.groups {
		if g.typ != typeComputeEnvironment || isLiteral(g.resource.Get("Properties", "ReplaceComputeEnvironment"), "false") {
			continue
		}
		rule, ok := changed[g.id]
		for _, u := range g.uses {
			for _, l := range u.launchers {
				if !ok && u.stays == "" {
					rule, ok = p.changeOf(l, changed)
				}
			}
		}
		if ok {
			p.customName(rule, g.id, g.resource, "ComputeEnvironmentName")
		}
	}
}

// changeOf returns the rule by which a launcher changes, itself or by a parameter on
// which it depends, or false if it stays as it is.
func (p *planner) changeOf(l *launcher, changed map[string]Rule) (Rule, bool) {
	if rule, ok := changed[l.id]; ok {
		return rule, true
	}
	for _, name := range p.values.ParametersBehind(l.resource) {
		if rule, ok := changed[name]; ok {
			return rule, true
		}
	}
	return "", false
}

// customName notes that a resource must have another name if it has one.
func (p *planner) customName(rule Rule, id string, resource *cfn.Node, property string) {
	hasName := func(n *cfn.Node) bool { return !n.IsNull() && !n.IsNoValue() }
	if names := at(resource, "Properties", property); slices.ContainsFunc(names, hasName) {
		p.note(rule, id, names[0].Span, "%s: CloudFormation cannot replace what keeps its name: change %s in the same update, or leave it out", id, property)
	}
}

// isLiteral reports whether a value is a word, in any case.
func isLiteral(n *cfn.Node, word string) bool {
	return n != nil && n.Kind == cfn.Scalar && strings.EqualFold(n.Value, word)
}
