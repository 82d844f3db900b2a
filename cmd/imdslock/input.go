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

	read func() ([]byte, error)
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
			all = append(all, source{name: opts.name, read: func() ([]byte, error) { return io.ReadAll(stdin) }})
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
	return source{name: path, path: path, walked: walked, read: func() ([]byte, error) { return os.ReadFile(path) }}
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

// mentionsLaunchTemplate reports whether a file can have anything to lock.
func mentionsLaunchTemplate(src []byte) bool {
	return bytes.Contains(src, []byte("AWS::EC2::LaunchTemplate")) ||
		bytes.Contains(src, []byte("AWS::AutoScaling::LaunchConfiguration")) ||
		bytes.Contains(src, []byte("AWS::EKS::Nodegroup"))
}
