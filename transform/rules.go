package transform

import "slices"

// Rule is the stable id of a rule.
type Rule string

// The rules. What each means and where that comes from is in [Rules].
const (
	RuleMetadataOptions  Rule = "metadata-options"
	RuleHopLimit         Rule = "hop-limit"
	RuleIMDSv1           Rule = "imdsv1-open"
	RuleIMDSv1Parameter  Rule = "imdsv1-parameter"
	RuleHopLimitAlone    Rule = "hop-limit-alone"
	RuleIPTables         Rule = "iptables-absent"
	RuleIPTablesLate     Rule = "iptables-late"
	RuleIPTablesStrict   Rule = "iptables-not-strict"
	RuleBranchENI        Rule = "branch-eni-absent"
	RuleBranchENIUnsaved Rule = "branch-eni-unsaved"
	RuleUserData         Rule = "user-data-unknown"
	RuleNodegroup        Rule = "nodegroup-without-launch-template"
	RuleEndpoint         Rule = "endpoint-disabled"
	RuleUndone           Rule = "iptables-undone"
	RuleIMDSv1UserData   Rule = "imdsv1-in-user-data"
	RuleSize             Rule = "user-data-size"
	RuleElsewhere        Rule = "launch-template-elsewhere"
	RuleNothing          Rule = "no-launch-template"
)

// A Description explains a rule.
type Description struct {
	Rule   Rule
	Title  string // what is wrong, in a few words
	Why    string // what it leads to
	Fix    string // what to do
	Source string // URL of the page that says so
	Note   bool   // whether it only informs
}

const (
	pageMetadataOptions = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-launchtemplate-metadataoptions.html"
	pageIMDS            = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"
	pageRestrict        = "https://docs.aws.amazon.com/whitepapers/latest/security-practices-multi-tenant-saas-applications-eks/restrict-the-use-of-host-networking-and-block-access-to-instance-metadata-service.html"
	pageBestPractices   = "https://docs.aws.amazon.com/eks/latest/userguide/best-practices-security.html"
	pageCommands        = "https://docs.aws.amazon.com/eks/latest/userguide/restrict-ec2-credential-access.html"
	pageBranchENI       = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
	pageParameters      = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
	pageUserData        = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"
	pageManaged         = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
)

// Rules returns the descriptions of all rules.
func Rules() []Description {
	return []Description{
		{RuleMetadataOptions, "the launch template has no MetadataOptions",
			"IMDSv1 is open unless the account or the image says otherwise, and so is the hop limit left to them.",
			"run imdslock, which adds HttpPutResponseHopLimit 1 and HttpTokens required.", pageMetadataOptions, false},
		{RuleHopLimit, "the hop limit is not 1, or not what was asked for",
			"a pod is one network hop further away from the metadata service than its node: with a hop limit of 2 or more the answer to its request for a token reaches it.",
			"run imdslock, or set HttpPutResponseHopLimit to 1.", pageMetadataOptions, false},
		{RuleIMDSv1, "IMDSv1 is open",
			"IMDSv1 wants no token, so any request that leaves the node's network card as its own, a pod's too, is answered with the node's credentials.",
			"run imdslock, or set HttpTokens to required.", pageIMDS, false},
		{RuleIMDSv1Parameter, "a parameter decides whether IMDSv1 is open",
			"a stack update uses the parameter's previous value, whatever the template's default has become.",
			"run imdslock, which allows the parameter its safe value only, and pass that value once.", pageParameters, false},
		{RuleHopLimitAlone, "the hop limit stands alone",
			"answers of IMDSv1 carry no hop limit, and SDKs fall back to it: a hop limit of 1 stops nobody while tokens are optional.",
			"set HttpTokens to required as well.", pageIMDS, false},
		{RuleIPTables, "no iptables rule keeps pods off the metadata service",
			"hop limit and tokens are options that ec2:ModifyInstanceMetadataOptions opens again on a running instance; the rule is what holds then.",
			"run imdslock, which puts AWS's commands into the user data.", pageCommands, false},
		{RuleIPTablesLate, "the iptables rule comes after the kubelet",
			"pods run as soon as the kubelet does, and have the node's credentials before the rule is there.",
			"run imdslock, which puts the commands before the bootstrap.", pageCommands, false},
		{RuleUndone, "a later command undoes the iptables rule",
			"the user data flushes, restores or deletes rules after it, or stops the service that keeps them.",
			"remove that command, or use --iptables strict, whose rule comes back when the kubelet starts.", pageCommands, false},
		{RuleIMDSv1UserData, "the user data itself speaks IMDSv1",
			"it asks the metadata service without a token, which required tokens answer with 401, so that what it does with the answer fails.",
			"fetch a token first, by PUT of /latest/api/token, and send it along as X-aws-ec2-metadata-token.", pageIMDS, true},
		{RuleSize, "the user data may be too large",
			"EC2 takes 16 KB of user data, before base64.",
			"shorten it, or move a part of it to a file that it downloads.", pageUserData, true},
		{RuleEndpoint, "the metadata service is disabled",
			"nobody reaches it, the node neither.",
			"nothing, if the nodes do without.", pageMetadataOptions, true},
		{RuleIPTablesStrict, "the kubelet does not make sure of the rule",
			"AWS's commands run once per instance; --iptables strict was asked for, where no rule means no kubelet.",
			"run imdslock with --iptables strict.", pageBestPractices, false},
		{RuleBranchENI, "no rule covers pods with branch network interfaces",
			"security groups for pods give a pod a vlan interface of its own, which a rule for eni+ does not see.",
			"run imdslock, or add the rule for vlan+; --branch-eni=false where such pods do not exist.", pageBranchENI, false},
		{RuleBranchENIUnsaved, "the rule for branch network interfaces is not saved",
			"it comes behind iptables-save, so it is gone after a reboot.",
			"run imdslock, or move the rule before iptables-save.", pageBranchENI, false},
		{RuleUserData, "the user data cannot be judged or changed",
			"it is for Windows or Bottlerocket, encoded already, or comes from a parameter or another stack.",
			"hop limit 1 and required tokens protect the node; put the rules into the image or a DaemonSet where that is not enough.", pageRestrict, true},
		{RuleNodegroup, "the managed node group has no launch template",
			"Amazon EKS makes one for it, with a hop limit of 2, that no template can change.",
			"add an AWS::EC2::LaunchTemplate with MetadataOptions, refer to it from the node group, and run imdslock.", pageManaged, false},
		{RuleElsewhere, "the launch template is in another stack",
			"what it says cannot be seen here.",
			"check the template that makes it.", pageManaged, true},
		{RuleNothing, "there is nothing to lock",
			"the template has no launch template, launch configuration or managed node group.",
			"check the template that launches the nodes.", pageManaged, true},
	}
}

// Describe returns the description of a rule.
func Describe(rule Rule) (Description, bool) {
	all := Rules()
	i := slices.IndexFunc(all, func(d Description) bool { return d.Rule == rule })
	if i < 0 {
		return Description{}, false
	}
	return all[i], true
}
