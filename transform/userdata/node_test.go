package userdata

import (
	"strings"
	"testing"
)

// TestJudgeCalls has calls of iptables in scripts: which of them are sure to run, and
// after which a script ends that ends at errors.
func TestJudgeCalls(t *testing.T) {
	const (
		drop6   = "ip6tables -I FORWARD -d fd00:ec2::254/128 -j DROP\n"
		save6   = "ip6tables-save > /etc/sysconfig/ip6tables\n"
		enable6 = "systemctl enable --now ip6tables\n"
	)
	chain := func(made string) string {
		return install + made + "iptables -A K -d 169.254.169.254 -j DROP\niptables -I FORWARD -j K\n" + saveTo + enableNow + boot
	}
	rule := func(line string) string { return install + line + "\n" + saveTo + enableNow + boot }
	rule6 := func(line string) string { return recipe + line + "\n" + save6 + enable6 + boot }
	for _, test := range []struct{ script, want string }{
		{"iptables -N K\nset -e\niptables -F K\n" + recipe + boot, ""},
		{"set -e\niptables -F K\n" + recipe + boot, "absent"},
		{"set -e\niptables -t nat -N K\niptables -F K\n" + recipe + boot, "absent"},
		{"set -e\niptables -F FORWARD\n" + recipe + boot, ""},
		{"set -e\niptables -F\n" + recipe + boot, ""},
		{"set -e\niptables -A FORWARD -m foo -j LOG\n" + recipe + boot, "absent"},
		{"iptables -A FORWARD -m foo -j LOG\n" + recipe + boot, ""},

		{chain("iptables -N K\n"), ""},
		{chain("iptables -L K || iptables -N K\n"), ""},
		{chain("iptables -nL K >/dev/null 2>&1 || iptables -N K\n"), ""},
		{chain("iptables -S K || iptables -N K\n"), ""},
		{chain("iptables -N K 2>/dev/null || true\n"), ""},
		{chain("iptables -L L || iptables -N K\n"), "absent"},
		{chain("iptables -t nat -L K || iptables -N K\n"), "absent"},
		{chain("iptables -F K || iptables -N K\n"), "absent"},
		{chain("iptables -L $X || iptables -N K\n"), "absent"},
		{chain("ip6tables -L K || iptables -N K\n"), "absent"},
		{chain("[ -e /x ] && iptables -N K\n"), "absent"},
		{chain("iptables -C K -d 169.254.169.254 -j DROP || iptables -A K -d 169.254.169.254 -j DROP\n"), "absent"},

		{rule("iptables -C FORWARD -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), ""},
		{rule("iptables -C FORWARD -d 169.254.169.254 -j DROP || iptables -A FORWARD -d 169.254.169.254 -j DROP"), ""},
		{rule("iptables -C FORWARD -j DROP -d 169.254.169.254 || iptables -I FORWARD -d 169.254.169.254 -j DROP"), ""},
		{rule("iptables -A FORWARD -j LOG\niptables -C FORWARD -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), ""},
		{rule("iptables -C FORWARD -d 10.0.0.1 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables -C INPUT -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables -t mangle -C FORWARD -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables -D FORWARD -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("ip6tables -C FORWARD -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables -C FORWARD -d $X -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables -C FORWARD -d 169.254.169.254 -j DROP $X || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("test -e /x || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
		{rule("iptables -A FORWARD -d 169.254.169.254 -j DROP\niptables -I FORWARD -j ACCEPT\niptables -C FORWARD -d 169.254.169.254 -j DROP || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "undone"},
		{rule("iptables -C FORWARD -d 169.254.169.254 -j DROP || test -e /x || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},

		{rule6(strings.TrimSuffix(drop6, "\n")), ""},
		{rule6("[ ! -e /proc/net/if_inet6 ] || " + strings.TrimSuffix(drop6, "\n")), ""},
		{rule6("test ! -e /proc/net/if_inet6 || " + strings.TrimSuffix(drop6, "\n")), ""},
		{rule6("[ -e /proc/net/if_inet6 ] || " + strings.TrimSuffix(drop6, "\n")), "ipv6-absent"},
		{rule6("[ ! -e /x ] || " + strings.TrimSuffix(drop6, "\n")), "ipv6-absent"},
		{rule6("ip6tables -C FORWARD -d fd00:ec2::254/128 -j DROP || " + strings.TrimSuffix(drop6, "\n")), ""},
		{rule6("ip6tables -C FORWARD -d fd00:ec2::253/128 -j DROP || " + strings.TrimSuffix(drop6, "\n")), "ipv6-absent"},
		{rule("[ ! -e /proc/net/if_inet6 ] || iptables -I FORWARD -d 169.254.169.254 -j DROP"), "absent"},
	} {
		want := Block{IPv6: strings.Contains(test.script, "fd00")}
		if problems := judgeText(bang+test.script, want); codes(problems) != test.want {
			t.Errorf("%v, not %q\n%s", problems, test.want, test.script)
		}
	}
}

// TestTried sees which rule is named where none drops the packets, and why it does not.
func TestTried(t *testing.T) {
	const other = "iptables -I FORWARD -d 10.0.0.1 -j DROP\n"
	for _, test := range []struct{ script, why, at string }{
		{other, "no command drops", "#!"},
		{"if false; then\n" + drop + "fi\n", "it never runs", drop},
		{"if false; then iptables -A FORWARD -d 169.254.169.254 -j DROP; fi\n", "it never runs", "iptables -A"},
		{"if [ -e /x ]; then\n" + drop + "fi\n", "it is in a branch that may not be taken", drop},
		{"[ -e /x ] && exit\n" + drop, "the script may have ended earlier", drop},
		{"iptables -A K -d 169.254.169.254 -j DROP\n", "it is in a chain K that nothing makes", "iptables -A K"},
		{"iptables -N K\niptables -X K\niptables -A K -d 169.254.169.254 -j DROP\n", "it is in a chain K that may not be there", "iptables -A K"},
		{"iptables $X\niptables -A FORWARD -d 169.254.169.254 -j DROP\n", "there may be rules before it that are not known", "iptables -A"},
		{"iptables -I FORWARD 3 -d 169.254.169.254 -j DROP\n", "it is not known whether there are rules before its place", "iptables -I"},
		{"iptables -t raw -I FORWARD -d 169.254.169.254 -j DROP\n", "the table raw has no chain FORWARD", "iptables -t"},
		{"iptables -t security -I FORWARD -d 169.254.169.254 -j DROP\n", "does not pass the chain FORWARD of the table security", "iptables -t"},
		{"iptables -I PREROUTING -d 169.254.169.254 -j DROP\n", "the table filter has no chain PREROUTING", "iptables -I"},
		{"iptables -I POSTROUTING -d 169.254.169.254 -j DROP\n", "the table filter has no chain POSTROUTING", "iptables -I"},
		{"iptables -A FORWARD -j LOG\niptables-restore -n < /opt/x\niptables -I FORWARD 2 -d 169.254.169.254 -j DROP\n", "there may be rules before it", "iptables -I"},
		{"iptables -I FORWARD -s 10.0.0.1 -d 169.254.169.254 -j DROP\n", "it does not match all that pods send there", "iptables -I"},
		{"iptables -A FORWARD -j ACCEPT\niptables -A FORWARD -d 169.254.169.254 -j DROP\n", "a rule before it lets the packets pass", "iptables -A FORWARD -d"},
		{"iptables -t nat -I PREROUTING -d 169.254.169.254 -j DROP\n", "it is in the table nat", "iptables -t"},
		{"iptables -I OUTPUT -d 169.254.169.254 -j DROP\n", "does not pass the chain OUTPUT", "iptables -I"},
		{"iptables -I FORWARD -d 169.254.169.254 -j DROP --bogus\n", "whether iptables takes --bogus here is not known", "iptables -I"},
		{other + "iptables -t nat -I PREROUTING -d 169.254.169.254 -j DROP\niptables -I OUTPUT -d 169.254.169.254 -j DROP\n", "it is in the table nat", "iptables -t"},
		{"iptables-restore <<'X'\n*filter\n-A FORWARD -j ACCEPT\n-A FORWARD -d 169.254.169.254 -j DROP\nCOMMIT\nX\n", "a rule before it lets the packets pass", "iptables-restore"},
		{"if false; then iptables -D FORWARD -d 169.254.169.254 -j DROP; fi\n", "no command drops", "#!"},
		{"if false; then iptables; fi\n", "no command drops", "#!"},
		{"if false; then ip6tables -I FORWARD -d fd00:ec2::254 -j DROP; fi\n", "no command drops", "#!"},
	} {
		text := bang + test.script + boot
		problems := judgeText(text, Block{})
		if len(problems) == 0 || problems[0].Code != Absent || !strings.Contains(problems[0].Message, test.why) || !strings.HasPrefix(text[problems[0].At:], test.at) {
			t.Errorf("%v, not at %q: %s\n%s", problems, test.at, test.why, test.script)
		}
	}
}

// TestStartedUnit has units by which the kubelet starts, with a drop-in that makes sure
// of the drop for one of them.
func TestStartedUnit(t *testing.T) {
	dropIn := func(unit string) string {
		dir := "/etc/systemd/system/" + unit + ".d"
		return "mkdir -p " + dir + "\nprintf '[Service]\\nExecStartPre=/usr/sbin/" + strings.TrimSpace(rawDrop) + "\\n' > " + dir + "/x.conf\nsystemctl daemon-reload\n"
	}
	const byUnit, bySnap = "systemctl start kubelet\n", "snap start kubelet-eks\n"
	for _, test := range []struct{ script, want, at string }{
		{dropIn(kubeletService) + byUnit, "", ""},
		{dropIn(kubeletSnap) + bySnap, "", ""},
		{dropIn(kubeletService) + bySnap, "absent", ""},
		{dropIn(kubeletSnap) + byUnit, "absent", ""},
		{dropIn(kubeletService) + byUnit + bySnap, "not-strict", "systemctl start"},
		{dropIn(kubeletSnap) + bySnap + byUnit, "not-strict", "snap"},
		{dropIn(kubeletService) + boot, "", ""},
		{dropIn(kubeletService) + "systemctl revert kubelet\nsystemctl daemon-reload\n" + boot, "absent", ""},
		{dropIn(kubeletService) + "systemctl revert docker\nsystemctl daemon-reload\n" + boot, "", ""},
		{dropIn(kubeletService) + "nodeadm init\n", "", ""},
		{dropIn(kubeletService) + rawDrop + "kubelet --x &\n", "unsaved not-strict", "iptables -w"},
		{recipe + boot, "not-strict", "/etc/eks"},
		{recipe + boot + byUnit, "not-strict", "/etc/eks"},
	} {
		text := bang + test.script
		problems := judgeText(text, Block{Mode: Strict})
		if codes(problems) != test.want {
			t.Errorf("%v, not %q\n%s", problems, test.want, text)
		} else if len(problems) > 0 && !strings.HasPrefix(text[problems[0].At:], test.at) {
			t.Errorf("at %q, not %q\n%s", text[problems[0].At:], test.at, text)
		}
	}
}
