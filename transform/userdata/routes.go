package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// routes notes what decides which interface packets to the metadata service leave by:
// those of pods with branch network interfaces leave by vlan… unless a routing rule
// says otherwise.
func (n *node) routes(name string, s *shell.Step) {
	words := s.Words[1:]
	switch name {
	case "ip":
		if !changesRoutes(words) {
			return
		}
	case "route":
		if !mentionsAny(words, "add", "del") || !mentionsAny(words, "169.254.", "default", shell.Unknown) {
			return
		}
	case "nmcli":
		if !mentionsAny(words, "routing-rules") && !(mentionsAny(words, "routes") && mentionsAny(words, "169.254.")) {
			return
		}
	default:
		return
	}
	if n.routed == "" {
		n.routed, n.routedAt = "the routes that "+name+" changes here may send packets of pods with branch network interfaces through an interface that the rule does not match", s.At
	}
}

// dependsOnRoutes reports whether packets of pods with branch network interfaces are
// dropped only when they leave by an interface, which routes decide.
func (n *node) dependsOnRoutes() bool {
	anyway := n.v4.tables.clone()
	for _, chains := range anyway {
		for _, c := range chains {
			c.rules = slices.DeleteFunc(c.rules, func(r rule) bool { return r.drops() && slices.Contains(r.args, "-o") })
		}
	}
	return n.want.BranchENI && !anyway.drops(branchENI)
}

// changesRoutes reports whether the words of ip change a rule of routing, or a route
// by which packets to the metadata service may go (man 8 ip-rule, man 8 ip-route).
func changesRoutes(words []shell.Word) bool {
	var plain []string
	for _, w := range words {
		if !strings.HasPrefix(w.Text, "-") {
			plain = append(plain, w.Text)
		}
	}
	if len(plain) < 2 {
		return false
	}
	object, verb := plain[0], plain[1]
	switch verb {
	case "a", "ad", "add", "del", "delete", "d", "replace", "change", "append", "prepend", "flush", "restore":
	default:
		if !strings.Contains(verb, shell.Unknown) {
			return false
		}
	}
	switch object {
	case "rule", "ru", "rul":
		return true
	case "r", "ro", "route":
		return mentionsAny(words, "169.254.") || verb != "append" && isFirstDefault(plain)
	}
	return false
}

// isFirstDefault reports whether the words of ip route are about the default route
// that counts. One in a table of its own is for those packets that a rule sends there.
func isFirstDefault(words []string) bool {
	return slices.Contains(words, "default") && !slices.ContainsFunc(words, func(w string) bool { return w == "table" || w == "vrf" || w == "metric" })
}
