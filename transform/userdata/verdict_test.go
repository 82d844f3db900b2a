package userdata

import (
	"strings"
	"testing"
)

// The parts that scripts of the tests are made of.
const (
	bang      = "#!/bin/bash\n"
	boot      = "/etc/eks/bootstrap.sh blue\n"
	drop      = "iptables -I FORWARD 1 -i eni+ -d 169.254.169.254/32 -j DROP\n"
	dropVLAN  = "iptables -t mangle -A POSTROUTING -o vlan+ -d 169.254.169.254/32 -j DROP\n"
	saveTo    = "iptables-save > /etc/sysconfig/iptables\n"
	enableNow = "systemctl enable --now iptables\n"
	ownUnit   = "cat > /etc/systemd/system/pods.service <<'X'\n[Unit]\nBefore=kubelet.service\n[Service]\nType=oneshot\nExecStart=/usr/sbin/iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\n[Install]\nWantedBy=multi-user.target\nX\n"
	install   = "yum install -y iptables-services\n"
	recipe    = install + drop + dropVLAN + saveTo + enableNow
)

// codes returns the codes of problems.
func codes(problems []Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, string(p.Code))
	}
	return strings.Join(all, " ")
}

// messages returns the codes of problems with what they say.
func messages(problems []Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, string(p.Code)+": "+p.Message)
	}
	return strings.Join(all, "; ")
}

func judgeText(text string, want Block) []Problem {
	return judge([]script{{stage: stageScript, text: text}}, want)
}

