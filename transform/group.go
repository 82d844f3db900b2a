package transform

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// A group is a resource that launches nodes by a launch template or a launch
// configuration.
type group struct {
	id       string
	typ      string
	key      *cfn.Node // the logical ID
	resource *cfn.Node
	section  *cfn.Node // see resource
	loops    []loop    // around it
	uses     []use
	without  bool     // it may have no launch template
	isBare   bool     // it is an instance that then has no user data
	mayJoin  bool     // it is an instance whose user data is not known
	amiTypes amiTypes // of a managed node group
	images   images   // that win over those of its launch templates

	// hidden is what may bring in another launch template, or other properties:
	// a function whose result the template does not show.
	hidden []*cfn.Node
}

// A use is one launch template specification of a group.
type use struct {
	spec      *cfn.Node   // a mapping with an ID or a name, and maybe a version
	launchers []*launcher // those of this template that it can name
	elsewhere bool        // it can name one that another template makes
	maybe     []*launcher // those that it names if texts that are not known are the same
	stays     string      // why the group does not follow the newest version, or ""
}

// specPaths returns the paths below Properties of the launch template
// specifications of a type of group, or none if the type is not that of a group.
func specPaths(typ string) [][]string {
	switch typ {
	case typeNodegroup, typeInstance:
		return [][]string{{"LaunchTemplate"}}
	case typeAutoScalingGroup:
		return [][]string{
			{"LaunchTemplate"},
			{"MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"},
			{"MixedInstancesPolicy", "LaunchTemplate", "Overrides", "*", "LaunchTemplateSpecification"},
		}
	case typeSpotFleet:
		return [][]string{{"SpotFleetRequestConfigData", "LaunchTemplateConfigs", "*", "LaunchTemplateSpecification"}}
	case typeEC2Fleet:
		return [][]string{{"LaunchTemplateConfigs", "*", "LaunchTemplateSpecification"}}
	case typeComputeEnvironment:
		return [][]string{{"ComputeResources", "LaunchTemplate"}, {"ComputeResources", "LaunchTemplate", "Overrides", "*"}}
	}
	return nil
}

// otherPaths returns the other paths below Properties at which a type of group
// says what launches its nodes, or what they run.
func otherPaths(typ string) [][]string {
	switch typ {
	case typeSpotFleet:
		return [][]string{{"SpotFleetRequestConfigData", "LaunchSpecifications"}}
	}
	return nil
}

// readGroup reads which launch templates a group uses, and what its nodes run.
func (s *survey) readGroup(p resource) (*group, error) {
	g := &group{id: p.Key.Value, typ: p.typ(), key: p.Key, resource: p.Value, section: p.section, loops: p.loops}
	if err := s.readUses(g); err != nil {
		return nil, cannotEdit(g.id, "LaunchTemplate", err)
	}
	for _, path := range otherPaths(g.typ) {
		g.reach(path...)
	}
	for _, path := range imagePaths(g.typ) {
		g.images = g.images.and(s.imagesOf(g.reach(path...)))
	}
	for _, n := range g.reach("LaunchConfigurationName") {
		g.usesConfiguration(s, n)
	}
	if len(g.uses) == 0 {
		g.without = true
	}
	for _, u := range g.uses {
		for _, l := range u.launchers {
			if !slices.Contains(l.users, g) {
				l.users = append(l.users, g)
			}
		}
	}
	if g.typ != typeNodegroup {
		return g, nil
	}
	var err error
	if g.amiTypes, err = s.amiTypesOf(g.resource); err != nil {
		return nil, cannotEdit(g.id, "AmiType", err)
	}
	if len(g.hidden) > 0 {
		g.amiTypes |= amiOther
	}
	return g, nil
}

// readUses reads the launch template specifications of a group.
func (s *survey) readUses(g *group) error {
	for _, path := range specPaths(g.typ) {
		for _, spec := range g.reach(path...) {
			if spec.IsNull() || spec.IsNoValue() {
				g.without = true
				continue
			}
			u, err := s.readUse(g, spec)
			if err != nil {
				return err
			}
			g.uses = append(g.uses, u)
		}
	}
	return nil
}

