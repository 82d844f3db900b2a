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
	names []string // of operations of the API, documents and commands, squeezed
	does  string
}

// openingCalls are the calls that may open what is locked.
var openingCalls = [...]call{
	{[]string{"modifyinstancemetadataoptions", "editec2instancemetadataoption", "modifyinstancemetadatadefaults", "configureec2metadata"}, "it may change the metadata options of running nodes"},
	{[]string{"createlaunchtemplateversion", "deletelaunchtemplateversion", "modifylaunchtemplate", "launchtemplateconfigurations", "rollbackinstancerefresh"}, "it may have nodes launched from a version with other metadata options"},
	{[]string{"updatenodegroupversion", "updatecomputeenvironment", "modifyspotfleetrequest"}, "it may give a group another launch template or version"},
	{[]string{
		"sendcommand", "startautomationexecution", "createassociation", "startassociationsonce", "registertaskwithmaintenancewindow", "aws:runcommand",
		"awsrunshellscript", "awsrunremotescript", "awsrundocument", "awsrunansibleplaybook", "awsapplyansibleplaybooks", "awsapplychefrecipes", "awsrunsaltstate",
	}, "it may run commands on running nodes"},
}

// launchingCalls are the calls that may launch nodes which are in no template.
var launchingCalls = [...]call{
	{[]string{"createnodegroup", "createcomputeenvironment", "eksctl create nodegroup", "eksctl create cluster"}, "it may make a node group, whose metadata options are not seen"},
	{[]string{"createstack", "updatestack", "createchangeset", "executechangeset", "cloudformation deploy", "cdk deploy", "sam deploy"}, "it may deploy templates, which are not seen"},
	{[]string{"cloudcontrol"}, "it may make and change resources, which are not seen"},
	{[]string{"runinstances", "createinstances", "createfleet", "requestspotfleet", "requestspotinstances", "createautoscalinggroup", "createlaunchconfiguration"}, "it may launch instances whose metadata options are not seen"},
	{[]string{"ec2nodeclass", "awsnodetemplate"}, "Karpenter takes the metadata options of its nodes from it, and they are not judged"},
}

// updatesGroup is the operation that changes what an Auto Scaling group launches,
// or only how many instances. The rest of the text says which.
const updatesGroup = "updateautoscalinggroup"

// shortest is the length of the shortest operation in bytes.
const shortest = 10

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

// first says what the first call does whose name is in a squeezed text, or "".
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
