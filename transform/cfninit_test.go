package transform_test

import (
	"fmt"
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
		replaced = "the service that starts here loads /etc/sysconfig/iptables in place of the rule, which is not saved there yet"
		cron     = "what is in /etc/cron.d/x, which the node runs or reads by itself, is not known"
		pods     = "what the pods do that the kubelet starts on its own is not known"
		loaded   = "what LD_PRELOAD has programs load is not known"
		asks     = "asks the metadata service without a token here, which required tokens refuse"
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
		{`{c: {services: {systemd: {iptables: {enabled: yes, ensureRunning: "1"}}}}}`, none},
		{`{c: {services: {systemd: {iptables: {enabled: no}}}}}`, disabled},
		{`{c: {services: {systemd: {iptables: {enabled: Off}}}}}`, disabled},
		{`{c: {services: {systemd: {iptables: {ensureRunning: 0}}}}}`, undone},
		{`{c: {services: {systemd: {iptables: {ensureRunning: !Ref AWS::Region}}}}}`, replaced},
		{`{c: {services: {systemd: {iptables: {enabled: !If [C, true, false]}}}}}`, disabled},
		{`{c: {services: {systemd: {httpd: {enabled: !Ref AWS::Region}}}}}`, none},
		{`{c: {files: {/etc/cron.d/x: {encoding: base64, content: KiAqICogKiAqIHJvb3QgbmZ0IGZsdXNoIHJ1bGVzZXQK}}}}`, unit},
		{`{c: {files: {/etc/cron.d/x: {encoding: base64, content: KiAqICogKiAqIHJvb3QgZGF0ZQo=}}}}`, none},
		{`{c: {files: {/etc/cron.d/x: {encoding: plain, content: "* * * * * root nft flush ruleset\n"}}}}`, unit},
		{`{c: {files: {/etc/cron.d/x: {encoding: base64, content: "* * * * * root date\n"}}}}`, cron},
		{`{c: {files: {/etc/cron.d/x: {encoding: base64, content: !Ref AWS::Region}}}}`, cron},
		{`{c: {files: {/etc/kubernetes/kubelet/kubelet-config.json: {content: {kind: KubeletConfiguration, staticPodPath: /opt/pods}}}}}`, pods},
		{`{c: {files: {/etc/kubernetes/kubelet/kubelet-config.json: {content: {kind: KubeletConfiguration, maxPods: 110, clusterDNS: [!Ref AWS::Region]}}}}}`, none},
		{`{c: {files: {/etc/docker/daemon.json: {content: {hosts: ["tcp://0.0.0.0:2375"]}}}}}`, "docker may listen to pods here, which can start containers on the node's network by it"},
		{`{c: {files: {/etc/docker/daemon.json: {content: {log-opts: {max-size: 10m}, live-restore: true}}}}}`, none},
		{`{c: {commands: {a: {command: exit 0}, b: {command: iptables -F}}}}`, undone},
		{`{c: {commands: {a: {command: "iptables() { :; }"}, b: {command: iptables -F}}}}`, undone},
		{`{c: {commands: {a: {command: date, cwd: /opt/x}, b: {command: sh x.sh, cwd: /opt/y}}, files: {/opt/y/x.sh: {content: iptables -F}}}}`, undone},
		{`{c: {commands: {a: {command: date, env: {LD_PRELOAD: /opt/x.so}}}}}`, loaded},
		{`{c: {commands: {a: {command: date, env: {HOME: /root, STACK: !Ref AWS::StackName}}}}}`, none},
		{`{c: {commands: {a: {command: curl http://169.254.169.254/latest/meta-data/instance-id}}}}`, asks},
		{`{c: {files: {/etc/nginx/conf.d/x.conf: {content: "location / { proxy_pass http://169.254.169.254/latest/; }\n"}}}}`, "/etc/nginx/conf.d/x.conf, which is written here, names the metadata service (169.254.169.254), and may have something send pods' packets to it"},
		{`{c: {users: {a: {}}, groups: {b: {}}}}`, none},
		{`{configSets: {d: [c]}, c: {}}`, none},
		{`{d: {commands: {}}, c: {commands: {b: {command: echo}, a: {command: iptables -F}}}}`, undone},
	} {
		src := strings.Replace(lockedNodes, "    Type: AWS::EC2::LaunchTemplate\n", "    Type: AWS::EC2::LaunchTemplate\n    Metadata: {AWS::CloudFormation::Init: "+test.metadata+"}\n", 1) + "AWS::SNS::Topic\n"
		src = strings.Replace(src, "            /etc/eks/bootstrap.sh blue\n", "            /opt/aws/bin/cfn-init -r Nodes\n            /etc/eks/bootstrap.sh blue\n", 1)
		src = strings.Replace(src, "Resources:\n", "Conditions: {C: !Equals [!Ref AWS::Region, us-east-1]}\nResources:\n", 1)
		want := none
		if test.want != none {
			rule := transform.RuleUserData
			if test.want == asks {
				rule = transform.RuleIMDSv1UserData
			}
			want = fmt.Sprintf("note %s: Nodes: cfn-init runs this: %s", rule, test.want)
		}
		if got := strings.Join(findings(t, src, transform.Defaults()), " | "); got != want {
			t.Errorf("%s: got %q, want %q", test.metadata, got, want)
		}
	}
}

