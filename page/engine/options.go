package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/transform"
)

// Options are what the page's controls say, by the names and in the words of the
// command line.
type Options struct {
	HopLimit              int               `json:"hop-limit"`
	IMDSv1                string            `json:"imdsv1"`
	IPTables              string            `json:"iptables"`
	BranchENI             bool              `json:"branch-eni"`
	LaunchTemplateVersion string            `json:"launch-template-version"`
	AddLaunchTemplate     bool              `json:"add-launch-template"`
	Resources             []string          `json:"resource"`
	OS                    string            `json:"os"`
	Parameters            map[string]string `json:"parameter"`
}

// read returns the options of a patch.
func (o Options) read() (transform.Options, error) {
	opts := transform.Options{HopLimit: o.HopLimit, BranchENI: o.BranchENI, AddLaunchTemplate: o.AddLaunchTemplate, Resources: o.Resources}
	if o.HopLimit < 0 || o.HopLimit > 64 {
		return opts, fmt.Errorf("--hop-limit %d: must be 1 to 64, or 0 to leave it", o.HopLimit)
	}
	words := []struct {
		name, word string
		set        func(string) error
	}{
		{"imdsv1", o.IMDSv1, opts.IMDSv1.Set},
		{"iptables", o.IPTables, opts.IPTables.Set},
		{"launch-template-version", o.LaunchTemplateVersion, opts.Version.Set},
		{"os", o.OS, opts.OS.Set},
	}
	for _, w := range words {
		if w.name == "os" && w.word == "" {
			continue
		}
		if err := w.set(w.word); err != nil {
			return opts, fmt.Errorf("--%s %s: %w", w.name, w.word, err)
		}
	}
	return opts, nil
}

// check returns the options of a check.
func (o Options) check(opts transform.Options) transform.CheckOptions {
	return transform.CheckOptions{
		Options: opts, Parameters: o.Parameters,
		Deployment: len(o.Parameters) > 0 || opts.IMDSv1 == transform.IMDSv1Default,
	}
}

// missing returns the first parameter that the template in a text does not have, or
// "". A text that cannot be read has all.
func (o Options) missing(input []byte) string {
	if len(o.Parameters) == 0 {
		return ""
	}
	has := inputs.HasParameter(input)
	for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
		if !has(name) {
			return name
		}
	}
	return ""
}

// A Rule is what the page says about a rule.
type Rule struct {
	Rule   string `json:"rule"`
	Title  string `json:"title"`
	Why    string `json:"why"`
	Fix    string `json:"fix"`
	Source string `json:"source"`
}

// Rules returns all rules.
func Rules() (all []Rule) {
	for _, d := range transform.Rules() {
		all = append(all, Rule{string(d.Rule), d.Title, d.Why, d.Fix, d.Source})
	}
	return all
}
