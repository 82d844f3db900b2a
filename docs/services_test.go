package docs

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/templates"
)

// A workflow is what the test looks at in a GitHub Actions workflow.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Steps []struct {
			Uses, Run string
			With      map[string]string
		}
	}
}

// An action is what the test looks at in action.yml.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Steps []struct {
			Name, Run string
			Env       map[string]string
		}
	}
}

// A hook is one that the project offers, or one in a configuration of pre-commit.
type hook struct {
	ID, Entry, Files string
	Args             []string

	PassFilenames *bool `yaml:"pass_filenames"`
}

// hooks are what the test looks at in a configuration of pre-commit.
type hooks struct {
	Repos []struct {
		Repo  string
		Hooks []hook
	}
}

// A gate is what a service runs in a repository: a step, or a hook.
type gate struct {
	name   string
	passes func(t *testing.T, dir, bin string) bool
}

// TestServices fails unless the project offers what the documents show for GitHub
// Actions and for pre-commit. It runs what they run: every gate passes if the
// template is locked, and fails if it is not.
func TestServices(t *testing.T) {
	bin := command(t)
	reference, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		document, template string
		gates              int
	}{
		{"docs/ci.md", "templates/nodes.yaml", 3},
		{"docs/golden-files.md", "golden.yaml", 4},
	} {
		t.Run(test.document, func(t *testing.T) {
			gates := read(t, test.document).gates(t)
			if len(gates) != test.gates {
				t.Fatalf("found %d gates", len(gates))
			}
			for _, g := range gates {
				dir := t.TempDir()
				template := filepath.Join(dir, test.template)
				writeFile(t, filepath.Join(dir, "amazon-eks-nodegroup.yaml"), string(reference))
				writeFile(t, filepath.Join(dir, "package.json"), "{}")
				writeFile(t, template, "")
				if !succeeds(t, bin, dir, "imdslock -o "+test.template+" amazon-eks-nodegroup.yaml") {
					t.Fatal("the template cannot be locked")
				}
				if !g.passes(t, dir, bin) {
					t.Errorf("%s fails on a locked template", g.name)
				}
				locked, err := os.ReadFile(template)
				if err != nil {
					t.Fatal(err)
				}
				writeFile(t, template, strings.Replace(string(locked), "HttpPutResponseHopLimit: 1", "HttpPutResponseHopLimit: 3", 1))
				if g.passes(t, dir, bin) {
					t.Errorf("%s passes on an open template", g.name)
				}
			}
		})
	}
}

// gates returns what a document shows of both services.
func (d document) gates(t *testing.T) []gate {
	t.Helper()
	var shown workflow
	var configured hooks
	for _, block := range d.blocks() {
		if block.language == "yaml" && block.from == "" {
			decode(t, []byte(block.text), &shown)
			decode(t, []byte(block.text), &configured)
		}
	}
	return append(shown.gates(t), configured.gates(t)...)
}

// gates returns the steps that run the action or the command.
func (w workflow) gates(t *testing.T) (gates []gate) {
	t.Helper()
	var a action
	decodeFile(t, "action.yml", &a)
	for _, job := range w.Jobs {
		for _, step := range job.Steps {
			if command, isOurs := strings.CutPrefix(step.Run, "imdslock/bin/"); isOurs {
				gates = append(gates, gate{command, func(t *testing.T, dir, bin string) bool { return succeeds(t, bin, dir, command) }})
			}
			if !strings.HasPrefix(step.Uses, "OWNER/imdslock@") {
				continue
			}
			inputs := map[string]string{}
			for name, input := range a.Inputs {
				inputs[name] = input.Default
			}
			for name := range step.With {
				if _, ok := a.Inputs[name]; !ok {
					t.Errorf("the action has no input %s", name)
				}
			}
			maps.Copy(inputs, step.With)
			if inputs["upload"] == "true" && w.Permissions["security-events"] != "write" {
				t.Error("the job may not upload to code scanning")
			}
			gates = append(gates, gate{"the action", func(t *testing.T, dir, bin string) bool { return a.passes(t, inputs, dir, bin) }})
		}
	}
	return gates
}

// passes runs the steps of the action on a repository, but for the one that builds
// the command.
func (a action) passes(t *testing.T, inputs map[string]string, dir, bin string) bool {
	t.Helper()
	temp := t.TempDir()
	if err := os.Symlink(bin, filepath.Join(temp, "imdslock")); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for name, value := range inputs {
		values["${{ inputs."+name+" }}"] = value
	}
	ran, passes := 0, true
	for _, step := range a.Runs.Steps {
		if step.Run == "" || step.Name == "Build imdslock" {
			continue
		}
		ran++
		output := filepath.Join(temp, "output")
		cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		cmd.Dir = dir
		cmd.Env = append(environment(bin), "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+output)
		for name, expression := range step.Env {
			value, ok := values[expression]
			if !ok {
				t.Fatalf("%s: nothing known of %s", step.Name, expression)
			}
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		if out, err := cmd.CombinedOutput(); cmd.ProcessState == nil {
			t.Fatalf("%s: %v\n%s", step.Name, err, out)
		}
		passes = passes && cmd.ProcessState.Success()
		set, _ := os.ReadFile(output)
		for line := range strings.Lines(string(set)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			values["${{ steps.check.outputs."+name+" }}"] = value
		}
	}
	if ran != 2 {
		t.Fatalf("the action has %d steps that were run", ran)
	}
	return passes
}

// gates returns the hooks.
func (h hooks) gates(t *testing.T) (gates []gate) {
	t.Helper()
	var offered []hook
	decodeFile(t, ".pre-commit-hooks.yaml", &offered)
	for _, repo := range h.Repos {
		for _, configured := range repo.Hooks {
			if repo.Repo != "local" {
				i := slices.IndexFunc(offered, func(o hook) bool { return o.ID == configured.ID })
				if i < 0 {
					t.Errorf("there is no hook %s", configured.ID)
					continue
				}
				configured.Entry = offered[i].Entry
				if configured.Files == "" {
					configured.Files = offered[i].Files
				}
			}
			gates = append(gates, gate{"the hook " + configured.ID, configured.passes})
		}
	}
	return gates
}

// passes runs a hook on a commit of all files in a folder. As in pre-commit, a hook
// that changes a file fails.
func (h hook) passes(t *testing.T, dir, bin string) bool {
	t.Helper()
	files, err := regexp.Compile(h.Files)
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	words := append([]string{h.Entry}, h.Args...)
	if h.PassFilenames == nil {
		for _, name := range slices.Sorted(maps.Keys(before)) {
			// AWS's template is open and beside the one that is to be locked.
			if files.MatchString(name) && name != "amazon-eks-nodegroup.yaml" {
				words = append(words, name)
			}
		}
	}
	return succeeds(t, bin, dir, strings.Join(words, " ")) && maps.Equal(before, contents(t, dir))
}

// contents returns the files in a folder and what is in them.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// succeeds reports whether a command has exit status 0.
func succeeds(t *testing.T, bin, dir, command string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", command)
	cmd.Dir, cmd.Env = dir, environment(bin)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == 127 {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return err == nil
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
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
