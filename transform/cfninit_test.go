package transform_test

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestInit is the table of what cfn-init may do to nodes that are locked: before the
// kubelet starts, and at a later boot.
func TestInit(t *testing.T) {
	const (
		none     = ""
		undone   = "the command here may take back the rule that drops the packets of pods"
		unsaved  = "after a reboot the packets of pods are not dropped: the rule is not among those that are saved in /etc/sysconfig/iptables"
		disabled = "after a reboot the packets of pods are not dropped: iptables.service is disabled here"
		unit     = "a unit that is written here may take the rule back"
		firewall = "the firewall that is installed here may load rules of its own at the next boot"
	)
	for _, test := range []struct{ metadata, want string }{
		{`{c: {files: {/etc/motd: {content: x}}}}`, none},
		{`{c: {files: {/etc/sysconfig/iptables: {content: "*filter\nCOMMIT\n"}}}}`, unsaved},
		{`{c: {files: {/etc/rc.d/rc.local: {content: "iptables -F\n"}}}}`, unit},
		{`{c: {commands: {a: {command: echo x}}}}`, none},
		{`{c: {commands: {a: {command: echo x > /etc/sysconfig/iptables}}}}`, unsaved},
		{`{c: {commands: {a: {command: [iptables, -L]}}}}`, none},
		{`{c: {commands: {a: {command: [iptables, -F]}}}}`, undone},
		{`{c: {commands: {a: {command: iptables -F}}}}`, undone},
		{`{c: {commands: {a: {command: 'true', test: iptables -F}}}}`, undone},
		{`{c: {commands: {a: {command: !If [C, iptables -F, echo]}}}}`, undone},
		{`{c: {commands: {a: {command: systemctl disable iptables}}}}`, disabled},
		{`{c: {packages: {yum: {httpd: []}}}}`, none},
		{`{c: {packages: {yum: {firewalld: []}}}}`, firewall},
		{`{c: {services: {systemd: {iptables: {enabled: true, ensureRunning: true}}}}}`, none},
		{`{c: {services: {systemd: {iptables: {enabled: false}}}}}`, disabled},
		{`{c: {services: {sysvinit: {iptables: {ensureRunning: "FALSE"}}}}}`, undone},
		{`{c: {services: {systemd: {httpd: {enabled: false, ensureRunning: false}}}}}`, none},
		{`{c: {users: {a: {}}, groups: {b: {}}}}`, none},
		{`{configSets: {d: [c]}, c: {}}`, none},
		{`{d: {commands: {}}, c: {commands: {b: {command: echo}, a: {command: iptables -F}}}}`, undone},
	} {
		src := strings.Replace(lockedNodes, "    Type: AWS::EC2::LaunchTemplate\n", "    Type: AWS::EC2::LaunchTemplate\n    Metadata: {AWS::CloudFormation::Init: "+test.metadata+"}\n", 1) + "AWS::SNS::Topic\n"
		src = strings.Replace(src, "            /etc/eks/bootstrap.sh blue\n", "            /opt/aws/bin/cfn-init -r Nodes\n            /etc/eks/bootstrap.sh blue\n", 1)
		src = strings.Replace(src, "Resources:\n", "Conditions: {C: !Equals [!Ref AWS::Region, us-east-1]}\nResources:\n", 1)
		want := none
		if test.want != none {
			want = "note user-data-unknown: Nodes: cfn-init runs this: " + test.want
		}
		if got := strings.Join(findings(t, src, transform.Defaults()), " | "); got != want {
			t.Errorf("%s: got %q, want %q", test.metadata, got, want)
		}
	}
}
