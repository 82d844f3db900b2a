package userdata

import (
	"strings"
	"testing"
)

// The tables here are as those of silence_test.go, for what runs beside the recipe or
// at another boot.

// runElsewhere are ways to run what takes the rule back.
var runElsewhere = [...]string{
	"printf 'iptables -F\\n' > /opt/x.sh; systemd-run sh /opt/x.sh\n",
	"printf '#!/bin/sh\\niptables -F\\n' > /opt/x.sh; chmod +x /opt/x.sh; systemd-run /opt/x.sh\n",
	"printf 'iptables -F\\n' > /opt/x.sh; at -f /opt/x.sh now\n",
	"mkdir -p /opt/d; printf '#!/bin/sh\\niptables -F\\n' > /opt/d/x; chmod +x /opt/d/x; run-parts /opt/d\n",
	"printf 'iptables -F\\n' > /opt/x.sh; su - root -c 'sh /opt/x.sh'\n",
	"printf 'iptables -F\\n' > /opt/x.sh; su - root -c /opt/x.sh\n",
	"printf 'iptables -F\\n' > /opt/x.sh; script -c /opt/x.sh /dev/null\n",
	"printf 'iptables -F\\n' > /opt/x.sh; sh /opt/x*.sh\n",
	"printf 'iptables -F\\n' > /opt/x.sh; for f in /opt/*.sh; do sh $f; done\n",
	"printf 'iptables -F\\n' > /opt/x.sh; find /opt -name '*.sh' -exec sh {} \\;\n",
	"printf 'iptables -F\\n' > /opt/x.sh; ls /opt/x.sh | xargs bash\n",
	"exec 3> /opt/x.sh; echo 'iptables -F' >&3; sh /opt/x.sh\n",
	"{ cat <<< 'iptables -F' >&3; } 3> /opt/x.sh; . /opt/x.sh\n",
	"exec > /opt/x.sh; echo 'iptables -F'; sh /opt/x.sh\n",
	"exec 3> >(bash); echo 'iptables -F' >&3\n",
	"coproc bash; echo 'iptables -F' >&${COPROC[1]}\n",
	"exec 3<<< 'iptables -F'; bash <&3\n",
	"exec <<< 'iptables -F'; bash -s\n",
	"exec < <(echo iptables -F); bash\n",
	"enable -f /opt/x.so x\n",
	"hash -p /opt/x iptables; iptables -L\n",
	"env -S 'iptables -F'\n",
	"env -iS'iptables -F'\n",
	"runuser -u root -- iptables -F\n",
	"echo /opt/x > /proc/sys/kernel/modprobe\n",
	"echo '|/opt/x' > /proc/sys/kernel/core_pattern\n",
	"echo ':x:M::xx::/opt/x:' > /proc/sys/fs/binfmt_misc/register\n",
	"ip link set dev eth0 xdp obj x.o\n",
	"PAGER='iptables -F' git -p log\n",
	"export GIT_SSH_COMMAND='iptables -F'; git clone x@y:z /opt/z\n",
	"man -P 'iptables -F' ls\n",
	"[ \"$(id -u)\" = 0 ] && iptables -F\n",
	"su ec2-user -c '[ $EUID = 0 ] || sudo iptables -F'\n",
	"sudo -u ec2-user bash -c '[ $(id -u) = 0 ] || sudo iptables -F'\n",
	"systemd-run /opt/unknown.sh\n",
	"su - ec2-user -c /opt/unknown.sh\n",
	"find /opt -name '*.sh' -exec sh {} \\;\n",
	"run-parts /opt/d\n",
	"make -C /opt/x\n",
	"make -f /opt/Makefile install\n",
	"ansible-playbook /opt/x.yml\n",
	"ansible-pull -U https://x\n",
	"puppet apply /opt/x.pp\n",
	"chef-client -z\n",
	"salt-call state.apply\n",
	"cloud-init single --name runcmd\n",
	"python3 /opt/x\n",
	"perl -e 'exec pack(\"H*\", \"69\")'\n",
	"ruby /opt/x\n",
	"node /opt/x\n",
	"docker run --privileged --net host acme/x\n",
	"docker run -v /:/host acme/x\n",
	"chroot /opt/x /x\n",
	"acme-agent --install\n",
	"aws ec2 modify-instance-metadata-options --instance-id $I --http-tokens optional --http-endpoint enabled\n",
	"aws ec2 modify-instance-metadata-defaults --http-tokens optional\n",
	"aws autoscaling update-auto-scaling-group --auto-scaling-group-name x --launch-template LaunchTemplateId=x,Version=1\n",
	"aws ssm send-command --document-name AWS-RunShellScript --parameters x\n",
	"cloud-init clean --reboot\n",
	"gdb -p 1\n",
	"awk 'BEGIN{system(\"/opt/x.sh\")}'\n",
	"sed 's/.*/x/e' /opt/x\n",
	"cloud-init-per once x /opt/x.sh\n",
	"tc filter add dev eni0 ingress bpf da obj x.o\n",
	"ebtables -t broute -A BROUTING -j DROP\n",
	"pivot_root /x /y\n",
	"strace -f /opt/x\n",
	"numactl /opt/x\n",
	"sysctl -w kernel.modprobe=/opt/x\n",
}

