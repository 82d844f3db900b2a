package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const openTemplate = `Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: optional, HttpPutResponseHopLimit: 2}
        UserData: !Base64 <powershell></powershell>
`

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

// An actionRun runs the shell steps of the GitHub Action as GitHub's runner does.
type actionRun struct {
	steps            map[string]string // by name
	temp, repository string
}

func newActionRun(t *testing.T) actionRun {
	t.Helper()
	var action struct {
		Runs struct {
			Steps []struct{ Name, Uses, Run string }
		}
	}
	readYAML(t, "action.yml", &action)
	r := actionRun{map[string]string{}, t.TempDir(), t.TempDir()}
	for _, s := range action.Runs.Steps {
		if strings.HasPrefix(s.Uses, "actions/setup-") {
			t.Errorf("%s changes the PATH of the caller's job", s.Uses)
		}
		r.steps[s.Name] = s.Run
	}
	return r
}

// run runs a step, and returns what it prints and the outputs that it sets.
func (r actionRun) run(t *testing.T, step string, env ...string) (printed, outputs string, status int) {
	t.Helper()
	if r.steps[step] == "" {
		t.Fatalf("no step %q", step)
	}
	file := filepath.Join(r.temp, "output")
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", r.steps[step])
	cmd.Dir = r.repository
	cmd.Env = append(append(os.Environ(), "RUNNER_TEMP="+r.temp, "GITHUB_OUTPUT="+file), env...)
	out, _ := cmd.CombinedOutput()
	set, _ := os.ReadFile(file)
	_ = os.Remove(file)
	return string(out), string(set), cmd.ProcessState.ExitCode()
}

// TestActionBuilds builds as the action does.
func TestActionBuilds(t *testing.T) {
	project, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	r := newActionRun(t)
	if out, _, status := r.run(t, "Build imdslock", "GITHUB_ACTION_PATH="+project, "CGO_ENABLED=0"); status != 0 {
		t.Fatalf("status %d\n%s", status, out)
	}
	out, err := exec.Command(filepath.Join(r.temp, "imdslock", "imdslock"), "--version").Output()
	if err != nil || !strings.HasPrefix(string(out), "imdslock ") {
		t.Errorf("%q, %v", out, err)
	}
	if out, _, status := r.run(t, "Build imdslock", "GITHUB_ACTION_PATH="+project, "PATH="+r.temp); status == 0 || !strings.HasPrefix(out, "::error ") {
		t.Errorf("without Go: status %d, %s", status, out)
	}
}

// TestAction checks an open template, a locked one, and what cannot be read.
func TestAction(t *testing.T) {
	r := newActionRun(t)
	linkSelf(t, filepath.Join(r.temp, "imdslock"))
	locked := strings.NewReplacer("optional", "required", "HopLimit: 2", "HopLimit: 1").Replace(openTemplate)
	const broken = "Resources: [AWS::EC2::LaunchTemplate"
	annotation := "::error file=-a nodes.yaml,line=6,"
	for _, test := range []struct {
		name, template, more string
		env                  []string
		outputs, printed     string
		status               int // of the step that may fail
	}{
		{"open", openTemplate, "", nil, "status=1\nopen=true\n", annotation, 1},
		{"open, plain", openTemplate, "", []string{"ANNOTATIONS=false"}, "status=1\nopen=true\n", "./-a nodes.yaml:6:39: imdsv1-open ", 1},
		{"open, no reason to fail", openTemplate, "", []string{"FAIL=false"}, "status=1\nopen=true\n", annotation, 0},
		{"locked", locked, "", nil, "status=0\nopen=false\n", "", 0},
		{"unreadable", locked, broken, []string{"FAIL=false"}, "status=2\nopen=false\n", "broken.yaml:1:1: ", 2},
		{"unreadable and open", openTemplate, broken, nil, "status=2\nopen=true\n", annotation, 2},
	} {
		writeText(t, filepath.Join(r.repository, "-a nodes.yaml"), test.template)
		writeText(t, filepath.Join(r.repository, "broken.yaml"), test.more)
		if test.more == "" {
			_ = os.Remove(filepath.Join(r.repository, "broken.yaml"))
		}
		env := append([]string{"FILES=.\n-a nodes.yaml", "OPTIONS=--iptables off --quiet", "ANNOTATIONS=true", "FAIL=true"}, test.env...)
		printed, outputs, status := r.run(t, "Check", env...)
		if status != 0 || !strings.HasPrefix(outputs, test.outputs) || !strings.Contains(printed, test.printed) {
			t.Errorf("%s: status %d, outputs %q\n%s", test.name, status, outputs, printed)
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(outputs, "status="), "\n")
		if _, _, status := r.run(t, "Fail if something is not locked", append(env, "STATUS="+number)...); status != test.status {
			t.Errorf("%s: fails with %d, want %d", test.name, status, test.status)
		}
	}
	if out, outputs, status := r.run(t, "Check", "FILES=.", "OPTIONS=--nope"); status != exitUsage || outputs != "" {
		t.Errorf("a wrong option: status %d, outputs %q\n%s", status, outputs, out)
	}
}

