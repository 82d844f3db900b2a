package transform

import (
	"errors"
	"fmt"

	"github.com/awslabs/goformation/v7/cloudformation/autoscaling"
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/go-json-experiment/json"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// configurationData is what a launch configuration has of the properties that
// matter. Its metadata options are fewer than those of a launch template.
type configurationData struct {
	MetadataOptions *autoscaling.LaunchConfiguration_MetadataOptions
	UserData        *string
}

// refused says why CloudFormation would refuse the value of a property of a
// launcher, as far as the value is known: it has a property that the type in
// CloudFormation does not have, or one of another type. The metadata options of
// instances and of overrides in fleets have the same names and types as those of
// launch templates.
func refused(launcherType, property string, v eval.Value) fault {
	var data any = new(ec2.LaunchTemplate_LaunchTemplateData)
	if launcherType == typeLaunchConfiguration {
		data = new(configurationData)
	}
	encoded, err := json.Marshal(map[string]any{property: known(v)}, json.Deterministic(true)) // whose error names the first of several
	if err == nil {
		// CloudFormation takes "1" for 1, and the value of every scalar is a text here.
		err = json.Unmarshal(encoded, data, json.RejectUnknownMembers(true), json.StringifyNumbers(true))
	}
	if err == nil {
		return fault{}
	}
	what := err.Error()
	if semantic := (*json.SemanticError)(nil); errors.As(err, &semantic) {
		what = misfit(semantic, v)
	}
	return fault{is: fmt.Sprintf("CloudFormation refuses the %s: %s", property, what), mayBe: fmt.Sprintf("CloudFormation may refuse the %s: %s", property, what)}
}

// misfit says which part of a value does not fit its type.
func misfit(err *json.SemanticError, v eval.Value) string {
	subject, name := "it", err.JSONPointer.LastToken()
	if err.JSONPointer.Parent() != "" {
		subject, v = name, v.Field(name)
	}
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return "there is no property " + name
	case err.JSONKind == '[':
		return subject + " is a list"
	case err.JSONKind == '{':
		return subject + " is a mapping"
	case subject == "it":
		return "it is a text"
	}
	return fmt.Sprintf("%s is %q, not a number", subject, v.Text)
}

// known returns a value in the form that encoding it as JSON needs. What is not
// known, or is no value, is nil, which stands for a value of any type.
func known(v eval.Value) any {
	switch v.Kind {
	case eval.Text:
		return v.Text
	case eval.List:
		items := []any{}
		for _, item := range v.Items {
			items = append(items, known(item))
		}
		return items
	case eval.Object:
		properties := map[string]any{}
		for _, f := range v.Fields {
			properties[f.Name] = known(f.Value)
		}
		return properties
	}
	return nil
}

// refusedUserData judges whether user data, or what Fn::Base64 encodes for it, is
// a text at all. A value that cannot be evaluated is not refused.
func (c *checker) refusedUserData(l *launcher, data *cfn.Node) {
	if c.opts.keepsUserData() {
		return
	}
	for _, n := range append(at(data, "UserData"), at(data, "UserData", "Fn::Base64")...) {
		if makesText(n) {
			continue
		}
		outcomes, err := c.values.Outcomes(n)
		if err != nil {
			continue
		}
		if j := judge(outcomes, func(v eval.Value) fault { return refused(l.typ, "UserData", v) }); j.bad > 0 {
			c.open(RuleUnreadable, l.id, n.Span, "%s: %s", l.id, j)
		}
	}
}

// makesText reports whether an expression is a text for all parameter values, if
// CloudFormation accepts it at all.
func makesText(n *cfn.Node) bool {
	switch name, _ := n.Function(); name {
	case "Fn::Base64", "Fn::Sub", "Fn::Join":
		return true
	}
	return n.Kind == cfn.Scalar
}
