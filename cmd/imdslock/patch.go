package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"imdslock/transform"
)

// A patched template. Its text is not kept where it has gone into a file.
type patched struct {
	source
	findings   []transform.Finding
	parameters map[string]string
	passedOver bool   // found in a directory, with nothing to lock
	changed    bool   // the result differs from the input
	differs    bool   // what is compared: that, or with --expect the golden file
	stdout     []byte // what it has to say there
}

// patchFiles patches all that is named and puts the results out, in the order
// of the arguments. Where one fails, nothing is written at all.
func patchFiles(opts options, args []string, stdin io.Reader, files *fileSet, stdout, stderr io.Writer) error {
	all, err := sources(opts, args, stdin)
	if err != nil {
		return err
	}
	if opts.expect != "" && len(all) != 1 {
		return usagef("--expect compares the result of one template, not of %d", len(all))
	}
	results, err := inParallel(newProgress(opts, stderr, len(all)), all, func(s source) (patched, error) { return patchOne(opts, s, files) })
	if err != nil {
		return err
	}
	if opts.configuration != "" {
		c, err := patchConfiguration(opts, results, files, stderr)
		if err != nil {
			return err
		}
		results = append(results, c)
	}
	differs := false
	for _, p := range results {
		p.log(opts, stderr)
		differs = differs || p.differs
		if _, err := stdout.Write(p.stdout); err != nil {
			return err
		}
	}
	printTotals(opts, results, stderr)
	if differs && opts.onlyCompares() {
		return errDifference
	}
	return nil
}

// patchOne patches one template. A file that was found in a directory and has
// nothing to lock is passed over as it is.
func patchOne(opts options, s source, files *fileSet) (patched, error) {
	p := patched{source: s}
	var err error
	if p.passedOver, err = s.isPassedOver(); p.passedOver || err != nil {
		return p, err
	}
	input, err := s.read(opts.maxSize)
	if err != nil {
		return p, err
	}
	result, err := transform.Patch(input, opts.Options)
	if err != nil {
		return p, s.placed(err)
	}
	p.findings, p.parameters = result.Findings, result.Parameters
	p.changed = !bytes.Equal(input, result.Output)
	if opts.expect != "" {
		return p, p.expect(opts, result.Output, files)
	}
	return p, p.put(opts, contentOf(input), input, result.Output, files)
}

// patchConfiguration sets the parameters of all templates in a CodePipeline
// template configuration, which need not exist yet.
func patchConfiguration(opts options, results []patched, files *fileSet, stderr io.Writer) (patched, error) {
	p := patched{source: fileSource(opts.configuration, false)}
	p.isConfiguration = true
	if err := opts.ownConfiguration(results); err != nil {
		return p, err
	}
	before := &content{}
	input, err := p.read(opts.maxSize)
	switch {
	case err == nil:
		before = contentOf(input)
	case !errors.Is(err, fs.ErrNotExist):
		return p, err
	}
	values, err := neededParameters(results)
	if err != nil {
		return p, err
	}
	names := slices.Sorted(maps.Keys(values))
	output, err := transform.SetParameters(input, names, values)
	if err != nil {
		return p, p.placed(err)
	}
	if len(names) == 0 && !opts.quiet {
		fmt.Fprintf(stderr, "%s:1:1: note: no parameter decides about IMDSv1: none set\n", p.name)
	}
	p.changed = !bytes.Equal(input, output)
	return p, p.put(opts, before, input, output, files)
}

// neededParameters are the values that all templates need. Templates that need
// different ones cannot share a template configuration.
func neededParameters(results []patched) (map[string]string, error) {
	values, by := map[string]string{}, map[string]string{}
	for _, r := range results {
		for _, name := range slices.Sorted(maps.Keys(r.parameters)) {
			value := r.parameters[name]
			if other, ok := values[name]; ok && other != value {
				return nil, &usageError{fmt.Sprintf("%s of one template configuration cannot be %q for %s and %q for %s", name, other, by[name], value, r.name),
					"give each template a template configuration of its own"}
			}
			values[name], by[name] = value, r.name
		}
	}
	return values, nil
}

// ownConfiguration is an error where the template configuration is also a
// template, or where a result goes.
func (o options) ownConfiguration(results []patched) error {
	places := []string{o.output, o.expect}
	for _, r := range results {
		if !r.passedOver {
			places = append(places, r.path)
		}
	}
	for _, place := range places {
		if place != "" && sameFile(place, o.configuration) {
			return usagef("%s cannot be the template and its configuration", o.configuration)
		}
	}
	return nil
}

// log prints notes and, with -v, changes and what they come to.
func (p patched) log(opts options, stderr io.Writer) {
	findings := slices.Clone(p.findings)
	slices.SortStableFunc(findings, byPlace)
	for _, f := range findings {
		switch {
		case f.IsNote() && !opts.quiet:
			fmt.Fprintf(stderr, "%s:%v: note: %s\n", p.name, f.Position, oneLine(f.Message))
		case !f.IsNote() && opts.verbose:
			fmt.Fprintf(stderr, "%s:%v: %s: %s\n", p.name, f.Position, oneLine(f.LogicalID), oneLine(f.Message))
		}
	}
	if opts.verbose {
		fmt.Fprintf(stderr, "%s: %s\n", p.name, p.summary(opts))
	}
}

func byPlace(a, b transform.Finding) int { return a.Position.Offset - b.Position.Offset }

// put puts the result to where the options want it.
func (p *patched) put(opts options, before *content, input, output []byte, files *fileSet) error {
	p.differs = p.changed
	if p.differs && opts.list {
		p.stdout = append(p.stdout, p.name+"\n"...)
	}
	if p.differs && (opts.diff || opts.expect != "" && !opts.write) {
		p.stdout = append(p.stdout, opts.unifiedDiff(p.name, input, output)...)
	}
	switch {
	case opts.write, p.isConfiguration:
		if !p.differs || opts.onlyCompares() {
			return nil
		}
		return files.stage(p.path, before, output)
	case opts.output != "":
		return files.stage(opts.output, nil, output)
	case opts.onlyCompares(), p.walked && len(p.findings) == 0:
		return nil
	}
	p.stdout = output
	return nil
}
