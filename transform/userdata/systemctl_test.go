package userdata

import (
	"strings"
	"testing"
)

// expectLines judges lines of a table: before the recipe if the want begins with "<",
// else after it. A "%" in a line stands for one with each of the words.
func expectLines(t *testing.T, line, words, want string) {
	t.Helper()
	want, isBefore := strings.CutPrefix(want, "<")
	if words == "" {
		words = "%"
	}
	for word := range strings.FieldsSeq(words) {
		line := strings.ReplaceAll(line, "%", word)
		text := bang + recipe + boot + line + "\n"
		if isBefore {
			text = bang + line + "\n" + recipe + boot
		}
		if got := codes(judgeText(text, Block{})); got != want {
			t.Errorf("%s: %q, not %q", line, got, want)
		}
	}
}

// TestSystemctl has calls of systemctl and its like.
func TestSystemctl(t *testing.T) {
	for _, test := range []struct{ line, words, want string }{
		{"systemctl % iptables", "start restart reload reload-or-restart try-restart condrestart force-reload try-reload-or-restart enable reenable unmask revert", ""},
		{"systemctl % iptables.service", "stop kill clean", "undone"},
		{"systemctl % iptables", "disable mask", "unsaved"},
		{"systemctl % --now iptables", "disable mask", "undone"},
		{"systemctl % --now iptables", "enable unmask", ""},
		{"systemctl % ip6tables", "stop disable mask start", ""},
		{"systemctl % docker", "enable reenable disable mask unmask revert start stop restart reload reload-or-restart try-restart condrestart force-reload try-reload-or-restart kill clean", ""},
		{"systemctl % iptables", "status is-active is-enabled is-failed show cat help list-units list-unit-files list-dependencies reset-failed", ""},
		{"systemctl %", "is-system-running list-timers list-sockets list-jobs get-default show-environment daemon-reexec daemon-reload -q --version", ""},
		{"systemctl % x", "preset edit set-property link add-wants import-environment rescue emergency switch-root", "not-judged"},
		{"systemctl %", "reboot kexec soft-reboot default", "<late"},
		{"systemctl isolate %", "x.target", "<late"},
		{"systemctl %", "reboot kexec soft-reboot default", ""},
		{"systemctl \"$X\" %", "iptables", "replaced"},
		{"systemctl stop %", "'ip*' 'ip?ables' 'i[p]tables' \"$X\" 'ip*bles.service'", "undone"},
		{"systemctl stop %", "'x*' 'ip6*'", ""},
		{"systemctl enable --now %", "/opt/x.service /etc/systemd/system/x.service", "not-judged"},

		{"systemctl stop %", "/usr/lib/systemd/system/iptables.service", "undone not-judged"},

		// Services with rules of their own.
		{"systemctl enable %", "firewalld nftables ufw shorewall csf ferm", "not-judged"},
		{"systemctl start %", "firewalld nftables ufw shorewall csf ferm", "undone not-judged"},
		{"systemctl stop %", "firewalld nftables ufw shorewall csf ferm netfilter-persistent iptables-persistent", "undone"},
		{"systemctl % firewalld", "disable mask status", ""},
		{"systemctl % netfilter-persistent", "start restart", "replaced"},
		{"systemctl % iptables-persistent", "start", "replaced"},
		{"systemctl % netfilter-persistent", "enable disable", ""},

		// The kubelet.
		{"systemctl start %", "kubelet kubelet.service snap.kubelet-eks.daemon nodeadm-run nodeadm-config eks-bootstrap bootstrap.service k3s k3s-agent rke2-server k0scontroller microk8s 'kube*' ${X}let ${X}let.service \"$X\"", "<late"},
		{"systemctl % kubelet", "restart reload-or-restart", "<late"},
		{"systemctl % kubelet", "stop enable disable mask status", "<"},
		{"systemctl enable --now %", "kubelet nodeadm-run", "<late"},
		{"systemctl start %", "docker containerd k9s", "<"},

		// The names of services before or after the verb.
		{"chkconfig iptables %", "on --list", ""},
		{"chkconfig % iptables", "--list", ""},
		{"chkconfig %", "--list", ""},
		{"chkconfig iptables %", "off reset resetpriorities", "unsaved"},
		{"chkconfig % iptables", "--del off", "unsaved"},
		{"chkconfig --level 2 iptables %", "off", "unsaved"},
		{"chkconfig --levels 2 iptables %", "off", "unsaved"},
		{"chkconfig docker %", "on off --del", ""},
		{"update-rc.d iptables %", "enable defaults", ""},
		{"update-rc.d iptables %", "disable remove", "unsaved"},
		{"update-rc.d -f iptables %", "remove", "unsaved"},
		{"service iptables %", "stop panic flush", "undone"},
		{"service iptables %", "start restart status save", ""},
		{"service docker %", "start stop restart status save", ""},
		{"service %", "iptables --status-all", ""},
		{"service kubelet %", "start restart", "<late"},
		{"service kubelet %", "stop status", "<"},
		{"netfilter-persistent %", "flush stop", "undone"},
		{"/etc/init.d/iptables %", "stop flush", "undone"},
	} {
		expectLines(t, test.line, test.words, test.want)
	}
}

