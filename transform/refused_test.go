package transform_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
)

// TestRefused is the table of what CloudFormation refuses in metadata options
// and user data, and so launches no node with. Check says so, and Patch does
// not call it locked.
func TestRefused(t *testing.T) {
	const template, configuration = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"
	const locked = "HttpTokens: required, HttpPutResponseHopLimit: 1"
	for _, test := range []struct{ launcher, options, userData, want string }{
		{template, "{" + locked + "}", "", ""},
		{template, "{" + locked + ", HttpEndpoint: enabled, HttpProtocolIpv6: disabled, InstanceMetadataTags: enabled}", "", ""},
		{template, "{" + locked + ", HttpEndpoint: !Ref AWS::NoValue}", "", ""},
		{template, "{" + locked + ", HttpEndpoint: !Ref Anything}", "", ""},
		{template, "{HttpTokens: required, HttpPutResponseHopLimit: '1'}", "", ""},
		{template, "{" + locked + ", HttpPort: 80}", "", "the MetadataOptions: there is no property HttpPort"},
		{template, "{" + locked + ", httpTokens: optional}", "", "the MetadataOptions: there is no property httpTokens"},
		{template, "{" + locked + ", HttpEndpoint: [enabled]}", "", "the MetadataOptions: HttpEndpoint is a list"},
		{template, "{" + locked + ", HttpEndpoint: {a: b}}", "", "the MetadataOptions: HttpEndpoint is a mapping"},
		{template, "{HttpTokens: required, HttpPutResponseHopLimit: one}", "", `the MetadataOptions: HttpPutResponseHopLimit is "one", not a number`},
		{template, "{HttpTokens: required, HttpPutResponseHopLimit: [1]}", "", "the MetadataOptions: HttpPutResponseHopLimit is a list"},
		{template, "[required]", "", "the MetadataOptions: it is a list"},
		{template, "required", "", "the MetadataOptions: it is a text"},
		{template, "!If [C, {" + locked + "}, {" + locked + ", HttpPort: 80}]", "", "the MetadataOptions: there is no property HttpPort with Anything=any other value"},
		{configuration, "{" + locked + ", HttpEndpoint: enabled}", "", ""},
		{configuration, "{" + locked + ", HttpProtocolIpv6: disabled}", "", "the MetadataOptions: there is no property HttpProtocolIpv6"},
		{configuration, "{" + locked + ", InstanceMetadataTags: disabled}", "", "the MetadataOptions: there is no property InstanceMetadataTags"},

		{template, "{" + locked + "}", "!ImportValue text", ""},
		{template, "{" + locked + "}", "[a]", "the UserData: it is a list"},
		{template, "{" + locked + "}", "{a: b}", "the UserData: it is a mapping"},
		{template, "{" + locked + "}", "!Split [',', 'a,b']", "the UserData: it is a list"},
		{template, "{" + locked + "}", "!Base64 [a]", "the UserData: it is a list"},
		{template, "{" + locked + "}", "{Fn::Base64: {a: b}}", "the UserData: it is a mapping"},
		{configuration, "{" + locked + "}", "[a]", "the UserData: it is a list"},
	} {
		src, name := launching(test.launcher, test.options, test.userData)
		var got []string
		findings, err := transform.Check(t.Context(), []byte(src), transform.CheckOptions{Options: transform.Defaults()})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if what, ok := strings.CutPrefix(f.Message, "N: CloudFormation refuses "); ok && f.Kind == transform.KindOpen {
				got = append(got, what)
			}
		}
		var want []string
		if test.want != "" {
			want = []string{test.want}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		result, err := transform.Patch(t.Context(), []byte(src), transform.Defaults())
		isMended := strings.Contains(test.want, "HopLimit") // a literal takes its place
		if (err != nil) != (test.want != "" && !isMended) {
			t.Errorf("%s: Patch says %v\n%s", name, err, result.Output)
		}
	}
}

// launching returns a template with one launcher of a type, and what to call it.
func launching(launcher, options, userData string) (src, name string) {
	data := "{ImageId: ami-1, MetadataOptions: " + options + "}"
	if userData != "" {
		data = "{UserData: " + userData + ", MetadataOptions: " + options + "}"
	}
	properties := data
	if launcher == "AWS::EC2::LaunchTemplate" {
		properties = "{LaunchTemplateData: " + data + "}"
	}
	src = "Parameters: {Anything: {Type: String}}\nConditions: {C: !Equals [!Ref Anything, x]}\nResources: {N: {Type: " + launcher + ", Properties: " + properties + "}}\n"
	return src, launcher + " " + data
}

// TestRefusedUserDataKept wants nothing said of user data that the options leave
// alone.
func TestRefusedUserDataKept(t *testing.T) {
	opts := transform.Defaults()
	opts.IPTables = transform.IPTablesOff
	src := "Resources: {N: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {UserData: [a], MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 1}}}}}\n"
	if open := openRules(t, "a list", []byte(src), opts); len(open) > 0 {
		t.Errorf("open: %v", open)
	}
}
