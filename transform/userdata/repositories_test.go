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
