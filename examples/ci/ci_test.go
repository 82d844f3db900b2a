package ci

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const (
	locked = `Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}
        UserData: !Base64 <powershell></powershell>
`
	broken = "Resources: [AWS::EC2::LaunchTemplate"
)

// A job is what an example has a CI system do.
type job struct {
	shell    []string // before the script
	script   string
	env      []string
	report   string // the file that it publishes, even if the script fails
	contains string // what is in there if something is open
}

// readYAML decodes an example.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

// gitLab runs all commands in one shell, as the runner does (set -eo pipefail).
func gitLab(t *testing.T) job {
	var file struct {
		Imdslock struct {
			Variables map[string]string
			Script    []string
			Artifacts struct {
				When    string
				Reports struct{ Codequality string }
			}
		}
	}
	readYAML(t, "gitlab-ci.yml", &file)
	j := file.Imdslock
	if j.Artifacts.When != "always" {
		t.Error("no report of a failed job")
	}
	return job{[]string{"bash", "-eo", "pipefail", "-c"}, strings.Join(j.Script, "\n"), variables(j.Variables), j.Artifacts.Reports.Codequality, `"check_name": "imdsv1-open"`}
}

// azure replaces the pipeline's variables before the shell sees them.
func azure(t *testing.T) job {
	var file struct {
		Jobs []struct {
			Variables map[string]string
			Steps     []struct {
				Bash, Task, Condition string
				Inputs                struct {
					Files string `yaml:"testResultsFiles"`
				}
			}
		}
	}
	readYAML(t, "azure-pipelines.yml", &file)
	script, publish := file.Jobs[0].Steps[0].Bash, file.Jobs[0].Steps[1]
	for name, value := range file.Jobs[0].Variables {
		script = strings.ReplaceAll(script, "$("+name+")", value)
	}
	if publish.Task != "PublishTestResults@2" || publish.Condition != "succeededOrFailed()" {
		t.Errorf("no report of a failed job: %+v", publish)
	}
	return job{[]string{"bash", "--noprofile", "--norc", "-c"}, script, nil, publish.Inputs.Files, `type="imdsv1-open"`}
}

// jenkins runs what stands in quotes after sh with sh -xe.
func jenkins(t *testing.T) job {
	content, err := os.ReadFile("Jenkinsfile")
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(after string) string {
		_, rest, found := strings.Cut(string(content), after+"'")
		text, _, ended := strings.Cut(rest, "'")
		if !found || !ended {
			t.Fatalf("no %s'…'", after)
		}
		return text
	}
	return job{[]string{"sh", "-xe", "-c"}, quoted("sh "), []string{"TEMPLATES=" + quoted("TEMPLATES = ")}, quoted("junit "), `type="imdsv1-open"`}
}

func codeBuild(t *testing.T) job {
	var file struct {
		Env struct {
			Shell     string
			Variables map[string]string
		}
		Phases  struct{ Build struct{ Commands []string } }
		Reports struct{ Imdslock struct{ Files []string } }
	}
	readYAML(t, "buildspec.yml", &file)
	return job{[]string{file.Env.Shell, "-e", "-c"}, strings.Join(file.Phases.Build.Commands, "\n"), variables(file.Env.Variables), file.Reports.Imdslock.Files[0], `type="imdsv1-open"`}
}

func variables(all map[string]string) (env []string) {
	for name, value := range all {
		env = append(env, name+"="+value)
	}
	return env
}

// TestExamples runs what every example has its CI system run: on a folder with
// something open, on one where all is locked, and on one that cannot be read.
func TestExamples(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "imdslock"), "../../cmd/imdslock").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, j := range map[string]job{"GitLab": gitLab(t), "Azure Pipelines": azure(t), "Jenkins": jenkins(t), "CodeBuild": codeBuild(t)} {
		for _, test := range []struct {
			name, template string
			fails          bool
			contains       string
		}{
			{"open", strings.Replace(locked, "required", "optional", 1), true, j.contains},
			{"locked", locked, false, ""},
			{"unreadable", broken, true, "not YAML"},
		} {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				dir := t.TempDir()
				for file, text := range map[string]string{"nodes.yaml": test.template, "service.yaml": "kind: Service\n"} {
					if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				cmd := exec.Command(j.shell[0], append(j.shell[1:], j.script)...)
				cmd.Dir = dir
				cmd.Env = append(append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH")), j.env...)
				out, err := cmd.CombinedOutput()
				if (err != nil) != test.fails {
					t.Errorf("%v\n%s", err, out)
				}
				report, err := os.ReadFile(filepath.Join(dir, j.report))
				if err != nil || len(report) == 0 || !strings.Contains(string(report), test.contains) {
					t.Errorf("%v, no %q in\n%s", err, test.contains, report)
				}
			})
		}
	}
}
