package transform

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// documentPaths returns the paths below Properties at which a type of resource names
// documents of AWS Systems Manager that it has run on nodes.
func documentPaths(typ string) [][]string {
	switch typ {
	case "AWS::SSM::Association":
		return [][]string{{"Name"}}
	case "AWS::SSM::MaintenanceWindowTask":
		return [][]string{{"TaskArn"}}
	case "AWS::Config::RemediationConfiguration":
		return [][]string{{"TargetId"}}
	case "AWS::SSMIncidents::ResponsePlan":
		return [][]string{{"Actions", "*", "SsmAutomation", "DocumentName"}}
	case typeInstance:
		return [][]string{{"SsmAssociations", "*", "DocumentName"}}
	case "AWS::Events::Rule": // of its targets
		return [][]string{{"Targets", "*"}}
	}
	return nil
}

// document notes the first document that a resource has run on nodes and that is
// not known to leave them as they are.
func (s *survey) document(r resource) (Finding, bool) {
	for _, path := range documentPaths(r.typ()) {
		for _, n := range at(r.Value, append([]string{"Properties"}, path...)...) {
			if r.mayRun(n) {
				return s.noteOn(RuleOpened, r.Key.Value, n, "%s: what its document does on running nodes is not judged", r.Key.Value), true
			}
		}
	}
	return Finding{}, false
}

// mayRun reports whether a resource may have a document run that keepsNodes does not know.
func (r resource) mayRun(named *cfn.Node) bool {
	text := asText(named)
	switch r.typ() {
	case "AWS::Events::Rule":
		text = asText(named.Get("Arn"))
		isDocument := strings.Contains(text, ":document/") || strings.Contains(text, ":automation-definition/")
		if !isDocument && named.Get("RunCommandParameters") == nil {
			return false
		}
	case "AWS::SSM::MaintenanceWindowTask":
		kind := r.Value.Get("Properties", "TaskType")
		if kind != nil && (kind.Value == "LAMBDA" || kind.Value == "STEP_FUNCTIONS") {
			return false
		}
	}
	return !keepsNodes(text, r.packages())
}

// asText returns the text of a scalar or of an Fn::Sub, whose variables it leaves in,
// or "" for any other expression.
func asText(n *cfn.Node) string {
	if sub := n.Call("Fn::Sub"); sub != nil {
		n = sub
	}
	if !n.IsNull() && n.Kind == cfn.Sequence && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n.IsNull() || n.Kind != cfn.Scalar {
		return ""
	}
	return n.Value
}

// packages returns the names of the packages that AWS-ConfigureAWSPackage installs.
func (r resource) packages() []string {
	var names []string
	for _, path := range [][]string{{"Parameters", "name"}, {"Parameters", "name", "*"}} {
		for _, n := range at(r.Value, append([]string{"Properties"}, path...)...) {
			if n.Kind == cfn.Scalar {
				names = append(names, n.Value)
			}
		}
	}
	return names
}

// keepsNodes reports whether a document, by its name or its ARN, is one of Amazon's
// that runs nobody else's code. Nobody else can give a document or a package such a
// name ("CreateDocument" in the AWS Systems Manager API Reference).
func keepsNodes(document string, packages []string) bool {
	name := document[strings.LastIndexAny(document, "/:")+1:]
	if strings.Contains(name, "${") {
		return false
	}
	switch name {
	case "AWS-RunPatchBaseline", "AWS-RunPatchBaselineAssociation":
		return true
	case "AWS-ConfigureAWSPackage":
		return len(packages) > 0 && !slices.ContainsFunc(packages, func(p string) bool { return !isAmazons(p) })
	}
	for _, verb := range [...]string{"AWS-Run", "AWS-Apply", "AWS-Install", "AWS-Configure"} {
		if strings.HasPrefix(name, verb) {
			return false
		}
	}
	return isAmazons(name)
}

func isAmazons(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "aws") || strings.HasPrefix(name, "amazon") || strings.HasPrefix(name, "amzn")
}
