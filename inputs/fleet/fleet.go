// Package fleet judges what runs: the answers of "aws ec2
// describe-launch-template-versions", "aws ec2 describe-instances" and "aws
// autoscaling describe-launch-configurations", whole or as --query leaves them.
//
// Every launch template version, launch configuration and node is judged by the
// rules of package transform, as the resource of CloudFormation that would make
// it. The places of findings are those in the answer. User data is base64 there
// ("ResponseLaunchTemplateData" and "Instance" in the Amazon EC2 API Reference,
// "LaunchConfiguration" in the Amazon EC2 Auto Scaling API Reference).
//
// An instance is judged if its tags say that it is a node: kubernetes.io/cluster/NAME
// or eks:cluster-name. The answer has its options in force, but not its user data,
// which is that of its launch template.
package fleet

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/inputs/root"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// An Answer is an answer about launch templates, launch configurations or
// instances, or several of them in one document.
type Answer struct {
	d     *root.Document
	parts []part
}

// A part is a list in an answer, or another place with things to judge.
type part struct {
	node *cfn.Node
	read func(*checker, *cfn.Node) error
}

// Read finds what an answer is about. It returns nil if d is not such an answer.
func Read(d *root.Document) *Answer {
	if d.Root.Get("Resources") != nil {
		return nil
	}
	a := &Answer{d: d}
	for _, kind := range []struct {
		key  string
		read func(*checker, *cfn.Node) error
	}{
		{"LaunchTemplateVersions", (*checker).version},
		{"LaunchConfigurations", (*checker).launchConfiguration},
		{"Reservations", (*checker).reservation},
	} {
		if n := d.Root.Get(kind.key); n != nil {
			a.parts = append(a.parts, part{n, each(kind.read)})
		}
	}
	if len(a.parts) == 0 && isBare(d.Root) {
		a.parts = []part{{d.Root, (*checker).bare}}
	}
	if len(a.parts) == 0 {
		return nil
	}
	return a
}

// each reads the items of a list.
func each(read func(*checker, *cfn.Node) error) func(*checker, *cfn.Node) error {
	return func(c *checker, list *cfn.Node) error {
		if list.Kind != cfn.Sequence {
			return c.wrong(list, "the answer", "a list")
		}
		for _, item := range list.Items {
			c.items++
			if err := read(c, item); err != nil {
				return err
			}
		}
		return nil
	}
}

// Check judges what the answer has, and returns what is not locked in the order of its
// lines. The error is a [*cfn.Error] if something in it does not have the type that AWS
// gives it. Check ignores the Parameters and the Resources of the options.
func (a *Answer) Check(ctx context.Context, opts transform.CheckOptions) ([]transform.Finding, error) {
	opts.Parameters, opts.Deployment, opts.Resources = nil, false, nil
	c := &checker{ctx: ctx, d: a.d, opts: opts}
	for _, p := range a.parts {
		if err := p.read(c, p.node); err != nil {
			return nil, err
		}
	}
	first := a.parts[0].node
	if token := a.d.Root.Get("NextToken"); !token.IsNull() && token.Value != "" {
		c.note(token, "", "this is one page of the answer: there is more than what is judged here")
	}
	if asked := opts.IPTables != "" && opts.IPTables != transform.IPTablesOff; asked && c.nodes > 0 {
		c.note(first, "", "the user data of the nodes is not in this answer: judge that of their launch templates")
	}
	switch {
	case c.items == 0:
		c.note(first, "", "the answer is empty, and nothing is judged")
	case c.others == 1:
		c.note(first, "", "1 instance has no tag of a cluster, and is not judged")
	case c.others > 1:
		c.note(first, "", fmt.Sprintf("%d instances have no tag of a cluster, and are not judged", c.others))
	}
	switch n := len(c.projected); {
	case n == 1:
		c.note(c.projected[0], "", "1 item is not judged: "+whyProjected)
	case n > 1:
		c.note(c.projected[0], "", fmt.Sprintf("%d items are not judged, of which this is the first: %s", n, whyProjected))
	}
	slices.SortStableFunc(c.findings, func(a, b transform.Finding) int { return a.Start.Offset - b.Start.Offset })
	return c.findings, ctx.Err()
}

// A checker collects findings.
type checker struct {
	ctx      context.Context
	d        *root.Document
	opts     transform.CheckOptions
	findings []transform.Finding

	items     int
	nodes     int         // instances of a cluster
	others    int         // instances that are not nodes
	projected []*cfn.Node // things that lack what they are judged by
}

