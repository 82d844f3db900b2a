package engine

import (
	"context"

	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/transform"
)

// Readers say who reads the credentials of the least locked nodes of a template:
// by IMDSv1, by IMDSv2, by either ("any"), nobody ("no"), or "unknown". They are
// the columns of the table in docs/proof.md.
type Readers struct {
	Pod    string `json:"pod"`    // with an eni… interface
	Branch string `json:"branch"` // with a vlan… interface
	Other  string `json:"other"`  // behind another interface
	Node   string `json:"node"`   // and pods with hostNetwork

	// What of it is locked.
	Tokens   bool   `json:"tokens"`
	HopLimit bool   `json:"hopLimit"`
	IPTables string `json:"iptables"` // "", "eni", "aws" or "strict"
	// IsOld is set if groups stay on version 1 of their launch template, whatever the
	// template says.
	IsOld bool `json:"isOld"`
	// IsNothing is set if the template launches no nodes.
	IsNothing bool `json:"isNothing"`
}

// read derives the readers from what check finds, or returns nil if check cannot judge
// the text. What check says nothing about is locked: that is its promise.
func read(ctx context.Context, input []byte) *Readers {
	opts := transform.Defaults()
	opts.IPTables = transform.IPTablesStrict
	findings, err := inputs.Check(ctx, input, transform.CheckOptions{Options: opts})
	if err != nil {
		return nil
	}
	r := &Readers{Tokens: true, HopLimit: true, IPTables: "strict"}
	isUnknown := false
	for _, f := range findings {
		switch {
		case f.Rule == transform.RuleNothing:
			r.IsNothing = true
		case f.Kind == transform.KindOpen || f.Kind == transform.KindAccepted:
			isUnknown = r.open(f.Rule) || isUnknown
		case f.Rule == transform.RuleUserData || f.Rule == transform.RuleSize:
			r.weaken("") // Windows, and what cannot be judged
		case f.Rule == transform.RuleElsewhere || f.Rule == transform.RuleNotSeen:
			isUnknown = true
		}
	}
	r.judge(isUnknown)
	return r
}

// open clears what a rule says is open. It returns true if it is not known what is.
func (r *Readers) open(rule transform.Rule) (isUnknown bool) {
	switch rule {
	case transform.RuleIMDSv1, transform.RuleIMDSv1Parameter:
		r.Tokens = false
	case transform.RuleHopLimit:
		r.HopLimit = false
	case transform.RuleMetadataOptions, transform.RuleLaunchSpecification:
		r.Tokens, r.HopLimit = false, false
	case transform.RuleNodegroup:
		r.Tokens, r.HopLimit = false, false
		r.weaken("")
	case transform.RuleHopLimitAlone, transform.RuleAcceptance:
	case transform.RuleIPTablesStrict:
		r.weaken("aws")
	case transform.RuleBranchENI, transform.RuleBranchENIUnsaved:
		r.weaken("eni")
	case transform.RuleIPTables, transform.RuleIPTablesLate, transform.RuleUndone, transform.RuleUnsaved, transform.RuleReplaced,
		transform.RuleIPv6, transform.RuleUserData, transform.RuleNotMIME, transform.RuleSize:
		r.weaken("")
	case transform.RuleVersion:
		r.IsOld = true
	default:
		return true
	}
	return false
}

// weaken makes the commands in the user data no stronger than those named.
func (r *Readers) weaken(commands string) {
	rank := map[string]int{"": 0, "eni": 1, "aws": 2, "strict": 3}
	if rank[commands] < rank[r.IPTables] {
		r.IPTables = commands
	}
}

// judge says who reads, by what is locked.
func (r *Readers) judge(isUnknown bool) {
	way := "any"
	switch {
	case r.Tokens && r.HopLimit:
		way = "no"
	case r.Tokens:
		way = "IMDSv2"
	case r.HopLimit:
		way = "IMDSv1"
	}
	unless := func(isDropped bool) string {
		switch {
		case r.IsOld:
			return "any"
		case isUnknown:
			return "unknown"
		case isDropped:
			return "no"
		}
		return way
	}
	r.Pod, r.Branch, r.Other = unless(r.IPTables != ""), unless(r.IPTables == "aws" || r.IPTables == "strict"), unless(r.IPTables == "strict")
	r.Node = "any"
	if r.Tokens && !r.IsOld && !isUnknown {
		r.Node = "IMDSv2"
	}
}
