package transform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestHostileTemplates patches what was written to take all time or all memory.
// That it ends at all is what is tested, and what it says.
func TestHostileTemplates(t *testing.T) {
	const resource = "Resources:\n  LT:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n        ImageId: a\n"
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.NewReplacer("NEXT", fmt.Sprint(i+1), "N", fmt.Sprint(i)).Replace(format))
		}
		return b.String()
	}
	choose := func(condition string) string {
		return resource + "        MetadataOptions: {HttpTokens: !If [" + condition + ", required, optional]}\n"
	}
	const parameter = "Parameters: {P: {Type: String}}\nConditions:\n  C0: !Equals [!Ref P, b]\n"
	for _, test := range []struct{ name, template, want string }{
		{"aliases of aliases", "a0: &a0 [x, x]\n" + lines(60, "aNEXT: &aNEXT [*aN, *aN]\n") + resource, ""},
		{"aliases of aliases where something must change",
			"a0: &a0 [x, x]\n" + lines(60, "aNEXT: &aNEXT [*aN, *aN]\n") + resource + "        MetadataOptions: *a60\n",
			"68:26: LT: MetadataOptions is the alias *a60"},
		{"50,000 keys", resource + "Metadata:\n" + lines(50_000, "  kN: 1\n"), ""},
		{"30,000 parameters", "Parameters:\n" + lines(30_000, "  N: {Type: String}\n") + resource, ""},
		{"a line of 1 MB", resource + "Metadata: " + strings.Repeat("x", 1<<20) + "\n", ""},
		{"5,000 launch templates on one line of characters that are no bytes",
			"Resources: {" + lines(5_000, "LN: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ä}}}, ") + "}\n", ""},
		{"a condition of 10,000 resources", parameter + choose("C0") + lines(10_000, "  BN:\n    Type: AWS::S3::Bucket\n    Condition: C0\n"), ""},
		{"conditions one behind the other", parameter + lines(2_000, "  CNEXT: !Not [!Condition CN]\n") + choose("C2000"), ""},
		{"conditions that name the one before twice", parameter + lines(60, "  CNEXT: !Or [!Condition CN, !Condition CN]\n") + choose("C60"), ""},
		{"a condition of 20,000 comparisons of 12 parameters",
			"Parameters:\n" + lines(12, "  PN: {Type: String, AllowedValues: [a, b]}\n") + "Conditions:\n  C:\n    !Or\n" +
				lines(12, "    - !Equals [!Ref PN, c]\n") + strings.Repeat("    - !Equals [!Ref P0, c]\n", 20_000) + choose("C"),
			""},
		{"conditions in a circle", parameter + "  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n" + choose("A"), ""},
		{"a mapping that selects itself", "Mappings: {M: {a: {k: !FindInMap [M, a, k]}}}\n" + resource + "        MetadataOptions: {HttpTokens: !FindInMap [M, a, k]}\n", ""},
		{"a text that doubles", resource + "        MetadataOptions: {HttpTokens: " + strings.Repeat(`!Sub ["${a}${a}", {a: `, 60) + "x" + strings.Repeat("}]", 60) + "}\n", ""},
		{"100,000 levels", resource + "Metadata: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "\n",
			"7:10011: nested more than 1000 levels deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := transform.Patch(t.Context(), []byte(test.template), transform.Defaults())
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v", err)
			case test.want == "" && !strings.Contains(string(r.Output), "HttpTokens: required") && !strings.Contains(string(r.Output), `AllowedValues: ["b"]`):
				t.Errorf("not locked: %.300s", r.Output)
			case test.want != "" && (err == nil || err.Error() != test.want):
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
