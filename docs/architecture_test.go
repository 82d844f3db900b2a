package docs

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A graph is a flowchart in Mermaid's notation: what stands in its boxes, and
// its arrows from one box to another.
type graph struct{ boxes, arrows []string }

// The lines of a flowchart that are understood: a box, a line around some
// boxes, and an arrow.
var (
	boxLine   = regexp.MustCompile(`^(\w+)\["([^"\]]+)"\]$`)
	arrowLine = regexp.MustCompile(`^(\w+) --> (\w+)$`)
	otherLine = regexp.MustCompile(`^(subgraph \w+\["[^"\]]+"\]|end|)$`)
)

// readGraph reads a flowchart whose boxes stand before their arrows.
func readGraph(text string) (graph, error) {
	var g graph
	first, rest, _ := strings.Cut(text, "\n")
	if first != "flowchart TD" {
		return g, fmt.Errorf("no flowchart: %q", first)
	}
	names := map[string]string{}
	open := 0
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		if m := boxLine.FindStringSubmatch(line); m != nil {
			if names[m[1]] != "" || slices.Contains(g.boxes, m[2]) {
				return g, fmt.Errorf("a second box %q", line)
			}
			names[m[1]] = m[2]
			g.boxes = append(g.boxes, m[2])
		} else if m := arrowLine.FindStringSubmatch(line); m != nil {
			if names[m[1]] == "" || names[m[2]] == "" {
				return g, fmt.Errorf("%q has no box", line)
			}
			g.arrows = append(g.arrows, names[m[1]]+" --> "+names[m[2]])
		} else if !otherLine.MatchString(line) {
			return g, fmt.Errorf("not understood: %q", line)
		} else if line == "end" {
			open--
		} else if line != "" {
			open++
		}
	}
	if open != 0 {
		return g, fmt.Errorf("subgraph without end, or end without subgraph")
	}
	slices.Sort(g.boxes)
	slices.Sort(g.arrows)
	return g, nil
}

// TestArchitecture fails unless the picture in CONTRIBUTING.md shows all packages of
// the project that have code, and an arrow for every import between them and no
// other.
func TestArchitecture(t *testing.T) {
	var pictures []graph
	for _, block := range read(t, "CONTRIBUTING.md").blocks() {
		if block.language != "mermaid" {
			continue
		}
		g, err := readGraph(block.text)
		if err != nil {
			t.Fatalf("CONTRIBUTING.md:%d: %v", block.line, err)
		}
		pictures = append(pictures, g)
	}
	if len(pictures) != 1 {
		t.Fatalf("%d pictures", len(pictures))
	}
	imports := importGraph(t)
	if diff := cmp.Diff(imports.boxes, pictures[0].boxes); diff != "" {
		t.Errorf("packages: -code +picture\n%s", diff)
	}
	if diff := cmp.Diff(imports.arrows, pictures[0].arrows); diff != "" {
		t.Errorf("imports: -code +picture\n%s", diff)
	}
}

// importGraph asks the go command which packages import which, tests aside.
func importGraph(t *testing.T) graph {
	t.Helper()
	const format = `{{if .GoFiles}}{{$p := .ImportPath}}{{$p}}{{range .Imports}}{{"\n"}}{{$p}} {{.}}{{end}}{{end}}`
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", format, "./...")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOOS=linux")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var g graph
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		from, to, isImport := strings.Cut(line, " ")
		from = strings.TrimPrefix(from, "github.com/imdslock/imdslock/")
		if !isImport {
			g.boxes = append(g.boxes, from)
		} else if to, ours := strings.CutPrefix(to, "github.com/imdslock/imdslock/"); ours {
			g.arrows = append(g.arrows, from+" --> "+to)
		}
	}
	slices.Sort(g.boxes)
	slices.Sort(g.arrows)
	return g
}

// TestReadGraph fails unless what Mermaid would not draw, or would draw otherwise,
// is noticed.
func TestReadGraph(t *testing.T) {
	good := "flowchart TD\n    a[\"x/a\"]\n    subgraph s[\"more\"]\n        b[\"b\"]\n    end\n    a --> b\n"
	want := graph{[]string{"b", "x/a"}, []string{"x/a --> b"}}
	if g, err := readGraph(good); err != nil || !cmp.Equal(want, g, cmp.AllowUnexported(graph{})) {
		t.Errorf("%+v, %v", g, err)
	}
	for _, bad := range []string{
		"graph LR\n", "flowchart TD\na --> b\n", "flowchart TD\na[\"a\"]\na[\"b\"]\n", "flowchart TD\na[\"a\"]\nb[\"a\"]\n",
		"flowchart TD\na[x/a]\n", "flowchart TD\na[\"a\"]\na -> a\n", "flowchart TD\nsubgraph s[\"s\"]\n", "flowchart TD\nend\n",
	} {
		if g, err := readGraph(bad); err == nil {
			t.Errorf("%q is %+v", bad, g)
		}
	}
}
