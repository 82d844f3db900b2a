package transform

import (
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// notSeen names what may launch nodes and is not in the template: nested
// stacks, modules, macros and what AWS::Include brings in. It says that there is
// nothing to lock only if there is nothing of these either.
func (s *survey) notSeen() []Finding {
	var findings []Finding
	note := func(rule Rule, id string, at *cfn.Node, format string, args ...any) {
		findings = append(findings, s.finding(rule, KindNote, id, at.Span, fmt.Sprintf(format, args...)))
	}
	for _, p := range s.resources {
		id := p.Key.Value
		switch typ := resourceType(p.Value); {
		case typ == typeStack:
			note(RuleNotSeen, id, p.Key, "%s: nested stack, whose template is not seen: lock that template too", id)
		case typ == typeStackSet && s.stackSetBody(p.Value) == nil:
			note(RuleNotSeen, id, p.Key, "%s: stack set, whose template is not seen: lock that template too", id)
		case strings.HasSuffix(typ, "::MODULE"):
			note(RuleNotSeen, id, p.Key, "%s: module %s, whose resources are not seen", id, typ)
		case typ == typeCluster && isAutoMode(p.Value):
			note(RuleAutoMode, id, p.Key, "%s: EKS Auto Mode: AWS locks its nodes itself, with hop limit 1 and required tokens", id)
		}
	}
	for _, n := range s.macros() {
		note(RuleNotSeen, "", n, "%s changes the template at the deployment: what it adds is not seen", n.Value)
	}
	if include := s.includes(); include != nil {
		note(RuleNotSeen, "", include, "Fn::Transform brings in resources that are not seen")
	}
	if len(findings) == 0 && len(s.launchers) == 0 && len(s.groups) == 0 && len(s.stackSets()) == 0 {
		note(RuleNothing, "", s.t.Root(), "no launch template, launch configuration or node group: nothing to lock")
		findings[0].End = findings[0].Start
	}
	return append(findings, s.duplicates()...)
}

// duplicates names the keys that stand twice in a mapping.
func (s *survey) duplicates() []Finding {
	var findings []Finding
	for _, d := range s.t.Duplicates() {
		message := fmt.Sprintf("the key %q stands again at line %d, and the last one counts", d.Pair.Key.Value, s.t.Position(d.Last.Key.Span.Start).Line)
		findings = append(findings, s.finding(RuleDuplicate, KindNote, "", d.Pair.Key.Span, message))
	}
	return findings
}

// isAutoMode reports whether a cluster runs nodes in EKS Auto Mode, whose
// metadata options cannot be changed ("EKS Auto Mode" in the Amazon EKS User
// Guide).
func isAutoMode(cluster *cfn.Node) bool {
	for _, n := range at(cluster, "Properties", "ComputeConfig", "Enabled") {
		if n.Kind == cfn.Scalar && strings.EqualFold(n.Value, "true") {
			return true
		}
	}
	return false
}

// macros returns the names in the section Transform that may add resources.
// AWS::LanguageExtensions and AWS::Serverless add none that launch nodes.
func (s *survey) macros() []*cfn.Node {
	section := s.t.Root().Get("Transform")
	if section == nil {
		return nil
	}
	var macros []*cfn.Node
	for _, n := range append([]*cfn.Node{section}, section.Items...) {
		if name := n.Get("Name"); name != nil {
			n = name
		}
		if n.Kind == cfn.Scalar && n.Value != "AWS::LanguageExtensions" && !strings.HasPrefix(n.Value, "AWS::Serverless") {
			macros = append(macros, n)
		}
	}
	return macros
}

// includes returns the Fn::Transform among the resources that adds others, or nil.
func (s *survey) includes() *cfn.Node {
	if pair, ok := s.t.Root().Get("Resources").Pair("Fn::Transform"); ok {
		return pair.Key
	}
	if pair, ok := s.t.Root().Pair("Fn::Transform"); ok {
		return pair.Key
	}
	return nil
}