// strictUndone are commands around the strict block after which the kubelet may
// start without the drop.
var strictUndone = [...]string{
	"mkdir -p /etc/systemd/system/service.d; printf '[Service]\\nExecStartPre=\\n' > /etc/systemd/system/service.d/zzz.conf\n",
	"mkdir -p /usr/local/lib/systemd/system/kubelet.service.d; printf '[Service]\\nExecStartPre=\\n' > /usr/local/lib/systemd/system/kubelet.service.d/zzz.conf\n",
	"mkdir -p /etc/systemd/system.control/kubelet.service.d; printf '[Service]\\nExecStartPre=\\n' > /etc/systemd/system.control/kubelet.service.d/zzz.conf\n",
	"aws s3 cp s3://b/zzz.conf /etc/systemd/system/kubelet.service.d/zzz.conf\n",
	"install /opt/zzz.conf /etc/systemd/system/kubelet.service.d/\n",
	"rsync -a /opt/x/ /etc/systemd/system/kubelet.service.d/\n",
	"tar xf /opt/x -C /etc/systemd/system\n",
	"ln -sf /bin/true /usr/sbin/iptables\n",
	"ln -sf /bin/true /usr/bin/sh\n",
	"printf '[Service]\\nEnvironment=PATH=/x\\n' > /etc/systemd/system/kubelet.service.d/x.conf\n",
	"mount -t tmpfs x /etc/systemd/system/kubelet.service.d\n",
	"printf '#!/bin/sh\\n' > /usr/local/sbin/iptables; chmod +x /usr/local/sbin/iptables\n",
}

// TestNothingPassesStrict is the same for the strict block.
func TestNothingPassesStrict(t *testing.T) {
	const strict = strictCommands + "\n"
	for _, line := range strictUndone {
		for _, script := range []string{bang + strict + line + boot, bang + line + strict + boot} {
			if problems := judgeText(script, Block{}); len(problems) == 0 {
				t.Errorf("nothing is said of\n%s", script)
			}
		}
	}
	for _, command := range []string{"/bin/echo x; R", "/bin/true & R", "/bin/echo y | R", "/bin/echo `R`"} {
		command = strings.Replace(command, "R", "/usr/sbin/iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP", 1)
		script := bang + "mkdir -p /etc/systemd/system/kubelet.service.d\ncat > /etc/systemd/system/kubelet.service.d/x.conf <<'X'\n[Service]\nExecStartPre=" + command + "\nX\nsystemctl daemon-reload\n" + boot
		if problems := judgeText(script, Block{}); len(problems) == 0 {
			t.Errorf("nothing is said of\n%s", script)
		}
	}
	for _, start := range []string{"snap start kubelet\n", "systemctl start mykubelet\n", "kubelet --x &\n"} {
		if problems := judgeText(bang+strict+start+boot, Block{}); len(problems) == 0 {
			t.Errorf("nothing is said of\n%s", start)
		}
	}
}