// reach returns what a path leads to in the properties of a group, and records what
// hides others.
func (g *group) reach(path ...string) []*cfn.Node {
	found, hidden := reach(g.resource, append([]string{"Properties"}, path...)...)
	for _, n := range hidden {
		if !slices.Contains(g.hidden, n) {
			g.hidden = append(g.hidden, n)
		}
	}
	return found
}

// usesConfiguration notes the launch configuration that an Auto Scaling group
// names. It has no versions: CloudFormation makes a new one at each change.
func (g *group) usesConfiguration(s *survey, n *cfn.Node) {
	if n.IsNull() || n.IsNoValue() {
		return
	}
	u := use{spec: n, elsewhere: true}
	if ref := n.Call("Ref"); ref != nil {
		u.launchers = s.withID(s.values.Name(n, ref), typeLaunchConfiguration, g.loops)
		u.elsewhere = len(u.launchers) == 0
	}
	g.uses = append(g.uses, u)
}

func (g *group) usesOwn() bool {
	return slices.ContainsFunc(g.uses, func(u use) bool { return len(u.launchers) > 0 })
}

func (g *group) mayUseElsewhere() bool {
	return slices.ContainsFunc(g.uses, func(u use) bool { return u.elsewhere })
}

// readUse reads what a launch template specification can name, for all values of
// the parameters that it depends on.
func (s *survey) readUse(g *group, spec *cfn.Node) (use, error) {
	u := use{spec: spec}
	outcomes, err := s.values.Outcomes(spec)
	if err != nil {
		return u, err
	}
	for _, o := range outcomes {
		namings, err := s.named(g, o)
		if err != nil {
			return u, err
		}
		for _, n := range namings {
			u.name(g, n, o.Value)
		}
	}
	return u, nil
}

// name adds what the specification of a group names in one case.
func (u *use) name(g *group, n naming, spec eval.Value) {
	u.add(n.launchers...)
	if len(n.launchers) == 0 {
		u.elsewhere = true
		if spec.Kind == eval.Object && !isSpec(spec) { // neither an ID nor a name
			g.without = true
		}
	}
	for _, l := range n.launchers {
		u.stays = cmp.Or(u.stays, g.stays(cmp.Or(n.id, l.id), spec.Field("Version")))
	}
	for _, l := range n.maybe {
		if g.stays(l.id, spec.Field("Version")) != "" && !slices.Contains(u.maybe, l) {
			u.maybe = append(u.maybe, l)
		}
	}
}

// The properties by which a launch template specification names a launch
// template: EKS has other names than EC2.
var (
	idProperties   = [...]string{"LaunchTemplateId", "Id"}
	nameProperties = [...]string{"LaunchTemplateName", "Name"}
)

func isSpec(v eval.Value) bool {
	for _, property := range append(idProperties[:], nameProperties[:]...) {
		if v.Field(property).Kind != eval.NoValue {
			return true
		}
	}
	return false
}

// A naming is what a specification names: launch templates of this template, by
// their logical ID as it is written there, or by name, which leaves the ID empty.
// Maybe are those whose name may be the same.
type naming struct {
	id        string
	launchers []*launcher
	maybe     []*launcher
}

