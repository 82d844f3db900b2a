package main

import (
	"bytes"
	"errors"
	"fmt"
	"imdslock/transform"
	"imdslock/transform/cfn"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// walk returns the files of a directory that are templates by their names.
// Hidden directories, such as .git, are passed over.
func walk(dir string) ([]source, error) {
	var found []source
	if dir == filepath.VolumeName(dir) {
		dir += "." // on Windows, C: is the current folder of that drive, and C:\ its root
	}
	root := dir + string(filepath.Separator) // what is behind a link too
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name := d.Name(); path != root && len(name) > 1 && name[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".yaml", ".yml", ".json", ".template":
			info, err := os.Stat(path)
			switch {
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ELOOP): // a link that leads nowhere
			case err != nil:
				return err
			case info.Mode().IsRegular():
				found = append(found, fileSource(path, true))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walking: %w", err)
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

// isNoTemplate returns a note in the place of an error where a file that was
// found in a directory can be read and is something else, though it names a type
// of resource: what Kubernetes keeps a template in, or a list of types.
func (s source) isNoTemplate(err error) (transform.Finding, bool) {
	var at *cfn.Error
	if !s.walked || !errors.As(err, &at) || !at.NotTemplate {
		return transform.Finding{}, false
	}
	return transform.Finding{Rule: transform.RuleNothing, Kind: transform.KindNote, Start: at.Position, End: at.Position, Message: "passed over: " + at.Message}, true
}

// mentionsLaunchTemplate reports whether a text names a type of resource that
// can have anything to lock. It holds little of the text at a time.
func mentionsLaunchTemplate(r io.Reader) (bool, error) {
	types := transform.ResourceTypes()
	const overlap = 64 // more than the longest of them
	window := make([]byte, 64<<10)
	for kept := 0; ; {
		n, err := io.ReadFull(r, window[kept:])
		text := window[:kept+n]
		if slices.ContainsFunc(types, func(t string) bool { return bytes.Contains(text, []byte(t)) }) {
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
