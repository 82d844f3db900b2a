package shell

import "strings"

// Known reports whether it is known well enough what a program of that name does:
// it has nothing to do with packets, the kubelet or other commands except for what
// its words say, or package userdata judges it. A program that installs packages is
// taken to do nothing else.
func Known(name string) bool {
	return isReader(name) || writes(name) || administers(name) || Matters(name) || isShell(name) || aboutPackets(name)
}

// isReader reports whether a program only reads, computes, or writes its output.
func isReader(name string) bool {
	switch name {
	case "[", "test", "true", "false", "echo", "printf", "cat", "tac", "head", "tail", "more", "grep", "egrep", "fgrep", "zgrep", "rg", "cut", "tr",
		"wc", "nl", "rev", "fold", "fmt", "paste", "join", "comm", "column", "expand", "od", "hexdump", "strings", "diff", "cmp", "seq", "expr", "bc", "factor",
		"ls", "dir", "stat", "readlink", "realpath", "basename", "dirname", "pwd", "du", "df", "lsblk", "blkid", "findmnt", "mountpoint", "lsof", "fuser",
		"which", "whereis", "type", "command", "man", "help", "cal", "uptime", "uname", "hostname", "hostid", "arch", "nproc", "lscpu", "lsmem", "lspci", "lsusb", "dmidecode",
		"free", "vmstat", "iostat", "top", "ps", "pgrep", "pidof", "pstree", "id", "whoami", "groups", "who", "w", "last", "getent", "getconf", "tty", "locale", "env", "printenv",
		"sleep", "yes", "md5sum", "sha1sum", "sha256sum", "sha512sum", "cksum", "sum", "b2sum", "base64", "base32", "uuidgen", "tsort", "numfmt", "getopt",
		"jq", "jo", "envsubst", "awk", "gawk", "mawk", "sed", "perl", "zcat", "bzcat", "xzcat",
		"ping", "dig", "host", "nslookup", "traceroute", "tracepath", "nc", "ncat", "telnet", "ss", "netstat", "ethtool", "ifconfig", "arp", "route",
		"ec2-metadata", "ec2metadata", "cfn-signal", "cfn-get-metadata", "cfn-elect-cmd-leader", "logger", "journalctl", "dmesg", "systemd-analyze", "systemd-detect-virt", "lsmod", "modinfo",
		"nvidia-smi", "nvidia-persistenced", "vercomp", "sync", "clear", "reset", "tput", "stty", "lsb_release", "cloud-id", "ssm-cli", "say", "figlet", "wall", "mesg", "logname", "pathchk", "tee":
		return true
	}
	return false
}

// administers reports whether a program changes parts of a system that have
// nothing to do with the lock.
func administers(name string) bool {
	switch name {
	case "yum", "dnf", "tdnf", "microdnf", "apt", "apt-get", "aptitude", "apt-key", "apt-mark", "apt-cache", "add-apt-repository", "rpm", "dpkg", "dpkg-query", "dpkg-reconfigure", "zypper", "apk",
		"yum-config-manager", "amazon-linux-extras", "pip", "pip2", "pip3", "npm", "yarn", "gem", "easy_install", "snap", "flatpak", "createrepo", "package-cleanup", "needs-restarting", "debconf-set-selections",
		"useradd", "adduser", "userdel", "usermod", "groupadd", "groupdel", "groupmod", "gpasswd", "passwd", "chpasswd", "chage", "visudo", "ssh-keygen", "ssh-keyscan", "ssh-import-id",
		"chmod", "chown", "chgrp", "setfacl", "restorecon", "chcon", "semanage", "setsebool", "setenforce", "getenforce", "mkdir", "rmdir", "rm", "unlink", "shred", "cp", "mv", "ln", "install", "touch", "find", "chattr", "lsattr",
		"mount", "umount", "mkfs", "mkfs.ext4", "mkfs.ext3", "mkfs.xfs", "mkfs.btrfs", "mke2fs", "xfs_growfs", "xfs_admin", "resize2fs", "e2label", "tune2fs", "growpart", "parted", "fdisk", "sfdisk", "gdisk", "sgdisk", "partprobe", "partx", "wipefs", "blockdev", "udevadm", "losetup",
		"mkswap", "swapon", "swapoff", "mdadm", "pvcreate", "vgcreate", "lvcreate", "pvresize", "lvextend", "lvresize", "vgextend", "pvs", "vgs", "lvs", "dmsetup", "nvme", "hdparm", "mount.efs", "mount.nfs", "exportfs",
		"sysctl", "modprobe", "rmmod", "insmod", "depmod", "ulimit", "timedatectl", "hostnamectl", "localectl", "locale-gen", "update-locale", "loginctl", "chronyc", "ntpdate", "ntpd", "chronyd", "cpupower", "irqbalance", "swapctl", "update-ca-trust", "update-ca-certificates", "ldconfig", "update-motd", "grub2-mkconfig", "grub-mkconfig", "update-grub", "update-grub2", "dracut", "update-initramfs",
		"nerdctl", "ctr", "crictl", "aws-iam-authenticator", "eksctl", "cfn-init", "cfn-hup", "amazon-cloudwatch-agent-ctl", "amazon-ssm-agent", "awslogs-agent-setup.py", "crontab", "nvidia-ctk", "nvidia-container-cli", "dcgmi", "neuron-ls",
		"systemd-sysctl", "systemctl", "service", "chkconfig", "update-rc.d", "alternatives", "update-alternatives", "kill", "killall", "pkill", "renice", "chrt", "init", "reboot", "shutdown", "halt", "poweroff", "telinit",
		"ip", "nmcli", "networkctl", "resolvectl", "resolvconf", "netplan", "dhclient", "ifup", "ifdown", "bridge", "brctl", "iw",
		"cd", "export", "read", "mapfile", "readarray", "set", "let", "cloud-localds":
		return true
	}
	return strings.HasPrefix(name, "mkfs.")
}

// aboutPackets reports whether a program is about the packet filter: package userdata
// judges it, or it only lists, translates or counts. Of iptables there are two variants.
func aboutPackets(name string) bool {
	switch strings.NewReplacer("-legacy", "", "-nft", "").Replace(name) {
	case "iptables", "ip6tables", "iptables-save", "ip6tables-save", "iptables-restore", "ip6tables-restore", "iptables-apply", "ip6tables-apply", "xtables-multi",
		"iptables-translate", "ip6tables-translate", "iptables-restore-translate", "ip6tables-restore-translate", "iptables-xml", "xtables-monitor",
		"nft", "ebtables", "arptables", "ipset", "conntrack", "netfilter-persistent", "ufw", "firewall-cmd", "firewall-offline-cmd", "shorewall", "ferm", "csf":
		return true
	}
	return false
}
