package transform_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestDefaultsThatRulesRefuse judges deployments whose defaults Rules refuse: they must
// pass other values, which are those that count.
func TestDefaultsThatRulesRefuse(t *testing.T) {
	const template = `Rules:
  R:
    Assertions:
    - Assert: %
Parameters:
  Tokens: {Type: String, Default: optional}
  Stage: {Type: String, Default: test}
Resources:
  L:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: !Ref Tokens, HttpPutResponseHopLimit: 1}
`
	for _, test := range []struct {
		assert string
		passed map[string]string
		isOpen bool
	}{
		{"!Equals [!Ref Tokens, required]", nil, false},
		{"!Equals [!Ref Tokens, required]", map[string]string{"Stage": "live"}, false},
		{"!Equals [!Ref Tokens, required]", map[string]string{"Tokens": "required"}, false},
		{"!Equals [!Ref Tokens, required]", map[string]string{"Tokens": "optional"}, true},
		{"!Not [!Equals [!Ref Tokens, optional]]", nil, true},
		{"!Equals [!Ref Tokens, optional]", nil, true},
		{"!Equals [!Ref Stage, live]", nil, true},
		{"!Or [!Equals [!Ref Tokens, required], !Equals [!Ref Stage, live]]", nil, true},
		{"!Or [!Equals [!Ref Tokens, required], !Equals [!Ref Stage, live]]", map[string]string{"Stage": "test"}, false},
		{"!Equals [a, b]", nil, true},
	} {
		src := []byte(strings.Replace(template, "%", test.assert, 1))
		opts := transform.CheckOptions{Options: transform.Defaults(), Parameters: test.passed, Deployment: true}
		findings, err := transform.Check(t.Context(), src, opts)
		if err != nil {
			t.Fatal(err)
		}
		isOpen := slices.ContainsFunc(findings, func(f transform.Finding) bool { return f.Kind == transform.KindOpen })
		if isOpen != test.isOpen {
			t.Errorf("%s with %v: open is %t, want %t", test.assert, test.passed, isOpen, test.isOpen)
		}
	}
}
