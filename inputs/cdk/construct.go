package cdk

import (
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// Constructs returns the path of the construct that made each resource of a
// template, by logical ID, such as "Blue/Nodes/LaunchTemplate". The CDK writes it
// into the Metadata of a resource as aws:cdk:path.
func Constructs(t *cfn.Template) map[string]string {
	paths := map[string]string{}
	resources := t.Root().Get("Resources")
	if resources == nil || !strings.Contains(t.Source(), pathKey) {
		return paths
	}
	for _, p := range resources.Pairs {
		if path := text(p.Value.Get("Metadata"), pathKey); path != "" {
			paths[p.Key.Value] = strings.TrimSuffix(path, "/Resource")
		}
	}
	return paths
}

const pathKey = "aws:cdk:path"
