package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

const openTemplate = `Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: optional, HttpPutResponseHopLimit: 2}
        UserData: !Base64 <powershell></powershell>
`

// TestSARIFIsValid holds the output to the schema of SARIF 2.1.0.
func TestSARIFIsValid(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"imdslock", "check", "--format", "sarif", "--name", "a folder/nodes.yaml"}
	if status := run(args, strings.NewReader(openTemplate), &stdout, &stderr); status != exitDifference {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	report, err := sarif.FromBytes(stdout.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Errorf("%v\n%s", err, stdout.String())
	}
	results := report.Runs[0].Results
	if len(results) != 3 {
		t.Fatalf("%d results, want the hop limit, IMDSv1 and a note:\n%s", len(results), stdout.String())
	}
	physical := results[0].Locations[0].PhysicalLocation
	if uri := *physical.ArtifactLocation.URI; uri != "a%20folder/nodes.yaml" {
		t.Errorf("URI %q", uri)
	}
	if line, column := *physical.Region.StartLine, *physical.Region.StartColumn; line != 6 || column != 39 {
		t.Errorf("the first finding is at %d:%d, want 6:39", line, column)
	}
	for i, want := range []string{"imdsv1-open error", "hop-limit error", "user-data-unknown note"} {
		if got := *results[i].RuleID + " " + results[i].Level; got != want {
			t.Errorf("result %d is %s, want %s", i, got, want)
		}
	}
}
