package userdata

import (
	"strings"
	"testing"
)

// ownScript installs a unit that runs a script with the rule, and enables it.
func ownScript(file, text string) string {
	return "mkdir -p " + file[:strings.LastIndexByte(file, '/')] + "\ncat > " + file + " <<'X'\n" + text + "X\nchmod 755 " + file + "\n" +
		"cat > /etc/systemd/system/pods.service <<'X'\n[Unit]\nBefore=kubelet.service\n[Service]\nType=oneshot\nExecStart=" + file + "\n[Install]\nWantedBy=multi-user.target\nX\n" +
		"systemctl daemon-reload\nsystemctl enable --now pods\n"
}

const rawDrop = "iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\n"

// TestOwnUnits has units by which a rule is there again at the next boot, and those
// that are not run then.
func TestOwnUnits(t *testing.T) {
	section := func(unit string) (before, install string) {
		at := strings.Index(unit, "[Install]")
		return unit[:at] + "X\n", "cat >> /etc/systemd/system/pods.service <<'X'\n" + unit[at:]
	}
	before, install := section(ownUnit)
	for _, test := range []struct {
		name, script string
		want         string
	}{
		{"a script", ownScript("/usr/local/sbin/x.sh", bang+rawDrop), ""},
		{"without #!", ownScript("/usr/local/sbin/x.sh", rawDrop), "absent"},
		{"a comment before #!", ownScript("/usr/local/sbin/x.sh", "# pods\n"+bang+rawDrop), "absent"},
		{"without #!, by a shell", strings.Replace(ownScript("/usr/local/sbin/x.sh", rawDrop), "ExecStart=", "ExecStart=/bin/bash ", 1), ""},
		{"in /run", ownScript("/run/x/x.sh", bang+rawDrop), "unsaved not-judged"},
		{"in /var/run", ownScript("/var/run/x/x.sh", bang+rawDrop), "absent not-judged"},
		{"in /tmp", ownScript("/tmp/x.sh", bang+rawDrop), "unsaved not-judged"},
		{"in /dev/shm", ownScript("/dev/shm/x.sh", bang+rawDrop), "absent not-judged"},
		{"in /opt", ownScript("/opt/x/x.sh", bang+rawDrop), ""},
		{"enabled", ownUnit + "systemctl enable --now pods\n", ""},
		{"enabled by its whole name", ownUnit + "systemctl enable pods.service\nsystemctl start pods.service\n", ""},
		{"enabled before it is there", "systemctl enable pods\n" + ownUnit + "systemctl start pods\n", "unsaved"},
		{"named by no path", strings.Replace(ownUnit, "ExecStart=/usr/sbin/", "ExecStart=", 1) + "systemctl enable --now pods\n", "absent"},
		{"with a prefix", strings.Replace(ownUnit, "ExecStart=", "ExecStart=+", 1) + "systemctl enable --now pods\n", "absent"},
		{"with settings", strings.Replace(ownUnit, "[Service]\n", "[Service]\nUser=root\nStandardOutput=journal\nTimeoutStartSec=60\nEnvironment=A=b\nRestart=no\n", 1) + "systemctl enable --now pods\n", ""},
		{"as another user", strings.Replace(ownUnit, "[Service]\n", "[Service]\nUser=nobody\n", 1) + "systemctl enable --now pods\n", "absent"},
		{"with little time", strings.Replace(ownUnit, "[Service]\n", "[Service]\nTimeoutStartSec=1\n", 1) + "systemctl enable --now pods\n", "absent"},
		{"after the kubelet's target", strings.Replace(ownUnit, "[Unit]\n", "[Unit]\nAfter=multi-user.target\n", 1) + "systemctl enable --now pods\n", "unsaved"},
		{"wanted by the kubelet", strings.Replace(ownUnit, "WantedBy=multi-user.target", "WantedBy=kubelet.service", 1) + "systemctl enable --now pods\n", ""},
		{"in conflict with another", ownUnit + "systemctl enable --now pods\nprintf '[Unit]\\nConflicts=pods.service\\n[Service]\\nExecStart=/bin/true\\n' > /etc/systemd/system/x.service\n", "not-judged"},
		{"enabled before and after", "systemctl enable pods\n" + ownUnit + "systemctl enable --now pods\n", ""},
		{"enabled without [Install]", before + "systemctl enable --now pods\n" + install, "unsaved"},
	} {
		if got := codes(judgeText(bang+test.script+boot, Block{})); got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
		}
	}
}

