// Package codepipeline tests the example pipeline. It has no code.
package codepipeline

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/internal/needs"
)

// A pipeline is what the tests look at in the template. Intrinsic functions
// are their arguments alone, as yaml.v3 drops the tags.
type pipeline struct {
	Resources map[string]struct {
		Type       string
		Properties struct {
			Source   struct{ BuildSpec string }
			Policies []struct {
				PolicyDocument struct{ Statement []statement }
			}
			Stages []struct {
				Actions []struct {
					Name            string
					Configuration   map[string]string
					InputArtifacts  []struct{ Name string }
					OutputArtifacts []struct{ Name string }
				}
			}
		}
	}
}

type statement struct{ Action, Resource words }

// words are a list of words, or one.
type words []string

func (w *words) UnmarshalJSON(text []byte) error {
	if text[0] != '[' {
		text = slices.Concat([]byte{'['}, text, []byte{']'})
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// read decodes a YAML file, by way of JSON, which finds fields in any case.
func read[T any](t *testing.T, name string) (v T) {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := yaml.Unmarshal(src, &document); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func TestCFNLint(t *testing.T) {
	cfnLint := needs.CFNLint(t)
	// Informational findings count too.
	args := []string{"--include-checks", "I", "--non-zero-exit-code", "informational",
		"--regions", "us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1", "--template", "pipeline.yaml"}
	if out, err := exec.CommandContext(t.Context(), cfnLint, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// What the build hands on is what the change set is made from.
func TestArtifacts(t *testing.T) {
	build := read[struct{ Artifacts struct{ Files []string } }](t, "buildspec.yml")
	template := read[pipeline](t, "pipeline.yaml")
	if got := template.Resources["Lock"].Properties.Source.BuildSpec; got != "buildspec.yml" {
		t.Errorf("the project runs %q", got)
	}
	var made, wanted []string
	for _, stage := range template.Resources["Pipeline"].Properties.Stages {
		for _, action := range stage.Actions {
			for _, artifact := range action.InputArtifacts {
				if !slices.Contains(made, artifact.Name) {
					t.Errorf("%s takes %s, which nothing before it makes", action.Name, artifact.Name)
				}
			}
			for _, artifact := range action.OutputArtifacts {
				made = append(made, artifact.Name)
			}
			for _, key := range []string{"TemplatePath", "TemplateConfiguration"} {
				if path := action.Configuration[key]; path != "" {
					wanted = append(wanted, path)
				}
			}
		}
	}
	var handedOn []string
	for _, file := range build.Artifacts.Files {
		handedOn = append(handedOn, "Locked::"+file)
	}
	if diff := cmp.Diff(handedOn, wanted); diff != "" {
		t.Errorf("the build hands on other files than are deployed (-handed on +deployed):\n%s", diff)
	}
}

func TestLeastPrivilege(t *testing.T) {
	statements := 0
	for id, resource := range read[pipeline](t, "pipeline.yaml").Resources {
		for _, policy := range resource.Properties.Policies {
			for _, s := range policy.PolicyDocument.Statement {
				statements++
				for _, action := range s.Action {
					_, name, _ := strings.Cut(action, ":")
					reads := strings.HasPrefix(name, "Describe")
					if strings.Contains(name, "*") && !reads {
						t.Errorf("%s: action %s", id, action)
					}
					if slices.Contains(s.Resource, "*") && !reads {
						t.Errorf("%s: %s on every resource", id, action)
					}
				}
			}
		}
	}
	if statements == 0 {
		t.Error("found no statement")
	}
}
