package page_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/page/engine"
)

// usual are the options of a page that nobody has touched, and of a command line
// without any.
func usual() engine.Options {
	return engine.Options{HopLimit: 1, IMDSv1: "lock", IPTables: "auto", BranchENI: true, LaunchTemplateVersion: "latest"}
}

// run is the script by which node answers a line of JSON with another.
const run = `
const { readFileSync } = require("fs");
const { createInterface } = require("readline");
require(process.argv[1]);
const go = new Go();
WebAssembly.instantiate(readFileSync(process.argv[2]), go.importObject).then(({ instance }) => {
	go.run(instance);
	const base64 = (bytes) => bytes === null ? null : Buffer.from(bytes).toString("base64");
	createInterface({ input: process.stdin }).on("line", (line) => {
		const { name, input, options } = JSON.parse(line);
		const raw = imdslock(name, new Uint8Array(Buffer.from(input, "base64")), JSON.stringify(options));
		console.log(JSON.stringify({ answer: JSON.parse(raw.answer), output: base64(raw.output), before: base64(raw.before) }));
	}).on("close", () => process.exit(0));
});
`

// A node runs the engine of the page.
type node struct {
	*testing.T
	in  io.WriteCloser
	out *json.Decoder
}

// An answer is what the engine returns to JavaScript.
type answer struct {
	Answer         engine.Answer
	Output, Before []byte
}

func startNode(t *testing.T) *node {
	t.Helper()
	dir := page(t)
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "-e", run,
		filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"), filepath.Join(dir, "imdslock.wasm"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	return &node{t, in, json.NewDecoder(out)}
}

// ask has the engine answer.
func (n *node) ask(name string, input []byte, o engine.Options) (a answer) {
	n.Helper()
	question, err := json.Marshal(map[string]any{"name": name, "input": base64.StdEncoding.EncodeToString(input), "options": o})
	if err != nil {
		n.Fatal(err)
	}
	if _, err := n.in.Write(append(question, '\n')); err != nil {
		n.Fatal(err)
	}
	if err := n.out.Decode(&a); err != nil {
		n.Fatal(err)
	}
	return a
}

// A command is imdslock, built from the project.
type command string

func buildCommand(t *testing.T) command {
	t.Helper()
	path := filepath.Join(t.TempDir(), "imdslock")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../cmd/imdslock").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return command(path)
}

// run runs the command in a folder, and returns its stdout and its exit status.
func (c command) run(t *testing.T, dir string, args ...string) (stdout []byte, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(c), args...)
	cmd.Dir = dir
	stdout, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout, cmd.ProcessState.ExitCode()
}

// shell runs a command line in a folder.
func shell(t *testing.T, dir, line string) (stdout []byte, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", line)
	cmd.Dir = dir
	stdout, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout, cmd.ProcessState.ExitCode()
}

// same fails unless the engine in node and the command make the same of a file,
// byte for byte: the result, the diff, and what check finds.
func same(t *testing.T, n *node, c command, name string, input []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), input, 0o666); err != nil {
		t.Fatal(err)
	}
	a := n.ask(name, input, usual())
	want, status := c.run(t, dir, "-q", name)
	if (status == 0) != (a.Output != nil) || !bytes.Equal(a.Output, want) {
		t.Errorf("%s: the result is another: %d bytes, and %d with status %d; %+v %+v", name, len(a.Output), len(want), status, a.Answer.Invalid, a.Answer.Refused)
	}
	if diff, status := c.run(t, dir, "-q", "-d", name); status <= 1 && string(diff) != a.Answer.Diff {
		t.Errorf("%s: the diff is another:\n%s\n%s", name, a.Answer.Diff, diff)
	}
	document, status := c.run(t, dir, "check", "-q", "--format", "json", name)
	found := commandFindings(t, document)
	_, reason, isPassedOver := strings.Cut(found, "passed over: ")
	switch {
	case status == 2 || isPassedOver: // the page has nothing else to look at: it is an error there
		if a.Answer.Invalid == nil || isPassedOver && !strings.HasPrefix(reason, a.Answer.Invalid.Message) {
			t.Errorf("%s: check says %s, the engine %+v", name, found, a.Answer.Invalid)
		}
	case found != findings(a.Answer, name):
		t.Errorf("%s: check finds something else:\n%s\n%s", name, findings(a.Answer, name), found)
	}
}

// findings writes what the engine has found, and commandFindings what the command has.
func findings(a engine.Answer, name string) string {
	var b strings.Builder
	for _, f := range a.Findings {
		kind := strings.Replace(f.Kind, "open", "error", 1)
		fmt.Fprintf(&b, "%s:%s: %s %s %s: %s (%s)\n", name, f.At, kind, f.Rule, f.LogicalID, f.Message, f.Reason)
	}
	return b.String()
}

func commandFindings(t *testing.T, document []byte) string {
	t.Helper()
	var found struct {
		Findings []struct {
			File, Rule, Level, LogicalID, Message, Reason string
			Line, Column                                  int
		}
	}
	if err := json.Unmarshal(document, &found); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range found.Findings {
		fmt.Fprintf(&b, "%s:%d:%d: %s %s %s: %s (%s)\n", f.File, f.Line, f.Column, f.Level, f.Rule, f.LogicalID, strings.TrimPrefix(f.Message, f.LogicalID+": "), f.Reason)
	}
	return b.String()
}

// TestNodeAgreesOverFixtures fails unless the page's engine makes of every fixture
// what the command makes.
func TestNodeAgreesOverFixtures(t *testing.T) {
	n, c := startNode(t), buildCommand(t)
	all, err := fixtures.Read("..")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range all {
		if i%5 == 0 { // every fifth: the laws of all are those of the corpus
			same(t, n, c, f.Name+f.Ext, f.Source())
		}
	}
}

// TestNodeAgreesOverCorpus does the same with real templates.
func TestNodeAgreesOverCorpus(t *testing.T) {
	paths, err := filepath.Glob("../../shared/corpus/*.*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range paths {
		if name := filepath.Base(path); name != "README.md" && name != "MANIFEST.tsv" {
			n++
		}
	}
	if n == 0 {
		needs.Missing(t, "corpus", "../shared/corpus with real templates is not beside the project")
	}
	engine, command := startNode(t), buildCommand(t)
	for _, path := range paths {
		name := filepath.Base(path)
		if name == "README.md" || name == "MANIFEST.tsv" {
			continue
		}
		input, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		same(t, engine, command, name, input)
	}
}
