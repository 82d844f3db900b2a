package userdata

import "testing"

// TestBeyondScripts has settings, and calls of API, by which something else runs, or
// takes the lock away, and ordinary ones.
func TestBeyondScripts(t *testing.T) {
	for _, line := range []string{
		"printf '#!/bin/sh\\niptables -F\\n' > /etc/update-motd.d/99-x\n",
		"printf '[emitters]\\nemit_via = command\\n[command]\\ncommand_format = /opt/x\\n' > /etc/dnf/automatic.conf\n",
		"printf 'active = yes\\npath = /opt/x\\n' > /etc/audit/plugins.d/x.conf\n",
		"echo 'space_left_action = exec /opt/x' >> /etc/audit/auditd.conf\n",
		"printf 'imports = [\"/opt/x\"]\\n' > /etc/containerd/config.toml\n",
		"echo '{\"hosts\": [\"tcp://0.0.0.0:2375\"]}' > /etc/docker/daemon.json\n",
		"echo 'GRUB_CMDLINE_LINUX=\"module_blacklist=x_tables\"' > /etc/default/grub\n",
		"python3 -c \"import boto3; boto3.client('ec2').modify_instance_metadata_options(InstanceId='i-1', HttpPutResponseHopLimit=2)\"\n",
		"python3 -c \"import boto3; boto3.client('autoscaling').start_instance_refresh(AutoScalingGroupName='x')\"\n",
		"python3 -c 'import socketserver'\n",
		"perl -e 'rename glob(\"/etc/sysconfig/ip*\"), \"/x\"'\n",
		"perl -e 'kill 9, getppid'\n",
	} {
		for _, script := range []string{bang + recipe + boot + line, bang + line + recipe + boot} {
			if problems := judgeText(script, Block{}); len(problems) == 0 {
				t.Errorf("nothing is said of\n%s", script)
			}
		}
	}
	for _, line := range []string{
		"printf '#!/bin/sh\\necho welcome\\n' > /etc/update-motd.d/99-x\n",
		"printf '[commands]\\nupgrade_type = security\\n' | tee /opt/x\n",
		"echo 'max_log_file = 50' >> /etc/audit/auditd.conf\n",
		"echo '-w /etc/passwd -p wa' > /etc/audit/rules.d/x.rules\n",
		"printf 'version = 2\\n[grpc]\\nmax_recv_message_size = 1\\n' > /etc/containerd/config.toml\n",
		"echo '{\"hosts\": [\"unix:///var/run/docker.sock\"], \"log-driver\": \"json-file\"}' > /etc/docker/daemon.json\n",
		"echo 'GRUB_CMDLINE_LINUX=\"console=ttyS0 transparent_hugepage=never\"' > /etc/default/grub\n",
		"python3 -c \"import boto3; print(boto3.client('ec2').describe_instances())\"\n",
		"python3 -c 'import json,sys; print(json.load(sys.stdin)[\"a\"])' < /dev/null\n",
	} {
		if problems := judgeText(bang+recipe+boot+line, Block{}); len(problems) > 0 {
			t.Errorf("%s: %v", line, problems)
		}
	}
}

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
	for _, line := range []string{"echo 'exclude=iptables*' >> /etc/yum.conf\n", "yum-config-manager --disable '*'\n"} {
		if problems := judgeText(bang+recipe+boot+line, Block{}); len(problems) > 0 {
			t.Errorf("after the installation: %s: %v", line, problems)
		}
	}
}

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
