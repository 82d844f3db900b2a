package transform

import (
	"iter"
	"regexp"
	"slices"
	"strings"
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
	"EventPattern", "FilterPattern", "EventSelectors", "AdvancedEventSelectors", "Description", "DisplayName", "Tags",
}

// watching are the beginnings of the types of resources that watch for calls, or keep
// texts, and make no calls.
var watching = [...]string{
	"AWS::IAM::", "AWS::Organizations::Policy", "AWS::CloudWatch::", "AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition", "AWS::Athena::",
	"AWS::SNS::", "AWS::SecurityHub::", "AWS::GuardDuty::", "AWS::Config::ConfigRule", "AWS::SSM::Parameter", "AWS::AppConfig::",
}

// makesNoCalls reports whether a resource grants, denies or watches for calls, or only
// keeps what it is given.
func (r resource) makesNoCalls() bool {
	return slices.ContainsFunc(watching[:], func(beginning string) bool { return strings.HasPrefix(r.typ(), beginning) })
}

// phrases yields the nodes below n by which a resource may make calls, with their texts. That
// of a list is its words, as a command may be written.
func phrases(n *cfn.Node) iter.Seq2[*cfn.Node, string] {
	return func(yield func(*cfn.Node, string) bool) {
		for x := range texts(n) {
			text := x.Value
			if x.Kind == cfn.Sequence {
				text = wordsOf(x)
			}
			if !yield(x, text) {
				return
			}
		}
	}
}

// wordsOf returns the items of a list as one text, or "" if one is not a scalar.
func wordsOf(list *cfn.Node) string {
	var words []string
	for _, item := range list.Items {
		if item.Kind != cfn.Scalar {
			return ""
		}
		words = append(words, item.Value)
	}
	return strings.Join(words, " ")
}

// texts yields the scalars, the keys and the lists below n by which a resource may make
// calls.
func texts(n *cfn.Node) func(yield func(*cfn.Node) bool) {
	return func(yield func(*cfn.Node) bool) { yieldTexts(n, yield) }
}

func yieldTexts(n *cfn.Node, yield func(*cfn.Node) bool) bool {
	if n == nil {
		return true
	}
	if n.Kind == cfn.Scalar {
		return strings.Contains(n.Value, ":") && isGrant().MatchString(n.Value) || yield(n)
	}
	for _, p := range n.Pairs {
		if slices.Contains(grants[:], p.Key.Value) {
			continue
		}
		if !yield(p.Key) || !yieldTexts(p.Value, yield) {
			return false
		}
	}
	if n.Kind == cfn.Sequence && !yield(n) {
		return false
	}
	for _, item := range n.Items {
		if !yieldTexts(item, yield) {
			return false
		}
	}
	return true
}
