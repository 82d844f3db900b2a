package shell

import (
	"path"
	"strings"
)

// readAtBoot are files and directories that decide what a node runs by itself:
// units, what cron, udev, cloud-init and the network's scripts run, what daemons run
// that are there for that, what the dynamic linker, modprobe and the kernel read, and
// what loads the packet filter's rules.
// A name that does not end in a slash stands for all that begin with it.
var readAtBoot = [...]string{
	"/etc/systemd/", "/run/systemd/", "/usr/lib/systemd/", "/lib/systemd/", "/usr/local/lib/systemd/",
	"/etc/cron", "/var/spool/cron", "/var/spool/at", "/etc/anacrontab", "/etc/logrotate.",
	"/etc/profile", "/etc/bash", "/root/.bash", "/root/.profile",
	"/root/.gitconfig", "/etc/gitconfig", "/root/.curlrc", "/root/.wgetrc", "/etc/wgetrc", "/root/.aws/config", "/root/.aws/cli/alias", "/root/.ssh/config",
	"/etc/rc", "/etc/init", "/var/lib/cloud/", "/etc/cloud/", "/etc/cfn/",
	"/etc/network/", "/etc/networkd-dispatcher/", "/etc/NetworkManager/", "/etc/sysconfig/network-scripts/", "/etc/dhcp/",
	"/etc/udev/", "/lib/udev/", "/usr/lib/udev/", "/run/udev/",
	"/etc/modprobe.d/", "/lib/modprobe.d/", "/usr/lib/modprobe.d/", "/run/modprobe.d/", "/etc/modprobe.conf",
	"/etc/tmpfiles.d/", "/usr/lib/tmpfiles.d/", "/run/tmpfiles.d/", "/etc/fstab", "/etc/ld.so.", "/etc/alternatives/",
	"/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables", "/etc/iptables/", "/etc/nftables", "/etc/sysconfig/nftables",
	"/etc/firewalld/", "/etc/ufw/", "/etc/xtables", "/usr/libexec/iptables/", "/usr/lib64/xtables/", "/usr/lib/xtables/",
	"/etc/sysctl", "/usr/lib/sysctl.d/", "/run/sysctl.d/", "/etc/apt/apt.conf", "/etc/wireguard/", "/etc/tuned/", "/usr/lib/tuned/", "/etc/environment", "/etc/security/pam_env",
	"/etc/rsyslog", "/usr/sbin/ifup", "/usr/sbin/ifdown", "/opt/cni/bin/", "/etc/containerd/", "/etc/docker/daemon.json",
	"/etc/cni/", "/etc/kubernetes/manifests/", "/etc/kubernetes/kubelet", "/etc/eks/nodeadm", "/etc/eks/containerd/containerd-config", "/etc/update-motd.d/", "/etc/dnf/automatic.conf", "/etc/yum/yum-cron",
	"/etc/audit/plugins.d/", "/etc/audit/auditd.conf", "/etc/audisp/plugins.d/", "/proc/sysrq-trigger",
	"/proc/sys/kernel/modprobe", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modules_disabled", "/proc/sys/fs/binfmt_misc/", "/etc/binfmt.d/", "/usr/lib/binfmt.d/",
	"/etc/supervisor", "/etc/monit", "/etc/keepalived/", "/etc/openvpn/", "/etc/xinetd", "/etc/incron", "/etc/snmp/", "/etc/libvirt/hooks/", "/etc/kernel/",
	"/etc/dnf/plugins/post-transaction-actions.d/", "/etc/yum/post-actions/",
	"/etc/eks/bootstrap.sh", "/boot/", "/lib/modules/", "/usr/lib/modules/", "/etc/modules", "/etc/default/grub", "/etc/grub", "/etc/dracut", "/etc/pam.d/", "/etc/acpi/",
}

// ReadAtBoot reports whether a file is one that a node runs or reads by itself,
// so that what is in it decides what becomes of the rules.
func ReadAtBoot(name string) bool {
	if isBackup(name) {
		return false
	}
	if name == "/etc/cron.allow" || name == "/etc/cron.deny" {
		return false // they say who may have a table, and run nothing
	}
	for _, known := range readAtBoot {
		if strings.HasPrefix(name, known) {
			return true
		}
	}
	return false
}

