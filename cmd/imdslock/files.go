package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A fileSet is the files that a run writes: all of them, or none if anything goes
// wrong before the last is ready. The new content of each is first written whole
// next to its place, under a hidden name that a walk does not take for a template,
// and then renamed: whenever this process is killed, a reader of the file finds
// the old or the new content, never a part. The new file has the mode of the old
// one, and its owner and group if the system allows that; a symbolic link stays
// one, but other hard links keep the old content.
type fileSet struct {
	mu      sync.Mutex // stage may be called by many goroutines
	files   []newFile
	targets map[string]content // what the files at these places are to have
}

// A write is what one file is to have.
type write struct {
	path   string
	before *content // what it must have until then; nil means anything
	data   []byte
}

// A newFile is the content that a file is going to have.
type newFile struct {
	path   string // as named
	target string // where the links in path lead
	temp   string // the file with the new content; "" if target is not a regular file
	data   []byte // for a device or a pipe

	before *content // what it must still have; nil means anything
	after  content
}

// A content is what a file has, or that there is no file.
type content struct {
	exists bool
	sum    [sha256.Size]byte
}

func contentOf(data []byte) *content { return &content{true, sha256.Sum256(data)} }

// contentAt reads what a file has now.
func contentAt(path string) (content, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return content{}, nil
	}
	if err != nil {
		return content{}, err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return content{}, err
	}
	return content{true, [sha256.Size]byte(hash.Sum(nil))}, nil
}

// stageAll stages all writes. It returns all errors, or the cause of ctx if that
// is done.
func (s *fileSet) stageAll(ctx context.Context, writes []write) error {
	_, failures := inParallel(ctx, writes, func() {}, func(w write) (struct{}, error) {
		return struct{}{}, s.stage(w.path, w.before, w.data)
	})
	return firstCause(ctx, failures)
}

// stage makes data ready to become the content of path. If before is not nil, path
// must have that content until commit.
func (s *fileSet) stage(path string, before *content, data []byte) error {
	f := newFile{path: path, before: before, after: *contentOf(data)}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return &usageError{fmt.Sprintf("writing %s: it is a folder", path), "name a file"}
	case err == nil && !info.Mode().IsRegular():
		f.target, f.data = path, data // a device or a pipe is not to be replaced
	default:
		if f.target, err = destination(path); err != nil {
			return failure("writing", path, err)
		}
		if f.temp, err = writeBeside(f.target, info, data); err != nil {
			return cannotStage(path, f.target, err)
		}
	}
	if err := s.add(f); err != nil {
		return errors.Join(err, f.remove())
	}
	return nil
}

// add returns an error if another file of the set has the same target and other content.
func (s *fileSet) add(f newFile) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, ok := s.targets[f.target]; ok && other != f.after {
		return usagef("%s cannot have two contents: it is named twice", f.path)
	}
	if s.targets == nil {
		s.targets = map[string]content{}
	}
	s.targets[f.target] = f.after
	s.files = append(s.files, f)
	return nil
}

// commit puts the files into place, once the function between has written what
// belongs to stdout. No file is touched if that fails, if ctx is done, or if one
// of them is not what it was when it was read.
func (s *fileSet) commit(ctx context.Context, between func() error) error {
	for _, f := range s.files {
		if err := f.checkUnchanged(); err != nil {
			return err
		}
	}
	if err := between(); err != nil {
		if _, isSignal := signalOf(err); isSignal {
			return err
		}
		return fmt.Errorf("%w; no file is written", err)
	}
	for _, f := range s.files {
		if f.temp == "" {
			if err := writeTo(f.path, f.data); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for i, f := range s.files {
		if f.temp == "" {
			continue
		}
		if err := os.Rename(f.temp, f.target); err != nil {
			s.files = s.files[i:]
			return failure("writing", f.path, err)
		}
	}
	s.files = nil
	return nil
}

// discard removes the files that are not in place.
func (s *fileSet) discard() {
	for _, f := range s.files {
		_ = f.remove() // one that stays is hidden
	}
	s.files = nil
}

func (f newFile) remove() error {
	if f.temp == "" {
		return nil
	}
	return os.Remove(f.temp)
}

// checkUnchanged returns an error if a file is not what it was when it was read. It
// is fine if another process has written exactly the new content meanwhile.
func (f newFile) checkUnchanged() error {
	if f.before == nil || f.temp == "" {
		return nil
	}
	now, err := contentAt(f.path)
	if err != nil {
		return failure("writing", f.path, err)
	}
	target, err := destination(f.path)
	if err != nil {
		return failure("writing", f.path, err)
	}
	if target != f.target || now != *f.before && now != f.after {
		return &usageError{fmt.Sprintf("%s was changed by somebody else while it was read: it stays as it is now", f.path), "run again"}
	}
	return nil
}

// writeBeside writes data into a new file in the folder of path, and onto the
// disk, so that a disk which is full shows now. old is the file at path, or nil.
func writeBeside(path string, old fs.FileInfo, data []byte) (temp string, err error) {
	if old != nil { // a file that may not be written may not be replaced either
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return "", err
		}
		f.Close()
	}
	f, err := createBeside(path, old)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, bytes.NewReader(data))
	if old != nil {
		keepOwner(f, old)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// startOf returns as much of a file's name as leaves room, in the 255 bytes that most
// systems allow, for what makes it a different one.
func startOf(path string) string {
	name := filepath.Base(path)
	return strings.ToValidUTF8(name[:min(len(name), 200)], "")
}

// writeTo writes to a file that is not a regular one.
func writeTo(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return failure("writing", path, err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return failure("writing", path, err)
	}
	return nil
}

// cannotStage says why a new file cannot be made beside target.
func cannotStage(path, target string, err error) error {
	e := failure("writing", path, err)
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(target)} {
		if _, statErr := os.Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
			return &usageError{fmt.Sprintf("writing %s: there is no folder %s", path, dir), "make it first"}
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return &usageError{e.Error(), "a file is replaced as a whole, so it and its folder must be writable"}
	}
	return e
}

// failure returns an error of the system about a file, without the temporary names
// in it, which a user does not know.
func failure(doing, path string, err error) error {
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onPath):
		err = onPath.Err
	case errors.As(err, &onLink):
		err = onLink.Err
	}
	return fmt.Errorf("%s %s: %w", doing, path, err)
}
