package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"imdslock/transform"
)

// A patched template.
type patched struct {
	source
	input  []byte
	result transform.Result
}

// patchFiles patches all that is named and puts the results out, in the order
// of the arguments. Where one fails, nothing is written at all.
func patchFiles(opts options, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	all, err := sources(opts, args, stdin)
	if err != nil {
		return err
	}
	results, err := inParallel(all, func(s source) (patched, error) { return patchOne(opts, s) })
	if err != nil {
		return err
	}
	if opts.expect != "" {
		return expect(opts, results, stdout, stderr)
	}
	if opts.configuration != "" {
		c, err := patchConfiguration(opts, results, stderr)
		if err != nil {
			return err
		}
		results = append(results, c)
	}
	differs := false
	for _, p := range results {
		p.log(opts, stderr)
		differs = differs || p.changed()
		if err := p.put(opts, stdout); err != nil {
			return err
		}
	}
	if differs && (opts.diff || opts.list) && !opts.write {
		return errDifference
	}
	return nil
}

// patchOne patches one template. A file that was found in a directory and has
// nothing to lock is passed over as it is.
func patchOne(opts options, s source) (patched, error) {
	input, err := s.read()
	if err != nil {
		return patched{}, err
	}
	p := patched{source: s, input: input}
	if s.walked && !mentionsLaunchTemplate(input) {
		p.result.Output = input
		return p, nil
	}
	p.result, err = transform.Patch(input, opts.Options)
	return p, s.placed(err)
}

// patchConfiguration sets the parameters of all templates in a CodePipeline
// template configuration, which need not exist yet.
func patchConfiguration(opts options, results []patched, stderr io.Writer) (patched, error) {
	s := fileSource(opts.configuration, false)
	s.isConfiguration = true
	input, err := s.read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return patched{}, err
	}
	values := map[string]string{}
	for _, p := range results {
		maps.Copy(values, p.result.Parameters)
	}
	names := slices.Sorted(maps.Keys(values))
	if len(names) == 0 && !opts.quiet {
		fmt.Fprintf(stderr, "%s:1:1: note: no parameter decides about IMDSv1: none set\n", s.name)
	}
	output, err := transform.SetParameters(input, names, values)
	return patched{source: s, input: input, result: transform.Result{Output: output}}, s.placed(err)
}

// changed reports whether the output differs from the input.
func (p patched) changed() bool { return string(p.input) != string(p.result.Output) }

// log prints notes and, with -v, changes.
func (p patched) log(opts options, stderr io.Writer) {
	findings := slices.Clone(p.result.Findings)
	slices.SortStableFunc(findings, byPlace)
	for _, f := range findings {
		switch {
		case f.IsNote() && !opts.quiet:
			fmt.Fprintf(stderr, "%s:%v: note: %s\n", p.name, f.Position, f.Message)
		case !f.IsNote() && opts.verbose:
			fmt.Fprintf(stderr, "%s:%v: %s: %s\n", p.name, f.Position, f.LogicalID, f.Message)
		}
	}
}

func byPlace(a, b transform.Finding) int { return a.Position.Offset - b.Position.Offset }

// put writes the result to where the options want it.
func (p patched) put(opts options, stdout io.Writer) error {
	if p.changed() && opts.list {
		fmt.Fprintln(stdout, p.name)
	}
	if p.changed() && opts.diff {
		text := unifiedDiff(p.name, p.input, p.result.Output)
		if opts.color {
			text = colored(text)
		}
		if _, err := io.WriteString(stdout, text); err != nil {
			return err
		}
	}
	shows := opts.diff || opts.list
	switch {
	case opts.write, p.isConfiguration:
		if !p.changed() || shows && !opts.write {
			return nil
		}
		return writeFile(p.path, p.result.Output)
	case opts.output != "":
		return writeFile(opts.output, p.result.Output)
	case shows, p.walked && len(p.result.Findings) == 0:
		return nil
	}
	_, err := stdout.Write(p.result.Output)
	return err
}
