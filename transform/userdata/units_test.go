package userdata

import (
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestUnitFiles has paths from which systemd reads units or not ("Unit File Load Path"
// in man 5 systemd.unit).
func TestUnitFiles(t *testing.T) {
	for _, dir := range strings.Fields("/etc/systemd/system /etc/systemd/system.control /etc/systemd/system.attached /run/systemd/system /run/systemd/transient /run/systemd/generator /run/systemd/generator.late /run/systemd/generator.early /usr/lib/systemd/system /lib/systemd/system /usr/local/lib/systemd/system") {
		for _, file := range []string{"/x.service", "/x.service.d/y.conf"} {
			if !isUnitFile(dir + file) {
				t.Errorf("%s is none", dir+file)
			}
		}
	}
	for _, file := range strings.Fields("/etc/systemd/journald.conf /etc/systemd/user/x.service /opt/systemd/system/x.service /etc/x.service /run/systemd/generatorx/x.service /lib/systemd/systemd system/x.service") {
		if isUnitFile(file) {
			t.Errorf("%s is one", file)
		}
	}
}

// TestSettings has texts of units, and their settings.
func TestSettings(t *testing.T) {
	for _, test := range []struct {
		text  string
		want  []setting
		known bool
	}{
		{"[Unit]\nA=b\n[Service]\nC = d e \n", []setting{{"[Unit]", "A", "b"}, {"[Service]", "C", "d e"}}, true},
		{"# A=b\n; A=b\n\n  [X]\n  A=b=c\n", []setting{{"[X]", "A", "b=c"}}, true},
		{"[X]\nA=b\\\n c\nD=\n", []setting{{"[X]", "A", "b  c"}, {"[X]", "D", ""}}, true},
		{"A=…\n", []setting{{"", "A", shell.Unknown}}, true},
		{"A=b\n…\nC=d\n", []setting{{"", "A", "b"}}, false},
		{"A\n", []setting{{"", "A", ""}}, true},
		{"", nil, true},
	} {
		got, known := settings(strings.ReplaceAll(test.text, "…", shell.Unknown))
		if !slices.Equal(got, test.want) || known != test.known {
			t.Errorf("%q: %v, %t", test.text, got, known)
		}
	}
	for command, want := range map[string]bool{
		"iptables -A x": false, `a "b;c" 'd|e'`: false, `a "b'c" d`: false, "a b-c_d/e:f.g,h=i@j": false,
		"a;b": true, "a & b": true, "a|b": true, "a <b": true, "a >b": true, "a (b": true, "a )": true, "a `b`": true, "a {b": true, "a }": true, `a \b`: true,
		"a *": true, "a ?": true, "a [b": true, "a #b": true, "a ~": true, `a "b`: true, `a 'b`: true, `a "b" ; c`: true, `a "b"c"`: true,
	} {
		if hasOperators(command) != want {
			t.Errorf("%q: %t", command, !want)
		}
	}
}

// TestExecute has commands of a unit that sets up the rule, and whether it does for
// certain ("Command lines" in man 5 systemd.service).
func TestExecute(t *testing.T) {
	const rule = "/usr/sbin/iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP"
	for _, test := range []struct{ command, want string }{
		{rule, ""}, {"+" + rule, "absent"}, {"!" + rule, "absent"}, {"!!" + rule, "absent"}, {":" + rule, "absent"},
		{"-" + rule, "absent"}, {"@" + rule, "absent"}, {"+-" + rule, "absent"}, {"|" + rule, "absent"},
		{strings.Replace(rule, "-w", "-w %i", 1), "absent"}, {rule + " $X", "absent"}, {rule + "; true", "absent"},
		{"/bin/echo " + rule, "absent"},
		{"/bin/sh -c '" + rule + "'", ""},
		{"/bin/sh -c '" + rule + "' &", "absent"},
	} {
		script := strings.Replace(ownUnit, rule, test.command, 1) + "systemctl enable --now pods\n"
		if got := codes(judgeText(bang+script+boot, Block{})); got != test.want {
			t.Errorf("%s: %q, not %q", test.command, got, test.want)
		}
	}
}

// TestUnitSettings has settings of a unit that a script writes, and starts before the
// recipe or after.
func TestUnitSettings(t *testing.T) {
	unit := func(settings string) string {
		settings = strings.ReplaceAll(settings, "\n", "\\n")
		return "printf 'LIB=1\\nLD_PRELOAD=/x\\n' > /etc/loads; printf 'A=b\\n' > /etc/sets; mkdir -p /etc/systemd/system; printf '" + settings + "\\n' > /etc/systemd/system/x.service; systemctl start x\n"
	}
	for _, test := range []struct{ settings, before, after string }{
		{"[Service]\nExecStart=/bin/true", "", ""},
		{"[Service]\nExecStart=/sbin/iptables -F", "undone", "undone"},
		{"[Service]\nExecStartPre=/sbin/iptables -F", "undone", "undone"},
		{"[Service]\nExecStartPost=/sbin/iptables -F", "undone", "undone"},
		{"[Service]\nExecReload=/sbin/iptables -F", "undone", "undone"},
		{"[Service]\nExecStop=/sbin/iptables -F", "undone", "undone"},
		{"[Service]\nExecStart=/opt/x", "not-judged", "not-judged"},
		{"[Service]\nExecStart=/bin/sh -c \"if false; then iptables -F; fi\"", "", ""},
		{"[Service]\nExecStart=/bin/systemctl start x", "", ""},
		{"[Service]\nEnvironment=A=b", "", ""},
		{"[Service]\nEnvironment=LD_PRELOAD=/x", "not-judged", "not-judged"},
		{"[Service]\nEnvironment=BASH_ENV=/x", "not-judged", "not-judged"},
		{"[Service]\nEnvironmentFile=/etc/loads", "not-judged", "not-judged"},
		{"[Service]\nEnvironmentFile=-/etc/loads", "not-judged", "not-judged"},
		{"[Service]\nEnvironmentFile=/etc/sets", "", ""},
		{"[Service]\nStandardInput=file:/x", "not-judged", "not-judged"},
		{"[Service]\nStandardInputText=iptables -F", "not-judged", "not-judged"},
		{"[Service]\nStandardInput=null", "", ""},
		{"[Mount]\nWhere=/etc/sysconfig", "not-judged", "not-judged"},
		{"[Mount]\nWhere=/data", "", ""},
		{"[Unit]\nWants=kubelet.service", "late", ""},
		{"[Unit]\nRequires=nodeadm-run.service", "late", ""},
		{"[Unit]\nUpholds=kubelet.service", "late", ""},
		{"[Unit]\nAfter=kubelet.service\nBefore=kubelet.service\nPartOf=kubelet.service\nDescription=kubelet\nDocumentation=kubelet", "", ""},
		{"[Unit]\nConditionPathExists=/etc/kubelet\nAssertPathExists=/etc/nodeadm", "", ""},
		{"[Install]\nWantedBy=kubelet.service\nRequiredBy=kubelet.service\nAlso=kubelet.service", "", ""},
		{"[Service]\nType=kubelet\nUser=kubelet\nGroup=kubelet\nWorkingDirectory=/kubelet\nRestart=kubelet\nSyslogIdentifier=kubelet", "", ""},
		{"[Unit]\nPartOf=iptables.service\nDescription=iptables\nDocumentation=iptables\nConditionPathExists=/iptables\nAssertPathExists=/iptables\n[Install]\nWantedBy=iptables.service\nRequiredBy=nftables.service\n" +
			"[Service]\nType=firewall\nUser=iptables\nGroup=iptables\nWorkingDirectory=/iptables\nRestart=iptables\nSyslogIdentifier=iptables", "", ""},
		{"[Unit]\nConflicts=iptables.service", "not-judged", "not-judged"},
		{"[Unit]\nWants=nftables.service", "not-judged", "not-judged"},
		{"[Unit]\nBindsTo=firewalld.service", "not-judged", "not-judged"},
		{"[Unit]\nAfter=iptables.service\nBefore=firewalld.service", "", ""},
	} {
		for _, order := range []struct{ script, want string }{{unit(test.settings) + recipe + boot, test.before}, {recipe + boot + unit(test.settings), test.after}} {
			if got := codes(judgeText(bang+order.script, Block{})); got != order.want {
				t.Errorf("%q, not %q:\n%s", got, order.want, order.script)
			}
		}
	}
	script := "mkdir -p /etc/systemd/system/docker.service.d; printf '[Unit]\\nWants=kubelet.service\\n' > /etc/systemd/system/docker.service.d/x.conf; systemctl % docker\n"
	for verb, want := range map[string]string{"restart": "late", "start": "late", "enable": "", "stop": ""} {
		if got := codes(judgeText(bang+strings.Replace(script, "%", verb, 1)+recipe+boot, Block{})); got != want {
			t.Errorf("%s: %q, not %q", verb, got, want)
		}
	}
	for _, test := range []struct{ name, settings, want string }{
		{"x.timer", "[Timer]\nUnit=kubelet.service", "late"},
		{"x.socket", "[Socket]\nService=kubelet.service", "late"},
		{"x.path", "[Path]\nUnit=eks-join.service", "late"},
		{"kubelet.timer", "[Timer]\nOnBootSec=1", "late"},
		{"x.timer", "[Timer]\nUnit=docker.service", ""},
		{"x.mount", "[Mount]\nUnit=kubelet.service", ""},
		{"x.timer", "[Timer]\nOnBootSec=1", ""},
	} {
		script := "mkdir -p /etc/systemd/system; printf '" + strings.ReplaceAll(test.settings, "\n", "\\n") + "\\n' > /etc/systemd/system/" + test.name + "; systemctl start " + test.name + "\n"
		if got := codes(judgeText(bang+script+recipe+boot, Block{})); got != test.want {
			t.Errorf("%q, not %q:\n%s", got, test.want, script)
		}
	}
}
