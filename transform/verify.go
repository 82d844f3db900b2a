package transform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"imdslock/transform/cfn"
	"imdslock/transform/cfn/eval"
)

// verify reads a result as CloudFormation would: its user data must be what was
// planned, the rules must find nothing more to change in it, and [Check] must
// find nothing open that the options promise to lock. Unknown is never taken
// for fine.
func (p *planner) verify(t *cfn.Template) error {
	again, err := plan(t, p.opts)
	if err != nil {
		return err
	}
	for i, planned := range p.texts {
		if i >= len(again.texts) || again.texts[i].text != planned.text {
			return planned.lt.cannot(t, again.place(i, planned.at), "UserData", "its UserData cannot take the iptables commands in the way it is written",
				"write it as a literal block scalar (|), or use --iptables off")
		}
	}
	for _, f := range again.findings {
		if !f.IsNote() {
			return broken(t, f, "the change did not hold: "+f.Message)
		}
	}
	findings, err := check(t, CheckOptions{Options: p.opts, Deployment: p.opts.IMDSv1 == IMDSv1Default})
	if err != nil {
		return err
	}
	for _, f := range findings {
		switch f.Rule {
		case RuleNodegroup: // no launch template here launches its nodes
			continue
		case RuleIPTables, RuleIPTablesLate, RuleUndone, RuleBranchENI, RuleBranchENIUnsaved:
			if slices.Contains(p.left, f.LogicalID) { // and that was said
				continue
			}
		}
		if f.Open {
			return broken(t, f, f.Message)
		}
	}
	return nil
}

// broken is the error for a promise that does not hold.
func broken(t *cfn.Template, f Finding, message string) error {
	property := "UserData"
	switch f.Rule {
	case RuleMetadataOptions:
		property = "MetadataOptions"
	case RuleHopLimit, RuleHopLimitAlone:
		property = "HttpPutResponseHopLimit"
	case RuleIMDSv1, RuleIMDSv1Parameter:
		property = "HttpTokens"
	}
	return &CannotLock{LogicalID: f.LogicalID, Property: property, Cause: t.Errorf(f.Position.Offset, "%s", message)}
}

// hopLimit says what is wrong with the hop limit in a value of MetadataOptions.
func (c *checker) hopLimit(v eval.Value) string {
	if c.opts.HopLimit == 0 || v.Field("HttpEndpoint").Text == "disabled" {
		return ""
	}
	f := v.Field("HttpPutResponseHopLimit")
	limit, err := strconv.Atoi(f.Text) // CloudFormation takes "1" for 1
	if err != nil {
		return unknown("HttpPutResponseHopLimit", f)
	}
	options := decode(map[string]any{"HttpPutResponseHopLimit": limit})
	if hop := options.HttpPutResponseHopLimit; hop == nil || *hop != c.opts.HopLimit {
		return fmt.Sprintf("HttpPutResponseHopLimit is %d, want %d", limit, c.opts.HopLimit)
	}
	return ""
}

// tokens says what is wrong with HttpTokens in a value of MetadataOptions.
func (c *checker) tokens(v eval.Value) string {
	if c.opts.keepsIMDSv1() || v.Field("HttpEndpoint").Text == "disabled" {
		return ""
	}
	f := v.Field("HttpTokens")
	if f.Kind != eval.Text {
		return unknown("HttpTokens", f)
	}
	options := decode(map[string]any{"HttpTokens": f.Text})
	if tokens := options.HttpTokens; tokens == nil || *tokens != required {
		return fmt.Sprintf("HttpTokens is %q", f.Text)
	}
	return ""
}

// decode reads properties into the type of AWS::EC2::LaunchTemplate; those of
// AWS::AutoScaling::LaunchConfiguration have the same names and types.
func decode(properties map[string]any) (options ec2.LaunchTemplate_MetadataOptions) {
	encoded, err := json.Marshal(properties)
	if err == nil {
		err = json.Unmarshal(encoded, &options)
	}
	if err != nil {
		return ec2.LaunchTemplate_MetadataOptions{}
	}
	return options
}

// unknown says why the value of a property cannot be judged.
func unknown(property string, v eval.Value) string {
	switch v.Kind {
	case eval.NoValue:
		return "no " + property
	case eval.Text:
		return fmt.Sprintf("%s %q", property, v.Text)
	}
	return fmt.Sprintf("unknown %s (%s)", property, v.Reason)
}