// TestOwnUnitRuns has units beside the one that sets up the rule, and settings of it,
// with which its command has run for certain when systemctl returns, or not.
func TestOwnUnitRuns(t *testing.T) {
	const (
		rule  = "/usr/sbin/iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP"
		rule6 = "/usr/sbin/ip6tables -w -t raw -A PREROUTING -d fd00:ec2::254/128 -j DROP"
		start = "systemctl enable --now pods\n"
		dir   = "/etc/systemd/system/"
	)
	with := func(settings string) string {
		return strings.Replace(ownUnit, "ExecStart=", settings+"\nExecStart=", 1) + start
	}
	unit := func(settings string) string { // in which section it stands matters
		return strings.Replace(ownUnit, "[Unit]\n", "[Unit]\n"+settings+"\n", 1) + start
	}
	for _, test := range []struct{ script, want string }{
		{unit("Description=x\nDocumentation=man:x\nAfter=network.target\nWants=network.target"), ""},
		{with("RemainAfterExit=yes"), ""},
		{strings.Replace(ownUnit, "WantedBy", "RequiredBy=x.target\nWantedBy", 1) + start, ""},
		{unit("ConditionPathExists=/x"), "absent"},
		{unit("Requires=x.service"), "absent"},
		{with("User=nobody"), "absent"},
		{with("ExecCondition=/bin/false"), "absent"},
		{with("Type=oneshot\nType=exec"), "absent"},
		{with("ExecStartPre=" + rule), ""},
		{with("ExecStartPre=" + rule6), ""},
		{with("ExecStartPre=" + strings.Replace(rule, "-I PRE", "-A PRE", 1)), ""},
		{with("ExecStartPre=" + strings.Replace(rule, "-I PRE", "-D PRE", 1)), "absent"},
		{with("ExecStartPre=" + strings.Replace(rule, "DROP", "REJECT", 1)), "absent"},
		{with("ExecStartPre=" + rule + " --bogus"), "absent"},
		{with("ExecStartPre=" + strings.Replace(rule6, "fd00:ec2::254/128", "169.254.169.254/32", 1)), "absent"},
		{with("ExecStartPre=/bin/echo " + rule), "absent"},
		{with("ExecStartPre=/usr/sbin/iptables"), "absent"},
		{with("ExecStartPre=/bin/false -A FORWARD -j LOG"), "absent"},
		{strings.Replace(ownUnit, "ExecStart=", "ExecStart=/bin/false\nExecStartPre=", 1) + start, "absent"},

		// Files in its place or beside it.
		{"if [ -e /x ]; then\n" + ownUnit + "fi\n" + start, "absent"},
		{"printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\n' > " + dir + "pods.service\nif [ -e /x ]; then\n" + ownUnit + "fi\n" + start, "absent"},
		{ownUnit + "rm " + dir + "pods.service\n" + start, "absent"},
		{strings.Replace(ownUnit, "<<'X'\n[Unit]", "<<X\n[Unit]\nDescription=$X", 1) + start, "absent"},
		{strings.Replace(ownUnit, "/etc/systemd/system/pods", "/usr/lib/systemd/system/pods", 1) + "printf '[Service]\\nExecStart=/bin/true\\n' > " + dir + "pods.service\n" + start, "absent"},
		{ownUnit + "mkdir -p " + dir + "pods.service.d; printf '[Service]\\nExecStart=\\nExecStart=/bin/true\\n' > " + dir + "pods.service.d/x.conf\n" + start, "absent"},
		{ownUnit + "mkdir -p " + dir + "docker.service.d; printf '[Service]\\nRestart=always\\n' > " + dir + "docker.service.d/x.conf\n" + start, ""},
		{ownUnit + "printf '[Timer]\\nOnActiveSec=9\\n' > " + dir + "pods.timer; systemctl start pods.timer\n", "absent"},
		{ownUnit + "systemctl reenable --now pods.service\n", ""},
		{ownUnit + "chkconfig pods on; service pods start\n", ""},
		{ownUnit + "chkconfig pods off; service pods start\n", "unsaved"},
		{ownUnit + "systemctl start --no-block pods.service; systemctl enable pods\n", "absent"},
		{ownUnit + "systemctl enable pods; systemctl start 'p*s'\n", "absent"},
		{ownUnit + "systemctl enable pods; systemctl start other\n", "absent"},

		// At the next boot.
		{rawDrop + ownUnit + "systemctl enable pods\n", ""},
		{rawDrop + strings.Replace(ownUnit, "[Unit]", "[Unit]\nWants=kubelet.service", 1) + "systemctl enable pods\n", ""},
		{rawDrop + strings.Replace(ownUnit, "oneshot", "simple", 1) + "systemctl enable pods\n", "unsaved"},
		{rawDrop + strings.Replace(ownUnit, "Before=kubelet.service", "Before=docker.service", 1) + "systemctl enable pods\n", "unsaved"},
		{rawDrop + strings.Replace(ownUnit, "Before=kubelet.service", "Before=docker.service kubelet.service", 1) + "systemctl enable pods\n", ""},
		{rawDrop + strings.Replace(ownUnit, "multi-user.target", "x.target", 1) + "systemctl enable pods\n", "unsaved"},
		{rawDrop + strings.Replace(ownUnit, "[Install]", "[X]", 1) + "systemctl enable pods\n", "unsaved"},
		{rawDrop + ownUnit + "systemctl enable pods\nrm " + dir + "pods.service\n", "unsaved"},
		{rawDrop + ownUnit + "systemctl enable pods\nsed -i s/DROP/ACCEPT/ " + dir + "pods.service\n", "unsaved not-judged"},

		// Other units that are started.
		{rawDrop + ownUnit + "systemctl enable pods\nprintf '[Service]\\nExecStart=/sbin/iptables -t raw -F\\n' > " + dir + "x.service; systemctl start x\n", "undone"},
		{rawDrop + ownUnit + "systemctl enable pods\nprintf '[Service]\\nExecStart=/sbin/iptables -t raw -F\\n' > " + dir + "x.service; printf '[Timer]\\nOnActiveSec=9\\n' > " + dir + "y.timer; systemctl start y.timer\n", "undone"},
		{ownUnit + start + "mkdir -p " + dir + "docker.service.d; printf '[Service]\\nExecStartPre=/sbin/iptables -t raw -F\\n' > " + dir + "docker.service.d/x.conf; systemctl restart docker\n", "undone"},

		// Programs that the kernel cannot run.
		{strings.Replace(ownScript("/opt/x/x.sh", rawDrop), "ExecStart=/opt/x/x.sh", "ExecStart=\"/opt/x/x.sh\"", 1), "absent"},
		{strings.Replace(ownScript("/opt/x/x.sh", bang+rawDrop), "ExecStart=/opt/x/x.sh", "ExecStart=\"/opt/x/x.sh\"", 1), ""},
	} {
		if got := codes(judgeText(bang+test.script+boot, Block{})); got != test.want {
			t.Errorf("%q, not %q:\n%s", got, test.want, test.script)
		}
	}
}

// TestGoneAfterReboot sees that a script which each boot runs is not thought to find
// its files in memory again, unless it writes them anew.
func TestGoneAfterReboot(t *testing.T) {
	write := "mkdir -p /run/x; printf '#!/bin/sh\\n" + strings.TrimSpace(rawDrop) + "\\n' > /run/x/x.sh; chmod +x /run/x/x.sh\n"
	run := "/run/x/x.sh\n"
	scripts := func(everyBoot string) []script {
		return []script{{stage: stageBoothook, text: bang + write}, {stage: stageBootcmd, text: bang + everyBoot, everyBoot: true}, {stage: stageScript, text: bang + boot}}
	}
	if problems := judge(scripts(run), Block{}); codes(problems) == "" {
		t.Error("the file in /run is taken to be there after a reboot")
	}
	if problems := judge(scripts(write+run), Block{}); codes(problems) != "" {
		t.Errorf("the file in /run is written at every boot: %v", problems)
	}
}
