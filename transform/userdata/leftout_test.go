package userdata

import (
	"strings"
	"testing"
)

// TestLeftOut has what may keep cloud-init from running the script that has the rule,
// while nodeadm makes the node join, or a script makes it join. Commands of bootcmd come
// before a script, and that before the one with the rule.
func TestLeftOut(t *testing.T) {
	for _, test := range []struct{ bootcmd, first, last, want string }{
		{"mount -o remount,nosuid,noexec /var\n", "", "", "not-judged"},
		{"mount -oremount -o noexec /var/lib\n", "", "", "not-judged"},
		{"mount --options remount,noexec --target /\n", "", "", "not-judged"},
		{"mount --bind /var/lib/cloud /var/lib/cloud; mount -o remount,bind,noexec /var/lib/cloud\n", "", "", "not-judged"},
		{"mount -o remount,noexec /var; mount -o remount,exec /var\n", "", "", ""},
		{"mount -o remount,noexec /tmp; mount -o remount,nodev,nosuid /var; mount -o remount,noexec /var/log\n", "", "", ""},
		{"mount /dev/xvdf /var\n", "", "", "not-judged"},
		{"mount -L var /var/lib\n", "", "", "not-judged"},
		{"umount -l /var; umount /mnt /dev/xvdf\n", "", "", "not-judged"},
		{"umount /mnt /dev/xvdf\n", "", "", ""},
		{"systemctl cancel\n", "", "", "not-judged"},
		{"mount --move /var/lib/cloud /mnt\n", "", "", "not-judged"},
		{"mount /dev/xvdf /usr\n", "", "", "not-judged"},
		{"mount -o remount,noexec /usr\n", "", "", "not-judged"},
		{"mount -o remount,ro /usr\n", "", "", "not-judged"},
		{"mv /var/lib/cloud /var/lib/cloud.old\n", "", "", "not-judged"},
		{"mkfs -t xfs /dev/xvdf; mkdir -p /var/lib/docker; mount -t xfs -o defaults,noatime /dev/xvdf /var/lib/docker; mount -a; mount --make-rshared /\n", "", "", ""},
		{"systemctl mask cloud-final\n", "", "", "not-judged"},
		{"systemctl disable cloud-config.service\n", "", "", "not-judged"},
		{"systemctl stop 'cloud-*'\n", "", "", "not-judged"},
		{"yum remove -y cloud-init\n", "", "", "not-judged"},
		{"echo 'preserve_hostname: true' > /etc/cloud/cloud.cfg\n", "", "", "not-judged"},
		{"echo 'system_info: {paths: {cloud_dir: /opt}}' > /etc/cloud/cloud.cfg.d/x.cfg\n", "", "", "not-judged"},
		{"ln -s /dev/null /etc/systemd/system/cloud-final.service\n", "", "", "not-judged"},
		{"mkdir -p /etc/systemd/system/cloud-final.service.d; printf '[Unit]\\nConditionPathExists=/x\\n' > /etc/systemd/system/cloud-final.service.d/x.conf\n", "", "", "not-judged"},
		{"systemctl disable postfix; systemctl stop amazon-cloudwatch-agent; echo 'preserve_hostname: true' > /etc/cloud/cloud.cfg.d/x.cfg\n", "", "", ""},

		{"", "mount -o remount,noexec /var\n", "", "not-judged"},
		{"", "mount /dev/xvdf /var\n", "", "not-judged"},
		{"", "systemctl stop cloud-final\n", "", "not-judged"},
		{"", "systemctl mask cloud-final; touch /etc/cloud/cloud-init.disabled\n", "", ""}, // it runs already
		{"", "", "mount -o remount,noexec /var; systemctl stop cloud-final\n", ""},         // nothing is left
		{"", "mount -o remount,noexec /tmp\n", "echo true > /tmp/x.sh; bash /tmp/x.sh\n", ""},
	} {
		text := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n"
		if test.bootcmd != "" {
			text += "--B\nContent-Type: text/cloud-config\n\n#cloud-config\nbootcmd:\n- |\n  " + test.bootcmd
		}
		if test.first != "" {
			text += "--B\nContent-Type: text/x-shellscript\n\n" + bang + test.first
		}
		text += "--B\nContent-Type: text/x-shellscript\n\n" + bang + recipe + test.last
		joins := text + "--B\nContent-Type: application/node.eks.aws\n\nkind: NodeConfig\n--B--\n"
		if got := codes(Judge(joins, Block{}).Problems); got != test.want {
			t.Errorf("%q, then %q: %q, not %q", test.bootcmd, test.first, got, test.want)
		}
		inPart := text + boot + "--B--\n" // is left out, too, and so the node does not join
		if !strings.Contains(test.bootcmd+test.first, "remount,noexec /var\n") {
			continue
		}
		if got := codes(Judge(inPart, Block{}).Problems); got != "" {
			t.Errorf("%q, not locked:\n%s", got, inPart)
		}
	}
}

// TestLeftOutByConfig has keys of cloud-config, beside a rule that a script in /opt/x sets
// up.
func TestLeftOutByConfig(t *testing.T) {
	for _, test := range []struct{ config, want string }{
		{"mounts: [[/dev/xvdf, /var, xfs, 'defaults,nofail']]", "not-judged"},
		{"mounts: [[LABEL=var, /var/lib/]]", "not-judged"},
		{"mounts: [[/dev/xvdf, /usr]]", "not-judged"},
		{"mounts: [[tmpfs, /opt/x, tmpfs, noexec]]", "absent"},
		{"mounts: [[/dev/xvdf, /opt/x, xfs]]", ""},
		{"mounts: [[/dev/xvdf, /data, xfs, 'defaults,noexec', '0', '2'], [swap, null], [x, none, swap, sw]]", ""},
		{"write_files: [{path: /etc/cloud/cloud-init.disabled, content: ''}]", "not-judged"},
		{"write_files: [{path: /etc/cloud/cloud.cfg.d/x.cfg, content: 'preserve_hostname: true'}]", ""},
	} {
		text := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/cloud-config\n\n#cloud-config\n" + test.config +
			"\n--B\nContent-Type: text/x-shellscript\n\n" + bang + "mkdir -p /opt/x\ncat > /opt/x/lock <<'X'\n" + bang + recipe + "X\nchmod +x /opt/x/lock\n/opt/x/lock\n" +
			"--B\nContent-Type: application/node.eks.aws\n\nkind: NodeConfig\n--B--\n"
		if got := codes(Judge(text, Block{}).Problems); got != test.want {
			t.Errorf("%s: %q, not %q", test.config, got, test.want)
		}
	}
}
