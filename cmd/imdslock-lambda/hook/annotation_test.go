package hook

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAnnotations expects an annotation for each finding: what is open fails, what
// cannot be judged is skipped, and that which passes has none.
func TestAnnotations(t *testing.T) {
	const options = `"MetadataOptions":{"HttpPutResponseHopLimit":%,"HttpTokens":"required"}`
	event := func(hopLimit, userData string) string {
		return resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT",
			`{"LaunchTemplateData":{`+strings.Replace(options, "%", hopLimit, 1)+`,"UserData":"`+encoded(userData)+`"}}`)
	}
	for _, test := range []struct{ event, want string }{
		{event("2", lockedScript(false)), "hop-limit FAILED HIGH"},
		{event("1", "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"), "iptables-absent FAILED MEDIUM"},
		{event("1", "<powershell>\nStart-EKSBootstrap.ps1\n</powershell>"), "user-data-unknown SKIPPED INFORMATIONAL"},
		{event("1", lockedScript(false)), ""},
		{resourceEvent("DELETE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT", "{}"), ""},
	} {
		var got []string
		for _, a := range ask(t, newFunction(), test.event).Annotations {
			got = append(got, a.Name+" "+a.Status+" "+a.SeverityLevel)
			if !strings.HasPrefix(a.StatusMessage, "AWS::EC2::LaunchTemplate: LT: ") || a.RemediationMessage == "" || !strings.HasPrefix(a.RemediationLink, "https://") {
				t.Errorf("%+v", a)
			}
		}
		if text := strings.Join(got, ", "); text != test.want {
			t.Errorf("%s\nwant %s", text, test.want)
		}
	}
}

// TestAnnotationsHaveNoNull expects an answer without findings to have no member
// for them, and one with very many to end.
func TestAnnotationsHaveNoNull(t *testing.T) {
	text, err := newFunction().Answer(t.Context(), []byte(resourceEvent("DELETE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT", "{}")))
	if err != nil || strings.Contains(string(text), "annotations") {
		t.Errorf("%s, %v", text, err)
	}
	many := map[string]any{}
	for i := range 200 {
		many["LT"+strings.Repeat("x", i)] = map[string]any{"Type": "AWS::EC2::LaunchTemplate", "Properties": map[string]any{"LaunchTemplateData": map[string]any{"ImageId": "ami-1"}}}
	}
	template, err := json.Marshal(map[string]any{"Resources": many})
	if err != nil {
		t.Fatal(err)
	}
	v, err := newFunction().check(t.Context(), template, "template", newFunction().Options)
	if n := len(v.annotations()); err == nil || n != maxAnnotations {
		t.Errorf("%d annotations, %v", n, err)
	}
}
