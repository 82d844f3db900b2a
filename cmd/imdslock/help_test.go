package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/imdslock/imdslock/templates"
)

// commandNames are those of the command itself, "", and of its commands.
func commandNames() []string {
	names := []string{""}
	for _, c := range newApp(&command{args: []string{"imdslock"}}).Commands {
		names = append(names, c.Name)
	}
	return names
}

// output runs the command and expects it to be done, with nothing on stderr.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(append([]string{"imdslock"}, args...), strings.NewReader(""), &stdout, &stderr)
	if status != exitDone || stderr.Len() > 0 {
		t.Fatalf("imdslock %s: status %d: %s", strings.Join(args, " "), status, stderr.String())
	}
	return stdout.String()
}

// TestHelp holds every page to the width of a terminal and to its parts, by
// every way to ask for it.
func TestHelp(t *testing.T) {
	for _, name := range commandNames() {
		asked := strings.Fields(name + " --help")
		page := output(t, asked...)
		if name == "help" {
			if page != output(t, "--help") {
				t.Errorf("%v: not the main page:\n%s", asked, page)
			}
			continue
		}
		for _, line := range strings.Split(page, "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%v: %d columns: %s", asked, n, line)
			}
			if strings.TrimRight(line, " \t") != line {
				t.Errorf("%v: blanks at the end of %q", asked, line)
			}
		}
		if n := strings.Count(page, "\n"); n > 54 {
			t.Errorf("%v: %d lines", asked, n)
		}
		for _, part := range []string{"\nusage:\n  imdslock " + name, "  -h, --help ", "\nexit status: 0 "} {
			if !strings.Contains(page, part) {
				t.Errorf("%v: no %q in\n%s", asked, part, page)
			}
		}
		for _, same := range [][]string{strings.Fields("help " + name), strings.Fields(name + " -h"), append(asked, "nodes.yaml")} {
			if got := output(t, same...); got != page {
				t.Errorf("%v: not the page of %v:\n%s", same, asked, got)
			}
		}
	}
	if page := output(t, "--help"); strings.Count(page[strings.Index(page, "examples:"):strings.Index(page, "result:")], "\n  imdslock ") != 3 {
		t.Errorf("not three examples in\n%s", page)
	}
}

// TestHelpExamples runs the examples of all pages but those that download.
func TestHelpExamples(t *testing.T) {
	reference, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	linkSelf(t, bin)
	ran := 0
	for _, name := range commandNames() {
		_, examples, _ := strings.Cut(output(t, strings.Fields(name+" --help")...), "\nexamples:\n")
		examples, _, _ = strings.Cut(examples, "\n\n")
		for _, line := range strings.Split(examples, "\n") {
			command, _, _ := strings.Cut(strings.TrimSpace(line), "   ")
			if command == "" || strings.Contains(command, "--official") {
				continue
			}
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "templates"), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "cluster.json"), []byte(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web"}, "spec": {}}`), 0o666); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{"nodegroup.yaml", "templates/a.yaml"} {
				if err := os.WriteFile(filepath.Join(dir, file), reference, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if out, status := shell(t, dir, bin, command); status > exitDifference {
				t.Errorf("%s: status %d\n%s", command, status, out)
			}
			ran++
		}
	}
	if ran < 11 {
		t.Errorf("only %d examples", ran)
	}
}
