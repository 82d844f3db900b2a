package transform

import (
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// judgeGroup judges whether the nodes of a group get what the launchers of this
// template say, and notes what they may get instead.
func (s *survey) judgeGroup(g *group, opts Options) []Finding {
	var findings []Finding
	add := func(rule Rule, kind Kind, at cfn.Span, format string, args ...any) {
		findings = append(findings, s.finding(rule, kind, g.id, at, g.id+": "+fmt.Sprintf(format, args...)))
	}
	for _, u := range g.uses {
		if u.stays != "" {
			kind := KindNote
			if opts.Version == VersionLatest {
				kind = KindOpen
			}
			add(RuleVersion, kind, u.versionSpan(), "%s, whatever is locked in %s", u.stays, names(u.launchers))
		}
	}
	for _, n := range g.hidden {
		add(RuleNotSeen, KindNote, n.Span, "%s may bring in other properties, and so another launch template: what its nodes get is not seen", hiding(n))
	}
	for _, u := range g.uses {
		if len(u.maybe) > 0 {
			add(RuleElsewhere, KindNote, u.spec.Span, "it is not known before the deployment whether its launch template is %s; if it is, it does not follow its newest version: refer to it by its ID", names(u.maybe))
		}
	}
	if g.mayUseElsewhere() {
		add(RuleElsewhere, KindNote, g.key.Span, "launch template from elsewhere: lock it in the template that makes it")
	}
	if g.typ == typeSpotFleet && !(opts.keepsOptions() && opts.keepsUserData()) {
		for _, n := range at(g.resource, "Properties", "SpotFleetRequestConfigData", "LaunchSpecifications") {
			if !n.IsNull() && !n.IsNoValue() {
				add(RuleLaunchSpecification, KindOpen, n.Span, "its LaunchSpecifications have no metadata options, so IMDSv1 is open: use LaunchTemplateConfigs with a launch template")
			}
		}
	}
	if g.without {
		findings = append(findings, s.judgeWithout(g, opts)...)
	}
	return findings
}

// hiding names what hides properties for a message.
func hiding(n *cfn.Node) string {
	if n.Kind == cfn.Scalar {
		return n.Value
	}
	return n.Describe()
}

// judgeWithout says of a group that may have no launch template what its nodes
// get then.
func (s *survey) judgeWithout(g *group, opts Options) []Finding {
	if opts.keepsOptions() && opts.keepsUserData() {
		return nil
	}
	add := func(rule Rule, kind Kind, at cfn.Span, format string, args ...any) []Finding {
		return []Finding{s.finding(rule, kind, g.id, at, g.id+": "+fmt.Sprintf(format, args...))}
	}
	properties := g.resource.Get("Properties")
	switch g.typ {
	case typeNodegroup:
		rule, kind, message := s.managedDefaults(g, opts)
		if message == "" {
			return nil
		}
		what := "no launch template"
		if len(g.uses) > 0 {
			what = "it may have no launch template"
		}
		return add(rule, kind, g.key.Span, "%s: %s", what, message)
	case typeAutoScalingGroup:
		if n := properties.Get("InstanceId"); n != nil {
			return add(RuleElsewhere, KindOpen, n.Span, "its nodes are copies of an instance, with the metadata options of that: use a launch template instead of InstanceId")
		}
		if len(g.uses) == 0 {
			return add(RuleElsewhere, KindNote, g.key.Span, "what launches its nodes is not shown")
		}
	case typeInstance:
		if g.isBare && !opts.keepsUserData() {
			return add(RuleUserData, KindNote, g.key.Span, "it may have no launch template, and then no user data with the iptables commands")
		}
		if g.mayJoin {
			return add(RuleUserData, KindNote, g.key.Span, "not judged: its user data, and so whether it is a node, is not known")
		}
	case typeComputeEnvironment:
		if n := properties.Get("EksConfiguration"); !n.IsNull() {
			return add(RuleNodegroup, KindOpen, g.key.Span, "AWS Batch launches nodes for Amazon EKS without a launch template, so their metadata options are not known: refer to a launch template in ComputeResources")
		}
	}
	return nil
}

// managedDefaults says what Amazon EKS gives the nodes of a managed node group
// that has no launch template, by its AmiType ("Customize managed nodes with
// launch templates" and "Upgrade from Amazon Linux 2 to Amazon Linux 2023" in
// the Amazon EKS User Guide).
func (s *survey) managedDefaults(g *group, opts Options) (rule Rule, kind Kind, message string) {
	const remedy = "; --add-launch-template adds a launch template that is locked"
	switch images := g.amiTypes; {
	case images == amiAL2023 && opts.HopLimit <= 1:
		if opts.keepsUserData() {
			return RuleNodegroup, KindNote, ""
		}
		return RuleIPTables, KindOpen, "Amazon EKS sets hop limit 1 and required tokens for AL2023, but there is no iptables rule" + remedy
	case images == amiAL2023:
		message = "Amazon EKS sets hop limit 1 for AL2023"
	case images.has(amiAL2 | amiChosen):
		message = "Amazon EKS leaves Amazon Linux 2 a hop limit of 2 and optional tokens"
		if images.has(amiChosen) {
			message = "without an AmiType Amazon EKS may choose Amazon Linux 2, with a hop limit of 2 and optional tokens"
		}
	case images.has(amiBottlerocket):
		message = "Amazon EKS gives Bottlerocket a hop limit of 2, with which pods can fetch tokens"
	case images.has(amiWindows):
		message = "which metadata options Amazon EKS sets for Windows is not documented"
	default:
		message = "its AmiType does not tell which metadata options Amazon EKS sets"
	}
	return RuleNodegroup, KindOpen, message + remedy
}

// addLaunchTemplate gives a managed node group a launch template.
func (p *planner) addLaunchTemplate(g *group) error {
	properties := g.resource.Get("Properties")
	for _, key := range []string{"DiskSize", "RemoteAccess"} {
		if n := properties.Get(key); n != nil {
			return cannotLock(p.t, g.id, key, n.Span.Start, "move it into a launch template by hand: BlockDeviceMappings, or KeyName and SecurityGroupIds",
				"%s cannot be used together with a launch template", key)
		}
	}
	if properties == nil || len(properties.Pairs) == 0 {
		return cannotLock(p.t, g.id, "LaunchTemplate", g.key.Span.Start, "give it the properties that CloudFormation requires", "it has no Properties")
	}
	if properties.Get("LaunchTemplate") != nil {
		return cannotLock(p.t, g.id, "LaunchTemplate", g.key.Span.Start, "refer to a launch template in every case", "its launch template depends on a condition")
	}
	id := p.freeID(g.id + "LaunchTemplate")
	data := []edit.Pair{{Key: "MetadataOptions", Value: p.newMetadataOptions(true)}}
	if p.opts.keepsOptions() {
		data = nil
	}
	l := &launcher{id: id, typ: typeLaunchTemplate, key: g.key, users: []*group{g}}
	if g.amiTypes.systems(0).isLinux() && !p.opts.keepsUserData() {
		text := userdata.Document(p.opts.block())
		p.texts = append(p.texts, plannedText{l, p.nextText(l), g.key.Span.Start, []string{text}})
		data = append(data, edit.Pair{Key: "UserData", Value: newUserData(text)})
	} else if !p.opts.keepsUserData() {
		systems := g.amiTypes.systems(0)
		p.note(RuleUserData, g.id, g.key.Span, "%s has no user data: %s%s", id, noUserData(systems), p.stillHolds(id, kindOf(systems)))
	}
	if len(data) == 0 {
		return nil
	}
	resource := []edit.Pair{{Key: "Type", Value: edit.Scalar(typeLaunchTemplate, edit.Unquoted)}}
	if c := g.resource.Get("Condition"); c != nil && c.Kind == cfn.Scalar {
		resource = append(resource, edit.Pair{Key: "Condition", Value: edit.Scalar(c.Value, edit.Unquoted)})
	}
	resource = append(resource, edit.Pair{Key: "Properties", Value: edit.Map(edit.Pair{Key: "LaunchTemplateData", Value: edit.Map(data...)})})
	added, err := edit.Add(p.t, g.section, edit.Pair{Key: id, Value: edit.Map(resource...)})
	if err != nil {
		return cannotEdit(g.id, "LaunchTemplate", err)
	}
	refers, err := edit.Add(p.t, properties, edit.Pair{Key: "LaunchTemplate", Value: edit.Map(
		edit.Pair{Key: "Id", Value: edit.Ref(id)},
		edit.Pair{Key: "Version", Value: edit.GetAtt(id, "LatestVersionNumber")},
	)})
	if err != nil {
		return cannotEdit(g.id, "LaunchTemplate", err)
	}
	p.change(RuleNodegroup, g.id, g.key.Span, "no launch template: "+id+" added", refers, added)
	p.renameGroup(g)
	return nil
}

// renameGroup notes that a node group that exists must have another name to get the
// launch template. CloudFormation would update it, and Amazon EKS refuses that
// ("AWS::EKS::Nodegroup" in the CloudFormation Template Reference: LaunchTemplate needs
// no replacement, and NodegroupName does).
func (p *planner) renameGroup(g *group) {
	span := g.key.Span
	if n := g.resource.Get("Properties", "NodegroupName"); n != nil {
		span = n.Span
	}
	p.note(RuleNodegroup, g.id, span, "%s: Amazon EKS gives no launch template to a node group that exists: give it another NodegroupName in the same update, and CloudFormation replaces it", g.id)
}

// freeID returns a logical ID that no resource has.
func (p *planner) freeID(id string) string {
	for slices.ContainsFunc(p.resources, func(r resource) bool { return r.Key.Value == id }) {
		id += "Locked"
	}
	return id
}

// newUserData returns a text as user data for nodes that have none.
func newUserData(text string) edit.Value {
	return edit.Map(edit.Pair{Key: "Fn::Base64", Value: edit.Scalar(text, edit.Lines)})
}
