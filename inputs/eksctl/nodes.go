package eksctl

import (
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/calls"
	"github.com/imdslock/imdslock/transform/cfn"
)

// commands notes what a node group runs on its nodes that may open what
// disablePodIMDS closes ("preBootstrapCommands" and "overrideBootstrapCommand" in
// the schema of eksctl's config file).
func (g nodeGroup) commands() (judgement, bool) {
	for _, key := range [...]string{"preBootstrapCommands", "overrideBootstrapCommand"} {
		pair, ok := g.pair(g.item, key)
		if !ok || pair.Value == nil {
			continue
		}
		for n := range pair.Value.All {
			if command := g.resolved(n); command != nil && command.Kind == cfn.Scalar && mayOpen(command.Value) {
				f := g.finding(transform.KindNote, n, g.name+": what "+key+" does to the metadata options or the rules is not judged")
				f.Rule = transform.RuleUserData
				return judgement{finding: f}, true
			}
		}
	}
	return judgement{}, false
}

// mayOpen reports whether a command may open nodes by a call of AWS's API, or is about
// the packet filter.
func mayOpen(command string) bool {
	return calls.Opens(command, nil) != "" || strings.Contains(command, "tables") || strings.Contains(command, "nft")
}

// windows notes that the nodes of a group run Windows, or may.
func (g nodeGroup) windows() (judgement, bool) {
	pair, ok := g.pair(g.item, "amiFamily")
	if !ok || pair.Value.IsNull() || pair.Value.Kind == cfn.Scalar && !strings.HasPrefix(strings.ToLower(pair.Value.Value), "windows") {
		return judgement{}, false
	}
	f := g.finding(transform.KindNote, pair.Value, g.name+": whether a hop limit of 1 stops the pods of Windows nodes is not known")
	f.Rule = transform.RuleUserData
	return judgement{finding: f}, true
}
