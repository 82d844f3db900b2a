package ci

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/internal/needs"
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
	installs bool   // whether the script installs the command
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

// A gitLabJob is a job of GitLab CI.
type gitLabJob struct {
	Variables    map[string]string
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	Artifacts    struct {
		When    string
		Reports struct{ Codequality string }
	}
}

// readGitLab reads the job of an example for GitLab CI.
func readGitLab(t *testing.T, name string) gitLabJob {
	var file struct{ Imdslock gitLabJob }
	readYAML(t, name, &file)
	if file.Imdslock.Artifacts.When != "always" {
		t.Errorf("%s: no report of a failed job", name)
	}
	return file.Imdslock
}

// job runs all commands in one shell, as the runner does (set -eo pipefail).
func (j gitLabJob) job() job {
	script := strings.Join(append(j.BeforeScript, j.Script...), "\n")
	return job{[]string{"bash", "-eo", "pipefail", "-c"}, script, variables(j.Variables), j.Artifacts.Reports.Codequality, `"check_name": "imdsv1-open"`, false}
}

// gitLab is the job whose image has the command.
func gitLab(t *testing.T) job {
	return readGitLab(t, "gitlab-ci.yml").job()
}

// gitLabArchive is the job that unpacks the command from an archive. It gets the
// one for this machine, as a release has it, from a server on loopback.
func gitLabArchive(t *testing.T) job {
	if testing.Short() {
		t.Skip("-short: builds an archive")
	}
	if _, err := exec.LookPath("wget"); err != nil {
		needs.Missing(t, "wget", err.Error())
	}
	dist := t.TempDir()
	target := runtime.GOOS + "/" + runtime.GOARCH
	build := exec.Command("go", "run", "./internal/dist", "-version", "v1.2.3", "-o", dist, target)
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dist)))
	t.Cleanup(server.Close)
	j := readGitLab(t, "gitlab-archive.yml")
	if _, isSet := j.Variables["IMDSLOCK_URL"]; !isSet || j.Variables["IMDSLOCK_ARCHIVE"] != "imdslock_v1.2.3_linux_amd64" {
		t.Errorf("other variables: %v", j.Variables)
	}
	j.Variables["IMDSLOCK_URL"] = server.URL
	j.Variables["IMDSLOCK_ARCHIVE"] = "imdslock_v1.2.3_" + strings.ReplaceAll(target, "/", "_")
	content, err := os.ReadFile(filepath.Join(dist, j.Variables["IMDSLOCK_ARCHIVE"]+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	j.Variables["IMDSLOCK_SHA256"] = fmt.Sprintf("%x", sha256.Sum256(content))
	archive := j.job()
	archive.installs = true
	return archive
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
	return job{[]string{"bash", "--noprofile", "--norc", "-c"}, script, nil, publish.Inputs.Files, `type="imdsv1-open"`, false}
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
	return job{[]string{"sh", "-xe", "-c"}, quoted("sh "), []string{"TEMPLATES=" + quoted("TEMPLATES = ")}, quoted("junit "), `type="imdsv1-open"`, false}
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
	return job{[]string{file.Env.Shell, "-e", "-c"}, strings.Join(file.Phases.Build.Commands, "\n"), variables(file.Env.Variables), file.Reports.Imdslock.Files[0], `type="imdsv1-open"`, false}
}

func variables(all map[string]string) (env []string) {
	for name, value := range all {
		env = append(env, name+"="+value)
	}
	return env
}

// run runs a job on files in a folder of its own, and returns what it prints and
// the report.
func (j job) run(t *testing.T, bin string, files map[string]string) (out, report string, err error) {
	t.Helper()
	dir := t.TempDir()
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := os.Getenv("PATH")
	if !j.installs {
		path = bin + ":" + path
	}
	cmd := exec.Command(j.shell[0], append(j.shell[1:], j.script)...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PATH="+path, "TMPDIR="+t.TempDir()), j.env...)
	printed, err := cmd.CombinedOutput()
	content, _ := os.ReadFile(filepath.Join(dir, j.report))
	return string(printed), string(content), err
}

// TestExamples runs what every example has its CI system run: on a folder with
// something open, on one where all is locked, and on one that cannot be read. An
// archive with another checksum is not used.
func TestExamples(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "imdslock"), "../../cmd/imdslock").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, read := range map[string]func(*testing.T) job{
		"GitLab": gitLab, "GitLab, archive": gitLabArchive, "Azure Pipelines": azure, "Jenkins": jenkins, "CodeBuild": codeBuild,
	} {
		t.Run(name, func(t *testing.T) {
			j := read(t)
			for _, test := range []struct {
				name, template string
				fails          bool
				contains       string
			}{
				{"open", strings.Replace(locked, "required", "optional", 1), true, j.contains},
				{"locked", locked, false, ""},
				{"unreadable", broken, true, "not YAML"},
			} {
				t.Run(test.name, func(t *testing.T) {
					out, report, err := j.run(t, bin, map[string]string{"nodes.yaml": test.template, "service.yaml": "kind: Service\n"})
					if (err != nil) != test.fails {
						t.Errorf("%v\n%s", err, out)
					}
					if report == "" || !strings.Contains(report, test.contains) {
						t.Errorf("no %q in\n%s", test.contains, report)
					}
				})
			}
			if !j.installs {
				return
			}
			t.Run("another checksum", func(t *testing.T) {
				j.env = append(j.env, "IMDSLOCK_SHA256="+strings.Repeat("0", 64))
				out, report, err := j.run(t, "", map[string]string{"nodes.yaml": locked})
				if err == nil || report != "" || !strings.Contains(out, "FAILED") {
					t.Errorf("%v\n%s%s", err, out, report)
				}
			})
		})
	}
}
