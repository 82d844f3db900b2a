package shell_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// runs is how often each row runs: the result must not depend on the order of a map.
const runs = 4

// rows calls run for each row of the tables in testdata whose names match a
// pattern. A row is a script and what is right of it, with " ⇒ " between them: a
// "¶" in it is the end of a line, "⇥" a tab, and "…" a text that is not known. A script
// without a #! line is for bash.
func rows(t *testing.T, pattern string, run func(script string) string) {
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		t.Fatal("there is no table ", pattern, err)
	}
	for _, name := range names {
		table, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range strings.Split(string(table), "\n") {
			if row == "" || strings.HasPrefix(row, "# ") {
				continue
			}
			script, want, ok := strings.Cut(row, " ⇒")
			if !ok {
				t.Fatalf("%s:%d: it is no row", name, i+1)
			}
			text := strings.NewReplacer("¶", "\n", "…", shell.Unknown, "⇥", "\t").Replace(script) + "\n"
			if !strings.HasPrefix(text, "#!") {
				text = "#!/bin/bash\n" + text
			}
			for range runs {
				got := strings.NewReplacer("\n", "¶", "\t", "⇥", shell.Unknown, "…").Replace(run(text))
				if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
					t.Errorf("%s:%d: %s\n-want +got:\n%s", name, i+1, script, diff)
					break
				}
			}
		}
	}
}

// TestRows tests the steps of scripts, as TestSteps does.
func TestRows(t *testing.T) {
	rows(t, "steps-*.txt", func(script string) string { return strings.Join(steps(script), "|") })
}

// TestDoubts tests why the last step of scripts may not run.
func TestDoubts(t *testing.T) {
	rows(t, "doubts.txt", func(script string) (doubt string) {
		m := shell.Machine{System: systemOf(script), Run: func(s *shell.Step) string {
			doubt = s.Doubt
			return shell.Unknown
		}}
		m.Shell(script, func(at int) int { return at })
		return doubt
	})
}

// TestRowPlaces tests where the commands of scripts stand.
func TestRowPlaces(t *testing.T) {
	rows(t, "places.txt", func(script string) string {
		var lines []string
		m := shell.Machine{Run: func(s *shell.Step) string {
			at, _, _ := strings.Cut(script[s.At:], "\n")
			lines = append(lines, s.Name()+" at "+strings.TrimSpace(at[:min(len(at), 7)]))
			return shell.Unknown
		}}
		m.Shell(script, func(at int) int { return at })
		return strings.Join(lines, "|")
	})
}

// TestEnd tests the steps of scripts whose shell ends at the first, the second
// and the third place where a program may fail, as far as there are any.
func TestEnd(t *testing.T) {
	rows(t, "ends.txt", func(script string) string {
		var all []string
		for end := 1; ; end++ {
			var lines []string
			m := shell.Machine{EndAt: end, Run: func(s *shell.Step) string {
				lines = append(lines, [...]string{"-", "?", "!"}[s.Runs]+" "+s.Name())
				return shell.Unknown
			}}
			m.Shell(script, func(at int) int { return at })
			if m.MayEnd < end {
				return strings.Join(all, " / ")
			}
			all = append(all, strings.Join(lines, "|"))
		}
	})
}

// TestFiles tests what is known of files after scripts.
func TestFiles(t *testing.T) {
	rows(t, "files.txt", func(script string) string {
		m := shell.Machine{Run: func(*shell.Step) string { return shell.Unknown }}
		m.Shell(script, func(at int) int { return at })
		return strings.Join(files(&m.Files), "|")
	})
}

// files returns a line for each file that a script has changed: "!" where it is
// certain what it holds, "?" where it is not, "x" where it can be executed, "-"
// where it may be gone, and "i" where it begins with what the image has in it.
// Then come its path and all that it may hold.
func files(fs *shell.Files) []string {
	var lines []string
	for _, name := range fs.All() {
		f := fs.Get(name)
		if f == nil {
			lines = append(lines, "→ "+name)
			continue
		}
		line := map[bool]string{true: "!", false: "?"}[f.Sure]
		for i, is := range [...]bool{f.Runs, f.Gone, f.Image} {
			if is {
				line += "x-i"[i : i+1]
			}
		}
		line += " " + name
		for _, text := range f.Texts() {
			line += fmt.Sprintf(" %q", text)
		}
		lines = append(lines, strings.ReplaceAll(line, shell.Unknown, "…"))
	}
	return lines
}