// What installs netfilter-persistent, and saves the rules for IPv4 where it loads them.
const (
	pers  = "apt-get install -y iptables-persistent\n"
	save4 = "iptables-save > /etc/iptables/rules.v4\n"
)

// TestLoaders has ways to have the saved rules loaded at the next boot, and whether they
// are.
func TestLoaders(t *testing.T) {
	const file = "printf '*filter\\n-A FORWARD -d 169.254.169.254/32 -j DROP\\nCOMMIT\\n' > /etc/sysconfig/iptables\n"
	for _, test := range []struct {
		script, noYum, want, message string
	}{
		{install + drop + saveTo + "systemctl enable iptables\n", "", "", ""},
		{install + drop + saveTo + "systemctl reenable iptables.service\n", "", "", ""},
		{install + drop + saveTo + "chkconfig iptables on\n", "", "", ""},
		{install + drop + saveTo + "update-rc.d iptables defaults\n", "", "", ""},
		{install + drop + saveTo + "update-rc.d iptables enable\n", "", "", ""},
		{install + drop + saveTo + "chkconfig --level 345 iptables on\n", "", "not-judged", "nothing here enables iptables.service"},
		{install + drop + saveTo + "[ -e /x ] && systemctl enable iptables\n", "", "not-judged", "nothing here enables iptables.service"},
		{install + drop + saveTo + "systemctl enable ip6tables\n", "", "not-judged", "nothing here enables iptables.service"},
		{install + drop + saveTo + "systemctl start iptables\n", "", "not-judged", "nothing here enables iptables.service"},
		{drop + saveTo + "systemctl enable iptables\n", "", "not-judged", "nothing here installs iptables-services"},
		{"systemctl enable iptables\n" + install + drop + saveTo, "", "not-judged", "is enabled here before iptables-services is installed"},
		{"systemctl enable iptables\n" + install + drop + saveTo + "systemctl enable iptables\n", "", "", ""},
		{install + "systemctl mask iptables; systemctl unmask iptables\n" + drop + saveTo + "systemctl enable iptables\n", "", "", ""},
		{install + "systemctl mask iptables; [ -e /x ] && systemctl unmask iptables\n" + drop + saveTo + "systemctl enable iptables\n", "", "unsaved", "may be masked here"},
		{install + "systemctl disable iptables\n" + drop + saveTo + "systemctl enable iptables\n", "", "", ""},
		{install + drop + saveTo + "systemctl enable iptables; systemctl disable iptables\n", "", "unsaved", "iptables.service is disabled here"},
		{install + drop + saveTo + "systemctl enable iptables; chkconfig iptables off\n", "", "unsaved", "iptables.service is disabled here"},
		{install + drop + "systemctl enable iptables\n", "", "unsaved", "the rule is not saved"},
		{install + saveTo + drop + "systemctl enable iptables\n", "", "unsaved", "the rule is not among those that are saved in /etc/sysconfig/iptables"},
		{install + drop + "[ -e /x ] && " + saveTo + "systemctl enable iptables\n", "", "unsaved", "what is saved in /etc/sysconfig/iptables is not certain"},
		{install + drop + "iptables-save $X > /etc/sysconfig/iptables\nsystemctl enable iptables\n", "", "unsaved", "what is saved in /etc/sysconfig/iptables is not certain"},
		{install + drop + saveTo + "systemctl enable iptables\n", "they are Ubuntu", "unsaved", "they are Ubuntu, and so the nodes have neither"},
		{install + drop + "service iptables save\nsystemctl enable iptables\n", "", "", ""},
		{install + drop + "service ip6tables save\nsystemctl enable iptables\n", "", "unsaved", "the rule is not saved"},
		{install + drop + "[ -e /x ] && service iptables save\nsystemctl enable iptables\n", "", "unsaved", "is not certain"},

		{pers + drop + save4, "they are Ubuntu", "", ""},
		{pers + drop + "netfilter-persistent save\n", "they are Ubuntu", "", ""},
		{pers + drop + "service netfilter-persistent save\n", "they are Ubuntu", "", ""},
		{pers + drop + "service iptables-persistent save\n", "they are Ubuntu", "", ""},
		{pers + drop + "service foo save\n", "they are Ubuntu", "unsaved", "the rule is not saved"},
		{drop + save4, "they are Ubuntu", "not-judged", "nothing here installs netfilter-persistent"},
		{install + drop + saveTo + save4 + "systemctl enable iptables\n", "", "", ""},
		{pers + drop + save4 + "systemctl stop iptables; systemctl mask iptables\n", "they are Ubuntu", "", ""},

		// The service starts, and loads its file, or does not.
		{install + file + "systemctl enable iptables; systemctl start iptables\n", "", "", ""},
		{install + file + "systemctl enable iptables; systemctl restart iptables\n", "", "", ""},
		{install + file + "systemctl enable iptables; systemctl try-restart iptables\n", "", "absent", ""},
		{install + file + "systemctl enable iptables; systemctl condrestart iptables\n", "", "absent", ""},
		{install + file + "systemctl enable iptables; systemctl start --no-block iptables\n", "", "absent", ""},
		{install + file + "systemctl enable iptables; [ -e /x ] && systemctl start iptables\n", "", "absent", ""},
		{install + file + "systemctl enable iptables\n", "", "absent", ""},
		{file + "systemctl enable iptables; systemctl start iptables\n", "", "absent", ""},
		{file + install + "systemctl enable --now iptables; iptables -F; systemctl start iptables\n", "", "undone", ""},
		{install + drop + "systemctl enable --now iptables\n" + saveTo, "", "replaced", "loads its packaged rules"},
		{install + "iptables-save > /etc/sysconfig/iptables\n" + drop + "systemctl enable --now iptables\n" + saveTo, "", "replaced", "which is not saved there yet"},
		{install + drop + saveTo + "systemctl enable --now iptables; systemctl restart iptables\n", "", "", ""},
		{"printf '*filter\\nCOMMIT\\n' > /etc/sysconfig/iptables\n" + drop + "systemctl start iptables\n" + install + saveTo + "systemctl enable iptables\n", "", "replaced", "which is not saved there yet"},
		{install + "iptables -A FORWARD -j ACCEPT\nsystemctl stop iptables\niptables -A FORWARD -d 169.254.169.254 -j DROP\n" + saveTo + "systemctl enable iptables\n", "", "absent", "a rule before it lets the packets pass"},
		{install + drop + saveTo + "systemctl enable --now iptables; [ -e /x ] && systemctl restart iptables\n", "", "", ""},
	} {
		problems := judgeText(bang+test.script+boot, Block{NoYum: test.noYum})
		if codes(problems) != test.want || len(problems) > 0 && !strings.Contains(problems[0].Message, test.message) {
			t.Errorf("%v, not %q: %s\n%s", problems, test.want, test.message, test.script)
		}
	}
}

