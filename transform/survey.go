package transform

import (
	"context"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
	"github.com/imdslock/imdslock/transform/userdata"
)

// A survey is what in a template decides how pods reach the metadata service:
// what launches nodes, what uses that, and what the template does not show.
// Patch and Check both read it, and nothing else of the template.
type survey struct {
	t         *cfn.Template
	values    *eval.Evaluator
	resources []cfn.Pair // those that Fn::ForEach makes included
	launchers []*launcher
	groups    []*group
	verdicts  map[judged]userdata.Verdict // of texts that were judged
}

// The types of resources that launch nodes, or that say how.
const (
	typeLaunchTemplate      = "AWS::EC2::LaunchTemplate"
	typeLaunchConfiguration = "AWS::AutoScaling::LaunchConfiguration"
	typeInstance            = "AWS::EC2::Instance"
	typeAutoScalingGroup    = "AWS::AutoScaling::AutoScalingGroup"
	typeNodegroup           = "AWS::EKS::Nodegroup"
	typeSpotFleet           = "AWS::EC2::SpotFleet"
	typeEC2Fleet            = "AWS::EC2::EC2Fleet"
	typeComputeEnvironment  = "AWS::Batch::ComputeEnvironment"
	typeCluster             = "AWS::EKS::Cluster"
	typeStack               = "AWS::CloudFormation::Stack"
	typeStackSet            = "AWS::CloudFormation::StackSet"
)

// ResourceTypes returns the types of resources that launch nodes or say how. A
// template that has none of them, not even in a text, has nothing to lock.
func ResourceTypes() []string {
	return []string{
		typeLaunchTemplate, typeLaunchConfiguration, typeInstance,
		typeAutoScalingGroup, typeNodegroup, typeSpotFleet, typeEC2Fleet, typeComputeEnvironment,
	}
}

// newSurvey reads a template. Given are the parameter values of a deployment,
// or nil for all that CloudFormation accepts. The error is a [*cfn.Error] if
// the template has no resources, or a [*CannotLock] if an alias hides one.
func newSurvey(ctx context.Context, t *cfn.Template, given map[string]string) (*survey, error) {
	section := t.Root().Get("Resources")
	if section == nil || section.Kind != cfn.Mapping {
		hint := "a template has a section Resources"
		if t.Root().Get("apiVersion") != nil {
			hint = "with its apiVersion it looks like a file for Kubernetes or eksctl"
		}
		return nil, t.NotTemplate(t.Root().Span.Start, "it has no Resources", hint)
	}
	if err := refuseAliases(t); err != nil {
		return nil, err
	}
	s := &survey{t: t, values: eval.New(ctx, t, given), resources: resources(section), verdicts: map[judged]userdata.Verdict{}}
	var instances []cfn.Pair
	for _, p := range s.resources {
		switch resourceType(p.Value) {
		case typeLaunchTemplate, typeLaunchConfiguration:
			s.launchers = append(s.launchers, newLauncher(p))
		case typeInstance:
			instances = append(instances, p)
		}
	}
	for _, p := range s.resources {
		if len(specPaths(resourceType(p.Value))) == 0 {
			continue
		}
		g, err := s.readGroup(p)
		if err != nil {
			return nil, err
		}
		s.groups = append(s.groups, g)
	}
	for _, p := range instances {
		if err := s.readInstance(p); err != nil {
			return nil, err
		}
	}
	s.readFleetOverrides()
	slices.SortStableFunc(s.launchers, func(a, b *launcher) int { return a.key.Span.Start - b.key.Span.Start })
	return s, nil
}

// resources returns the resources of a section, those that Fn::ForEach makes
// included.
func resources(section *cfn.Node) []cfn.Pair {
	var pairs []cfn.Pair
	for _, p := range section.Pairs {
		if strings.HasPrefix(p.Key.Value, "Fn::ForEach::") {
			if len(p.Value.Items) == 3 {
				pairs = append(pairs, resources(p.Value.Items[2])...)
			}
			continue
		}
		pairs = append(pairs, p)
	}
	return pairs
}

func resourceType(resource *cfn.Node) string {
	if n := resource.Get("Type"); n != nil {
		return n.Value
	}
	return ""
}

// launcher returns the launcher with a logical ID, or nil.
func (s *survey) launcher(id string) *launcher {
	for _, l := range s.launchers {
		if l.id == id && !l.isOverride() {
			return l
		}
	}
	return nil
}

// chosen returns the launchers that the options are about: those that are named,
// and those of a group that is named.
func (s *survey) chosen(opts Options) []*launcher {
	var chosen []*launcher
	for _, l := range s.launchers {
		isUsed := func(g *group) bool { return slices.Contains(l.users, g) && opts.applies(g.id) }
		if opts.applies(l.id) || slices.ContainsFunc(s.groups, isUsed) {
			chosen = append(chosen, l)
		}
	}
	return chosen
}

// chosenGroups returns the groups that the options are about: those that are
// named, and those that use a launcher that is named.
func (s *survey) chosenGroups(opts Options) []*group {
	var chosen []*group
	for _, g := range s.groups {
		uses := func(l *launcher) bool { return slices.Contains(l.users, g) && opts.applies(l.id) }
		if opts.applies(g.id) || slices.ContainsFunc(s.launchers, uses) {
			chosen = append(chosen, g)
		}
	}
	return chosen
}

// known returns an error if a logical ID that the options name is not one of a
// resource that matters.
func (s *survey) known(opts Options) error {
	var names []string
	for _, l := range s.launchers {
		names = append(names, l.id)
	}
	for _, g := range s.groups {
		names = append(names, g.id)
	}
	for _, id := range opts.Resources {
		if slices.Contains(names, id) {
			continue
		}
		e := s.t.Errorf(s.t.Root().Get("Resources").Span.Start, "there is no launch template or node group %q", id)
		if len(names) > 0 {
			e.Hint = "the template has " + strings.Join(names, ", ")
		}
		return e
	}
	return nil
}

// finding makes a finding about a span.
func (s *survey) finding(rule Rule, kind Kind, id string, at cfn.Span, message string) Finding {
	return Finding{Rule: rule, Kind: kind, LogicalID: id, Start: s.t.Position(at.Start), End: s.t.Position(at.End), Message: message}
}

// at returns the values that a path of keys leads to, over every branch of
// every Fn::If on the way. "*" stands for the items of a list.
func at(n *cfn.Node, path ...string) []*cfn.Node {
	if n == nil {
		return nil
	}
	var found []*cfn.Node
	for _, branch := range n.Branches() {
		switch {
		case len(path) == 0:
			found = append(found, branch)
		case path[0] == "*":
			for _, item := range branch.Items {
				found = append(found, at(item, path[1:]...)...)
			}
		default:
			found = append(found, at(branch.Get(path[0]), path[1:]...)...)
		}
	}
	return found
}
