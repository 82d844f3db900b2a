package transform

import "slices"

// Rule is the stable ID of a rule.
type Rule string

// The rules. [Rules] says what each means and where that comes from.
const (
	RuleMetadataOptions  Rule = "metadata-options"
	RuleHopLimit         Rule = "hop-limit"
	RuleIMDSv1           Rule = "imdsv1-open"
	RuleIMDSv1Parameter  Rule = "imdsv1-parameter"
	RuleHopLimitAlone    Rule = "hop-limit-alone"
	RuleIPTables         Rule = "iptables-absent"
	RuleIPTablesLate     Rule = "iptables-late"
	RuleIPTablesStrict   Rule = "iptables-not-strict"
	RuleBranchENI        Rule = "branch-eni-absent"
	RuleBranchENIUnsaved Rule = "branch-eni-unsaved"
	RuleUserData         Rule = "user-data-unknown"
	RuleNodegroup        Rule = "nodegroup-without-launch-template"
	RuleEndpoint         Rule = "endpoint-disabled"
	RuleUndone           Rule = "iptables-undone"
	RuleIMDSv1UserData   Rule = "imdsv1-in-user-data"
	RuleSize             Rule = "user-data-size"
	RuleElsewhere        Rule = "launch-template-elsewhere"
	RuleNothing          Rule = "no-launch-template"
	RuleVersion          Rule = "launch-template-version"
	RuleUnsaved          Rule = "iptables-unsaved"
	RuleReplaced         Rule = "iptables-replaced"
	RuleIPv6             Rule = "iptables-ipv6-absent"
	RuleNotMIME          Rule = "user-data-not-mime"
	RuleUnreadable       Rule = "launch-template-unreadable"
	RuleNotSeen          Rule = "template-not-seen"
	RuleCustom           Rule = "custom-resource"
	RuleOpened           Rule = "opened-elsewhere"
	RuleAutoMode         Rule = "auto-mode"
	RuleAcceptance       Rule = "acceptance"
	RuleDuplicate        Rule = "duplicate-key"

	RuleLaunchSpecification Rule = "launch-specification"
)

// A Description explains a rule.
type Description struct {
	Rule   Rule
	Title  string // what is wrong, in a few words
	Why    string // what it leads to
	Fix    string // what to do
	Source string // URL of the page that says so
	Note   bool   // whether it only informs

	// Severity is how much it leaves open, from 0 to 10 as in CVSS; 0 for a note.
	Severity float64
	// Controls are the IDs of controls that require the same, of AWS Control Tower
	// (CT.…), AWS Security Hub and CIS.
	Controls []string
	// Property is the property that a finding is about, such as "HttpTokens".
	Property string
}

// Rules returns the descriptions of all rules.
func Rules() []Description {
	all := slices.Clone(descriptions[:])
	for i := range all {
		all[i].Controls = slices.Clone(all[i].Controls)
	}
	return all
}

// Describe returns the description of a rule.
func Describe(rule Rule) (Description, bool) {
	all := Rules()
	i := slices.IndexFunc(all, func(d Description) bool { return d.Rule == rule })
	if i < 0 {
		return Description{}, false
	}
	return all[i], true
}

// property returns what a rule is about, such as "HttpTokens".
func (r Rule) property() string {
	d, _ := Describe(r)
	return d.Property
}
