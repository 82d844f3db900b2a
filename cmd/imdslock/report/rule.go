package report

import "github.com/imdslock/imdslock/transform"

// The kinds of findings that pods has and check does not.
const (
	KindWarning transform.Kind = "warning" // it is open, and meant to be
	KindUnknown transform.Kind = "unknown" // it cannot be judged
	KindPassed  transform.Kind = "passed"  // nothing is to be done
)

// A Rule is a rule that findings belong to.
type Rule struct {
	transform.Description
	Kind transform.Kind // of its findings
}

// rules returns the rules that the findings of a run belong to.
func (r Run) rules() []Rule {
	if r.Rules != nil {
		return r.Rules
	}
	var all []Rule
	for _, d := range transform.Rules() {
		kind := transform.KindOpen
		if d.Note {
			kind = transform.KindNote
		}
		all = append(all, Rule{d, kind})
	}
	return all
}

// severities returns for each rule how serious what it finds open is.
func (r Run) severities() map[transform.Rule]float64 {
	all := map[transform.Rule]float64{}
	for _, rule := range r.rules() {
		all[rule.Rule] = rule.Severity
	}
	return all
}

// level returns how serious a kind of findings is, in the words of SARIF (section
// 3.27.10).
func level(kind transform.Kind) string {
	switch kind {
	case transform.KindNote, KindUnknown:
		return "note"
	case KindWarning:
		return "warning"
	case KindPassed:
		return "none"
	}
	return "error"
}
