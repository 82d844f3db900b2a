package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// An outcome is what -v says of a file in a word.
type outcome int

const (
	outcomeLocked outcome = iota
	outcomeAlready
	outcomeNothing
	outcomeOpen
)

// outcome returns what became of a template.
func (p patched) outcome() outcome {
	isNothing := func(f transform.Finding) bool { return f.Rule == transform.RuleNothing }
	switch {
	case p.changed:
		return outcomeLocked
	case p.passedOver, slices.ContainsFunc(p.findings, isNothing):
		return outcomeNothing
	case len(p.open()) > 0:
		return outcomeOpen
	}
	return outcomeAlready
}

// open returns what stays open because nothing in the template locks it.
func (p patched) open() []string {
	var ids []string
	for _, f := range p.findings {
		if f.Kind == transform.KindOpen {
			ids = append(ids, message.Line(f.LogicalID))
		}
	}
	return ids
}

// locks returns what the changes are about, in their order.
func (p patched) locks() []string {
	var all []string
	for _, f := range p.findings {
		what := "user data"
		switch f.Rule {
		case transform.RuleMetadataOptions:
			what = "metadata options"
		case transform.RuleHopLimit:
			what = "hop limit"
		case transform.RuleIMDSv1, transform.RuleIMDSv1Parameter:
			what = "tokens"
		case transform.RuleVersion:
			what = "launch template version"
		case transform.RuleNodegroup:
			what = "launch template"
		}
		if f.Kind == transform.KindChange && !slices.Contains(all, what) {
			all = append(all, what)
		}
	}
	return all
}

// locked returns what to call a template that has changed.
func (o options) locked() string {
	if o.onlyCompares() {
		return "to lock"
	}
	return "locked"
}

// summary returns the line about a file, which -v prints.
func (p patched) summary(opts options) string {
	switch outcome := p.outcome(); {
	case p.renewed:
		return "hashes renewed"
	case p.isConfiguration && outcome == outcomeLocked:
		if opts.onlyCompares() {
			return "to write"
		}
		return "written"
	case p.isConfiguration:
		return "nothing to write"
	case outcome == outcomeLocked:
		text := opts.locked() + ": " + strings.Join(p.locks(), ", ")
		if open := p.open(); len(open) > 0 {
			text += "; not locked: " + strings.Join(open, ", ")
		}
		return text
	case outcome == outcomeNothing:
		return "nothing to lock"
	case outcome == outcomeOpen:
		return "not locked: " + strings.Join(p.open(), ", ")
	case len(p.findings) > 0:
		return "already locked, as far as it can be"
	}
	return "already locked"
}

// printTotals counts the files by their outcome, if there are several.
func printTotals(opts options, results []patched, stderr io.Writer) {
	counts := map[outcome]int{}
	files := 0
	for _, p := range results {
		if !p.isConfiguration && !p.renewed {
			counts[p.outcome()]++
			files++
		}
	}
	if !opts.verbose || files < 2 {
		return
	}
	fmt.Fprintf(stderr, "%d files: %d %s, %d already locked, %d with nothing to lock", files, counts[outcomeLocked], opts.locked(), counts[outcomeAlready], counts[outcomeNothing])
	if open := counts[outcomeOpen]; open > 0 {
		fmt.Fprintf(stderr, ", %d not locked", open)
	}
	fmt.Fprintln(stderr)
}
