package shell

import (
	"slices"
	"strings"
)

// Matters reports whether a program of that name may change what packets are
// dropped, or start the kubelet.
func Matters(name string) bool {
	switch name {
	case "iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft",
		"iptables-legacy-restore", "iptables-nft-restore", "xtables-multi", "xtables-nft-multi", "xtables-legacy-multi", "nft",
		"systemctl", "service", "bootstrap.sh", "kubelet", "nodeadm", "kubeadm", "snap", "reboot", "shutdown":
		return true
	}
	return false
}

// Mentions reports whether a text names what matters.
func Mentions(text string) bool {
	for _, word := range [...]string{"tables", "nft", "kubelet", "nodeadm", "bootstrap.sh", "kubeadm"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// quiet reports whether a program runs nothing from its arguments and its input. Other
// programs that are Known may: find, env and perl run what they are told.
func quiet(name string) bool {
	switch name {
	case "echo", "printf", "cat", "tee", "grep", "egrep", "fgrep", "sed", "cut", "tr", "sort", "uniq", "head", "tail", "wc", "jq", "yq", "diff", "cmp",
		"cp", "mv", "rm", "ln", "ls", "mkdir", "touch", "chmod", "chown", "stat", "file", "test", "[", "which", "whereis", "type", "hash", "export",
		"yum", "dnf", "apt", "apt-get", "rpm", "dpkg", "pip", "pip3", "curl", "wget", "aws", "logger", "sleep", "date", "hostname", "base64", "gzip", "tar",
		"unzip", "kubectl", "modprobe", "rmmod", "lsmod", "sysctl", "update-alternatives", "alternatives", "chkconfig", "update-rc.d", "systemctl",
		"service", "cfn-signal", "cfn-init", "pgrep", "ps", "killall", "pkill", "read", "mapfile", "readarray", ":", "true", "false", "man", "snap",
		"systemd-analyze", "journalctl", "readlink", "basename", "dirname", "install", "dd", "truncate", "firewall-cmd", "ufw", "debconf-set-selections":
		return true
	}
	return false
}

// leavesStdin reports whether a program reads nothing from its standard input.
func leavesStdin(name string) bool {
	return Matters(name) || strings.HasPrefix(name, "iptables") || strings.HasPrefix(name, "ip6tables") ||
		slices.Contains([]string{"echo", "printf", "yum", "mkdir", "sleep", "aws", "curl", "date", "touch", "chmod", "chown", "systemctl"}, name)
}

// statusOf returns the status of a program. Those that set up rules are taken to
// succeed: if they fail, no script locks the node.
func (r *runner) statusOf(name string, c invocation) status {
	switch name {
	case "iptables-save", "ip6tables-save":
		return success
	case "iptables", "ip6tables":
	default:
		return unsure
	}
	for _, w := range c.words[1:] {
		switch {
		case !w.Known():
			return unsure
		case w.Text == "-I", w.Text == "-A", w.Text == "--insert", w.Text == "--append", w.Text == "-F", w.Text == "-P", w.Text == "--flush":
			return success
		}
	}
	return unsure
}
