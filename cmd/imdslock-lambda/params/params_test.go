package params

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
)

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		object string
		change func(*transform.Options)
	}{
		{``, func(*transform.Options) {}},
		{` null `, func(*transform.Options) {}},
		{`{}`, func(*transform.Options) {}},
		{`{"HopLimit": 2}`, func(o *transform.Options) { o.HopLimit = 2 }},
		{`{"HopLimit": "0"}`, func(o *transform.Options) { o.HopLimit = 0 }},
		{`{"IMDSv1": "literal", "IPTables": "strict"}`, func(o *transform.Options) {
			o.IMDSv1, o.IPTables = transform.IMDSv1Literal, transform.IPTablesStrict
		}},
		{`{"BranchENI": false}`, func(o *transform.Options) { o.BranchENI = false }},
		{`{"BranchENI": "false"}`, func(o *transform.Options) { o.BranchENI = false }},
		{`{"Resources": "A, B"}`, func(o *transform.Options) { o.Resources = []string{"A", "B"} }},
		{`{"Resources": ["A", "B"]}`, func(o *transform.Options) { o.Resources = []string{"A", "B"} }},
		{`{"OS": "linux"}`, func(o *transform.Options) { o.OS = transform.OSLinux }},
	} {
		values, err := Parse([]byte(test.object))
		if err != nil {
			t.Errorf("%s: %v", test.object, err)
			continue
		}
		got, err := values.Options(transform.Defaults())
		want := transform.Defaults()
		test.change(&want)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", test.object, err, diff)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for object, want := range map[string]string{
		`[]`:                             "the parameters are not a JSON object",
		`{"HopLimit": 1`:                 "the parameters are not a JSON object",
		`{"HopLimit": 65}`:               "parameter HopLimit: 65: must be 1 to 64, or 0 to leave it",
		`{"HopLimit": -1}`:               "parameter HopLimit: -1: must be 1 to 64, or 0 to leave it",
		`{"HopLimit": 1.5}`:              "parameter HopLimit: 1.5: must",
		`{"HopLimit": null}`:             "parameter HopLimit: null is not a string, number or boolean",
		`{"HopLimit": []}`:               "parameter HopLimit: must be one value, not 0",
		`{"HopLimit": {"Ref":"A"}}`:      `parameter HopLimit: {"Ref":"A"} is not a string, number or boolean`,
		`{"BranchENI": "perhaps"}`:       "parameter BranchENI: perhaps: must be true or false",
		`{"IMDSv1": "Lock"}`:             "parameter IMDSv1: Lock: must be lock, default, literal or keep",
		`{"IPTables": ["aws","strict"]}`: "parameter IPTables: must be one value, not 2",
		`{"OS": "bottlerocket"}`:         "parameter OS: bottlerocket: must be linux or windows",
		`{"hop-limit": 1}`:               "there is no parameter hop-limit: did you mean HopLimit?",
		`{"imds_v1": "lock"}`:            "there is no parameter imds_v1: did you mean IMDSv1?",
		`{"resource": "A"}`:              "there is no parameter resource: did you mean Resources?",
		`{"Region": "A"}`:                "there is no parameter Region: the parameters are HopLimit, IMDSv1, IPTables, BranchENI, LaunchTemplateVersion, AddLaunchTemplate, Resources, OS",
	} {
		values, err := Parse([]byte(object))
		if err == nil {
			_, err = values.Options(transform.Defaults())
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", object, err, want)
		}
	}
}
