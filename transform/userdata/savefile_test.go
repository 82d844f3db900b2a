package userdata

import "testing"

// TestSavesToFile has iptables-save write the file itself.
func TestSavesToFile(t *testing.T) {
	for _, test := range []struct{ save, want string }{
		{"iptables-save -f /etc/sysconfig/iptables\n", ""},
		{"iptables-save --file /etc/sysconfig/iptables\n", ""},
		{"iptables-save --file=/etc/sysconfig/iptables\n", ""},
		{"iptables-save -c -f /etc/sysconfig/iptables\n", ""},
		{"iptables-save -f /etc/sysconfig/other\n", "replaced"},
		{"iptables-save -f /nowhere/iptables\n", "replaced not-judged"},
		{"iptables-save -t nat -f /etc/sysconfig/iptables\n", "replaced"},
		{"true && false && iptables-save -f /etc/sysconfig/iptables\n", "replaced"},
		{"iptables-save -f\n", "replaced"},
		{"cd /etc/sysconfig; iptables-save -f iptables\n", "replaced not-judged"},
		{saveTo + "cd /etc/sysconfig; iptables-save -t nat -f iptables\n", "not-judged"},
		{saveTo + "iptables-save -t nat -f /etc/sysconfig/nat\n", ""},
		{saveTo + "iptables-save -t nat -f /etc/sysconfig/iptables\n", "replaced"},
		{"iptables-save -f /tmp/x > /etc/sysconfig/iptables\n", "replaced"},
		{"iptables-save --file=/tmp/x -f /etc/sysconfig/iptables\n", ""},
		{"iptables-save -f /etc/sysconfig/iptables -t filter\n", ""},
		{"ip6tables-save -f /etc/sysconfig/iptables\n", "replaced"},
	} {
		if got := codes(judgeText(bang+install+drop+dropVLAN+test.save+enableNow+boot, Block{})); got != test.want {
			t.Errorf("%s: %q, not %q", test.save, got, test.want)
		}
	}
}