// everyBoot are scripts that run at every boot beside the recipe, which runs at
// the first.
var everyBoot = [...]string{
	"rm -f /etc/sysconfig/iptables\n",
	"systemctl disable iptables\n",
	"systemctl mask iptables\n",
	"> /etc/sysconfig/iptables\n",
	"sed -i /DROP/d /etc/sysconfig/iptables\n",
}

// TestNothingPassesWithoutInit has rules that every boot sets up anew, and what keeps
// cloud-init from running, or runs them after the kubelet.
func TestNothingPassesWithoutInit(t *testing.T) {
	raw := "iptables -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\n"
	for _, line := range []string{"touch /etc/cloud/cloud-init.disabled\n", "systemctl disable cloud-init\n", "systemctl mask cloud-init.target\n", "yum remove -y cloud-init\n", "echo 'cloud_init_modules: []' > /etc/cloud/cloud.cfg.d/x.cfg\n"} {
		scripts := []script{{stage: stageBootcmd, text: bang + raw, everyBoot: true}, {stage: stageScript, text: bang + boot + line}}
		if problems := judge(scripts, Block{}); len(problems) == 0 {
			t.Errorf("nothing is said of\n%s", line)
		}
	}
	for _, line := range []string{"chkconfig cloud-init off\n", "systemctl disable cloud-config\n", "systemctl mask 'cloud*'\n", "systemctl disable cloud-final.service\n"} {
		scripts := []script{{stage: stageBootcmd, text: bang + raw, everyBoot: true}, {stage: stageScript, text: bang + boot + line}}
		if problems := judge(scripts, Block{}); len(problems) == 0 {
			t.Errorf("nothing is said of\n%s", line)
		}
	}
	for _, line := range []string{"systemctl enable cloud-init\n", "systemctl unmask cloud-final\n", "systemctl restart cloud-init\n", "systemctl disable docker\n", "yum install -y cloud-init\n"} {
		scripts := []script{{stage: stageBootcmd, text: bang + raw, everyBoot: true}, {stage: stageScript, text: bang + boot + line}}
		if problems := judge(scripts, Block{}); len(problems) > 0 {
			t.Errorf("%s: %v", line, problems)
		}
	}
	first := []script{{stage: stageBoothook, text: bang + raw, everyBoot: true}, {stage: stageScript, text: bang + boot}}
	if problems := judge(first, Block{}); len(problems) > 0 {
		t.Errorf("a boothook at every boot: %v", problems)
	}
	late := []script{{stage: stagePerBoot, text: bang + raw, everyBoot: true}, {stage: stageScript, text: bang + boot}}
	if problems := judge(late, Block{}); codes(problems) != "unsaved" {
		t.Errorf("a per-boot script, which runs after the kubelet at the next boot: %v", problems)
	}
}

// TestNothingPassesAtEveryBoot has what shows at the third boot only.
func TestNothingPassesAtEveryBoot(t *testing.T) {
	for _, line := range everyBoot {
		for _, of := range []stage{stageBoothook, stageBootcmd, stagePerBoot} {
			scripts := []script{{stage: of, text: bang + line, everyBoot: true}, {stage: stageScript, text: bang + recipe + boot}}
			if problems := judge(scripts, Block{}); len(problems) == 0 {
				t.Errorf("stage %d: nothing is said of\n%s", of, line)
			}
		}
	}
	for _, config := range []string{
		"output: {all: '| iptables -F'}\n",
		"mounts: [[tmpfs, /etc/sysconfig, tmpfs]]\n",
		"write_files: [{path: /etc/systemd/system/x.service, source: {uri: 'https://x'}}]\n",
		"puppet: {install: true}\n",
		"system_info: {paths: {cloud_dir: /opt/x}}\n",
		"random_seed: {command: [systemctl, start, kubelet]}\n",
		"fs_setup: [{cmd: /opt/x}]\n",
		"ntp: {config: {service_name: kubelet}}\n",
		"power_state: {mode: reboot, condition: 'iptables -F'}\n",
	} {
		const multipart = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/x-shellscript\n\n" + bang + recipe + boot + "--B\nContent-Type: text/cloud-config\n\n#cloud-config\n"
		if v := Judge(multipart+config+"--B--\n", Block{}); len(v.Problems) == 0 {
			t.Errorf("nothing is said of\n%s", config)
		}
	}
}
