package stack

import (
	"encoding/base64"
	"fmt"
	"strconv"
)

// MetadataOptions are the options of a metadata service, by the names that
// CloudFormation has for them.
type MetadataOptions struct {
	HTTPEndpoint            string // enabled or disabled
	HTTPTokens              string // optional or required
	HTTPPutResponseHopLimit int    // 1 to 64
	HTTPProtocolIPv6        string // disabled or enabled
}

// Locked reports whether a pod with a network namespace of its own gets no
// answer.
func (o MetadataOptions) Locked() bool {
	return o.HTTPEndpoint == "disabled" || o.HTTPTokens == "required" && o.HTTPPutResponseHopLimit == 1
}

// A Launch is what a launch template, a launch configuration or an instance launches
// when a stack is made of its template.
type Launch struct {
	LogicalID string
	Instance  bool // one AWS::EC2::Instance, which need not be a node
	ImageID   string
	Options   MetadataOptions
	UserData  []byte
}

// launchData returns the mapping of a resource that has MetadataOptions and
// UserData.
func launchData(resource map[string]any) (any, bool) {
	properties := asMap(resource["Properties"])
	switch resource["Type"] {
	case "AWS::EC2::LaunchTemplate":
		return properties["LaunchTemplateData"], true
	case "AWS::AutoScaling::LaunchConfiguration", "AWS::EC2::Instance":
		return properties, true
	}
	return nil, false
}

// Launches returns what a stack with the values that are passed for parameters
// launches, sorted by logical ID. The error wraps [ErrRefused] if CloudFormation does
// not make such a stack.
func (t *Template) Launches(passed map[string]string) ([]Launch, error) {
	e, err := t.evaluate(passed)
	if err != nil {
		return nil, err
	}
	var launches []Launch
	resources := t.section("Resources")
	for _, name := range sortedKeys(resources) {
		resource := asMap(resources[name])
		data, ok := launchData(resource)
		if !ok {
			continue
		}
		if holds, err := e.exists(resource); err != nil || !holds {
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		l, err := e.launch(name, asMap(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		l.Instance = resource["Type"] == "AWS::EC2::Instance"
		launches = append(launches, l)
	}
	return launches, nil
}

// launch computes one launch. EC2's defaults are that tokens are optional and
// the hop limit is 1. An instance has what its launch template has, if it is of
// this template, and its own properties win.
func (e *evaluation) launch(name string, data map[string]any) (Launch, error) {
	l := Launch{LogicalID: name, Options: MetadataOptions{"enabled", "optional", 1, "disabled"}}
	specification, err := e.value(data["LaunchTemplate"])
	if err != nil {
		return l, err
	}
	if id, ok := e.t.named(asMap(specification)); ok {
		inherited, _ := launchData(asMap(e.t.section("Resources")[id]))
		if l, err = e.launch(name, asMap(inherited)); err != nil {
			return l, err
		}
	}
	if image, err := e.value(data["ImageId"]); err == nil && image != nil {
		l.ImageID, _ = image.(string)
	}
	options, err := e.value(data["MetadataOptions"])
	if err != nil {
		return l, err
	}
	if err := l.Options.set(asMap(options)); err != nil {
		return l, err
	}
	userData, err := e.value(data["UserData"])
	if err != nil {
		return l, fmt.Errorf("UserData: %w", err)
	}
	if text, ok := userData.(string); ok {
		if l.UserData, err = base64.StdEncoding.DecodeString(text); err != nil {
			return l, fmt.Errorf("UserData: %w", err)
		}
	}
	return l, nil
}

// set takes over options that are given.
func (o *MetadataOptions) set(given map[string]any) error {
	for name, option := range map[string]*string{"HttpEndpoint": &o.HTTPEndpoint, "HttpTokens": &o.HTTPTokens, "HttpProtocolIpv6": &o.HTTPProtocolIPv6} {
		if v, ok := given[name]; ok {
			*option = fmt.Sprint(v)
		}
	}
	if v, ok := given["HttpPutResponseHopLimit"]; ok {
		limit, err := strconv.Atoi(fmt.Sprint(v))
		if err != nil {
			return fmt.Errorf("HttpPutResponseHopLimit: %w", err)
		}
		o.HTTPPutResponseHopLimit = limit
	}
	return nil
}
