package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"imdslock/internal/message"
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
func patchFiles(ctx context.Context, opts options, args []string, stdin io.Reader, files *fileSet, counted *progress, stdout, stderr io.Writer) error {
	all, err := sources(opts, args, stdin)
	if err != nil {
		return err
	}
	switch one := len(all) == 1; {
	case opts.expect != "" && !one:
		return usagef("--expect compares the result of one template, not of %d", len(all))
	case opts.output != "" && !one:
		return usagef("--output takes the result of one template, not of %d", len(all))
	case opts.expect != "", opts.output != "":
		all[0].walked = false // there must be a result, in a folder too
	}
	counted.start(opts, stderr, len(all))
	results, err := inParallel(counted, all, func(s source) (patched, error) { return patchOne(ctx, opts, s, files) })
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
func patchOne(ctx context.Context, opts options, s source, files *fileSet) (patched, error) {
	p := patched{source: s}
	var err error
	if p.passedOver, err = s.isPassedOver(); p.passedOver || err != nil {
		return p, err
	}
	input, err := s.read(opts.maxSize)
	if err != nil {
		return p, err
	}
	result, err := transform.Patch(ctx, input, opts.Options)
	if note, ok := s.isNoTemplate(err); ok {
		p.passedOver, p.findings = true, []transform.Finding{note}
		return p, nil
	}
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

// log prints notes and, with -v, changes and what they come to.
func (p patched) log(opts options, stderr io.Writer) {
	findings := slices.Clone(p.findings)
	slices.SortStableFunc(findings, byPlace)
	for _, f := range findings {
		switch {
		case f.Kind != transform.KindChange && !opts.quiet:
			fmt.Fprintln(stderr, message.Note(p.name, f))
		case f.Kind == transform.KindChange && opts.verbose:
			fmt.Fprintf(stderr, "%s:%v: %s: %s\n", p.name, f.Start, message.Line(f.LogicalID), message.Line(f.Message))
		}
	}
	if opts.verbose {
		fmt.Fprintf(stderr, "%s: %s\n", p.name, p.summary(opts))
	}
}

func byPlace(a, b transform.Finding) int { return a.Start.Offset - b.Start.Offset }

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
