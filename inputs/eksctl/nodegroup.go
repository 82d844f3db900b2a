package eksctl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// A judgement is what there is to say about a node group.
type judgement struct {
	finding transform.Finding // of a patch
	open    string            // what check says of a change
	cannot  error             // why a patch fails
}

// judge judges all node groups.
func (c *Config) judge(opts transform.Options) ([]judgement, error) {
	if opts.HopLimit == 0 && (opts.IMDSv1 == transform.IMDSv1Keep || opts.IMDSv1 == "") {
		return nil, nil
	}
	var all []judgement
	var names []string
	for _, cluster := range c.clusters {
		for _, section := range []string{"nodeGroups", "managedNodeGroups"} {
			groups, _ := cluster.pair(cluster.t.Root(), section)
			list := groups.Value
			if list.IsNull() {
				continue
			}
			if opts.IPTables == transform.IPTablesAWS || opts.IPTables == transform.IPTablesStrict {
				all = append(all, cluster.noIPTables(section, list, opts.IPTables))
			}
			items, err := cluster.nodeGroups(section, list)
			if err != nil {
				return nil, err
			}
			for _, g := range items {
				names = append(names, g.name)
				if len(opts.Resources) == 0 || slices.Contains(opts.Resources, g.name) {
					all = append(all, g.judgements(opts)...)
				}
			}
		}
	}
	if err := c.refuseOthers(opts.Resources, names); err != nil {
		return nil, err
	}
	if len(opts.Resources) == 0 {
		all = append(all, c.others(len(names) > 0)...)
	}
	return all, nil
}

// others notes nodes that no node group launches, or that there are none.
func (c *Config) others(hasGroups bool) []judgement {
	var all []judgement
	note := func(in cluster, rule transform.Rule, at *cfn.Node, message string) {
		f := nodeGroup{cluster: in}.finding(transform.KindNote, at, message)
		f.Rule = rule
		all = append(all, judgement{finding: f})
	}
	for _, cluster := range c.clusters {
		if p, ok := cluster.pair(cluster.t.Root(), "karpenter"); ok && !p.Value.IsNull() {
			note(cluster, transform.RuleNotSeen, p.Key, "karpenter: its nodes are those of NodePools and EC2NodeClasses, which are not here and not judged")
		}
		mode, ok := cluster.pair(cluster.t.Root(), "autoModeConfig")
		if enabled := mode.Value.Get("enabled"); ok && enabled != nil && !cluster.isFalse(enabled) {
			note(cluster, transform.RuleAutoMode, mode.Key, "autoModeConfig: EKS Auto Mode: AWS locks its nodes itself, with hop limit 1 and required tokens")
		}
	}
	if len(all) == 0 && !hasGroups {
		note(c.clusters[0], transform.RuleNothing, c.clusters[0].t.Root(), "no node group: nothing to lock")
	}
	return all
}

// refuseOthers returns an error if one of the resources that are named is not the
// name of a node group.
func (c *Config) refuseOthers(resources, names []string) error {
	for _, id := range resources {
		if !slices.Contains(names, id) {
			e := c.clusters[0].errorf(0, "there is no node group %q", id)
			e.Hint = "the node groups are " + strings.Join(names, ", ")
			return e
		}
	}
	return nil
}

// noIPTables notes that no rules are put into the node groups of a section.
func (c cluster) noIPTables(section string, list *cfn.Node, asked transform.IPTables) judgement {
	g := nodeGroup{cluster: c, item: list}
	f := g.finding(transform.KindNote, list, section+": --iptables "+string(asked)+" does nothing here: disablePodIMDS locks tokens and the hop limit, and no iptables rule is put in or judged")
	f.Rule = transform.RuleUserData
	return judgement{finding: f}
}

