package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A workflow is what the test looks at in a GitHub Actions workflow.
type workflow struct {
	Jobs map[string]struct {
		Steps []struct {
			Uses, Run string
			With      map[string]string
		}
	}
}

// hooks are what the test looks at in a configuration of pre-commit.
type hooks struct {
	Repos []struct {
		Repo  string
		Hooks []struct {
			ID, Entry string
			Args      []string

			PassFilenames *bool `yaml:"pass_filenames"`
		}
	}
}

// TestServices fails unless the project offers what golden-files.md shows for GitHub
// Actions and for pre-commit. It runs the commands: they pass on a golden file that
// is up to date, and fail on one that is not.
func TestServices(t *testing.T) {
	var shown workflow
	var configured hooks
	for _, block := range read(t, "docs/golden-files.md").blocks() {
		if block.language == "yaml" {
			decode(t, []byte(block.text), &shown)
			decode(t, []byte(block.text), &configured)
		}
	}
	var action struct{ Inputs map[string]any }
	var offered []struct{ ID, Entry string }
	decodeFile(t, "action.yml", &action)
	decodeFile(t, ".pre-commit-hooks.yaml", &offered)
	var commands []string
	for _, step := range shown.Jobs["golden"].Steps {
		if command := strings.TrimPrefix(step.Run, "imdslock/bin/"); command != step.Run {
			commands = append(commands, command)
		}
		if strings.HasPrefix(step.Uses, "OWNER/imdslock@") {
			for input := range step.With {
				if action.Inputs[input] == nil {
					t.Errorf("the action has no input %s", input)
				}
			}
			commands = append(commands, "imdslock check "+step.With["files"])
		}
	}
	for _, repo := range configured.Repos {
		for _, hook := range repo.Hooks {
			if repo.Repo != "local" {
				i := slices.IndexFunc(offered, func(o struct{ ID, Entry string }) bool { return o.ID == hook.ID })
				if i < 0 {
					t.Errorf("there is no hook %s", hook.ID)
					continue
				}
				hook.Entry = offered[i].Entry
			}
			if hook.PassFilenames == nil { // pre-commit names them
				hook.Args = append(hook.Args, "golden.yaml")
			}
			commands = append(commands, hook.Entry+" "+strings.Join(hook.Args, " "))
		}
	}
	if len(commands) != 4 {
		t.Fatalf("found the commands %q", commands)
	}
	dir, bin := read(t, "docs/golden-files.md").folder(t), command(t)
	for _, command := range commands {
		golden := filepath.Join(dir, "golden.yaml")
		run(t, bin, dir, "imdslock -o golden.yaml amazon-eks-nodegroup.yaml", true)
		run(t, bin, dir, command, true)
		content, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		edited := strings.Replace(string(content), "HttpPutResponseHopLimit: 1", "HttpPutResponseHopLimit: 3", 1)
		if err := os.WriteFile(golden, []byte(edited), 0o666); err != nil {
			t.Fatal(err)
		}
		run(t, bin, dir, command, false)
	}
}

// run runs a command, which is to succeed or not.
func run(t *testing.T, bin, dir, command string, succeeds bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", command)
	cmd.Dir, cmd.Env = dir, environment(bin)
	if out, err := cmd.CombinedOutput(); (err == nil) != succeeds {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}

func decodeFile(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	decode(t, content, into)
}

func decode(t *testing.T, content []byte, into any) {
	t.Helper()
	if err := yaml.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}
