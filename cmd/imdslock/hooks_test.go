package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// readYAML decodes a file at the top of the project.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

// linkSelf makes the test binary the command imdslock of a folder.
func linkSelf(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "imdslock")); err != nil {
		t.Fatal(err)
	}
}

// TestAction runs the shell steps of the GitHub Action as GitHub's runner does,
// but for the build, whose result is put there.
func TestAction(t *testing.T) {
	var action struct {
		Runs struct {
			Steps []struct {
				Name, If, Run string
			}
		}
	}
	readYAML(t, "action.yml", &action)
	temp, repository := t.TempDir(), t.TempDir()
	linkSelf(t, filepath.Join(temp, "imdslock"))
	step := func(name string) string {
		for _, s := range action.Runs.Steps {
			if s.Name == name {
				return s.Run
			}
		}
		t.Fatalf("no step %q", name)
		return ""
	}
	run := func(name, template string) (output string, err error) {
		if err := os.WriteFile(filepath.Join(repository, "-a nodes.yaml"), []byte(template), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step(name))
		cmd.Dir = repository
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+filepath.Join(temp, "output"),
			"FILES=.\n-a nodes.yaml", "OPTIONS=--iptables off --quiet")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	locked := strings.NewReplacer("optional", "required", "HopLimit: 2", "HopLimit: 1").Replace(openTemplate)
	for template, want := range map[string]string{openTemplate: "open=true\n", locked: "open=false\n"} {
		if out, err := run("Check", template); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		outputs, err := os.ReadFile(filepath.Join(temp, "output"))
		if err != nil || !strings.HasPrefix(string(outputs), want) {
			t.Errorf("outputs %q, %v, want %q", outputs, err, want)
		}
		if err := os.Remove(filepath.Join(temp, "output")); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := run("Check", "Resources: [AWS::EC2::LaunchTemplate"); err == nil {
		t.Errorf("a broken template passes:\n%s", out)
	}
	if out, err := run("Fail where something is not locked", openTemplate); err == nil || !strings.Contains(out, "imdsv1-open") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPreCommitHooks runs the entries of the hooks in a repository.
func TestPreCommitHooks(t *testing.T) {
	var hooks []struct {
		ID, Entry string
		Args      []string
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	bin, repository := t.TempDir(), t.TempDir()
	linkSelf(t, bin)
	file := filepath.Join(repository, "nodes.yaml")
	if err := os.WriteFile(file, []byte(openTemplate), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(id string) error {
		for _, h := range hooks {
			if h.ID == id {
				words := append(strings.Fields(h.Entry), h.Args...)
				cmd := exec.Command(filepath.Join(bin, words[0]), words[1:]...)
				cmd.Dir = repository
				return cmd.Run()
			}
		}
		t.Fatalf("no hook %q", id)
		return nil
	}
	if err := run("imdslock-check"); err == nil {
		t.Error("the check passes on an open template")
	}
	if err := run("imdslock"); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(file); err != nil || !strings.Contains(string(content), "HttpTokens: required") {
		t.Errorf("not rewritten: %v\n%s", err, content)
	}
	if err := run("imdslock-check"); err != nil {
		t.Errorf("after the rewrite: %v", err)
	}
}

// shell runs a command line in a folder, with imdslock from the folder bin.
func shell(t *testing.T, dir, bin, command string) (output string, status int) {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "NO_COLOR=1", "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