// TestLoadersOfIPv6 has ways to have the saved rules for IPv6 loaded at the next boot.
func TestLoadersOfIPv6(t *testing.T) {
	const dropRaw6 = "ip6tables -t raw -I PREROUTING -d fd00:ec2::254/128 -j DROP\n"
	for save, want := range map[string]string{"netfilter-persistent save\n": "", "service iptables-persistent save\n": "", save4: "ipv6-absent", "ip6tables-save > /etc/iptables/rules.v6\n" + save4: ""} {
		if problems := judgeText(bang+pers+drop+dropRaw6+save+boot, Block{IPv6: true, NoYum: "they are Ubuntu"}); codes(problems) != want {
			t.Errorf("%s: %v, not %q", save, problems, want)
		}
	}
	v6 := strings.NewReplacer("iptables", "ip6tables", "169.254.169.254/32", "fd00:ec2::254/128")
	for script, want := range map[string]string{
		v6.Replace(drop+saveTo+"systemctl enable --now iptables\n") + "modprobe -r ip_tables\n": "undone ipv6-absent",
		v6.Replace(drop + saveTo + "systemctl enable --now iptables\n"):                         "",
		v6.Replace(drop + "service iptables save\nsystemctl enable iptables\n"):                 "",
		v6.Replace(drop + saveTo): "not-judged",
		v6.Replace(drop + saveTo + "systemctl enable iptables\nsystemctl disable iptables\n"):                 "ipv6-absent",
		v6.Replace(drop + saveTo + "systemctl enable --now iptables\nsystemctl stop iptables\n"):              "ipv6-absent",
		v6.Replace(drop + saveTo + "systemctl enable iptables\ntouch /etc/systemd/system/iptables.service\n"): "ipv6-absent",
	} {
		if problems := judgeText(bang+recipe+script+boot, Block{IPv6: true}); codes(problems) != want {
			t.Errorf("%v, not %q\n%s", problems, want, script)
		}
	}
}

