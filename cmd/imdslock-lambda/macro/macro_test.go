package macro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// group is a template with one launch template, whose HttpTokens depend on a
// parameter, in JSON as CloudFormation sends it.
const group = `{"Parameters":{"DisableIMDSv1":{"Type":"String","Default":"false","AllowedValues":["false","true"]},"Zones":{"Type":"CommaDelimitedList"}},` +
	`"Conditions":{"Off":{"Fn::Equals":[{"Ref":"DisableIMDSv1"},"true"]}},` +
	`"Resources":{"LT":{"Type":"AWS::EC2::LaunchTemplate","Properties":{"LaunchTemplateData":{"MetadataOptions":` +
	`{"HttpPutResponseHopLimit":2,"HttpTokens":{"Fn::If":["Off","required","optional"]}},` +
	`"UserData":{"Fn::Base64":"#!/bin/bash\n<&> \u003c /etc/eks/bootstrap.sh x"}}}}}}`

// answer calls the macro and returns what it answers, decoded and as it is.
func answer(t *testing.T, fragment, params, values string) (response, []byte) {
	t.Helper()
	var log bytes.Buffer
	text, err := Function{Options: transform.Defaults(), Log: &log}.Answer(t.Context(),
		fmt.Appendf(nil, `{"requestId":"r-1","fragment":%s,"params":%s,"templateParameterValues":%s}`, fragment, params, values))
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		RequestID, Status, ErrorMessage *string
		Fragment                        json.RawMessage
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil || a.RequestID == nil || a.Status == nil || *a.RequestID != "r-1" {
		t.Fatalf("%v: %s", err, text)
	}
	got := response{RequestID: *a.RequestID, Status: *a.Status, Fragment: a.Fragment}
	if a.ErrorMessage != nil {
		got.ErrorMessage = *a.ErrorMessage
	}
	if isSuccess := got.Status == success; isSuccess != (got.ErrorMessage == "") || isSuccess != (got.Fragment != nil) {
		t.Errorf("no answer: %s", text)
	}
	return got, text
}

