package transform

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A call is what code, a command or a state machine in a template may ask of AWS.
type call struct {
	names []string // of operations of the API and documents, squeezed, and commands
	does  string
}

// The calls that may open what is locked.
var openingCalls = [...]call{
	{[]string{"modifyinstancemetadataoptions", "modifyinstancemetadatadefaults"}, "it may change the metadata options of nodes that run"},
	{[]string{"createlaunchtemplateversion", "modifylaunchtemplate", "launchtemplateconfigurations"}, "it may have nodes launched from a version with other metadata options"},
	{[]string{"updatenodegroupversion", "updatecomputeenvironment", "modifyspotfleetrequest"}, "it may give a group another launch template or version"},
	{[]string{
		"sendcommand", "startautomationexecution", "startassociationsonce", "aws:runcommand",
		"awsrunshellscript", "awsrunremotescript", "awsrundocument", "awsrunansibleplaybook", "awsapplyansibleplaybooks", "awsapplychefrecipes", "awsrunsaltstate",
	}, "it may run commands on nodes that run"},
}

// The calls that may launch nodes which are in no template.
var launchingCalls = [...]call{
	{[]string{"createnodegroup", "eksctl create nodegroup", "eksctl create cluster"}, "it may make a node group, whose metadata options are not seen"},
	{[]string{"runinstances", "createfleet", "requestspotfleet", "requestspotinstances", "createautoscalinggroup", "createlaunchconfiguration"}, "it may launch instances whose metadata options are not seen"},
	{[]string{"ec2nodeclass", "awsnodetemplate"}, "Karpenter takes the metadata options of its nodes from it, and they are not judged"},
}

// updatesGroup is the operation that changes what an Auto Scaling group launches,
// or only how much. What else its text has says which.
const updatesGroup = "updateautoscalinggroup"

// shortest is how many bytes the shortest operation has.
const shortest = 11

// squeezed returns a text in which an operation is spelled in one way, whether it
// was ModifyLaunchTemplate, modify_launch_template or modify-launch-template.
func squeezed(text string) string {
	if len(text) < shortest {
		return ""
	}
	b := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c == '-', c == '_':
		case 'A' <= c && c <= 'Z':
			b = append(b, c+'a'-'A')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// first returns what the first of some calls does that a squeezed text has, or "".
func first(calls []call, text string) string {
	for _, c := range calls {
		if slices.ContainsFunc(c.names, func(name string) bool { return strings.Contains(text, name) }) {
			return c.does
		}
	}
	return ""
}

// opens says what a squeezed text may do to nodes or groups that are locked, or "".
func opens(text string) string {
	if what := first(openingCalls[:], text); what != "" {
		return what
	}
	if strings.Contains(text, updatesGroup) && (strings.Contains(text, "launch") || strings.Contains(text, "mixedinstances") || strings.Contains(text, "**")) ||
		strings.Contains(text, "startinstancerefresh") && strings.Contains(text, "desiredconfiguration") {
		return "it may give a group another launch template or version"
	}
	return ""
}

// isGrant matches what names an operation in a policy, as in "ec2:RunInstances".
// To grant or deny a call is to make none.
var isGrant = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z*]*$`) })

// grants are the keys below which a template grants and denies calls, or watches
// for them, and makes none.
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
