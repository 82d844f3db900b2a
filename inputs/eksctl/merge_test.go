package eksctl

import (
	"context"
	"fmt"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestMerge judges node groups that merge keys and aliases bring values into.
func TestMerge(t *testing.T) {
	const (
		yes    = "managedNodeGroups:\n- &one\n  name: one\n  disablePodIMDS: true\n"
		no     = "managedNodeGroups:\n- &one\n  name: one\n  disablePodIMDS: false\n"
		isNo   = `6:19 open one: disablePodIMDS is "false", so pods can reach the metadata service` + "\n"
		theirs = `6:19 open two: disablePodIMDS is "false", so pods can reach the metadata service` + "\n"
	)
	for _, test := range []struct{ config, want, refused string }{
		{yes + "- {<<: *one, name: two}\n", "", ""},
		{yes + "- {<<: [*one, {disablePodIMDS: false}], name: two}\n", "", ""},
		{yes + "- &two {<<: *one, name: two}\n- {<<: *two, name: three}\n", "", ""},
		{yes + "- {<<: [{privateNetworking: true}, {<<: *one}], name: two}\n", "", ""},
		{yes + "- {<<: {disablePodIMDS: true}, name: two}\n", "", ""},
		{yes + "- {<<: *one, name: two, disablePodIMDS: false}\n", `7:41 open two: disablePodIMDS is "false", so pods can reach the metadata service` + "\n", ""},
		{yes + "- {<<: *one}\n", "", ""},
		{yes + "- {<<: *one, name: two, preBootstrapCommands: [iptables -F]}\n", "7:48 note two: what preBootstrapCommands does to the metadata options or the rules is not judged\n", ""},
		{yes + "- {<<: {preBootstrapCommands: [iptables -F]}, name: two, disablePodIMDS: true}\n", "7:32 note two: what preBootstrapCommands does to the metadata options or the rules is not judged\n", ""},
		{yes + "- {name: two, disablePodIMDS: true, labels: {a: &c iptables -F}, preBootstrapCommands: [*c]}\n", "7:89 note two: what preBootstrapCommands does to the metadata options or the rules is not judged\n", ""},
		{yes + "- {<<: {amiFamily: Ubuntu2204}, name: two}\n", "7:33 open two: no disablePodIMDS, so pods can reach the metadata service\n", "7:4: two: a merge key << may bring disablePodIMDS in already"},
		{yes + "- {<<: {launchTemplate: {id: lt-0}}, name: two}\n", "7:9 open two: it has a launch template of its own, with which eksctl takes no disablePodIMDS: lock that one, with a hop limit of 1 and HttpTokens required\n", ""},
		{yes + "- {<<: {iam: {withAddonPolicies: {ebs: true}}}, name: two}\n", "7:35 open two: eksctl takes no disablePodIMDS together with iam.withAddonPolicies.ebs: give that policy to a service account, with iam.podIdentityAssociations or iam.serviceAccounts, and take it from the nodes\n", ""},
		{no + "- {<<: *one, name: two}\n", isNo + theirs, "7:4: two: a merge key << may bring disablePodIMDS in already"},
		{"<<: {nodeGroups: [{name: one}]}\n", "3:20 open one: no disablePodIMDS, so pods can reach the metadata service\n", ""},
		{"<<: {karpenter: {version: '1'}}\n", "3:6 note karpenter: its nodes are those of NodePools and EC2NodeClasses, which are not here and not judged\n", ""},
		{"x: &all [{name: one}]\nnodeGroups: *all\n", "3:11 open one: no disablePodIMDS, so pods can reach the metadata service\n", ""},
		{"x: &is true\nnodeGroups: [{name: one, disablePodIMDS: *is}]\n", "", ""},
		{"x: &is true\ny: &is false\nnodeGroups: [{name: one, disablePodIMDS: *is}]\n", `4:4 open one: disablePodIMDS is "false", so pods can reach the metadata service` + "\n", ""},
	} {
		c := mustRead(t, head+test.config)
		findings, err := c.Check(context.Background(), transform.CheckOptions{Options: transform.Defaults()})
		if got := lines(findings); err != nil || got != test.want {
			t.Errorf("%s: %v, got\n%swant\n%s", test.config, err, got, test.want)
		}
		_, err = c.Patch(context.Background(), transform.Defaults())
		if refused := fmt.Sprint(err); test.refused == "" && err != nil || test.refused != "" && refused != test.refused {
			t.Errorf("%s: a patch: %s", test.config, refused)
		}
	}
}
