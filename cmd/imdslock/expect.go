package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
)

// expect compares the result with the golden file and prints what is different,
// from the golden file to the result. With -w it makes the golden file the
// result instead.
func (p *patched) expect(opts options, output []byte) error {
	before := &content{}
	golden, err := fileSource(opts.expect, false).read(opts.maxSize)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case missing && !opts.write:
		return noGolden(opts.expect)
	case err == nil:
		before = contentOf(golden)
	case !missing:
		return err
	}
	p.differs = !before.exists || !bytes.Equal(golden, output)
	switch {
	case !p.differs:
		return nil
	case opts.write:
		p.write = &write{opts.expect, before, output}
		return nil
	}
	p.stdout = []byte(report.UnifiedDiff(opts.expect, golden, output, opts.color))
	return nil
}

// noGolden returns the error for a golden file that does not exist.
func noGolden(path string) error {
	hint := "-w makes it"
	if dir := filepath.Dir(path); !isDir(dir) {
		hint = fmt.Sprintf("make the folder %s, and -w makes the file", dir)
	}
	return &usageError{fmt.Sprintf("there is no golden file %s", path), hint}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
