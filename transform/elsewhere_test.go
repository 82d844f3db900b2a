package transform_test

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// lockedNodes is a node group with nothing to say of.
const lockedNodes = `AWSTemplateFormatVersion: 2010-09-09
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-0123456789abcdef0
        MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}
        UserData:
          Fn::Base64: |
            #!/bin/bash
            yum install -y iptables-services
            iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP
            iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP
            iptables-save | tee /etc/sysconfig/iptables
            systemctl enable --now iptables
            /etc/eks/bootstrap.sh blue
  Other:
    Type: `

// TestElsewhere is which resources beside locked nodes are noted, since they may
// open them or launch others.
func TestElsewhere(t *testing.T) {
	const (
		options   = "it may change the metadata options of running nodes; that is not judged"
		version   = "it may have nodes launched from a version with other metadata options; that is not judged"
		group     = "it may give a group another launch template or version; that is not judged"
		hidden    = "it may have something else make calls that are not seen; that is not judged"
		commands  = "it may run commands on running nodes; that is not judged"
		rules     = "it may change the iptables rules of running nodes; that is not judged"
		document  = "what its document does on running nodes is not judged"
		names     = "pods may have interfaces whose names do not begin with eni, which the iptables rules do not match"
		made      = "it may make a node group, whose metadata options are not seen"
		launched  = "it may launch instances whose metadata options are not seen"
		deployed  = "it may deploy templates, which are not seen"
		resources = "it may make and change resources, which are not seen"
		pack      = "what the documents of its remediation actions do on running nodes is not judged"
		karpenter = "it may decide the metadata options of Karpenter's nodes, which are not judged"
	)
	for _, test := range []struct{ typ, properties, want string }{
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.modify_instance_metadata_options(HttpTokens='optional')"}`, options},
		{"AWS::Lambda::Function", `Code: {ZipFile: "new ModifyInstanceMetadataOptionsCommand({})"}`, options},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.modify_instance_metadata_defaults(HttpTokens='optional')"}`, options},
		{"AWS::Lambda::Function", `Code: {ZipFile: "Edit-EC2InstanceMetadataOption -HttpToken optional"}`, options},
		{"AWS::Lambda::Function", `Code: {ZipFile: "'DocumentName': 'AWSSupport-ConfigureEC2Metadata'"}`, options},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.create_launch_template_version(SourceVersion='1')"}`, version},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.delete_launch_template_versions(Versions=['2'])"}`, version},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.rollback_instance_refresh(AutoScalingGroupName='a')"}`, version},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.modify_launch_template(DefaultVersion='1')"}`, version},
		{"AWS::ImageBuilder::DistributionConfiguration", `Distributions: [{Region: us-west-2, LaunchTemplateConfigurations: [{LaunchTemplateId: lt-1}]}]`, version},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.update_auto_scaling_group(LaunchTemplate={'Version': '1'})"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.update_auto_scaling_group(MinSize=0)"}`, ""},
		{"AWS::StepFunctions::StateMachine", `Definition: {States: {A: {Resource: 'arn:aws:states:::aws-sdk:autoscaling:updateAutoScalingGroup', Parameters: {LaunchTemplate: {Version: '1'}}}}}`, group},
		{"AWS::StepFunctions::StateMachine", `Definition: {States: {A: {Resource: 'arn:aws:states:::aws-sdk:autoscaling:updateAutoScalingGroup', Parameters: {MinSize: 1}}}}`, ""},
		{"AWS::StepFunctions::StateMachine", `Definition: {States: {A: {Resource: 'arn:aws:states:::aws-sdk:autoscaling:updateAutoScalingGroup', 'Parameters.$': $}}}`, group},
		{"AWS::Scheduler::Schedule", `Target: {Arn: 'arn:aws:scheduler:::aws-sdk:autoscaling:startInstanceRefresh', Input: '{"DesiredConfiguration": {}}'}`, group},
		{"AWS::Scheduler::Schedule", `Target: {Arn: 'arn:aws:scheduler:::aws-sdk:autoscaling:startInstanceRefresh', Input: '{}'}`, ""},
		{"AWS::SSM::Document", `Content: {mainSteps: [{action: 'aws:executeAwsApi', inputs: {Api: UpdateAutoScalingGroup, MixedInstancesPolicy: {}}}]}`, group},
		{"AWS::EC2::Instance", `UserData: {Fn::Base64: aws ssm send-command --document-name x}`, commands},
		{"AWS::EC2::Instance", `UserData: {Fn::Base64: aws ec2 modify-instance-metadata-options --http-tokens optional}`, options},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: eksctl  upgrade nodegroup --launch-template-version 1}`, group},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: eksctl create ng --cluster blue}`, made},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: eksctl create addon --cluster blue}`, ""},
		{"AWS::ECS::TaskDefinition", `ContainerDefinitions: [{Command: [eksctl, create, nodegroup]}]`, made},
		{"AWS::ECS::TaskDefinition", `ContainerDefinitions: [{Command: [eksctl, [create, nodegroup]]}]`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: "run(['eksctl', 'create', 'cluster'])"}`, made},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: terraform apply -auto-approve}`, deployed},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: terraform plan}`, ""},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {runCommand: [New-EC2LaunchTemplateVersion -SourceVersion 1]}}]}`, version},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.start_instance_refresh(AutoScalingGroupName='a')"}`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.start_instance_refresh(DesiredConfiguration={})"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.start_instance_refresh(**event)"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "desired_configuration = {}"}`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: "launch = mixed_instances"}`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.update_auto_scaling_group(MixedInstancesPolicy={})"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.update_auto_scaling_group(**event)"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "eks.update_nodegroup_version(releaseVersion='1')"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "batch.update_compute_environment(computeResources={})"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.modify_spot_fleet_request(TargetCapacity=1)"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.send_command(DocumentName='Ours')"}`, commands},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "phases: {build: {commands: [aws ssm send-command --document-name AWS-RunShellScript]}}"}`, commands},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "phases: {build: {commands: [aws deploy create-deployment --application-name a]}}"}`, commands},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "phases: {build: {commands: [aws lambda invoke --function-name a o.json]}}"}`, hidden},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "phases: {build: {commands: [aws autoscaling update-auto-scaling-group --cli-input-json file://a]}}"}`, group},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.start_automation_execution(DocumentName='Ours')"}`, commands},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.start_associations_once(AssociationIds=[])"}`, commands},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.create_association(Name='Ours')"}`, commands},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.update_association(AssociationId='a', DocumentVersion='2')"}`, commands},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.update_maintenance_window_task(WindowTaskId='a')"}`, commands},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ssm.register_task_with_maintenance_window(TaskArn='Ours')"}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{action: 'aws:runCommand'}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-RunRemoteScript}}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-RunDocument}}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-RunAnsiblePlaybook}}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-ApplyAnsiblePlaybooks}}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-ApplyChefRecipes}}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-RunSaltState}}]}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {DocumentName: AWS-UpdateSSMAgent}}]}`, ""},
		{"AWS::FIS::ExperimentTemplate", `Actions: {a: {ActionId: 'aws:ssm:send-command'}}`, commands},
		{"AWS::Serverless::StateMachine", `Definition: {States: {a: {Resource: 'arn:aws:states:::aws-sdk:ssm:sendCommand'}}}`, commands},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {runCommand: [iptables -F]}}]}`, rules},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {runCommand: [ip6tables -F]}}]}`, rules},
		{"AWS::SSM::Association", "Name: AWS-UpdateSSMAgent\n      Parameters: {a: [nft flush ruleset]}", rules},
		{"AWS::SSM::MaintenanceWindowTask", "TaskType: LAMBDA\n      TaskInvocationParameters: {p: ufw disable}", rules},
		{"AWS::Events::Rule", `Targets: [{Arn: !GetAtt F.Arn, Input: firewall-cmd --reload}]`, rules},
		{"AWS::StepFunctions::StateMachine", `Definition: {States: {a: {Parameters: {c: iptables -F}}}}`, rules},
		{"AWS::Serverless::StateMachine", `Definition: {States: {a: {Parameters: {c: iptables -F}}}}`, rules},
		{"AWS::SSM::Document", `Content: {mainSteps: [{inputs: {runCommand: [swift2nftest]}}]}`, ""},
		{"AWS::SNS::Topic", `DisplayName: iptables rules`, ""},
		{"AWS::SSM::Association", `Name: Ours`, document},
		{"AWS::SSM::Association", `Name: !Ref Ours`, document},
		{"AWS::SSM::Association", `Name: AWS-RunPatchBaselineWithHooks`, document},
		{"AWS::SSM::Association", `Name: AWS-ConfigureAWSPackage`, document},
		{"AWS::SSM::Association", "Name: AWS-ConfigureAWSPackage\n      Parameters: {name: [Ours]}", document},
		{"AWS::SSM::Association", "Name: AWS-ConfigureAWSPackage\n      Parameters: {name: [AmazonCloudWatchAgent]}", ""},
		{"AWS::SSM::Association", "Name: AWS-ConfigureAWSPackage\n      Parameters: {name: AmazonCloudWatchAgent}", ""},
		{"AWS::SSM::Association", "Name: AWS-ConfigureAWSPackage\n      Parameters: {name: Ours}", document},
		{"AWS::SSM::Association", "Name: AWS-ConfigureAWSPackage\n      Parameters: {name: [AmazonCloudWatchAgent, Ours]}", document},
		{"AWS::SSM::Association", `Name: AWS-RunPatchBaseline`, ""},
		{"AWS::SSM::Association", `Name: AWS-RunPatchBaselineAssociation`, ""},
		{"AWS::SSM::Association", `Name: AWS-InstallApplication`, document},
		{"AWS::SSM::Association", `Name: AWS-ConfigureDocker`, document},
		{"AWS::SSM::Association", `Name: AmazonCloudWatch-ManageAgent`, ""},
		{"AWS::SSM::Association", `Name: amzn-ours`, ""},
		{"AWS::SSM::Association", `Name: 'arn:aws:ssm:us-west-2:111122223333:document/Ours'`, document},
		{"AWS::SSM::Association", `ScheduleExpression: rate(1 day)`, ""},
		{"AWS::SSM::Association", `Fn::Transform: {Name: AWS::Include}`, document},
		{"AWS::SSM::Association", `Name: AWSSupport-ConfigureEC2Metadata`, options},
		{"AWS::SSM::Association", `Name: AWSEC2-ConfigureSTIG`, document},
		{"AWS::SSM::Association", `Name: AWSSupport-ExecuteEC2Rescue`, document},
		{"AWS::SSM::Association", `Name: AWS-UpdateEKSManagedNodeGroup`, document},
		{"AWS::SSM::Association", `Name: AWS-CreateEKSClusterWithNodegroup`, document},
		{"AWS::SSM::Association", `Name: AWS-UpdateCloudFormationStack`, document},
		{"AWS::SSM::Association", `Name: AWSSupport-TroubleshootEKSWorkerNode`, ""},
		{"AWS::SSM::Association", `Name: !Join ['', [AWS-UpdateSSM, Agent]]`, ""},
		{"AWS::SSM::Association", `Name: AWS-GatherSoftwareInventory`, ""},
		{"AWS::SSM::MaintenanceWindowTask", "TaskType: RUN_COMMAND\n      TaskArn: Ours", document},
		{"AWS::SSM::MaintenanceWindowTask", "TaskType: RUN_COMMAND\n      TaskArn: AWS-RunPatchBaseline", ""},
		{"AWS::SSM::MaintenanceWindowTask", "TaskType: LAMBDA\n      TaskArn: !GetAtt F.Arn", ""},
		{"AWS::Events::Rule", `Targets: [{Arn: !Sub 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:document/Ours'}]`, document},
		{"AWS::Events::Rule", `Targets: [{Arn: !Sub 'arn:aws:ssm:${AWS::Region}::document/AWS-RunPatchBaseline'}]`, ""},
		{"AWS::Events::Rule", `Targets: [{Arn: !GetAtt F.Arn}]`, ""},
		{"AWS::Events::Rule", `Targets: [{Arn: !Join [':', [arn, !Ref AWS::Partition, ssm, !Ref AWS::Region, !Ref AWS::AccountId, automation-definition/Ours]]}]`, document},
		{"AWS::Events::Rule", `Targets: [{Arn: !Join [':', [arn, aws, ssm, !Ref AWS::Region, '', document/AWS-RunPatchBaseline]]}]`, ""},
		{"AWS::Events::Rule", `Targets: [{Arn: !Sub ['arn:aws:ssm:::${D}', {D: document/Ours}]}]`, document},
		{"AWS::Events::Rule", `Targets: [{Arn: 'arn:aws:ssm:::automation-definition/AWS-StopEC2Instance:$DEFAULT'}]`, ""},
		{"AWS::Events::Rule", `Targets: [{Arn: 'arn:aws:ssm:::automation-definition/AWSSupport-ConfigureEC2Metadata:$DEFAULT'}]`, options},
		{"AWS::Events::Rule", `Targets: [{Arn: !Join ['', ['arn:aws:ssm:::docu', ment/Ours]], RunCommandParameters: {}}]`, document},
		{"AWS::Events::Rule", `Targets: [{Arn: !Sub 'arn:aws:ssm:::document/${Ours}'}]`, document},
		{"AWS::SSM::Association", `Name: !Sub 'AWS-${Ours}'`, document},
		{"AWS::Events::Rule", `EventPattern: {detail: {eventName: [RunInstances, ModifyInstanceMetadataOptions]}}`, ""},
		{"AWS::Events::Rule", `Targets: [{Arn: !Sub 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:automation-definition/Ours'}]`, document},
		{"AWS::Events::Rule", `Targets: [{Arn: !Sub ['arn:aws:ssm:::document/Ours', {}]}]`, document},
		{"AWS::Events::Rule", `Targets: [{Arn: !GetAtt F.Arn}, {Arn: 'arn:aws:ssm:::document/Ours'}]`, document},
		{"AWS::SSM::MaintenanceWindowTask", "TaskType: STEP_FUNCTIONS\n      TaskArn: !Ref S", ""},
		{"AWS::SSM::MaintenanceWindowTask", "TaskType: AUTOMATION\n      TaskArn: Ours", document},
		{"AWS::SSM::MaintenanceWindowTask", "TaskArn: Ours", document},
		{"AWS::SSMIncidents::ResponsePlan", `Actions: [{SsmAutomation: {DocumentName: Ours}}]`, document},
		{"AWS::SSMIncidents::ResponsePlan", `Actions: [{SsmAutomation: {DocumentName: AWSIncidents-CriticalIncidentRunbookTemplate}}]`, ""},
		{"AWS::SQS::Queue", `QueueName: Ours`, ""},
		{"AWS::Config::ConformancePack", "TemplateBody: |\n        Resources: {R: {Type: AWS::Config::RemediationConfiguration}}", pack},
		{"AWS::Config::OrganizationConformancePack", "TemplateBody: !Ref Nodes", pack},
		{"AWS::Config::ConformancePack", "TemplateBody: |\n        Resources: {R: {Type: AWS::Config::ConfigRule}}", ""},
		{"AWS::Config::ConformancePack", `TemplateS3Uri: s3://bucket/pack.yaml`, "its template is not seen, and may run documents on running nodes"},
		{"AWS::Config::RemediationConfiguration", `TargetId: Ours`, document},
		{"AWS::Config::RemediationConfiguration", `TargetId: AWSConfigRemediation-EnforceEC2InstanceIMDSv2`, ""},
		{"AWS::EC2::Instance", "LaunchTemplate: {LaunchTemplateId: !Ref Nodes, Version: !GetAtt Nodes.LatestVersionNumber}\n      SsmAssociations: [{DocumentName: Ours}]", document},
		{"AWS::EKS::Addon", `ConfigurationValues: {Fn::ToJsonString: {env: {AWS_VPC_K8S_CNI_VETHPREFIX: pod}}}`, names},
		{"AWS::EKS::Addon", `AddonName: isovalent_cilium`, names},
		{"AWS::EKS::Addon", `AddonName: vpc-cni`, ""},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: !ImportValue cni", names},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: '{\"env\":{\"WARM_IP_TARGET\":\"1\"}}'", ""},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: !Sub '{\"env\":{\"CLUSTER\":\"${AWS::StackName} \\\" ${AWS::Region}\"}}'", ""},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: !Sub '{\"env\":{${Nodes}}}'", names},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: !Join ['', ['{\"env\":{\"AWS_VPC_K8S_CNI_', 'VETHPREFIX\":\"pod\"}}']]", names},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: !Select [0, [!Ref Nodes]]", names},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: {'Fn::Transform': {Name: AWS::Include}}", names},
		{"AWS::EKS::Addon", "AddonName: coredns\n      ConfigurationValues: !ImportValue dns", ""},
		{"AWS::CodeDeploy::DeploymentGroup", `AutoScalingGroups: [nodes]`, commands},
		{"AWS::CodeDeploy::DeploymentGroup", `DeploymentConfigName: CodeDeployDefault.LambdaAllAtOnce`, ""},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: ipv6}`, names},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: IPv6}`, names},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: ipv4}`, ""},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: !Ref AWS::NoValue}`, ""},
		{"AWS::EKS::Addon", "AddonName: vpc-cni\n      ConfigurationValues: !Ref AWS::NoValue", ""},
		{"AWS::SSM::Association", `Name: !Ref AWS::NoValue`, ""},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: !ImportValue family}`, names},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: !Sub 'ipv${AWS::Region}'}`, names},
		{"AWS::EKS::Cluster", `KubernetesNetworkConfig: {IpFamily: !Select [0, [ipv4, ipv6]]}`, ""},
		{"AWS::StepFunctions::StateMachine", `Definition: {States: {a: {Resource: 'arn:aws:states:::eks:createNodegroup'}}}`, made},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "phases: {build: {commands: [eksctl create nodegroup -f x]}}"}`, made},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "phases: {build: {commands: [eksctl create cluster -f x]}}"}`, made},
		{"AWS::Scheduler::Schedule", `Target: {Arn: 'arn:aws:scheduler:::aws-sdk:ec2:runInstances'}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "batch.create_compute_environment(type='MANAGED')"}`, made},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.create_instances(MinCount=1)"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "cfn.create_stack(StackName='a')"}`, deployed},
		{"AWS::Scheduler::Schedule", `Target: {Arn: 'arn:aws:scheduler:::aws-sdk:cloudformation:updateStack'}`, deployed},
		{"AWS::Lambda::Function", `Code: {ZipFile: "cfn.execute_change_set(ChangeSetName='a')"}`, deployed},
		{"AWS::Lambda::Function", `Code: {ZipFile: "cfn.create_change_set(ChangeSetName='a')"}`, deployed},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: "aws cloudformation deploy --stack-name a"}`, deployed},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: cdk deploy}`, deployed},
		{"AWS::CodeBuild::Project", `Source: {BuildSpec: sam deploy}`, deployed},
		{"AWS::Lambda::Function", `Code: {ZipFile: "boto3.client('cloudcontrol')"}`, resources},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.create_fleet(Type='instant')"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.request_spot_fleet()"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "ec2.request_spot_instances()"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.create_auto_scaling_group()"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "asg.create_launch_configuration()"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "runinstances"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "RUN-INSTANCES"}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "{'kind': 'AWSNodeTemplate'}"}`, karpenter},
		{"AWS::Glue::Job", `DefaultArguments: [{Key: CreateFleet, Value: a}]`, launched},
		{"AWS::Glue::Job", `DefaultArguments: {runInstances: 1}`, launched},
		{"AWS::Glue::Job", `Tags: [{Key: CreateFleet, Value: a}]`, ""},
		{"AWS::SSM::Parameter", `Value: aws ec2 run-instances`, ""},
		{"AWS::CloudWatch::Alarm", `AlarmName: ModifyInstanceMetadataOptions called`, ""},
		{"AWS::CloudWatch::Dashboard", `DashboardBody: '{"eventName": "RunInstances"}'`, ""},
		{"AWS::Logs::QueryDefinition", `QueryString: fields eventName like /SendCommand|RunInstances/`, ""},
		{"AWS::Logs::MetricFilter", `MetricTransformations: [{MetricName: SendCommand}]`, ""},
		{"AWS::Athena::NamedQuery", `QueryString: select * from trail where eventname = 'CreateFleet'`, ""},
		{"AWS::SecurityHub::Insight", `Name: RunInstances`, ""},
		{"AWS::Events::Rule", `EventPattern: {detail: {eventName: [ModifyInstanceMetadataOptions, RunInstances]}}`, ""},
		{"AWS::SNS::Topic", `Tags: [{Key: 'ec2:RunInstances', Value: a}]`, ""},
		{"AWS::SNS::Topic", `Description: may call RunInstances`, ""},
		{"AWS::IAM::Policy", `PolicyName: CreateFleet`, ""},
		{"AWS::Organizations::Policy", `Content: {Statement: [{Action: RunInstances}]}`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: "{'kind': 'EC2NodeClass'}"}`, karpenter},
		{"AWS::Serverless::Function", `Policies: [{Statement: [{Effect: Allow, Action: 'ec2:RunInstances'}]}]`, ""},
		{"AWS::SSO::PermissionSet", `InlinePolicy: {Statement: [{Effect: Deny, Action: 'ec2:RunInstances'}]}`, ""},
		{"AWS::IAM::ManagedPolicy", `PolicyDocument: '{"Action": "ec2:RunInstances"}'`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: "AWS-RunShellScript"}`, commands},
		{"AWS::Lambda::Function", `Code: {ZipFile: CreateFleet}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: CreateFle}`, ""},
		{"AWS::Lambda::Function", `Code: {ZipFile: [x, {y: [z, ModifyLaunchTemplate]}, w]}`, version},
		{"AWS::Lambda::Function", `Code: {Environment: {RunInstances: x}}`, launched},
		{"AWS::Lambda::Function", `Code: {ZipFile: "iptables -F"}`, ""},
		{"AWS::Scheduler::Schedule", `Target: {Input: "nft flush ruleset"}`, rules},
		{"AWS::Scheduler::Schedule", `Target: {Input: "myiptables2"}`, ""},
		{"AWS::StepFunctions::StateMachine", `Definition: firewall-cmd --reload`, rules},
		{"AWS::Events::Rule", `Targets: [{Input: "ebtables -F"}]`, rules},
		{"AWS::SSM::Association", `Parameters: {commands: [ufw disable]}`, rules},
		{"AWS::IAM::Role", `AssumeRolePolicyDocument: RunInstances`, ""},
		{"AWS::Organizations::Policy", `Content: RunInstances`, ""},
		{"AWS::S3::Bucket", `PolicyDocument: RunInstances`, ""},
		{"AWS::S3::Bucket", `AssumeRolePolicyDocument: RunInstances`, ""},
		{"AWS::S3::Bucket", `Policies: [RunInstances]`, ""},
		{"AWS::S3::Bucket", `InlinePolicy: RunInstances`, ""},
		{"AWS::KMS::Key", `KeyPolicy: RunInstances`, ""},
		{"AWS::SecretsManager::ResourcePolicy", `ResourcePolicy: RunInstances`, ""},
		{"AWS::Logs::MetricFilter", `FilterPattern: RunInstances`, ""},
		{"AWS::CloudTrail::Trail", `EventSelectors: [RunInstances]`, ""},
		{"AWS::CloudTrail::Trail", `AdvancedEventSelectors: [RunInstances]`, ""},
		{"AWS::S3::Bucket", `Description: RunInstances`, ""},
		{"AWS::S3::Bucket", `Name: RunInstances`, launched},
		{"AWS::SSM::Association", "Name: AWS-ConfigureAWSPackage\n      Parameters: {name: [amzn-x]}", ""},
		{"AWS::SSM::Association", `Name: AWS-ApplyPatchBaseline`, document},
		{"AWS::SSM::Association", `Name: !Join ['', [a]]`, document},
		{"AWS::EKS::Addon", `AddonName: Cilium`, names},
		{"AWS::CodePipeline::Pipeline", `Stages: [{Actions: [{ActionTypeId: {Provider: !Ref P}}]}]`, ""},
		{"AWS::IAM::Role", `RoleName: ModifyLaunchTemplate`, ""},
		{"AWS::Organizations::Policy", `Content: ModifyLaunchTemplate`, ""},
		{"AWS::Events::Rule", `Targets: [{Id: x}]`, ""},
		{"AWS::Events::Rule", `Targets: [{Arn: x, RunCommandParameters: {}}]`, document},
		{"AWS::CodeStarConnections::SyncConfiguration", `SyncType: CFN_STACK_SYNC`, "stack that follows a repository, whose template is not seen"},
		{"AWS::CodePipeline::Pipeline", `Stages: [{Actions: [{ActionTypeId: {Provider: CloudFormation}}]}]`, "pipeline that deploys templates, which are not seen"},
		{"AWS::CodePipeline::Pipeline", `Stages: [{Actions: [{ActionTypeId: {Provider: S3}}]}]`, ""},
		{"AWS::CodePipeline::Pipeline", `Stages: [{Actions: [{ActionTypeId: {Provider: S3}}]}, {Actions: [{ActionTypeId: {Provider: CloudFormationStackSet}}]}]`, "pipeline that deploys templates, which are not seen"},
		{"AWS::LaunchWizard::Deployment", `WorkloadName: EKS`, "deployment by AWS Launch Wizard, whose templates are not seen"},
		{"AWS::SageMaker::Cluster", `Orchestrator: {Eks: {ClusterArn: a}}`, "Amazon SageMaker HyperPod launches nodes for Amazon EKS, whose metadata options are not seen"},
		{"AWS::SageMaker::Cluster", `ClusterName: slurm`, ""},
		{"AWS::CloudFormation::Stack", `TemplateURL: a`, "nested stack, whose template is not seen: lock that template too"},
		{"AWS::Serverless::Application", `Location: a`, "nested application, whose template is not seen: lock that template too"},
		{"AWS::ServiceCatalog::CloudFormationProvisionedProduct", `ProductName: a`, "product of AWS Service Catalog, whose template is not seen: lock that template too"},
		{"AWS::CloudFormation::StackSet", `TemplateURL: a`, "stack set, whose template is not seen: lock that template too"},
		{"Our::EKS::Nodes::MODULE", `A: a`, "module Our::EKS::Nodes::MODULE, whose resources are not seen"},
		{"Custom::Nodes::MODULE", `A: a`, "module Custom::Nodes::MODULE, whose resources are not seen"},
		{"Our::EKS::Nodes", `A: a`, "extension Our::EKS::Nodes: what its code makes is not seen"},
		{"Alexa::ASK::Skill", `A: a`, ""},
		{"Custom::Bucket", `A: a`, "what the code of a custom resource makes is not seen"},
		{"AWS::CloudFormation::CustomResource", `A: a`, "what the code of a custom resource makes is not seen"},
		{"!Ref Kind", `A: a`, "its type, and so whether it launches nodes, is not known before the deployment"},
		{"AWS::EKS::Cluster", `ComputeConfig: {Enabled: true}`, "EKS Auto Mode: AWS locks its nodes itself, with hop limit 1 and required tokens"},
		{"AWS::EKS::Cluster", `ComputeConfig: {Enabled: 'TRUE'}`, "EKS Auto Mode: AWS locks its nodes itself, with hop limit 1 and required tokens"},
		{"AWS::EKS::Cluster", `ComputeConfig: {Enabled: false}`, ""},
	} {
		template := lockedNodes + test.typ + "\n    Properties:\n      " + test.properties + "\n"
		found, err := transform.Check(t.Context(), []byte(template), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil {
			t.Fatalf("%v\n%s", err, template)
		}
		var notes []string
		for _, f := range found {
			if f.Kind != transform.KindNote {
				t.Errorf("%s %s: %s", test.typ, test.properties, f.Message)
			}
			notes = append(notes, strings.TrimPrefix(f.Message, "Other: "))
		}
		if got := strings.Join(notes, "|"); got != test.want {
			t.Errorf("%s %s:\n%q, not\n%q", test.typ, test.properties, got, test.want)
		}
	}
}

// TestNothingOpened notes nothing that opens nodes where there are none.
func TestNothingOpened(t *testing.T) {
	src := "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: ec2.modify_launch_template()}}}}\n"
	if got, want := strings.Join(findings(t, src, transform.Defaults()), " | "), "note no-launch-template: no launch template, launch configuration or node group: nothing to lock"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
