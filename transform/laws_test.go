package transform_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// checkLaws checks that a second run changes nothing, and that the bytes
// between the edits are the input's.
func checkLaws(t *testing.T, src []byte, result transform.Result, opts transform.Options) {
	t.Helper()
	for _, broken := range []string{brokenBySecond(result, patch(t, result.Output, opts)), brokenOutside(src, result)} {
		if broken != "" {
			t.Error(broken)
		}
	}
}

// brokenBySecond says what a second run changes, or returns "".
func brokenBySecond(result, again transform.Result) string {
	if diff := cmp.Diff(string(result.Output), string(again.Output)); diff != "" {
		return "a second run changes the result (-first +second):\n" + diff
	}
	if again.Changed() {
		return fmt.Sprintf("a second run has changes: %+v", again.Findings)
	}
	return ""
}

// brokenOutside says what a result changes outside its edits, or returns "".
func brokenOutside(src []byte, result transform.Result) string {
	in, out := string(src), string(result.Output)
	from := 0
	for _, e := range result.Edits() {
		gap := in[from:e.Start]
		if !strings.HasPrefix(out, gap+e.New) {
			return fmt.Sprintf("bytes %d-%d of the input are not in the output, or not followed by the edit %q", from, e.Start, e.New)
		}
		out = out[len(gap)+len(e.New):]
		from = e.End
	}
	if out != in[from:] {
		return fmt.Sprintf("after the last edit the output goes on with %q, not with %q", out, in[from:])
	}
	return ""
}

// TestLawsNotice tampers with results, and wants the laws to notice it.
func TestLawsNotice(t *testing.T) {
	src := []byte("# ours\r\nResources:\r\n  NodeLaunchTemplate:\r\n    Type: AWS::EC2::LaunchTemplate\r\n    Properties:\r\n      LaunchTemplateData:\r\n        MetadataOptions: {HttpTokens: optional, HttpPutResponseHopLimit: 2} # open\r\n")
	result := patch(t, src, transform.Defaults())
	if broken := brokenOutside(src, result); broken != "" || len(result.Edits()) != 2 {
		t.Fatal(broken, result.Edits())
	}
	if broken := brokenBySecond(result, patch(t, result.Output, transform.Defaults())); broken != "" {
		t.Fatal(broken)
	}
	for _, change := range [][2]string{
		{"# ours", "# Ours"}, {"# open", "#open"}, {" # open\r\n", " # open\n"}, {" # open\r\n", " # open"},
		{", Http", ",  Http"}, {"required", "optional"}, {"Limit: 1", "Limit: 2"}, {"# ours\r\n", ""},
	} {
		tampered := result
		tampered.Output = bytes.Replace(result.Output, []byte(change[0]), []byte(change[1]), 1)
		if brokenOutside(src, tampered) == "" {
			t.Errorf("%q in the place of %q is not noticed", change[1], change[0])
		}
	}
	for _, undo := range [][2]string{{"required", "optional"}, {"Limit: 1", "Limit: 2"}} {
		open := transform.Result{Output: bytes.Replace(result.Output, []byte(undo[0]), []byte(undo[1]), 1)}
		if brokenBySecond(open, patch(t, open.Output, transform.Defaults())) == "" {
			t.Errorf("that a second run changes %q is not noticed", undo[1])
		}
	}
	same := transform.Result{Output: result.Output, Findings: result.Findings}
	if brokenBySecond(result, same) == "" {
		t.Error("a second run that reports changes is not noticed")
	}
}

