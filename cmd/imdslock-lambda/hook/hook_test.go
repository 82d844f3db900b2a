package hook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/userdata"
)

// ask calls the hook.
func ask(t *testing.T, f Function, event string) response {
	t.Helper()
	text, err := f.Answer(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var a response
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if a.ClientRequestToken != "token" || a.Message == "" || (a.HookStatus == "SUCCESS") == (a.HookStatus == "FAILED") || (a.HookStatus == "FAILED") != (a.ErrorCode != "") {
		t.Errorf("no answer: %s", text)
	}
	return a
}

func newFunction() Function {
	return Function{Options: transform.Defaults(), Macro: "IMDSLock", Client: NewClient(), Log: &bytes.Buffer{}}
}

// resourceEvent is the documentation's example of a resource, for ours.
func resourceEvent(point, kind, id, properties string) string {
	return fmt.Sprintf(`{"clientRequestToken":"token","awsAccountId":"123456789012","stackId":"arn:aws:cloudformation:us-west-2:123456789012:stack/MyStack/1a2345b6-0000-00a0-a123-00abc0abc000",
"hookTypeName":"IMDSLock::NodeGroup::Hook","hookTypeVersion":"00000008","hookModel":{"LambdaFunction":"arn:aws:lambda:us-west-2:123456789012:function:MyFunction"},
"actionInvocationPoint":%q,"requestData":{"targetName":%q,"targetType":%q,"targetLogicalId":%q,"targetModel":{"resourceProperties":%s,"previousResourceProperties":{}}},
"requestContext":{"invocation":1,"callbackContext":null}}`, point, kind, kind, id, properties)
}

// encoded is user data as CloudFormation has it by the time it asks.
func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func lockedScript(strict bool) string {
	const script = "#!/bin/bash\nset -ex\n/etc/eks/bootstrap.sh blue\n"
	mode := userdata.AWS
	if strict {
		mode = userdata.Strict
	}
	protection, err := userdata.Protect(script, userdata.Block{Mode: mode, BranchENI: true})
	if err != nil {
		panic(err) // of a script as simple as this
	}
	return userdata.Apply(script, protection.Changes)
}

// TestResources is what may be created and what may not.
func TestResources(t *testing.T) {
	const lt, lc, group = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration", "AWS::EKS::Nodegroup"
	const options = `"MetadataOptions":{"HttpEndpoint":"enabled","HttpPutResponseHopLimit":1,"HttpTokens":"required"}`
	data := func(fields string) string { return `{"LaunchTemplateData":{` + fields + `}}` }
	userData := func(text string) string { return `,"UserData":"` + encoded(text) + `"` }
	for _, test := range []struct{ name, kind, properties, want string }{
		{"locked", lt, data(options + userData(lockedScript(false))), ""},
		{"locked, strict", lt, data(options + userData(lockedScript(true))), ""},
		{"numbers and booleans as texts", lt, data(strings.Replace(options, ":1", `:"1"`, 1) + userData(lockedScript(false))), ""},
		{"endpoint disabled", lt, data(`"MetadataOptions":{"HttpEndpoint":"disabled"}` + userData(lockedScript(false))), ""},
		{"Windows", lt, data(options + userData("<powershell>\nStart-EKSBootstrap.ps1\n</powershell>")), ""},
		{"no user data", lt, data(options), ""},
		{"not text", lt, data(options + `,"UserData":"` + base64.StdEncoding.EncodeToString([]byte{0x1f, 0x8b, 8, 0xff}) + `"`), ""},
		{"launch configuration", lc, `{` + options + userData(lockedScript(false)) + `}`, ""},
		{"group with a launch template", group, `{"ClusterName":"blue","LaunchTemplate":{"Id":"lt-1","Version":"1"}}`, ""},

		{"hop limit", lt, data(strings.Replace(options, ":1", ":2", 1)), "hop-limit LT: HttpPutResponseHopLimit is 2, not 1"},
		{"tokens", lt, data(strings.Replace(options, "required", "optional", 1)), `imdsv1-open LT: HttpTokens is "optional", so IMDSv1 is open`},
		{"no options", lt, data(`"ImageId":"ami-1"`), "metadata-options LT: no MetadataOptions"},
		{"script without commands", lt, data(options + userData("#!/bin/bash\n/etc/eks/bootstrap.sh blue\n")), "iptables-absent LT: no command drops the packets of pods"},
		{"commands too late", lt, data(options + userData("#!/bin/bash\n/etc/eks/bootstrap.sh blue\niptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP\n")), "iptables-late LT"},
		{"not resolved", lt, data(`"MetadataOptions":{"HttpPutResponseHopLimit":1,"HttpTokens":{"Ref":"Tokens"}}`), "imdsv1-open LT: unknown HttpTokens"},
		{"options not resolved", lt, data(`"MetadataOptions":{"Fn::Transform":{"Name":"AWS::Include"}}`), "imdsv1-open"},
		{"data not resolved", lt, `{"LaunchTemplateData":{"Fn::Transform":{"Name":"AWS::Include"}}}`, "LaunchTemplateData comes from Fn::Transform"},
		{"data is a text", lt, `{"LaunchTemplateData":"x"}`, "launch-template-unreadable LT: LaunchTemplateData is not a mapping"},
		{"empty data", lt, `{"LaunchTemplateData":{}}`, "LaunchTemplateData is empty"},
		{"no data", lt, `{"LaunchTemplateName":"x"}`, "it has no LaunchTemplateData"},
		{"launch configuration, open", lc, `{"ImageId":"ami-1"}`, "metadata-options LT: no MetadataOptions"},
		{"group without a launch template", group, `{"ClusterName":"blue"}`, "nodegroup-without-launch-template"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, point := range []string{"CREATE_PRE_PROVISION", "UPDATE_PRE_PROVISION"} {
				a := ask(t, newFunction(), resourceEvent(point, test.kind, "LT", test.properties))
				switch {
				case test.want == "" && a.HookStatus != "SUCCESS":
					t.Errorf("refused: %+v", a)
				case test.want != "" && (a.ErrorCode != nonCompliant || !strings.Contains(a.Message, test.want)):
					t.Errorf("no %s in %+v", test.want, a)
				}
			}
			if a := ask(t, newFunction(), resourceEvent("DELETE_PRE_PROVISION", test.kind, "LT", "{}")); a.HookStatus != "SUCCESS" {
				t.Errorf("may not be deleted: %+v", a)
			}
		})
	}
}

