package transform

import (
	"regexp"
	"slices"
	"sync"

	"github.com/imdslock/imdslock/transform/cfn"
)

// isGrant matches what names an operation in a policy, as in "ec2:RunInstances".
// A policy that grants or denies a call does not make it.
var isGrant = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z*]*$`) })

// grants are the keys below which a template grants, denies or watches for calls,
// and makes none.
var grants = [...]string{
	"PolicyDocument", "AssumeRolePolicyDocument", "Policies", "InlinePolicy", "KeyPolicy", "ResourcePolicy",
	"EventPattern", "FilterPattern", "EventSelectors", "AdvancedEventSelectors", "Description",
}

// texts yields the scalars and the keys below n by which a resource may make calls.
func texts(n *cfn.Node) func(yield func(*cfn.Node) bool) {
	return func(yield func(*cfn.Node) bool) { yieldTexts(n, yield) }
}

func yieldTexts(n *cfn.Node, yield func(*cfn.Node) bool) bool {
	if n == nil {
		return true
	}
	if n.Kind == cfn.Scalar {
		return isGrant().MatchString(n.Value) || yield(n)
	}
	for _, p := range n.Pairs {
		if slices.Contains(grants[:], p.Key.Value) {
			continue
		}
		if !yield(p.Key) || !yieldTexts(p.Value, yield) {
			return false
		}
	}
	for _, item := range n.Items {
		if !yieldTexts(item, yield) {
			return false
		}
	}
	return true
}
