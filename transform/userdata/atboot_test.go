package userdata

import "testing"

// TestAtBoot has files that the node runs or reads by itself, written after the
// recipe. What stands after the code is the message.
func TestAtBoot(t *testing.T) {
	const (
		takesBack = "undone: a unit that is written here may take the rule back"
		dropInDir = "mkdir -p /etc/systemd/system/kubelet.service.d; "
		cfn       = "mkdir -p /etc/cfn/hooks.d; "
		hook      = " > /etc/cfn/hooks.d/x.conf\n"
		dropInTo  = " > /etc/systemd/system/kubelet.service.d/x.conf\n"
	)
	for _, test := range []struct{ line, want string }{
		{"cp /opt/x /usr/local/bin/iptables\n", "not-judged: what /usr/local/bin/iptables does at the next boot is not known"},
		{"cp /opt/x /usr/local/bin/jq\n", ""},
		{"curl -o /etc/cron.d/x http://x\n", "not-judged: what curl changes in /etc/cron.d/x is not known"},
		{"echo $X > /etc/cron.d/x\n", "not-judged: what is in /etc/cron.d/x, which the node runs or reads by itself, is not known"},
		{"echo \" $X \" > /etc/tuned/x\n", "not-judged: what is in /etc/tuned/x, which the node runs or reads by itself, is not known"},
		{"echo > /etc/tuned/x\n", ""},
		{"echo a > /etc/tuned/x\n", "not-judged: what /etc/tuned/x has the node do is not known"},
		{"echo a $X > /etc/tuned/x\n", "not-judged: what /etc/tuned/x has the node do is not known"},

		{dropInDir + "printf '[Service]\\nExecStartPost=/sbin/iptables -F\\n'" + dropInTo, takesBack},
		{dropInDir + "printf '[Service]\\nExecStartPost=/bin/true\\n'" + dropInTo, ""},
		{dropInDir + "printf '[Service]\\nDescription=/sbin/iptables -F\\n'" + dropInTo, ""},
		{dropInDir + "printf '[Service]\\nExecStartPre=/sbin/iptables -F\\n'" + dropInTo, takesBack},
		{dropInDir + "printf '[Service]\\nExecStartPre=/sbin/iptables -F\\nExecStartPre=\\n'" + dropInTo, ""},

		{"echo '* * * * * root iptables -F' > /etc/crontab\n", takesBack},
		{"echo '* * * * * root iptables -L' > /etc/crontab\n", ""},
		{"echo '* * * * * iptables -F' > /var/spool/cron/root\n", takesBack},
		{"echo '1 5 x iptables -F' > /etc/anacrontab\n", takesBack},
		{"echo '@monthly 5 x iptables -F' > /etc/anacrontab\n", takesBack},
		{"echo '@monthly 5 x run-parts /etc/cron.monthly' > /etc/anacrontab\n", "not-judged: what run-parts does is not known"},
		{"printf 'MAILTO=root\\nSHELL=/bin/sh\\nSHELL = /bin/bash\\n#x\\n\\n@daily root true\\n' > /etc/cron.d/x\n", ""},
		{"printf 'SHELL=/bin/zsh\\n' > /etc/cron.d/x\n", "not-judged: what cron runs with /bin/zsh is not known"},
		{"printf 'BASH_ENV=/opt/x\\n' > /etc/cron.d/x\n", "not-judged: what BASH_ENV has cron run is not known"},
		{"printf 'ENV = /opt/x\\n' > /etc/cron.d/x\n", "not-judged: what ENV has cron run is not known"},
		{"printf 'LD_PRELOAD=/opt/x\\n' > /etc/cron.d/x\n", "not-judged: what LD_PRELOAD has cron run is not known"},
		{"echo '* * * * * root kubelet --x' > /etc/cron.d/x\n", "not-judged: cron may start the kubelet at any time, even before the rule is there"},

		{"printf '#!/bin/bash\\niptables -F\\n' > /etc/cron.daily/x\n", takesBack},
		{"printf 'iptables -F\\n' > /etc/profile.d/x.sh\n", takesBack},
		{"printf '#!/bin/bash\\ntrue\\n' > /etc/cron.daily/x\n", ""},
		{"printf '#!/opt/x\\n' > /etc/cron.daily/x\n", "not-judged: what /etc/cron.daily/x has the node do is not known"},
		{"printf '#!/opt/x/sh\\niptables -F\\n' > /etc/profile.d/x.sh\n", takesBack},

		{cfn + "printf '[x]\\ntriggers=post.update\\npath = Resources.x\\naction=/opt/aws/bin/cfn-init -v\\nrunas=root\\n'" + hook, ""},
		{cfn + "printf 'action=/opt/aws/bin/cfn-init -v && iptables -F\\n'" + hook, takesBack},
		{cfn + "printf 'Action : iptables -F\\n'" + hook, takesBack},
		{cfn + "printf 'action=true\\n\\t&& iptables -F\\n'" + hook, "not-judged: the shell cannot read it: `&&` can only immediately follow a statement"},
		{cfn + "printf 'action=true;\\n iptables -F\\n'" + hook, takesBack},
		{cfn + "printf 'action=/opt/x\\n'" + hook, "not-judged: what /opt/x does is not known"},
		{cfn + "printf 'reaction=/opt/x\\n'" + hook, ""},
	} {
		if got := messages(judgeText(bang+recipe+boot+test.line, Block{})); got != test.want {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
}

// TestAtBootSetsUpNothing has rules that the node may set up by itself later, which
// nothing waits for.
func TestAtBootSetsUpNothing(t *testing.T) {
	const rule = "/sbin/iptables -I FORWARD -d 169.254.169.254/32 -j DROP"
	for _, lines := range []string{
		ownUnit,
		"mkdir -p /etc/systemd/system/kubelet.service.d; printf '[Service]\\nExecStartPost=" + rule + "\\n' > /etc/systemd/system/kubelet.service.d/x.conf\n",
		"echo '* * * * * root " + rule + "' > /etc/cron.d/x\n",
		"echo '" + rule + "' > /etc/rc.local\n",
		"mkdir -p /etc/cfn/hooks.d; echo 'action=" + rule + "' > /etc/cfn/hooks.d/x.conf\n",
	} {
		if got := codes(judgeText(bang+boot+lines, Block{})); got != "absent" {
			t.Errorf("%s: %q", lines, got)
		}
	}
	if got := codes(judgeText(bang+boot+rule+"\n", Block{})); got != "late" {
		t.Errorf("by the script: %q", got)
	}
}

// TestCronCommand cuts lines for cron into the time and the command.
func TestCronCommand(t *testing.T) {
	for _, test := range []struct{ file, line, want string }{
		{"/etc/crontab", "* * * * * root a b", "a b"},
		{"/etc/cron.d/x", " 1\t2  3 4 5\troot\ta  b \n", "a  b"},
		{"/etc/cron.d/x", "@reboot root a b", "a b"},
		{"/var/spool/cron/root", "* * * * * a b", "a b"},
		{"/var/spool/cron/root", "@reboot a b", "a b"},
		{"/etc/anacrontab", "1 5 x a b", "a b"},
		{"/etc/anacrontab", "@monthly 5 x a b", "a b"},
		{"/etc/cron.d/x", "* * * * * root A=1 b", "A=1 b"},
		{"/etc/cron.d/x", "1 1 1 1 1 root A=1 b", "A=1 b"},
		{"/etc/cron.d/x", "A=1 b", ""},
		{"/etc/cron.d/x", "A_1 = * * * * * a", ""},
		{"/etc/cron.d/x", " # * * * * root a", ""},
		{"/etc/cron.d/x", " \n", ""},
		{"/etc/cron.d/x", "* *", ""},
		{"/etc/cron.d/x", "* * * * * root", ""},
	} {
		if got := cronCommand(test.file, test.line); got != test.want {
			t.Errorf("%s: %q: %q, not %q", test.file, test.line, got, test.want)
		}
	}
}

// TestKindsOfFiles tells apart the files that a node runs or reads by itself.
func TestKindsOfFiles(t *testing.T) {
	const saved, cron, script, none = "saved", "cron", "script", ""
	for file, want := range map[string]string{
		"/etc/sysconfig/iptables":            saved,
		"/etc/sysconfig/ip6tables":           saved,
		"/etc/iptables/rules.v4":             saved,
		"/etc/iptables/rules.v6":             saved,
		"/etc/iptables/rules.v5":             none,
		"/etc/crontab":                       cron,
		"/etc/anacrontab":                    cron,
		"/etc/cron.d/x":                      cron,
		"/var/spool/cron/crontabs/root":      cron,
		"/etc/crontab.old":                   none,
		"/etc/cron.daily/x":                  script,
		"/etc/rc.d/rc.local":                 script,
		"/root/.bashrc":                      script,
		"/etc/NetworkManager/dispatcher.d/x": script,
		"/usr/lib/x.sh":                      script,
		"/etc/sysconfig/network-scripts/x":   none,
		"/etc/NetworkManager/conf.d/x":       none,
		"/etc/tuned/x.shx":                   none,
	} {
		got := none
		switch {
		case isSaved(file):
			got = saved
		case isCronTable(file):
			got = cron
		case isBootScript(file):
			got = script
		}
		if got != want {
			t.Errorf("%s: %q, not %q", file, got, want)
		}
	}
}
