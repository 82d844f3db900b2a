package pods

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// manyPods is what kubectl prints of a cluster of n pods: those of the fixtures,
// with status and other members as they have in a cluster, again and again.
func manyPods(b *testing.B, n int) []byte {
	b.Helper()
	filler := fmt.Sprintf(`"status": {"conditions": [%s]},`, strings.TrimSuffix(strings.Repeat(
		"\n            {\n                \"lastProbeTime\": null,\n                \"lastTransitionTime\": \"2026-01-01T00:00:00Z\",\n                \"status\": \"True\",\n                \"type\": \"Ready\"\n            },", 20), ","))
	var pods []string
	for _, f := range fixtures(b) {
		_, items, _ := strings.Cut(string(f.content), "\"items\": [\n")
		for item := range strings.SplitSeq(items, "\n        },\n") {
			if strings.Contains(item, `"kind": "Pod"`) {
				pods = append(pods, strings.Replace(item, `"status": {`, filler+`"was": {`, 1)+"\n        }")
			}
		}
	}
	var list bytes.Buffer
	list.WriteString("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n")
	for i := range n {
		if i > 0 {
			list.WriteString(",\n")
		}
		list.WriteString(strings.Replace(pods[i%len(pods)], `"namespace": "`, fmt.Sprintf(`"namespace": "n%d-`, i/len(pods)), 1))
	}
	list.WriteString("\n    ],\n    \"kind\": \"List\"\n}\n")
	return list.Bytes()
}

// BenchmarkJudge reads and judges a cluster of 5,000 pods.
func BenchmarkJudge(b *testing.B) {
	const n = 5000
	input := manyPods(b, n)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		var c Cluster
		if err := c.Read("x", io.LimitReader(bytes.NewReader(input), int64(len(input)))); err != nil {
			b.Fatal(err)
		}
		report, err := c.Judge(DefaultLock())
		if err != nil {
			b.Fatal(err)
		}
		pods := 0
		for _, w := range report.Workloads {
			pods += w.Pods
		}
		if pods != n {
			b.Fatalf("%d pods", pods)
		}
	}
}
