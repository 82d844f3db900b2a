package transform

import (
	"fmt"
	"slices"
	"strings"

	"imdslock/transform/cfn"
)

// A launchTemplate is a resource that says how nodes are launched.
type launchTemplate struct {
	id       string
	key      *cfn.Node // the logical id
	resource *cfn.Node
	path     []string // from the resource to the data
}

// The resource types with MetadataOptions and UserData.
const (
	typeLaunchTemplate      = "AWS::EC2::LaunchTemplate"
	typeLaunchConfiguration = "AWS::AutoScaling::LaunchConfiguration"
	typeNodegroup           = "AWS::EKS::Nodegroup"
)

// ResourceTypes returns the types of resources that decide how nodes reach the
// metadata service: what has nothing of them has nothing to lock.
func ResourceTypes() []string {
	return []string{typeLaunchTemplate, typeLaunchConfiguration, typeNodegroup}
}

// launchTemplates returns the launch templates and launch configurations of a
// template in order.
func launchTemplates(t *cfn.Template) ([]launchTemplate, error) {
	section := t.Root().Get("Resources")
	if section == nil || section.Kind != cfn.Mapping {
		hint := "a template has a section Resources"
		if t.Root().Get("apiVersion") != nil {
			hint = "with its apiVersion it looks like a file for Kubernetes or eksctl"
		}
		return nil, t.NotTemplate(t.Root().Span.Start, "it has no Resources", hint)
	}
	var all []launchTemplate
	if err := refuseAliases(t); err != nil {
		return nil, err
	}
	for _, p := range resources(section) {
		switch resourceType(p.Value) {
		case typeLaunchTemplate:
			all = append(all, launchTemplate{p.Key.Value, p.Key, p.Value, []string{"Properties", "LaunchTemplateData"}})
		case typeLaunchConfiguration:
			all = append(all, launchTemplate{p.Key.Value, p.Key, p.Value, []string{"Properties"}})
		}
	}
	return all, nil
}

// refuseAliases is an error where an alias or a merge key hides what a resource
// is, or where a launch template has an anchor that is used elsewhere, so that
// an edit would change that place too. CloudFormation itself knows no aliases.
func refuseAliases(t *cfn.Template) error {
	if !t.HasAlias("") {
		return nil
	}
	refuse := func(id string, n *cfn.Node, what string) error {
		e := t.Errorf(n.Span.Start, "%s", what)
		e.Hint = "CloudFormation has no aliases: write the value out"
		return &CannotLock{LogicalID: id, Property: id, Cause: e}
	}
	section := t.Root().Get("Resources")
	for _, p := range append(resources(section), cfn.Pair{Key: section, Value: section}) {
		id, resource := p.Key.Value, p.Value
		if kind := resource.Get("Type"); resource.Kind == cfn.Alias || kind != nil && kind.Kind == cfn.Alias {
			return refuse(id, resource, "an alias hides what it is")
		}
		if pair, ok := resource.Pair("<<"); ok {
			return refuse(id, pair.Key, "a merge key << hides what it is")
		}
		switch resourceType(resource) {
		case typeLaunchTemplate, typeLaunchConfiguration:
			for n := range resource.All {
				if name := t.Anchor(n); name != "" && t.HasAlias(name) {
					return refuse(id, n, "the anchor &"+name+" is used elsewhere, which would change too")
				}
			}
		}
	}
	return nil
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

// knownResources is an error where a logical id that was asked for is none of
// a launch template.
func knownResources(t *cfn.Template, all []launchTemplate, ids []string) error {
	for _, id := range ids {
		if slices.ContainsFunc(all, func(lt launchTemplate) bool { return lt.id == id }) {
			continue
		}
		e := t.Errorf(t.Root().Get("Resources").Span.Start, "there is no launch template %q", id)
		var names []string
		for _, lt := range all {
			names = append(names, lt.id)
		}
		if len(names) > 0 {
			e.Hint = "the template has " + strings.Join(names, ", ")
		}
		return e
	}
	return nil
}

// data returns the mappings that have the MetadataOptions and the UserData: one,
// or several where an Fn::If chooses.
func (lt launchTemplate) data(t *cfn.Template) ([]*cfn.Node, error) {
	n, at := lt.resource, lt.key
	for _, key := range lt.path {
		if err := lt.refuse(t, n, at, key); err != nil {
			return nil, err
		}
		pair, ok := n.Pair(key)
		if !ok {
			return nil, lt.cannot(t, at.Span.Start, key, "it has no "+key, "CloudFormation requires it: add it, or choose other resources with --resource")
		}
		n, at = pair.Value, pair.Key
	}
	property := lt.path[len(lt.path)-1]
	var datas []*cfn.Node
	for _, branch := range n.Branches() {
		if branch.IsNoValue() {
			continue
		}
		if err := lt.refuse(t, branch, at, property); err != nil {
			return nil, err
		}
		if len(branch.Pairs) == 0 {
			return nil, lt.cannot(t, at.Span.Start, property, property+" is empty", "CloudFormation wants to know there what to launch")
		}
		datas = append(datas, branch)
	}
	return datas, nil
}

// refuse is an error where n, the value of a property, is not a plain mapping
// that shows all of its keys.
func (lt launchTemplate) refuse(t *cfn.Template, n, at *cfn.Node, property string) error {
	if n.Kind == cfn.Alias {
		return lt.cannot(t, n.Span.Start, property, fmt.Sprintf("%s is the alias *%s", property, n.Value),
			"CloudFormation has no aliases: write the value out")
	}
	if n.Kind != cfn.Mapping {
		return lt.cannot(t, at.Span.Start, property, property+" is not a mapping", "CloudFormation wants keys with values there")
	}
	if pair, ok := n.Pair("<<"); ok {
		return lt.cannot(t, pair.Key.Span.Start, property, "a merge key << stands in what must change",
			"CloudFormation has no merge keys: write the values out")
	}
	for _, pair := range n.Pairs {
		if name := pair.Key.Value; strings.HasPrefix(name, "Fn::") && name != "Fn::If" {
			return lt.cannot(t, pair.Key.Span.Start, property, fmt.Sprintf("%s comes from %s, which only the deployment resolves", property, name),
				"lock the template that the function makes, or write the value out")
		}
	}
	if name, _ := n.Function(); name != "" && name != "Fn::If" {
		return lt.cannot(t, n.Span.Start, property, fmt.Sprintf("%s comes from %s, which only the deployment resolves", property, name),
			"write the value out")
	}
	return nil
}

// cannot makes the error for what cannot be locked.
func (lt launchTemplate) cannot(t *cfn.Template, at int, property, message, hint string) error {
	e := t.Errorf(at, "%s", message)
	e.Hint = hint
	return &CannotLock{LogicalID: lt.id, Property: property, Cause: e}
}

// wrap turns an error of an edit into one of the launch template.
func (lt launchTemplate) wrap(property string, err error) error {
	if e, ok := err.(*cfn.Error); ok {
		return &CannotLock{LogicalID: lt.id, Property: property, Cause: e}
	}
	return err
}