// TestFragment expects the locked template as the engine makes it, byte for byte.
func TestFragment(t *testing.T) {
	got, text := answer(t, group, "{}", `{"DisableIMDSv1":"true","Zones":["a","b"]}`)
	want, err := transform.Patch(t.Context(), []byte(group), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != success || !bytes.Equal(got.Fragment, want.Output) || !bytes.Contains(text, want.Output) {
		t.Errorf("got  %s\nwant %s", text, want.Output)
	}
	if !bytes.Contains(text, []byte(`<&> \u003c`)) {
		t.Error("text that is not changed is written in another way")
	}
}

// TestUntouched expects a template with nothing to lock back as it was, for a
// macro that stands in all templates.
func TestUntouched(t *testing.T) {
	for _, fragment := range []string{
		`{"Resources":{"B":{"Type":"AWS::S3::Bucket"}}}`,
		`{ "Resources" : { } }`,
		strings.NewReplacer(`:2`, `:1`, `{"Fn::If":["Off","required","optional"]}`, `"required"`, "#!/bin/bash", "<powershell>").Replace(group),
	} {
		if got, _ := answer(t, fragment, "null", `{"DisableIMDSv1":"false","Zones":""}`); got.Status != success || string(got.Fragment) != fragment {
			t.Errorf("%s: %+v", fragment, got)
		}
	}
}

// TestParameters is what the macro's own parameters do.
func TestParameters(t *testing.T) {
	const on, off = `{"DisableIMDSv1":"true","Zones":"a"}`, `{"DisableIMDSv1":"false","Zones":"a"}`
	for _, test := range []struct{ params, values, want string }{
		{`{"HopLimit":3}`, on, `"HttpPutResponseHopLimit":3`},
		{`{"HopLimit":"3"}`, on, `"HttpPutResponseHopLimit":3`},
		{`{"IMDSv1":"literal"}`, off, `"HttpTokens":"required"`},
		{`{"IPTables":"strict"}`, on, `05-imdslock.conf`},
		{`{"IPTables":"off"}`, on, `"#!/bin/bash\n<&>`},
		{`{"Resources":["LT"]}`, on, `"HttpPutResponseHopLimit":1`},
	} {
		if got, _ := answer(t, group, test.params, test.values); !strings.Contains(string(got.Fragment), test.want) {
			t.Errorf("%s: no %s in %+v", test.params, test.want, got)
		}
	}
	for params, want := range map[string]string{
		`{"hopLimit":1}`:      "fragment: there is no parameter hopLimit: did you mean HopLimit?",
		`{"HopLimit":"many"}`: "fragment: parameter HopLimit: many: must be 1 to 64, or 0 to leave it",
		`{"Resources":"X"}`:   `there is no launch template or node group "X"` + "\nhint: the template has LT",
		`[]`:                  "fragment: the parameters are not a JSON object",
	} {
		if got, _ := answer(t, group, params, on); got.Status != failure || !strings.Contains(got.ErrorMessage, want) {
			t.Errorf("%s: %+v", params, got)
		}
	}
}

// TestValues is which values of the stack's parameters a locked template goes
// with: never one with which IMDSv1 would be open, whether CloudFormation looks
// at the new AllowedValues or not.
func TestValues(t *testing.T) {
	const hint = "\nhint: pass DisableIMDSv1=true to the stack, or give the macro the parameter IMDSv1: literal"
	const open = `fragment: parameter DisableIMDSv1 is "false", which leaves IMDSv1 open` + hint
	const unsaid = `fragment: parameter DisableIMDSv1 must be "true", and CloudFormation does not say what it is` + hint
	for _, test := range []struct{ params, values, want string }{
		{`{}`, `{"DisableIMDSv1":"true","Zones":["a","b"]}`, ""},
		{`{}`, `{"DisableIMDSv1":true,"Zones":"a,b"}`, ""},
		{`{}`, `{"DisableIMDSv1":"false","Zones":"a"}`, open},
		{`{}`, `{"DisableIMDSv1":false,"Zones":"a"}`, open},
		{`{}`, `{"DisableIMDSv1":"True","Zones":"a"}`, strings.Replace(open, "false", "True", 1)},
		{`{}`, `{"Zones":"a"}`, unsaid},
		{`{}`, `null`, unsaid},
		{`{}`, `{"DisableIMDSv1":null}`, "fragment: value of parameter DisableIMDSv1: null is not a string, number or boolean"},
		{`{"IMDSv1":"default"}`, `{"DisableIMDSv1":"true","Zones":"a"}`, ""},
		{`{"IMDSv1":"default"}`, `{"DisableIMDSv1":"false","Zones":"a"}`, open},
		{`{"IMDSv1":"literal"}`, `{"DisableIMDSv1":"false","Zones":"a"}`, ""},
		{`{"IMDSv1":"literal"}`, `{}`, ""},
		{`{"IMDSv1":"keep"}`, `{"DisableIMDSv1":"false","Zones":"a"}`, ""},
		{`{"Resources":[],"IMDSv1":"lock"}`, `{"DisableIMDSv1":"false","Zones":"a"}`, open},
	} {
		got, _ := answer(t, group, test.params, test.values)
		if got.ErrorMessage != test.want {
			t.Errorf("%s %s: %s\nwant %s", test.params, test.values, got.ErrorMessage, test.want)
		}
	}
}

// TestOtherParameters expects the values of parameters that have no part in it
// to be no reason to fail, whatever is said of them.
func TestOtherParameters(t *testing.T) {
	fragment := strings.Replace(group, `"Zones":{"Type":"CommaDelimitedList"}`, `"Zones":{"Type":"CommaDelimitedList","AllowedValues":["a","b"]},`+
		`"Image":{"Type":"AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>","Default":"/aws/x","AllowedValues":["/aws/x"]},"Count":{"Type":"Number","AllowedValues":[1,2]}`, 1)
	for _, values := range []string{
		`{"DisableIMDSv1":"true","Zones":["a","b"],"Image":"ami-1","Count":2}`,
		`{"DisableIMDSv1":"true","Zones":"a,b","Image":"/aws/x","Count":"1"}`,
		`{"DisableIMDSv1":"true","Zones":"a,b","Count":"1","Other":"x"}`,
		`{"DisableIMDSv1":"true","Zones":null,"Image":{"a":[1]}}`,
		`{"DisableIMDSv1":"true"}`,
	} {
		if got, _ := answer(t, fragment, "{}", values); got.Status != success {
			t.Errorf("%s: %+v", values, got)
		}
	}
}

// TestPart expects a clear word to who puts the macro into a part of a template.
func TestPart(t *testing.T) {
	for _, fragment := range []string{
		`{"MetadataOptions":{"HttpTokens":"optional"}}`, `{}`, `[]`, `"x"`,
		`{"LT":{"Type":"AWS::EC2::LaunchTemplate","Properties":{"LaunchTemplateData":{"ImageId":"x"}}}}`,
	} {
		got, _ := answer(t, fragment, "{}", "{}")
		if !strings.Contains(got.ErrorMessage, "the macro is given a part of a template: it belongs in the Transform section") {
			t.Errorf("%s: %+v", fragment, got)
		}
	}
}

// TestFail expects a failure for the event, whatever is in it.
func TestFail(t *testing.T) {
	for event, want := range map[string]string{
		`{"requestId":"r","fragment":{}}`: `{"requestId":"r","status":"failure","errorMessage":"too \"late\""}`,
		`{"requestId":`:                   `{"requestId":"","status":"failure","errorMessage":"too \"late\""}`,
		``:                                `{"requestId":"","status":"failure","errorMessage":"too \"late\""}`,
	} {
		if got, err := (Function{}).Fail(t.Context(), []byte(event), `too "late"`); err != nil || string(got) != want {
			t.Errorf("%s: %v %s", event, err, got)
		}
	}
}
