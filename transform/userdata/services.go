package userdata

import (
	"path"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// The files that the services for iptables load at boot: of iptables-services
// on Amazon Linux, of iptables-persistent on Ubuntu.
const (
	sysconfig4  = "/etc/sysconfig/iptables"
	sysconfig6  = "/etc/sysconfig/ip6tables"
	persistent4 = "/etc/iptables/rules.v4"
	persistent6 = "/etc/iptables/rules.v6"
)

// services are what is known of the services that load rules at boot.
type services struct {
	enabled4, enabled6   bool // of iptables-services
	disabled4, disabled6 bool
	persistent           bool // netfilter-persistent is installed
	disabledAt           int

	unattended   string // why a saved rule may not be loaded
	unattendedAt int
}

// file returns what a file holds for certain.
func (n *node) file(name string) (string, bool) {
	f := n.machine.Files.Get(name)
	if f == nil || !f.Sure || f.Gone {
		return "", false
	}
	return f.Text, true
}

// loadSaved loads the rules that are saved for the next boot.
func (n *node) loadSaved() {
	load := func(f *family, name string, disabled bool) bool {
		text, ok := n.file(name)
		if !ok || disabled {
			return false
		}
		if loaded, known := f.load(nil, text, false); known {
			f.tables = loaded
			return true
		}
		return false
	}
	for _, file := range n.machine.Files.All() {
		if f := n.machine.Files.Get(file); path.Base(file) == "iptables.service" && (f.Gone || !f.Sure) {
			n.service.enabled4, n.service.disabled4, n.service.disabledAt = false, true, f.At
		}
	}
	rh := load(n.v4, sysconfig4, n.service.disabled4)
	load(n.v6, sysconfig6, n.service.disabled6)
	debian := load(n.v4, persistent4, false)
	load(n.v6, persistent6, false)
	at := func(name string) int { return n.machine.Files.Get(name).At }
	switch {
	case rh && !n.service.enabled4:
		n.service.unattended = "nothing here enables iptables.service, which would load " + sysconfig4 + " at boot"
		n.service.unattendedAt = at(sysconfig4)
	case debian && !rh && !n.service.persistent:
		n.service.unattended = "nothing here installs netfilter-persistent, which would load " + persistent4 + " at boot"
		n.service.unattendedAt = at(persistent4)
	}
}

// unsaved returns the place and the reason where a rule is not there at the next
// boot.
func (s *services) unsaved(n *node, set int) (int, string) {
	for _, file := range n.machine.Files.All() {
		if f := n.machine.Files.Get(file); isDropIn(file) && f.Gone {
			return f.At, "the drop-in " + path.Base(file) + " of the kubelet's unit may be gone"
		}
	}
	switch f := n.machine.Files.Get(sysconfig4); {
	case s.disabled4:
		return s.disabledAt, "iptables.service is disabled here"
	case f != nil && (!f.Sure || strings.Contains(f.Text, shell.Unknown)):
		return f.At, "what is saved in " + sysconfig4 + " is not certain"
	case f != nil:
		return set, "the rule is not among those that are saved in " + sysconfig4
	}
	return set, "the rule is not saved"
}

// systemctl judges a call of systemctl. Units may be named with or without
// their suffix.
func (n *node) systemctl(s *shell.Step, sure bool) {
	verb, now := "", false
	var units []shell.Word
	for _, w := range s.Words[1:] {
		switch {
		case w.Text == "--now":
			now = true
		case strings.HasPrefix(w.Text, "-"):
		case verb == "":
			if verb = w.Text; !w.Known() {
				verb = shell.Unknown
			}
		default:
			w.Text = strings.ReplaceAll(w.Text, "*", shell.Unknown)
			units = append(units, w)
		}
	}
	switch verb {
	case "daemon-reload":
		if sure {
			n.version = n.machine.Files.Version()
		}
		return
	case "reboot", "kexec", "soft-reboot", "isolate", "default":
		n.start(kubeletService)
		return
	}
	for _, u := range units {
		n.unit(verb, now, u, sure)
	}
}

// unit judges what systemctl does to a unit.
func (n *node) unit(verb string, now bool, w shell.Word, sure bool) {
	name := strings.TrimSuffix(w.Text, ".service")
	unknown := verb == shell.Unknown
	starts := unknown || now && (verb == "enable" || verb == "reenable" || verb == "unmask")
	stops := unknown || now && (verb == "disable" || verb == "mask")
	restarts := false
	switch verb {
	case "start":
		starts = true
	case "restart", "reload", "reload-or-restart", "try-restart", "condrestart", "force-reload", "try-reload-or-restart":
		starts, restarts = true, true
	case "stop", "kill", "clean":
		stops = true
	case "revert":
		n.machine.Files.Doubt("/etc/systemd/system/" + name + ".service.d")
	}
	for _, packaged := range [...]string{"iptables", "ip6tables"} {
		if !(shell.Word{Text: name}).May(packaged) {
			continue
		}
		f, file, sure := n.v4, sysconfig4, sure && w.Known()
		if packaged == "ip6tables" {
			f, file = n.v6, sysconfig6
		}
		n.enable(packaged, verb, sure)
		if starts {
			n.loads(f, file, restarts, sure && verb != "try-restart" && verb != "condrestart")
		}
		if stops {
			n.clear(f, sure)
		}
	}
	if starts || stops {
		n.otherUnit(name, w, starts, restarts, stops)
	}
	if starts {
		n.written(name)
	}
	if starts && unitStartsKubelet(w, name) {
		n.start(unitOf(name))
	}
}

// unitStartsKubelet reports whether a unit may start the kubelet.
func unitStartsKubelet(w shell.Word, name string) bool {
	return strings.Contains(name, "kubelet") || strings.Contains(name, "nodeadm") || strings.Contains(name, "bootstrap") ||
		!w.Known() && (w.May("kubelet") || w.May("kubelet.service"))
}

// unitOf returns the unit of the kubelet that a name is about.
func unitOf(name string) string {
	if strings.Contains(name, "kubelet-eks") || strings.HasPrefix(name, "snap") {
		return kubeletSnap
	}
	return kubeletService
}

// otherUnit judges the other services that change rules.
func (n *node) otherUnit(name string, w shell.Word, starts, restarts, stops bool) {
	switch name {
	case "netfilter-persistent", "iptables-persistent":
		if starts {
			n.loads(n.v4, persistent4, restarts, false)
			n.loads(n.v6, persistent6, restarts, false)
		} else {
			n.doubt()
		}
	case "firewalld", "nftables", "ufw", "shorewall", "csf", "ferm":
		n.doubt()
	}
	if !w.Known() && w.May("iptables") {
		n.doubt()
	}
}

// enable notes whether the packaged services are enabled.
func (n *node) enable(name, verb string, sure bool) {
	enabled, disabled := &n.service.enabled4, &n.service.disabled4
	if name == "ip6tables" {
		enabled, disabled = &n.service.enabled6, &n.service.disabled6
	}
	switch verb {
	case "enable", "reenable", "on":
		if sure {
			*enabled, *disabled = true, false
		}
	case "disable", "mask", "off":
		*enabled, *disabled, n.service.disabledAt = false, true, n.at
	}
}

// clear takes all rules of a family away.
func (n *node) clear(f *family, sure bool) {
	if sure {
		f.tables = tables{}
		return
	}
	f.tables.doubt("", "")
}

// loads judges a service that loads a file of rules when it starts, if it is not
// running already. When it starts again it takes all rules away first. Where the file is not written by a script it is the one of
// the package.
func (n *node) loads(f *family, name string, restarts, sure bool) {
	text, ok := n.file(name)
	if !ok {
		n.cause = Replaced
		n.why = "the service that starts here loads its packaged rules in the place of the rule, which is not saved in " + name + " yet"
		f.tables.doubt("", "")
		return
	}
	n.cause, n.why = Replaced, "the service that starts here loads "+name+" in the place of the rule, which is not saved there yet"
	if !restarts {
		f.restore(nil, text, false, false)
		return
	}
	loaded, known := newFamily(f.address).load(nil, text, false)
	f.become(loaded, known && sure, known)
}

// doubt says that the rules of both families may be gone.
func (n *node) doubt() {
	n.v4.tables.doubt("", "")
	n.v6.tables.doubt("", "")
}

// serviceCommand judges a call of service, or of a script in /etc/init.d.
func (n *node) serviceCommand(s *shell.Step, words []shell.Word, sure bool) {
	if len(words) < 2 {
		return
	}
	unit, verb := words[0], words[1]
	name := path.Base(unit.Text)
	switch {
	case verb.Text != "save" && verb.Text != "panic" && verb.Text != "flush":
		n.unit(verb.Text, false, shell.Word{Text: name, Splits: unit.Splits}, sure)
	case verb.Text != "save":
		n.doubt()
	case name == "iptables":
		n.machine.Files.Write(sysconfig4, n.v4.tables.save(""), sure, s.At)
	case name == "ip6tables":
		n.machine.Files.Write(sysconfig6, n.v6.tables.save(""), sure, s.At)
	case name == "netfilter-persistent" || name == "iptables-persistent":
		n.machine.Files.Write(persistent4, n.v4.tables.save(""), sure, s.At)
		n.machine.Files.Write(persistent6, n.v6.tables.save(""), sure, s.At)
	}
}
