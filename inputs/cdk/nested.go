package cdk

import (
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A NestedStack is a resource whose template is an asset of the assembly.
type NestedStack struct {
	LogicalID string
	At        cfn.Position // of its key in the template around it
	Template  string       // the path of its template
}

// NestedStacks returns the nested stacks in a template of the assembly whose TemplateURL
// has the hash of an asset, in the order of the template.
func (a *Assembly) NestedStacks(path string) ([]NestedStack, error) {
	src, err := readFile(path)
	if err != nil {
		return nil, err
	}
	t, err := cfn.Parse(src)
	if err != nil {
		return nil, nil // an asset that is something else
	}
	var nested []NestedStack
	resources := t.Root().Get("Resources")
	if resources == nil {
		return nil, nil
	}
	for _, p := range resources.Pairs {
		if text(p.Value, "Type") != "AWS::CloudFormation::Stack" {
			continue
		}
		if f := a.assetIn(p.Value.Get("Properties", "TemplateURL")); f != nil {
			nested = append(nested, NestedStack{p.Key.Value, t.Position(p.Key.Span.Start), f.path})
		}
	}
	return nested, nil
}

// assetIn returns the asset whose hash an expression has in a text, or nil.
func (a *Assembly) assetIn(n *cfn.Node) *asset {
	if n == nil {
		return nil
	}
	for part := range n.All {
		for _, f := range a.assets {
			if part.Kind == cfn.Scalar && strings.Contains(part.Value, f.entry.Key.Value) {
				return f
			}
		}
	}
	return nil
}
