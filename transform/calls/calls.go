// Package calls knows the calls of AWS's API that may open what is locked, or launch
// nodes that are in no template, however code, commands and state machines spell them.
package calls

import (
	"slices"
	"strings"
)

// A call is what code, a command or a state machine may ask of AWS.
type call struct {
	names []string // of operations of the API, documents and commands, squeezed
	does  string
}

// opening are the calls that may open what is locked.
var opening = [...]call{
	{[]string{"modifyinstancemetadataoptions", "editec2instancemetadataoption", "modifyinstancemetadatadefaults", "configureec2metadata", "editec2instancemetadatadefault"}, "may change the metadata options of running nodes"},
	{[]string{"createlaunchtemplateversion", "deletelaunchtemplateversion", "modifylaunchtemplate", "newec2launchtemplateversion", "editec2launchtemplate", "launchtemplateconfigurations", "rollbackinstancerefresh"}, "may have nodes launched from a version with other metadata options"},
	{[]string{"updatenodegroupversion", "updateeksnodegroupversion", "eksctl upgrade nodegroup", "eksctl upgrade ng", "updatecomputeenvironment", "modifyspotfleetrequest"}, "may give a group another launch template or version"},
	{[]string{
		"sendcommand", "sendssmcommand", "startautomationexecution", "startssmautomationexecution", "newssmassociation", "createassociation", "updateassociation", "startassociationsonce", "registertaskwithmaintenancewindow", "updatemaintenancewindowtask", "aws:runcommand",
		"awsrunshellscript", "awsrunremotescript", "awsrundocument", "awsrunansibleplaybook", "awsapplyansibleplaybooks", "awsapplychefrecipes", "awsrunsaltstate", "aws deploy createdeployment",
	}, "may run commands on running nodes"},
	{[]string{"aws lambda invoke", "aws stepfunctions startexecution", "aws stepfunctions startsyncexecution"}, "may have something else make calls that are not seen"},
}

// launching are the calls that may launch nodes which are in no template.
var launching = [...]call{
	{[]string{"createnodegroup", "neweksnodegroup", "createcomputeenvironment", "eksctl create nodegroup", "eksctl create ng", "eksctl create cluster", "eksctl create f ", "eksctl create configfile"}, "may make a node group, whose metadata options are not seen"},
	{[]string{"createstack", "updatestack", "createchangeset", "executechangeset", "cloudformation deploy", "cdk deploy", "sam deploy", "rain deploy", "sceptre launch", "serverless deploy", "cdktf deploy", "terraform apply", "tofu apply", "terragrunt apply", "pulumi up", "newcfnstack", "updatecfnstack"}, "may deploy templates, which are not seen"},
	{[]string{"cloudcontrol"}, "may make and change resources, which are not seen"},
	{[]string{"runinstances", "newec2instance", "createinstances", "createfleet", "requestspotfleet", "requestspotinstances", "createautoscalinggroup", "newasautoscalinggroup", "createlaunchconfiguration", "newaslaunchconfiguration"}, "may launch instances whose metadata options are not seen"},
	{[]string{"ec2nodeclass", "awsnodetemplate"}, "may decide the metadata options of Karpenter's nodes, which are not judged"},
}

// A change is an operation that may give an Auto Scaling group another launch template
// or version, or may not. The rest of the text says which.
type change struct {
	name string
	by   []string // the arguments that do so
}

var changes = [...]change{
	{"updateautoscalinggroup", []string{"launch", "mixedinstances"}},
	{"updateasautoscalinggroup", []string{"launch", "mixedinstances"}},
	{"startinstancerefresh", []string{"desiredconfiguration"}},
	{"startasinstancerefresh", []string{"desiredconfiguration"}},
}

// elsewhere are the words by which the arguments of a call are not in the text: those of
// Python and the AWS CLI, and a path in the input of a state.
var elsewhere = [...]string{"**", "cliinput", ".$"}

// shortest is the length of the shortest operation in bytes.
const shortest = 9

// Opens says what a text may do to nodes or groups that are locked, as a verb and its
// object, or "". If arguments is not nil, it returns what else the call may be given, which
// does not stand in the text.
func Opens(text string, arguments func() string) string {
	text = squeezed(text)
	if what := first(opening[:], text); what != "" {
		return what
	}
	for _, c := range changes {
		if !strings.Contains(text, c.name) {
			continue
		}
		given := text
		if arguments != nil {
			given += "\n" + squeezed(arguments())
		}
		has := func(word string) bool { return strings.Contains(given, word) }
		if slices.ContainsFunc(c.by, has) || slices.ContainsFunc(elsewhere[:], has) {
			return "may give a group another launch template or version"
		}
	}
	return ""
}

// Launches says what a text may launch that is in no template, as Opens does, or "".
func Launches(text string) string { return first(launching[:], squeezed(text)) }

// squeezed returns a text in which an operation is spelled in one way, whether it
// was ModifyLaunchTemplate, modify_launch_template or modify-launch-template, with one blank
// between words.
func squeezed(text string) string {
	if len(text) < shortest {
		return ""
	}
	b := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c == '-', c == '_', isBlank(c) && len(b) > 0 && b[len(b)-1] == ' ':
		case isBlank(c):
			b = append(b, ' ')
		case 'A' <= c && c <= 'Z':
			b = append(b, c+'a'-'A')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// isBlank reports whether a byte stands between the words of a command, or of a list of them.
func isBlank(c byte) bool { return strings.IndexByte(" \t\r\n\\'\",", c) >= 0 }

// first says what the first call does whose name is in a squeezed text, or "".
func first(calls []call, text string) string {
	for _, c := range calls {
		if slices.ContainsFunc(c.names, func(name string) bool { return strings.Contains(text, name) }) {
			return c.does
		}
	}
	return ""
}
