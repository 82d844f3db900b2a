package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// writeFile writes a file at once: whoever reads it sees the old or the new
// content, never a part. A symbolic link stays one, and what it points to is
// written; an existing file keeps its mode. Windows cannot replace a file at once.
func writeFile(path string, data []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return writeTo(path, data) // a device or a pipe is not to be replaced
	}
	target, err := filepath.EvalSymlinks(path)
	if os.IsNotExist(err) {
		target, err = path, nil
		if to, linkErr := os.Readlink(path); linkErr == nil { // to what is not there yet
			target = to
			if !filepath.IsAbs(to) {
				target = filepath.Join(filepath.Dir(path), to)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := replaceFile(target, data); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// writeTo writes to what is no regular file.
func writeTo(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// unifiedDiff returns the difference as patch and git apply take it.
func unifiedDiff(name string, before, after []byte) string {
	name = strings.TrimPrefix(filepath.ToSlash(name), "/")
	if strings.Contains(name, " ") {
		name += "\t" // where the name ends, for patch
	}
	text := diff.Diff("a/"+name, before, "b/"+name, after)
	_, text, _ = bytes.Cut(text, []byte("\n")) // the line that names the command
	return string(text)
}

// colored paints the lines of a unified diff for a terminal.
func colored(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		color := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			color = "\x1b[1m"
		case line[0] == '+':
			color = "\x1b[32m"
		case line[0] == '-':
			color = "\x1b[31m"
		case line[0] == '@':
			color = "\x1b[36m"
		}
		text := strings.TrimSuffix(line, "\n")
		if color != "" {
			text = color + text + "\x1b[0m"
		}
		b.WriteString(text + line[len(strings.TrimSuffix(line, "\n")):])
	}
	return b.String()
}
