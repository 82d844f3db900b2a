package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// A family is the packet filter for IPv4 or IPv6.
type family struct {
	tables  tables
	address string // of the metadata service

	// unknown is set if there may be rules that are not known. They come before what
	// has been appended since it was set.
	unknown bool

	// tried is the first rule that was meant to drop and does not count, and why.
	tried    *shell.Step
	triedWhy string
}

func newFamily(address string) *family { return &family{tables: tables{}, address: address} }

// apply makes the change that a call of iptables makes, which may not be certain.
func (f *family) apply(step *shell.Step, words []shell.Word, sure bool) {
	c := parseCall(words, f.address)
	if c.loose && !strings.ContainsRune("AICLSZPN", rune(c.op)) {
		f.tables.doubt(orAll(c.table), orAll(c.chain))
		f.unknown = true
		return
	}
	if step != nil && f.lacks(&c) {
		step.Fails = true
	}
	switch c.op {
	case 'N':
		f.make(&c, sure)
	case 'A', 'I':
		f.add(step, &c, sure)
	case 'F':
		f.flush(&c, sure)
	case 'X':
		f.tables.deleteEmpty(c.table, c.chain)
	case 'D':
		f.delete(&c, sure)
	case 'R':
		f.replace(&c, sure)
	case 'E':
		f.rename(&c)
	}
}

// lacks reports whether a call is about a chain that no script has made so far.
func (f *family) lacks(c *call) bool {
	return c.chain != "" && !isBuiltin(c.table, c.chain) && f.tables[c.table][c.chain] == nil
}

// make makes a chain.
func (f *family) make(c *call, sure bool) {
	ch := f.tables[c.table][c.chain]
	switch {
	case c.loose:
	case ch == nil:
		f.tables.at(c.table, c.chain).gone = !sure
	default:
		ch.gone = ch.gone && !sure
	}
}

// rename notes that a chain has another name, which is not followed.
func (f *family) rename(c *call) {
	if ch := f.tables[c.table][c.chain]; ch != nil {
		ch.doubt()
		ch.gone = true
	}
}

// flush empties chains.
func (f *family) flush(c *call, sure bool) {
	if sure {
		f.tables.flush(c.table, c.chain)
	} else {
		f.tables.doubt(c.table, c.chain)
	}
}

// orAll returns the name of a table or a chain, or "" for all where it is not
// known.
func orAll(name string) string {
	if strings.Contains(name, shell.Unknown) {
		return ""
	}
	return name
}

// replace replaces a rule.
func (f *family) replace(c *call, sure bool) {
	switch ch := f.tables.at(c.table, c.chain); {
	case c.number > len(ch.rules) && !ch.fuzzy: // it fails
	case sure && !ch.fuzzy && c.rule.wrong == "":
		ch.rules[c.number-1] = c.rule
	default:
		ch.doubt()
	}
}

// add adds a rule: to the end, or at its number.
func (f *family) add(step *shell.Step, c *call, sure bool) {
	r := c.rule
	if c.loose {
		r.loosen()
	}
	if r.wrong != "" {
		if step != nil {
			step.Fails = true
		}
		f.try(step, &r, r.wrong)
		if c.refused == "" {
			return
		}
		sure = false // another version may take it
	}
	if f.lacks(c) {
		f.try(step, &r, "it is in a chain "+c.chain+" that nothing makes")
		return
	}
	if !isStandard(r.target) && f.tables[c.table][r.target] == nil {
		r.target += shell.Unknown // iptables refuses it, or it is an extension
		r.known = false
	}
	why := f.doubtAbout(step, c, &r, sure)
	if why != "" && r.drops() {
		f.try(step, &r, why)
		f.tables.at(c.table, c.chain).fuzzy = true
		return
	}
	f.insert(c, r, why == "")
	f.tryInserted(step, &r)
}

// tryInserted notes a rule that is in its chain and still does not drop what pods
// send.
func (f *family) tryInserted(step *shell.Step, r *rule) {
	if r.covers == 0 {
		f.try(step, r, "it does not match all that pods send there")
	} else if !f.tables.drops(r.covers) {
		f.try(step, r, "a rule before it lets the packets pass")
	}
}