// TestUnreadable expects what cannot be judged to fail, and not to pass.
func TestUnreadable(t *testing.T) {
	for name, event := range map[string]string{
		"no properties":    resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT", "null"),
		"empty properties": resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT", "{}"),
		"a list":           resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT", "[]"),
		"no target":        resourceEvent("CREATE_PRE_PROVISION", "", "LT", "{}"),
		"no payload":       `{"clientRequestToken":"token","requestData":{"targetName":"STACK"}}`,
	} {
		if a := ask(t, newFunction(), event); a.ErrorCode != internalFailure {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// TestLogicalIDs expects ids that no template can have to hide nothing.
func TestLogicalIDs(t *testing.T) {
	for _, id := range []string{"", "Fn::ForEach::All", "<<", "é", "a b", `"`} {
		a := ask(t, newFunction(), resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", id, `{"LaunchTemplateData":{"ImageId":"x"}}`))
		if a.ErrorCode != nonCompliant {
			t.Errorf("%q: %+v", id, a)
		}
	}
}

// TestOtherResources expects resources that launch nothing to pass.
func TestOtherResources(t *testing.T) {
	if a := ask(t, newFunction(), resourceEvent("CREATE_PRE_PROVISION", "AWS::S3::Bucket", "B", "{}")); a.HookStatus != "SUCCESS" {
		t.Errorf("%+v", a)
	}
}

// TestOptions expects the function's options to decide what must be locked.
func TestOptions(t *testing.T) {
	event := resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT",
		`{"LaunchTemplateData":{"MetadataOptions":{"HttpPutResponseHopLimit":1,"HttpTokens":"required"},"UserData":"`+encoded("#!/bin/bash\n")+`"}}`)
	f := newFunction()
	f.Options.IPTables = transform.IPTablesOff
	if a := ask(t, f, event); a.HookStatus != "SUCCESS" {
		t.Errorf("%+v", a)
	}
}

// TestMessage expects a message to be no longer than who asks takes.
func TestMessage(t *testing.T) {
	long := `{"LaunchTemplateData":{"MetadataOptions":{"HttpPutResponseHopLimit":2,"HttpTokens":"` + strings.Repeat("é", 5000) + `"}}}`
	event := resourceEvent("CREATE_PRE_PROVISION", "AWS::EC2::LaunchTemplate", "LT", long)
	if a := ask(t, newFunction(), event); len(a.Message) > maxMessage || len(a.Message) < maxMessage/2 {
		t.Errorf("%d bytes", len(a.Message))
	}
	cloudControl := strings.Replace(event, `"targetType":"AWS::EC2::LaunchTemplate"`, `"targetType":"RESOURCE"`, 1)
	if a := ask(t, newFunction(), cloudControl); len(a.Message) > maxMessageCloudControl || len(a.Message) < maxMessageCloudControl/2 {
		t.Errorf("%d bytes", len(a.Message))
	}
}

func reference(t *testing.T) string {
	t.Helper()
	src, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}
