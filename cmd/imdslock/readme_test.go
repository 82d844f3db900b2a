package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"imdslock/templates"
)

// An example is a command of the README and what it prints.
type example struct {
	command, output string
	line            int
}

// examples returns the commands in the console blocks of a Markdown file.
func examples(t *testing.T, file string) []example {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	inside := false
	for i, line := range strings.Split(string(content), "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case line == "```console":
			inside = true
		case line == "```":
			inside = false
		case inside && isCommand:
			all = append(all, example{command: command, line: i + 1})
		case inside:
			all[len(all)-1].output += line + "\n"
		}
	}
	return all
}

// TestREADME runs every command that the README shows, in order and in one
// folder, and wants the output that it shows.
func TestREADME(t *testing.T) {
	dir := t.TempDir()
	reference, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "amazon-eks-nodegroup.yaml"), reference, 0o644); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	linkSelf(t, bin)
	all := examples(t, "../../README.md")
	if len(all) < 10 {
		t.Fatalf("only %d commands", len(all))
	}
	status := "0" // of the command before, for "echo $?"
	for _, e := range all {
		cmd := exec.Command("/bin/sh", "-c", strings.ReplaceAll(e.command, "$?", status))
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "NO_COLOR=1")
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		status = string(rune('0' + cmd.ProcessState.ExitCode()))
		if diff := cmp.Diff(e.output, string(out)); diff != "" {
			t.Errorf("README.md:%d: %s: -README +run\n%s", e.line, e.command, diff)
		}
	}
}

// TestREADMECommands wants the README's two commands to be in the Makefile.
func TestREADMECommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"run", "test"} {
		if !strings.Contains(string(readme), "make "+target) || !strings.Contains(string(makefile), "\n"+target+":") {
			t.Errorf("make %s is not in both the README and the Makefile", target)
		}
	}
}
