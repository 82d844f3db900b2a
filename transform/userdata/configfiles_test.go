package userdata

import "testing"

// TestModulesThatWrite has keys of cloud-config by which modules write files of any
// name.
func TestModulesThatWrite(t *testing.T) {
	for _, test := range []struct{ config, want string }{
		{"random_seed: {file: /etc/cron.d/x, data: '* * * * * root iptables -F'}", "not-judged"},
		{"random_seed: {file: /dev/urandom, data: abc}", ""},
		{"locale_configfile: /etc/profile.d/x.sh", "not-judged"},
		{"yum_repo_dir: /etc/systemd/system", "not-judged"},
		{"yum_repos: {x: {baseurl: 'http://x', enabled: true, gpgkey: 'file:///etc/pki/x'}}", ""},
		{"apt: {conf: 'DPkg::Post-Invoke {\"/opt/x\";};'}", "not-judged"},
		{"swap: {filename: /usr/sbin/iptables, size: 1024}", "not-judged"},
		{"swap: {filename: /swapfile, size: 1024}", ""},
		{"users: [{name: x, shell: /bin/bash, ssh_authorized_keys: [ssh-rsa AAAA]}]", ""},
		{"users: [{name: x, homedir: /etc/systemd/system}]", "not-judged"},
		{"growpart: {mode: auto, devices: [/]}", ""},
		{"ca_certs: {trusted: ['-----BEGIN CERTIFICATE-----']}", ""},
		{"fs_setup: [{device: /dev/xvdb, filesystem: ext4}]", ""},
	} {
		text := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/x-shellscript\n\n" + bang + recipe + boot + "--B\nContent-Type: text/cloud-config\n\n#cloud-config\n" + test.config + "\n--B--\n"
		if got := codes(Judge(text, Block{}).Problems); got != test.want {
			t.Errorf("%s: %q, not %q", test.config, got, test.want)
		}
	}
}

// TestFinalModules has cloud-config that says which modules the last stage runs.
func TestFinalModules(t *testing.T) {
	const message = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/cloud-config\n\n#cloud-config\n"
	script := "--B\nContent-Type: text/x-shellscript\n\n" + bang + recipe + boot
	for _, test := range []struct{ config, more, want string }{
		{"cloud_final_modules:\n- [scripts-user, always]\n", "", ""},
		{"cloud_final_modules: [scripts-user]\n", "", ""},
		{"cloud_final_modules:\n- [scripts-user, always]\n", "rm -f /etc/sysconfig/iptables\n", "unsaved"},
		{"cloud_final_modules:\n- [scripts-user, once]\n", "", "not-judged"},
		{"cloud_final_modules: [runcmd]\n", "", "not-judged"},
		{"cloud_final_modules: [scripts-user]\npackages: [jq]\n", "", "not-judged"},
		{"cloud_final_modules: [scripts-user]\n", "--B\nContent-Type: text/x-shellscript-per-boot\n\n" + bang + "true\n", "not-judged"},
	} {
		if got := codes(Judge(message+test.config+script+test.more+"--B--\n", Block{}).Problems); got != test.want {
			t.Errorf("%s%s: %q, not %q", test.config, test.more, got, test.want)
		}
	}
}