// TestLoaderOptions has options of systemctl that make no difference to what enables the
// service, and others that may.
func TestLoaderOptions(t *testing.T) {
	for option := range strings.FieldsSeq("-q --quiet -f --force --no-reload --no-pager --system -l --full --no-ask-password --no-wall --no-legend -a --all") {
		if problems := judgeText(bang+install+drop+saveTo+"systemctl "+option+" enable iptables\n"+boot, Block{}); len(problems) > 0 {
			t.Errorf("%s: %v", option, problems)
		}
	}
	for option := range strings.FieldsSeq("--user --global --runtime --root=/x --no-block --host=x -H --image=x --dry-run") {
		if problems := judgeText(bang+install+drop+saveTo+"systemctl "+option+" enable iptables\n"+boot, Block{}); len(problems) == 0 {
			t.Errorf("nothing is said of %s", option)
		}
	}
}

// TestLoaderVerbs has verbs of systemctl that have the service load its file again, over
// a rule that is not saved there yet.
func TestLoaderVerbs(t *testing.T) {
	for verb := range strings.FieldsSeq("restart reload reload-or-restart try-restart condrestart force-reload try-reload-or-restart") {
		script := install + saveTo + enableNow + drop + "systemctl " + verb + " iptables\n" + saveTo
		if problems := judgeText(bang+script+boot, Block{}); codes(problems) != "replaced" {
			t.Errorf("%s: %v", verb, problems)
		}
	}
}