func patch(t *testing.T, src []byte, opts transform.Options) transform.Result {
	t.Helper()
	result, err := transform.Patch(t.Context(), src, opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCorpus holds the laws on real templates, and that all launch templates in
// the accepted ones come out locked: Patch has evaluated that.
func TestCorpus(t *testing.T) {
	files := corpus(t)
	accepted := 0
	for _, file := range files {
		src := readFile(t, file)
		for _, opts := range []transform.Options{
			transform.Defaults(),
			{HopLimit: 1, IMDSv1: transform.IMDSv1Literal},
			{HopLimit: 1, IMDSv1: transform.IMDSv1Default, IPTables: transform.IPTablesAuto},
		} {
			result, err := transform.Patch(t.Context(), src, opts)
			if err != nil {
				if result.Output != nil {
					t.Errorf("%s: output beside the error %v", file, err)
				}
				continue
			}
			accepted++
			checkLaws(t, src, result, opts)
		}
	}
	if accepted < 300 {
		t.Errorf("only %d runs over %d real templates were accepted", accepted, len(files))
	}
}

// A template is one that tests run over.
type template struct {
	name string
	src  []byte
}

// allTemplates returns the fixtures and the real templates. Without these a run
// that requires them fails; others have the fixtures.
func allTemplates(t testing.TB) []template {
	t.Helper()
	var all []template
	for _, f := range readFixtures(t) {
		all = append(all, template{f.Name, f.Source()})
	}
	real, err := filepath.Glob("../../shared/corpus/*.*")
	if err != nil {
		t.Fatal(err)
	}
	if len(real) == 0 && needs.Required("corpus") {
		t.Fatal("../shared/corpus with real templates is not beside the project")
	}
	for _, file := range real {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, template{file, src})
	}
	return all
}

// corpus returns the real templates beside the project, or skips the test.
func corpus(t testing.TB) []string {
	t.Helper()
	files, _ := filepath.Glob("../../shared/corpus/*.*")
	if len(files) == 0 {
		needs.Missing(t, "corpus", "../shared/corpus with real templates is not beside the project")
	}
	var templates []string
	for _, f := range files {
		if base := filepath.Base(f); base != "README.md" && base != "MANIFEST.tsv" {
			templates = append(templates, f)
		}
	}
	return templates
}

// TestNotATemplate wants a place and a clear message for what is no template.
func TestNotATemplate(t *testing.T) {
	const lt = "Resources:\n  LT:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n"
	for _, test := range []struct{ name, src, want string }{
		{"empty", "", "1:1: the template is empty"},
		{"only a byte order mark and space", "\uFEFF \n", "1:1: the template is empty"},
		{"binary", "\x7fELF\x02\x00", "1:6: NUL byte: the template is not text"},
		{"invalid UTF-8", "Resources:\n  A: \xff\n", "2:6: invalid UTF-8 byte 0xff"},
		{"UTF-16", "\xff\xfeR\x00", "1:1: the template is UTF-16, not UTF-8"},
		{"a list", "- a\n", "1:1: not a CloudFormation template: the document is not a mapping"},
		{"a word", "hello\n", "1:1: not a CloudFormation template: the document is not a mapping"},
		{"no resources", "Parameters: {}\n", "1:1: not a CloudFormation template: it has no Resources"},
		{"two documents", "Resources: {}\n---\na: b\n", "2:1: not a CloudFormation template: a second YAML document"},
		{"tab", "Resources:\n\tA: b\n", "2:1: not YAML: a tab, where YAML takes only spaces"},
		{"Go template", "Resources:\n  {{ if .X }}\n  A: b\n", "3:3: not YAML: did not find expected key"},
		{"broken JSON", "{\"Resources\": {\n  \"A\" 1\n}}", "2:7: not JSON: invalid character '1' after object key"},
		{"cut off JSON", "{\"Resources\": {", "1:16: not JSON: the template ends too early"},
		{"text after JSON", "{\"Resources\": {}}\n}", "2:1: not JSON: text after the end of the template"},
		{"alias", "X: &x {a: b}\n" + lt + "        MetadataOptions: *x\n", "7:26: LT: MetadataOptions is the alias *x"},
		{"alias as a resource", "X: &x {a: b}\nResources: {LT: *x}\n", "2:17: LT: an alias hides what it is"},
		{"alias as a type", "X: &x AWS::EC2::LaunchTemplate\nResources: {LT: {Type: *x}}\n", "2:17: LT: an alias hides what it is"},
		{"merge key in a resource", "X: &x {a: b}\nResources: {LT: {<<: *x}}\n", "2:18: LT: a merge key << hides what it is"},
		{"merge key in the resources", "X: &x {a: b}\nResources: {<<: *x}\n", "2:17: <<: an alias hides what it is"},
		{"anchor that is used", lt + "        MetadataOptions: &m {HttpTokens: optional}\nOutputs: {O: {Value: *m}}\n", "6:26: LT: the anchor &m is used elsewhere, which would change too"},
		{"merge key", "X: &x {a: b}\n" + lt + "        <<: *x\n        ImageId: a\n", "7:9: LT: what must change has a merge key <<"},
		{"anchor on what must change", lt + "        MetadataOptions:\n          HttpPutResponseHopLimit: &n 2\n", "7:36: LT: the anchor &n is on a value that must change"},
		{"transform", lt + "        Fn::Transform: {Name: AWS::Include}\n        ImageId: a\n", "6:9: LT: LaunchTemplateData comes from Fn::Transform, which only the deployment resolves"},
		{"options from a map", lt + "        MetadataOptions: !FindInMap [A, B, C]\n", "6:26: LT: MetadataOptions comes from Fn::FindInMap, which only the deployment resolves"},
		{"no data", "Resources:\n  LT:\n    Type: AWS::EC2::LaunchTemplate\n", "2:3: LT: it has no Properties"},
	} {
		t.Run(test.name, func(t *testing.T) {
			result, err := transform.Patch(t.Context(), []byte(test.src), transform.Defaults())
			if err == nil {
				t.Fatalf("no error, but %q", result.Output)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
		})
	}
}

// TestHostileInput wants an answer, whichever, to input made to be slow.
func TestHostileInput(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+",", 9), ",") + "]\n"
	}
	for name, src := range map[string]string{
		"brackets":        strings.Repeat("[", 1<<20),
		"braces":          strings.Repeat("{", 1<<20),
		"objects":         strings.Repeat(`{"a":`, 1<<18),
		"nested and shut": strings.Repeat("[", 1<<19) + strings.Repeat("]", 1<<19),
		"JSON arrays":     `{"Resources":` + strings.Repeat("[", 1<<19) + strings.Repeat("]", 1<<19) + "}",
		"one line":        "Resources: {A: {Type: [" + strings.Repeat("é, ", 1<<18) + "x]}}\n",
		"dashes":          strings.Repeat("- ", 1<<19),
	} {
		t.Run(name, func(t *testing.T) {
			if result, err := transform.Patch(t.Context(), []byte(src), transform.Defaults()); err == nil && string(result.Output) != src {
				t.Error("changed")
			}
		})
	}
	t.Run("bomb", func(t *testing.T) {
		src := bomb + "Resources: {}\n"
		if got := patch(t, []byte(src), transform.Defaults()); string(got.Output) != src {
			t.Error("changed")
		}
	})
}

