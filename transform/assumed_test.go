package transform_test

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestAssumedDefaults expects a note where a deployment is safe only by the default of a
// parameter that it does not pass.
func TestAssumedDefaults(t *testing.T) {
	const src = `Parameters:
  Name: {Type: String}
  DisableIMDSv1: {Type: String, Default: "true"}
  Hops: {Type: Number, Default: 1, AllowedValues: [1]}
Conditions:
  Off: !Equals [!Ref DisableIMDSv1, "true"]
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: !If [Off, required, optional], HttpPutResponseHopLimit: !Ref Hops}
`
	for passed, want := range map[string]string{
		"":                                "imdsv1-parameter open, hop-limit-alone open",
		"Name=a":                          "imdsv1-parameter note, hop-limit-alone note",
		"Name=a DisableIMDSv1=true":       "",
		"DisableIMDSv1=true":              "",
		"Name=a DisableIMDSv1=false":      "imdsv1-open open, hop-limit-alone open",
		"Name=a Hops=1":                   "imdsv1-parameter note, hop-limit-alone note",
		"Name=a DisableIMDSv1=TRUE":       "imdsv1-open open, hop-limit-alone open",
		"Name=true DisableIMDSv1=true   ": "",
	} {
		opts := transform.CheckOptions{Options: transform.Defaults(), Parameters: map[string]string{}}
		opts.IPTables = transform.IPTablesOff
		for pair := range strings.FieldsSeq(passed) {
			name, value, _ := strings.Cut(pair, "=")
			opts.Parameters[name] = value
		}
		findings, err := transform.Check(t.Context(), []byte(src), opts)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, string(f.Rule)+" "+string(f.Kind))
			if isAssumed := strings.HasSuffix(f.Message, "; the default is assumed, but an update keeps the value that the stack has"); isAssumed != (f.Kind == transform.KindNote) {
				t.Errorf("%s: %s %s", passed, f.Kind, f.Message)
			}
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%s: %s, want %s", passed, got, want)
		}
	}
}
