package transform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// version makes a group follow the newest version of each launch template of
// this template that it uses.
func (p *planner) version(g *group) error {
	for _, u := range g.uses {
		if u.stays == "" || p.accepts(g.id, RuleVersion) {
			continue
		}
		if p.opts.Version != VersionLatest {
			p.note(RuleVersion, g.id, u.spec.Span, "%s: %s, whatever is locked in %s", g.id, u.stays, names(u.launchers))
			continue
		}
		e, err := p.follow(g, u)
		if err != nil {
			return cannotEdit(g.id, "Version", err)
		}
		p.change(RuleVersion, g.id, u.versionSpan(), fmt.Sprintf("%s: now follows the newest version of %s%s", u.stays, names(u.launchers), g.replacement()), e)
	}
	return nil
}

// replacement says what replaces the nodes of a group when its launch template changes.
// CloudFormation leaves those of an Auto Scaling group alone, unless its UpdatePolicy
// says otherwise ("UpdatePolicy attribute" in the CloudFormation Template Reference).
func (g *group) replacement() string {
	policy := g.resource.Get("UpdatePolicy")
	has := func(key string) bool {
		n := policy.Get(key)
		name, _ := n.Function()
		return n != nil && n.Kind == cfn.Mapping && name == ""
	}
	if g.typ != typeAutoScalingGroup || has("AutoScalingRollingUpdate") || has("AutoScalingInstanceRefresh") ||
		isLiteral(policy.Get("AutoScalingReplacingUpdate", "WillReplace"), "true") {
		return ", and the deployment replaces its nodes"
	}
	return "; start an instance refresh, as nothing else replaces its nodes"
}

// versionSpan returns the place of the version in a specification, or of the specification.
func (u use) versionSpan() cfn.Span {
	if n := u.spec.Get("Version"); n != nil {
		return n.Span
	}
	return u.spec.Span
}

// follow returns the edit that writes the version of a specification.
func (p *planner) follow(g *group, u use) (edit.Edit, error) {
	if pair, ok := u.spec.Pair("<<"); ok {
		return edit.Edit{}, p.t.Errorf(pair.Key.Span.Start, "a merge key << may bring Version in")
	}
	var named *cfn.Node
	byName := false
	for _, property := range append(idProperties[:], nameProperties[:]...) {
		if n := u.spec.Get(property); n != nil && !n.IsNoValue() {
			if named != nil {
				return edit.Edit{}, p.hinted(n, "it names its launch template in two ways", "name it by its ID alone")
			}
			named, byName = n, slices.Contains(nameProperties[:], property)
		}
	}
	if named == nil {
		return edit.Edit{}, p.hinted(u.spec, "the property that names its launch template is not shown", "write the ID out")
	}
	newest, err := p.newest(g, u, named, u.spec.Get("Version"))
	if err != nil {
		return edit.Edit{}, err
	}
	if byName && (len(u.launchers) > 1 || u.elsewhere) && !p.isReference(named) {
		return edit.Edit{}, p.hinted(named, "no launch template has this name in all cases", "refer to the launch template by its ID, and let an Fn::If choose the whole specification")
	}
	if n := u.spec.Get("Version"); n != nil {
		return edit.Replace(p.t, n, newest)
	}
	return edit.Add(p.t, u.spec, edit.Pair{Key: "Version", Value: newest})
}

// isReference reports whether an expression refers to a resource of this template in
// some case.
func (p *planner) isReference(named *cfn.Node) bool {
	outcomes, err := p.values.Outcomes(named)
	return err != nil || slices.ContainsFunc(outcomes, func(o eval.Outcome) bool {
		id, _ := o.Value.Reference()
		return id != ""
	})
}

func (p *planner) hinted(n *cfn.Node, message, hint string) error {
	e := p.t.Errorf(n.Span.Start, "%s", message)
	e.Hint = hint
	return e
}

// newest returns the expression for the newest version of the launch template
// that an expression names. If an Fn::If chooses the launch template, the same
// condition chooses the version. A launch template of another template keeps the
// version that is there.
func (p *planner) newest(g *group, u use, named, version *cfn.Node) (edit.Value, error) {
	if arg := named.Call("Fn::If"); arg != nil && len(arg.Items) == 3 {
		then, err := p.newest(g, u, arg.Items[1], version)
		if err != nil {
			return edit.Value{}, err
		}
		otherwise, err := p.newest(g, u, arg.Items[2], version)
		if err != nil {
			return edit.Value{}, err
		}
		return edit.Call("Fn::If", edit.List(edit.Scalar(arg.Items[0].Value, edit.Unquoted), then, otherwise)), nil
	}
	alone, id, err := p.useOf(g, u, named)
	if err != nil {
		return edit.Value{}, err
	}
	switch {
	case len(alone.launchers) == 0 && version == nil:
		return edit.Ref("AWS::NoValue"), nil
	case len(alone.launchers) == 0 && version.Kind == cfn.Scalar:
		return edit.Scalar(version.Value, edit.QuoteOf(version)), nil
	case id == "" || alone.elsewhere:
		return edit.Value{}, p.hinted(named, "it may name several launch templates", "let an Fn::If choose the whole specification")
	}
	return edit.GetAtt(id, "LatestVersionNumber"), nil
}

// useOf returns what one expression in a specification can name, of all that the
// specification can, and the logical ID that it has in every case, or "".
func (p *planner) useOf(g *group, u use, named *cfn.Node) (alone use, id string, err error) {
	alone.spec = named
	outcomes, err := p.values.Outcomes(named)
	if err != nil {
		return alone, "", err
	}
	var ids []string
	for _, o := range outcomes {
		id, _ := o.Value.Reference()
		launchers := p.withID(id, typeLaunchTemplate, g.loops)
		switch {
		case len(launchers) > 0:
		case len(u.launchers) == 1 && !u.elsewhere: // by its name
			launchers, id = u.launchers, u.launchers[0].id
		default:
			alone.elsewhere = true
			continue
		}
		alone.add(launchers...)
		ids = append(ids, id)
	}
	if ids = slices.Compact(ids); len(ids) == 1 {
		id = ids[0]
	}
	return alone, id, nil
}

func (u *use) add(launchers ...*launcher) {
	for _, l := range launchers {
		if !slices.Contains(u.launchers, l) {
			u.launchers = append(u.launchers, l)
		}
	}
}

// names lists launchers for a message.
func names(launchers []*launcher) string {
	var ids []string
	for _, l := range launchers {
		ids = append(ids, l.id)
	}
	return strings.Join(ids, " and ")
}
