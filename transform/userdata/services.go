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

// services is what is known of the services that load rules at boot.
type services struct {
	installed    bool     // the package iptables-services
	v4, v6       loader   // its services
	persistent   bool     // netfilter-persistent is installed
	own          []string // units that are enabled for certain
	unattended   string   // why a saved rule may not be loaded
	unattendedAt int
	withheld     string // why iptables-services may not be found
	withheldAt   int
	kubelet      bool // the kubelet's unit is enabled here, and so starts at each boot by itself

	// initOff says why cloud-init may not run at the next boot, nor then any script
	// that runs at each.
	initOff   string
	initOffAt int
}

// A loader is a service that loads the rules of one family when a node boots.
type loader struct {
	enabled  bool
	disabled bool // it may be disabled or masked, or another unit is in its place
	masked   bool // it may be masked, so that it cannot be enabled
	runs     bool // it may be running
	early    bool // it was enabled before its package was installed
	at       int  // where it is disabled, or enabled too early
}

func (n *node) loader(name string) *loader {
	if strings.HasPrefix(name, "ip6") {
		return &n.service.v6
	}
	return &n.service.v4
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
	n.replacedUnits()
	hasYum := n.want.NoYum == "" // iptables-services is a package of yum's
	v4 := hasYum && !n.service.v4.disabled && n.loadFile(n.v4, sysconfig4)
	v6 := hasYum && !n.service.v6.disabled && n.loadFile(n.v6, sysconfig6)
	persistent := n.loadFile(n.v4, persistent4)
	n.loadFile(n.v6, persistent6)
	switch s := &n.service; {
	case v4 && !(s.installed && s.v4.enabled):
		s.unattended, s.unattendedAt = s.notLoaded(n.machine.Files.Get(sysconfig4).At)
	case v6 && n.want.IPv6 && !s.v6.enabled:
		s.unattended = "nothing here enables ip6tables.service, which would load " + sysconfig6 + " at boot"
		s.unattendedAt = n.machine.Files.Get(sysconfig6).At
	case persistent && !v4 && !s.persistent:
		s.unattended = "nothing here installs netfilter-persistent, which would load " + persistent4 + " at boot"
		s.unattendedAt = n.machine.Files.Get(persistent4).At
	}
}

// replacedUnits notes which services of iptables-services have a file that a script
// wrote in place of their unit, or beside it, and so may load nothing.
func (n *node) replacedUnits() {
	for _, file := range n.machine.Files.All() {
		for _, name := range [...]string{"iptables.service", "ip6tables.service"} {
			if isUnitFile(file) && path.Base(file) == name || extends(file, name) {
				l := n.loader(name)
				*l = loader{disabled: true, masked: l.masked, at: n.machine.Files.Get(file).At}
			}
		}
	}
}

// loadFile loads a file of rules, and reports whether it holds them for certain.
func (n *node) loadFile(f *family, name string) bool {
	text, ok := n.file(name)
	if !ok {
		return false
	}
	loaded, known := f.load(nil, text, false)
	if known {
		f.tables = loaded
	}
	return known
}

// notLoaded returns why iptables.service may not load the rules that are saved for
// it, and the place for that, where saved is the place of the file.
func (s *services) notLoaded(saved int) (why string, at int) {
	switch {
	case !s.installed:
		return "nothing here installs iptables-services, whose iptables.service would load " + sysconfig4 + " at boot", saved
	case s.v4.early:
		return "iptables.service is enabled here before iptables-services is installed, which has it", s.v4.at
	}
	return "nothing here enables iptables.service, which would load " + sysconfig4 + " at boot", saved
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
	case n.want.NoYum != "" && f != nil:
		return f.At, n.want.NoYum + ", and so the nodes have neither /etc/sysconfig nor the service iptables, which would load it"
	case s.v4.disabled && s.v4.masked:
		return s.v4.at, "iptables.service may be masked here, and cannot be enabled then"
	case s.v4.disabled:
		return s.v4.at, "iptables.service is disabled here"
	case f != nil && (!f.Sure || strings.Contains(f.Text, shell.Unknown)):
		return f.At, "what is saved in " + sysconfig4 + " is not certain"
	case f != nil:
		return set, "the rule is not among those that are saved in " + sysconfig4
	case s.initOff != "":
		return set, s.initOff
	}
	return set, "the rule is not saved"
}

// enable notes whether a packaged service is enabled.
func (n *node) enable(name, verb string, sure bool) {
	l := n.loader(name)
	switch verb {
	case "enable", "reenable", "on", "defaults":
		if sure && !l.masked {
			*l = loader{enabled: n.service.installed, early: !n.service.installed, runs: l.runs, at: n.at}
		}
	case "unmask":
		l.masked = l.masked && !sure
	case "disable", "mask", "off":
		*l = loader{disabled: true, masked: l.masked || verb == "mask", runs: l.runs, at: n.at}
	}
}

// loads judges a service that loads a file of rules when it starts, if it is not
// running already. A restart removes all rules first. If no script has written the
// file, it is the package's.
func (n *node) loads(f *family, name string, restarts, sure bool) {
	text, ok := n.file(name)
	if !ok {
		n.cause = Replaced
		n.why = "the service that starts here loads its packaged rules in place of the rule, which is not saved in " + name + " yet"
		f.tables.doubt("", "")
		return
	}
	n.cause, n.why = Replaced, "the service that starts here loads "+name+" in place of the rule, which is not saved there yet"
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

// runlevels judges a call of chkconfig or update-rc.d, where the name of a service
// comes before what becomes of it or after.
func (n *node) runlevels(s *shell.Step, sure bool) {
	verb := "off" // any other, as remove, is taken for the name of a service, too
	var units []shell.Word
	for _, w := range s.Words[1:] {
		switch w.Text {
		case "on", "enable", "defaults", "--list":
			verb = w.Text
		default:
			units = append(units, w)
		}
	}
	for _, u := range units {
		n.unit(verb, false, u, sure && len(s.Words) == 3)
	}
}
