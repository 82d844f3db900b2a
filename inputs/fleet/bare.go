package fleet

import (
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A shape is a set of keys by which a thing is recognised without the list that AWS has
// it in, as in what "--query 'Reservations[].Instances[]'" leaves.
type shape struct {
	keys []string
	read func(*checker, *cfn.Node) error // nil if these keys do not judge it
	// onlyNamed is set if other things have these keys too, such as a file of
	// parameters: it counts in a list.
	onlyNamed bool
}

// shapes returns the shapes, of which the first that fits counts. A thing is judged if
// it has what it is judged by, or a key that AWS always gives and nobody asks for. The
// last shapes are what a projection leaves of a thing.
func shapes() []shape {
	return []shape{
		{keys: []string{"ReservationId", "Instances"}, read: (*checker).reservation},
		{keys: []string{"Instances"}, read: (*checker).bareInstances},
		{keys: []string{"LaunchTemplateData", "VersionNumber"}, read: (*checker).version},
		{keys: []string{"LaunchConfigurationName", "LaunchConfigurationARN", "CreatedTime"}, read: (*checker).launchConfiguration},
		{keys: []string{"LaunchConfigurationName", "MetadataOptions"}, read: (*checker).launchConfiguration},
		{keys: []string{"InstanceId", "AmiLaunchIndex"}, read: (*checker).instance},
		{keys: []string{"InstanceId", "Tags", "MetadataOptions"}, read: (*checker).instance},
		{keys: []string{"LaunchTemplateData"}},
		{keys: []string{"MetadataOptions"}},
		{keys: []string{"HttpTokens"}},
		{keys: []string{"InstanceId"}, onlyNamed: true},
		{keys: []string{"LaunchTemplateId", "VersionNumber"}, onlyNamed: true},
		{keys: []string{"LaunchTemplateName", "VersionNumber"}, onlyNamed: true},
		{keys: []string{"LaunchConfigurationName"}, onlyNamed: true},
	}
}

const whyProjected = "its metadata options, tags or name are not here: ask AWS without the --query that leaves them out"

// Marks returns words. Every file that has an item outside the list in which AWS
// returns it has at least one of them. Other files may have them too.
func Marks() []string {
	return []string{"InstanceId", "LaunchTemplateData", "VersionNumber", "LaunchConfigurationName", "MetadataOptions", "HttpTokens"}
}

// shapeOf returns the shape of a thing, or false. An Auto Scaling group, and what
// it says of its instances, are something else.
func shapeOf(item *cfn.Node) (shape, bool) {
	if item.Get("AutoScalingGroupName") != nil {
		return shape{}, false
	}
	for _, s := range shapes() {
		if hasKeys(item, s.keys) {
			return s, s.keys[0] != "Instances" || hasBare(item.Get("Instances"))
		}
	}
	return shape{}, false
}

func hasKeys(item *cfn.Node, keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { _, ok := item.Pair(key); return !ok })
}

// isBare reports whether a document is a thing without a list, or has one in lists,
// however deep.
func isBare(root *cfn.Node) bool {
	if root.Kind == cfn.Sequence {
		return hasBare(root)
	}
	s, ok := shapeOf(root)
	return ok && !s.onlyNamed
}

func hasBare(n *cfn.Node) bool {
	if n.Kind == cfn.Sequence {
		return slices.ContainsFunc(n.Items, hasBare)
	}
	_, ok := shapeOf(n)
	return ok
}

// bare judges a thing without a list, or those in a list.
func (c *checker) bare(n *cfn.Node) error {
	switch n.Kind {
	case cfn.Sequence:
		for _, item := range n.Items {
			if err := c.bare(item); err != nil {
				return err
			}
		}
	case cfn.Mapping:
		c.items++
		if s, ok := shapeOf(n); ok && s.read != nil {
			return s.read(c, n)
		}
		c.projected = append(c.projected, n)
	}
	return nil
}

func (c *checker) bareInstances(n *cfn.Node) error { return c.bare(n.Get("Instances")) }
