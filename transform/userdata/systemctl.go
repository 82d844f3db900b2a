package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A unitCall is what the words after systemctl ask for (man 1 systemctl).
type unitCall struct {
	verb  string
	units []shell.Word
	now   bool

	// odd says that an option may have it do something else, such as --root or
	// --user, or not wait until it is done, such as --no-block.
	odd bool
}

func parseSystemctl(words []shell.Word) unitCall {
	var c unitCall
	for _, w := range words {
		switch {
		case w.Text == "--now":
			c.now = true
		case strings.HasPrefix(w.Text, "-"):
			switch w.Text {
			case "-q", "--quiet", "-f", "--force", "--no-reload", "--no-pager", "--system", "-l", "--full", "--no-ask-password", "--no-wall", "--no-legend", "-a", "--all":
			default:
				c.odd = true
			}
		case c.verb == "":
			if c.verb = w.Text; !w.Known() {
				c.verb = shell.Unknown
			}
		default:
			w.Text = unitPattern(w.Text)
			c.units = append(c.units, w)
		}
	}
	return c
}

// unitPattern returns the name of a unit with Unknown in place of wildcards
// ("Parameter Syntax" in man 1 systemctl, man 3 fnmatch).
func unitPattern(name string) string {
	if before, _, ok := strings.Cut(name, "["); ok {
		name = before + "*"
	}
	return strings.NewReplacer("*", shell.Unknown, "?", shell.Unknown).Replace(name)
}

// systemctl judges a call of systemctl. Units may be named with or without
// their suffix.
func (n *node) systemctl(s *shell.Step, sure bool) {
	c := parseSystemctl(s.Words[1:])
	sure = sure && !c.odd
	switch c.verb {
	case "daemon-reload":
		if sure {
			n.version = n.machine.Files.Version()
		}
		return
	case "reboot", "kexec", "soft-reboot", "isolate", "default":
		n.start(kubeletService)
		return
	case "enable", "reenable", "disable", "mask", "unmask", "revert", "start", "stop", "restart", "reload", "reload-or-restart", "try-restart", "condrestart", "force-reload", "try-reload-or-restart",
		"kill", "clean", shell.Unknown:
		for _, u := range c.units {
			if strings.Contains(u.Text, "/") { // by the path of its file
				n.unitOfPath(s, u.Text)
				u.Text = path.Base(u.Text)
			}
			n.unit(c.verb, c.now, u, sure)
		}
	case "", "status", "is-active", "is-enabled", "is-failed", "is-system-running", "show", "cat", "help", "list-units", "list-unit-files", "list-timers", "list-sockets", "list-jobs",
		"list-dependencies", "get-default", "show-environment", "daemon-reexec", "reset-failed", "poweroff", "halt":
	default:
		n.note(s.At, "what systemctl "+c.verb+" does is not known")
	}
}

// unitOfPath judges the file of a unit that is enabled by its path.
func (n *node) unitOfPath(s *shell.Step, file string) {
	if n.machine.Files.Get(file) == nil {
		n.note(s.At, "what is in "+shown(file)+" is not known")
		return
	}
	n.unitFile(file, true, false)
}

// An action is what a verb does to a unit.
type action struct{ starts, restarts, stops, enables bool }

func actionOf(verb string, now bool) action {
	switch verb {
	case "start":
		return action{starts: true}
	case "restart", "reload", "reload-or-restart", "try-restart", "condrestart", "force-reload", "try-reload-or-restart":
		return action{starts: true, restarts: true}
	case "stop", "kill", "clean":
		return action{stops: true}
	case "enable", "reenable", "on", "defaults":
		return action{starts: now, enables: true}
	case "unmask":
		return action{starts: now}
	case "disable", "mask":
		return action{stops: now}
	case shell.Unknown:
		return action{starts: true, stops: true}
	}
	return action{}
}

// unit judges what systemctl does to a unit.
func (n *node) unit(verb string, now bool, w shell.Word, sure bool) {
	name := strings.TrimSuffix(w.Text, ".service")
	a := actionOf(verb, now)
	if verb == "revert" {
		n.machine.Files.Doubt("/etc/systemd/system/" + name + ".service.d")
	}
	if n.want.NoYum == "" {
		certain := sure && w.Known() && !onlyIfRuns(verb)
		n.packagedUnit("iptables", n.v4, sysconfig4, verb, a, name, certain)
		n.packagedUnit("ip6tables", n.v6, sysconfig6, verb, a, name, certain)
	}
	if isCloudInit(w, name) {
		n.stopsInit(verb, a)
	}
	n.enableOwn(name, w, a, sure)
	n.startsItself(verb, a, w, sure)
	if a.starts || a.enables {
		n.mayRun(name)
	}
	if a.starts || a.stops {
		n.otherUnit(name, w, a)
	}
	if a.starts {
		n.written(name, sure && w.Known())
		n.startKubeletBy(w, name)
	}
}

