package transform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestHopLimitSpellings holds Check and Patch to one answer about what is 1 for
// CloudFormation, and about what may be something else. With literal, Patch writes
// the number, and only once.
func TestHopLimitSpellings(t *testing.T) {
	const template = `Parameters:
  One: {Type: Number, Default: 1, AllowedValues: [1]}
  Any: {Type: Number, Default: 1}
  C: {Type: String}
Conditions:
  C: !Equals [!Ref C, c]
  Never: !And [!Condition C, !Not [!Condition C]]
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: %s}}}
`
	for _, test := range []struct {
		limit    string
		isLocked bool // whatever the parameters are
		isNumber bool // as rule engines have it
	}{
		{"1", true, true},
		{"01", true, true},
		{`"1"`, true, false},
		{"'1'", true, false},
		{"!!str 1", true, false},
		{"!If [C, 1, '1']", true, false},
		{"!If [Never, 2, 1]", true, false},
		{"!Ref One", true, false},
		{"!Sub '${One}'", true, false},
		{"!Ref Any", false, false},
		{"!Ref C", false, false},
		{"!If [C, 1, 2]", false, false},
		{"!If [C, 1, !Ref AWS::NoValue]", false, false},
		{"010", false, false},
		{"'01'", false, false},
		{"'+1'", false, false},
		{"1.0", false, false},
		{"'1 '", false, false},
		{"2", false, false},
		{"!GetAtt Other.Limit", false, false},
		{"!Select [0, [1, 2]]", true, false},
	} {
		src := fmt.Appendf(nil, template, test.limit)
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		if open := openRules(t, test.limit, src, opts); len(open) == 0 != test.isLocked {
			t.Errorf("%s: check finds %v open", test.limit, open)
		}
		result := patch(t, src, opts)
		if result.Changed() == test.isLocked {
			t.Errorf("%s: the patch has changes: %v", test.limit, result.Changed())
		}
		checkLaws(t, src, result, opts)
		opts.IMDSv1 = transform.IMDSv1Literal
		result = patch(t, src, opts)
		if result.Changed() == test.isNumber {
			t.Errorf("%s: the patch with literal has changes: %v", test.limit, result.Changed())
		}
		if !test.isNumber && !strings.Contains(string(result.Output), "HttpPutResponseHopLimit: 1}") {
			t.Errorf("%s: literal does not make it a number:\n%s", test.limit, result.Output)
		}
		checkLaws(t, src, result, opts)
	}
}

// TestLockedBranches leaves alone in MetadataOptions what no deployment has, or
// what has no meaning since the service is off.
func TestLockedBranches(t *testing.T) {
	const template = `Parameters:
  Off: {Type: String, Default: disabled, AllowedValues: [disabled]}
  OnOff: {Type: String, Default: disabled, AllowedValues: [enabled, disabled]}
  P: {Type: String}
Conditions:
  C: !Equals [!Ref P, c]
  Same: !Equals [!Ref P, c]
  Never: !And [!Condition C, !Not [!Condition C]]
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: %s}}
`
	const locked = "{HttpTokens: required, HttpPutResponseHopLimit: 1}"
	for _, test := range []struct {
		options string
		changes int
	}{
		{"!If [Never, !Ref AWS::NoValue, " + locked + "]", 0},
		{"!If [Never, {HttpTokens: optional}, " + locked + "]", 0},
		{"!If [C, {HttpTokens: !If [Same, required, optional], HttpPutResponseHopLimit: !If [Same, 1, 2]}, " + locked + "]", 0},
		{"!If [C, {HttpTokens: !If [Same, optional, required], HttpPutResponseHopLimit: !If [Same, 1, 2]}, " + locked + "]", 1},
		{"!If [C, !Ref AWS::NoValue, " + locked + "]", 1},
		{"!If [C, {}, " + locked + "]", 1},
		{"!If [C, {HttpEndpoint: disabled}, " + locked + "]", 0},
		{"!If [C, {HttpEndpoint: disabled}, {HttpTokens: required}]", 1},
		{"{HttpEndpoint: !Ref Off}", 0},
		{"{HttpEndpoint: !If [C, disabled, !Ref Off], HttpTokens: optional}", 0},
		{"{HttpEndpoint: !If [C, disabled, enabled]}", 2},
		{"{HttpEndpoint: !Ref OnOff, HttpPutResponseHopLimit: 1}", 1},
	} {
		src := fmt.Appendf(nil, template, test.options)
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		result := patch(t, src, opts)
		changes := 0
		for _, f := range result.Findings {
			if f.Kind == transform.KindChange {
				changes++
			}
		}
		if changes != test.changes {
			t.Errorf("%s: %d changes, want %d\n%s", test.options, changes, test.changes, result.Output)
		}
		if open := openRules(t, test.options, src, opts); len(open) == 0 != (changes == 0) {
			t.Errorf("%s: check finds %v open", test.options, open)
		}
		checkLaws(t, src, result, opts)
	}
}
