package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// expect compares the one result with the golden file and prints what is
// different, from the golden file to the result. With -w it makes the golden
// file the result instead.
func expect(opts options, results []patched, stdout, stderr io.Writer) error {
	if len(results) != 1 {
		return usagef("--expect compares the result of one template, not of %d", len(results))
	}
	p := results[0]
	golden, err := os.ReadFile(opts.expect)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing && !opts.write:
		return &usageError{fmt.Sprintf("there is no golden file %s", opts.expect), "-w makes it"}
	case err != nil && !missing:
		return err
	}
	p.log(opts, stderr)
	switch {
	case !missing && string(golden) == string(p.result.Output):
		return nil
	case opts.write:
		return writeFile(opts.expect, p.result.Output)
	}
	text := unifiedDiff(opts.expect, golden, p.result.Output)
	if opts.color {
		text = colored(text)
	}
	if _, err := io.WriteString(stdout, text); err != nil {
		return err
	}
	return errDifference
}
