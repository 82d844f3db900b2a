package main

import (
	"context"
	"slices"

	"imdslock/pods"
	"imdslock/transform"
)

// maxTemplate is the quota "template body size in an Amazon S3 object"
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const maxTemplate = 1 << 20

// lockOf returns what the template in a file locks, as check finds it. It is all
// that the verdicts on pods know of templates.
func lockOf(ctx context.Context, path string) (pods.Lock, error) {
	s := fileSource(path, false)
	src, err := s.read(maxTemplate)
	if err != nil {
		return pods.Lock{}, err
	}
	opts := transform.Defaults()
	found, err := transform.Check(ctx, src, transform.CheckOptions{Options: opts})
	if err != nil {
		return pods.Lock{}, s.placed(err)
	}
	opts.IPTables = transform.IPTablesStrict
	foundStrict, err := transform.Check(ctx, src, transform.CheckOptions{Options: opts})
	if err != nil {
		return pods.Lock{}, s.placed(err)
	}
	lock := pods.DefaultLock()
	for _, f := range found {
		switch f.Rule {
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
		case transform.RuleNodegroup, transform.RuleLaunchSpecification, transform.RuleUnreadable, transform.RuleVersion:
			lock = pods.Lock{NotJudged: lock.NotJudged}
		case transform.RuleIPv6:
			lock.IPv6Open = true
		case transform.RuleEndpoint:
			lock.Disabled = true
		case transform.RuleUserData:
			lock.IPTables = pods.IPTablesNone
		case transform.RuleElsewhere, transform.RuleNothing, transform.RuleNotSeen:
			lock.NotJudged = append(lock.NotJudged, s.name+": "+f.Message)
		}
	}
	isLax := func(f transform.Finding) bool { return f.Rule == transform.RuleIPTablesStrict }
	if lock.IPTables != pods.IPTablesNone && !slices.ContainsFunc(foundStrict, isLax) {
		lock.IPTables = pods.IPTablesStrict
	}
	return lock, nil
}
