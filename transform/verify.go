package transform

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/awslabs/goformation/v7/cloudformation/autoscaling"
	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"imdslock/transform/cfn"
)

// verify reads a result as CloudFormation would: the rules must find nothing
// more to change in it, its user data must be what was planned, and the values
// that the launch templates can have must be those that the options promise.
// Unknown is never taken for fine.
func (p *planner) verify(t *cfn.Template) error {
	again, err := plan(t, p.opts)
	if err != nil {
		return err
	}
	for _, f := range again.findings {
		if !f.IsNote() {
			return &CannotLock{LogicalID: f.LogicalID, Property: string(f.Rule),
				Cause: t.Errorf(f.Position.Offset, "the change did not hold: %s", f.Message)}
		}
	}
	for i, planned := range p.texts {
		if i >= len(again.texts) || again.texts[i].text != planned.text {
			return planned.lt.cannot(t, again.place(i, planned.at), "UserData", "its UserData cannot take the iptables commands in the way it is written",
				"write it as a literal block scalar (|), or use --iptables off")
		}
	}
	opts := p.opts
	all, err := launchTemplates(t)
	if err != nil {
		return err
	}
	for _, lt := range all {
		if err := lt.verify(t, opts); err != nil {
			return err
		}
	}
	return nil
}

// verify checks every MetadataOptions that the launch template can have.
func (lt launchTemplate) verify(t *cfn.Template, opts Options) error {
	if !opts.applies(lt.id) || (opts.HopLimit == 0 && opts.keepsIMDSv1()) {
		return nil
	}
	datas, err := lt.data(t)
	if err != nil {
		return err
	}
	for _, data := range datas {
		pair, ok := data.Pair("MetadataOptions")
		if !ok {
			return lt.cannot(t, lt.key.Span.Start, "MetadataOptions", "it has no MetadataOptions", "")
		}
		outcomes, err := t.Outcomes(pair.Value)
		if err != nil {
			return lt.wrap("MetadataOptions", err)
		}
		for _, o := range outcomes {
			if opts.IMDSv1 == IMDSv1Default && !isDefault(t, o) {
				continue
			}
			if err := lt.holds(t, opts, pair, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds checks one outcome of MetadataOptions.
func (lt launchTemplate) holds(t *cfn.Template, opts Options, pair cfn.Pair, o cfn.Outcome) error {
	under := ""
	if len(o.Parameters) > 0 {
		under = " with " + o.String()
	}
	options, err := lt.metadataOptions(o.Value, opts)
	if err != nil {
		return lt.cannot(t, pair.Key.Span.Start, "MetadataOptions", fmt.Sprintf("MetadataOptions%s is not known: %v", under, err), "")
	}
	if hop := options.HttpPutResponseHopLimit; opts.HopLimit != 0 && (hop == nil || *hop != opts.HopLimit) {
		return lt.cannot(t, pair.Key.Span.Start, "HttpPutResponseHopLimit", fmt.Sprintf("HttpPutResponseHopLimit%s is not %d", under, opts.HopLimit), "")
	}
	if tokens := options.HttpTokens; !opts.keepsIMDSv1() && (tokens == nil || *tokens != required) {
		return lt.cannot(t, pair.Key.Span.Start, "HttpTokens", fmt.Sprintf("HttpTokens%s is not required", under), "")
	}
	return nil
}

// metadataOptions decodes what the options are about into the type of the
// resource. Both types have the properties of a launch template's that are
// looked at.
func (lt launchTemplate) metadataOptions(v cfn.Value, opts Options) (ec2.LaunchTemplate_MetadataOptions, error) {
	var options ec2.LaunchTemplate_MetadataOptions
	fields := map[string]any{}
	if opts.HopLimit != 0 {
		f := v.Field("HttpPutResponseHopLimit")
		limit, err := strconv.Atoi(f.Text) // CloudFormation takes "1" for 1
		if err != nil {
			return options, unknown("HttpPutResponseHopLimit", f)
		}
		fields["HttpPutResponseHopLimit"] = limit
	}
	if !opts.keepsIMDSv1() {
		f := v.Field("HttpTokens")
		if f.Kind != cfn.IsText {
			return options, unknown("HttpTokens", f)
		}
		fields["HttpTokens"] = f.Text
	}
	encoded, err := json.Marshal(fields)
	if err != nil {
		return options, err
	}
	if resourceType(lt.resource) == typeLaunchConfiguration {
		var of autoscaling.LaunchConfiguration_MetadataOptions
		err = json.Unmarshal(encoded, &of)
		options.HttpPutResponseHopLimit, options.HttpTokens = of.HttpPutResponseHopLimit, of.HttpTokens
		return options, err
	}
	return options, json.Unmarshal(encoded, &options)
}

// unknown says why the value of a property cannot be judged.
func unknown(property string, v cfn.Value) error {
	switch v.Kind {
	case cfn.IsNoValue:
		return fmt.Errorf("there is no %s", property)
	case cfn.IsText:
		return fmt.Errorf("%s is %q", property, v.Text)
	}
	return fmt.Errorf("%s: %s", property, v.Reason)
}

// isDefault reports whether an outcome is the one of the parameters' defaults.
func isDefault(t *cfn.Template, o cfn.Outcome) bool {
	for name, value := range o.Parameters {
		if d := t.Root.Get("Parameters", name, "Default"); d != nil && d.Value != value {
			return false
		}
	}
	return true
}