// nodeGroups returns the node groups in the list of a section.
func (c cluster) nodeGroups(section string, list *cfn.Node) ([]nodeGroup, error) {
	if list.Kind != cfn.Sequence {
		return nil, c.errorf(list.Span.Start, "%s is %s, not a list of node groups", section, list.Describe())
	}
	var groups []nodeGroup
	for i, item := range list.Items {
		g := nodeGroup{c, item, section, fmt.Sprintf("%s[%d]", section, i)}
		if name, ok := c.pair(item, "name"); ok && name.Value != nil && name.Value.Kind == cfn.Scalar {
			g.name = name.Value.Value
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// errorf returns an error at an offset in the document.
func (c cluster) errorf(at int, format string, args ...any) *cfn.Error {
	e := c.t.Errorf(at, format, args...)
	e.Position = c.document.Place(e.Position)
	return e
}

// A nodeGroup is an item of nodeGroups or managedNodeGroups.
type nodeGroup struct {
	cluster
	item    *cfn.Node
	section string
	name    string // its name, or its place in the list
}

const key = "disablePodIMDS"

// judgements returns all that there is to say about the node group.
func (g nodeGroup) judgements(opts transform.Options) []judgement {
	var all []judgement
	if j, ok := g.judge(opts); ok {
		all = append(all, j)
	}
	if j, ok := g.commands(); ok {
		all = append(all, j)
	}
	if j, ok := g.windows(); ok && opts.HopLimit == 1 {
		all = append(all, j)
	}
	return all
}

// judge says what must be done about a node group. It returns false if it is locked.
func (g nodeGroup) judge(opts transform.Options) (judgement, bool) {
	if g.item.Kind != cfn.Mapping || len(g.item.Pairs) == 0 {
		what := fmt.Sprintf("%s is %s, not a node group", g.name, g.item.Describe())
		return g.unreadable(what), true
	}
	pair, has := g.pair(g.item, key)
	if has && g.isTrue(pair.Value) {
		if opts.HopLimit > 1 {
			what := fmt.Sprintf("%s: with disablePodIMDS eksctl sets a hop limit of 1, not %d", g.name, opts.HopLimit)
			return judgement{finding: g.finding(transform.KindOpen, pair.Value, what)}, true
		}
		return judgement{}, false
	}
	if what, at := g.refused(); at != nil {
		return judgement{finding: g.finding(transform.KindOpen, at, what)}, true
	}
	open := g.name + ": no disablePodIMDS, so pods can reach the metadata service"
	at := g.item.Pairs[0].Key
	if named, ok := g.item.Pair("name"); ok {
		at = named.Key
	}
	if has {
		open = fmt.Sprintf("%s: disablePodIMDS is %s, so pods can reach the metadata service", g.name, pair.Value.Describe())
		at = pair.Value
	}
	return g.lock(open, at, g.item.Get(key), opts), true
}

// lock plans to set disablePodIMDS; old is its value, or nil.
func (g nodeGroup) lock(open string, at, old *cfn.Node, opts transform.Options) judgement {
	j := judgement{open: open, finding: g.finding(transform.KindChange, at, "disablePodIMDS set to true")}
	if opts.HopLimit > 1 {
		e := g.errorf(at.Span.Start, "eksctl knows no hop limit of %d", opts.HopLimit)
		e.Hint = "disablePodIMDS sets a hop limit of 1: leave --hop-limit out"
		j.cannot = g.cannot(e)
		return j
	}
	yes := edit.Scalar("true", edit.Number)
	var e edit.Edit
	var err error
	switch {
	case old != nil && old.Kind == cfn.Scalar && old.Style != cfn.Plain && old.Body() == old.Span.Start:
		e = edit.Edit{Span: old.Span, New: "true"} // without its quotes
	case old != nil:
		e, err = edit.Replace(g.t, old, yes)
	default:
		e, err = edit.Add(g.t, g.item, edit.Pair{Key: key, Value: yes})
	}
	var placed *cfn.Error
	if errors.As(err, &placed) {
		moved := *placed
		moved.Position, moved.Hint = g.document.Place(placed.Position), "write disablePodIMDS: true into the node group by hand"
		err = g.cannot(&moved)
	}
	j.cannot = err
	e.Start, e.End = e.Start+g.document.Start.Offset, e.End+g.document.Start.Offset
	j.finding.Edits = []edit.Edit{e}
	return j
}

func (g nodeGroup) cannot(e *cfn.Error) error {
	return &transform.CannotLock{LogicalID: g.name, Property: key, Cause: e}
}

// unreadable returns the judgement on what may be any node group, such as an alias.
func (g nodeGroup) unreadable(what string) judgement {
	e := g.errorf(g.item.Span.Start, "%s", what)
	e.Hint = "write the node group out"
	return judgement{finding: g.finding(transform.KindOpen, g.item, what), cannot: g.cannot(e)}
}

// refused says what in the node group makes eksctl refuse disablePodIMDS, and what to
// do, and returns its place, or nil if there is nothing.
func (g nodeGroup) refused() (what string, at *cfn.Node) {
	if template, ok := g.pair(g.item, "launchTemplate"); ok && !template.Value.IsNull() {
		return g.name + ": it has a launch template of its own, with which eksctl takes no disablePodIMDS: lock that one, with a hop limit of 1 and HttpTokens required", template.Key
	}
	iam, _ := g.pair(g.item, "iam")
	policies, ok := g.pair(iam.Value, "withAddonPolicies")
	if !ok || policies.Value.IsNull() {
		return "", nil
	}
	for _, p := range policies.Value.Pairs {
		if !g.isFalse(p.Value) {
			return fmt.Sprintf("%s: eksctl takes no disablePodIMDS together with iam.withAddonPolicies.%s: give that policy to a service account, with iam.podIdentityAssociations or iam.serviceAccounts, and take it from the nodes",
				g.name, p.Key.Value), p.Key
		}
	}
	if policies.Value.Kind != cfn.Mapping {
		return g.name + ": iam.withAddonPolicies is not a mapping", policies.Key
	}
	return "", nil
}

func (g nodeGroup) finding(kind transform.Kind, at *cfn.Node, message string) transform.Finding {
	return transform.Finding{
		Rule: transform.RuleMetadataOptions, Kind: kind, LogicalID: g.name, Message: message,
		Start: g.document.Place(g.t.Position(at.Span.Start)), End: g.document.Place(g.t.Position(at.Span.End)),
	}
}

// isTrue reports whether a value is the boolean true. It is false for words that only
// YAML 1.1 takes for it, such as yes, which are then replaced.
func (c cluster) isTrue(n *cfn.Node) bool {
	return c.isPlain(n) && strings.EqualFold(n.Value, "true")
}

// isFalse reports whether a value is certainly not true.
func (c cluster) isFalse(n *cfn.Node) bool {
	return n.IsNull() || c.isPlain(n) && slices.Contains([]string{"false", "no", "off", "n"}, strings.ToLower(n.Value))
}

// isPlain reports whether a value has neither quotes nor a tag.
func (c cluster) isPlain(n *cfn.Node) bool {
	return n != nil && n.Kind == cfn.Scalar && n.Style == cfn.Plain && !strings.Contains(c.t.Source()[n.Span.Start:n.Body()], "!")
}
