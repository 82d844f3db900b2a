package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/cover"
)

// long is the duration from which on a test is run after all others.
const long = 500 * time.Millisecond

// measure runs the tests as they are, which must pass. It keeps what they take
// and what they run, and puts the packages into the order in which mutants meet
// them.
func measure(ctx context.Context, packages []*pkg) error {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var covered []string
	for _, p := range packages {
		covered = append(covered, p.ImportPath)
	}
	all := strings.Join(covered, ",")
	for _, p := range packages {
		binary := filepath.Join(dir, "test")
		build := exec.CommandContext(ctx, "go", "test", "-c", "-cover", "-coverpkg="+all, "-o", binary, p.ImportPath)
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building the tests of %s: %w\n%s", p.ImportPath, err, out)
		}
		if _, err := os.Stat(binary); err != nil {
			continue // it has no tests
		}
		if err := p.measure(ctx, binary); err != nil {
			return err
		}
		if err := os.Remove(binary); err != nil {
			return err
		}
	}
	for _, p := range packages { // a mutant's own package is among them
		slices.SortFunc(p.tests, func(a, b *pkg) int { return cmp.Compare(a.cpu, b.cpu) })
		i := slices.Index(p.tests, p)
		p.tests = slices.Insert(slices.Delete(p.tests, i, i+1), 0, p)
	}
	return nil
}

// measure runs the tests of one package.
func (p *pkg) measure(ctx context.Context, binary string) error {
	profile := binary + ".cover"
	cmd := p.test(ctx, binary, 20*time.Minute, "-test.v", "-test.coverprofile="+profile)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the tests of %s fail without a mutant: %w\n%s", p.ImportPath, err, out)
	}
	p.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	for _, m := range regexp.MustCompile(`(?m)^--- PASS: (\w+) \((.*)s\)$`).FindAllStringSubmatch(string(out), -1) {
		if seconds, err := strconv.ParseFloat(m[2], 64); err == nil && seconds >= long.Seconds() {
			p.slow = append(p.slow, m[1])
		}
	}
	profiles, err := cover.ParseProfiles(profile)
	if err != nil {
		return err
	}
	p.runs = map[string][]cover.ProfileBlock{}
	for _, f := range profiles {
		p.runs[f.FileName] = f.Blocks
	}
	return nil
}

// covers reports whether a test of the package runs the place of a mutant. A place
// outside all blocks, such as that of a constant of the package, counts as run.
func (p *pkg) covers(m mutant) bool {
	line, col := m.position()
	inside := false
	for _, b := range p.runs[path.Join(m.pkg.ImportPath, filepath.Base(m.file))] {
		if cmp.Or(cmp.Compare(line, b.StartLine), cmp.Compare(col, b.StartCol)) < 0 ||
			cmp.Or(cmp.Compare(line, b.EndLine), cmp.Compare(col, b.EndCol)) >= 0 {
			continue
		}
		if b.Count > 0 {
			return true
		}
		inside = true
	}
	return p.runs != nil && !inside
}
