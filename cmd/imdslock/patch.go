package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// A patched is a template that was patched. Its text is kept only if it goes anywhere.
type patched struct {
	source
	findings   []transform.Finding
	parameters map[string]string
	renewed    bool   // a file of a cloud assembly that has the new hashes of others
	passedOver bool   // found in a directory, with nothing to lock
	changed    bool   // the result differs from the input
	differs    bool   // changed or, with --expect, that the golden file differs
	stdout     []byte // what it prints there
	write      *write // what goes into a file, if anything
}

// patch patches everything that is named, in the order of the arguments. If one
// fails, nothing is written at all.
func (c *command) patch(cc *cli.Context) error {
	if cc.Bool("version") {
		_, err := fmt.Fprintln(&c.out, "imdslock "+version())
		return err
	}
	if err := c.readOptions(cc); err != nil {
		return err
	}
	if err := c.refuseTerminal(cc); err != nil {
		return err
	}
	all, err := c.patchSources(cc.Args().Slice())
	if err != nil {
		return err
	}
	var counted progress
	counted.start(c.opts, c.stderr, len(all))
	results, failures := inParallel(cc.Context, all, counted.step, func(s source) (patched, error) { return patchOne(cc.Context, c.opts, s) })
	counted.end()
	if err := firstCause(cc.Context, failures); err != nil {
		return err
	}
	c.leaveOutPatched(results)
	if results, err = renewAssemblies(results); err != nil {
		return err
	}
	if c.opts.configuration != "" {
		p, err := patchConfiguration(c.opts, results, c.stderr)
		if err != nil {
			return err
		}
		results = append(results, p)
	}
	return c.put(results)
}

// leaveOutPatched leaves out the notes on nested stacks whose templates are patched too.
func (c *command) leaveOutPatched(results []patched) {
	read := map[string]bool{}
	for _, p := range results {
		read[filepath.Clean(p.path)] = p.unread == "" && len(c.opts.Resources) == 0
	}
	opened := assemblies{}
	for i, p := range results {
		results[i].findings = opened.withoutSeen(p.path, p.findings, read)
	}
}

// patchSources returns what the arguments of a patch name.
func (c *command) patchSources(args []string) ([]source, error) {
	all, err := sources(c.opts, args, c.stdin)
	if err != nil {
		return nil, err
	}
	isRead := func(s source) bool { return s.unread == "" }
	n := 0
	for _, s := range all {
		if isRead(s) {
			n++
		}
	}
	switch {
	case c.opts.expect != "" && n != 1:
		return nil, usagef("--expect compares the result of one template, not of %d", n)
	case c.opts.output != "" && n != 1:
		return nil, usagef("--output takes the result of one template, not of %d", n)
	case c.opts.expect != "", c.opts.output != "":
		all[slices.IndexFunc(all, isRead)].walked = false // there must be a result, in a folder too
	}
	return all, nil
}

// put passes on what the results have for stdout and for files.
func (c *command) put(results []patched) error {
	differs := false
	for _, p := range results {
		p.log(c.opts, c.stderr)
		differs = differs || p.differs
		c.out.Write(p.stdout)
		if p.write != nil {
			c.writes = append(c.writes, *p.write)
		}
	}
	printTotals(c.opts, results, c.stderr)
	if differs && c.opts.onlyCompares() {
		return errDifference
	}
	return nil
}

// patchOne patches one template. A file that was found in a directory and has
// nothing to lock is passed over as it is.
func patchOne(ctx context.Context, opts options, s source) (patched, error) {
	p := patched{source: s}
	var err error
	if p.passedOver, err = s.isPassedOver(); p.passedOver || err != nil {
		p.findings = s.notRead()
		return p, err
	}
	input, err := s.read(opts.maxSize)
	if err != nil {
		return p, err
	}
	s.know(input)
	p.source = s
	before, result, err := inputs.Patch(ctx, input, opts.Options)
	if s.isAnything(err) {
		p.passedOver = true
		return p, nil
	}
	if note, ok := s.isNoTemplate(err, true); ok {
		p.passedOver, p.findings = true, []transform.Finding{note}
		return p, nil
	}
	if err != nil {
		return p, s.placed(err)
	}
	p.findings, p.parameters = s.withoutNodes(result.Findings), result.Parameters
	p.changed = !bytes.Equal(before, result.Output)
	if p.passedOver = s.namesNone && !p.changed; p.passedOver {
		return p, nil
	}
	if err := errors.Join(p.refuseWrite(opts, input, before), p.refuseLink(opts)); err != nil {
		return p, err
	}
	if opts.expect != "" {
		return p, p.expect(opts, result.Output)
	}
	p.put(opts, contentOf(input), before, result.Output)
	return p, nil
}

// log prints notes and, with -v, changes and what they amount to.
func (p patched) log(opts options, stderr io.Writer) {
	findings := slices.Clone(p.findings)
	slices.SortStableFunc(findings, byPlace)
	for _, f := range findings {
		switch {
		case f.Kind == transform.KindAccepted:
			logAccepted(opts, p.name, f, stderr)
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

// put puts the result where the options say.
func (p *patched) put(opts options, before *content, input, output []byte) {
	p.differs = p.changed
	if p.differs && opts.list {
		p.stdout = append(p.stdout, p.name+"\n"...)
	}
	if p.differs && (opts.diff || opts.expect != "" && !opts.write) {
		p.stdout = append(p.stdout, report.UnifiedDiff(p.name, input, output, opts.color)...)
	}
	switch {
	case opts.write, p.isConfiguration:
		if p.differs && !opts.onlyCompares() {
			p.write = &write{p.path, before, output}
		}
	case opts.output != "":
		p.write = &write{opts.output, nil, output}
	case opts.onlyCompares(), p.walked && len(p.findings) == 0:
	default:
		p.stdout = output
	}
}
