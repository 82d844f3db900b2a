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
		{"enabled before and after", "systemctl enable pods\n" + ownUnit + "systemctl enable --now pods\n", ""},
		{"enabled without [Install]", before + "systemctl enable --now pods\n" + install, "unsaved"},
	} {
		if got := codes(judgeText(bang+test.script+boot, Block{})); got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
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
