package fleet

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/inputs/root"
	"github.com/imdslock/imdslock/transform"
)

func check(t *testing.T, src string, opts transform.Options) (string, error) {
	t.Helper()
	parsed, err := root.Parse([]byte(src))
	if err != nil {
		return "", err
	}
	a := Read(parsed)
	if a == nil {
		t.Fatalf("not an answer: %s", src)
	}
	findings, err := a.Check(context.Background(), transform.CheckOptions{Options: opts})
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%v %s %s %s: %s\n", f.Start, f.Kind, f.Rule, f.LogicalID, f.Message)
	}
	return b.String(), err
}

var optionsOnly = transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Lock}

func TestLaunchTemplateVersions(t *testing.T) {
	src := `{"LaunchTemplateVersions": [
  {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "blue", "VersionNumber": 2, "DefaultVersion": false,
   "LaunchTemplateData": {"ImageId": "ami-1", "UserData": "USERDATA",
    "MetadataOptions": {"State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"}}},
  {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "blue", "VersionNumber": 1, "DefaultVersion": true,
   "LaunchTemplateData": {"ImageId": "ami-1",
    "MetadataOptions": {"HttpTokens":
      "optional", "HttpPutResponseHopLimit": 2}}},
  {"LaunchTemplateId": "lt-2", "VersionNumber": 1, "LaunchTemplateData": {}}
]}`
	open := strings.Replace(src, "USERDATA", base64.StdEncoding.EncodeToString([]byte("#!/bin/bash\n/etc/eks/bootstrap.sh blue\n")), 1)
	got, err := check(t, open, optionsOnly)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`8:7 open imdsv1-open blue:1: blue version 1, the default: HttpTokens is "optional", so IMDSv1 is open
8:46 open hop-limit blue:1: blue version 1, the default: HttpPutResponseHopLimit is 2, not 1
9:3 open metadata-options lt-2:1: lt-2 version 1: no MetadataOptions
`, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	got, err = check(t, open, transform.Defaults())
	if err != nil || !strings.Contains(got, "3:59 open iptables-absent blue:2: blue version 2: ") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestInstances(t *testing.T) {
	src := `{"Reservations": [{"Instances": [
  {"InstanceId": "i-1", "State": {"Name": "running"}, "MetadataOptions": {"State": "applied", "HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
   "Tags": [{"Key": "kubernetes.io/cluster/blue", "Value": "owned"}]},
  {"InstanceId": "i-2", "MetadataOptions": {"State": "pending", "HttpTokens": "optional", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
   "Tags": [{"Key": "eks:cluster-name", "Value": "blue"}, {"Key": "aws:ec2launchtemplate:id", "Value": "lt-1"}, {"Key": "aws:ec2launchtemplate:version", "Value": "3"}]},
  {"InstanceId": "i-3", "State": {"Name": "terminated"}, "Tags": [{"Key": "eks:cluster-name", "Value": "blue"}]}]},
 {"Instances": [{"InstanceId": "i-4", "Tags": []}, {"InstanceId": "i-5", "Tags": [{"Key": "eks:cluster-name", "Value": "green"}]}]}],
 "NextToken": "x"}`
	got, err := check(t, src, transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`4:54 open metadata-options i-2: i-2 of cluster blue, from lt-1 version 3: the metadata options are pending, so older ones are in force`,
		`4:79 open imdsv1-open i-2: i-2 of cluster blue, from lt-1 version 3: HttpTokens is "optional", so IMDSv1 is open`,
		`7:52 open metadata-options i-5: i-5 of cluster green: no MetadataOptions`,
		`8:15 note template-not-seen : this is one page of the answer`,
		`1:18 note template-not-seen : 1 instance has no tag of a cluster, and is not judged`,
		`1:18 note template-not-seen : the user data of the nodes is not in this answer`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "i-1") || strings.Contains(got, "i-3") || strings.Contains(got, "i-4") || strings.Contains(got, "iptables") {
		t.Errorf("got\n%s", got)
	}
	if got, err := check(t, src, optionsOnly); err != nil || strings.Contains(got, "user data") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestLaunchConfigurations(t *testing.T) {
	src := `{"LaunchConfigurations": [{"LaunchConfigurationName": "old", "ImageId": "ami-1", "UserData": "",
 "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 3}}]}`
	got, err := check(t, src, optionsOnly)
	if want := "2:75 open hop-limit old: old: HttpPutResponseHopLimit is 3, not 1\n"; err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestYAML reads what --output yaml prints.
func TestYAML(t *testing.T) {
	src := "LaunchTemplateVersions:\n- LaunchTemplateData:\n    ImageId: ami-1\n    MetadataOptions:\n      HttpPutResponseHopLimit: 1\n      HttpTokens: optional\n  LaunchTemplateName: a\n  VersionNumber: 1\n"
	got, err := check(t, src, optionsOnly)
	if want := "6:19 open imdsv1-open a:1: a version 1: HttpTokens is \"optional\""; err != nil || !strings.Contains(got, want) {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestBadAnswers(t *testing.T) {
	for src, want := range map[string]string{
		`{"LaunchTemplateVersions": 1}`:                                                                            "1:28: the answer is 1, not a list",
		`{"LaunchTemplateVersions": [1]}`:                                                                          "1:29: the launch template version is 1, not an object with LaunchTemplateData",
		`{"LaunchTemplateVersions": [{"LaunchTemplateData": "x"}]}`:                                                "1:29: the launch template version is a mapping, not an object with LaunchTemplateData",
		`{"Reservations": [{"Instances": {}}]}`:                                                                    "1:19: the reservation is a mapping, not an object with Instances",
		`{"Reservations": [{"Instances": [null]}]}`:                                                                `1:34: the instance is "null", not an object with InstanceId`,
		`{"LaunchConfigurations": [{}]}`:                                                                           "1:27: the launch configuration is a mapping, not an object with LaunchConfigurationName",
		`{"LaunchConfigurations": [{"LaunchConfigurationName": "a", "MetadataOptions": []}]}`:                      "1:79: MetadataOptions is a list, not an object",
		`{"LaunchConfigurations": [{"LaunchConfigurationName": "a", "MetadataOptions": {"HttpTokens": {"a":1}}}]}`: "1:94: HttpTokens is a mapping, not a text or a number",
		`{"LaunchConfigurations": [{"LaunchConfigurationName": "a", "UserData": ["a"]}]}`:                          "1:72: UserData is a list, not a text",
		`{"LaunchTemplateVersions": [{"LaunchTempl`:                                                                "1:42: not JSON: the template ends too early",
	} {
		if _, err := check(t, src, transform.Defaults()); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", src, err, want)
		}
	}
}

// TestSeveralAnswers has what several answers put together have, and nothing.
func TestSeveralAnswers(t *testing.T) {
	got, err := check(t, `{"LaunchConfigurations": [], "LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "VersionNumber": 1, "LaunchTemplateData": {}}]}`, optionsOnly)
	if err != nil || !strings.Contains(got, "open metadata-options lt-1:1") {
		t.Errorf("two answers: %v\n%s", err, got)
	}
	got, err = check(t, `{"Reservations": []}`, optionsOnly)
	if err != nil || !strings.Contains(got, "the answer is empty") {
		t.Errorf("an empty answer: %v\n%s", err, got)
	}
}

// TestBare judges things without the list that AWS has them in, as --query leaves
// them, and names those that cannot be judged.
func TestBare(t *testing.T) {
	const (
		options     = `"MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 1}`
		instance    = `{"InstanceId": "i-1", "Tags": [{"Key": "eks:cluster-name", "Value": "a"}], ` + options + `}`
		whole       = `{"InstanceId": "i-1", "AmiLaunchIndex": 0, "Tags": [{"Key": "eks:cluster-name", "Value": "a"}]}`
		version     = `{"LaunchTemplateId": "lt-1", "VersionNumber": 2, "LaunchTemplateData": {` + options + `}}`
		openNode    = `open imdsv1-open i-1: i-1 of cluster a: HttpTokens is "optional", so IMDSv1 is open` + "\n"
		openVersion = `open imdsv1-open lt-1:2: lt-1 version 2: HttpTokens is "optional", so IMDSv1 is open` + "\n"
		openConfig  = `open imdsv1-open old: old: HttpTokens is "optional", so IMDSv1 is open` + "\n"
		one         = "note template-not-seen : 1 item is not judged: its metadata options, tags or name are not here: ask AWS without the --query that leaves them out\n"
	)
	for src, want := range map[string]string{
		"[" + instance + "]":       "AT " + openNode,
		"[\n" + instance + "\n]\n": "AT " + openNode,
		"[[" + instance + "], []]": "AT " + openNode,
		"[[[" + instance + "]]]":   "AT " + openNode,
		instance:                   "AT " + openNode,
		`[` + whole + `]`:          "1:2 open metadata-options i-1: i-1 of cluster a: no MetadataOptions\n",
		`[{"ReservationId": "r-1", "Instances": [` + instance + `]}]`: "AT " + openNode,
		`{"ReservationId": "r-1", "Instances": [` + instance + `]}`:   "AT " + openNode,
		`{"Instances": [` + instance + `]}`:                           "AT " + openNode,
		"[" + version + "]":                                           "AT " + openVersion,
		version:                                                       "AT " + openVersion,
		"- InstanceId: i-1\n  MetadataOptions:\n    HttpPutResponseHopLimit: 1\n    HttpTokens: optional\n  Tags:\n  - Key: eks:cluster-name\n    Value: a\n":               "AT " + openNode,
		"- - InstanceId: i-1\n    MetadataOptions:\n      HttpPutResponseHopLimit: 1\n      HttpTokens: optional\n    Tags:\n    - Key: eks:cluster-name\n      Value: a\n": "AT " + openNode,
		`[{"LaunchConfigurationName": "old", "LaunchConfigurationARN": "arn", "CreatedTime": "x"}]`:                                                                         "1:2 open metadata-options old: old: no MetadataOptions\n",
		`[{"LaunchConfigurationName": "old", ` + options + `}]`:                                                                                                             "AT " + openConfig,
		`{"LaunchConfigurationName": "old", ` + options + `}`:                                                                                                               "AT " + openConfig,

		`[{"InstanceId": "i-1", "Tags": null, ` + options + `}]`: "1:1 note template-not-seen : 1 instance has no tag of a cluster, and is not judged\n",

		`[null, {"InstanceId": "i-1"}]`:                     "1:8 " + one,
		`[{"InstanceId": "i-1", ` + options + `}]`:          "1:2 " + one,
		`[{"InstanceId": "i-1", "Tags": []}]`:               "1:2 " + one,
		`{"Instances": [{"InstanceId": "i-1"}]}`:            "1:16 " + one,
		`[{"Id": "i-1", ` + options + `}]`:                  "1:2 " + one,
		`[{"Id": "i-1", "HttpTokens": "optional"}]`:         "1:2 " + one,
		`[["i-1", {"HttpTokens": "optional"}]]`:             "1:10 " + one,
		`[{"ImageId": "ami-1", ` + options + `}]`:           "1:2 " + one,
		`{"LaunchTemplateData": {}}`:                        "1:1 " + one,
		`[{"LaunchTemplateName": "a", "VersionNumber": 1}]`: "1:2 " + one,
		`[{"LaunchConfigurationName": "a"}]`:                "1:2 " + one,
		"[" + instance + `, {"InstanceId": "i-2"}, {"Name": "a"}]`: "AT " + openNode +
			"1:155 " + strings.Replace(one, "1 item is not judged", "2 items are not judged, of which this is the first", 1),
	} {
		before, _, _ := strings.Cut(src, "optional")
		before = strings.TrimSuffix(before, `"`)
		at := fmt.Sprintf("%d:%d ", strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n"))
		want = strings.Replace(want, "AT ", at, 1)
		got, err := check(t, src, transform.Options{IMDSv1: transform.IMDSv1Lock})
		if err != nil || got != want {
			t.Errorf("%s: %v\ngot  %swant %s", src, err, got, want)
		}
	}
	for _, src := range []string{
		"[]", "[[]]", `["i-1"]`, `[{"Name": "a"}]`, `{"InstanceId": "i-1", "KeyName": "x"}`, `{"LaunchConfigurationName": "a"}`, `{"Instances": ["i-1"]}`,
		`[{"AutoScalingGroupName": "a", "LaunchConfigurationName": "b", "Instances": [{"InstanceId": "i-1"}]}]`,
		`{"Resources": {}, "MetadataOptions": {}}`, `{"AutoScalingInstances": [{"InstanceId": "i-1"}]}`,
	} {
		d, err := root.Parse([]byte(src))
		if err != nil || Read(d) != nil {
			t.Errorf("%s: taken, %v", src, err)
		}
	}
}