// TestForeign wants to be told what a text may be that is no template, and
// whether it was read at all: what cannot be may have been meant for one.
func TestForeign(t *testing.T) {
	for _, test := range []struct {
		src, hint   string
		notTemplate bool
	}{
		{"apiVersion: v1\nkind: ConfigMap\n", "with its apiVersion it looks like a file for Kubernetes or eksctl", true},
		{"Parameters: {}\n", "a template has a section Resources", true},
		{"- a\n", "a template is a mapping with Resources; of Terraform or the CDK it is what they make", true},
		{"a: b\n---\nc: d\n", "a template is one document", true},
		{"Resources:\n  A: \"{{resolve:ssm:x}}\"\n  {{ if .X }}\n  B: c\n", "render it first: with {{ at line 3 it looks like the source of a template", false},
		{"{{ define \"x\" }}\nResources: {}\n", "render it first: with {{ at line 1 it looks like the source of a template", false},
		{"{\"Resources\": {{.X}}}\n", "render it first: with {{ at line 1 it looks like the source of a template", false},
		{"Resources: [\n", "", false},
	} {
		_, err := transform.Patch(t.Context(), []byte(test.src), transform.Defaults())
		var at *cfn.Error
		if !errors.As(err, &at) || at.Hint != test.hint || at.NotTemplate != test.notTemplate {
			t.Errorf("%q: %v, %+v", test.src, err, at)
		}
	}
}
