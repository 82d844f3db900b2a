package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// destination returns the one absolute path of what a path leads to, through
// all symbolic links. What is there need not exist.
func destination(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for {
		target, err := filepath.EvalSymlinks(path)
		if !errors.Is(err, fs.ErrNotExist) {
			return target, err
		}
		to, err := os.Readlink(path)
		if err != nil {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if errors.Is(err, fs.ErrNotExist) {
				return path, nil
			}
			return filepath.Join(dir, filepath.Base(path)), err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
}

// sameFile reports whether two paths lead to one file, which need not exist.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(infoA, infoB) // a hard link, or spelled in other cases
	}
	a, errA = destination(a)
	b, errB = destination(b)
	return errA == nil && errB == nil && a == b
}
