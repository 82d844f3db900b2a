package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// withheld says why a package manager of Amazon Linux may not find iptables-services,
// or "": a file of its settings excludes it (man 5 yum.conf, dnf.conf), or its
// repository is turned off.
func (n *node) withheld() (why string, at int) {
	for _, file := range n.machine.Files.All() {
		if file != "/etc/yum.conf" && file != "/etc/dnf/dnf.conf" && !strings.HasPrefix(file, "/etc/yum.repos.d/") {
			continue
		}
		f := n.machine.Files.Get(file)
		for _, text := range f.Written() {
			lines, _ := settings(text)
			for _, line := range lines {
				if withholds(line) {
					return "what " + shown(file) + " says here of packages may keep iptables-services from being installed", f.At
				}
			}
		}
	}
	return n.service.withheld, n.service.withheldAt
}

// withholds reports whether a setting keeps iptables-services from being found.
func withholds(line setting) bool {
	among := slices.ContainsFunc(strings.FieldsFunc(line.value, func(r rune) bool { return r == ' ' || r == ',' }), func(glob string) bool {
		return isPattern(glob, "iptables-services") || isPattern(glob, "iptables")
	})
	switch line.key {
	case "exclude", "excludepkgs":
		return among
	case "includepkgs":
		return !among
	}
	return false
}

// isPattern reports whether a glob matches a name, or may.
func isPattern(glob, name string) bool {
	ok, err := path.Match(glob, name)
	return ok || err != nil || strings.Contains(glob, shell.Unknown)
}

// turnsRepositoryOff notes a command after which the repository of the system may not
// be used.
func (n *node) turnsRepositoryOff(name string, s *shell.Step) {
	words := s.Words[1:]
	isOff := false
	switch {
	case name == "yum-config-manager":
		isOff = mentionsAny(words, "--disable")
	case isRedHat(name):
		isOff = mentionsAny(words, "config-manager") && mentionsAny(words, "--set-disabled", "--disable", "setopt")
	}
	if !isOff || n.service.installed {
		return
	}
	for _, w := range words {
		for _, repository := range [...]string{"amazonlinux", "amzn2-core", "amzn-main", "amzn-updates"} {
			if !strings.HasPrefix(w.Text, "-") && isPattern(w.Text, repository) {
				n.service.withheld, n.service.withheldAt = "the repository that is turned off here may be the one with iptables-services", s.At
			}
		}
	}
}
