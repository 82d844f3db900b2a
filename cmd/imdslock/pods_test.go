package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// TestPodsSARIF holds the log of every fixture of package pods to the schema, and
// expects a rule for each result.
func TestPodsSARIF(t *testing.T) {
	clusters, err := filepath.Glob("../../pods/testdata/*.json")
	if err != nil || len(clusters) == 0 {
		t.Fatalf("%d fixtures, %v", len(clusters), err)
	}
	levels := map[string]int{}
	for _, name := range clusters {
		var stdout, stderr bytes.Buffer
		run([]string{"imdslock", "pods", "--format", "sarif", name}, strings.NewReader(""), &stdout, &stderr)
		log, err := sarif.FromBytes(stdout.Bytes())
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, &stderr)
		}
		if err := log.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range log.Runs[0].Results {
			levels[r.Level]++
			if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex]; *rule.ID != *r.RuleID {
				t.Errorf("%s: %s is by the rule %s", name, *r.RuleID, *rule.ID)
			}
		}
	}
	for _, level := range []string{"error", "warning", "note", "none"} {
		if levels[level] == 0 {
			t.Errorf("no result is at level %s", level)
		}
	}
}
