package transform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/calls"
	"github.com/imdslock/imdslock/transform/cfn"
)

// notSeen names what may launch nodes and is not in the template: what resources
// make that have a template or code elsewhere, macros and what AWS::Include brings
// in. It says that there is nothing to lock only if there is nothing of these either.
func (s *survey) notSeen() []Finding {
	var findings []Finding
	note := func(rule Rule, id string, at *cfn.Node, format string, args ...any) {
		findings = append(findings, s.noteOn(rule, id, at, format, args...))
	}
	for _, r := range s.resources {
		findings = append(findings, s.notSeenOf(r)...)
	}
	if custom := s.customResources(); len(custom) > 0 {
		note(RuleCustom, custom[0].Value, custom[0], "%s: what the code of a custom resource makes is not seen", ids(custom))
	}
	for _, n := range s.macros() {
		note(RuleNotSeen, "", n, "%s changes the template at the deployment: what it adds is not seen", hiding(n))
	}
	if modules := s.t.Root().Get("Modules"); modules != nil {
		note(RuleNotSeen, "", modules, "Modules brings in resources that are not seen: check what the template becomes")
	}
	for _, include := range s.includes {
		note(RuleNotSeen, "", include, "Fn::Transform brings in resources that are not seen")
	}
	for _, n := range s.unread {
		note(RuleNotSeen, "", n, "%s is not a variable, a list and a mapping: what it makes is not seen", n.Value)
	}
	if len(findings) == 0 && len(s.launchers) == 0 && len(s.groups) == 0 && len(s.stackSets()) == 0 {
		note(RuleNothing, "", s.t.Root(), "no launch template, launch configuration or node group: nothing to lock")
		findings[0].End = findings[0].Start
	}
	return append(findings, s.duplicates()...)
}

// notSeenOf names what one resource may launch that is not in the template.
func (s *survey) notSeenOf(r resource) []Finding {
	var notes []Finding
	id := r.Key.Value
	if n := r.hidesType(); n != nil && !r.mayBe(ResourceTypes()...) { // which is said
		notes = append(notes, s.noteOn(RuleNotSeen, id, n, "%s: its type, and so whether it launches nodes, is not known before the deployment", id))
	}
	for _, typ := range r.types {
		if makes := s.makesUnseen(r, typ); makes != "" {
			notes = append(notes, s.noteOn(RuleNotSeen, id, r.Key, "%s: %s", id, makes))
		}
	}
	if f, ok := s.launching(r); ok {
		notes = append(notes, f)
	}
	if r.typ() == typeCluster && isAutoMode(r.Value) {
		notes = append(notes, s.noteOn(RuleAutoMode, id, r.Key, "%s: EKS Auto Mode: AWS locks its nodes itself, with hop limit 1 and required tokens", id))
	}
	return notes
}

// launching notes the first text in a resource by which it may launch nodes that are
// in no template.
func (s *survey) launching(r resource) (Finding, bool) {
	if r.makesNoCalls() {
		return Finding{}, false
	}
	for n, text := range phrases(r.Value.Get("Properties")) {
		if what := calls.Launches(text); what != "" {
			return s.noteOn(RuleNotSeen, r.Key.Value, n, "%s: it %s", r.Key.Value, what), true
		}
	}
	return Finding{}, false
}

// noteOn makes a note on a node of the template.
func (s *survey) noteOn(rule Rule, id string, at *cfn.Node, format string, args ...any) Finding {
	return s.finding(rule, KindNote, id, at.Span, fmt.Sprintf(format, args...))
}

