package userdata

import "testing"

// TestWithheld has settings by which iptables-services is not found.
func TestWithheld(t *testing.T) {
	for _, line := range []string{
		"echo 'exclude=iptables*' >> /etc/yum.conf\n", "echo 'exclude=kernel*, iptables-services' >> /etc/yum.conf\n", "echo 'excludepkgs=*' >> /etc/dnf/dnf.conf\n", "echo \"excludepkgs=$X\" | tee -a /etc/dnf/dnf.conf\n",
		"printf '[x]\\nincludepkgs=docker*\\n' > /etc/yum.repos.d/amzn2-core.repo\n", "yum-config-manager --disable '*'\n", "yum-config-manager --disable amzn2-core\n", "dnf config-manager --set-disabled amazonlinux\n",
	} {
		if got := codes(judgeText(bang+line+recipe+boot, Block{})); got != "not-judged" {
			t.Errorf("%s: %q", line, got)
		}
	}
	for _, line := range []string{
		"echo 'exclude=kernel* docker' >> /etc/yum.conf\n", "yum-config-manager --disable epel\n", "yum-config-manager --enable '*'\n", "yum-config-manager --add-repo https://x/x.repo\n", "printf '[x]\\nbaseurl=http://x\\n' > /etc/yum.repos.d/x.repo\n",
		"dnf config-manager --set-disabled epel\n",
	} {
		if problems := judgeText(bang+line+recipe+boot, Block{}); len(problems) > 0 {
			t.Errorf("%s: %v", line, problems)
		}
	}
	for _, line := range []string{"echo 'exclude=iptables*' >> /etc/yum.conf\n", "yum-config-manager --disable '*'\n", "echo 'exclude=iptables*' >> /etc/yum.conf\nyum install -y jq\n"} {
		if problems := judgeText(bang+recipe+boot+line, Block{}); len(problems) > 0 {
			t.Errorf("after the installation: %s: %v", line, problems)
		}
	}
}

// TestWithholds has settings of package managers, and whether they keep iptables-services
// from being found (man 5 yum.conf, dnf.conf).
func TestWithholds(t *testing.T) {
	for _, test := range []struct {
		key, value string
		want       bool
	}{
		{"exclude", "iptables-services", true}, {"exclude", "iptables", true}, {"exclude", "iptables*", true}, {"exclude", "kernel* ip*", true}, {"exclude", "kernel*,ip*", true}, {"exclude", "*", true},
		{"exclude", "ip?ables-services", true}, {"exclude", "[", true}, {"exclude", "kernel", false}, {"exclude", "iptable", false}, {"exclude", "", false}, {"excludepkgs", "iptables*", true}, {"excludepkgs", "docker", false},
		{"includepkgs", "docker", true}, {"includepkgs", "iptables*", false}, {"includepkgs", "docker iptables-services", false}, {"excludes", "iptables*", false}, {"name", "iptables", false},
	} {
		if got := withholds(setting{"[main]", test.key, test.value}); got != test.want {
			t.Errorf("%s=%s: %t", test.key, test.value, got)
		}
	}
	for _, test := range []struct{ line, words, want string }{
		{"yum-config-manager --disable %", "amazonlinux amzn2-core amzn-main amzn-updates 'amzn*' '*' \"$X\"", "<not-judged"},
		{"yum-config-manager --disable %", "epel docker-ce 'epel*' amzn2-extras", "<"},
		{"yum-config-manager % amzn2-core", "--enable --add-repo -q", "<"},
		{"% config-manager --disable amazonlinux", "yum dnf tdnf microdnf", "<not-judged"},
		{"apt config-manager --disable %", "amazonlinux", "<"},
		{"dnf config-manager % amazonlinux", "--set-disabled --disable setopt", "<not-judged"},
		{"dnf config-manager % amazonlinux", "--set-enabled --save", "<"},
		{"dnf % --disable amazonlinux", "list", "<"},
		{"printf '[x]\\nexclude=iptables*\\n' > %", "/etc/yum.conf /etc/dnf/dnf.conf /etc/yum.repos.d/x.repo", "<not-judged"},
		{"printf '[x]\\nexclude=iptables*\\n' > %", "/etc/yum /etc/dnf/x.conf /opt/yum.conf", "<"},
		{"printf '[x]\\nexclude=docker\\n' > %", "/etc/yum.conf /etc/yum.repos.d/x.repo", "<"},
	} {
		expectLines(t, test.line, test.words, test.want)
	}
	text := bang + "yum-config-manager --disable amzn2-core\n" + recipe + boot
	if problems := judgeText(text, Block{}); len(problems) != 1 || problems[0].At != len(bang) {
		t.Errorf("%v", problems)
	}
}
