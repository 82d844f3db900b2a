package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A bootFile is a kind of file that a node reads by itself.
type bootFile struct {
	is       func(file string) bool
	harmless func(n *node, text string) bool // it runs nothing, and changes nothing that matters
}

// kindsAtBoot returns the kinds of files that are known. The first that a file is of counts.
func kindsAtBoot() []bootFile {
	return []bootFile{
		{startsWith("/etc/sysctl", "/usr/lib/sysctl.d/", "/run/sysctl.d/"), setsKernel},
		{startsWith("/etc/udev/", "/lib/udev/", "/usr/lib/udev/", "/run/udev/"), without("RUN", "PROGRAM", "IMPORT", "SYSTEMD_WANTS", "NAME=")},
		{within("/modprobe."), loadsNoFilter},
		{startsWith("/etc/modules", "/lib/modules-load.d/"), without()},
		{within("/tmpfiles.d/"), makesFiles},
		{named("/etc/fstab"), mountsBeside},
		{startsWith("/etc/logrotate."), rotates},
		{startsWith("/etc/cfn/"), runsHooks},
		{isCloudConfig, without("cmd", "module", "mount", "output", "disabled", "write_files", "datasource", "users", "packages", "cloud_dir")},
		{startsWith("/etc/systemd/journald", "/etc/systemd/logind", "/etc/systemd/timesyncd", "/etc/systemd/resolved", "/etc/systemd/coredump", "/etc/systemd/oomd", "/etc/systemd/sleep"), without()},
		{startsWith("/etc/systemd/system.conf"), without("Environment", "Watchdog", "Manager=")},
		{startsWith("/etc/rsyslog"), without("omprog", "^", "program", "binary")},
		{isContainerds, without(append(ofContainerd[:], "binary", "runtime_type", "cni")...)},
		{named(dockerDaemon), without("runtime")}, // see opensDocker
		{isKubelets, without()},                   // see ofPods
		{startsWith("/etc/default/grub", "/etc/grub"), without("mask", "init=", "systemd.", "rd.", "blacklist", "table", "nf_")},
		{startsWith("/etc/eks/nodeadm"), without(append(podsOfNode[:], ofContainerd[:]...)...)},
		{startsWith("/etc/dnf/automatic.conf", "/etc/yum/yum-cron"), without("command")},
		{startsWith("/etc/audit/auditd.conf"), without("exec")},
		{isOtherThanCNI, without()},
		{startsWith("/root/.gitconfig", "/etc/gitconfig"), without("!", "helper", "command", "fsmonitor", "pager", "editor", "hooksPath", "include", "external")},
		{startsWith("/root/.curlrc"), without("output", "-o", "-O", "config", "-K", "remote-name")},
		{startsWith("/root/.wgetrc", "/etc/wgetrc"), without("output", "use_askpass", "dir_prefix", "logfile")},
		{startsWith("/root/.aws/"), without("credential_process", "!")},
		{startsWith("/root/.ssh/"), without("Command", "command", "exec", "Include", "include", "PKCS11")},
		{startsWith("/etc/snmp/"), without("extend", "exec", "pass", "sh ", "dlmod", "perl")},
		{startsWith("/etc/environment"), without("PATH", "LD_", "BASH_ENV", "ENV=")},
	}
}

// isContainerds and isKubelets match the files with the configuration of containerd, one
// of which bootstrap.sh copies to the other, and of the kubelet.
var (
	isContainerds = startsWith("/etc/containerd/", "/etc/eks/containerd/")
	isKubelets    = startsWith("/etc/kubernetes/kubelet")
)

const dockerDaemon = "/etc/docker/daemon.json"

// edited returns what sed and jq are told to change in the configuration of what runs
// pods, or "" if anything else may have changed it: each of them must name the file, and
// nothing that is not known.
func edited(name string, f *shell.File) string {
	if !isContainerds(name) && !isKubelets(name) && name != dockerDaemon || strings.Contains(f.Edits, shell.Unknown) {
		return ""
	}
	for edit := range strings.Lines(f.Edits) {
		if !slices.Contains(strings.Fields(edit), name) {
			return ""
		}
	}
	return f.Edits
}

// harmlessAtBoot reports whether each line of a file that the node reads by itself
// is one that runs nothing, and changes nothing that matters.
func (n *node) harmlessAtBoot(file, text string) bool {
	for _, kind := range kindsAtBoot() {
		if kind.is(file) {
			return kind.harmless(n, text)
		}
	}
	return false
}

// startsWith matches files whose names start with one of the prefixes.
func startsWith(prefixes ...string) func(file string) bool {
	return func(file string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(file, p) })
	}
}

// within matches files with a part in their names.
func within(part string) func(file string) bool {
	return func(file string) bool { return strings.Contains(file, part) }
}

