package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"imdslock/transform/cfn"
)

// A source is a template to read.
type source struct {
	name   string // in messages
	path   string // "" for stdin and embedded templates
	walked bool   // found in a directory, so it may be no template

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

// tooLarge is the error for more content than the limit.
func (s source) tooLarge(limit int64) error {
	is := "is larger"
	if info, err := os.Stat(s.path); err == nil && info.Mode().IsRegular() {
		is = fmt.Sprintf("has %d bytes, which is more", info.Size())
	}
	return &usageError{fmt.Sprintf("%s %s than the %d bytes of --max-size", s.name, is, limit),
		"--max-size N lifts the limit, as in --max-size 5M; CloudFormation takes templates of up to 1 MB"}
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
			all = append(all, source{name: opts.name, open: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }})
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, fileSource(arg, false))
			continue
		}
		found, err := walk(arg)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, &usageError{fmt.Sprintf("%s has no template", arg), "a folder is searched for .yaml, .yml, .json and .template files"}
		}
		all = append(all, found...)
	}
	return all, nil
}

func fileSource(path string, walked bool) source {
	return source{name: path, path: path, walked: walked, open: func() (io.ReadCloser, error) { return openFile(path) }}
}

func openFile(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failure("reading", path, err)
	}
	return f, nil
}

// walk returns the files of a directory that are templates by their names.
// Hidden directories, such as .git, are passed over.
func walk(dir string) ([]source, error) {
	var found []source
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name := d.Name(); path != dir && len(name) > 1 && name[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".yaml", ".yml", ".json", ".template":
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				found = append(found, fileSource(path, true))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walking %s: %w", dir, err)
	}
	return found, nil
}

// isPassedOver reports whether a file was found in a directory and has nothing
// to lock, whatever its size.
func (s source) isPassedOver() (bool, error) {
	if !s.walked {
		return false, nil
	}
	r, err := s.open()
	if err != nil {
		return false, err
	}
	defer r.Close()
	mentions, err := mentionsLaunchTemplate(r)
	if err != nil {
		return false, failure("reading", s.name, err)
	}
	return !mentions, nil
}

// mentionsLaunchTemplate reports whether a text names a type of resource that
// can have anything to lock. It holds little of the text at a time.
func mentionsLaunchTemplate(r io.Reader) (bool, error) {
	types := [][]byte{[]byte("AWS::EC2::LaunchTemplate"), []byte("AWS::AutoScaling::LaunchConfiguration"), []byte("AWS::EKS::Nodegroup")}
	const overlap = 64 // more than the longest of them
	window := make([]byte, 64<<10)
	for kept := 0; ; {
		n, err := io.ReadFull(r, window[kept:])
		text := window[:kept+n]
		if slices.ContainsFunc(types, func(t []byte) bool { return bytes.Contains(text, t) }) {
			return true, nil
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return false, nil
		case err != nil:
			return false, err
		}
		kept = copy(window, text[len(text)-overlap:])
	}
}
