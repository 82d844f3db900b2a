package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// build returns the binary for a target. Of the environment, only what says
// where modules come from reaches it. What the tag leaves out, the command does
// not use: see the Makefile.
func (r release) build(t target) ([]byte, error) {
	dir, err := os.MkdirTemp("", "imdslock-dist")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "imdslock")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=auto", "-tags=urfave_cli_no_docs",
		"-ldflags=-s -w -X main.release="+r.version, "-o", binary, "./cmd/imdslock")
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0", "GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building for %s/%s: %w\n%s", t.os, t.arch, err, bytes.TrimSpace(out))
	}
	return os.ReadFile(binary)
}

// A file is one in an archive.
type file struct {
	name    string
	content []byte
	mode    os.FileMode
}

// contents are the files of an archive, below a folder of its name, sorted.
func (r release) contents(folder string, binary []byte, t target) ([]file, error) {
	executable := "imdslock"
	if t.os == "windows" {
		executable += ".exe"
	}
	var all []file
	for _, f := range []struct{ name, source string }{
		{"LICENSE", "LICENSE"},
		{"README.md", "README.md"},
		{"completion/_imdslock", "cmd/imdslock/completion/imdslock.zsh"},
		{"completion/imdslock.bash", "cmd/imdslock/completion/imdslock.bash"},
		{"completion/imdslock.fish", "cmd/imdslock/completion/imdslock.fish"},
	} {
		content, err := os.ReadFile(filepath.Join(r.root, f.source))
		if err != nil {
			return nil, err
		}
		all = append(all, file{folder + "/" + f.name, content, 0o644})
	}
	man, err := os.ReadFile(filepath.Join(r.root, "docs/imdslock.1"))
	if err != nil {
		return nil, err
	}
	return append(all, file{folder + "/" + executable, binary, 0o755}, file{folder + "/imdslock.1", man, 0o644}), nil
}
