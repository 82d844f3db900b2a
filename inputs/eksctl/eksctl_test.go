package eksctl

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
)

const stream = `# what the cluster has beside its nodes
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig   # one of two
metadata:
  name: blue
  region: eu-west-1

nodeGroups:
  - name: own
    instanceType: m5.large
    # keeps its comment
    iam:
      withAddonPolicies:
        autoScaler: false
  - {name: flow, disablePodIMDS: false}
managedNodeGroups:
- name: locked
  disablePodIMDS: true
- disablePodIMDS: "true"
  name: quoted
- name: template
  launchTemplate: {id: lt-1}
- name: policies
  iam:
    withAddonPolicies:
      externalDNS: true
...
---
- apiVersion: eksctl.io/v1alpha5
`

func mustRead(t *testing.T, src string) *Config {
	t.Helper()
	c, err := Read([]byte(src))
	if err != nil || c == nil {
		t.Fatalf("%v, %v", c, err)
	}
	return c
}

func lines(findings []transform.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%v %s %s\n", f.Start, f.Kind, f.Message)
	}
	return b.String()
}

func TestPatch(t *testing.T) {
	r, err := mustRead(t, stream).Patch(context.Background(), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(
		"        autoScaler: false\n", "        autoScaler: false\n    disablePodIMDS: true\n",
		"disablePodIMDS: false", "disablePodIMDS: true", `"true"`, "true").Replace(stream)
	if diff := cmp.Diff(want, string(r.Output)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff(`13:5 change disablePodIMDS set to true
19:34 change disablePodIMDS set to true
23:19 change disablePodIMDS set to true
26:3 open template: it has a launch template of its own, with which eksctl takes no disablePodIMDS: lock that one, with a hop limit of 1 and HttpTokens required
30:7 open policies: eksctl takes no disablePodIMDS together with iam.withAddonPolicies.externalDNS: give that policy to a service account, with iam.podIdentityAssociations or iam.serviceAccounts, and take it from the nodes
`, lines(r.Findings)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	again, err := mustRead(t, string(r.Output)).Patch(context.Background(), transform.Defaults())
	if err != nil || string(again.Output) != string(r.Output) || len(again.Findings) != 2 {
		t.Errorf("a second patch: %v, %s", err, lines(again.Findings))
	}
}

func TestCheck(t *testing.T) {
	findings, err := mustRead(t, stream).Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(lines(findings), "\n")
	if diff := cmp.Diff([]string{
		"13:5 open own: no disablePodIMDS, so pods can reach the metadata service",
		"19:34 open flow: disablePodIMDS is \"false\", so pods can reach the metadata service",
		"23:19 open quoted: disablePodIMDS is \"true\", so pods can reach the metadata service",
	}, got[:3]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	one := transform.CheckOptions{Options: transform.Defaults()}
	one.Resources = []string{"flow"}
	if findings, err = mustRead(t, stream).Check(context.Background(), one); err != nil || len(findings) != 1 {
		t.Errorf("one group: %v, %s", err, lines(findings))
	}
	one.Resources = []string{"none"}
	if _, err = mustRead(t, stream).Check(context.Background(), one); fmt.Sprint(err) != `5:1: there is no node group "none"` {
		t.Errorf("no group: %v", err)
	}
	if findings, err = mustRead(t, stream).Check(context.Background(), transform.CheckOptions{}); err != nil || len(findings) > 0 {
		t.Errorf("nothing asked for: %v, %s", err, lines(findings))
	}
}

func TestNotEksctl(t *testing.T) {
	for _, src := range []string{"a: 1\n", "apiVersion: v1\nkind: ClusterConfig\n", "apiVersion: eksctl.io/v1alpha5\nkind: Other\n", "a: [\n"} {
		if c, err := Read([]byte(src)); c != nil || err != nil {
			t.Errorf("%q: %v, %v", src, c, err)
		}
	}
}

// TestEmptyDocuments expects no document missed beside one that is empty.
func TestEmptyDocuments(t *testing.T) {
	const config = head + "nodeGroups: [{name: a}]\n"
	for _, src := range []string{config + "---\n", "---\n---\n" + config, "# x\n---\n# y\n---\n" + config + "...\n---\n...\n", config + "--- # z\n---\na: 1\n", "---\u0085---\u0085" + config} {
		findings, err := mustRead(t, src).Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil || len(findings) != 1 {
			t.Errorf("%q: %v, %s", src, err, lines(findings))
		}
	}
}

const head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n"

func TestBadConfigs(t *testing.T) {
	for src, want := range map[string]string{
		head + "nodeGroups: {a: b}\n":                       "3:13: nodeGroups is a mapping, not a list of node groups",
		head + "nodeGroups: 1\n":                            "3:13: nodeGroups is 1, not a list of node groups",
		head + "nodeGroups: [null]\n":                       `3:14: nodeGroups[0]: nodeGroups[0] is "null", not a node group`,
		head + "x: &a {name: b}\nmanagedNodeGroups: [*a]\n": "4:21: managedNodeGroups[0]: managedNodeGroups[0] is the alias *a, not a node group",
		head + "nodeGroups:\n- <<: {a: b}\n  name: c\n":     "4:3: c: a merge key << may bring disablePodIMDS in already",
		head + "---\na: [\n":                                "5:1: not YAML: did not find expected node content",
	} {
		c, err := Read([]byte(src))
		if c != nil && err == nil {
			_, err = c.Patch(context.Background(), transform.Defaults())
		}
		if fmt.Sprint(err) != want {
			t.Errorf("%q: got %v, want %s", src, err, want)
		}
	}
	opts := transform.Defaults()
	opts.HopLimit = 2
	if _, err := mustRead(t, stream).Patch(context.Background(), opts); fmt.Sprint(err) != "13:5: own: eksctl knows no hop limit of 2" {
		t.Errorf("got %v", err)
	}
}

// TestVerify breaks a result in ways that an edit might.
func TestVerify(t *testing.T) {
	c := mustRead(t, stream)
	r, err := c.Patch(context.Background(), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	good := string(r.Output)
	for name, bad := range map[string]string{
		"not made":   stream,
		"one undone": strings.Replace(good, "flow, disablePodIMDS: true", "flow, disablePodIMDS: false", 1),
		"lost":       strings.Replace(good, "ClusterConfig", "Cluster", 1),
		"broken":     good + "---\na: [",
	} {
		r.Output = []byte(bad)
		if err := c.verify(r, transform.Defaults()); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestCommands notes commands that may open what disablePodIMDS closes, and no
// others.
func TestCommands(t *testing.T) {
	for command, want := range map[string]bool{
		"aws ec2 modify-instance-metadata-options --http-tokens optional": true,
		"python3 -c 'ec2.modify_instance_metadata_options()'":             true,
		"Edit-EC2InstanceMetadataOption -HttpToken optional":              true,
		"iptables -F": true, "yum install -y jq": false, "nft flush ruleset": true, "aws ssm send-command --document-name x": true,
	} {
		src := "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nnodeGroups:\n- name: blue\n  disablePodIMDS: true\n  preBootstrapCommands:\n  - " + command + "\n"
		c, err := Read([]byte(src))
		if err != nil || c == nil {
			t.Fatal(c, err)
		}
		findings, err := c.Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil || (len(findings) == 1 && findings[0].Kind == transform.KindNote) != want {
			t.Errorf("%s: %v, %v", command, findings, err)
		}
	}
}

// TestWindows notes node groups that run Windows, or may.
func TestWindows(t *testing.T) {
	for family, want := range map[string]string{
		"WindowsServer2022CoreContainer": "7:14 note blue: whether a hop limit of 1 stops the pods of Windows nodes is not known\n",
		"windowsserver2019fullcontainer": "7:14 note blue: whether a hop limit of 1 stops the pods of Windows nodes is not known\n",
		"[AmazonLinux2023]":              "7:14 note blue: whether a hop limit of 1 stops the pods of Windows nodes is not known\n",
		"AmazonLinux2023":                "", "Bottlerocket": "", "": "",
	} {
		c := mustRead(t, "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nnodeGroups:\n- name: blue\n  disablePodIMDS: true\n  # Windows\n  amiFamily: "+family+"\n")
		findings, err := c.Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil || lines(findings) != want {
			t.Errorf("%s: %s, %v", family, lines(findings), err)
		}
	}
}

// TestOtherNodes notes the nodes that no node group launches, beside node groups
// too, and that there are none.
func TestOtherNodes(t *testing.T) {
	const (
		karpenter = "note karpenter: its nodes are those of NodePools and EC2NodeClasses, which are not here and not judged\n"
		auto      = "note autoModeConfig: EKS Auto Mode: AWS locks its nodes itself, with hop limit 1 and required tokens\n"
		nothing   = "1:1 note no node group: nothing to lock\n"
		locked    = "nodeGroups: [{name: a, disablePodIMDS: true}]\n"
	)
	for src, want := range map[string]string{
		"karpenter: {version: '1.0.0'}\n":                             "3:1 " + karpenter,
		locked + "karpenter: {version: '1.0.0'}\n":                    "4:1 " + karpenter,
		"karpenter: null\n":                                           nothing,
		"autoModeConfig: {enabled: true}\n":                           "3:1 " + auto,
		"autoModeConfig: {enabled: yes}\nkarpenter: {}\n":             "4:1 " + karpenter + "3:1 " + auto,
		"autoModeConfig: {enabled: false}\n":                          nothing,
		"autoModeConfig: {nodePools: [system]}\n":                     nothing,
		"fargateProfiles: [{name: a, selectors: [{namespace: a}]}]\n": nothing,
		"nodeGroups: []\nmanagedNodeGroups: null\n":                   nothing,
		locked: "",
		locked + "---\n" + head + "karpenter: {}\n": "7:1 " + karpenter,
	} {
		c := mustRead(t, head+src)
		findings, err := c.Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
		if got := lines(findings); err != nil || got != want {
			t.Errorf("%s: %v, got %swant %s", src, err, got, want)
		}
		if r, err := c.Patch(context.Background(), transform.Defaults()); err != nil || lines(r.Findings) != want || string(r.Output) != head+src {
			t.Errorf("%s: a patch: %v\n%s", src, err, lines(r.Findings))
		}
	}
	one := transform.CheckOptions{Options: transform.Defaults()}
	one.Resources = []string{"a"}
	if findings, err := mustRead(t, head+locked+"karpenter: {}\n").Check(context.Background(), one); err != nil || len(findings) > 0 {
		t.Errorf("one group: %v, %s", err, lines(findings))
	}
}
