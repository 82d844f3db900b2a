package transform

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
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
		found, hidden := reach(r.Value, append([]string{"Properties"}, path...)...)
		if !r.mayBe(ResourceTypes()...) { // of which that is said anyway
			found = append(found, hidden...)
		}
		for _, n := range found {
			if s.mayRun(r, n) {
				return s.noteOn(RuleOpened, r.Key.Value, n, "%s: what its document does on running nodes is not judged", r.Key.Value), true
			}
		}
	}
	return Finding{}, false
}

// mayRun reports whether a resource may have a document run that keepsNodes does not know.
func (s *survey) mayRun(r resource, named *cfn.Node) bool {
	switch r.typ() {
	case "AWS::Events::Rule":
		isDocument := func(arn string) bool {
			return strings.Contains(arn, ":document/") || strings.Contains(arn, ":automation-definition/")
		}
		return slices.ContainsFunc(s.shown(named.Get("Arn")), func(arn string) bool {
			return (isDocument(arn) || named.Get("RunCommandParameters") != nil) && !keepsNodes(arn, r.packages())
		})
	case "AWS::SSM::MaintenanceWindowTask":
		kind := r.Value.Get("Properties", "TaskType")
		if kind != nil && (kind.Value == "LAMBDA" || kind.Value == "STEP_FUNCTIONS") {
			return false
		}
	}
	return slices.ContainsFunc(s.shown(named), func(name string) bool { return !keepsNodes(name, r.packages()) })
}

// shown returns the texts that an expression can be, with U+FFFC for what is not known.
func (s *survey) shown(n *cfn.Node) []string {
	if n == nil {
		return nil
	}
	outcomes, err := s.values.Outcomes(n)
	if err != nil {
		return []string{untold}
	}
	var texts []string
	for _, o := range outcomes {
		if o.Value.Kind != eval.NoValue {
			texts = append(texts, o.Value.Shown())
		}
	}
	return texts
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

// changing are words in the names of Amazon's documents that run a command of the
// user's, change the metadata options, the packet filter or what a group launches, or
// deploy templates ("Systems Manager Automation Runbook Reference" in the AWS Systems
// Manager documentation).
var changing = [...]string{
	"aws-run", "aws-apply", "aws-install", "aws-configure",
	"configureec2metadata", "configurestig", "ec2rescue", "nodegroup", "cloudformationstack",
}

// keepsNodes reports whether a document, by its name or its ARN, is one of Amazon's
// that leaves nodes as they are. Nobody else can give a document or a package such a
// name ("CreateDocument" in the AWS Systems Manager API Reference).
func keepsNodes(document string, packages []string) bool {
	name, _, _ := strings.Cut(document[strings.LastIndexByte(document, '/')+1:], ":") // without its version
	name = strings.ToLower(name)
	switch name {
	case "aws-runpatchbaseline", "aws-runpatchbaselineassociation":
		return true
	case "aws-configureawspackage":
		return len(packages) > 0 && !slices.ContainsFunc(packages, func(p string) bool { return !isAmazons(p) })
	}
	return isAmazons(name) && !strings.Contains(name, untold) &&
		!slices.ContainsFunc(changing[:], func(word string) bool { return strings.Contains(name, word) })
}

func isAmazons(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "aws") || strings.HasPrefix(name, "amazon") || strings.HasPrefix(name, "amzn")
}
