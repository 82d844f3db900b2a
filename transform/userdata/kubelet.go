package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// mayStart reports whether a program may start the kubelet.
func (n *node) mayStart(s *shell.Step) bool {
	name := shell.Word{Text: s.Name()}
	words := s.Words[1:]
	has := func(want ...string) bool {
		for _, w := range words {
			for _, x := range want {
				if w.May(x) && w.Text != shell.Unknown {
					return true
				}
			}
		}
		return false
	}
	for _, starter := range [...]string{"bootstrap.sh", "kubelet", "reboot", "telinit", "kexec"} {
		if name.May(starter) {
			return true
		}
	}
	switch s.Name() {
	case "nodeadm", "nodeadm-internal":
		return has("init", "run") || !allKnown(words)
	case "kubeadm":
		return has("join", "init") || !allKnown(words)
	case "snap":
		return has("start", "restart", "install", "refresh", "enable", "run", "switch") && mentionsKubelet(words)
	case "shutdown":
		return has("-r", "--reboot")
	case "init":
		return has("6")
	case "hyperkube", "k3s", "rke2", "k0s", "microk8s":
		return true
	case "dbus-send", "busctl", "gdbus", "docker", "podman", "nerdctl", "ctr", "crictl":
		return mentionsKubelet(words)
	}
	if interprets(s.Name()) {
		return len(words) > 0 && (n.mentionsCluster(words) || hints(words[0].Text))
	}
	return isScript(s.Words[0].Text) && (n.mentionsCluster(words) || hints(s.Name()))
}

// interprets reports whether a program runs scripts that are for no shell.
func interprets(name string) bool {
	for _, prefix := range [...]string{"python", "perl", "ruby", "node", "php", "pwsh", "zsh", "ksh"} {
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, "nodeadm") {
			return true
		}
	}
	return false
}

// startedBy returns the unit of the kubelet that a program starts, or "" where it
// starts the kubelet without one.
func startedBy(name string) string {
	switch name {
	case "kubelet", "hyperkube", "k3s", "rke2", "k0s", "microk8s", "docker", "podman", "nerdctl", "ctr", "crictl":
		return ""
	case "snap":
		return kubeletSnap
	}
	return kubeletService
}

func allKnown(words []shell.Word) bool {
	return !slices.ContainsFunc(words, func(w shell.Word) bool { return !w.Known() })
}

func mentionsKubelet(words []shell.Word) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return strings.Contains(w.Text, "kubelet") || w.Text == shell.Unknown
	})
}

// mentionsCluster reports whether words may name a cluster.
func (n *node) mentionsCluster(words []shell.Word) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return !w.Known() || strings.Contains(strings.ToLower(w.Text), "cluster") || strings.Contains(w.Text, "eks")
	})
}

// hints reports whether the name of a script says that it makes a node.
func hints(name string) bool {
	name = strings.ToLower(name)
	for _, hint := range [...]string{"bootstrap", "kubelet", "eks", "join", "nodeadm", "cluster", "k8s", "kube"} {
		if strings.Contains(name, hint) {
			return true
		}
	}
	return false
}

// systemDirs are the directories of programs that a node's packages bring.
var systemDirs = [...]string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/aws/bin", "/snap/bin"}

// isScript reports whether a program is a script of somebody: it has the name of
// one, or is a file outside of the directories of programs.
func isScript(name string) bool {
	switch path.Ext(name) {
	case ".sh", ".bash", ".py", ".pl", ".rb", ".run", ".bin":
		return true
	}
	dir := path.Dir(name)
	return strings.Contains(name, "/") && !slices.Contains(systemDirs[:], dir) && !strings.HasPrefix(dir, "/usr/lib")
}

// The units of the kubelet, of Amazon Linux and of the snap of Ubuntu's images.
const (
	kubeletService = "kubelet.service"
	kubeletSnap    = "snap.kubelet-eks.daemon.service"
)

// kubelet runs what the drop-ins of a unit of the kubelet do when it starts.
func (n *node) kubelet(unit string) {
	if strict := n.dropIns(unit); !strict && n.strict {
		n.strict, n.strictAt = false, n.at
	}
}

