package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A class is a set of kinds of pods.
type class uint8

// The kinds of pods: those whose host interface is called eni…, those with a branch
// network interface, called vlan… on the node's side, and those of an IPv6 cluster,
// which reach IPv4 by an interface called veth… (cmd/egress-cni-plugin in
// aws/amazon-vpc-cni-k8s).
const (
	ordinary class = 1 << iota
	branchENI
	ofIPv6Cluster
	allPods = ordinary | branchENI | ofIPv6Cluster
)

// A rule is one of iptables, as far as it is about packets of pods to the
// metadata service.
type rule struct {
	spec   string   // equal for equal rules
	args   []string // what follows the chain in iptables-save
	target string
	jumps  bool // by --goto
	covers class
	may    class // what it may match
	sure   bool  // it is there for certain
	loose  bool  // parts of it are not known
	wrong  string
	known  bool // iptables takes it for certain, as it is spelled
}

// drops reports whether the rule drops what it matches.
func (r *rule) drops() bool { return r.target == "DROP" || r.target == "REJECT" }

// loosen marks the rule as not known: it covers nothing for certain.
func (r *rule) loosen() {
	r.loose, r.covers = true, 0
	if r.target == "" {
		r.target = shell.Unknown
	}
}

// equals reports whether the rule is certain to equal another, as iptables -D compares
// them.
func (r *rule) equals(other *rule) bool {
	return r.spec == other.spec && r.target == other.target && !r.loose
}

// mayEqual reports whether the rule may equal another that is spelled differently, as
// -p 6 equals -p tcp.
func (r *rule) mayEqual(other *rule) bool {
	if other.loose {
		return true
	}
	return r.target == other.target && (r.loose || r.may&other.may != 0)
}

// A chain is a list of rules.
type chain struct {
	rules []rule
	fuzzy bool // the numbers of its rules are not known
	gone  bool // it may not be there
}

// tables are the chains of a family by the name of the table and the chain.
type tables map[string]map[string]*chain

// tableNames are the tables that iptables has. A drop in nat is refused.
var tableNames = [...]string{"raw", "mangle", "nat", "filter", "security"}

// forwardPath are the chains that a packet of a pod passes on its way to the
// metadata service, in order.
var forwardPath = [...][2]string{{"raw", "PREROUTING"}, {"mangle", "PREROUTING"}, {"mangle", "FORWARD"}, {"filter", "FORWARD"}, {"mangle", "POSTROUTING"}}

// at returns a chain, which it makes if there is none.
func (t tables) at(table, name string) *chain {
	if t[table] == nil {
		t[table] = map[string]*chain{}
	}
	c := t[table][name]
	if c == nil {
		c = &chain{}
		t[table][name] = c
	}
	return c
}

func (t tables) clone() tables {
	c := tables{}
	for table, chains := range t {
		for name, ch := range chains {
			*c.at(table, name) = chain{slices.Clone(ch.rules), ch.fuzzy, ch.gone}
		}
	}
	return c
}

// drops reports whether all packets of the pods of a class to the metadata
// service are dropped for certain.
func (t tables) drops(of class) bool {
	for _, step := range forwardPath {
		if c := t[step[0]][step[1]]; c != nil && t.walk(step[0], c, of, 0) == dropped {
			return true
		}
	}
	return false
}

// An outcome is what becomes of a packet in a chain.
type outcome uint8

const (
	passed outcome = iota // it goes on
	accepted
	dropped
)

// walk returns what becomes of a packet in a chain, where dropped is certain.
func (t tables) walk(table string, c *chain, of class, depth int) outcome {
	if depth > 10 {
		return accepted
	}
	for i := range c.rules {
		r := &c.rules[i]
		if r.may&of == 0 {
			continue
		}
		sure := r.sure && r.covers&of == of
		switch {
		case r.drops():
			if sure {
				return dropped
			}
		case r.target == "RETURN":
			return passed
		case isTarget(r.target):
		case t[table][r.target] != nil:
			out := t.walk(table, t[table][r.target], of, depth+1)
			if out == dropped && !sure {
				out = passed
			}
			if out != passed || r.jumps {
				return out
			}
		default: // ACCEPT, and what is not known
			return accepted
		}
	}
	return passed
}

// isTarget reports whether a target lets a packet go on through the chain.
func isTarget(name string) bool {
	switch name {
	case "", "LOG", "MARK", "CONNMARK", "SET", "TRACE", "CT", "NOTRACK", "TOS", "DSCP", "NFLOG", "CLASSIFY", "TCPMSS", "CHECKSUM", "AUDIT", "CONNSECMARK", "SECMARK", "HL", "TTL":
		return true
	}
	return false
}

// doubt makes the rules of a chain uncertain.
func (c *chain) doubt() {
	c.fuzzy = true
	for i := range c.rules {
		c.rules[i].sure = false
	}
}

// has reports whether a chain has a rule with a specification.
func (t tables) has(table, name, spec string) bool {
	c := t[table][name]
	return c != nil && slices.ContainsFunc(c.rules, func(r rule) bool { return r.spec == spec })
}

// doubt makes all rules uncertain, in one table or, for "", in all.
func (t tables) doubt(table, name string) {
	for in, chains := range t {
		for of, c := range chains {
			if (table == "" || table == in) && (name == "" || name == of) {
				c.doubt()
			}
		}
	}
}

// flush empties the chains of a table, or one of them.
func (t tables) flush(table, name string) {
	for of, c := range t[table] {
		if name == "" || name == of {
			*c = chain{gone: c.gone}
		}
	}
}

// deleteEmpty notes that the chains of a table, or one of them, may not be there any
// more, but for those that iptables does not delete: the built-in ones, and those that
// have a rule, or to which one jumps.
func (t tables) deleteEmpty(table, name string) {
	used := map[string]bool{}
	for of, c := range t[table] {
		for _, r := range c.rules {
			used[of] = used[of] || r.sure
			used[r.target] = used[r.target] || r.sure
		}
	}
	for of, c := range t[table] {
		if (name == "" || name == of) && !isBuiltin(table, of) && !used[of] {
			c.gone = true
		}
	}
}

// save returns the rules as iptables-save writes them, those that are certain.
func (t tables) save(only string) string {
	var b strings.Builder
	for _, table := range tableNames {
		chains := t[table]
		if chains == nil || only != "" && only != table {
			continue
		}
		b.WriteString("*" + table + "\n")
		var names []string
		for name := range chains {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			policy := "ACCEPT"
			if !isBuiltin(table, name) {
				policy = "-"
			}
			b.WriteString(":" + name + " " + policy + " [0:0]\n")
		}
		for _, name := range names {
			for _, r := range chains[name].rules {
				b.WriteString(r.saved(table, name))
			}
		}
		b.WriteString("COMMIT\n")
	}
	return b.String()
}

// saved returns the line that iptables-save writes for a rule, or "" if the rule may
// not be there, or is not about packets of pods to the metadata service. A rule in a
// spelling that is not known is written as one that matches everything.
func (r *rule) saved(table, name string) string {
	args := r.args
	switch {
	case r.drops() && !r.sure:
		return ""
	case r.known:
	case r.may == 0, isTarget(r.target), name == "INPUT", name == "OUTPUT":
		return ""
	default:
		args = []string{"-j", r.target}
	}
	var b strings.Builder
	b.WriteString("-A " + name)
	for _, arg := range args {
		if strings.ContainsAny(arg, " \t\"'") {
			arg = `"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`
		}
		b.WriteString(" " + arg)
	}
	return b.String() + "\n"
}
