package userdata

import (
	"strings"
	"testing"
)

// said returns the codes of what is said of a line after the recipe.
func said(line string) string { return codes(judgeText(bang+recipe+boot+line+"\n", Block{})) }

// TestInstalled has ways to call a package manager, and whether the package that loads
// the rules at a boot is there after them.
func TestInstalled(t *testing.T) {
	const persistent = drop + "iptables-save > /etc/iptables/rules.v4\n" + boot
	for _, test := range []struct{ calls, want string }{
		{"yum|-y --assumeyes", ""},
		{"dnf|-y", ""},
		{"tdnf|-y", ""},
		{"microdnf|-y", ""},
		{"apt-get|-y", "not-judged"},
		{"aptitude|-y", "not-judged"},
		{"yum|-x --downloadonly -qq --setopt=x --yes=no", "not-judged"},
		{"dnf|-q --quiet -v --verbose --nogpgcheck --allowerasing --best", "not-judged"}, // it asks
	} {
		name, options, _ := strings.Cut(test.calls, "|")
		for option := range strings.FieldsSeq(options) {
			line := name + " install " + option + " iptables-services\n"
			if got := codes(judgeText(bang+line+drop+saveTo+enableNow+boot, Block{})); got != test.want {
				t.Errorf("%s: %q, not %q", line, got, test.want)
			}
		}
	}
	for _, option := range strings.Fields("-q --quiet -v --verbose --nogpgcheck --allowerasing --best") {
		for _, line := range []string{"yum " + option + " install -y iptables-services\n", "dnf -y reinstall " + option + " iptables-services jq\n"} {
			if got := codes(judgeText(bang+line+drop+saveTo+enableNow+boot, Block{})); got != "" {
				t.Errorf("%s: %q", line, got)
			}
		}
	}
	for _, test := range []struct{ options, want string }{
		{"apt-get install -y|apt-get install --yes|apt-get install --assume-yes|apt-get install -yq|apt-get install -qy|apt-get install -yqq|apt-get install -qqy|apt-get install -qq|apt install -y|apt-get -y install -qq", ""},
		{"apt-get install -y --no-install-recommends|apt-get install -y --fix-broken|apt-get install -y -q", ""},
		{"apt-get install|apt-get install -q|apt-get install -y --download-only|apt-get install -s -y|apt-get download -y|yum install -y", "not-judged"},
	} {
		for call := range strings.SplitSeq(test.options, "|") {
			for _, name := range []string{"iptables-persistent", "netfilter-persistent"} {
				line := call + " " + name + "\n"
				if got := codes(judgeText(bang+line+persistent, Block{NoYum: "it is Ubuntu"})); got != test.want {
					t.Errorf("%s: %q, not %q", line, got, test.want)
				}
			}
		}
	}
}

// TestPackages has what package managers do after the recipe.
func TestPackages(t *testing.T) {
	for _, test := range []struct{ lines, want string }{
		{"yum remove|yum erase|yum autoremove|dnf rm|dnf swap|dnf downgrade|apt-get purge|apt-get remove|rpm -e|rpm --erase|dpkg -r|dpkg --remove|dpkg -P|dpkg --purge|apk del|zypper rm|aptitude purge|tdnf remove|microdnf remove", "undone"},
		{"yum update|yum upgrade|yum update-minimal|yum makecache|yum clean|yum check-update|dnf check-upgrade|yum list|yum info|yum search|yum provides|yum repolist|dnf repoquery|yum updateinfo|yum deplist", ""},
		{"yum versionlock|dnf download|dnf config-manager|dnf copr|dnf module|apt-get dist-upgrade|apt full-upgrade|apt-get autoclean|apt policy|apt show|aptitude hold|aptitude unhold|apt-get source|apt-get build-dep|dnf builddep", ""},
		{"zypper refresh|zypper ref|zypper up|zypper lr|zypper ar|zypper addrepo|apt-get install|yum reinstall|yum localinstall|yum groupinstall|dpkg --install|apk add|zypper in", ""},
		{"rpm --import|rpm -qa|rpm -q|rpm --query|rpm -ivh|rpm -Uvh|rpm -Fvh|rpm -i|rpm --version|dpkg -i|dpkg --configure|dpkg --add-architecture|dpkg -l|dpkg -L|dpkg -s|yum help", ""},
		{"yum history|yum shell|rpm -Vv|rpm --rebuilddb|dpkg --unpack|apt-get satisfy|yum -C transaction|yum i", "not-judged"},
	} {
		for line := range strings.SplitSeq(test.lines, "|") {
			if got := said(line + " iptables"); got != test.want {
				t.Errorf("%s: %q, not %q", line, got, test.want)
			}
		}
	}
	for _, test := range []struct{ lines, want string }{
		{"yum|yum --version", ""},
		{"yum remove -y jq|yum remove -y kernel-tools|yum -y remove", ""},
		{"yum remove -y nftables|yum remove -y netfilter-persistent|yum remove -y iptables-nft|yum remove -y $X", "undone"},
		{"yum install -y ufw|yum install -y firewalld|yum install -y shorewall|apt-get install ufw", "not-judged"},
		{"yum remove -y firewalld|yum list ufw", ""},
	} {
		for line := range strings.SplitSeq(test.lines, "|") {
			if got := said(line); got != test.want {
				t.Errorf("%s: %q, not %q", line, got, test.want)
			}
		}
	}
}
