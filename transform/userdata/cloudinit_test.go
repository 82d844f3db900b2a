package userdata

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
)

// A cloudScript is a script that cloud-init itself would run.
type cloudScript struct{ Stage, Name, Text string }

// cloudInit has cloud-init's own code read user data, all texts in one call.
func cloudInit(t *testing.T, texts []string) [][]cloudScript {
	t.Helper()
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "testdata/read.py")
	if dir := os.Getenv("CLOUD_INIT"); dir != "" {
		cmd.Env = append(os.Environ(), "PYTHONPATH="+dir)
	}
	var out, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &stderr
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState == nil || strings.Contains(stderr.String(), "No module named") {
			needs.Missing(t, "cloud-init", "its Python package is not installed, and CLOUD_INIT does not say where it is unpacked")
		}
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var read [][]cloudScript
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// variableValue stands for a placeholder where cloud-init reads a text.
const variableValue = "X1"

func resolved(text string) string { return strings.ReplaceAll(text, placeholder, variableValue) }

var stageNames = map[stage]string{
	stageBoothook: "boothook", stageBootcmd: "bootcmd", stagePerOnce: "per-once",
	stagePerBoot: "per-boot", stagePerInstance: "per-instance", stageScript: "script",
}

// differs says how what read makes of a text differs from what cloud-init does.
// An unknown script may be any; where cloud-config or when a part runs is unknown,
// nothing is said, and known is false.
func differs(d *document, scripts []cloudScript) (difference string, known bool) {
	if d.reason != "" || d.config.unknown != "" {
		return "", false
	}
	ours := slices.DeleteFunc(slices.Clone(d.scripts), func(s script) bool { return stageNames[s.stage] == "" })
	if slices.ContainsFunc(ours, func(s script) bool { return s.unknown != "" && (s.stage == stageBoothook || s.name == "") }) {
		return "", false
	}
	ours = slices.DeleteFunc(ours, func(s script) bool { // it runs on some instances only
		return s.unknown != "" && !slices.ContainsFunc(scripts, func(c cloudScript) bool { return c.Stage == stageNames[s.stage] && c.Name == s.name })
	})
	if len(ours) != len(scripts) {
		return fmt.Sprintf("%d scripts, cloud-init has %d", len(ours), len(scripts)), true
	}
	for i, s := range ours {
		theirs := scripts[i]
		if stageNames[s.stage] != theirs.Stage || s.stage != stageBoothook && s.name != theirs.Name {
			return fmt.Sprintf("script %d is %s %s, cloud-init has %s %s", i, stageNames[s.stage], s.name, theirs.Stage, theirs.Name), true
		}
		if s.unknown == "" && resolved(s.text) != theirs.Text {
			return fmt.Sprintf("script %d is\n%q\ncloud-init has\n%q", i, resolved(s.text), theirs.Text), true
		}
	}
	return "", true
}

// TestReadIsCloudInit reads random user data and has cloud-init read it.
func TestReadIsCloudInit(t *testing.T) {
	const documents = 1500
	var texts, sent []string
	for seed := range uint64(documents) {
		g := &generator{rand.New(rand.NewPCG(seed, 1))}
		texts = append(texts, g.document())
		sent = append(sent, resolved(texts[len(texts)-1]))
	}
	unknown := 0
	for i, scripts := range cloudInit(t, sent) {
		d := read(texts[i])
		difference, known := differs(d, scripts)
		if difference != "" {
			t.Errorf("seed %d: %s\n%s", i, difference, texts[i])
		}
		if !known {
			unknown++
		}
		for _, s := range d.scripts {
			if s.origin(0) < 0 || s.origin(len(s.text)) > len(texts[i]) {
				t.Errorf("seed %d: script %s comes from %d to %d of %d bytes", i, s.name, s.origin(0), s.origin(len(s.text)), len(texts[i]))
			}
		}
	}
	if unknown > documents/3 {
		t.Errorf("of %d documents %d are unknown", documents, unknown)
	}
	t.Logf("%d documents read as cloud-init does, %d unknown", documents-unknown, unknown)
}

// TestProtectedIsFirst protects random user data and has cloud-init read the
// result: no other script runs before the commands, but in an earlier stage what
// cannot start the kubelet.
func TestProtectedIsFirst(t *testing.T) {
	const documents = 600
	var texts, sent []string
	for seed := range uint64(documents) {
		g := &generator{rand.New(rand.NewPCG(seed, 2))}
		text := g.document()
		block := Block{Mode: Mode(1 + seed%2), BranchENI: seed%3 == 0, IPv6: seed%5 == 0}
		p, err := Protect(text, block)
		if err != nil || len(p.Changes) == 0 {
			continue
		}
		after := Apply(text, p.Changes)
		if again, err := Protect(after, block); err != nil || len(again.Changes) > 0 {
			t.Errorf("seed %d: a second time: %v, %v\n%s", seed, again.Changes, err, after)
		}
		texts = append(texts, after)
		sent = append(sent, resolved(after))
	}
	if len(texts) < documents/3 {
		t.Fatalf("only %d of %d documents take the commands", len(texts), documents)
	}
	for i, scripts := range cloudInit(t, sent) {
		own := slices.IndexFunc(scripts, func(s cloudScript) bool { return strings.Contains(s.Text, "169.254.169.254/32") })
		if own < 0 {
			t.Errorf("cloud-init runs no commands of\n%s", texts[i])
			continue
		}
		for _, s := range scripts[:own] {
			if strings.Contains(s.Text, "bootstrap.sh") && strings.HasPrefix(s.Text, "#!") || s.Stage == scripts[own].Stage && s.Stage != "boothook" {
				t.Errorf("%s %s runs before the commands in\n%s", s.Stage, s.Name, texts[i])
			}
		}
		before, _, _ := strings.Cut(scripts[own].Text, "169.254.169.254/32")
		if strings.Contains(before, "bootstrap.sh") {
			t.Errorf("the kubelet is started before the commands in\n%s", texts[i])
		}
	}
	t.Logf("%d documents protected", len(texts))
}