// TestInitCalls is the table of what in user data calls cfn-init, for which resource, and
// what it may do to user data around it.
func TestInitCalls(t *testing.T) {
	const (
		none   = ""
		undone = "note user-data-unknown: Nodes: cfn-init runs this: the command here may take back the rule that drops the packets of pods"
		late   = "note user-data-unknown: Nodes: cfn-init runs this: the kubelet may start here, before the packets to the metadata service are dropped"
		repos  = "note user-data-unknown: Nodes: cfn-init runs this: what /etc/yum.conf says here of packages may keep iptables-services from being installed"
		around = "note user-data-unknown: Nodes: with what cfn-init runs, the command here may take back the rule that drops the packets of pods"
		unseen = "note user-data-unknown: Nodes: user data not judged: cfn-init runs the metadata AWS::CloudFormation::Init of Topic, which is not seen"

		flush   = `{c: {commands: {a: {command: iptables -F}}}}`
		start   = `{c: {commands: {a: {command: systemctl start kubelet}}}}`
		exclude = `{c: {files: {/etc/yum.conf: {content: "[main]\nexclude=iptables*\n"}}}}`
		script  = `{c: {files: {/opt/x.sh: {content: "iptables -F\n"}}}}`
		hook    = `{c: {files: {/etc/cfn/hooks.d/x.conf: {content: "[x]\naction=cfn-init -r Nodes\n"}}, services: {sysvinit: {cfn-hup: {ensureRunning: true}}}}}`
	)
	for _, test := range []struct{ nodes, other, before, after, want string }{
		{flush, none, none, "cfn-init -v --stack x --resource Nodes --region y", undone},
		{flush, none, none, "cfn-init --res=Nodes", undone},
		{flush, none, none, "cfn-init -rNodes", undone},
		{flush, none, none, "cfn-init -r $R", undone},
		{flush, none, none, "cfn-init", undone},
		{flush, none, none, "cfn-init -r Topic", unseen},
		{flush, none, none, "cfn-init -r Topic; cfn-init -r Nodes", undone + " | " + unseen},
		{flush, none, none, "# cfn-init -r Nodes", none},
		{flush, none, none, "echo cfn-init -r Nodes", none},
		{flush, none, none, "f() { cfn-init -r Nodes; }", none},
		{flush, none, none, "f() { cfn-init -r Nodes; }; until f; do sleep 1; done", undone},
		{flush, none, none, "I=/opt/aws/bin/cfn; sudo $I-init -r Nodes", undone},
		{flush, none, none, "printf '[Service]\\nExecStart=/opt/aws/bin/cfn-init -r Nodes\\n' > /etc/systemd/system/x.service", undone},
		{flush, none, none, "systemctl enable --now cfn-hup", undone},
		{flush, none, none, "service cfn-hup start", undone},
		{flush, none, none, "/opt/aws/bin/cfn-hup", undone},
		{flush, none, none, "systemctl start 'cfn-*'", undone},
		{flush, none, none, "systemctl stop cfn-hup", none},
		{flush, none, none, "echo action=/opt/aws/bin/cfn-init -r Nodes > /etc/cfn/hooks.d/x.conf; systemctl start cfn-hup", undone},
		{flush, none, none, "echo action=/bin/date > /etc/cfn/hooks.d/x.conf; systemctl start cfn-hup", none},
		{`{c: {}}`, flush, none, "cfn-init -r Nodes", none},
		{`{c: {}}`, flush, none, "cfn-init -r Nodes; cfn-init -r Topic", undone},
		{`{c: {commands: {a: {command: cfn-init -r Topic}}}}`, flush, none, "cfn-init -r Nodes", undone},
		{hook, flush, none, "cfn-init -r Nodes", none},
		{start, none, "cfn-init -r Nodes", none, late},
		{start, none, none, "cfn-init -r Nodes", none},
		{exclude, none, "cfn-init -r Nodes", none, repos},
		{exclude, none, none, "cfn-init -r Nodes", none},
		{script, none, none, "cfn-init -r Nodes; sh /opt/x.sh", around + " | note user-data-unknown: Nodes: what /opt/x.sh does is not known"},
		{script, none, none, "cfn-init -r Nodes", none},
	} {
		src := strings.Replace(lockedNodes, "    Type: AWS::EC2::LaunchTemplate\n", "    Type: AWS::EC2::LaunchTemplate\n    Metadata: {AWS::CloudFormation::Init: "+test.nodes+"}\n", 1) + "AWS::SNS::Topic\n"
		src = strings.Replace(src, "  Other:\n", "  Topic:\n", 1)
		if test.other != none {
			src += "    Metadata: {AWS::CloudFormation::Init: " + test.other + "}\n"
		}
		src = strings.Replace(src, "            #!/bin/bash\n", "            #!/bin/bash\n            "+test.before+"\n", 1)
		src = strings.Replace(src, "            /etc/eks/bootstrap.sh blue\n", "            "+test.after+"\n            /etc/eks/bootstrap.sh blue\n", 1)
		if got := strings.Join(findings(t, src, transform.Defaults()), " | "); got != test.want {
			t.Errorf("%s, %s; %s; %s: got %q, want %q", test.nodes, test.other, test.before, test.after, got, test.want)
		}
	}
}