// hasOwnLines reports whether each line of a file stands for itself, so that without one of
// them a node does less.
func hasOwnLines(name string) bool {
	for _, known := range [...]string{"/etc/fstab", "/etc/crontab", "/etc/cron.d/", "/var/spool/cron/", "/etc/sysctl", "/etc/environment"} {
		if strings.HasPrefix(name, known) {
			return true
		}
	}
	return false
}

// isBackup reports whether a file has what is, or was, in another, whose name alone is
// read.
func isBackup(name string) bool {
	switch path.Ext(name) {
	case ".bak", ".backup", ".orig", ".old", ".tmp":
		return strings.HasPrefix(name, "/etc/kubernetes/kubelet") || strings.HasPrefix(name, "/etc/eks/") && !strings.HasPrefix(name, "/etc/eks/nodeadm")
	}
	return false
}

// isProgram reports whether a file is one of the programs that scripts rely on.
func isProgram(name string) bool {
	base := path.Base(name)
	return (Matters(base) || isShell(base) || reliedOn(base)) && inProgramPath(name)
}

func inProgramPath(name string) bool {
	for _, dir := range programPaths {
		if path.Dir(name) == dir && dir != "" {
			return true
		}
	}
	return false
}

// reliedOn reports whether commands that save rules, or set them up, are run by a
// program of that name.
func reliedOn(name string) bool {
	switch name {
	case "iptables-save", "ip6tables-save", "tee", "cat", "sudo", "env", "mkdir", "cp":
		return true
	}
	return false
}

// matters reports whether a path names, or may name, a file whose change has to do
// with the lock of a node, and whether it names a directory with such files.
func (fs *Files) matters(name string) (file, directory bool) {
	name = strings.TrimSuffix(fs.resolve(name), "/")
	if name == "" {
		return false, true // the root
	}
	if fs.byPath[name] != nil || ReadAtBoot(name) || isProgram(name) {
		file = true
	}
	below := func(other string) {
		directory = directory || strings.HasPrefix(other, name+"/")
		file = file || strings.Contains(name, Unknown) && may(name, other)
	}
	for other := range fs.byPath {
		below(other)
	}
	for _, known := range readAtBoot {
		below(known)
		directory = directory || known == name+"/"
	}
	return file, directory || isSystemDirectory(name)
}

// isSystemDirectory reports whether what is in a directory of a node's image decides
// what the node runs.
func isSystemDirectory(name string) bool {
	return name == "/usr" || ReadAtBoot(name+"/x") || inProgramPath(name+"/x") && !strings.HasPrefix(name, "/opt") && !strings.HasPrefix(name, "/root")
}

// MayMatter reports whether a change of a file, or of what is in a directory, may
// have to do with the lock of a node. The path may be a pattern.
func (fs *Files) MayMatter(name string) bool {
	name = strings.NewReplacer("*", Unknown, "?", Unknown, "[", Unknown, "]", Unknown, "%", Unknown, "$", Unknown).Replace(name)
	if strings.Contains(name, Unknown) {
		name = name[:strings.Index(name, Unknown)]
		name = name[:strings.LastIndexByte(name, '/')+1]
	}
	file, directory := fs.matters(name)
	return file || directory || !strings.HasPrefix(name, "/")
}

// FiltersPackets reports whether a file is a program of the packet filter.
func FiltersPackets(name string) bool { return aboutPackets(path.Base(name)) && inProgramPath(name) }

// volatile are the directories whose files may be gone after a reboot: they are in
// memory, /tmp on some systems only.
var volatile = [...]string{"/run/", "/var/run/", "/tmp/", "/dev/shm/", "/var/lock/"}

// Reboot records that the node has started again: what is only in memory may be gone.
func (fs *Files) Reboot() {
	isVolatile := func(name string) bool {
		for _, dir := range volatile {
			if strings.HasPrefix(name, dir) {
				return true
			}
		}
		return false
	}
	for _, name := range fs.All() {
		if isVolatile(name) {
			f := fs.byPath[name]
			fs.version++
			f.Sure, f.Gone, f.Version = false, true, fs.version
		}
	}
	fs.noexec = nil
	for dir := range fs.dirs {
		if isVolatile(dir) {
			delete(fs.dirs, dir)
		}
	}
}
