package shell

import "slices"

// A System is what is known of the Linux that a machine runs.
type System uint8

// The systems.
const (
	AnyLinux     System = iota
	AmazonLinux         // 2023, or a version that is not known
	AmazonLinux2        // of Amazon EKS, with docker
	Ubuntu
)

// commonDirs are directories that the images of all nodes have.
var commonDirs = [...]string{"/", "/dev", "/etc", "/tmp", "/run", "/run/lock", "/root", "/opt", "/usr", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin",
	"/var", "/var/log", "/var/tmp", "/var/lock", "/var/lib", "/var/lib/cloud", "/etc/default", "/etc/systemd/system", "/etc/sysctl.d",
	"/etc/eks", "/etc/profile.d", "/proc/sys/net/ipv4"}

// systemDirs are directories that the images of some nodes have. Those where rules are
// saved are taken to be there unless the system is another.
var systemDirs = [...][]string{
	AnyLinux:     {"/etc/sysconfig", "/etc/yum.repos.d", "/etc/iptables"},
	AmazonLinux:  {"/etc/sysconfig", "/etc/yum.repos.d", "/home/ec2-user"},
	AmazonLinux2: {"/etc/sysconfig", "/etc/yum.repos.d", "/home/ec2-user", "/etc/cron.d", "/etc/docker", "/etc/kubernetes", "/etc/kubernetes/kubelet"},
	Ubuntu:       {"/etc/iptables", "/home/ubuntu", "/etc/cron.d"},
}

// hasDir reports whether a node has a directory before any script runs.
func (s System) hasDir(name string) bool {
	return slices.Contains(commonDirs[:], name) || slices.Contains(systemDirs[s], name)
}
