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
// is where the CDK publishes an asset, in the order of the template.
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
		if f := a.publishedAt(p.Value.Get("Properties", "TemplateURL")); f != nil {
			nested = append(nested, NestedStack{p.Key.Value, t.Position(p.Key.Span.Start), f.path})
		}
	}
	return nested, nil
}

// publishedAt returns the asset whose bucket and objectKey are the end of a URL, or nil.
func (a *Assembly) publishedAt(url *cfn.Node) *asset {
	end := endOf(url)
	for _, f := range a.assets {
		destinations := f.entry.Value.Get("destinations")
		if destinations == nil {
			continue
		}
		for _, d := range destinations.Pairs {
			bucket, key := text(d.Value, "bucketName"), text(d.Value, "objectKey")
			if bucket != "" && key != "" && strings.HasSuffix(end, "/"+bucket+"/"+key) {
				return f
			}
		}
	}
	return nil
}

// endOf returns the end of the text that an expression makes, if it is certain: all of a
// scalar or of Fn::Sub without variables of its own, and the last item of an Fn::Join of
// texts and references.
func endOf(n *cfn.Node) string {
	if n == nil {
		return ""
	}
	if sub := n.Call("Fn::Sub"); sub != nil {
		n = sub
	}
	if n.Kind == cfn.Scalar {
		return n.Value
	}
	join := n.Call("Fn::Join")
	if join == nil || len(join.Items) != 2 || join.Items[0].Value != "" || len(join.Items[1].Items) == 0 {
		return ""
	}
	items := join.Items[1].Items
	for _, item := range items {
		if item.Kind != cfn.Scalar && item.Call("Ref") == nil {
			return ""
		}
	}
	return items[len(items)-1].Value
}
