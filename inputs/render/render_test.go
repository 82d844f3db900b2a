package render

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

func TestFind(t *testing.T) {
	for text, want := range map[string]mark{
		"":                               {},
		"a: {b: {c: d}}":                 {},
		"a: '{{resolve:ssm:x}}'\n":       {},
		"a: '{{resolve:ssm:x}}'\nb: {{c": {"{{", 2},
		"x\n{% if a %}":                  {"{%", 2},
		"<%= a %>":                       {"<%", 1},
		"{":                              {},
	} {
		got, ok := find(text, 0, len(text))
		if got != want || ok != (want.text != "") {
			t.Errorf("%q: got %+v, %v", text, got, ok)
		}
	}
}

// TestExplain expects the hint wherever a mark surfaces as another error.
func TestExplain(t *testing.T) {
	const head = "Resources:\n  Lt:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n"
	for text, want := range map[string]string{
		head + "      LaunchTemplateData: {{ data }}\n":                      "{{ at line 5",
		head + "{% if x %}\n      LaunchTemplateData: {A: b}\n{% endif %}\n": "{% at line 5",
		head + "      LaunchTemplateData: \"{{ data }}\"\n":                  "{{ at line 5",
		"{{ stack_group_config }}: x\nA: b\n":                                "{{ at line 1",
		"A: '{{ x }}'\n":                                                     "{{ at line 1",
		head + "      LaunchTemplateData:\n        UserData: !Base64 \"docker ps --format '{{.Names}}'\"\n        MetadataOptions: x\n": "",
	} {
		_, err := transform.Patch(context.Background(), []byte(text), transform.Defaults())
		var at *cfn.Error
		if !errors.As(Explain(text, err), &at) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if hinted := strings.HasPrefix(at.Hint, renderFirst); hinted != (want != "") || !strings.Contains(at.Hint, want) {
			t.Errorf("%q: %v, hint %q", text, err, at.Hint)
		}
	}
	text := head + "      LaunchTemplateData: \"{{ data }}\"\n"
	findings, err := transform.Check(context.Background(), []byte(text), transform.CheckOptions{Options: transform.Defaults()})
	if err != nil || !strings.HasSuffix(ExplainFindings(text, findings)[0].Message, "; render it first: with {{ at line 5 it looks like the source of a template") {
		t.Errorf("%+v, %v", findings, err)
	}
}
