package transform

const (
	pageMetadataOptions = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-launchtemplate-metadataoptions.html"
	pageOptions         = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html"
	pageCustom          = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html"
	pageModify          = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html"
	pageIMDS            = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"
	pageRestrict        = "https://docs.aws.amazon.com/whitepapers/latest/security-practices-multi-tenant-saas-applications-eks/restrict-the-use-of-host-networking-and-block-access-to-instance-metadata-service.html"
	pageBestPractices   = "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html"
	pageBranchENI       = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
	pageDeploy          = "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/"
	pageUserData        = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"
	pageVersion         = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html"
	pageSpotFleet       = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-spotfleet-spotfleetlaunchspecification.html"
	pageTemplate        = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html"
	pageMetadata        = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html"
	pageNested          = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html"
	pageAutoMode        = "https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html"
	pageManaged         = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
)

// descriptions are those of all rules.
var descriptions = [...]Description{
	{
		Rule: RuleMetadataOptions, Property: "MetadataOptions", Severity: 8.5,
		Title:    "the metadata options are missing, or CloudFormation refuses them",
		Why:      "IMDSv1 is open unless the account or the image says otherwise, and the hop limit is left to them too.",
		Fix:      "run imdslock, which adds HttpPutResponseHopLimit 1 and HttpTokens required.",
		Source:   pageMetadataOptions,
		Controls: []string{"CT.EC2.PR.1", "CT.EC2.PR.2", "CT.AUTOSCALING.PR.2", "CT.AUTOSCALING.PR.3", "EC2.170", "AutoScaling.3"},
	},
	{
		Rule: RuleHopLimit, Property: "HttpPutResponseHopLimit", Severity: 7.5,
		Title:    "the hop limit is not 1, or not what was asked for",
		Why:      "a pod is one network hop further away from the metadata service than its node. With a hop limit of 2 or more the answer to its request for a token reaches it.",
		Fix:      "run imdslock, or set HttpPutResponseHopLimit to 1.",
		Source:   pageMetadataOptions,
		Controls: []string{"CT.EC2.PR.2", "CT.AUTOSCALING.PR.3", "AutoScaling.4"},
	},
	{
		Rule: RuleIMDSv1, Property: "HttpTokens", Severity: 8.5,
		Title:    "IMDSv1 is open",
		Why:      "IMDSv1 needs no token, so every request that leaves through the node's network interface, even one from a pod, is answered with the node's credentials.",
		Fix:      "run imdslock, or set HttpTokens to required.",
		Source:   pageIMDS,
		Controls: []string{"CT.EC2.PR.1", "CT.AUTOSCALING.PR.2", "EC2.8", "EC2.170", "AutoScaling.3"},
	},
	{
		Rule: RuleIMDSv1Parameter, Property: "HttpTokens", Severity: 8.5,
		Title:    "a parameter decides whether IMDSv1 is open",
		Why:      "an update of a stack from the console, or by aws cloudformation deploy, sends the parameter's previous value, whatever the template's default has become.",
		Fix:      "run imdslock, which allows the parameter its safe value only, and pass that value once.",
		Source:   pageDeploy,
		Controls: []string{"CT.EC2.PR.1", "CT.AUTOSCALING.PR.2", "EC2.8", "EC2.170", "AutoScaling.3"},
	},
	{
		Rule: RuleHopLimitAlone, Property: "HttpPutResponseHopLimit", Severity: 7.5,
		Title:  "the hop limit stands alone",
		Why:    "the hop limit does not apply to answers of IMDSv1, and SDKs fall back to it. A hop limit of 1 stops nobody while tokens are optional.",
		Fix:    "set HttpTokens to required as well.",
		Source: pageIMDS,
	},
	{
		Rule: RuleVersion, Property: "Version", Severity: 8.5,
		Title:  "a group does not follow the newest version of its launch template",
		Why:    "without a version, with the default version or with a number, a group stays on a version that CloudFormation never moves, and its nodes never get what is locked.",
		Fix:    "run imdslock, or set Version to LatestVersionNumber of the launch template by Fn::GetAtt. The deployment replaces the nodes, except those of an Auto Scaling group without an UpdatePolicy: start an instance refresh there.",
		Source: pageVersion,
	},
	{
		Rule: RuleIPTables, Property: "UserData", Severity: 5.5,
		Title:  "no iptables rule keeps pods off the metadata service",
		Why:    "a call of ec2:ModifyInstanceMetadataOptions can open the hop limit and the tokens of a running instance again. The rule still holds then.",
		Fix:    "run imdslock, which puts the commands that AWS published for this into the user data.",
		Source: pageBestPractices,
	},
	{
		Rule: RuleIPTablesLate, Property: "UserData", Severity: 5.5,
		Title:  "the iptables rule comes after the kubelet",
		Why:    "pods run as soon as the kubelet does, and have the node's credentials before the rule is there.",
		Fix:    "run imdslock, which puts the commands before the bootstrap.",
		Source: pageBestPractices,
	},
	{
		Rule: RuleUndone, Property: "UserData", Severity: 5.5,
		Title:  "a later command may take the iptables rule back",
		Why:    "the user data flushes, restores or deletes rules after it, accepts the packets before it, or stops the service that keeps it.",
		Fix:    "remove that command, or move it before the rule.",
		Source: pageBestPractices,
	},
	{
		Rule: RuleUnsaved, Property: "UserData", Severity: 4,
		Title:  "the iptables rule is not saved",
		Why:    "user data runs once per instance. After a reboot a rule that was not saved is gone.",
		Fix:    "save the rules after the last one is added, as in iptables-save | tee /etc/sysconfig/iptables.",
		Source: pageBestPractices,
	},
	{
		Rule: RuleReplaced, Property: "UserData", Severity: 5.5,
		Title:  "the packaged rules replace the iptables rule",
		Why:    "iptables-services brings rules of its own. If the service starts before the rules are saved, it loads those, and the rule is gone.",
		Fix:    "save the rules before the service starts.",
		Source: pageBestPractices,
	},
	{
		Rule: RuleIPv6, Property: "UserData", Severity: 5.5,
		Title:  "no rule covers the IPv6 address of the metadata service",
		Why:    "HttpProtocolIpv6 may be enabled, and then fd00:ec2::254 answers as well. An iptables rule does not see it.",
		Fix:    "run imdslock, which adds rules with ip6tables.",
		Source: pageOptions,
	},
	{
		Rule: RuleIMDSv1UserData, Property: "UserData", Note: true,
		Title:  "the user data itself asks for metadata without a token",
		Why:    "where tokens are required, such a request is answered with 401, and what uses the answer fails.",
		Fix:    "fetch a token first, by PUT of /latest/api/token, and send it along as X-aws-ec2-metadata-token.",
		Source: pageIMDS,
	},
	{
		Rule: RuleSize, Property: "UserData", Severity: 4,
		Title:  "the user data is too large",
		Why:    "EC2 takes 16,384 bytes of user data, before base64, and launches nothing with more.",
		Fix:    "shorten it, or move a part of it to a file that it downloads.",
		Source: pageUserData,
	},
	{
		Rule: RuleNotMIME, Property: "UserData", Note: true,
		Title:  "the user data of a managed node group is not MIME",
		Why:    "Amazon EKS adds a part of its own to the user data of a launch template that names no image, and takes only a MIME multipart document there.",
		Fix:    "write it as a MIME multipart document.",
		Source: pageManaged,
	},
	{
		Rule: RuleEndpoint, Property: "HttpEndpoint", Note: true,
		Title:  "the metadata service is disabled",
		Why:    "nobody reaches it, not even the node.",
		Fix:    "nothing, if the nodes can do without it.",
		Source: pageMetadataOptions,
	},
	{
		Rule: RuleIPTablesStrict, Property: "UserData", Severity: 4,
		Title:  "the kubelet does not make sure of the rule",
		Why:    "AWS's commands run once per instance. --iptables strict was asked for, with which the kubelet does not start without the rule.",
		Fix:    "run imdslock with --iptables strict.",
		Source: pageBestPractices,
	},
	{
		Rule: RuleBranchENI, Property: "UserData", Severity: 5.5,
		Title:  "no rule covers pods with branch network interfaces",
		Why:    "security groups for pods give a pod a vlan interface of its own, which a rule for eni+ does not see.",
		Fix:    "run imdslock, or add the rule for vlan+. Where there are no such pods, use --branch-eni=false.",
		Source: pageBranchENI,
	},
	{
		Rule: RuleBranchENIUnsaved, Property: "UserData", Severity: 4,
		Title:  "the rule for branch network interfaces is not saved",
		Why:    "it comes after iptables-save, so it is gone after a reboot.",
		Fix:    "run imdslock, or move the rule before iptables-save.",
		Source: pageBranchENI,
	},
	{
		Rule: RuleUserData, Property: "UserData", Note: true,
		Title:  "the user data cannot be judged or changed",
		Why:    "it is for Windows or Bottlerocket, or what it runs is known only at the deployment.",
		Fix:    "hop limit 1 and required tokens protect the node; put the rules into the image or a DaemonSet if that is not enough.",
		Source: pageRestrict,
	},
	{
		Rule: RuleNodegroup, Property: "LaunchTemplate", Severity: 7.5,
		Title:  "the managed node group has no launch template",
		Why:    "Amazon EKS makes one for it, with metadata options that no template can change.",
		Fix:    "run imdslock with --add-launch-template, or refer to an AWS::EC2::LaunchTemplate that is locked. Give a node group that exists another NodegroupName in the same update: Amazon EKS adds no launch template to it, so it must be replaced.",
		Source: pageManaged,
	},
	{
		Rule: RuleLaunchSpecification, Property: "LaunchSpecifications", Severity: 8.5,
		Title:  "launch specifications have no metadata options",
		Why:    "nodes that a spot fleet launches from them have IMDSv1 open unless the account or the image says otherwise.",
		Fix:    "use LaunchTemplateConfigs with a launch template that is locked.",
		Source: pageSpotFleet,
	},
	{
		Rule: RuleUnreadable, Property: "LaunchTemplateData", Severity: 5.5,
		Title:  "a resource that launches nodes cannot be read",
		Why:    "what it says is hidden by a function, an alias or a mistake, so nobody can tell what is open.",
		Fix:    "write the value out, or lock the template that the function makes.",
		Source: pageMetadataOptions,
	},
	{
		Rule: RuleElsewhere, Property: "LaunchTemplate", Note: true,
		Title:  "the launch template is in another stack",
		Why:    "what it says cannot be seen here.",
		Fix:    "check the template that makes it.",
		Source: pageManaged,
	},
	{
		Rule: RuleNotSeen, Note: true,
		Title:  "a part of the stack is not in the template",
		Why:    "a nested stack or application, a module, an extension, a macro or AWS::Include may launch nodes that are not seen here, or give a group another launch template. So may code that calls what launches them.",
		Fix:    "check that template too, or the one that CloudFormation has processed.",
		Source: pageNested,
	},
	{
		Rule: RuleCustom, Note: true,
		Title:  "a custom resource runs code that is not in the template",
		Why:    "what a custom resource makes is up to its code, which may launch nodes or open them. Most do neither, so one note names all that a template has.",
		Fix:    "look at its code.",
		Source: pageCustom,
	},
	{
		Rule: RuleOpened, Note: true,
		Title:  "another resource may open what is locked",
		Why:    "it makes calls that change metadata options, launch templates or groups, has AWS Systems Manager run commands or a document on nodes, or connects pods through interfaces whose names do not begin with eni.",
		Fix:    "make sure that it does not touch the nodes, or does not open them.",
		Source: pageModify,
	},
	{
		Rule: RuleAutoMode, Note: true,
		Title:  "AWS locks the nodes of EKS Auto Mode itself",
		Why:    "they have hop limit 1 and required tokens, which cannot be changed.",
		Fix:    "nothing.",
		Source: pageAutoMode,
	},
	{
		Rule: RuleAcceptance, Severity: 1,
		Title:  "an acceptance accepts nothing",
		Why:    "the entry below Metadata, imdslock, accept cannot be read, so the finding that it is for still counts.",
		Fix:    "give it a rule and a reason, and a valid date if it has the key until.",
		Source: pageMetadata,
	},
	{
		Rule: RuleDuplicate, Note: true,
		Title:  "a key occurs twice in a mapping",
		Why:    "CloudFormation takes the last one, and other tools refuse the template.",
		Fix:    "remove the one that does not count.",
		Source: pageTemplate,
	},
	{
		Rule: RuleNothing, Note: true,
		Title:  "there is nothing to lock",
		Why:    "the template has no launch template, launch configuration or node group.",
		Fix:    "check the template that launches the nodes.",
		Source: pageManaged,
	},
}
