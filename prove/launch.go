//go:build linux

package prove

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"imdslock/transform/cfn"
	"imdslock/transform/cfn/eval"
)

// A Launch is what a launch template or launch configuration comes to when a
// stack is made of its template.
type Launch struct {
	Options  MetadataOptions
	UserData []byte
}

// pseudo are the pseudo parameters of a deployment.
func pseudo() map[string]string {
	return map[string]string{
		"AWS::AccountId": "111122223333", "AWS::Partition": "aws", "AWS::Region": "us-west-2", "AWS::URLSuffix": "amazonaws.com",
		"AWS::StackName": "nodes", "AWS::StackId": "arn:aws:cloudformation:us-west-2:111122223333:stack/nodes/0",
	}
}

// Deploy evaluates the first launch template of a template, with the values
// that are passed for parameters. Like CloudFormation it refuses a value that
// AllowedValues does not have.
func Deploy(src []byte, passed map[string]string) (Launch, error) {
	t, err := cfn.Parse(src)
	if err != nil {
		return Launch{}, err
	}
	values := pseudo()
	if parameters := t.Root().Get("Parameters"); parameters != nil {
		for _, p := range parameters.Pairs {
			if values[p.Key.Value], err = parameter(p, passed); err != nil {
				return Launch{}, err
			}
		}
	}
	properties, err := launchProperties(t)
	if err != nil {
		return Launch{}, err
	}
	e := eval.New(context.Background(), t, values)
	options, err := metadataOptions(e, properties.Get("MetadataOptions"))
	if err != nil {
		return Launch{}, err
	}
	l := Launch{Options: options}
	node := properties.Get("UserData")
	if node == nil {
		return l, nil
	}
	encoded, err := only(e, node)
	if err != nil {
		return Launch{}, err
	}
	if encoded.Kind != eval.Text {
		return Launch{}, fmt.Errorf("user data is not known: %s", encoded.Reason)
	}
	l.UserData, err = base64.StdEncoding.DecodeString(encoded.Text)
	return l, err
}

// only returns the one value that an expression has in a deployment.
func only(e *eval.Evaluator, n *cfn.Node) (eval.Value, error) {
	outcomes, err := e.Outcomes(n)
	if err != nil {
		return eval.Value{}, err
	}
	if len(outcomes) > 1 {
		return eval.Value{Reason: "it depends on " + outcomes[0].String()}, nil
	}
	return outcomes[0].Value, nil
}

// parameter returns the value of a parameter.
func parameter(p cfn.Pair, passed map[string]string) (string, error) {
	name := p.Key.Value
	value, ok := passed[name]
	if !ok {
		d := p.Value.Get("Default")
		if d == nil {
			return name, nil // any name will do
		}
		value = d.Value
	}
	if allowed := p.Value.Get("AllowedValues"); allowed != nil && !slices.ContainsFunc(allowed.Items, func(n *cfn.Node) bool { return n.Value == value }) {
		return "", fmt.Errorf("template validation error: parameter %s: %q is not among its AllowedValues", name, value)
	}
	return value, nil
}

// launchProperties returns what has the MetadataOptions and UserData.
func launchProperties(t *cfn.Template) (*cfn.Node, error) {
	resources := t.Root().Get("Resources")
	if resources == nil {
		return nil, fmt.Errorf("no resources")
	}
	for _, r := range resources.Pairs {
		switch kind := r.Value.Get("Type"); {
		case kind == nil:
		case kind.Value == "AWS::EC2::LaunchTemplate":
			return r.Value.Get("Properties", "LaunchTemplateData"), nil
		case kind.Value == "AWS::AutoScaling::LaunchConfiguration":
			return r.Value.Get("Properties"), nil
		}
	}
	return nil, fmt.Errorf("no launch template")
}

// metadataOptions fills in EC2's defaults: tokens are optional, and the hop
// limit is 1.
func metadataOptions(e *eval.Evaluator, n *cfn.Node) (MetadataOptions, error) {
	options := MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "optional", HTTPPutResponseHopLimit: 1, HTTPProtocolIPv6: "disabled"}
	if n == nil {
		return options, nil
	}
	v, err := only(e, n)
	if err != nil {
		return options, err
	}
	if v.Kind != eval.Object {
		return options, fmt.Errorf("MetadataOptions are not known: %s", v.Reason)
	}
	for _, f := range v.Fields {
		if f.Value.Kind != eval.Text {
			return options, fmt.Errorf("%s is not known: %s", f.Name, f.Value.Reason)
		}
		switch f.Name {
		case "HttpEndpoint":
			options.HTTPEndpoint = f.Value.Text
		case "HttpTokens":
			options.HTTPTokens = f.Value.Text
		case "HttpProtocolIpv6":
			options.HTTPProtocolIPv6 = f.Value.Text
		case "HttpPutResponseHopLimit":
			limit, err := strconv.Atoi(f.Value.Text)
			if err != nil {
				return options, err
			}
			options.HTTPPutResponseHopLimit = limit
		}
	}
	return options, nil
}
