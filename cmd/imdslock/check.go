package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"imdslock/internal/message"
	"imdslock/transform"
	"imdslock/transform/cfn"
)

// A checked template.
type checked struct {
	source
	findings   []transform.Finding
	parameters map[string]string // those of the options that it has; nil where it is passed over
}

// checkFiles says what is not locked in all that is named.
func checkFiles(ctx context.Context, opts options, args []string, stdin io.Reader, counted *progress, stdout, stderr io.Writer) error {
	all, err := sources(opts, args, stdin)
	if err != nil {
		return err
	}
	counted.start(opts, stderr, len(all))
	results, err := inParallel(counted, all, func(s source) (checked, error) { return checkOne(ctx, opts, s, len(all) == 1) })
	if err != nil {
		return err
	}
	if err := opts.knownParameters(results); err != nil {
		return err
	}
	if err := printChecked(opts, results, stdout, stderr); err != nil {
		return err
	}
	for _, c := range results {
		for _, f := range c.findings {
			if f.Kind == transform.KindOpen {
				return errDifference
			}
		}
	}
	return nil
}

// checkOne judges one template. One of several need not have all parameters
// that are given; the only one does.
func checkOne(ctx context.Context, opts options, s source, only bool) (checked, error) {
	c := checked{source: s}
	if passed, err := s.isPassedOver(); passed || err != nil {
		return c, err
	}
	input, err := s.read(opts.maxSize)
	if err != nil {
		return c, err
	}
	c.parameters = maps.Clone(opts.parameters)
	if !only && len(c.parameters) > 0 {
		t, err := cfn.Parse(input)
		if err == nil {
			maps.DeleteFunc(c.parameters, func(name, _ string) bool { return t.Root().Get("Parameters", name) == nil })
		}
	}
	c.findings, err = transform.Check(ctx, input, transform.CheckOptions{
		Options: opts.Options, Parameters: c.parameters,
		Deployment: len(opts.parameters) > 0 || opts.IMDSv1 == transform.IMDSv1Default,
	})
	if note, ok := s.isNoTemplate(err); ok {
		return checked{source: s, findings: []transform.Finding{note}}, nil
	}
	return c, s.placed(err)
}

// knownParameters is an error where none of the templates that are judged has a
// parameter that is given.
func (o options) knownParameters(results []checked) error {
	results = slices.DeleteFunc(slices.Clone(results), func(c checked) bool { return c.parameters == nil })
	for _, name := range slices.Sorted(maps.Keys(o.parameters)) {
		has := func(c checked) bool { _, ok := c.parameters[name]; return ok }
		if len(results) > 0 && !slices.ContainsFunc(results, has) {
			return usagef("--parameter %s: no template has it", name)
		}
	}
	return nil
}

func printChecked(opts options, results []checked, stdout, stderr io.Writer) error {
	switch opts.format {
	case "json":
		return printJSON(results, stdout)
	case "sarif":
		return printSARIF(results, stdout)
	}
	for _, c := range results {
		for _, f := range c.findings {
			switch {
			case f.Kind == transform.KindOpen:
				fmt.Fprintf(stdout, "%s:%v: %s %s\n", c.name, f.Start, f.Rule, message.Line(f.Message))
			case !opts.quiet:
				fmt.Fprintln(stderr, message.Note(c.name, f))
			}
		}
	}
	return nil
}

// A jsonFinding is a finding in the output of --format json.
type jsonFinding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`   // from 1
	Column    int    `json:"column"` // from 1, in characters
	Rule      string `json:"rule"`
	Level     string `json:"level"` // "error", or "note" for what cannot be judged
	LogicalID string `json:"logicalId"`
	Message   string `json:"message"`
}

func printJSON(results []checked, stdout io.Writer) error {
	findings := []jsonFinding{}
	for _, c := range results {
		for _, f := range c.findings {
			findings = append(findings, jsonFinding{c.file(), f.Start.Line, f.Start.Column, string(f.Rule), level(f), f.LogicalID, f.Message})
		}
	}
	return writeJSON(map[string]any{"findings": findings}, stdout)
}

// level is how serious a finding is, in SARIF's words.
func level(f transform.Finding) string {
	if f.Kind == transform.KindOpen {
		return "error"
	}
	return "note"
}

// printRules explains the rules that are named, or all of them.
func printRules(args []string, stdout io.Writer) error {
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
			fmt.Fprintln(stdout)
		}
		fmt.Fprintf(stdout, "%s: %s\n  why: %s\n  fix: %s\n  source: %s\n", d.Rule, d.Title, d.Why, d.Fix, d.Source)
	}
	return nil
}
