package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"imdslock/transform"
	"imdslock/transform/cfn"
)

// A patched template, or why there is none.
type patched struct {
	source
	input  []byte
	result transform.Result
	err    error
}

// patchFiles patches all that is named and puts the results out, in the order
// of the arguments. Where one fails, nothing is written at all.
func patchFiles(opts options, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	all, err := sources(opts, args, stdin)
	if err != nil {
		return err
	}
	results := patchAll(opts, all)
	var failures []error
	for _, p := range results {
		if p.err != nil {
			failures = append(failures, p.err)
		}
	}
	if len(failures) > 0 {
		return errors.Join(failures...)
	}
	differs := false
	for _, p := range results {
		p.log(opts, stderr)
		differs = differs || p.result.Changed()
		if err := p.put(opts, stdout); err != nil {
			return err
		}
	}
	if differs && (opts.diff || opts.list) && !opts.write {
		return errDifference
	}
	return nil
}

// patchAll patches in parallel and returns the results in the given order.
func patchAll(opts options, all []source) []patched {
	results := make([]patched, len(all))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		workers.Go(func() {
			for i := range next {
				results[i] = patchOne(opts, all[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}

// patchOne patches one template. A file that was found in a directory and has
// nothing to lock is passed over as it is.
func patchOne(opts options, s source) patched {
	p := patched{source: s}
	p.input, p.err = s.read()
	if p.err != nil {
		return p
	}
	if s.walked && !mentionsLaunchTemplate(p.input) {
		p.result.Output = p.input
		return p
	}
	p.result, p.err = transform.Patch(p.input, opts.Options)
	var placed *cfn.Error
	if errors.As(p.err, &placed) {
		p.err = fmt.Errorf("%s:%w", s.name, p.err)
	} else if p.err != nil {
		p.err = fmt.Errorf("%s: %w", s.name, p.err)
	}
	return p
}

// log prints notes and, with -v, changes.
func (p patched) log(opts options, stderr io.Writer) {
	findings := slices.Clone(p.result.Findings)
	slices.SortStableFunc(findings, func(a, b transform.Finding) int { return a.Position.Offset - b.Position.Offset })
	for _, f := range findings {
		switch {
		case f.IsNote() && !opts.quiet:
			fmt.Fprintf(stderr, "%s:%v: note: %s\n", p.name, f.Position, f.Message)
		case !f.IsNote() && opts.verbose:
			fmt.Fprintf(stderr, "%s:%v: %s: %s\n", p.name, f.Position, f.LogicalID, f.Message)
		}
	}
}

// put writes the result to where the options want it.
func (p patched) put(opts options, stdout io.Writer) error {
	changed := p.result.Changed()
	if changed && opts.list {
		fmt.Fprintln(stdout, p.name)
	}
	if changed && opts.diff {
		text := unifiedDiff(p.name, p.input, p.result.Output)
		if opts.color {
			text = colored(text)
		}
		if _, err := io.WriteString(stdout, text); err != nil {
			return err
		}
	}
	switch {
	case opts.write:
		if !changed {
			return nil
		}
		return writeFile(p.path, p.result.Output)
	case opts.output != "":
		return writeFile(opts.output, p.result.Output)
	case opts.diff || opts.list || p.walked && len(p.result.Findings) == 0:
		return nil
	}
	_, err := stdout.Write(p.result.Output)
	return err
}
