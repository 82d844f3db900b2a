package userdata

import (
	"strings"
	"testing"
)

// A saying is a problem as the tests write it, with what stands at its place.
type saying struct {
	code        Code
	at, message string
}

// TestCodes has the codes by which others know problems.
func TestCodes(t *testing.T) {
	const text = bang + "curl 169.254.169.254/latest/x\n"
	large := bang + "# " + strings.Repeat("x", MaxSize)
	for _, test := range []struct{ text, want string }{{text, "absent without-token not-mime"}, {large, "absent too-large not-mime"}} {
		got := codes(Judge(test.text, Block{Managed: true}).Problems)
		for code := range strings.FieldsSeq(test.want) {
			if !strings.Contains(" "+got+" ", " "+code+" ") {
				t.Errorf("no %s: %s", code, got)
			}
		}
	}
}

// TestMessages has what is said of scripts: the code, where it is, and the message.
func TestMessages(t *testing.T) {
	const (
		dropRaw6 = "ip6tables -t raw -I PREROUTING -d fd00:ec2::254/128 -j DROP\n"
		cron     = "echo '* * * * * root iptables -F' > /etc/cron.d/x\n"
		perBoot  = "%boot "
	)
	save6 := strings.NewReplacer("iptables", "ip6tables").Replace(saveTo + enableNow)
	for _, test := range []struct {
		script string
		want   Block
		said   []saying
	}{
		{boot, Block{}, []saying{{Absent, "#!", "no command drops the packets of pods to the metadata service"}}},
		{"acme\n" + boot, Block{}, []saying{{Absent, "#!", "no command that can be judged drops the packets of pods to the metadata service"}, {NotJudged, "acme", "what acme does is not known"}}},
		{boot + recipe, Block{}, []saying{{Late, "/etc/eks", "the kubelet may start here, before the packets to the metadata service are dropped"}}},
		{recipe + boot + "iptables -F\n", Block{}, []saying{{Undone, "iptables -F", "the command here may take back the rule that drops the packets of pods"}}},
		{recipe + boot + "yum remove -y iptables\n", Block{}, []saying{{Undone, "yum remove", "the package that is removed here is needed to load the rules at boot"}}},
		{recipe + boot + "iptables-restore < /opt/x\n", Block{}, []saying{{Undone, "iptables-restore", "the rules that are restored here may take the place of the rule"}}},
		{recipe + boot + "\"$X\" -F\n", Block{}, []saying{{Undone, "\"$X\"", "the command here, whose name is not known, may take back the rule that drops the packets of pods"}}},
		{recipe + boot + "update-alternatives --set iptables /x\n", Block{}, []saying{{Undone, "update-alt", "the command here may have another program run in place of iptables"}, {NotJudged, "update-alt", "what update-alternatives does to the rules is not known"}}},
		{recipe + boot + cron, Block{}, []saying{{Undone, "echo", "a unit that is written here may take the rule back"}}},
		{install + drop + enableNow + saveTo + boot, Block{}, []saying{{Replaced, "systemctl", "the service that starts here loads its packaged rules in place of the rule, which is not saved in /etc/sysconfig/iptables yet"}}},
		{install + saveTo + drop + enableNow + saveTo + boot, Block{}, []saying{{Replaced, "systemctl", "the service that starts here loads /etc/sysconfig/iptables in place of the rule, which is not saved there yet"}}},
		{drop + boot, Block{}, []saying{{Unsaved, drop, "after a reboot the packets of pods are not dropped: the rule is not saved"}}},
		{strictCommands + "\n" + boot + "rm -r /etc/systemd/system/kubelet.service.d\n", Block{}, []saying{{Unsaved, "rm ", "after a reboot the packets of pods are not dropped: the drop-in 05-imdslock.conf of the kubelet's unit may be gone"}}},
		{install + drop + saveTo + enableNow + boot, Block{BranchENI: true}, []saying{{BranchENIAbsent, "#!", "no command drops the packets of pods with branch network interfaces to the metadata service"}}},
		{boot + recipe, Block{BranchENI: true}, []saying{{Late, "/etc/eks", "the kubelet may start here, before the packets to the metadata service are dropped"}}},
		{install + drop + saveTo + enableNow + boot + dropVLAN + saveTo, Block{BranchENI: true}, []saying{{Late, "/etc/eks", "the kubelet may start here, before the packets of pods with branch network interfaces to the metadata service are dropped"}}},
		{recipe + boot + "iptables -t mangle -F\n", Block{BranchENI: true}, []saying{{Undone, "iptables -t mangle -F", "the command here may take back the rule that drops the packets of pods with branch network interfaces"}}},
		{install + drop + saveTo + enableNow + dropVLAN + boot, Block{BranchENI: true}, []saying{{BranchENIUnsaved, dropVLAN, "after a reboot the packets of pods with branch network interfaces are not dropped: the rule is not among those that are saved in /etc/sysconfig/iptables"}}},
		{drop + dropVLAN + boot, Block{BranchENI: true}, []saying{{Unsaved, drop, "after a reboot the packets of pods are not dropped: the rule is not saved"}}},
		{boot, Block{BranchENI: true, IPv6: true}, []saying{{Absent, "#!", "no command drops the packets of pods to the metadata service"}}},
		{recipe + boot, Block{IPv6: true}, []saying{{IPv6Absent, "#!", "no command drops the packets of pods to the IPv6 endpoint of the metadata service"}}},
		{recipe + boot + dropRaw6 + save6, Block{IPv6: true}, []saying{{IPv6Absent, "/etc/eks", "the kubelet may start here, before the packets of pods to the IPv6 endpoint of the metadata service are dropped"}}},
		{recipe + dropRaw6 + boot, Block{IPv6: true}, []saying{{IPv6Absent, dropRaw6, "after a reboot the packets of pods to the IPv6 endpoint of the metadata service are not dropped: the rule is not among those that are saved in /etc/sysconfig/iptables"}}},
		{recipe + boot, Block{Mode: Strict}, []saying{{NotStrict, "/etc/eks", "the kubelet's unit does not make sure that the packets are dropped when it starts"}}},
		{boot + recipe, Block{Mode: Strict}, []saying{{Late, "/etc/eks", "the kubelet may start here, before the packets to the metadata service are dropped"}}},
		{boot, Block{Mode: Strict}, []saying{{Absent, "#!", "no command drops the packets of pods to the metadata service"}}},
		{recipe + boot + "python3 /opt/x\n", Block{}, []saying{{NotJudged, "python3", "what python3 runs is not known"}}},
		{recipe + boot + "docker exec x\n", Block{}, []saying{{NotJudged, "docker", "what the container does that docker runs here with rights on the node is not known"}}},
		{recipe + boot + "nc -l 80\n", Block{}, []saying{{NotJudged, "nc", "what nc serves here is not known"}}},
		{recipe + boot + "crontab /opt/x\n", Block{}, []saying{{NotJudged, "crontab", "what cron runs from the table that is installed here is not known"}}},
		{recipe + boot + "aws ssm send-command\n", Block{}, []saying{{NotJudged, "aws", "the command here may run commands on running nodes"}}},
		{recipe + boot + "systemctl preset x\n", Block{}, []saying{{NotJudged, "systemctl preset", "what systemctl preset does is not known"}}},
		{recipe + boot + "systemctl enable --now /opt/x.service\n", Block{}, []saying{{NotJudged, "systemctl enable --now /opt", "what is in /opt/x.service is not known"}}},
		{recipe + boot + "systemctl enable ufw\n", Block{}, []saying{{NotJudged, "systemctl enable ufw", "what ufw does to the rules, also at the next boot, is not known"}}},
		{recipe + boot + "iptables-save -f x\n", Block{}, []saying{{NotJudged, "iptables-save -f", "which file iptables-save writes here is not known"}}},
		{recipe + boot + "printf \"[Service]\\n$X\\n\" > /etc/systemd/system/x.service\nsystemctl start x\n", Block{}, []saying{{NotJudged, "printf", "what is in /etc/systemd/system/x.service, which systemd reads, is not known"}}},
		{recipe + boot + "ufw status\n", Block{}, []saying{{NotJudged, "ufw", "what ufw does to the rules is not known"}}},
		{recipe + boot + "yum history x\n", Block{}, []saying{{NotJudged, "yum history", "what yum history does is not known"}}},
		{recipe + boot + "yum install -y ufw\n", Block{}, []saying{{NotJudged, "yum install -y ufw", "the firewall that is installed here may load rules of its own at the next boot"}}},
		{recipe + boot + "/opt/${X}.x\n", Block{}, []saying{{NotJudged, "/opt/", "what /opt/….x does is not known"}}},
		{recipe + boot + "x${X}\n", Block{}, []saying{{NotJudged, "x${X}", "what x… does is not known"}}},
		{recipe + boot + "\"$X\"\n", Block{}, []saying{{NotJudged, "\"$X", "what runs here is not known"}}},
		{"yum-config-manager --disable amzn2-core\n" + recipe + boot, Block{}, []saying{{NotJudged, "yum-config", "the repository that is turned off here may be the one with iptables-services"}}},
		{"echo 'exclude=*' > /etc/yum.conf\n" + recipe + boot, Block{}, []saying{{NotJudged, "echo", "what /etc/yum.conf says here of packages may keep iptables-services from being installed"}}},
		{recipe + boot + "echo staticPodPath > /opt/x\n", Block{}, []saying{{NotJudged, "echo", "what the pods do that the kubelet starts on its own is not known"}}},
		{recipe + boot + "kubectl set x VETHPREFIX\n", Block{}, []saying{{NotJudged, "kubectl", "the interfaces of pods may have names that the rules do not match"}}},
		{recipe + "/etc/eks/bootstrap.sh b --ip-family ipv6\n", Block{}, []saying{{NotJudged, "/etc/eks", "pods may have interfaces whose names do not begin with eni, which the iptables rules do not match"}}},
		{recipe + boot + "acme\nacme2\n", Block{}, []saying{{NotJudged, "acme", "what acme does is not known"}}},
		{recipe + boot + "ip rule add pref 5\n", Block{BranchENI: true}, []saying{{NotJudged, "ip rule", "the routes that ip changes here may send packets of pods with branch network interfaces through an interface that the rule does not match"}}},
		{recipe + boot + "acme\nip rule add pref 5\n", Block{BranchENI: true}, []saying{{NotJudged, "acme", "what acme does is not known"}}},
		{drop + saveTo + boot + "acme\n", Block{}, []saying{{NotJudged, "acme", "what acme does is not known"}}},
		{drop + saveTo + enableNow + boot, Block{}, []saying{{NotJudged, saveTo, "nothing here installs iptables-services, whose iptables.service would load /etc/sysconfig/iptables at boot"}}},
		{drop + saveTo + boot + "iptables -F\n", Block{}, []saying{{Undone, "iptables -F", "the command here may take back the rule that drops the packets of pods"}}},
		{perBoot + rawDrop, Block{}, []saying{{Unsaved, "iptables -w", "after a reboot the kubelet may start before the packets to the metadata service are dropped"}}},
	} {
		rest, everyBoot := strings.CutPrefix(test.script, perBoot)
		text := bang + rest
		scripts := []script{{stage: stageScript, text: text}}
		if everyBoot {
			scripts = []script{{stage: stagePerBoot, text: text, everyBoot: true}, {stage: stageScript, text: bang + boot}}
		}
		problems := judge(scripts, test.want)
		if len(problems) != len(test.said) {
			t.Errorf("%v\n%s", problems, test.script)
			continue
		}
		for i, said := range test.said {
			p := problems[i]
			if p.Code != said.code || p.Message != said.message || !strings.HasPrefix(text[p.At:], said.at) {
				t.Errorf("%s at %.20q: %s\nnot %s at %q: %s\n%s", p.Code, text[p.At:], p.Message, said.code, said.at, said.message, test.script)
			}
		}
	}
}