// makesUnseen says what a resource of a type makes by a template or by code that is
// not in this template, or "". Types of AWS make nothing but what they are, with
// few exceptions; those of others are extensions of the registry, and are made by
// code of their own.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry.html
func (s *survey) makesUnseen(r resource, typ string) string {
	switch typ {
	case typeStack:
		return "nested stack, whose template is not seen: lock that template too"
	case typeStackSet:
		if s.stackSetBody(r.Value) != nil {
			return ""
		}
		return "stack set, whose template is not seen: lock that template too"
	case "AWS::Serverless::Application":
		return "nested application, whose template is not seen: lock that template too"
	case "AWS::ServiceCatalog::CloudFormationProvisionedProduct":
		return "product of AWS Service Catalog, whose template is not seen: lock that template too"
	case "AWS::CodeStarConnections::SyncConfiguration":
		return "stack that follows a repository, whose template is not seen"
	case "AWS::CodePipeline::Pipeline":
		if r.deploysTemplates() {
			return "pipeline that deploys templates, which are not seen"
		}
	case "AWS::LaunchWizard::Deployment":
		return "deployment by AWS Launch Wizard, whose templates are not seen"
	case "AWS::SageMaker::Cluster":
		if at(r.Value, "Properties", "Orchestrator") == nil {
			return ""
		}
		return "Amazon SageMaker HyperPod launches nodes for Amazon EKS, whose metadata options are not seen"
	}
	if strings.HasSuffix(typ, "::MODULE") {
		return "module " + typ + ", whose resources are not seen"
	}
	owner, _, _ := strings.Cut(typ, "::")
	if slices.Contains([]string{"", "AWS", "Alexa", "Custom"}, owner) {
		return ""
	}
	return "extension " + typ + ": what its code makes is not seen"
}

// deploysTemplates reports whether an action of a pipeline is one of CloudFormation.
func (r resource) deploysTemplates() bool {
	providers := at(r.Value, "Properties", "Stages", "*", "Actions", "*", "ActionTypeId", "Provider")
	return slices.ContainsFunc(providers, func(n *cfn.Node) bool {
		return n.Kind == cfn.Scalar && strings.HasPrefix(n.Value, "CloudFormation")
	})
}

// customResources returns the logical IDs of the custom resources. Many templates
// have some that launch no nodes, so one note with a rule of its own names them all.
func (s *survey) customResources() []*cfn.Node {
	var custom []*cfn.Node
	for _, r := range s.resources {
		if slices.ContainsFunc(r.types, func(typ string) bool {
			return typ == "AWS::CloudFormation::CustomResource" || strings.HasPrefix(typ, "Custom::") && !strings.HasSuffix(typ, "::MODULE")
		}) {
			custom = append(custom, r.Key)
		}
	}
	return custom
}

// ids lists logical IDs for a message.
func ids(keys []*cfn.Node) string {
	const most = 3
	var all []string
	for _, key := range keys[:min(len(keys), most)] {
		all = append(all, key.Value)
	}
	if len(keys) > most {
		all = append(all, fmt.Sprintf("and %d more", len(keys)-most))
	}
	return strings.Join(all, ", ")
}

// duplicates notes the keys that occur twice in a mapping.
func (s *survey) duplicates() []Finding {
	var findings []Finding
	for _, d := range s.t.Duplicates() {
		key, last := s.spelled(d.Pair.Key), s.spelled(d.Last.Key)
		where := fmt.Sprintf("at line %d", s.t.Position(d.Last.Key.Span.Start).Line)
		if last != key { // yes and on are both true
			where += fmt.Sprintf(", as %q", last)
		}
		message := fmt.Sprintf("the key %q occurs again %s, and the last one counts", key, where)
		findings = append(findings, s.finding(RuleDuplicate, KindNote, "", d.Pair.Key.Span, message))
	}
	return findings
}

// spelled returns a key as it is written, but without quotes and escapes.
func (s *survey) spelled(key *cfn.Node) string {
	if key.Style == cfn.Plain {
		return s.t.Source()[key.Span.Start:key.Span.End]
	}
	return key.Value
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
		isList := n == section && n.Kind == cfn.Sequence
		if !isList && n.Value != "AWS::LanguageExtensions" && !strings.HasPrefix(n.Value, "AWS::Serverless") {
			macros = append(macros, n)
		}
	}
	return macros
}
