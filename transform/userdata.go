package transform

import (
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// problemRules returns the rules that the problems of user data belong to.
func problemRules() map[userdata.Code]Rule {
	return map[userdata.Code]Rule{
		userdata.Absent:           RuleIPTables,
		userdata.Late:             RuleIPTablesLate,
		userdata.Undone:           RuleUndone,
		userdata.Unsaved:          RuleUnsaved,
		userdata.Replaced:         RuleReplaced,
		userdata.NotStrict:        RuleIPTablesStrict,
		userdata.BranchENIAbsent:  RuleBranchENI,
		userdata.BranchENIUnsaved: RuleBranchENIUnsaved,
		userdata.IPv6Absent:       RuleIPv6,
		userdata.TooLarge:         RuleSize,
		userdata.NotJudged:        RuleUserData,
		userdata.WithoutToken:     RuleIMDSv1UserData,
		userdata.NotMIME:          RuleNotMIME,
	}
}

// problem makes a finding of a problem in a user data, with its place in the
// source.
func (s *survey) problem(l *launcher, load payload, variant *edit.Text, p userdata.Problem, at int) Finding {
	rule := problemRules()[p.Code]
	kind := KindOpen
	if d, _ := Describe(rule); d.Note {
		kind = KindNote
	}
	message := l.id + ": "
	if p.Code == userdata.NotJudged && !load.runsCommands() {
		message += "user data not judged: "
	}
	message += p.Message
	if under := variant.Conditions(); under != "" {
		message += " (" + under + ")"
	}
	start := load.offset(variant, at)
	return s.finding(rule, kind, l.id, cfn.Span{Start: start, End: start}, message)
}

// judgePayload judges one user data. What several variants have in common is
// reported once.
func (s *survey) judgePayload(l *launcher, load payload, want userdata.Block) []Finding {
	return s.judgeProblems(l, load, want, func(userdata.Problem) bool { return true })
}

// judgeProblems judges one user data, and returns the findings of those problems that
// count.
func (s *survey) judgeProblems(l *launcher, load payload, want userdata.Block, counts func(userdata.Problem) bool) []Finding {
	if load.unread != nil {
		if f, err := s.unreadable(l, load.unread); err == nil {
			return []Finding{f}
		}
	}
	want = load.wants(want)
	judge := func(text string) []userdata.Problem {
		key := judged{text, want}
		v, ok := s.verdicts[key]
		if !ok {
			v = userdata.Judge(text, want)
			s.verdicts[key] = v
		}
		return slices.DeleteFunc(slices.Clone(v.Problems), func(p userdata.Problem) bool { return !counts(p) })
	}
	findings := s.problems(l, load, judge)
	for _, variant := range load.variants {
		if load.encoding == nil {
			findings = append(findings, s.spelledOut(l, load, variant, judge, findings)...)
		}
	}
	return findings
}

// counts reports whether a problem of user data matters under the options. If they leave
// user data alone, what opens the node in spite of its metadata options does, if those are
// asked for.
func (o Options) counts(p userdata.Problem) bool {
	if p.Code == userdata.WithoutToken {
		return !o.keepsIMDSv1()
	}
	return !o.keepsUserData() || p.Opens && !o.keepsOptions()
}

// keptUserData judges user data that the options leave alone.
func (s *survey) keptUserData(l *launcher, load payload, block userdata.Block, opts Options) []Finding {
	if s.runs(l, opts.OS) == windows && len(load.variants) == 0 && !opts.keepsOptions() {
		return []Finding{s.noteOn(RuleUserData, l.id, load.node, "%s: %s", l.id, noUserData(windows))}
	}
	if load.unread != nil {
		return nil
	}
	return append(s.judgeProblems(l, load, block, opts.counts), s.initNotes(l, load, block, opts, load.all()...)...)
}

// A judged is a text and what it was held to.
type judged struct {
	text string
	want userdata.Block
}

// problems makes findings of the problems that a judge finds in one user data.
func (s *survey) problems(l *launcher, load payload, judge func(text string) []userdata.Problem) []Finding {
	var findings []Finding
	said := map[string]bool{}
	for _, variant := range load.variants {
		for _, problem := range judge(load.text(variant)) {
			f := s.problem(l, load, variant, problem, problem.At)
			if key := fmt.Sprint(f.Rule, f.Start.Offset, problem.Message); !said[key] {
				said[key] = true
				findings = append(findings, f)
			}
		}
	}
	return findings
}
