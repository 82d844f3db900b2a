package transform

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/transform/cfn"
)

// What other resources than launchers may do to nodes that run: open their metadata
// options by a call of the API, in any of its spellings, or change the rules of
// iptables by a command of AWS Systems Manager.
var (
	opensOptions = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)modify[-_]?instance[-_]?metadata[-_]?options`)
	})
	changesRules = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:ip6?tables|nft|ebtables|firewall-cmd|ufw)\b`)
	})
	sendsCommands = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)send-?command|AWS-Run(?:Shell|Remote)Script|AWS-RunDocument|AWS-ApplyAnsiblePlaybooks|AWS-ApplyChefRecipes|AWS-RunSaltState`)
	})
)

// keepsNodes reports whether a document of AWS Systems Manager is one of Amazon's that
// runs no commands of others.
func keepsNodes(document string) bool {
	for _, prefix := range [...]string{"AWS-UpdateSSMAgent", "AWS-GatherSoftwareInventory", "AWS-RunPatchBaseline", "AWS-ConfigureAWSPackage", "AmazonCloudWatch-", "AWS-UpdateEC2Config", "AWS-RunInspec", "AWSEC2-", "AmazonInspector"} {
		if strings.HasPrefix(document, prefix) {
			return true
		}
	}
	return false
}

// elsewhere notes the resources that may open what is locked, by what they run on
// nodes or call.
func (s *survey) elsewhere() []Finding {
	if len(s.launchers) == 0 && len(s.groups) == 0 {
		return nil
	}
	var notes []Finding
	for _, r := range s.resources {
		if r.mayBe(ResourceTypes()...) || strings.HasPrefix(r.typ(), "AWS::IAM::") || r.typ() == "AWS::Organizations::Policy" {
			continue
		}
		if f, ok := s.opening(r); ok {
			notes = append(notes, f)
		} else if f, ok := s.association(r); ok {
			notes = append(notes, f)
		}
	}
	return notes
}

// opening notes the first text in a resource by which it may open what is locked.
func (s *survey) opening(r resource) (Finding, bool) {
	id := r.Key.Value
	for n := range texts(r.Value.Get("Properties")) {
		if what := r.mayOpen(n.Value); what != "" {
			return s.finding(RuleOpened, KindNote, id, n.Span, id+": "+what+", which is not judged"), true
		}
	}
	return Finding{}, false
}

// mayOpen says what a resource may do to the nodes by a text in it, or "".
func (r resource) mayOpen(text string) string {
	isCommand := r.mayBe("AWS::SSM::Association", "AWS::SSM::Document", "AWS::SSM::MaintenanceWindowTask", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine")
	switch {
	case opensOptions().MatchString(text):
		return "it may change the metadata options of nodes that run"
	case isCommand && changesRules().MatchString(text):
		return "it may change the iptables rules of nodes that run"
	case isCommand && sendsCommands().MatchString(text):
		return "it may run commands on nodes that run"
	case r.mayBe("AWS::EKS::Addon") && strings.Contains(text, "VETHPREFIX"):
		return "it may give the interfaces of pods another name than eni, which the rules are for"
	}
	return ""
}

// association notes an association whose document is not known to keep nodes as
// they are.
func (s *survey) association(r resource) (Finding, bool) {
	if r.typ() != "AWS::SSM::Association" {
		return Finding{}, false
	}
	name := r.Value.Get("Properties", "Name")
	if name == nil || name.Kind == cfn.Scalar && keepsNodes(name.Value) {
		return Finding{}, false
	}
	id := r.Key.Value
	return s.finding(RuleOpened, KindNote, id, name.Span, id+": what its document does on nodes that run is not judged"), true
}

// texts yields the scalars below n, but those of policies, which grant or deny a call
// and make none.
func texts(n *cfn.Node) func(yield func(*cfn.Node) bool) {
	return func(yield func(*cfn.Node) bool) { yieldTexts(n, yield) }
}

func yieldTexts(n *cfn.Node, yield func(*cfn.Node) bool) bool {
	if n == nil {
		return true
	}
	if n.Kind == cfn.Scalar {
		return yield(n)
	}
	for _, p := range n.Pairs {
		isPolicy := slices.Contains([]string{"PolicyDocument", "AssumeRolePolicyDocument", "Policies"}, p.Key.Value)
		if !isPolicy && !yieldTexts(p.Value, yield) {
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
