package eksctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/transform"
)

// What eksctl's config file schema (v1alpha5) says of the properties that the
// configs of these tests have: their names, types, and that no others are taken.
// https://eksctl.io/usage/schema/
type (
	schemaConfig struct {
		APIVersion        string            `yaml:"apiVersion"`
		Kind              string            `yaml:"kind"`
		Metadata          map[string]string `yaml:"metadata"`
		NodeGroups        []schemaGroup     `yaml:"nodeGroups"`
		ManagedNodeGroups []schemaManaged   `yaml:"managedNodeGroups"`
	}
	schemaGroup struct {
		Name           string            `yaml:"name"`
		AMIFamily      string            `yaml:"amiFamily"`
		InstanceType   string            `yaml:"instanceType"`
		Desired        int               `yaml:"desiredCapacity"`
		Labels         map[string]string `yaml:"labels"`
		DisableIMDSv1  *bool             `yaml:"disableIMDSv1"`
		DisablePodIMDS *bool             `yaml:"disablePodIMDS"`
		IAM            struct {
			WithAddonPolicies map[string]*bool `yaml:"withAddonPolicies"`
		} `yaml:"iam"`
		PreBootstrapCommands []string `yaml:"preBootstrapCommands"`
	}
	schemaManaged struct {
		schemaGroup    `yaml:",inline"`
		LaunchTemplate *struct {
			ID      string `yaml:"id"`
			Version string `yaml:"version"`
		} `yaml:"launchTemplate"`
	}
)

// strict reads a config as eksctl does, and refuses what it refuses about
// disablePodIMDS.
func strict(text []byte) (schemaConfig, error) {
	var c schemaConfig
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		return c, err
	}
	for _, g := range c.groups() {
		on := g.DisablePodIMDS != nil && *g.DisablePodIMDS
		if on && g.LaunchTemplate != nil {
			return c, fmt.Errorf("%s: disablePodIMDS beside a launch template", g.Name)
		}
		for name, policy := range g.IAM.WithAddonPolicies {
			if on && policy != nil && *policy {
				return c, fmt.Errorf("%s: disablePodIMDS beside %s", g.Name, name)
			}
		}
	}
	if err := d.Decode(&schemaConfig{}); !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("a second document: %v", err)
	}
	return c, nil
}

func (c schemaConfig) groups() []schemaManaged {
	all := c.ManagedNodeGroups
	for _, g := range c.NodeGroups {
		all = append(all, schemaManaged{schemaGroup: g})
	}
	return all
}

// TestSchema patches configs of random node groups in random notation: eksctl
// takes the result, every group that is not said to be open has disablePodIMDS,
// and nothing else is another.
func TestSchema(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		src := randomConfig(random)
		before, err := strict([]byte(src))
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		r, err := mustRead(t, src).Patch(context.Background(), transform.Defaults())
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		after, err := strict(r.Output)
		if err != nil {
			t.Fatalf("%v\n%s", err, r.Output)
		}
		open := map[string]bool{}
		for _, f := range r.Findings {
			open[f.LogicalID] = open[f.LogicalID] || f.Kind == transform.KindOpen
		}
		for i, g := range after.groups() {
			if locked := g.DisablePodIMDS != nil && *g.DisablePodIMDS; locked == open[g.Name] {
				t.Fatalf("%s: locked %v, open %v\n%s", g.Name, locked, open[g.Name], r.Output)
			}
			g.DisablePodIMDS = before.groups()[i].DisablePodIMDS
			if !reflect.DeepEqual(g, before.groups()[i]) {
				t.Fatalf("%s has changed\n%s", g.Name, r.Output)
			}
		}
	}
}

// randomConfig writes a config of some node groups.
func randomConfig(random *rand.Rand) string {
	properties := []string{
		"amiFamily: AmazonLinux2023", "instanceType: m5.large", "desiredCapacity: 2", "labels: {a: b}", "labels:\n  a: b",
		"iam: {withAddonPolicies: {ebs: false}}", "iam:\n  withAddonPolicies:\n    ebs: true", "disableIMDSv1: true",
		"disablePodIMDS: true", "disablePodIMDS: false", "disablePodIMDS:", "preBootstrapCommands:\n- |\n  echo\n\n", "preBootstrapCommands: [a, b]",
		"launchTemplate: {id: lt-1, version: \"2\"}", "# a comment",
	}
	var b strings.Builder
	b.WriteString("apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: blue, region: eu-west-1}\n")
	for _, section := range []string{"nodeGroups", "managedNodeGroups"} {
		b.WriteString(section + ":\n")
		indent := strings.Repeat(" ", random.IntN(3))
		for i := range random.IntN(4) {
			used := map[string]bool{}
			lines := []string{fmt.Sprintf("name: %s%d", section, i)}
			for range random.IntN(6) {
				p := properties[random.IntN(len(properties))]
				name, _, _ := strings.Cut(p, ":")
				if used[name] || name == "launchTemplate" && section == "nodeGroups" || name == "disablePodIMDS" && (used["iam"] || used["launchTemplate"]) || used["disablePodIMDS"] {
					continue
				}
				used[name] = true
				lines = append(lines, strings.Split(p, "\n")...)
			}
			for j, line := range lines {
				dash := "  "
				if j == 0 {
					dash = "- "
				}
				b.WriteString(strings.TrimRight(indent+dash+line, " ") + "\n")
			}
		}
	}
	return b.String()
}
