package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/transform"
)

// rules explains the rules that are named, or all of them.
func (c *command) rules(cc *cli.Context) error {
	args := cc.Args().Slice()
	rules := transform.Rules()
	if len(args) > 0 {
		rules = nil
	}
	for _, id := range args {
		d, ok := transform.Describe(transform.Rule(id))
		if !ok {
			var ids []string
			for _, d := range transform.Rules() {
				ids = append(ids, string(d.Rule))
			}
			hint := "imdslock rules lists them"
			if meant := nearest(id, ids); meant != "" {
				hint = "did you mean " + meant + "? " + hint
			}
			return &usageError{fmt.Sprintf("there is no rule %q", id), hint}
		}
		rules = append(rules, d)
	}
	for i, d := range rules {
		if i > 0 {
			fmt.Fprintln(&c.out)
		}
		fmt.Fprintf(&c.out, "%s: %s\n  why: %s\n  fix: %s\n  source: %s\n", d.Rule, d.Title, d.Why, d.Fix, d.Source)
	}
	return nil
}
