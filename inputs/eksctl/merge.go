package eksctl

import (
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
)

// pair returns the pair of a mapping with a key, as eksctl reads it: its own, or else
// the first that a merge key << brings in. Where the value is an alias, it is that of
// its anchor.
func (c cluster) pair(m *cfn.Node, key string) (cfn.Pair, bool) {
	return c.find(m, key, map[*cfn.Node]bool{})
}

// find is pair without the mappings that were seen, which do not have the key.
func (c cluster) find(m *cfn.Node, key string, seen map[*cfn.Node]bool) (cfn.Pair, bool) {
	if m == nil || seen[m] {
		return cfn.Pair{}, false
	}
	seen[m] = true
	if own, ok := m.Pair(key); ok {
		own.Value = c.resolved(own.Value)
		return own, true
	}
	for _, p := range slices.Backward(m.Pairs) {
		if p.Key.Value != "<<" {
			continue
		}
		sources := []*cfn.Node{p.Value}
		if list := c.resolved(p.Value); list != nil && list.Kind == cfn.Sequence {
			sources = list.Items
		}
		for _, source := range sources {
			if found, ok := c.find(c.resolved(source), key, seen); ok {
				return found, true
			}
		}
	}
	return cfn.Pair{}, false
}

// resolved returns the node that an alias stands for, or the node itself.
func (c cluster) resolved(n *cfn.Node) *cfn.Node {
	if n != nil && n.Kind == cfn.Alias {
		return c.t.Anchored(n)
	}
	return n
}
