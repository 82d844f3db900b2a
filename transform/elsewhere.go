package transform

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/transform/calls"
	"github.com/imdslock/imdslock/transform/cfn"
)

// changesRules matches the programs by which commands change the packet filter.
var changesRules = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:ip6?tables|nft|ebtables|firewall-cmd|ufw)\b`)
})

// elsewhere notes the resources that may open what is locked, by what they call or
// have run on nodes. (What a launcher's user data does is judged.)
func (s *survey) elsewhere() []Finding {
	if len(s.launchers) == 0 && len(s.groups) == 0 {
		return nil
	}
	var notes []Finding
	for _, r := range s.resources {
		if r.makesNoCalls() {
			continue
		}
		if f, ok := s.opening(r); ok {
			notes = append(notes, f)
		} else if f, ok := s.document(r); ok {
			notes = append(notes, f)
		} else if f, ok := s.otherInterfaces(r); ok {
			notes = append(notes, f)
		} else if f, ok := s.deployment(r); ok {
			notes = append(notes, f)
		} else if f, ok := s.remediations(r); ok {
			notes = append(notes, f)
		}
	}
	return notes
}

// opening notes the first text in a resource by which it may open what is locked.
func (s *survey) opening(r resource) (Finding, bool) {
	if r.mayBe(ResourceTypes()...) && !s.isOtherInstance(r) {
		return Finding{}, false
	}
	isCommand := r.mayBe("AWS::SSM::Association", "AWS::SSM::Document", "AWS::SSM::MaintenanceWindowTask", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")
	arguments := sync.OnceValue(func() string { return argumentsOf(r) })
	for n, text := range phrases(r.Value) {
		what := calls.Opens(text, arguments)
		if what == "" && isCommand && changesRules().MatchString(text) {
			what = "may change the iptables rules of running nodes"
		}
		if what != "" {
			return s.noteOn(RuleOpened, r.Key.Value, n, "%s: it %s; that is not judged", r.Key.Value, what), true
		}
	}
	return Finding{}, false
}

// argumentsOf returns all keys and scalars in the properties of a resource: those of a call
// may stand beside its name, as in a state machine or a schedule.
func argumentsOf(r resource) string {
	var all []string
	for n := range texts(r.Value.Get("Properties")) {
		all = append(all, n.Value)
	}
	return strings.Join(all, "\n")
}

// isOtherInstance reports whether a resource is an instance that is not a node. What the
// user data of a node does is judged.
func (s *survey) isOtherInstance(r resource) bool {
	return r.typ() == typeInstance && !slices.ContainsFunc(s.launchers, func(l *launcher) bool { return l.resource == r.Value })
}

// deployment notes a resource by which AWS CodeDeploy runs the hooks of a revision on
// instances ("AppSpec 'hooks' section" in the AWS CodeDeploy User Guide).
func (s *survey) deployment(r resource) (Finding, bool) {
	if !r.mayBe("AWS::CodeDeploy::DeploymentGroup") {
		return Finding{}, false
	}
	for _, key := range [...]string{"AutoScalingGroups", "Ec2TagFilters", "Ec2TagSet"} {
		if found := at(r.Value, "Properties", key); len(found) > 0 {
			return s.noteOn(RuleOpened, r.Key.Value, found[0], "%s: it may run commands on running nodes; that is not judged", r.Key.Value), true
		}
	}
	return Finding{}, false
}

// remediations notes a conformance pack of AWS Config that may run documents on nodes:
// its template may have remediation actions ("Conformance Packs" in the AWS Config
// Developer Guide).
func (s *survey) remediations(r resource) (Finding, bool) {
	if !r.mayBe("AWS::Config::ConformancePack", "AWS::Config::OrganizationConformancePack") {
		return Finding{}, false
	}
	may := func(template string) bool {
		return template == "" || strings.Contains(template, untold) || strings.Contains(template, "RemediationConfiguration")
	}
	body := at(r.Value, "Properties", "TemplateBody")
	for _, n := range body {
		if slices.ContainsFunc(s.shown(n), may) {
			return s.noteOn(RuleOpened, r.Key.Value, n, "%s: what the documents of its remediation actions do on running nodes is not judged", r.Key.Value), true
		}
	}
	if len(body) == 0 {
		return s.noteOn(RuleOpened, r.Key.Value, r.Key, "%s: its template is not seen, and may run documents on running nodes", r.Key.Value), true
	}
	return Finding{}, false
}

// mayBeCNI reports whether an add-on may be the one that makes the interfaces of pods.
func (r resource) mayBeCNI() bool {
	for _, n := range at(r.Value, "Properties", "AddonName") {
		if n.Kind != cfn.Scalar || n.Value == "vpc-cni" {
			return true
		}
	}
	return false
}

// mayNameInterfaces reports whether values for the VPC CNI, a text in JSON or YAML, may
// set the prefix of its interfaces: a part that is not known may be a key, unless it
// stands in a text between quotation marks.
func mayNameInterfaces(values string) bool {
	if strings.Contains(values, "VETHPREFIX") {
		return true
	}
	isQuoted := false
	for i, r := range values {
		switch {
		case r == '"' && !strings.HasSuffix(values[:i], `\`):
			isQuoted = !isQuoted
		case string(r) == untold && !isQuoted:
			return true
		}
	}
	return values == ""
}

// otherInterfaces notes what may connect pods through interfaces whose names do not
// begin with eni, which the rules match: a custom prefix, Cilium, and a cluster of
// the IPv6 family, whose pods reach IPv4 through another interface ("Learn about
// IPv6 addresses to clusters, Pods, and services" in the Amazon EKS User Guide).
func (s *survey) otherInterfaces(r resource) (Finding, bool) {
	note := func(n *cfn.Node) (Finding, bool) {
		return s.noteOn(RuleOpened, r.Key.Value, n, "%s: pods may have interfaces whose names do not begin with eni, which the iptables rules do not match", r.Key.Value), true
	}
	if r.mayBe("AWS::EKS::Addon") {
		for n := range texts(r.Value.Get("Properties")) {
			if strings.Contains(n.Value, "VETHPREFIX") || strings.Contains(strings.ToLower(n.Value), "cilium") {
				return note(n)
			}
		}
		found, hidden := reach(r.Value, "Properties", "ConfigurationValues")
		for _, n := range slices.Concat(found, hidden) {
			if r.mayBeCNI() && slices.ContainsFunc(s.shown(n), mayNameInterfaces) {
				return note(n)
			}
		}
	}
	if r.mayBe(typeCluster) {
		for _, n := range at(r.Value, "Properties", "KubernetesNetworkConfig", "IpFamily") {
			isIPv6 := func(family string) bool { return family == "" || maybeSame(strings.ToLower(family), "ipv6") }
			if slices.ContainsFunc(s.shown(n), isIPv6) {
				return note(n)
			}
		}
	}
	return Finding{}, false
}