// dropIns runs what the drop-ins of a unit have it do before it starts, in the
// order of their names. It reports whether that drops the packets of
// pods, and so no start without a drop.
func (n *node) dropIns(unit string) bool {
	var files []string
	for _, root := range [...]string{"/etc", "/run", "/usr/lib", "/lib"} {
		files = append(files, n.machine.Files.Paths(root+"/systemd/system/"+unit+".d")...)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	var commands []string
	for _, name := range files {
		f := n.machine.Files.Get(name)
		if path.Ext(name) != ".conf" {
			continue
		}
		usable := f.Sure && !f.Gone && strings.HasPrefix(name, "/etc/") && (f.Version <= n.version || n.again)
		for _, text := range f.Texts() {
			for _, line := range units(text) {
				command, ok := strings.CutPrefix(line, "ExecStartPre=")
				switch {
				case line == shell.Unknown, ok && command == "":
					commands = nil
				case ok && usable:
					commands = append(commands, command)
				}
			}
		}
	}
	if len(commands) == 0 {
		return false
	}
	n.credit = true
	for _, command := range commands {
		n.execute(command, true)
	}
	n.credit = false
	return n.v4.tables.drops(ordinary) && n.v4.tables.drops(branchENI)
}

// isDropIn reports whether a file is a drop-in for a unit of the kubelet.
func isDropIn(file string) bool {
	return strings.HasPrefix(file, "/etc/systemd/system/"+kubeletService+".d/") || strings.HasPrefix(file, "/etc/systemd/system/"+kubeletSnap+".d/")
}

// units returns the lines of the section [Service] of a unit or a drop-in, with
// continued lines put together. Where a part of it is not known it may be of
// another section: the first is Unknown then.
func units(text string) []string {
	text = strings.ReplaceAll(text, "\\\n", " ")
	var lines []string
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", line[0] == '#', line[0] == ';':
		case line[0] == '[':
			section = line
		case strings.HasPrefix(line, shell.Unknown):
			return []string{shell.Unknown}
		case section == "[Service]":
			key, value, _ := strings.Cut(line, "=")
			lines = append(lines, strings.TrimSpace(key)+"="+strings.TrimSpace(value))
		}
	}
	return lines
}

// execute runs a command of a unit. What systemd expands itself is not known.
func (n *node) execute(command string, sure bool) {
	plain := strings.TrimLeft(command, "@-:+!|")
	if prefix := command[:len(command)-len(plain)]; strings.ContainsAny(prefix, "@-|") || strings.ContainsAny(plain, "%$") {
		sure = false
	}
	if n.depth > 3 {
		return
	}
	n.depth++
	outer, at := n.force, n.at
	n.force = n.force && !n.credit || !sure
	run := shell.Machine{Run: func(s *shell.Step) string {
		n.cause, n.why = Undone, "a unit that is written here may take the rule back"
		return n.apply(s, n.sure(s))
	}}
	run.Shell("#!/bin/bash\n"+plain, func(int) int { return at })
	n.look()
	n.force, n.at = outer, at
	n.depth--
}

// written runs what a unit that a script has written does when it starts.
func (n *node) written(name string) {
	for _, file := range n.machine.Files.All() {
		base := path.Base(file)
		if !strings.HasPrefix(file, "/etc/systemd/") && !strings.HasPrefix(file, "/usr/lib/systemd/") && !strings.HasPrefix(file, "/lib/systemd/") {
			continue
		}
		if base == name || base == name+".service" || strings.HasSuffix(path.Dir(file), "/"+name+".service.d") {
			n.unitFile(file)
		}
	}
}

// unitFile runs the commands of a unit, which may run.
func (n *node) unitFile(file string) {
	f := n.machine.Files.Get(file)
	for _, text := range f.Texts() {
		for _, line := range units(text) {
			if command, ok := strings.CutPrefix(line, "Exec"); ok {
				_, command, _ = strings.Cut(command, "=")
				n.execute(command, false)
			}
		}
	}
}

// unattended runs what files that scripts have written have a node run later by
// itself: units, and the files of cron and of the start.
func (n *node) unattended() {
	for _, file := range n.machine.Files.All() {
		f := n.machine.Files.Get(file)
		n.at, n.cause, n.why = f.At, Undone, ""
		switch {
		case isDropIn(file):
			for _, text := range f.Texts() {
				for _, line := range units(text) {
					if strings.HasPrefix(line, "Exec") && !strings.HasPrefix(line, "ExecStartPre=") {
						_, command, _ := strings.Cut(line, "=")
						n.execute(command, false)
					}
				}
			}
		case strings.HasPrefix(file, "/etc/systemd/system/"):
			n.unitFile(file)
		case strings.HasPrefix(file, "/etc/cron"), strings.HasPrefix(file, "/var/spool/cron"), strings.HasPrefix(file, "/etc/profile.d/"),
			strings.HasPrefix(file, "/etc/rc"), strings.HasPrefix(file, "/etc/init.d/"), strings.HasPrefix(file, "/var/lib/cloud/scripts/"),
			strings.HasPrefix(file, "/etc/networkd-dispatcher/"), strings.HasPrefix(file, "/etc/network/"):
			for _, text := range f.Texts() {
				n.lines(text)
			}
		}
	}
}

// lines runs a text as a script, and its lines from each word on that names a
// program which matters: a line of cron has the time before its command.
func (n *node) lines(text string) {
	for line := range strings.Lines(text) {
		for at := 0; at < len(line); {
			end := strings.IndexAny(line[at:], " \t\n;&|")
			if end < 0 {
				end = len(line) - at
			}
			if shell.Matters(path.Base(line[at : at+end])) {
				n.execute(line[at:], false)
				break
			}
			at += end + 1
		}
	}
}
