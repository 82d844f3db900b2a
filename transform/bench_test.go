package transform_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
)

// benchInputs are a reference template, AWS's of 2020-10-29 where it is there,
// and one of CloudFormation's largest size, 1 MB, with the resources of the first
// again and again.
func benchInputs(b *testing.B) map[string][]byte {
	b.Helper()
	linux, err := templates.Reference("linux")
	if err != nil {
		b.Fatal(err)
	}
	inputs := map[string][]byte{"9KB": linux}
	if official, err := os.ReadFile("../../shared/corpus/official-linux-2020-10-29.yaml"); err == nil {
		inputs["16KB"] = official
	}
	before, rest, _ := strings.Cut(string(linux), "\nResources:\n")
	resources, outputs, ok := strings.Cut(rest, "\nOutputs:\n")
	if !ok {
		b.Fatal("the reference template has no Resources before its Outputs")
	}
	logicalID := regexp.MustCompile(`(?m)^  (\w+):$`)
	var large bytes.Buffer
	large.WriteString(before + "\nResources:\n")
	for i := 0; large.Len() < 1<<20; i++ {
		large.WriteString(logicalID.ReplaceAllString(resources, fmt.Sprintf("  ${1}N%d:", i)) + "\n")
	}
	large.WriteString("Outputs:\n" + outputs)
	inputs["1MB"] = large.Bytes()
	return inputs
}

func BenchmarkPatch(b *testing.B) {
	for name, src := range benchInputs(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := transform.Patch(b.Context(), src, transform.Defaults()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkBareParse is yaml.v3 alone, for comparison.
func BenchmarkBareParse(b *testing.B) {
	for name, src := range benchInputs(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				var n yaml.Node
				if err := yaml.Unmarshal(src, &n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
