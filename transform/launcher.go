package transform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// A launcher is a resource that says with which metadata options and user data
// nodes are launched.
type launcher struct {
	id       string
	typ      string
	key      *cfn.Node // the logical ID
	resource *cfn.Node
	loops    []loop   // around it
	users    []*group // that use it

	// path leads from the resource to the mapping with MetadataOptions and
	// UserData.
	path []string

	// options and texts say whether it has metadata options and user data of
	// its own. An instance that uses a launch template may have neither.
	options, texts bool

	// inherits is set for an instance that has the options and user data of a launch
	// template, which is judged, where it has none of its own.
	inherits bool

	override *cfn.Node // of a fleet: the override that has options of its own
	unread   string    // why it is not known what it is, or ""
}

func newLauncher(p resource) *launcher {
	l := &launcher{id: p.Key.Value, typ: p.typ(), key: p.Key, resource: p.Value, loops: p.loops, path: []string{"Properties"}, options: true, texts: true}
	if l.typ == typeLaunchTemplate {
		l.path = append(l.path, "LaunchTemplateData")
	}
	return l
}

func (l *launcher) isOverride() bool { return l.override != nil }

// refuseAliases returns an error if an alias or a merge key hides what a
// resource is, or if a launcher has an anchor that is used elsewhere, so that an
// edit would change that place too. CloudFormation itself knows no aliases.
func (s *survey) refuseAliases(section *cfn.Node) error {
	t := s.t
	if !t.HasAlias("") {
		return nil
	}
	const hint = "CloudFormation has no aliases: write the value out"
	for _, p := range append(slices.Clone(s.resources), resource{Pair: cfn.Pair{Key: section, Value: section}}) {
		id, resource := p.Key.Value, p.Value
		if kind := resource.Get("Type"); resource.Kind == cfn.Alias || kind != nil && kind.Kind == cfn.Alias {
			return cannotLock(t, id, id, resource.Span.Start, hint, "an alias hides what it is")
		}
		if pair, ok := resource.Pair("<<"); ok {
			return cannotLock(t, id, id, pair.Key.Span.Start, hint, "a merge key << hides what it is")
		}
		if p.mayBe(typeLaunchTemplate, typeLaunchConfiguration, typeInstance, typeNodegroup) {
			for n := range resource.All {
				if name := t.Anchor(n); name != "" && t.HasAlias(name) {
					return cannotLock(t, id, id, n.Span.Start, hint, "the anchor &%s is used elsewhere, which would change too", name)
				}
			}
		}
	}
	return nil
}

// data returns the mappings that have the MetadataOptions and the UserData: one,
// or several if an Fn::If chooses.
func (l *launcher) data(t *cfn.Template) ([]*cfn.Node, error) {
	if l.isOverride() {
		return []*cfn.Node{l.override}, nil
	}
	n, at := l.resource, l.key
	if l.unread != "" {
		return nil, l.cannot(t, at.Span.Start, "Type", l.unread, "write out a resource of each type, so that each can be judged")
	}
	for _, key := range l.path {
		if err := l.refuse(t, n, at, key); err != nil {
			return nil, err
		}
		pair, ok := n.Pair(key)
		if !ok {
			return nil, l.cannot(t, at.Span.Start, key, "it has no "+key, "CloudFormation requires it: add it, or choose other resources with --resource")
		}
		n, at = pair.Value, pair.Key
	}
	property := l.path[len(l.path)-1]
	var datas []*cfn.Node
	for _, branch := range n.Branches() {
		if branch.IsNoValue() {
			continue
		}
		if err := l.refuse(t, branch, at, property); err != nil {
			return nil, err
		}
		if len(branch.Pairs) == 0 {
			return nil, l.cannot(t, at.Span.Start, property, property+" is empty", "CloudFormation needs to know there what to launch")
		}
		datas = append(datas, branch)
	}
	return datas, nil
}

// refuse returns an error if n, the value of a property, is not a plain mapping
// that shows all of its keys.
func (l *launcher) refuse(t *cfn.Template, n, at *cfn.Node, property string) error {
	if n.Kind == cfn.Alias {
		return l.cannot(t, n.Span.Start, property, fmt.Sprintf("%s is the alias *%s", property, n.Value),
			"CloudFormation has no aliases: write the value out")
	}
	if n.Kind != cfn.Mapping {
		return l.cannot(t, at.Span.Start, property, property+" is not a mapping", "CloudFormation expects keys with values there")
	}
	if pair, ok := n.Pair("<<"); ok {
		return l.cannot(t, pair.Key.Span.Start, property, "what must change has a merge key <<",
			"CloudFormation has no merge keys: write the values out")
	}
	for _, pair := range n.Pairs {
		if name := pair.Key.Value; strings.HasPrefix(name, "Fn::") && name != "Fn::If" {
			return l.cannot(t, pair.Key.Span.Start, property, fmt.Sprintf("%s comes from %s, which only the deployment resolves", property, name),
				"lock the template that the function makes, or write the value out")
		}
	}
	if name, _ := n.Function(); name != "" && name != "Fn::If" {
		return l.cannot(t, n.Span.Start, property, fmt.Sprintf("%s comes from %s, which only the deployment resolves", property, name),
			"write the value out")
	}
	return nil
}

