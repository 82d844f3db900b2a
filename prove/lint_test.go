//go:build linux

package prove

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform"
)

const (
	// With lock, a branch of Fn::If cannot be reached any more: that is the
	// proof of it.
	notReachable = "W1028"
	corpus       = "../../shared/corpus/"
)

// notUsed are the warnings about a parameter, mapping or condition that nothing
// refers to any more, because a literal has taken the place of what did.
var notUsed = []string{"W2001", "W7001", "W8001"}

// TestLint wants cfn-lint to have no more against a result than against the
// template: no error, and no warning but those two. It takes one template of ten unless
// IMDSLOCK_REQUIRE lists cfn-lint.
func TestLint(t *testing.T) {
	needs.CFNLint(t)
	t.Parallel()
	results := lintedResults(t)
	after := lint(t, results, func(r lintedResult) string { return r.file })

	// Only what there is something to say about has to be compared.
	said := slices.DeleteFunc(slices.Clone(results), func(r lintedResult) bool { return len(after[r.file]) == 0 })
	before := lint(t, said, func(r lintedResult) string { return r.name })
	expected := map[string]int{}
	for _, r := range results {
		for _, c := range after[r.file] {
			switch {
			case slices.Contains(before[r.name], c), isUnknownAlready(before[r.name], c):
			case r.explains(c):
				expected[c.rule]++
			default:
				t.Errorf("%s with %s: new: %+v", r.name, r.imdsv1, c)
			}
		}
	}
	t.Logf("cfn-lint has no more against %d results, but %v", len(results), expected)
}

// lintedResults returns the results of the templates that TestLint takes: with lock,
// and of the real ones with literal too.
func lintedResults(t *testing.T) (results []lintedResult) {
	t.Helper()
	dir := t.TempDir()
	for i, name := range lintable(t, dir) {
		if i%10 != 0 && !needs.Required("cfn-lint") {
			continue // all of them take minutes
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, imdsv1 := range []transform.IMDSv1{transform.IMDSv1Lock, transform.IMDSv1Literal} {
			opts := transform.Defaults()
			opts.IMDSv1 = imdsv1
			result, err := patched(src, opts)
			if err != nil || !result.Changed() || imdsv1 == transform.IMDSv1Literal && !strings.HasPrefix(name, corpus) {
				continue
			}
			r := lintedResult{name: name, imdsv1: imdsv1, file: lintFile(t, dir, string(imdsv1), name, result.Output)}
			for _, e := range result.Edits() {
				r.removed += string(src[e.Start:e.End]) + "\n"
			}
			results = append(results, r)
		}
	}
	return results
}

// isUnknownAlready reports whether a complaint is about a logical ID that cfn-lint does
// not know in the template either, since a loop over a parameter makes it.
func isUnknownAlready(before []complaint, c complaint) bool {
	const unknown = " is not one of "
	id, _, ok := strings.Cut(c.message, unknown)
	return ok && c.rule == "E1010" && slices.ContainsFunc(before, func(b complaint) bool { return strings.HasPrefix(b.message, id+unknown) })
}

// A lintedResult is a result for cfn-lint.
type lintedResult struct {
	name    string // of the template
	imdsv1  transform.IMDSv1
	file    string // that has the result
	removed string // what the edits have taken out
}

// explains reports whether a complaint is one of the warnings that an edit brings: a
// branch that cannot be reached any more, or something that only what was taken out
// referred to.
func (r lintedResult) explains(c complaint) bool {
	return c.rule == notReachable && r.imdsv1 == transform.IMDSv1Lock || slices.Contains(notUsed, c.rule) && strings.Contains(r.removed, c.name)
}

// lintable returns the fixtures, which it writes to a folder, and the real
// templates.
func lintable(t *testing.T, dir string) []string {
	t.Helper()
	all, err := fixtures.Read("..")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range all {
		names = append(names, lintFile(t, dir, "fixtures", f.Name+f.Ext, f.Source()))
	}
	found, err := filepath.Glob(corpus + "*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		if slices.Contains([]string{".yaml", ".json", ".template", ".yml"}, filepath.Ext(name)) {
			names = append(names, name)
		}
	}
	return names
}

// lintFile writes a file for cfn-lint and returns its name.
func lintFile(t *testing.T, dir, made, name string, src []byte) string {
	t.Helper()
	file := filepath.Join(dir, made, filepath.Base(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, src, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// A complaint is what cfn-lint says. It has no lines, in its message either, and no
// indices of lists: those that the block is put into have more items afterwards.
type complaint struct{ rule, path, name, message string }

var number = regexp.MustCompile(`(/|\(line )\d+`)

// lint returns the complaints about files.
func lint(t *testing.T, results []lintedResult, file func(lintedResult) string) map[string][]complaint {
	t.Helper()
	files := make([]string, len(results))
	for i, r := range results {
		files[i] = file(r)
	}
	slices.Sort(files)
	complaints := map[string][]complaint{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for part := range slices.Chunk(slices.Compact(files), len(files)/runtime.NumCPU()+1) {
		wg.Go(func() {
			said := lintFiles(t, part)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(complaints, said)
		})
	}
	wg.Wait()
	return complaints
}

// crashesLint are the fixtures on which cfn-lint itself crashes, as they are: the
// type of a resource has a loop's variable in it, or the name of a condition is a
// boolean.
var crashesLint = [...]string{
	"type-by-parameter-of-one-value", "type-by-loop",
	"condition-with-a-name-that-is-a-boolean", "conditions-with-names-that-are-booleans", "name-that-is-a-boolean-decides-about-more",
}

func lintFiles(t *testing.T, files []string) map[string][]complaint {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("cfn-lint", append([]string{"--non-zero-exit-code", "none", "--format", "json", "--"}, files...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var found []struct {
		Filename, Message string
		Rule              struct{ ID string }
		Location          struct{ Path []any }
	}
	if jsonErr := json.Unmarshal(stdout.Bytes(), &found); jsonErr != nil {
		if len(files) > 1 { // to see which one it crashes on
			complaints := lintFiles(t, files[:len(files)/2])
			maps.Copy(complaints, lintFiles(t, files[len(files)/2:]))
			return complaints
		}
		if name := filepath.Base(files[0]); !slices.ContainsFunc(crashesLint[:], func(known string) bool { return strings.HasPrefix(name, known) }) {
			t.Errorf("%s: %v: %v\n%s", name, err, jsonErr, stderr.String())
		}
		return map[string][]complaint{}
	}
	complaints := map[string][]complaint{}
	for _, f := range found {
		c := complaint{rule: f.Rule.ID, path: "", message: number.ReplaceAllString(f.Message, "${1}N")}
		for i, step := range f.Location.Path {
			if _, isIndex := step.(float64); isIndex {
				step = "N"
			}
			c.path += fmt.Sprintf("/%v", step)
			if i == 1 {
				c.name = fmt.Sprint(step)
			}
		}
		complaints[f.Filename] = append(complaints[f.Filename], c)
	}
	return complaints
}