// named matches one file.
func named(name string) func(file string) bool {
	return func(file string) bool { return file == name }
}

// isCloudConfig reports whether a file is a configuration of cloud-init's.
func isCloudConfig(file string) bool {
	return strings.HasPrefix(file, "/etc/cloud/") && path.Ext(file) == ".cfg"
}

// isOtherThanCNI reports whether a file in the directories of the pods' network is not
// a configuration of it ("Network configuration format" in the specification of CNI).
func isOtherThanCNI(file string) bool {
	return strings.HasPrefix(file, "/etc/cni/") && !slices.Contains([]string{".conf", ".conflist", ".json"}, path.Ext(file))
}

// without matches texts that have none of the words, which run something, or change
// what matters.
func without(words ...string) func(n *node, text string) bool {
	return func(_ *node, text string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
}

// setsKernel reports whether settings of the kernel have it run no program.
func setsKernel(_ *node, text string) bool {
	return eachLine(text, func(fields []string) bool { return !runsByKernel(strings.Join(fields, "")) })
}

// runsByKernel reports whether a setting of the kernel has it run another program, or
// load no module any more. A core_pattern that begins with | is a command (man 5 core).
func runsByKernel(setting string) bool {
	if name, value, ok := strings.Cut(setting, "="); ok && strings.Contains(name, "core_pattern") {
		return strings.HasPrefix(value, "|") || strings.Contains(value, shell.Unknown)
	}
	for _, word := range [...]string{"modules_disabled", "kernel.modprobe", "kernel/modprobe", "core_pattern"} {
		if strings.Contains(setting, word) {
			return true
		}
	}
	return false
}

// rotates reports whether a configuration of logrotate runs nothing but the scripts in
// it, which are judged (man 8 logrotate).
func rotates(n *node, text string) bool {
	var script, rest strings.Builder
	into := &rest
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "postrotate", "prerotate", "firstaction", "lastaction", "preremove":
			into = &script
		case "endscript":
			into = &rest
		default:
			into.WriteString(line)
		}
	}
	if script.Len() > 0 {
		n.aside("#!/bin/sh\n"+script.String(), false)
	}
	return without("postrotate", "prerotate", "action", "preremove", "mail", "compresscmd", "include")(n, strings.ReplaceAll(rest.String(), "nomail", ""))
}

// loadsNoFilter reports whether a configuration of modprobe has only options, aliases
// and modules not to load, none of them of the packet filter (man 5 modprobe.d).
func loadsNoFilter(_ *node, text string) bool {
	return eachLine(text, func(fields []string) bool {
		switch fields[0] {
		case "blacklist", "options", "alias":
			return !aboutFilter(strings.Join(fields[1:], " "))
		case "install":
			return len(fields) == 3 && !aboutFilter(fields[1]) && (path.Base(fields[2]) == "true" || path.Base(fields[2]) == "false") && !strings.HasPrefix(fields[1], "*")
		}
		return false
	})
}

// makesFiles reports whether a configuration of systemd-tmpfiles only makes files
// and directories, none of them where it matters (man 5 tmpfiles.d).
func makesFiles(n *node, text string) bool {
	return eachLine(text, func(fields []string) bool {
		return len(fields) > 1 && strings.Trim(fields[0], "dDfvq+!") == "" && !n.machine.Files.MayMatter(fields[1])
	})
}

// mountsBeside reports whether fstab mounts nothing over what matters. Swap space has
// no place (man 5 fstab).
func mountsBeside(n *node, text string) bool {
	return eachLine(text, func(fields []string) bool {
		return len(fields) > 2 && (fields[2] == "swap" || !n.machine.Files.MayMatter(fields[1]))
	})
}

// runsHooks runs the actions of cfn-hup's hooks, which are commands for a shell
// ("cfn-hup" in the CloudFormation User Guide). An indented line continues one.
func runsHooks(n *node, text string) bool {
	for line := range strings.Lines(text) {
		command := strings.TrimLeft(line, " \t")
		isAction := command != line
		if i := strings.IndexAny(line, "=:"); i >= 0 && strings.EqualFold(strings.TrimSpace(line[:i]), "action") {
			isAction, command = true, line[i+1:]
		}
		if isAction {
			n.aside(command, false)
		}
	}
	return true
}

// eachLine reports whether something is true of the fields of each line, without
// comments.
func eachLine(text string, is func(fields []string) bool) bool {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) > 0 && fields[0][0] != '#' && !is(fields) {
			return false
		}
	}
	return true
}

// aboutFilter reports whether a text names modules of the packet filter.
func aboutFilter(text string) bool {
	for _, word := range [...]string{"table", "nf_", "xt_", "ipt_", "nft"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