// mayRun notes a service that has rules of its own, connects for others, does what others
// tell it, or calls cfn-init.
func (n *node) mayRun(name string) {
	if strings.HasPrefix(name, "cfn") && (shell.Word{Text: name}).May("cfn-hup") {
		n.cfnHup()
	}
	if isFirewall(name) {
		n.note(n.at, "what "+name+" does to the rules, also at the next boot, is not known")
	}
	n.mayServe(name)
}

// mayServe notes a service, or the package of one, that connects for others, or does what
// others tell it.
func (n *node) mayServe(name string) {
	if isForwardProxy(name) {
		n.opens(n.at, name+", which may run here, sends on what others ask for, and so may send what pods ask the metadata service")
	}
	if isAgent(name) {
		n.note(n.at, "what "+name+", which may run here, has the node do is not known")
	}
}

// startKubeletBy starts the kubelet if a unit that is started may do so.
func (n *node) startKubeletBy(w shell.Word, name string) {
	switch {
	case unitStartsKubelet(w, name):
		n.start(unitOf(name))
	case isDistribution(name):
		n.start("")
	case n.unitJoins(name):
		n.start(kubeletService)
	}
}

// onlyIfRuns reports whether a verb does nothing to a unit that does not run.
func onlyIfRuns(verb string) bool { return verb == "try-restart" || verb == "condrestart" }

// keepsFromStarting reports whether a verb keeps a unit from being started at the next boot.
func keepsFromStarting(verb string) bool {
	switch verb {
	case "disable", "mask", "off":
		return true
	}
	return false
}

// enableOwn notes whether a unit is enabled for certain, in case a script has written
// it.
func (n *node) enableOwn(name string, w shell.Word, a action, sure bool) {
	n.service.own = slices.DeleteFunc(n.service.own, func(own string) bool { return own == name && !a.starts || w.May(own) && !w.Known() })
	if a.enables && sure && w.Known() && n.isEnabled(name) {
		n.service.own = append(n.service.own, name)
	}
}

// packagedUnit judges what becomes of a service of iptables-services, if the name may
// be that of its unit.
func (n *node) packagedUnit(service string, f *family, file, verb string, a action, name string, sure bool) {
	if !(shell.Word{Text: name}).May(service) {
		return
	}
	n.enable(service, verb, sure)
	l := n.loader(service)
	if a.starts {
		// One that was installed here, and not started since, does not run yet.
		n.loads(f, file, a.restarts || n.service.installed && !l.runs && !l.masked, sure)
		l.runs = true
	}
	if a.stops {
		f.tables.doubt("", "") // it takes all rules away, if it runs
	}
}

// isFirewall reports whether a service has rules of its own.
func isFirewall(name string) bool {
	switch name {
	case "firewalld", "nftables", "ufw", "shorewall", "csf", "ferm":
		return true
	}
	return false
}

// unitStartsKubelet reports whether a unit may start the kubelet.
func unitStartsKubelet(w shell.Word, name string) bool {
	return strings.Contains(name, "kubelet") || strings.Contains(name, "nodeadm") || strings.Contains(name, "bootstrap") ||
		!w.Known() && (w.May("kubelet") || w.May("kubelet.service"))
}

// unitOf returns the unit of the kubelet that a name is about, or "" for a unit
// that has no drop-ins of ours.
func unitOf(name string) string {
	switch {
	case strings.Contains(name, "kubelet-eks"):
		return kubeletSnap
	case name == "kubelet", strings.Contains(name, "nodeadm"), strings.Contains(name, "bootstrap"), strings.Contains(name, shell.Unknown):
		return kubeletService
	}
	return ""
}

// otherUnit judges the other services that change rules.
func (n *node) otherUnit(name string, w shell.Word, a action) {
	switch {
	case name == "netfilter-persistent", name == "iptables-persistent":
		if a.starts {
			n.loads(n.v4, persistent4, a.restarts, false)
			n.loads(n.v6, persistent6, a.restarts, false)
		} else {
			n.doubt()
		}
	case isFirewall(name), !w.Known() && w.May("iptables"):
		n.doubt()
	}
}
