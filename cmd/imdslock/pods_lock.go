package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/pods"
	"github.com/imdslock/imdslock/transform"
)

// lockOf returns what the template of the options locks, as check finds it. That is
// all that the verdicts on pods know about templates.
func lockOf(ctx context.Context, opts podsOptions) (pods.Lock, error) {
	s := fileSource(opts.template, false)
	src, err := s.read(opts.maxSize)
	if err != nil {
		return pods.Lock{}, err
	}
	checked := transform.CheckOptions{Options: transform.Defaults()}
	found, err := inputs.Check(ctx, src, checked)
	if err != nil {
		return pods.Lock{}, s.placed(err)
	}
	checked.IPTables = transform.IPTablesStrict
	foundStrict, err := inputs.Check(ctx, src, checked)
	if err != nil {
		return pods.Lock{}, s.placed(err)
	}
	lock := pods.DefaultLock()
	isStrict := !slices.ContainsFunc(foundStrict, func(f transform.Finding) bool { return f.Rule == transform.RuleIPTablesStrict })
	remark := func(format string, args ...any) {
		if text := s.name + ": " + fmt.Sprintf(format, args...); !slices.Contains(lock.Remarks, text) {
			lock.Remarks = append(lock.Remarks, text)
		}
	}
	for _, f := range found {
		if f.Kind == transform.KindOpen {
			remark("%s is not locked as by default, and the verdicts are for its nodes", f.LogicalID)
		}
		if !reopen(&lock, f.Rule) {
			isStrict = false
			remark("%s: the verdicts are for nodes that are locked", f.Message)
		}
	}
	if isStrict && lock.IPTables != pods.IPTablesNone {
		lock.IPTables = pods.IPTablesStrict
	}
	return lock, nil
}

// reopen clears in lock what a finding of check says that a template does not lock.
// It returns false if that cannot be told.
func reopen(lock *pods.Lock, rule transform.Rule) bool {
	switch rule {
	case transform.RuleMetadataOptions:
		lock.HopLimit, lock.Tokens = false, false
	case transform.RuleHopLimit:
		lock.HopLimit = false
	case transform.RuleIMDSv1, transform.RuleIMDSv1Parameter:
		lock.Tokens = false
	case transform.RuleIPTables, transform.RuleIPTablesLate, transform.RuleUndone, transform.RuleUnsaved, transform.RuleReplaced:
		lock.IPTables = pods.IPTablesNone
	case transform.RuleBranchENI, transform.RuleBranchENIUnsaved:
		lock.BranchENI = false
	case transform.RuleIPv6:
		lock.IPv6Open = true
	case transform.RuleNodegroup, transform.RuleLaunchSpecification, transform.RuleUnreadable, transform.RuleVersion:
		*lock = pods.Lock{Remarks: lock.Remarks}
	case transform.RuleEndpoint:
		lock.Disabled = true
	case transform.RuleHopLimitAlone, transform.RuleIMDSv1UserData, transform.RuleSize, transform.RuleNotMIME, transform.RuleAutoMode, transform.RuleAcceptance:
	default: // user data, a template elsewhere, or what this does not know
		return false
	}
	return true
}
