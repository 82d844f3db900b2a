package docs

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/internal/needs"
)

var update = flag.Bool("update", false, "write what commands print, and the rules, into the documents")

// An example is a command of a document and what it prints.
type example struct {
	command, output string
	line            int // of the command, from 1
}

// examples returns the commands in the console blocks of a document: lines that
// start with "$ ".
func (d document) examples(t *testing.T) []example {
	t.Helper()
	var all []example
	for _, block := range d.blocks() {
		if block.language != "console" {
			continue
		}
		started := false
		for i, line := range strings.SplitAfter(block.text, "\n") {
			command, isCommand := strings.CutPrefix(line, "$ ")
			switch {
			case isCommand:
				all = append(all, example{command: strings.TrimSuffix(command, "\n"), line: block.line + i})
				started = true
			case started:
				all[len(all)-1].output += line
			case line != "":
				t.Fatalf("%s:%d: output before the first command", d.path, block.line)
			}
		}
	}
	return all
}

// TestConsole runs every command that a document shows in a console block, in
// order and in one folder, and compares its output with the one shown. The folder has
// the templates of the project and the document's Go program as main.go, and the
// project is beside it. With -update the documents get the output.
func TestConsole(t *testing.T) {
	bin := command(t)
	for _, d := range documents(t) {
		all := d.examples(t)
		if len(all) == 0 {
			continue
		}
		t.Run(d.path, func(t *testing.T) {
			t.Parallel()
			dir := d.folder(t)
			outputs := d.run(t, all, dir, bin)
			if *update {
				d.write(t, all, outputs)
				return
			}
			for i, e := range all {
				if diff := cmp.Diff(e.output, outputs[i]); diff != "" {
					t.Errorf("%s:%d: %s: -document +run\n%s", d.path, e.line, e.command, diff)
				}
			}
		})
	}
}

// command builds the command and returns its folder.
func command(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "../cmd/imdslock")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// environment has the command on its PATH.
func environment(bin string) []string {
	return append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "NO_COLOR=1")
}

// folder returns a folder to run the commands of a document in.
func (d document) folder(t *testing.T) string {
	t.Helper()
	parent := t.TempDir()
	dir := filepath.Join(parent, "nodes")
	project, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		os.Mkdir(dir, 0o777),
		os.Symlink(project, filepath.Join(parent, "imdslock")),
		os.Symlink(filepath.Join(project, "templates"), filepath.Join(dir, "templates")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, block := range d.blocks() {
		if block.language == "go" && strings.HasPrefix(block.text, "package main\n") {
			if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(block.text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// downloading is what the go command says where the module cache is not full.
var downloading = regexp.MustCompile(`(?m)^go: downloading .*\n`)

// run runs commands in a folder and returns what each prints on both streams.
func (d document) run(t *testing.T, all []example, dir, bin string) []string {
	t.Helper()
	var outputs []string
	status := 0 // of the command before, for "echo $?"
	for _, e := range all {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", fmt.Sprintf("(exit %d)\n%s", status, e.command))
		cmd.Dir = dir
		cmd.Env = environment(bin)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		switch status = cmd.ProcessState.ExitCode(); {
		case status == 127:
			t.Errorf("%s:%d: %s", d.path, e.line, out)
		case status != 0 && e.command == "go mod tidy":
			needs.Missing(t, "modules", string(out))
		}
		out = downloading.ReplaceAll(out, nil)
		outputs = append(outputs, string(out))
	}
	return outputs
}

// write puts the outputs of commands into a document.
func (d document) write(t *testing.T, all []example, outputs []string) {
	t.Helper()
	lines := strings.SplitAfter(string(d.source), "\n")
	for i, e := range slices.Backward(all) {
		end := e.line + strings.Count(e.output, "\n")
		lines = slices.Replace(lines, e.line, end, outputs[i])
	}
	if err := os.WriteFile(filepath.Join(root, d.path), []byte(strings.Join(lines, "")), 0o666); err != nil {
		t.Fatal(err)
	}
}
