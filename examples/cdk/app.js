// Nodes in stacks of every shape: self-managed, managed, in nested stacks, and in
// a stage. With IMDSLOCK_VALIDATE=1 a synthesis fails while something is open.
const { App, Fn, NestedStack, Stack, Stage, Validations } = require('aws-cdk-lib');
const { CfnAutoScalingGroup } = require('aws-cdk-lib/aws-autoscaling');
const { CfnLaunchTemplate } = require('aws-cdk-lib/aws-ec2');
const { CfnNodegroup } = require('aws-cdk-lib/aws-eks');
const { Imdslock } = require('./imdslock');

const bootstrap = '#!/bin/bash\n/etc/eks/bootstrap.sh blue\n';

function launchTemplate(scope, data) {
  return new CfnLaunchTemplate(scope, 'LaunchTemplate', {
    launchTemplateData: { instanceType: 'm5.large', ...data },
  });
}

class SelfManaged extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const template = launchTemplate(this, { imageId: 'ami-0123456789abcdef0', userData: Fn.base64(bootstrap) });
    new CfnAutoScalingGroup(this, 'Nodes', {
      minSize: '0',
      maxSize: '3',
      availabilityZones: Fn.getAzs(),
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    });
  }
}

class Managed extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const template = launchTemplate(this, {});
    new CfnNodegroup(this, 'Nodes', {
      clusterName: 'blue',
      nodeRole: 'arn:aws:iam::123456789012:role/nodes',
      subnets: ['subnet-0123456789abcdef0'],
      amiType: 'AL2023_x86_64_STANDARD',
      launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
    });
  }
}

class Inner extends NestedStack {
  constructor(scope, id) {
    super(scope, id);
    launchTemplate(this, { imageId: 'ami-0123456789abcdef0', userData: Fn.base64(bootstrap) });
  }
}

class Outer extends NestedStack {
  constructor(scope, id) {
    super(scope, id);
    new Inner(this, 'Inner');
  }
}

class Nested extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    new Outer(this, 'Outer');
  }
}

const app = new App();
const env = { account: '123456789012', region: 'eu-west-1' };
new SelfManaged(app, 'SelfManaged', { env });
new Managed(app, 'Managed', { env });
new Nested(app, 'Nested', { env });
const prod = new Stage(app, 'Prod', { env });
new SelfManaged(prod, 'Staged');
new Nested(prod, 'StagedNested');
if (process.env.IMDSLOCK_VALIDATE) {
  Validations.of(app).addPlugins(new Imdslock());
}
app.synth();
