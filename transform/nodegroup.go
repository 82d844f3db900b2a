package transform

import (
	"slices"
	"strings"

	"imdslock/transform/cfn"
)

// A nodegroup is a managed node group of the template.
type nodegroup struct {
	id        string
	key       *cfn.Node
	templates []string // logical ids of the launch templates that it may use
	elsewhere bool     // it may use a launch template of another stack
	without   bool     // it may use none
	os        OS
}

// nodegroups returns the managed node groups of a template.
func nodegroups(t *cfn.Template) []nodegroup {
	var groups []nodegroup
	for _, p := range resources(t.Root().Get("Resources")) {
		if resourceType(p.Value) != typeNodegroup {
			continue
		}
		g := nodegroup{id: p.Key.Value, key: p.Key, os: osOfAMIType(t, p.Value.Get("Properties", "AmiType"))}
		if lt := p.Value.Get("Properties", "LaunchTemplate"); !lt.IsNull() {
			g.reads(t, lt)
		} else {
			g.without = true
		}
		groups = append(groups, g)
	}
	return groups
}

// reads notes the launch templates that a LaunchTemplate property names.
func (g *nodegroup) reads(t *cfn.Template, property *cfn.Node) {
	for _, spec := range property.Branches() {
		if spec.IsNoValue() {
			g.without = true
			continue
		}
		id, name := spec.Get("Id"), spec.Get("Name")
		if id == nil {
			id = name
		}
		if id == nil {
			g.elsewhere = true
			continue
		}
		for _, n := range id.Branches() {
			switch ref := n.Call("Ref"); {
			case n.IsNoValue() && id != name && name != nil: // its name says which
				g.elsewhere = true
			case n.IsNoValue():
				g.without = true
			case ref != nil && resourceType(t.Root().Get("Resources", ref.Value)) == typeLaunchTemplate:
				g.templates = append(g.templates, ref.Value)
			default:
				g.elsewhere = true
			}
		}
	}
}

// osOfAMIType returns what the nodes run, by the enumeration of AmiType ("Nodegroup"
// in the Amazon EKS API Reference), or OSUnknown where that can vary.
func osOfAMIType(t *cfn.Template, n *cfn.Node) OS {
	if n == nil {
		return OSUnknown
	}
	outcomes, err := t.Outcomes(n, nil)
	if err != nil {
		return OSUnknown
	}
	os := OSUnknown
	for i, o := range outcomes {
		this := OSUnknown
		switch v := o.Value.Text; {
		case strings.HasPrefix(v, "AL2_"), strings.HasPrefix(v, "AL2023_"):
			this = OSLinux
		case strings.HasPrefix(v, "BOTTLEROCKET_"):
			this = OSBottlerocket
		case strings.HasPrefix(v, "WINDOWS_"):
			this = OSWindows
		}
		if i > 0 && this != os {
			return OSUnknown
		}
		os = this
	}
	return os
}

// os returns what the nodes of a launch template run: what the node groups that
// use it say, else what was told.
func (lt launchTemplate) os(groups []nodegroup, told OS) OS {
	found := OSUnknown
	for _, g := range groups {
		if !slices.Contains(g.templates, lt.id) {
			continue
		}
		if g.os == OSUnknown || (found != OSUnknown && found != g.os) {
			return told
		}
		found = g.os
	}
	if found == OSUnknown {
		return told
	}
	return found
}

// nodegroupFindings names the managed node groups whose nodes the template's
// launch templates do not launch. EKS makes a launch template for them, with a
// hop limit of 2, where they name none.
func nodegroupFindings(t *cfn.Template, groups []nodegroup) []Finding {
	var findings []Finding
	for _, g := range groups {
		f := Finding{LogicalID: g.id, Position: t.Position(g.key.Span.Start)}
		if g.elsewhere {
			f.Rule = RuleElsewhere
			f.Message = g.id + ": managed node group with a launch template from elsewhere: lock it in the template that makes it"
			findings = append(findings, f)
		}
		if g.without {
			f.Rule, f.Open = RuleNodegroup, true
			f.Message = g.id + ": managed node group without a launch template cannot be locked here: add an " + typeLaunchTemplate + " with MetadataOptions and refer to it"
			if g.elsewhere || len(g.templates) > 0 {
				f.Message = g.id + ": managed node group that may be without a launch template, and is not locked then: refer to one in every case"
			}
			findings = append(findings, f)
		}
	}
	return findings
}
