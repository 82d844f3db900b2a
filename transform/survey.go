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
	section   *cfn.Node // Resources
	resources []resource
	includes  []*cfn.Node // each Fn::Transform that brings in resources
	unread    []*cfn.Node // each Fn::ForEach that cannot be read
	launchers []*launcher
	groups    []*group
	verdicts  map[judged]userdata.Verdict // of texts that were judged
	unlocked  *[]Finding                  // see beside; nil until it is asked for

	initScripts map[string]*initScript // see inits; nil until they are asked for

	// byID are the launch templates and configurations by their logical IDs, those of
	// each round of a loop. byPattern are those with rounds that are not known.
	byID      map[string][]*launcher
	byPattern []*launcher
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
	if section == nil && bringsIn(t.Root()) {
		section = &cfn.Node{Kind: cfn.Mapping, Span: t.Root().Span}
	}
	if section == nil || section.Kind != cfn.Mapping {
		hint := "a template has a section Resources"
		if t.Root().Get("apiVersion") != nil {
			hint = "with its apiVersion it looks like a file for Kubernetes or eksctl"
		}
		return nil, t.NotTemplate(t.Root().Span.Start, "it has no Resources", hint)
	}
	s := &survey{t: t, section: section, values: eval.New(ctx, t, given), verdicts: map[judged]userdata.Verdict{}}
	if pair, ok := t.Root().Pair("Fn::Transform"); ok {
		s.includes = append(s.includes, pair.Key)
	}
	if err := s.readResources(section, nil); err != nil {
		return nil, err
	}
	if err := s.refuseAliases(section); err != nil {
		return nil, err
	}
	if err := s.readLaunchers(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.launchers, func(a, b *launcher) int { return a.key.Span.Start - b.key.Span.Start })
	return s, nil
}

// bringsIn reports whether a template without Resources gets them from elsewhere: from
// modules, or from what transforms it.
func bringsIn(root *cfn.Node) bool {
	if root.Get("AWSTemplateFormatVersion") != nil && (root.Get("Transform") != nil || root.Get("Fn::Transform") != nil) {
		return true
	}
	modules := root.Get("Modules")
	return modules != nil && slices.ContainsFunc(modules.Pairs, func(p cfn.Pair) bool { return p.Value.Get("Source") != nil })
}

// beside notes what is not locked because the template does not show it, and what may
// open what is locked.
func (s *survey) beside() []Finding {
	if s.unlocked == nil {
		notes := append(s.notSeen(), s.elsewhere()...)
		s.unlocked = &notes
	}
	return *s.unlocked
}

// readLaunchers reads what says how nodes are launched, then the groups that use
// that, then the instances, which may be both.
func (s *survey) readLaunchers() error {
	for _, r := range s.resources {
		if l := ambiguous(r); l != nil {
			s.launchers = append(s.launchers, l)
		}
		switch r.typ() {
		case typeLaunchTemplate, typeLaunchConfiguration:
			s.launchers = append(s.launchers, newLauncher(r))
		}
	}
	s.nameLaunchers()
	for _, r := range s.resources {
		if len(specPaths(r.typ())) == 0 {
			continue
		}
		g, err := s.readGroup(r)
		if err != nil {
			return err
		}
		s.groups = append(s.groups, g)
	}
	for _, r := range s.resources {
		if r.typ() != typeInstance {
			continue
		}
		if err := s.readInstance(r); err != nil {
			return err
		}
	}
	s.readFleetOverrides()
	return nil
}

// nameLaunchers builds the index that withID uses.
func (s *survey) nameLaunchers() {
	s.byID = map[string][]*launcher{}
	for _, l := range s.launchers {
		for _, id := range repeated(l.id, l.loops) {
			if !strings.Contains(id, untold) {
				s.byID[id] = append(s.byID[id], l)
			} else if !slices.Contains(s.byPattern, l) {
				s.byPattern = append(s.byPattern, l)
			}
		}
	}
}

// withID returns the launchers of a type that a logical ID may name, as it is
// written in loops: those that it names in one of their rounds.
func (s *survey) withID(id, typ string, loops []loop) []*launcher {
	var all []*launcher
	add := func(l *launcher) {
		if l.typ == typ && !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	for _, id := range repeated(id, loops) {
		for _, l := range s.byID[id] {
			add(l)
		}
		for _, l := range s.byPattern {
			if slices.ContainsFunc(repeated(l.id, l.loops), func(made string) bool { return maybeSame(made, id) }) {
				add(l)
			}
		}
	}
	return all
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
		e := s.t.Errorf(s.section.Span.Start, "there is no launch template or node group %q", id)
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
