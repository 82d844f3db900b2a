package transform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

// TestSpellings has values that a template names for a parameter in its user data, and
// what is said of the user data with them.
func TestSpellings(t *testing.T) {
	const (
		script = "#!/bin/bash\niptables -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\nyum install -y iptables-services\niptables-save > /etc/sysconfig/iptables\nsystemctl enable --now iptables\n"
		config = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/x-shellscript\n\n" + script +
			"--B\nContent-Type: application/node.eks.aws\n\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {kubelet: {flags: ['${P}']}}\n--B--\n"
		words    = script + "/etc/eks/bootstrap.sh b ${P}\n"
		packages = script + "yum install -y ${P}\n/etc/eks/bootstrap.sh b\n"
	)
	for _, test := range []struct{ parameter, userData, want string }{
		{"", words, ""},
		{"Default: ''", words, ""},
		{"Default: --use-max-pods false", words, ""},
		{"Default: --kubelet-extra-args --pod-manifest-path=/x", words, `with P="--kubelet-extra-args --pod-manifest-path=/x"`},
		{"Default: m5.large, AllowedValues: [m5.large, --kubelet-extra-args=--manifest-url=x]", words, `with P="--kubelet-extra-args=--manifest-url=x"`},
		{"Default: jq", packages, ""},
		{"Default: firewalld", packages, `with P="firewalld"`},
		{"Default: --node-labels=a=b", config, ""},
		{"Default: --manifest-url=http://x", config, `with P="--manifest-url=http://x"`},
		{"AllowedValues: [" + strings.Repeat("1, a1.large, ", 200) + "firewalld]", packages, `with P="firewalld"`},
		{"AllowedValues: [" + values(300) + "'x firewalld']", packages, `with P="x firewalld"`},
	} {
		parameter, _ := strings.CutSuffix("Parameters: {P: {Type: String, "+test.parameter, ", ")
		src := parameter + "}}\nResources: {L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-1, " +
			"MetadataOptions: {HttpPutResponseHopLimit: 1, HttpTokens: required}, UserData: {'Fn::Base64': {'Fn::Sub': " + fmt.Sprintf("%q", test.userData) + "}}}}}}\n"
		found, err := transform.Check(t.Context(), []byte(src), transform.CheckOptions{Options: transform.Options{HopLimit: 1, IPTables: transform.IPTablesAuto, OS: transform.OSLinux}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Message)
		}
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.HasSuffix(got[0], test.want)) {
			t.Errorf("%.80s: %q", test.parameter, got)
		}
	}
}

// values returns n values for a list.
func values(n int) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "v%d, ", i)
	}
	return list.String()
}
