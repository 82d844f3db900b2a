package codepipeline

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/templates"
)

// buildspec is what the test runs of buildspec.yml.
type buildspec struct {
	Env struct {
		Shell     string
		Variables map[string]string
	}
	Phases struct {
		Build struct{ Commands []string }
	}
	Artifacts struct{ Files []string }
}

// TestBuildspec runs the phases exactly as written, on the command, as CodeBuild
// does: in the folder of the source, one shell, until the first failure.
func TestBuildspec(t *testing.T) {
	spec := read[buildspec](t, "buildspec.yml")
	linux, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, template, configuration string
		want                          map[string]string // parts of the artifacts; none where the build fails
	}{
		{"template", string(linux), "", map[string]string{
			"locked.yaml": "HttpPutResponseHopLimit: 1", "configuration.json": `"DisableIMDSv1": "true"`}},
		{"configuration of its own", string(linux), `{"Parameters": {"ClusterName": "blue"}}`, map[string]string{
			"configuration.json": `{"Parameters": {"ClusterName": "blue", "DisableIMDSv1": "true"}}`}},
		{"no parameter to pass", strings.Replace(string(linux), "!If\n            - IMDSv1Disabled\n            - required\n            - optional", "optional", 1), "", map[string]string{
			"locked.yaml": "HttpTokens: required", "configuration.json": `"Parameters"`}},
		{"cannot be locked", strings.Replace(string(linux), "      LaunchTemplateData:\n", "      LaunchTemplateData:\n        Fn::Transform: {Name: AWS::Include}\n", 1), "", nil},
		{"no template", "- a\n", "", nil},
		{"managed group without a launch template", "Resources:\n  Group: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: blue}}\n", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := source(t)
			write(t, filepath.Join(dir, spec.Env.Variables["TEMPLATE"]), test.template)
			if test.configuration != "" {
				write(t, filepath.Join(dir, "configuration.json"), test.configuration)
			}
			out, err := build(t, spec, dir)
			if (err == nil) != (test.want != nil) {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, file := range spec.Artifacts.Files {
				content, err := os.ReadFile(filepath.Join(dir, file))
				if test.want != nil && (err != nil || !strings.Contains(string(content), test.want[file])) {
					t.Errorf("%s: %v, no %q in\n%s", file, err, test.want[file], content)
				}
			}
		})
	}
}

// source returns a folder with the command in bin, its mode lost as in a ZIP
// file.
func source(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "bin", "imdslock"), "../../cmd/imdslock")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Chmod(filepath.Join(dir, "bin", "imdslock"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// build runs the commands of the build phase.
func build(t *testing.T, spec buildspec, dir string) ([]byte, error) {
	t.Helper()
	script := strings.Join(spec.Phases.Build.Commands, "\n")
	cmd := exec.Command(spec.Env.Shell, "-e", "-c", script)
	cmd.Dir = dir
	cmd.Env = os.Environ()
	for name, value := range spec.Env.Variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd.CombinedOutput()
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
