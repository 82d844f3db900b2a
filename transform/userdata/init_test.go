package userdata

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestInitCalls has user data of every kind, and the resources for which it has cfn-init
// run metadata.
func TestInitCalls(t *testing.T) {
	const call = "/opt/aws/bin/cfn-init --stack x --resource A\n"
	part := func(header, body string) string {
		return "Content-Type: multipart/mixed; boundary=\"B\"\nMIME-Version: 1.0\n\n--B\n" + header + "\n" + body + "\n--B--\n"
	}
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{bang + boot, ""},
		{bang + call, "A"},
		{bang + call + "cfn-init -r B -s x\n" + call, "A B"},
		{bang + "cfn-init -r $A\n", "\uFFFC"},
		{bang + "cfn-init -r Node$A\n", "Node\uFFFC"},
		{bang + "cfn-init --region A --role B\n", "-"},
		{bang + "cfn-init -r\n", "-"},
		{bang + "exit 0\n" + call, "A"}, // as if it may run
		{bang + "cat > /opt/x.sh <<'X'\n" + call + "X\n", ""},
		{bang + "cat > /opt/x.sh <<'X'\n" + call + "X\nbash /opt/x.sh\n", "A"},
		{bang + "echo '* * * * * root " + strings.TrimSpace(call) + "' > /etc/cron.d/x\n", "A"},
		{bang + "systemctl enable cfn-hup; systemctl enable $X\n", "-"},
		{bang + "systemctl enable $X # cfn\n", ""},
		{part("Content-Type: text/x-shellscript\n", bang+call), "A"},
		{part("Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n", encoded(bang+call)), "A"},
		{part("Content-Type: text/plain\n", bang+call), "A"}, // taken by its first line
		{part("Content-Type: text/x-other\n", bang+call), ""},
		{part("Content-Type: text/x-shellscript\n", call), "A"}, // it may run
		{"#cloud-config\nruncmd: [[cfn-init, -r, A]]\n", "A"},
		{"#cloud-config\nbootcmd: ['cfn-init -r A']\n", "A"},
		{"#cloud-config\nwrite_files: [{path: /opt/x.sh, encoding: b64, content: " + encoded(call) + "}]\nruncmd: [sh /opt/x.sh]\n", "A"},
		{"#cloud-config\nwrite_files: [{path: /opt/x.sh, encoding: b64, content: " + encoded(call) + "}]\n", ""},
		{"#!/usr/bin/python3\nos.system('cfn-init -r A')\n", "-"},
		{"<powershell>\ncfn-init.exe -r A\n</powershell>\n", ""},
	} {
		var got []string
		for _, resource := range InitCalls(test.text, func(string) []Init { return nil }) {
			if resource == "" {
				resource = "-"
			}
			got = append(got, resource)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%q: %q, not %q", test.text, got, test.want)
		}
	}
}

// TestJudgeInit has the metadata of two resources, and what is wrong with user data that
// runs it, in which of them and at which of its commands.
func TestJudgeInit(t *testing.T) {
	const call = "cfn-init -r A\n"
	again := bang + "cfn-init -r B; cfn-init -r A\n"
	for _, test := range []struct{ text, a, b, want string }{
		{bang + recipe + call + boot, "date\n", "", ""},
		{bang + recipe + call + boot, "date\niptables -F\n", "", "undone A iptables -F"},
		{bang + recipe + boot + call, "date\niptables -F\n", "", "undone A iptables -F"},
		{bang + call + recipe + boot, "iptables -F\n", "", ""},
		{bang + call + recipe + boot, boot, "", "late A " + strings.TrimSpace(boot)},
		{bang + recipe + call + boot, boot, "", ""},
		{bang + "cfn-init -r B\n" + recipe + boot, boot, "", ""},
		{bang + recipe + "cfn-init -r A; cfn-init -r B\n" + boot, "date\n", "date\n/opt/x\n", "not-judged B /opt/x"},
		{bang + recipe + call + boot, "date\ncfn-init -r B\n", "date\niptables -F\n", "undone B iptables -F"},
		{bang + recipe + call + boot, "cfn-init -r A\ncfn-init -r B\n", again, ""},
		{bang + call + recipe + boot, "echo exclude=iptables-services > /etc/yum.repos.d/x.repo\n", "", "not-judged A echo exclude=iptables-services > /etc/yum.repos.d/x.repo"},
		{bang + recipe + call + "sh /opt/x.sh\n" + boot, "echo 'iptables -F' > /opt/x.sh\n", "", "undone - sh /opt/x.sh"},
		{bang + recipe + "iptables -F\n" + call + boot, "echo x\n", "", ""},
		{bang + call + boot, boot, "", ""}, // it has no rule at all
		{"#cloud-config\nbootcmd:\n- cfn-init -r A\nruncmd:\n- " + boot, boot, "", ""},
		{"<powershell>\ncfn-init -r A\n", boot, "", ""},
	} {
		metadata := func(resource string) []Init {
			return []Init{{resource, map[string]string{"A": test.a, "B": test.b}[resource]}}
		}
		var got []string
		for _, p := range JudgeInit(test.text, Block{}, metadata) {
			text, of := test.text, "-"
			if p.Resource != "" {
				text, of = metadata(p.Resource)[0].Text, p.Resource
			}
			line, _, _ := strings.Cut(text[p.At:], "\n")
			got = append(got, string(p.Code)+" "+of+" "+line)
		}
		if got := strings.Join(got, "; "); got != test.want {
			t.Errorf("%q with %q and %q: %q, not %q", test.text, test.a, test.b, got, test.want)
		}
	}
}