// TestJudge has each kind of user data once. The place of the first problem is
// that of the text in at.
func TestJudge(t *testing.T) {
	strict := strictCommands + "\n"
	for _, test := range []struct {
		name, text string
		want       string
		at         string
	}{
		{"AWS's recipe", bang + recipe + boot, "", ""},
		{"the strict block", bang + strict + boot, "", ""},
		{"nothing", bang + boot, "absent", "#!"},
		{"late", bang + boot + recipe, "late", "/etc/eks"},
		{"late by a pattern", bang + "/etc/eks/boot*.sh blue\n" + recipe + boot, "late not-judged", "/etc/eks/boot*"},
		{"late by a condition", bang + "[ -e /etc/x ] && /etc/eks/bootstrap.sh blue\n" + recipe, "late", "/etc/eks"},
		{"late by systemctl", bang + "systemctl enable --now kubelet.service\n" + recipe, "late", "systemctl"},
		{"late by snap", bang + "snap start kubelet-eks\n" + recipe, "late", "snap"},
		{"late by a unit", bang + "cat >/etc/systemd/system/node.service <<'X'\n[Service]\nExecStart=/usr/bin/kubelet --x\nX\nsystemctl start node\n" + recipe, "late", "systemctl"},
		{"late by a script of somebody", bang + "/opt/acme/join-cluster.sh blue\n" + recipe, "late not-judged", "/opt"},
		{"enable alone starts nothing", bang + "systemctl enable kubelet\n" + recipe + boot, "", ""},
		{"in if false", bang + "if false; then\n" + recipe + "fi\n" + boot, "absent", drop},
		{"in an if", bang + "if [ \"$X\" = y ]; then\n" + recipe + "fi\n" + boot, "absent", drop},
		{"in if true", bang + "if true; then\n" + recipe + "fi\n" + boot, "", ""},
		{"in an if in the middle of a line", bang + "set +x; if [ -n \"$X\" ]; then\n" + recipe + "fi\n" + boot, "absent", drop},
		{"behind a condition", bang + "[ -n \"$X\" ] && {\n" + recipe + "}\n" + boot, "absent", drop},
		{"in an array", bang + "R=(\n" + drop + ")\n" + boot, "absent", "#!"},
		{"in a here-document", bang + ": <<'X'\n" + recipe + "X\n" + boot, "absent", "#!"},
		{"in a here-document for bash", bang + "bash <<'X'\n" + recipe + "X\n" + boot, "", ""},
		{"in a function that nothing calls", bang + "f() {\n" + recipe + "}\n" + boot, "absent", "#!"},
		{"in a function", bang + "f() {\n" + recipe + "}\nf\n" + boot, "", ""},
		{"after exit", bang + "[ -e /etc/x ] && exit 0\n" + recipe + boot, "absent", drop},
		{"after exit where it may fail", bang + "curl x || { systemctl start kubelet; exit 1; }\n" + recipe + boot, "late", "systemctl"},
		{"before exit where the rule fails", bang + strings.ReplaceAll(recipe, "\n", " || exit 1\n") + boot, "", ""},
		{"after set -n", bang + "set -n\n" + recipe + boot, "absent", drop},
		{"after set -e and a program, in a script that joins", bang + "set -e\ncp /opt/x /opt/y\n" + recipe + boot, "", ""},
		{"after set -e and a program, in a script that does not", bang + "set -e\nsystemctl disable --now postfix\n" + recipe, "absent", drop},
		{"after set -e and a program, in a subshell", bang + "( set -e; cp /opt/x /opt/y\n" + recipe + ")\n" + boot, "absent", drop},
		{"after set -e and a program, in another shell", bang + "bash -e <<'E'\nsystemctl stop postfix\n" + recipe + "E\n" + boot, "absent", "bash -e"},
		{"after set -e and a program, in another shell that ends the script", bang + "set -e\nbash -e <<'E'\nsystemctl stop postfix\n" + recipe + "E\n" + boot, "", ""},
		{"after set -e and a program, and then saved", bang + "set -e\niptables -I FORWARD -d 169.254.169.254 -j DROP\ncp /opt/x /opt/y\n" + recipe, "unsaved", "iptables -I FORWARD -d"},
		{"after set -e and a builtin that fails", bang + "set -e\nhash nope\n" + recipe + boot, "absent", drop},
		{"after set -e and a chain that nothing makes", bang + "set -e\niptables -F DOCKER-USER\n" + recipe + boot, "absent", drop},
		{"after set -e and a trap that joins", bang + "set -e\ntrap /etc/eks/bootstrap.sh EXIT\ncp /opt/x /opt/y\n" + recipe, "absent", drop},
		{"after set -e and a package, in a script that joins", bang + "set -e\n" + recipe + boot, "", ""},
		{"after set -e and a package, in a script that does not", "#!/bin/bash -e\n" + recipe, "absent", drop},
		{"set +e around", "#!/bin/bash -e\nset +e\n" + recipe + "set -e\n" + boot, "", ""},
		{"a function of the same name", bang + "iptables() { :; }\n" + recipe + boot, "absent", "#!"},
		{"an alias of the same name", "#!/bin/sh\nalias iptables=true\n" + recipe + boot, "absent", drop},
		{"PATH", bang + "PATH=/opt/x:$PATH\n" + recipe + boot, "absent", drop},
		{"PATH with more at its end", bang + "export PATH=$PATH:/opt/x\n" + recipe + boot, "", ""},
		{"in the background", bang + "{\n" + recipe + "} &\n" + boot, "absent", drop},
		{"flushed", bang + recipe + "iptables -w -F\n" + boot, "undone", "iptables -w -F"},
		{"flushed first", bang + "iptables -F\n" + recipe + boot, "", ""},
		{"flushed by a loop", bang + recipe + "for t in nat filter; do iptables -t $t -F; done\n" + boot, "undone", "iptables -t $t"},
		{"flushed by a variable", bang + recipe + "I=/sbin/iptables\n$I -F\n" + boot, "undone", "$I"},
		{"flushed by an unknown variable", bang + recipe + "$I -F\n" + boot, "undone", "$I"},
		{"flushed in a trap", bang + recipe + "trap 'iptables -F' EXIT\n" + boot, "undone", "trap"},
		{"flushed later in the background", bang + "(sleep 9; iptables -F) &\n" + recipe + boot, "undone", "iptables -F"},
		{"flushed by cron", bang + recipe + boot + "echo '* * * * * root /sbin/iptables -F' > /etc/cron.d/x\n", "undone", "echo"},
		{"flushed by a written script", bang + recipe + "cat >/usr/local/bin/x <<'X'\n#!/bin/bash\niptables -F\nX\nchmod +x /usr/local/bin/x\n/usr/local/bin/x\n" + boot, "undone", "/usr/local/bin/x\n/etc"},
		{"another table flushed", bang + recipe + "iptables -t nat -F\n" + boot, "", ""},
		{"the table of the branch rule flushed", bang + recipe + "iptables -t mangle -F\n" + boot, "undone", "iptables -t mangle -F"},
		{"deleted", bang + recipe + "iptables -D FORWARD -d 169.254.169.254 -i eni+ -j DROP\n" + boot, "undone", "iptables -D"},
		{"deleted by number", bang + recipe + boot + "iptables -D FORWARD 1\n", "undone", "iptables -D"},
		{"accepted on top", bang + recipe + "iptables -I FORWARD -j ACCEPT\n" + boot, "undone", "iptables -I FORWARD -j"},
		{"something else accepted on top", bang + recipe + "iptables -I FORWARD -d 10.0.0.0/8 -j ACCEPT\n" + boot, "", ""},
		{"accepted before, appended", bang + "iptables -A FORWARD -j ACCEPT\niptables -A FORWARD -d 169.254.169.254 -j DROP\n" + saveTo + boot, "absent", "iptables -A FORWARD -d"},
		{"in nat", bang + "iptables -t nat -I PREROUTING -d 169.254.169.254 -j DROP\n" + boot, "absent", "iptables"},
		{"at a number that is not there", bang + "iptables -I FORWARD 5 -d 169.254.169.254 -j DROP\n" + boot, "absent", "iptables"},
		{"for another interface", bang + "iptables -I FORWARD -i eth0 -d 169.254.169.254 -j DROP\n" + boot, "absent", "#!"},
		{"for all but an interface", bang + install + "iptables -I FORWARD ! -i eth0 -d 169.254.169.254 -j DROP\n" + saveTo + enableNow + boot, "", ""},
		{"for a wider network", bang + install + "iptables -I FORWARD -d 169.254.0.0/16 -j DROP\n" + saveTo + enableNow + boot, "", ""},
		{"in a chain of its own", bang + install + "iptables -N IMDS\niptables -A IMDS -d 169.254.169.254 -j DROP\niptables -I FORWARD -j IMDS\n" + saveTo + enableNow + boot, "", ""},
		{"in a chain that returns first", bang + "iptables -N IMDS\niptables -A IMDS -j RETURN\niptables -A IMDS -d 169.254.169.254 -j DROP\niptables -I FORWARD -j IMDS\n" + boot, "absent", "iptables -A IMDS -d"},
		{"if it is not there yet", bang + install + "iptables -C FORWARD -d 169.254.169.254 -j DROP 2>/dev/null || iptables -I FORWARD -d 169.254.169.254 -j DROP\n" + saveTo + enableNow + boot, "", ""},
		{"restored to nothing", bang + recipe + "printf '*filter\\nCOMMIT\\n' | iptables-restore\n" + boot, "undone", "iptables-restore"},
		{"restored from a here-document", bang + install + "iptables-restore <<'X'\n*filter\n-A FORWARD -d 169.254.169.254 -j DROP\nCOMMIT\nX\n" + saveTo + enableNow + boot, "", ""},
		{"by nft", bang + recipe + "nft flush ruleset\n" + boot, "undone", "nft"},
		{"the service stopped", bang + recipe + "systemctl --now disable iptables\n" + boot, "undone", "systemctl --now"},
		{"the service disabled", bang + recipe + boot + "chkconfig iptables off\n", "unsaved", "chkconfig"},
		{"the package removed", bang + recipe + boot + "yum remove -y iptables-services\n", "undone", "yum remove"},
		{"never saved", bang + drop + dropVLAN + boot, "unsaved", drop},
		{"saved too early", bang + drop + saveTo + dropVLAN + enableNow + boot, "branch-eni-unsaved", dropVLAN},
		{"saved, then added", bang + drop + saveTo + enableNow + dropVLAN + boot, "branch-eni-unsaved", dropVLAN},
		{"saved without what matters", bang + drop + dropVLAN + "iptables-save | grep -v 169.254 > /etc/sysconfig/iptables\n" + boot, "unsaved", "grep"},
		{"saved and overwritten", bang + recipe + boot + "> /etc/sysconfig/iptables\n", "unsaved", drop},
		{"started before it is saved", bang + drop + dropVLAN + enableNow + saveTo + boot, "replaced", enableNow},
		{"no branch rule", bang + drop + saveTo + enableNow + boot, "branch-eni-absent", "#!"},
		{"saved, no service", bang + drop + dropVLAN + saveTo + boot, "not-judged", saveTo},
		{"strict, changed to ACCEPT", bang + strings.ReplaceAll(strict, "DROP", "ACCEPT") + boot, "absent", "#!"},
		{"strict, in if false", bang + "if false; then\n" + strict + "fi\n" + boot, "absent", "#!"},
		{"strict, removed", bang + strict + "rm -rf /etc/systemd/system/kubelet.service.d\n" + boot, "absent", "#!"},
		{"strict, removed later", bang + strict + boot + "rm -f /etc/systemd/system/kubelet.service.d/*.conf\n", "unsaved", "rm -f"},
		{"strict, never read", bang + strings.ReplaceAll(strict, "systemctl daemon-reload", "true") + boot, "absent", "#!"},
		{"strict, flushed later", bang + strict + boot + "iptables -t raw -F\n", "undone", "iptables -t raw -F"},
		{"strict, another table flushed later", bang + strict + boot + "iptables -F\n", "", ""},
		{"strict, emptied by a later drop-in", bang + strict + "printf '[Service]\\nExecStartPre=\\n' > /etc/systemd/system/kubelet.service.d/zzz.conf\n" + boot, "absent", "#!"},
		{"words that are not known are arguments", bang + recipe + "/etc/eks/bootstrap.sh \uFFFC \uFFFC\n", "", ""},
		{"a command that is not known", bang + recipe + "\uFFFC\n" + boot, "not-judged", "\uFFFC"},
		{"options that are not known", bang + recipe + "iptables $X\n" + boot, "undone", "iptables $X"},
		{"what is evaluated is not known", bang + recipe + "eval \"$X\"\n" + boot, "not-judged", "eval"},
		{"what is downloaded is not known", bang + recipe + "curl -s https://example.com | bash\n" + boot, "not-judged", "bash\n"},
		{"what cannot be read", bang + recipe + boot + "if\n", "not-judged", ""},
		{"another interpreter", "#!/usr/bin/python3\nprint()\n", "absent not-judged", "#!"},
		{"ordinary commands", bang + recipe + "yum install -y jq\naws s3 cp s3://b/x /tmp/x\nmkdir -p /opt/x\necho iptables -F\n" + boot, "", ""},
		{"a file of rules that the service loads", bang + install + "cat > /etc/sysconfig/iptables <<'X'\n*mangle\n-A POSTROUTING -o vlan+ -d 169.254.169.254/32 -j DROP\nCOMMIT\n*filter\n-A FORWARD -i eni+ -d 169.254.169.254/32 -j DROP\nCOMMIT\nX\n" + enableNow + boot, "", ""},
		{"a unit of its own", bang + ownUnit + "systemctl enable --now pods\n" + boot, "", ""},
		{"a unit of its own, not enabled", bang + ownUnit + "systemctl start pods\n" + boot, "unsaved", ""},
		{"a unit of its own, disabled again", bang + ownUnit + "systemctl enable --now pods\n" + boot + "systemctl disable pods\n", "unsaved", ""},
		{"a unit of its own, which runs beside", bang + strings.Replace(ownUnit, "oneshot", "simple", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, with a condition", bang + strings.Replace(ownUnit, "Before", "ConditionPathExists=/x\nBefore", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, with two rules", bang + strings.Replace(ownUnit, "[Install]", "ExecStart=/usr/sbin/ip6tables -w -t raw -I PREROUTING -d fd00:ec2::254/128 -j DROP\n[Install]", 1) + "systemctl enable --now pods\n" + boot, "", ""},
		{"a unit of its own, whose first command may fail", bang + strings.Replace(ownUnit, "ExecStart", "ExecStartPre=/bin/false\nExecStart", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, whose first rule is refused", bang + strings.Replace(ownUnit, "ExecStart", "ExecStartPre=/usr/sbin/iptables -w -I FORWARD -d 10.0.0.1 -g DROP\nExecStart", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, emptied again", bang + strings.Replace(ownUnit, "[Install]", "ExecStart=\nExecStart=/bin/true\n[Install]", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, of two types", bang + strings.Replace(ownUnit, "[Install]", "Type=simple\n[Install]", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, with its command elsewhere", bang + strings.Replace(ownUnit, "Type=oneshot\n", "Type=oneshot\nExecStart=/bin/true\n[Install]\n", 1) + "systemctl enable --now pods\n" + boot, "absent", ""},
		{"a unit of its own, not waited for", bang + ownUnit + "systemctl enable pods\nsystemctl start --no-block pods\n" + boot, "absent", ""},
		{"a unit of its own, after the kubelet", bang + strings.Replace(ownUnit, "Before", "After", 1) + "systemctl enable --now pods\n" + boot, "unsaved", ""},
		{"other rules", bang + install + "iptables -w5 -I FORWARD -d 169.254.169.254/32 -m comment --comment 'pods, no' -j DROP\niptables -I FORWARD -d 169.254.169.254/32 -m limit --limit 5/min -j LOG\niptables -A INPUT -p icmp --icmp-type echo-request -j ACCEPT\n" +
			"iptables -A INPUT -p tcp --dport ssh -j ACCEPT\niptables -A FORWARD -m set --match-set x src -j ACCEPT\n" + dropVLAN + saveTo + enableNow + boot, "", ""},
		{"a trap that speaks", bang + "trap 'echo failed at $LINENO' ERR\n" + recipe + boot, "", ""},
		{"a trap that ends it before the kubelet starts", bang + "trap 'echo failed; exit 1' ERR\n" + recipe + boot, "", ""},
		{"a trap that ends it after a builtin", bang + "trap 'echo failed; exit 1' ERR\ncd /opt/x\n" + recipe + boot, "absent", drop},
		{"ordinary programs", bang + recipe + "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s\nsu - ec2-user -c 'kubectl version'\nsu --command=true ec2-user\npython3 -m json.tool /tmp/x\npython -c 'import json,sys; print(json.load(sys.stdin)[\"a\"])' < /tmp/x\n" +
			"sed -i 's/a/b/g; /^#/d' /etc/ssh/sshd_config\nawk -F: '{print $1}' /etc/passwd\ntar -xzf /tmp/x.tgz -C /tmp\ncurl -sSo /tmp/x https://example.com\ndocker run -d --rm --name x acme\n" +
			"sysctl -w vm.max_map_count=262144\necho 'vm.swappiness=1' > /etc/sysctl.d/x.conf\necho '{\"a\": 1}' > /etc/docker/daemon.json\necho '/dev/xvdb /data xfs defaults 0 0' >> /etc/fstab\n" +
			"cat > /etc/systemd/system/docker.service.d/proxy.conf <<'X'\n[Service]\nEnvironment=HTTP_PROXY=http://proxy\nX\nsystemctl daemon-reload\nsystemctl restart docker\n" +
			"cat > /etc/cron.d/clean <<'X'\n0 * * * * root find /var/log -name '*.gz' -mtime +7 -delete\nX\ncat > /etc/logrotate.d/x <<'X'\n/var/log/x { weekly }\nX\n" + boot, "", ""},
		{"the log", bang + "exec > >(tee /var/log/user-data.log | logger -t user-data) 2>&1\n" + recipe + boot, "", ""},
		{"sudo and its like", bang + strings.ReplaceAll(recipe, "iptables -", "sudo nice -n 5 iptables -") + boot, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			problems := judgeText(test.text, Block{BranchENI: true})
			if got := codes(problems); got != test.want {
				t.Fatalf("got %q, want %q\n%v\n%s", got, test.want, problems, test.text)
			}
			if test.at != "" && !strings.HasPrefix(test.text[problems[0].At:], test.at) {
				t.Errorf("the place is %q, want %q\n%v", test.text[problems[0].At:], test.at, problems)
			}
		})
	}
}

// TestJudgeManyEnds expects a note where a script may end at more places than
// are judged, whatever is after them.
func TestJudgeManyEnds(t *testing.T) {
	for n, want := range map[int]string{maxEnds - 20: "", maxEnds + 20: "not-judged"} {
		text := bang + "set -e\n" + strings.Repeat("cp /opt/x /opt/y\n", n) + recipe + boot
		problems := judgeText(text, Block{})
		if codes(problems) != want || len(problems) > 0 && problems[0].At != 0 {
			t.Errorf("%d places: %v, not %q", n, problems, want)
		}
	}
}

// TestJudgeOptions has what depends on the block that is asked for.
func TestJudgeOptions(t *testing.T) {
	ipv6 := strings.NewReplacer("iptables ", "ip6tables ", "iptables-save", "ip6tables-save", "169.254.169.254/32", "fd00:ec2::254/128", "sysconfig/iptables", "sysconfig/ip6tables").Replace(drop+saveTo) +
		"systemctl enable --now ip6tables\n"
	for _, test := range []struct {
		name, text string
		block      Block
		want       string
	}{
		{"strict is asked for", bang + recipe + boot, Block{Mode: Strict}, "not-strict"},
		{"strict", bang + strictCommands + "\n" + boot, Block{Mode: Strict, IPv6: true, BranchENI: true}, ""},
		{"no branch rule is asked for", bang + install + drop + saveTo + enableNow + boot, Block{}, ""},
		{"IPv6", bang + recipe + boot, Block{IPv6: true}, "ipv6-absent"},
		{"IPv6 twins", bang + recipe + ipv6 + boot, Block{IPv6: true}, ""},
	} {
		if problems := judgeText(test.text, test.block); codes(problems) != test.want {
			t.Errorf("%s: got %v, want %q", test.name, problems, test.want)
		}
	}
}

// TestJudgeOwnUnit has a unit that sets up the rule beside the services of
// iptables-services, which it must start after: they load their rules over it.
func TestJudgeOwnUnit(t *testing.T) {
	for _, test := range []struct{ enabled, after, want string }{
		{"iptables", "", "unsaved"},
		{"iptables", "After=iptables.service\n", ""},
		{"iptables", "After=ip6tables.service\n", "unsaved"},
		{"ip6tables", "", "unsaved"},
		{"ip6tables", "After=ip6tables.service\n", ""},
		{"ip6tables", "After=iptables.service\n", "unsaved"},
		{"iptables ip6tables", "After=iptables.service\n", "unsaved"},
		{"iptables ip6tables", "After=ip6tables.service\n", "unsaved"},
		{"iptables ip6tables", "After=iptables.service ip6tables.service\n", ""},
	} {
		script := bang + install + "systemctl enable " + test.enabled + "\n" + strings.Replace(ownUnit, "Before", test.after+"Before", 1) + "systemctl enable --now pods\n" + boot
		if problems := judgeText(script, Block{}); codes(problems) != test.want {
			t.Errorf("%s enabled, %q: got %v, want %q", test.enabled, test.after, problems, test.want)
		}
	}
}

// TestJudgeUnattended has what runs by itself after a reboot, and takes back the rule
// that the start of the kubelet has set up.
func TestJudgeUnattended(t *testing.T) {
	script := bang + strictCommands + "\necho '* * * * * root iptables -t raw -F' > /etc/cron.d/x\n"
	if problems := judgeText(script, Block{Mode: Strict}); codes(problems) != "undone" {
		t.Errorf("got %v, want undone", problems)
	}
}

// TestJudgeBootstrapped has scripts before and after the one that Amazon EKS adds on
// Amazon Linux 2.
func TestJudgeBootstrapped(t *testing.T) {
	for name, want := range map[string]string{"part-001": "", "00-rules.sh": "", "runcmd": "late", "z.sh": "late"} {
		scripts := []script{{stage: stageScript, name: name, text: bang + recipe}}
		if problems := judge(scripts, Block{Managed: true, Bootstrapped: true}); codes(problems) != want {
			t.Errorf("%s: %v, want %q", name, problems, want)
		}
	}
}

// TestJudgeScripts has what depends on the order of scripts, and on when they
// run again.
func TestJudgeScripts(t *testing.T) {
	for _, test := range []struct {
		name    string
		scripts []script
		want    string
	}{
		{"the kubelet in a boothook", []script{{stage: stageBoothook, text: bang + boot, everyBoot: true}, {stage: stageScript, text: bang + recipe}}, "late"},
		{"the rule at every boot", []script{{stage: stageBootcmd, text: "#!/bin/sh\n" + drop + dropVLAN, everyBoot: true}, {stage: stageScript, text: bang + boot}}, ""},
		{"a flush at every boot", []script{{stage: stagePerBoot, text: bang + "iptables -F\n", everyBoot: true}, {stage: stageScript, text: bang + recipe + boot}}, "undone"},
		{"a written file", []script{{stage: stageWriteFiles, text: "#!/bin/sh\ncat >/root/x.sh <<'X'\n" + recipe + "X\n"}, {stage: stageScript, text: bang + "bash /root/x.sh\n" + boot}}, ""},
		{"an unknown script", []script{{stage: stageScript, unknown: "it is encrypted"}, {stage: stageScript, text: bang + recipe + boot}}, "not-judged"},
		{"a script that is not known, whatever its text", []script{{stage: stageScript, text: bang + recipe + boot}, {stage: stageScript, text: bang + "iptables -F\n", unknown: "it is encrypted"}}, "not-judged"},
		{"a script for another interpreter", []script{{stage: stageScript, text: "#!/usr/bin/perl\nsystem('iptables -F');\n"}, {stage: stageScript, text: bang + recipe + boot}}, "not-judged"},
		{"one that flushes", []script{{stage: stageScript, text: bang + recipe + boot}, {stage: stageScript, text: "#!/usr/bin/perl\nsystem('iptables -F');\n"}}, "undone not-judged"},
		{"a mode that is a number", []script{{stage: stageWriteFiles, text: "#!/bin/sh\ncat >/opt/x.sh <<'X'\n#!/bin/bash\n" + recipe + "X\nchmod 1402 /opt/x.sh\n"}, {stage: stageScript, text: bang + "/opt/x.sh\n" + boot}}, "absent"},
		{"a written unit", []script{{stage: stageWriteFiles, text: "#!/bin/sh\ncat >/etc/systemd/system/x.service <<'X'\n[Service]\nExecStart=/sbin/iptables -F\nX\n"}, {stage: stageScript, text: bang + recipe + boot}}, "undone"},
		{"a saved file overwritten at every boot", []script{{stage: stageScript, text: bang + recipe + boot}, {stage: stagePerBoot, text: bang + "rm -f /etc/sysconfig/iptables\n", everyBoot: true}}, "unsaved"},
		{"nodeadm", []script{{stage: stageScript, text: bang + recipe}, {stage: stageNodeadm, text: bang + "nodeadm init\n"}}, ""},
	} {
		if problems := judge(test.scripts, Block{BranchENI: true}); codes(problems) != test.want {
			t.Errorf("%s: got %v, want %q", test.name, problems, test.want)
		}
	}
}