// version judges a launch template version.
func (c *checker) version(item *cfn.Node) error {
	data := item.Get("LaunchTemplateData")
	if data == nil || data.Kind != cfn.Mapping {
		return c.wrong(item, "the launch template version", "an object with LaunchTemplateData")
	}
	name := scalar(item, "LaunchTemplateName", "LaunchTemplateId")
	id := name + ":" + scalar(item, "VersionNumber")
	isDefault := item.Get("DefaultVersion")
	called := fmt.Sprintf("%s version %s", name, scalar(item, "VersionNumber"))
	if isDefault != nil && isDefault.Value == "true" {
		called += ", the default"
	}
	r := &resource{checker: c, id: id, called: called, at: item, opts: c.opts}
	return r.judge("AWS::EC2::LaunchTemplate", "LaunchTemplateData", data)
}

func (c *checker) launchConfiguration(item *cfn.Node) error {
	if item.Get("LaunchConfigurationName") == nil {
		return c.wrong(item, "the launch configuration", "an object with LaunchConfigurationName")
	}
	name := scalar(item, "LaunchConfigurationName")
	r := &resource{checker: c, id: name, called: name, at: item, opts: c.opts}
	return r.judge("AWS::AutoScaling::LaunchConfiguration", "", item)
}

// reservation judges the instances of a reservation.
func (c *checker) reservation(item *cfn.Node) error {
	list := item.Get("Instances")
	if list == nil || list.Kind != cfn.Sequence {
		return c.wrong(item, "the reservation", "an object with Instances")
	}
	for _, instance := range list.Items {
		if err := c.instance(instance); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) instance(item *cfn.Node) error {
	if item.Get("InstanceId") == nil {
		return c.wrong(item, "the instance", "an object with InstanceId")
	}
	switch scalar(item.Get("State"), "Name") {
	case "terminated", "shutting-down":
		return nil
	}
	tags := tagsOf(item)
	cluster := tags["eks:cluster-name"]
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if name, ok := strings.CutPrefix(key, "kubernetes.io/cluster/"); ok {
			cluster = name
		}
	}
	if cluster == "" {
		c.others++
		return nil
	}
	c.nodes++
	called := scalar(item, "InstanceId") + " of cluster " + cluster
	if template := tags["aws:ec2launchtemplate:id"]; template != "" {
		called += ", from " + template + " version " + tags["aws:ec2launchtemplate:version"]
	}
	r := &resource{checker: c, id: scalar(item, "InstanceId"), called: called, at: item, opts: c.opts}
	r.opts.IPTables = transform.IPTablesOff // its user data is not in the answer
	if state := item.Get("MetadataOptions", "State"); state != nil && state.Value != "applied" {
		c.add(transform.RuleMetadataOptions, transform.KindOpen, state, r.id, called+": the metadata options are "+state.Value+", so older ones are in force")
	}
	return r.judge("AWS::EC2::Instance", "", item)
}

// tagsOf returns the tags of an instance.
func tagsOf(item *cfn.Node) map[string]string {
	tags := map[string]string{}
	list := item.Get("Tags")
	if list == nil {
		return tags
	}
	for _, tag := range list.Items {
		tags[scalar(tag, "Key")] = scalar(tag, "Value")
	}
	return tags
}

// scalar returns the text of the first of some keys that a mapping has, or "".
func scalar(n *cfn.Node, keys ...string) string {
	for _, key := range keys {
		if v := n.Get(key); v != nil && v.Kind == cfn.Scalar {
			return v.Value
		}
	}
	return ""
}

func (c *checker) add(rule transform.Rule, kind transform.Kind, at *cfn.Node, id, message string) {
	c.findings = append(c.findings, transform.Finding{
		Rule: rule, Kind: kind, LogicalID: id, Message: message,
		Start: c.d.Position(at.Span.Start), End: c.d.Position(at.Span.End),
	})
}

func (c *checker) note(at *cfn.Node, id, message string) {
	c.add(transform.RuleNotSeen, transform.KindNote, at, id, message)
}

// wrong returns the error for a thing that does not have the type that AWS gives it.
func (c *checker) wrong(n *cfn.Node, what, want string) error {
	return c.d.Errorf(n, "%s is %s, not %s", what, n.Describe(), want)
}

// Patch returns an error: what runs is locked by what made it.
func (a *Answer) Patch() error {
	return &cfn.Error{
		Position: a.d.Position(a.d.Root.Span.Start), Message: "this is what runs, not a template", NotTemplate: true,
		Hint: "imdslock check judges it; lock the template that made it, and update its stack",
	}
}
