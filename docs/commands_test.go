package docs

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
)

// The parts of the commands that no test runs: a target of make, and the name of
// a test, a fuzz target or a benchmark.
var (
	makeTarget = regexp.MustCompile(`\bmake (?:-C \S+ )?([a-z]+)\b`)
	testName   = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark|Example)[A-Z]\w*`)
	goPackage  = regexp.MustCompile(`(?:^|\s)(\./[\w./-]*)`)
)

// TestCommands fails unless the targets of make, the tests and the folders that
// stand in code exist.
func TestCommands(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testSources(t)
	targets, named := 0, 0
	check := func(place, code string) {
		for _, m := range makeTarget.FindAllStringSubmatch(code, -1) {
			targets++
			if !bytes.Contains(makefile, []byte("\n"+m[1]+":")) {
				t.Errorf("%s: there is no make %s", place, m[1])
			}
		}
		for _, name := range testName.FindAllString(code, -1) {
			named++
			if !bytes.Contains(tests, []byte("func "+name+"(")) {
				t.Errorf("%s: there is no %s", place, name)
			}
		}
		if !strings.HasPrefix(code, "go ") {
			return
		}
		for _, m := range goPackage.FindAllStringSubmatch(code, -1) {
			if _, err := os.Stat(filepath.Join(root, strings.TrimSuffix(m[1], "..."))); err != nil {
				t.Errorf("%s: %v", place, err)
			}
		}
	}
	for _, d := range documents(t) {
		for place, code := range d.code {
			check(place, code)
		}
	}
	if targets < 8 || named < 8 {
		t.Errorf("only %d targets and %d tests", targets, named)
	}
}

// code yields what stands in code, with its place, but for what other tests run:
// words within a line, and indented lines.
func (d document) code(yield func(place, code string) bool) {
	for n, offset := range d.all {
		switch n := n.(type) {
		case *ast.CodeSpan:
			if !yield(d.place(offset), d.inline(n)) {
				return
			}
		case *ast.CodeBlock:
			for line := range strings.Lines(string(n.Lines().Value(d.source))) {
				if !yield(d.place(offset), line) {
					return
				}
			}
		}
	}
}

// testSources returns the text of all tests.
func testSources(t *testing.T) []byte {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		all.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

// TestFirstCommands fails unless the README begins with the two commands that show
// whether all is well.
func TestFirstCommands(t *testing.T) {
	var targets []string
	for _, code := range read(t, "README.md").code {
		for _, m := range makeTarget.FindAllStringSubmatch(code, -1) {
			targets = append(targets, m[1])
		}
	}
	if want := []string{"run", "test"}; len(targets) < 2 || !slices.Equal(targets[:2], want) {
		t.Errorf("README.md has the targets %v, want first %v", targets, want)
	}
}

// TestNeeds fails unless CONTRIBUTING.md lists everything that a test can need.
func TestNeeds(t *testing.T) {
	contributing := read(t, "CONTRIBUTING.md")
	for _, m := range regexp.MustCompile(`needs\.Missing\(\w+, "([^"]+)"`).FindAllSubmatch(testSources(t), -1) {
		if !bytes.Contains(contributing.source, []byte("\n| `"+string(m[1])+"` |")) {
			t.Errorf("%s does not say what %s is", contributing.path, m[1])
		}
	}
}
