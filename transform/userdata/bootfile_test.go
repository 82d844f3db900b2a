package userdata

import (
	"strings"
	"testing"
)

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
		"sed -i '/^#/s/^#//' /etc/fstab\n",
		"sed -i '/swap/d; $a tmpfs /var tmpfs' /etc/fstab\n",
		"echo 'tmpfs /var tmpfs defaults 0 0' >> /etc/fstab; sed -i /swap/d /etc/fstab\n",
		"sed -i /exit/d /etc/profile\n",
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
		"printf 'install cramfs /bin/true\\ninstall sctp /bin/false\\nblacklist usb-storage\\n' > /etc/modprobe.d/cis.conf\n",
		"printf 'd /run/x 0755 root root\\nf /var/lib/x 0644\\n' > /etc/tmpfiles.d/x.conf\n",
		"echo 'kernel.core_pattern = /var/crash/core.%e' >> /etc/sysctl.conf; sysctl -w kernel.core_pattern=/var/crash/core\n",
		"chmod 644 /etc/sysconfig/*; chmod -R 600 /etc/systemd; chmod 600 /etc/ssh/*; chmod 000 $X\n",
		"rm -f /etc/cron.deny; touch /etc/cron.allow; chmod 600 /etc/cron.allow\n",
		"find / -xdev -type f -perm -0002 -exec chmod o-w {} \\;\nfind / -xdev -perm -4000 -exec chmod u-s,go-w {} +\n",
		"printf '/var/log/x/*.log {\\n daily\\n nomail\\n postrotate\\n  systemctl reload rsyslog\\n endscript\\n}\\n' > /etc/logrotate.d/x\n",
		"docker login -u AWS -p $(aws ecr get-login-password) x.dkr.ecr.us-east-1.amazonaws.com; docker pull $IMAGE\n",
		"docker run --rm -e A=b --name x amazon/aws-cli --version --privileged\n",
		"mkdir -p /root/.aws /root/.ssh; printf '[default]\\nregion = us-east-1\\noutput = json\\n' > /root/.aws/config; printf 'Host *\\n  StrictHostKeyChecking no\\n' > /root/.ssh/config\n",
		"export GIT_SSH_COMMAND='ssh -i /root/.ssh/id_rsa' PAGER=cat; git clone x@y:z /opt/z; echo x > \"/var/log/$(basename $0).log\"\n",
		"python3 -c \"import boto3; print(boto3.client('ec2').describe_instances())\"\n",
		"swapoff -a; sed -i '/ swap / s/^/#/' /etc/fstab; sed -i.bak '\\|^/swapfile|d' /etc/fstab\n",
		"sed -i '/ip_forward/d' /etc/sysctl.conf; echo net.ipv4.ip_forward=1 >> /etc/sysctl.conf; sed -i /HTTP_PROXY/d /etc/environment\n",
		"python3 -c 'import json,sys; print(json.load(sys.stdin)[\"a\"])' < /dev/null\n",
	} {
		if problems := judgeText(bang+recipe+boot+line, Block{}); len(problems) > 0 {
			t.Errorf("%s: %v", line, problems)
		}
	}
}

// TestInserted has lines that sed inserts into the script which makes a node join.
func TestInserted(t *testing.T) {
	settings := "cat > /etc/profile.d/x.sh <<'X'\nexport USE_MAX_PODS=false KUBELET_EXTRA_ARGS=--max-pods=110\nX\n"
	for _, test := range []struct{ line, want string }{
		{settings + `sed -i '/^set -o errexit/a\\nsource /etc/profile.d/x.sh' /etc/eks/bootstrap.sh`, ""},
		{`sed -i '/^set -o errexit/a KUBELET_EXTRA_ARGS=--max-pods=110' /etc/eks/bootstrap.sh`, ""},
		{strings.Replace(settings, "--max-pods=110", "--pod-manifest-path=/opt/x", 1) + `sed -i '/x/a\\nsource /etc/profile.d/x.sh' /etc/eks/bootstrap.sh`, "not-judged"},
		{strings.Replace(settings, "export", "iptables -F; export", 1) + `sed -i '/x/a\\nsource /etc/profile.d/x.sh' /etc/eks/bootstrap.sh`, "undone"},
		{`sed -i '$ a iptables -F' /etc/eks/bootstrap.sh`, "undone"},
		{`sed -i '/x/a /opt/x.sh' /etc/eks/bootstrap.sh`, "not-judged"},
		{`sed -i '/x/a curl http://x | bash' /etc/eks/bootstrap.sh`, "not-judged"},
		{`sed -i 's/x/y/' /etc/eks/bootstrap.sh`, "not-judged"},
		{`sed -i -e '/x/a y' -e 's/a/b/' /etc/eks/bootstrap.sh`, "not-judged"},
	} {
		for _, script := range []string{bang + recipe + test.line + "\n" + boot, bang + recipe + boot + test.line + "\n"} {
			if got := codes(judgeText(script, Block{})); got != test.want {
				t.Errorf("%s: %q, not %q", test.line, got, test.want)
			}
		}
	}
}
