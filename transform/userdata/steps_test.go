package userdata

import (
	"strings"
	"testing"
)

// TestUnknownNames has commands whose names are not known, wholly or in part.
func TestUnknownNames(t *testing.T) {
	for _, test := range []struct{ line, words, want string }{
		{"\"$X\" %", "-F FORWARD PREROUTING ruleset -X -t -D --flush flush 169.254.169.254/32 ip6tables", "undone"},
		{"\"$X\" a %", "FORWARD x169.254.169.254x x-tables", "undone"},
		{"\"$X\" a %", "-F -t flush", "not-judged"},
		{"\"$X\" %", "a -a", "not-judged"},
		{"\"$X\"", "", "not-judged"},
		{"$X %", "true ls", ""},
		{"$X %", "-n --flag \"$Y\"", "not-judged"},
		{"${X}% -A", "tables", "undone not-judged"},
		{"ip${X} %", "a", "undone not-judged"},
		{"n${X} %", "a", "undone not-judged"},
		{"/opt/${X} %", "a", "undone not-judged"},
		{"x${X} %", "a", "not-judged"},
		{"% status", "ufw firewall-cmd firewall-offline-cmd shorewall ferm csf gdb", "not-judged"},
		{"nsenter -t 1 %", "x", "not-judged"},
	} {
		expectLines(t, test.line, test.words, test.want)
	}
	for _, line := range []string{"\"$X\" eks", "\"$X\" my-cluster", "/opt/${X}.sh blue cluster", "/opt/${X}/bootstrap.sh", "boot${X} eks"} {
		if got := said(line); strings.Contains(got, "late") {
			t.Errorf("after the recipe: %s: %q", line, got)
		}
		if got := codes(judgeText(bang+line+"\n"+recipe+boot, Block{})); !strings.Contains(got, "late") {
			t.Errorf("before the recipe: %s: %q", line, got)
		}
	}
}

// TestModules has what takes modules out of the kernel.
func TestModules(t *testing.T) {
	expectLines(t, "rmmod %", "ip_tables iptable_filter xt_comment nf_tables \"$X\"", "undone")
	expectLines(t, "modprobe % ip_tables", "-r --remove", "undone")
	expectLines(t, "modprobe %", "ip_tables br_netfilter -q", "")
	expectLines(t, "% dummy", "rmmod modprobe", "")
}

// TestTurnsOff has what turns the node off, so that the kubelet starts at the next boot,
// and what does not.
func TestTurnsOff(t *testing.T) {
	expectLines(t, "%", "poweroff halt", "<late")
	expectLines(t, "poweroff %", "--help -w --wtmp-only", "<")
	expectLines(t, "halt %", "--help -w --wtmp-only", "<")
	expectLines(t, "shutdown %", "now +5 -h -r --reboot -P", "<late")
	expectLines(t, "shutdown %", "--help --show -c -k", "<")
	expectLines(t, "init %", "0 6 \"$X\"", "<late")
	expectLines(t, "init %", "3 5 q", "<")
	expectLines(t, "systemctl %", "poweroff halt", "<late")
	expectLines(t, "systemctl % x", "status is-active", "<")
	for _, of := range []string{"kubelet", "kubelet.service", "'kube*'"} {
		for line, want := range map[string]string{"systemctl enable %": "unsaved", "systemctl enable %; systemctl disable kubelet": "", "systemctl enable kubelet; systemctl disable %": "?", "systemctl enable kubelet; [ -e /x ] && systemctl disable %": "unsaved", "systemctl disable %": "", "systemctl enable --now %": "unsaved"} {
			if want == "?" {
				if want = ""; strings.ContainsAny(of, "$*") {
					want = "unsaved"
				}
			}
			scripts := []script{{stage: stagePerBoot, text: bang + rawDrop, everyBoot: true}, {stage: stageScript, text: bang + strings.ReplaceAll(line, "%", of) + "\n"}, {stage: stageNodeadm, text: bang + "nodeadm init\n", everyBoot: true}}
			if got := codes(judge(scripts, Block{})); got != want {
				t.Errorf("%s: %s: %q, not %q", line, of, got, want)
			}
		}
	}
}

// TestRouteWords has calls that change routes, or do not, after a recipe that drops what
// leaves by vlan.
func TestRouteWords(t *testing.T) {
	for _, test := range []struct{ line, words, want string }{
		{"ip rule % from all lookup 5", "a ad add del delete d replace change append prepend flush restore \"$X\"", "not-judged"},
		{"ip % add from all lookup 5", "rule ru rul", "not-judged"},
		{"ip -4 % del pref 5", "rule", "not-judged"},
		{"ip rule %", "show list", ""},
		{"ip %", "rule route", ""},
		{"ip % add 169.254.169.254 dev eth1", "r ro route", "not-judged"},
		{"ip route % default via 10.0.0.1", "a add del delete d replace change prepend", "not-judged"},
		{"ip route % default via 10.0.0.1", "append show get", ""},
		{"ip route append % dev eth1", "169.254.0.0/16", "not-judged"},
		{"ip route add default via 10.0.0.1 % 5", "table metric", ""},
		{"ip route add default via 10.0.0.1 % 5", "dev mtu", "not-judged"},
		{"ip % add 10.0.0.0/8 dev eth1", "route addr link neigh", ""},
		{"route % -host 169.254.169.254", "add del", "not-judged"},
		{"route % default gw 10.0.0.1", "add del", "not-judged"},
		{"route add -net %", "\"$X\"", "not-judged"},
		{"route add -net %", "10.0.0.0/8", ""},
		{"route % 169.254.169.254", "-n -e", ""},
		{"nmcli c modify eth0 % x", "ipv4.routing-rules +ipv4.routing-rules", "not-judged"},
		{"nmcli c modify eth0 % 169.254.169.254/32", "ipv4.routes +ipv4.routes", "not-judged"},
		{"nmcli c modify eth0 % 10.0.0.0/8", "ipv4.routes", ""},
		{"nmcli c modify eth0 % 169.254.169.253", "ipv4.dns", ""},
	} {
		for word := range strings.FieldsSeq(test.words) {
			line := strings.ReplaceAll(test.line, "%", word)
			if got := codes(judgeText(bang+recipe+boot+line+"\n", Block{BranchENI: true})); got != test.want {
				t.Errorf("%s: %q, not %q", line, got, test.want)
			}
		}
	}
	text := bang + recipe + boot + "ip rule add pref 5\nip rule add pref 6\n"
	if problems := judgeText(text, Block{BranchENI: true}); len(problems) != 1 || !strings.HasPrefix(text[problems[0].At:], "ip rule add pref 5") {
		t.Errorf("%v", problems)
	}
}

// TestWordsOfPods has words about pods in commands, and those that only print them.
func TestWordsOfPods(t *testing.T) {
	expectLines(t, "acme-less=1; kubectl x %", "pod-manifest-path manifest-url staticPodPath staticPodURL", "not-judged not-judged") // kubectl, and pods
	expectLines(t, "acme-less=1; kubectl x %", "VETHPREFIX", "not-judged")
	expectLines(t, "% pod-manifest-path VETHPREFIX", "echo printf grep egrep logger", "")
	expectLines(t, "kubectl apply -f - <<< %", "VETHPREFIX", "not-judged")
	expectLines(t, "kubectl apply -f - <<< %", "staticPod x", "")
	expectLines(t, "echo % > /opt/x.json", "staticPodPath manifest-url VETHPREFIX", "not-judged")
	expectLines(t, "printf '#!/bin/sh\\necho %\\n' > /opt/x.sh", "staticPodPath", "")
}