// doubtAbout says why a rule may not be there, or not be reached, or "".
func (f *family) doubtAbout(step *shell.Step, c *call, r *rule, sure bool) string {
	ch := f.tables[c.table][c.chain]
	switch {
	case ch != nil && ch.gone:
		return "it is in a chain " + c.chain + " that may not be there"
	case f.unknown && (c.op == 'A' || c.number > 1) && isBuiltin(c.table, c.chain):
		return "there may be rules before it that are not known"
	case c.op == 'I' && c.number > 1 && (ch == nil || ch.fuzzy || c.number > len(ch.rules)+1):
		return "it is not known whether there are rules before its place"
	case sure:
		return ""
	case step != nil && step.Doubt != "":
		return step.Doubt
	}
	return "what it does is not known"
}

// insert puts a rule into its chain: at the end or at its number, or first where
// that is not known.
func (f *family) insert(c *call, r rule, sure bool) {
	ch := f.tables.at(c.table, c.chain)
	at := len(ch.rules)
	if c.op == 'I' {
		if at = max(c.number, 1) - 1; ch.fuzzy || at > len(ch.rules) {
			at = 0
		}
	}
	if r.sure = sure; !sure {
		ch.fuzzy = true
	}
	ch.rules = slices.Insert(ch.rules, at, r)
}

// try notes a rule that does not count.
func (f *family) try(step *shell.Step, r *rule, why string) {
	if f.tried == nil && r.drops() && r.may != 0 && !f.tables.drops(ordinary) {
		f.tried, f.triedWhy = step, why
	}
}

// isBuiltin reports whether a table has a chain from the start (man 8 iptables).
func isBuiltin(table, name string) bool {
	switch table {
	case "raw":
		return name == "PREROUTING" || name == "OUTPUT"
	case "nat":
		return name == "PREROUTING" || name == "INPUT" || name == "OUTPUT" || name == "POSTROUTING"
	case "filter", "security":
		return name == "INPUT" || name == "FORWARD" || name == "OUTPUT"
	case "mangle":
		return name == "PREROUTING" || name == "INPUT" || name == "FORWARD" || name == "OUTPUT" || name == "POSTROUTING"
	}
	return false
}

// delete deletes a rule: by its number, or the first that is equal.
func (f *family) delete(c *call, sure bool) {
	ch := f.tables.at(c.table, c.chain)
	if c.number > 0 {
		ch.deleteNumber(c.number, sure)
	} else {
		ch.deleteEqual(&c.rule, sure)
	}
}

// deleteEqual deletes the first rule that is equal to another, which may not be certain.
func (c *chain) deleteEqual(other *rule, sure bool) {
	for i := range c.rules {
		r := &c.rules[i]
		if sure && r.equals(other) {
			c.rules = slices.Delete(c.rules, i, i+1)
			return
		}
		if r.mayEqual(other) {
			c.fuzzy, r.sure = true, false
		}
	}
}

// deleteNumber deletes the rule that has a number, from 1, which may not be certain.
func (c *chain) deleteNumber(number int, sure bool) {
	switch {
	case number > len(c.rules) && !c.fuzzy:
	case sure && !c.fuzzy:
		c.rules = append(c.rules[:number-1], c.rules[number:]...)
	default:
		c.doubt()
	}
}

// restore makes the changes that iptables-restore makes of a text.
func (f *family) restore(step *shell.Step, text string, noflush, sure bool) {
	unknown := f.unknown
	loaded, known := f.load(step, text, noflush)
	f.become(loaded, known && sure, known)
	f.unknown = f.unknown || unknown // in other tables, or beside what is restored
}

// become puts other tables in the place of those of a family, where that is
// sure. Otherwise what only one of them drops is not certain any more.
func (f *family) become(loaded tables, sure, known bool) {
	if sure {
		f.tables, f.unknown = loaded, false
		return
	}
	f.unknown = f.unknown || !known
	for _, of := range [...]class{ordinary, branchENI} {
		if f.tables.drops(of) && !(known && loaded.drops(of)) {
			f.tables.doubt("", "")
		}
	}
}
