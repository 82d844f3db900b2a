package cfn

import "slices"

// A Duplicate is a pair of a mapping that does not count because its key occurs
// in the mapping again. CloudFormation takes the last; cfn-lint (E0000) and aws
// cloudformation deploy refuse the template.
type Duplicate struct {
	Pair Pair // not among the Pairs of the mapping
	Last Pair // the one that counts
}

// Duplicates returns the pairs of all mappings that do not count, in the order
// in which their mappings end.
func (t *Template) Duplicates() []Duplicate { return slices.Clone(t.duplicates) }

// setPairs gives n its pairs, of those with equal keys only the last.
func (t *Template) setPairs(n *Node, pairs []Pair) {
	n.Pairs = pairs
	if !hasDuplicates(pairs) {
		return
	}
	last := make(map[string]Pair, len(pairs))
	for _, p := range pairs {
		last[p.Key.Value] = p
	}
	n.Pairs = make([]Pair, 0, len(last))
	for _, p := range pairs {
		if q := last[p.Key.Value]; q != p {
			t.duplicates = append(t.duplicates, Duplicate{p, q})
			continue
		}
		n.Pairs = append(n.Pairs, p)
	}
}

// hasDuplicates reports whether a key occurs in pairs more than once.
func hasDuplicates(pairs []Pair) bool {
	if len(pairs) < 8 { // nearly all; a map would cost more
		for i, p := range pairs {
			for _, q := range pairs[:i] {
				if p.Key.Value == q.Key.Value {
					return true
				}
			}
		}
		return false
	}
	seen := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		if seen[p.Key.Value] {
			return true
		}
		seen[p.Key.Value] = true
	}
	return false
}
