// Package eksctl locks the node groups of an eksctl ClusterConfig.
//
// A node group is locked by "disablePodIMDS: true": eksctl then launches its nodes
// with a hop limit of 1 and tokens required, and blocks the requests of pods to the
// metadata service ("blocks all IMDS requests from non-host networking pods" in
// the config file schema of eksctl, https://eksctl.io/usage/schema/). A file may
// have several documents, of which those of kind ClusterConfig are read; all other
// bytes stay.
//
// Where eksctl refuses disablePodIMDS, the group stays open: together with a launch
// template of its own, and together with an add-on policy in iam.withAddonPolicies,
// which lets pods use the rights of the node.
package eksctl

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// Mark is a text that every ClusterConfig has: the beginning of its apiVersion. The labels
// and tags that eksctl gives to nodes do not have it.
const Mark = "eksctl.io/v"

// A Config is a file with at least one ClusterConfig.
type Config struct {
	src      []byte
	clusters []cluster
}

// A cluster is a document of kind ClusterConfig.
type cluster struct {
	document cfn.Document
	t        *cfn.Template
}

// Read reads a file. It returns nil if no document is a ClusterConfig. The error is
// a [*cfn.Error] if one is but a document cannot be read.
func Read(src []byte) (*Config, error) {
	c := &Config{src: src}
	var failed error
	for _, d := range cfn.Documents(string(src)) {
		t, err := d.Parse()
		var at *cfn.Error
		switch {
		case errors.As(err, &at) && at.NotTemplate: // a list, or nothing
		case err != nil:
			if failed == nil {
				failed = err
			}
		case isClusterConfig(t.Root()):
			c.clusters = append(c.clusters, cluster{d, t})
		}
	}
	if len(c.clusters) == 0 {
		return nil, nil
	}
	if failed != nil {
		return nil, failed
	}
	return c, nil
}

func isClusterConfig(root *cfn.Node) bool {
	version, kind := root.Get("apiVersion"), root.Get("kind")
	return version != nil && strings.HasPrefix(version.Value, Mark) && kind != nil && kind.Value == "ClusterConfig"
}

// Check returns what is not locked, in the order of the file. The Resources of the
// options are names of node groups.
func (c *Config) Check(_ context.Context, opts transform.CheckOptions) ([]transform.Finding, error) {
	judged, err := c.judge(opts.Options)
	var findings []transform.Finding
	for _, j := range judged {
		f := j.finding
		if f.Kind == transform.KindChange {
			f.Kind, f.Message, f.Edits = transform.KindOpen, j.open, nil
		}
		findings = append(findings, f)
	}
	return findings, err
}

// Patch locks the node groups. The error is a [*transform.CannotLock] if one cannot
// be edited in the way it is written.
func (c *Config) Patch(_ context.Context, opts transform.Options) (transform.Result, error) {
	judged, err := c.judge(opts)
	if err != nil {
		return transform.Result{}, err
	}
	r := transform.Result{Output: c.src}
	for _, j := range judged {
		if j.cannot != nil {
			return transform.Result{}, j.cannot
		}
		r.Findings = append(r.Findings, j.finding)
	}
	if !r.Changed() {
		return r, nil
	}
	if r.Output, err = edit.Apply(c.src, r.Edits()); err != nil {
		return transform.Result{}, fmt.Errorf("making the edits: %w", err)
	}
	return r, c.verify(r, opts)
}

// verify returns an error if a result cannot be read, or if something in it would
// still have to change.
func (c *Config) verify(r transform.Result, opts transform.Options) error {
	again, err := Read(r.Output)
	if err != nil {
		return fmt.Errorf("reading the result: %w", err)
	}
	if again == nil || len(again.clusters) != len(c.clusters) {
		return errors.New("reading the result: a ClusterConfig is lost")
	}
	judged, err := again.judge(opts)
	if err != nil || len(judged) != len(r.Findings)-changes(r.Findings) {
		return errors.Join(errors.New("reading the result: a change did not hold"), err)
	}
	return nil
}

func changes(findings []transform.Finding) (n int) {
	for _, f := range findings {
		if f.Kind == transform.KindChange {
			n++
		}
	}
	return n
}
