package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/transform/cfn"
)

// A source is a template to read.
type source struct {
	name   string // in messages
	path   string // "" for stdin and embedded templates
	walked bool   // found in a directory, so it may not be a template

	leadsOut bool   // a link out of that directory
	unread   string // what is passed over and only named, or ""

	namesNone bool // it names no resource that launches nodes
	namesAWS  bool // it names a type of AWS
	mayRun    bool // it may list what runs, which only reading all of it tells

	isConfiguration bool // a CodePipeline template configuration

	open func() (io.ReadCloser, error)
}

// read returns the content, which may have at most limit bytes.
func (s source) read(limit int64) ([]byte, error) {
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, failure("reading", s.name, err)
	}
	if int64(len(content)) > limit {
		return nil, s.tooLarge(limit)
	}
	return content, nil
}

// know judges a file that was read if its words alone did not tell what it has.
func (s *source) know(input []byte) {
	if s.namesNone && s.mayRun {
		has, unreadable := inputs.Running(input)
		s.namesNone, s.mayRun = !has, has || unreadable
	}
}

// tooLarge returns the error for more content than the limit.
func (s source) tooLarge(limit int64) error {
	is := "is larger"
	if info, err := os.Stat(s.path); err == nil && info.Mode().IsRegular() {
		is = fmt.Sprintf("has %d bytes, which is more", info.Size())
	}
	return &usageError{fmt.Sprintf("%s %s than the %d bytes of --max-size", s.name, is, limit),
		"--max-size N raises the limit, as in --max-size 5M; CloudFormation takes templates of up to 1 MB"}
}

// placed puts the name of the source before an error about its content.
func (s source) placed(err error) error {
	var at *cfn.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at):
		return fmt.Errorf("%s:%w", s.name, err)
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

// sources returns what the arguments name, in their order.
func sources(opts options, args []string, stdin io.Reader) ([]source, error) {
	if opts.template != "" {
		s, err := catalogueSource(opts)
		return []source{s}, err
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	var all []source
	for _, arg := range args {
		if arg == "-" {
			if slices.ContainsFunc(all, func(s source) bool { return s.path == "" }) {
				return nil, usagef("stdin is named twice")
			}
			all = append(all, source{name: shownName(opts.name), open: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }})
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, noFile(opts, arg, err)
		}
		if !info.IsDir() {
			if opts.write && opts.expect == "" && !info.Mode().IsRegular() {
				return nil, usagef("--write writes files back, and %s is a device or a pipe: use --output", arg)
			}
			all = append(all, fileSource(arg, false))
			continue
		}
		found, err := walk(opts, arg)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, &usageError{fmt.Sprintf("%s has no template", arg), walkHint}
		}
		all = append(all, found...)
	}
	return all, nil
}

func fileSource(path string, walked bool) source {
	return source{name: shownName(path), path: path, walked: walked, open: func() (io.ReadCloser, error) { return openFile(path) }}
}

func openFile(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failure("reading", path, err)
	}
	return f, nil
}
