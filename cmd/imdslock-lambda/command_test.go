package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/internal/runtimetest"
)

// TestCommand holds the macro to the command: over the fixtures and the real
// templates, in CloudFormation's JSON, the fragment of its answer is the stdout
// of the command, byte for byte, or its error is the command's stderr.
func TestCommand(t *testing.T) {
	real, _ := filepath.Glob("../../../shared/corpus/*.*")
	if len(real) == 0 && !t.Run("corpus", func(t *testing.T) {
		needs.Missing(t, "corpus", "../shared/corpus with real templates is not beside the project")
	}) {
		return
	}
	i := runtimetest.Start(t, program(t, "bootstrap"), "macro")
	locked, refused := 0, 0
	for file, src := range sources(t, real) {
		fragment, err := runtimetest.Fragment(src)
		if err != nil {
			continue // CloudFormation would not get as far
		}
		c := runCommand(t, fragment)
		a := decode[macroAnswer](t, i.Invoke(macroEvent(file, string(fragment), "{}", deployed(t, fragment, c.stdout.Bytes())), 5*time.Minute))
		switch {
		case !c.isLike(a):
			t.Errorf("%s: the command (%v) prints %s%.300s, the macro answers %s %s %.300s", file, c.err, &c.stderr, &c.stdout, a.Status, a.ErrorMessage, a.Fragment)
		case c.err == nil:
			locked++
		default:
			refused++
		}
	}
	t.Logf("%d templates locked, %d refused, by both alike", locked, refused)
	if locked < 30 || len(real) > 0 && locked < 100 {
		t.Errorf("only %d templates were locked", locked)
	}
}

// sources returns the fixtures and the real templates by their names.
func sources(t *testing.T, real []string) map[string][]byte {
	t.Helper()
	written, err := fixtures.Read("../..")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range written {
		all[f.Name] = f.Source()
	}
	for _, file := range real {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(file); base != "README.md" && base != "MANIFEST.tsv" {
			all[file] = src
		}
	}
	return all
}

// A commandRun is what the command has said of a template.
type commandRun struct {
	stdout, stderr bytes.Buffer
	err            error
}

// runCommand runs the command as the macro works.
func runCommand(t *testing.T, fragment []byte) *commandRun {
	t.Helper()
	var c commandRun
	cmd := exec.Command(program(t, "imdslock"), "--quiet", "--name", "fragment")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(fragment), &c.stdout, &c.stderr
	c.err = cmd.Run()
	return &c
}

// isLike reports whether the macro's answer is the same as what the command has said.
func (c *commandRun) isLike(a macroAnswer) bool {
	if c.err == nil {
		return a.Status == "success" && bytes.Equal(a.Fragment, c.stdout.Bytes())
	}
	if a.Status != "failure" {
		return false
	}
	if strings.Contains(c.stderr.String(), "it has no Resources") && strings.Contains(a.ErrorMessage, "a part of a template") {
		return true // the one message that says more
	}
	return a.ErrorMessage+"\n" == c.stderr.String()
}

// deployed returns values for the parameters of a template, those that the
// locked one allows.
func deployed(t *testing.T, fragments ...[]byte) string {
	t.Helper()
	values := map[string]string{}
	for _, fragment := range fragments {
		var template struct {
			Parameters map[string]struct {
				Default       any
				AllowedValues []any
			}
		}
		if json.Unmarshal(fragment, &template) != nil {
			continue
		}
		for name, parameter := range template.Parameters {
			values[name] = "x"
			if parameter.Default != nil {
				values[name] = textOf(t, parameter.Default)
			} else if len(parameter.AllowedValues) > 0 {
				values[name] = textOf(t, parameter.AllowedValues[0])
			}
		}
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func textOf(t *testing.T, value any) string {
	t.Helper()
	if text, ok := value.(string); ok {
		return text
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}