// cannot makes the error for what cannot be locked.
func (l *launcher) cannot(t *cfn.Template, at int, property, message, hint string) error {
	return cannotLock(t, l.id, property, at, hint, "%s", message)
}

// readInstance adds an instance to the launchers if it is a node: if it joins a
// cluster by its user data, has an image for nodes of Amazon EKS or says so by its
// tags, or if it has options or user data that win over those of a launch template
// of this template ("Launch an instance from a launch template" in the Amazon EC2
// User Guide).
func (s *survey) readInstance(p resource) error {
	l := newLauncher(p)
	properties := p.Value.Get("Properties")
	if properties == nil || properties.Kind != cfn.Mapping {
		return nil
	}
	joins, guessed := s.joins(l, properties)
	own := s.group(p.Key)
	isTagged, err := s.hasClusterTag(l, properties)
	if err != nil {
		return err
	}
	isNode := joins || isTagged || own.images.forEKS
	if len(own.uses) > 0 {
		own.readOwn(l, properties, isNode)
	}
	own.mayJoin = !isNode && len(own.uses) == 0 && (guessed || s.isOpaque(l, properties))
	if isNode || own.usesOwn() {
		s.launchers = append(s.launchers, l)
	}
	return nil
}

// optionsOf returns the values that the MetadataOptions n of a launcher can have,
// without those cases in which the launcher is not made, or another's count.
func (l *launcher) optionsOf(values *eval.Evaluator, n *cfn.Node) ([]eval.Outcome, error) {
	outcomes, err := values.Outcomes(n)
	outcomes = divided(values, outcomes, l.resource, true)
	if err != nil || !l.inherits {
		return outcomes, err
	}
	var own []eval.Outcome
	for _, o := range outcomes {
		if o.Value.Kind != eval.NoValue {
			own = append(own, o)
		}
	}
	return own, nil
}

// readOwn reads which options and user data an instance with launch templates has
// itself. Those that it does not have are the launch template's.
func (g *group) readOwn(l *launcher, properties *cfn.Node, isNode bool) {
	l.inherits = !isNode || !g.mayUseElsewhere() && !g.without
	l.options = properties.Get("MetadataOptions") != nil || !l.inherits
	l.texts = properties.Get("UserData") != nil
	g.isBare = isNode && g.without && !l.texts
}

// group returns the group with a logical ID.
func (s *survey) group(key *cfn.Node) *group {
	return s.groups[slices.IndexFunc(s.groups, func(g *group) bool { return g.key == key })]
}

// hasClusterTag reports whether an instance has the tag kubernetes.io/cluster/NAME or
// eks:cluster-name, which nodes carry ("Amazon EKS self-managed nodes" in the Amazon EKS User Guide).
func (s *survey) hasClusterTag(l *launcher, properties *cfn.Node) (bool, error) {
	for _, key := range at(properties, "Tags", "*", "Key") {
		if ref := key.Call("Ref"); ref != nil && slices.ContainsFunc(repeated("${"+ref.Value+"}", l.loops), isClusterTag) {
			return true, nil
		}
		outcomes, err := s.values.Outcomes(key)
		if err != nil {
			return false, cannotEdit(l.id, "Tags", err)
		}
		for _, o := range outcomes {
			if isClusterTag(o.Value.Shown()) {
				return true, nil
			}
		}
	}
	return false, nil
}

func isClusterTag(key string) bool {
	return key == "eks:cluster-name" || strings.HasPrefix(key, "kubernetes.io/cluster/")
}

// readFleetOverrides adds the overrides of EC2 fleets that have metadata options
// of their own to the launchers ("FleetLaunchTemplateOverridesRequest" in the
// CloudFormation reference of AWS::EC2::EC2Fleet).
func (s *survey) readFleetOverrides() {
	for _, g := range s.groups {
		if g.typ != typeEC2Fleet {
			continue
		}
		for _, override := range at(g.resource, "Properties", "LaunchTemplateConfigs", "*", "Overrides", "*") {
			if override.Get("MetadataOptions") != nil {
				s.launchers = append(s.launchers, &launcher{id: g.id, typ: g.typ, key: g.key, resource: g.resource, options: true, override: override, users: []*group{g}})
			}
		}
	}
}
