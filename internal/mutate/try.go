package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/cover"
)

// memory is how much a test may take, in KiB of address space. The tests
// themselves take a quarter of it.
const memory = 6 << 20

// A pkg is a package as go list shows it.
type pkg struct {
	ImportPath, Dir string
	GoFiles, Deps   []string

	tests []*pkg                          // those whose tests hold it, its own first, then the fast ones
	cpu   time.Duration                   // what its tests take
	slow  []string                        // its tests that take long
	runs  map[string][]cover.ProfileBlock // by file, what its tests run of all packages
}

// list returns packages, and connects each with those that import it.
func list(ctx context.Context, patterns []string) ([]*pkg, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,Deps", "--"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []*pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(pkg)
		if err := d.Decode(p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
	for _, p := range all {
		for _, q := range all {
			if p == q || slices.Contains(q.Deps, p.ImportPath) {
				p.tests = append(p.tests, q)
			}
		}
	}
	return all, nil
}

// test returns the command that runs a test binary of the package. A process
// that takes more processor time than cpu, or more memory than there is for it,
// is killed, and so fails. The time does not depend on what else the machine
// does.
func (p *pkg) test(ctx context.Context, binary string, cpu time.Duration, args ...string) *exec.Cmd {
	script := fmt.Sprintf(`ulimit -t %d -v %d; exec nice "$@"`, int(cpu.Seconds()), memory)
	args = append([]string{"-c", script, "sh", binary, "-test.short", "-test.failfast", "-test.timeout=20m"}, args...)
	cmd := exec.CommandContext(ctx, "sh", args...)
	cmd.Dir = p.Dir
	return cmd
}

// An answer says what became of a mutant.
type answer struct {
	invalid bool   // it does not compile
	by      string // the test that noticed it, or "" if it survived
	took    time.Duration
	err     error
}

// try builds a mutant and runs the tests until one fails.
func try(ctx context.Context, m mutant) answer {
	start := time.Now()
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return answer{err: err}
	}
	defer os.RemoveAll(dir)
	overlay, err := m.overlay(dir)
	if err != nil {
		return answer{err: err}
	}
	isBuilt := false
	for _, p := range m.pkg.tests {
		if !p.covers(m) {
			continue
		}
		by, err := p.notices(ctx, dir, overlay)
		if errors.Is(err, errBuild) {
			return answer{invalid: true}
		}
		if by != "" || err != nil {
			return answer{by: by, took: time.Since(start), err: err}
		}
		isBuilt = true
	}
	if !isBuilt {
		build := exec.CommandContext(ctx, "nice", "go", "build", "-overlay="+overlay, m.pkg.ImportPath)
		if err := build.Run(); err != nil {
			return answer{invalid: true, err: ctx.Err()}
		}
	}
	return answer{took: time.Since(start)}
}

// errBuild says that tests with a mutant do not compile.
var errBuild = errors.New("the tests do not compile")

// notices returns the test of the package that fails with an overlay, or "". The
// tests that take long run last. The error is errBuild if they do not compile.
func (p *pkg) notices(ctx context.Context, dir, overlay string) (string, error) {
	binary := filepath.Join(dir, "test")
	build := exec.CommandContext(ctx, "nice", "go", "test", "-c", "-ldflags=-s -w", "-o", binary, "-overlay="+overlay, p.ImportPath)
	if err := build.Run(); err != nil {
		return "", cmp.Or(ctx.Err(), errBuild)
	}
	for _, choice := range p.choices() {
		out, err := p.test(ctx, binary, 30*time.Second+4*p.cpu, choice).CombinedOutput()
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			return failure(string(out)), nil
		case err != nil:
			return "", err
		}
	}
	return "", nil
}

// choices returns the arguments that run first the fast tests, then the slow ones.
func (p *pkg) choices() []string {
	if len(p.slow) == 0 {
		return []string{"-test.run=."}
	}
	slow := "^(" + strings.Join(p.slow, "|") + ")$"
	return []string{"-test.skip=" + slow, "-test.run=" + slow}
}

// overlay writes a mutant, and the overlay file that puts it in place of its source.
func (m mutant) overlay(dir string) (string, error) {
	mutated := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(mutated, m.Source(), 0o666); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {m.file: mutated}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o666)
}

// failure returns the first test that the output of go test says failed.
func failure(out string) string {
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
			return strings.Fields(name)[0]
		}
	}
	return "no test, but it crashed or took too much"
}
