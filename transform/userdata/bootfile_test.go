package userdata

import "testing"

// TestBootFilesAndCalls has settings, and calls of API, by which something else runs, or
// takes the lock away, and ordinary ones.
func TestBootFilesAndCalls(t *testing.T) {
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

// TestHarmlessAtBoot has, for each kind of file that a node reads by itself, texts
// that run nothing, and texts that do, or change what matters.
func TestHarmlessAtBoot(t *testing.T) {
	n := newNode(Block{})
	for _, test := range []struct {
		file            string
		harmless, harms []string
	}{
		{"/etc/sysctl.d/x.conf", []string{"vm.swappiness=1\n", "kernel.modules_x=1\n"}, []string{"kernel.modules_disabled=1\n", "kernel.modprobe=/opt/x\n", "kernel/modprobe=/opt/x\n", "kernel.core_pattern=|/opt/x\n"}},
		{"/run/sysctl.d/x.conf", []string{"vm.swappiness=1\n"}, []string{"kernel.core_pattern=|/opt/x\n"}},
		{"/etc/udev/rules.d/x.rules", []string{"SUBSYSTEM==\"block\", SYMLINK+=\"x\"\n"}, []string{"RUN+=\"/opt/x\"\n", "PROGRAM=\"/opt/x\"\n", "IMPORT{program}=\"/opt/x\"\n", "ENV{SYSTEMD_WANTS}=\"x\"\n", "NAME=\"eth9\"\n"}},
		{"/etc/modprobe.d/x.conf", []string{"# iptable_filter\n\nblacklist floppy\n", "options ena a=1\n", " alias a b\n", "alias ta ble\n"},
			[]string{"install floppy /opt/x\n", "blacklist ip_tables\n", "options nf_conntrack a=1\n", "alias a xt_comment\n", "alias a ipt_LOG\n", "blacklist nft_compat\n", "blacklist\tfloppy\nremove a b\n"}},
		{"/etc/modules-load.d/x.conf", []string{"br_netfilter\n"}, nil},
		{"/etc/tmpfiles.d/x.conf", []string{"# r /x\nd /var/x 0755 root root -\n", "f+ /var/x - - - - a\n", "D! /var/x\nv /var/y\nq /var/z\n"}, []string{"r /var/x\n", "d\n", "f /etc/sysconfig/iptables\n", "d /var/x\nL /var/y - - - - /x\n"}},
		{"/etc/fstab", []string{"#x\n", "/dev/xvdb /data xfs defaults 0 0\n", "/dev/xvdc none swap sw 0 0\n", "/dev/xvdc swap swap sw 0 0\n", "/dev/xvdb /data xfs\n"}, []string{"tmpfs /etc/sysconfig tmpfs\n", "/dev/xvdb /etc/sysconfig\n", "x\n", "/dev/xvdb data xfs\n", "/dev/xvdb / xfs\n"}},
		{"/etc/logrotate.d/x", []string{"/var/log/x {\n daily\n}\n"}, []string{"/var/log/x {\n postrotate\n /opt/x\n endscript\n}\n", "prerotate\n", "firstaction\n", "lastaction\n", "preremove\n", "mail a@b\n", "compresscmd /opt/x\n"}},
		{"/etc/cloud/cloud.cfg.d/x.cfg", []string{"preserve_hostname: true\n"}, []string{"runcmd: [x]\n", "cloud_init_modules: []\n", "mounts: []\n", "output: {}\n", "disabled: true\n", "write_files: []\n", "datasource: {}\n", "users: []\n", "packages: [x]\n"}},
		{"/etc/cloud/cloud.cfg.d/x", nil, []string{"preserve_hostname: true\n"}},
		{"/boot/grub2/grub.cfg", nil, []string{"x\n"}},
		{"/etc/systemd/journald.conf.d/x.conf", []string{"SystemMaxUse=1G\n"}, nil},
		{"/etc/systemd/system.conf.d/x.conf", []string{"DefaultLimitNOFILE=1\n"}, []string{"DefaultEnvironment=A=b\n", "RuntimeWatchdogSec=1\n", "[Manager=\n"}},
		{"/etc/rsyslog.d/x.conf", []string{"*.* @@logs:514\n"}, []string{"action(type=\"omprog\")\n", "*.* ^/opt/x\n", "program(x)\n", "binary=\"/opt/x\"\n"}},
		{"/etc/containerd/config.toml", []string{"version = 2\n"}, []string{"BinaryName = \"/opt/x\"\n", "binary = 1\n", "runtime_type = 1\n", "runtime_path = 1\n", "runtime_engine = 1\n", "[cni]\n", "imports = []\n"}},
		{"/etc/docker/daemon.json", []string{"{\"log-driver\": \"x\"}\n"}, []string{"{\"default-runtime\": \"x\"}\n", "{\"hosts\": [\"tcp://x\"]}\n"}},
		{"/etc/default/grub", []string{"GRUB_TIMEOUT=0\n"}, []string{"x=systemd.mask=x\n", "init=/opt/x\n", "systemd.unit=x\n", "rd.break\n", "module_blacklist=x\n", "ip_tables\n", "nf_x=1\n"}},
		{"/etc/eks/nodeadm.d/x.yaml", []string{"spec: {kubelet: {flags: [--node-labels=a=b]}}\n"}, []string{"staticPodPath: /opt/x\n", "conf_dir = x\n"}},
		{"/etc/dnf/automatic.conf", []string{"upgrade_type = security\n"}, []string{"command_format = /opt/x\n"}},
		{"/etc/audit/auditd.conf", []string{"max_log_file = 8\n"}, []string{"space_left_action = exec /opt/x\n"}},
		{"/etc/cni/net.d/README", []string{"x\n"}, nil},
		{"/etc/cni/net.d/x.conf", nil, []string{"{}\n"}},
		{"/etc/cni/net.d/x.conflist", nil, []string{"{}\n"}},
		{"/etc/cni/net.d/x.json", nil, []string{"{}\n"}},
		{"/etc/environment", []string{"A=b\n"}, []string{"PATH=/opt/x\n", "LD_PRELOAD=/opt/x\n", "BASH_ENV=/opt/x\n", "ENV=/opt/x\n"}},
		{"/etc/nftables/x", nil, []string{"x\n"}},
	} {
		for _, text := range test.harmless {
			if !n.harmlessAtBoot(test.file, text) {
				t.Errorf("%s: %q is harmless", test.file, text)
			}
		}
		for _, text := range test.harms {
			if n.harmlessAtBoot(test.file, text) {
				t.Errorf("%s: %q is not harmless", test.file, text)
			}
		}
	}
}
