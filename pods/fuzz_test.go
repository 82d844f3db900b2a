package pods

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzRead expects any input to be read or refused: what is read is JSON to another
// package too, every workload has a verdict, and an error has a place.
func FuzzRead(f *testing.F) {
	f.Add(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "annotations": {"iam.amazonaws.com/role": "r"}}, "spec": {"containers": [{"name": "c", "image": "karpenter/controller", "args": ["--aws-region", "r"], "env": [{"name": "AWS_ROLE_ARN", "valueFrom": {"secretKeyRef": {"optional": true}}}], "envFrom": [{}]}]}}`)
	f.Add(`{"kind": "ServiceAccountList", "apiVersion": "v1", "items": [{"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "r"}}}]}`)
	f.Add(`{"kind": "Node", "apiVersion": "v1", "metadata": {"labels": {"eks.amazonaws.com/compute-type": "auto"}}}`)
	f.Add(web + web)
	f.Add(`{"items": [` + web + `], "kind": "List"}`)
	f.Add(`{"spec": {"template": {"spec": {"containers": [{}]}}}, "kind": "DaemonSet", "apiVersion": "apps/v1"}`)
	f.Fuzz(func(t *testing.T, input string) {
		var c Cluster
		if err := c.Read("x", strings.NewReader(input)); err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Place.Line < 1 || e.Place.Column < 1 || e.Place.Line > 1+strings.Count(input, "\n") {
				t.Fatalf("%v", err)
			}
			return
		}
		decoder := json.NewDecoder(strings.NewReader(strings.TrimPrefix(input, "\ufeff")))
		for {
			var v any
			if err := decoder.Decode(&v); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		report, err := c.Judge(DefaultLock())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range report.Workloads {
			if len(w.Findings) == 0 || w.Verdict != w.Findings[0].Verdict || w.Findings[0].Place.Line < 1 {
				t.Errorf("%+v", w)
			}
		}
	})
}
