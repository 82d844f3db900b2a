package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A packageCall is what the words after a package manager ask for.
type packageCall struct {
	verb  string
	names []string

	// yes is set if it asks no questions, and odd if an option may have it do something
	// else, such as only download.
	yes, odd bool
}

// parsePackages reads the words after the name of a package manager. Those of rpm
// and dpkg have an option for a verb.
func parsePackages(s *shell.Step) packageCall {
	var c packageCall
	byOption := s.Name() == "rpm" || s.Name() == "dpkg"
	for _, w := range s.Words[1:] {
		switch isOption := strings.HasPrefix(w.Text, "-"); {
		case c.verb == "" && (byOption || !isOption):
			c.verb = w.Text
		case !isOption:
			c.names = append(c.names, w.Text)
		default:
			c.option(s.Name(), w)
		}
	}
	return c
}

// isRedHat and isDebian report which packages a package manager installs: the
// former have iptables-services, the latter iptables-persistent.
func isRedHat(manager string) bool {
	return slices.Contains([]string{"yum", "dnf", "tdnf", "microdnf"}, manager)
}

func isDebian(manager string) bool { return manager == "apt" || manager == "apt-get" }

// option takes an option of a package manager into account.
func (c *packageCall) option(manager string, w shell.Word) {
	switch w.Text {
	case "-y", "--assumeyes", "--yes", "--assume-yes", "-yq", "-qy", "-yqq", "-qqy":
		c.yes = true
	case "-qq": // which says yes to apt-get only (man 8 apt-get)
		c.yes = c.yes || isDebian(manager)
	case "-q", "--quiet", "-v", "--verbose", "--nogpgcheck", "--no-install-recommends", "--fix-broken", "--allowerasing", "--best":
	default:
		c.odd = true
	}
}

// installs reports whether one of these packages is installed for certain.
func (c packageCall) installs(of ...string) bool {
	if !c.yes || c.odd || c.verb != "install" && c.verb != "reinstall" {
		return false
	}
	return slices.ContainsFunc(c.names, func(name string) bool { return slices.Contains(of, name) })
}

// about reports whether a package is, or may be, one of these.
func (c packageCall) about(of ...string) bool {
	return slices.ContainsFunc(c.names, func(name string) bool {
		return slices.ContainsFunc(of, func(o string) bool { return strings.Contains(name, o) })
	})
}

// mayBe is like about, but is true for names that are not known too.
func (c packageCall) mayBe(of ...string) bool {
	return c.about(of...) || c.about(shell.Unknown)
}

// A packageVerb says what a package manager does by a verb.
type packageVerb uint8

const (
	unknownVerb packageVerb = iota
	installs
	removes
	changesNothing // that matters: it reads, or replaces packages by newer ones
)

func packageVerbOf(verb string) packageVerb {
	switch verb {
	case "install", "reinstall", "localinstall", "groupinstall", "--install", "add", "in":
		return installs
	case "remove", "erase", "purge", "autoremove", "-e", "--erase", "-r", "--remove", "-P", "--purge", "rm", "del", "swap", "downgrade":
		return removes
	case "update", "upgrade", "update-minimal", "makecache", "clean", "check-update", "check-upgrade", "list", "info", "search", "provides", "repolist", "repoquery", "updateinfo", "download", "deplist",
		"versionlock", "config-manager", "copr", "module", "dist-upgrade", "full-upgrade", "autoclean", "policy", "show", "hold", "unhold", "source", "build-dep", "builddep", "refresh", "ref", "up", "lr", "ar",
		"addrepo", "key", "--import", "--configure", "--add-architecture", "-l", "-L", "-s", "--query", "--version", "help", "":
		return changesNothing
	}
	switch verb[:min(2, len(verb))] { // of rpm: -qa, -ivh, -Uvh
	case "-q":
		return changesNothing
	case "-i", "-U", "-F":
		return installs
	}
	return unknownVerb
}

// installs judges what a package manager installs.
func (n *node) installs(s *shell.Step, c packageCall, sure bool) {
	if why, at := n.withheld(); isRedHat(s.Name()) && c.about("iptables-services") {
		n.note(at, why)
	}
	n.service.installed = n.service.installed || sure && isRedHat(s.Name()) && c.installs("iptables-services")
	n.service.persistent = n.service.persistent || sure && isDebian(s.Name()) && c.installs("iptables-persistent", "netfilter-persistent")
	if c.about("firewalld", "ufw", "shorewall") {
		n.note(s.At, "the firewall that is installed here may load rules of its own at the next boot")
	}
	for _, name := range c.names { // some packages start their services
		n.mayServe(name)
	}
}

// packages judges a package manager: what it installs, and whether it removes or
// replaces what loads the rules.
func (n *node) packages(s *shell.Step, sure bool) {
	c := parsePackages(s)
	switch packageVerbOf(c.verb) {
	case installs:
		n.installs(s, c, sure)
	case removes:
		if c.mayBe("cloud-init") {
			n.service.initOff, n.service.initOffAt = "cloud-init is removed here", s.At
		}
		if c.mayBe("iptables", "nftables", "netfilter") {
			n.why = "the package that is removed here is needed to load the rules at boot"
			n.doubt()
		}
	case unknownVerb:
		n.note(s.At, "what "+s.Name()+" "+shown(c.verb)+" does is not known")
	}
}