// TestPreCommitHooks runs the entries of the hooks on the files of a commit.
func TestPreCommitHooks(t *testing.T) {
	var hooks []struct {
		ID, Entry string
		Args      []string
		Pass      *bool `yaml:"pass_filenames"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	bin, repository := t.TempDir(), t.TempDir()
	linkSelf(t, bin)
	for name, text := range map[string]string{"nodes.yaml": openTemplate, "other.yaml": openTemplate, "service.yaml": "apiVersion: v1\nkind: Service\n", "tsconfig.json": "{}"} {
		writeText(t, filepath.Join(repository, name), text)
	}
	run := func(id string, files ...string) error {
		for _, h := range hooks {
			if h.ID == id {
				if h.Pass != nil {
					t.Errorf("%s: exclude has no effect without file names", id)
				}
				words := append(append(strings.Fields(h.Entry), h.Args...), files...)
				cmd := exec.Command(filepath.Join(bin, words[0]), words[1:]...)
				cmd.Dir = repository
				return cmd.Run()
			}
		}
		t.Fatalf("no hook %q", id)
		return nil
	}
	if err := run("imdslock-check", "service.yaml", "nodes.yaml"); err == nil {
		t.Error("the check passes on an open template")
	}
	if err := run("imdslock-check", "service.yaml", "tsconfig.json"); err != nil {
		t.Errorf("the check fails on what is no template: %v", err)
	}
	if err := run("imdslock", "nodes.yaml"); err != nil {
		t.Error(err)
	}
	if text := readText(t, filepath.Join(repository, "nodes.yaml")); !strings.Contains(text, "HttpTokens: required") {
		t.Errorf("not rewritten:\n%s", text)
	}
	if text := readText(t, filepath.Join(repository, "other.yaml")); text != openTemplate {
		t.Errorf("what is not named is rewritten:\n%s", text)
	}
	if err := run("imdslock-check", "nodes.yaml"); err != nil {
		t.Errorf("after the rewrite: %v", err)
	}
}

// TestHookFiles expects the hooks to take the files that a folder search reads.
func TestHookFiles(t *testing.T) {
	var hooks []struct{ ID, Files string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	for _, h := range hooks {
		files := regexp.MustCompile(h.Files)
		for _, name := range strings.Fields("a.yaml a.yml a.json a.template a.cfn dir/A.YAML A.Yml A.CFN a.b.json .yaml a.yamll a.yaml.j2 a.jsonc yaml a.txt a.cfnx ayml a.template/b") {
			if got, want := files.MatchString(name), mayBeTemplate(name); got != want {
				t.Errorf("%s: %s: matches %v, in a folder %v", h.ID, name, got, want)
			}
		}
	}
	if len(hooks) == 0 {
		t.Error("no hooks")
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
