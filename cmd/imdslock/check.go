package main

import (
	"encoding/json"
	"fmt"
	"io"

	"imdslock/transform"
)

// A checked template.
type checked struct {
	source
	findings []transform.Finding
}

// checkFiles says what is not locked in all that is named.
func checkFiles(opts options, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	all, err := sources(opts, args, stdin)
	if err != nil {
		return err
	}
	results, err := inParallel(newProgress(opts, stderr, len(all)), all, func(s source) (checked, error) { return checkOne(opts, s) })
	if err != nil {
		return err
	}
	if err := printChecked(opts, results, stdout, stderr); err != nil {
		return err
	}
	for _, c := range results {
		for _, f := range c.findings {
			if f.Open {
				return errDifference
			}
		}
	}
	return nil
}

func checkOne(opts options, s source) (checked, error) {
	if passed, err := s.isPassedOver(); passed || err != nil {
		return checked{source: s}, err
	}
	input, err := s.read(opts.maxSize)
	if err != nil {
		return checked{source: s}, err
	}
	findings, err := transform.Check(input, transform.CheckOptions{
		Options: opts.Options, Parameters: opts.parameters, Deployment: opts.IMDSv1 == transform.IMDSv1Default,
	})
	return checked{s, findings}, s.placed(err)
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
			case f.Open:
				fmt.Fprintf(stdout, "%s:%v: %s %s\n", c.name, f.Position, f.Rule, oneLine(f.Message))
			case !opts.quiet:
				fmt.Fprintf(stderr, "%s:%v: note: %s\n", c.name, f.Position, oneLine(f.Message))
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
			findings = append(findings, jsonFinding{c.file(), f.Position.Line, f.Position.Column, string(f.Rule), level(f), f.LogicalID, f.Message})
		}
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"findings": findings})
}

// level is how serious a finding is, in SARIF's words.
func level(f transform.Finding) string {
	if f.Open {
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
			return &usageError{fmt.Sprintf("there is no rule %q", id), "imdslock rules lists them"}
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
