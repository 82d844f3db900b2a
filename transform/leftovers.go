package transform

import (
	"maps"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// leftovers removes the conditions that nothing uses any more since literals
// have replaced the expressions that did. A parameter stays, because whoever
// deploys the stack may pass it, and is named.
func (p *planner) leftovers() {
	section := p.t.Root().Get("Conditions")
	if p.opts.IMDSv1 != IMDSv1Literal || len(p.replaced) == 0 || section == nil || len(p.macros()) > 0 {
		return
	}
	gone := map[*cfn.Node]bool{}
	for _, n := range p.replaced {
		gone[n] = true
	}
	removed := map[string]bool{}
	for again := true; again; {
		again = false
		candidates := map[string]bool{}
		for n := range gone {
			p.mentions(n, nil, candidates, nil)
		}
		used := map[string]bool{}
		p.mentions(p.t.Root(), gone, used, nil)
		for _, pair := range section.Pairs {
			if name := pair.Key.Value; candidates[name] && !used[name] && !removed[name] {
				removed[name], gone[pair.Value], again = true, true, true
			}
		}
	}
	p.removeConditions(section, removed)
	p.nameParameters(gone)
}

// mentions adds the names of the conditions and parameters that n mentions,
// outside of what is gone.
func (p *planner) mentions(n *cfn.Node, gone map[*cfn.Node]bool, conditions, names map[string]bool) {
	if gone[n] {
		return
	}
	add := func(to map[string]bool, n, name *cfn.Node) {
		if to != nil {
			to[p.values.Name(n, name)] = true
		}
	}
	switch name, arg := n.Function(); name {
	case "Fn::If":
		if len(arg.Items) > 0 {
			add(conditions, arg, arg.Items[0])
		}
	case "Ref":
		add(names, n, arg)
	case "Fn::Sub":
		for _, variable := range edit.Variables(arg) {
			if names != nil {
				names[variable] = true
			}
		}
	}
	for _, pair := range n.Pairs {
		if pair.Key.Value == "Condition" {
			add(conditions, n, pair.Value)
		}
		p.mentions(pair.Value, gone, conditions, names)
	}
	for _, item := range n.Items {
		p.mentions(item, gone, conditions, names)
	}
}

// removeConditions removes conditions, and the section if none is left.
func (p *planner) removeConditions(section *cfn.Node, removed map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(removed)) {
		from := section
		key := name
		if len(removed) == len(section.Pairs) {
			from, key = p.t.Root(), "Conditions"
		}
		pair, _ := from.Pair(key)
		e, err := edit.Remove(p.t, from, key)
		if err != nil {
			p.note(RuleIMDSv1Parameter, name, pair.Key.Span, "nothing uses the condition %s any more: remove it", name)
			continue
		}
		p.change(RuleIMDSv1Parameter, name, pair.Key.Span, "nothing uses the condition any more: removed", e)
		if from == p.t.Root() {
			return
		}
	}
}

// nameParameters notes the parameters that nothing uses any more but what is
// gone.
func (p *planner) nameParameters(gone map[*cfn.Node]bool) {
	behind, used := map[string]bool{}, map[string]bool{}
	for n := range gone {
		p.mentions(n, nil, nil, behind)
	}
	p.mentions(p.t.Root(), gone, nil, used)
	for _, name := range slices.Sorted(maps.Keys(behind)) {
		if pair, ok := p.t.Root().Get("Parameters").Pair(name); ok && !used[name] {
			p.note(RuleIMDSv1Parameter, name, pair.Key.Span, "nothing uses the parameter %s any more: remove it once no deployment passes it", name)
		}
	}
}