// named returns what the specification of a group names of this template in one
// outcome. If it names launch templates by name, it is divided by their conditions:
// where none of them is made, the name is that of another.
func (s *survey) named(g *group, spec eval.Outcome) ([]naming, error) {
	for _, property := range append(idProperties[:], nameProperties[:]...) {
		id, attribute := spec.Value.Field(property).Reference()
		if attribute != "" && attribute != "LaunchTemplateId" {
			continue
		}
		if launchers := s.withID(id, typeLaunchTemplate, g.loops); len(launchers) > 0 {
			return []naming{{id: id, launchers: launchers}}, nil
		}
	}
	var n naming
	for _, l := range s.launchers {
		name := l.resource.Get("Properties", "LaunchTemplateName")
		if l.typ != typeLaunchTemplate || name == nil {
			continue
		}
		names, err := s.values.Outcomes(name)
		if err != nil {
			return nil, err
		}
		inSome, inAll := s.isNamed(spec, names)
		switch {
		case inAll && areIn(g.loops, l.loops):
			n.launchers = append(n.launchers, l)
		case inSome:
			n.maybe = append(n.maybe, l)
		}
	}
	return s.made(g, spec, n), nil
}

// made returns what a naming is in the deployments of an outcome that make the
// group: it has only those launch templates that they make.
func (s *survey) made(g *group, spec eval.Outcome, all naming) []naming {
	if !slices.ContainsFunc(all.launchers, func(l *launcher) bool { return l.resource.Get("Condition") != nil }) {
		return []naming{all}
	}
	cases := divided(s.values, []eval.Outcome{spec}, g.resource, true)
	for _, l := range all.launchers {
		cases = divided(s.values, cases, l.resource, false)
	}
	var namings []naming
	for _, o := range cases {
		n := naming{maybe: all.maybe}
		for _, l := range all.launchers {
			if len(divided(s.values, []eval.Outcome{o}, l.resource, true)) > 0 {
				n.launchers = append(n.launchers, l)
			}
		}
		namings = append(namings, n)
	}
	return namings
}

// divided divides outcomes by the condition of a resource, and returns those parts in
// which it is made, or all.
func divided(values *eval.Evaluator, outcomes []eval.Outcome, resource *cfn.Node, onlyMade bool) []eval.Outcome {
	condition := resource.Get("Condition")
	if condition == nil {
		return outcomes
	}
	var parts []eval.Outcome
	for _, o := range outcomes {
		yes, no := values.Split(o, condition)
		parts = append(parts, yes...)
		if !onlyMade {
			parts = append(parts, no...)
		}
	}
	return parts
}

// isNamed reports whether a specification has one of some names of a launch
// template: in some deployments, and in all.
func (s *survey) isNamed(spec eval.Outcome, names []eval.Outcome) (inSome, inAll bool) {
	for _, property := range nameProperties {
		named := spec.Value.Field(property)
		if named.Kind == eval.NoValue {
			continue
		}
		isAll := true
		for _, name := range names {
			some, all := s.values.Equal(named, name.Value, spec, name)
			inSome, isAll = inSome || some, isAll && all
		}
		inAll = inAll || inSome && isAll
	}
	return inSome, inAll
}

// stays says why a group with a version does not follow the newest version of the
// launch template with a logical ID, or "". CloudFormation updates what refers to the attribute
// LatestVersionNumber whenever the launch template changes; it never moves the
// default version from 1. Amazon EKS, AWS Batch and RunInstances resolve
// $Latest once; Auto Scaling and fleets do at every launch.
func (g *group) stays(of string, version eval.Value) string {
	id, attribute := version.Reference()
	if id == of && attribute == "LatestVersionNumber" {
		return ""
	}
	resolvesOnce := slices.Contains([]string{typeNodegroup, typeComputeEnvironment, typeInstance}, g.typ)
	switch {
	case version.Kind == eval.NoValue:
		return "it names no version, so it stays on the default version, 1"
	case id != of && attribute == "LatestVersionNumber":
		return "its version is that of another launch template, " + id
	case id == of && attribute == "DefaultVersionNumber", version.Text == "$Default":
		return "it is on the default version, which CloudFormation never moves from 1"
	case version.Kind == eval.Text && version.Text == "$Latest" && !resolvesOnce:
		return ""
	case version.Kind == eval.Text && version.Text == "$Latest":
		return "$Latest is resolved once, when the group is created"
	case version.Kind == eval.Text:
		return fmt.Sprintf("it stays on version %s", version.Text)
	}
	return "its version is not known before the deployment"
}
