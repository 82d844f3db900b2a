package userdata_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/userdata"
)

var aws = userdata.Block{Mode: userdata.AWS, BranchENI: true}

// block is the whole of AWS's commands, as DESIGN and AWS have them.
const block = `# imdslock: keep pods off the instance metadata service
yum install -y iptables-services
iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP
iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP
iptables-save | tee /etc/sysconfig/iptables
systemctl enable --now iptables
# imdslock: end
`

// listed is the block as items of a YAML list.
const listed = `  # imdslock: keep pods off the instance metadata service
  - yum install -y iptables-services
  - iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP
  - iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP
  - iptables-save | tee /etc/sysconfig/iptables
  - systemctl enable --now iptables
  # imdslock: end
`

// flow is the block as items of a YAML flow sequence.
const flow = `  # imdslock: keep pods off the instance metadata service
  "yum install -y iptables-services",
  "iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP",
  "iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP",
  "iptables-save | tee /etc/sysconfig/iptables",
  "systemctl enable --now iptables",
  # imdslock: end
`

const ownPart = "Content-Type: text/x-shellscript; charset=\"us-ascii\"\n\n#!/bin/bash\n" + block

func TestProtect(t *testing.T) {
	const (
		dropRule = "iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP\n"
		byHand   = "yum install -y iptables-services\n" + dropRule +
			"iptables-save | tee /etc/sysconfig/iptables\nsystemctl enable --now iptables\n"
		saveRule  = "iptables-save | tee /etc/sysconfig/iptables\n"
		vlanRule  = "iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP\n"
		bootstrap = "/etc/eks/bootstrap.sh c\n"
		saving    = userdata.Begin + "\nyum install -y iptables-services\n" + saveRule + "systemctl enable --now iptables\n" + userdata.End + "\n"
	)
	for _, test := range []struct {
		name, text, want string
		block            userdata.Block
	}{
		{name: "script", text: "#!/bin/bash\n" + bootstrap, want: "#!/bin/bash\n" + block + bootstrap},
		{name: "script of one line", text: "#!/bin/sh", want: "#!/bin/sh\n" + strings.TrimSuffix(block, "\n")},
		{name: "script of one ended line", text: "#!/bin/sh\n", want: "#!/bin/sh\n" + block},
		{name: "script with CRLF", text: "#!/bin/sh\r\necho\r\n", want: "#!/bin/sh\r\n" + strings.ReplaceAll(block, "\n", "\r\n") + "echo\r\n"},
		{name: "without branch ENI", text: "#!/bin/bash\n", block: userdata.Block{Mode: userdata.AWS}, want: "#!/bin/bash\n" + strings.Replace(block, vlanRule, "", 1)},
		{name: "other options before", text: "#!/bin/bash\n" + strings.Replace(block, vlanRule, "", 1) + bootstrap, want: "#!/bin/bash\n" + block + bootstrap},
		{name: "block behind the bootstrap", text: "#!/bin/bash\n" + bootstrap + block, want: "#!/bin/bash\n" + block + bootstrap + block},
		{name: "by hand", text: "#!/bin/bash\n" + vlanRule + byHand + bootstrap, want: "#!/bin/bash\n" + vlanRule + byHand + bootstrap},
		{name: "by hand, saved too early", text: "#!/bin/bash\n" + byHand + vlanRule + bootstrap,
			want: "#!/bin/bash\n" + byHand + vlanRule + userdata.Begin + "\n" + saveRule + userdata.End + "\n" + bootstrap},
		{name: "by hand, not saved", text: "#!/bin/bash\n" + dropRule + vlanRule + bootstrap, want: "#!/bin/bash\n" + dropRule + vlanRule + saving + bootstrap},
		{name: "by hand, not saved, without branch ENI", text: "#!/bin/bash\n" + dropRule + bootstrap,
			want: "#!/bin/bash\n" + dropRule + strings.Replace(saving, saveRule, vlanRule+saveRule, 1) + bootstrap},
		{name: "by hand, for branch ENI alone", text: "#!/bin/bash\n" + vlanRule + bootstrap,
			want: "#!/bin/bash\n" + vlanRule + strings.Replace(block, vlanRule, "", 1) + bootstrap},
		{name: "by hand, not saved, of several lines", text: "#!/bin/bash\niptables -t raw \\\n  -I PREROUTING -d 169.254.169.254 \\\n  -j DROP\necho\n" + bootstrap,
			want: "#!/bin/bash\niptables -t raw \\\n  -I PREROUTING -d 169.254.169.254 \\\n  -j DROP\n" + saving + "echo\n" + bootstrap},
		{name: "by hand, not saved, in a loop", text: "#!/bin/bash\nfor i in 1 2; do\n  iptables -t raw -I PREROUTING -d 169.254.169.254 -j DROP\ndone\n" + bootstrap,
			want: "#!/bin/bash\nfor i in 1 2; do\n  iptables -t raw -I PREROUTING -d 169.254.169.254 -j DROP\ndone\n" + saving + bootstrap},
		{name: "by hand, not saved, restored", text: "#!/bin/bash\niptables-restore <<X\n*raw\n-A PREROUTING -d 169.254.169.254 -j DROP\nCOMMIT\nX\n" + bootstrap,
			want: "#!/bin/bash\niptables-restore <<X\n*raw\n-A PREROUTING -d 169.254.169.254 -j DROP\nCOMMIT\nX\n" + saving + bootstrap},
		{name: "by hand, not saved, in a script that ends at an error", text: "#!/bin/bash\nset -ex\n" + dropRule + vlanRule + bootstrap,
			want: "#!/bin/bash\nset -ex\n" + dropRule + vlanRule + strings.NewReplacer("yum", "set +e\nyum", userdata.End, "set -e\n"+userdata.End).Replace(saving) + bootstrap},
		{name: "by hand, saved after the service", text: "#!/bin/bash\n" + dropRule + vlanRule + "systemctl enable --now iptables\n" + bootstrap,
			want: "#!/bin/bash\n" + dropRule + vlanRule + saving + "systemctl enable --now iptables\n" + bootstrap},
		{name: "by hand, beside a block of other options", text: "#!/bin/bash\n" + dropRule + vlanRule + strings.Replace(saving, saveRule, vlanRule+saveRule, 1) + bootstrap,
			want: "#!/bin/bash\n" + dropRule + vlanRule + saving + bootstrap},
		{name: "by hand in cloud-config, not saved", text: "#cloud-config\nruncmd:\n- |\n  " + dropRule + "  " + vlanRule + "- " + bootstrap,
			want: "#cloud-config\nruncmd:\n- |\n  " + dropRule + "  " + vlanRule + strings.ReplaceAll("\n"+strings.TrimSuffix(saving, "\n"), "\n", "\n  ")[1:] + "\n- " + bootstrap},
		{name: "by hand without branch ENI", text: "#!/bin/bash\n" + byHand + bootstrap,
			want: "#!/bin/bash\n" + userdata.Begin + "\n" + vlanRule + saveRule + userdata.End + "\n" + byHand + bootstrap},
		{name: "by hand behind the bootstrap", text: "#!/bin/bash\n" + bootstrap + byHand + vlanRule, want: "#!/bin/bash\n" + block + bootstrap + byHand + vlanRule},
		{name: "by hand in a comment", text: "#!/bin/bash\n# " + dropRule + bootstrap, want: "#!/bin/bash\n" + block + "# " + dropRule + bootstrap},
		{name: "accepted by hand", text: "#!/bin/bash\niptables -A FORWARD -d 169.254.169.254 -j ACCEPT\n",
			want: "#!/bin/bash\n" + block + "iptables -A FORWARD -d 169.254.169.254 -j ACCEPT\n"},
		{name: "ends at the first error", text: "#!/bin/bash -xe\n" + bootstrap, want: "#!/bin/bash -xe\n" +
			strings.NewReplacer("yum", "set +e\nyum", userdata.End, "set -e\n"+userdata.End).Replace(block) + bootstrap},
		{name: "boothook", text: "#cloud-boothook\n#!/bin/bash\n" + bootstrap, want: "#cloud-boothook\n#!/bin/bash\n" + block + bootstrap},
		{name: "MIME", text: "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: text/plain\n\nx\n--//--\n",
			want: "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\n" + ownPart + "--//\nContent-Type: text/plain\n\nx\n--//--\n"},
		{name: "MIME with preamble, folded header, bare boundary", text: "Content-Type: multipart/mixed;\n boundary===B==\nmime-version: 1.0\n\nHello --==B==\n--==B==\n\n--==B==--\n",
			want: "Content-Type: multipart/mixed;\n boundary===B==\nmime-version: 1.0\n\nHello --==B==\n--==B==\n" + ownPart + "--==B==\n\n--==B==--\n"},
		{name: "MIME with file names", text: "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/x-shellscript\nContent-Disposition: attachment;\n filename=\"00-boot\"\n\n#!/bin/sh\n--B--\n",
			want: "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n" +
				strings.Replace(ownPart, "\n\n", "\nContent-Disposition: attachment; filename=\"-imdslock.sh\"\n\n", 1) +
				"--B\nContent-Type: text/x-shellscript\nContent-Disposition: attachment;\n filename=\"00-boot\"\n\n#!/bin/sh\n--B--\n"},
		{name: "MIME of one script", text: "MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho\n", want: "MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n" + block + "echo\n"},
		{name: "cloud-config", text: "#cloud-config\nruncmd:\n  - " + bootstrap + "x: y\n", want: "#cloud-config\nruncmd:\n" + listed + "  - " + bootstrap + "x: y\n"},
		{name: "cloud-config with items at the margin", text: "#cloud-config\nruncmd:\n\n# c\n- " + bootstrap, want: "#cloud-config\nruncmd:\n" + strings.ReplaceAll("\n"+listed, "\n  ", "\n")[1:] + "\n# c\n- " + bootstrap},
		{name: "cloud-config without commands", text: "#cloud-config\npackages:\n  - jq\n", want: "#cloud-config\nruncmd:\n" + listed + "packages:\n  - jq\n"},
		{name: "cloud-config of one line", text: "#cloud-config", want: "#cloud-config\nruncmd:\n" + strings.TrimSuffix(listed, "\n")},
		{name: "cloud-config with null commands", text: "#cloud-config\nruncmd: # none\nx: y\n", want: "#cloud-config\nruncmd: # none\n" + listed + "x: y\n"},
		{name: "cloud-config whose bootcmd starts the kubelet", text: "#cloud-config\nruncmd:\n  - a\nbootcmd:\n  - systemctl start kubelet\n",
			want: "#cloud-config\nruncmd:\n  - a\nbootcmd:\n" + listed + "  - systemctl start kubelet\n"},
		{name: "cloud-config with flow lists", text: "#cloud-config\nruncmd: [ [ systemctl, restart, kubelet ], a ]\nbootcmd: []\n",
			want: "#cloud-config\nruncmd: [\n" + flow + "  [ systemctl, restart, kubelet ], a ]\nbootcmd: []\n"},
		{name: "NodeConfig", text: "---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n",
			want: "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"==imdslock==\"\n\n--==imdslock==\n" + ownPart +
				"--==imdslock==\nContent-Type: application/node.eks.aws\n\n---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n--==imdslock==--\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := aws
			if test.name == "without branch ENI" {
				b = test.block
			}
			got := protect(t, test.text, b)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if again := protect(t, got, b); again != got {
				t.Errorf("a second time it changes to\n%s", again)
			}
			strict := protect(t, test.text, userdata.Block{Mode: userdata.Strict})
			if again := protect(t, strict, userdata.Block{Mode: userdata.Strict}); again != strict {
				t.Errorf("strict, a second time it changes\n%s\nto\n%s", strict, again)
			}
			if !strings.Contains(strict, "05-imdslock.conf") {
				t.Errorf("no strict block in\n%s", strict)
			}
		})
	}
}

func protect(t *testing.T, text string, b userdata.Block) string {
	t.Helper()
	p, err := userdata.Protect(text, b)
	if err != nil {
		t.Fatal(err)
	}
	return userdata.Apply(text, p.Changes)
}

const (
	windowsReason      = "Windows has no iptables, and whether a hop limit of 1 stops its pods is not known"
	bottlerocketReason = "Bottlerocket runs no scripts from user data, only bootstrap containers"
)

func TestUnsupported(t *testing.T) {
	for _, test := range []struct {
		text   string
		kind   userdata.Kind
		reason string
	}{
		{"", userdata.Other, "it is empty"},
		{"${UserData}", userdata.Other, "its content is not known before the deployment"},
		{"\uFFFC\n#!/bin/bash\n", userdata.Other, "its content is not known before the deployment"},
		{"<powershell>\nx\n</powershell>", userdata.Windows, windowsReason},
		{"<script>\n", userdata.Windows, windowsReason},
		{"# comment\n[settings.kubernetes]\n", userdata.Bottlerocket, bottlerocketReason},
		{"settings.host-containers.admin.enabled = true\n", userdata.Bottlerocket, bottlerocketReason},
		{"#!/usr/bin/env python3\n", userdata.Other, "it is a script for python3, not for a shell"},
		{"\n#!/bin/bash\n", userdata.Other, "white space before its #! line keeps it from running"},
		{"\nMIME-Version: 1.0\n", userdata.Other, "white space before its MIME headers makes cloud-init read it as plain text"},
		{"echo hello\n", userdata.Other, "cloud-init would not run it: it has no #! line and no other header that is known"},
		{"#cloud-boothook\n/etc/eks/bootstrap.sh blue\n", userdata.Boothook, "no command drops the packets of pods to the metadata service: it does not begin with #!, and so may not run"},
		{"#include\nhttps://x\n", userdata.Other, "it is an #include list, and what that fetches is not known"},
		{"MIME-Version: 1.0\nContent-Type: multipart/mixed\n\n", userdata.MIME, "its Content-Type names no boundary"},
		{"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--C\n", userdata.MIME, `its boundary "B" is never on a line of its own`},
		{"MIME-Version: 1.0\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\nIyE=\n", userdata.MIME, "it is encoded as base64"},
		{"#cloud-config\n{\"runcmd\": []}\n", userdata.CloudConfig, "it is a flow mapping or JSON"},
		{"#cloud-config\nruncmd: *x\n", userdata.CloudConfig, "its cloud-config is not valid YAML"},
		{"#cloud-config\nruncmd: text\nbootcmd: x\n", userdata.CloudConfig, "its runcmd is not a list that can be added to"},
	} {
		_, err := userdata.Protect(test.text, aws)
		var unsupported *userdata.Unsupported
		if !errors.As(err, &unsupported) {
			t.Errorf("%q: got %v, want it unsupported", test.text, err)
			continue
		}
		if unsupported.Kind != test.kind || unsupported.Reason != test.reason {
			t.Errorf("%q: got %v: %s\nwant %v: %s", test.text, unsupported.Kind, unsupported.Reason, test.kind, test.reason)
		}
	}
}

// TestCommandsHaveNoVariables wants no "${" in what is put into Fn::Sub, where
// it would be a variable.
func TestCommandsHaveNoVariables(t *testing.T) {
	for _, b := range []userdata.Block{aws, {Mode: userdata.Strict}} {
		if document := userdata.Document(b); strings.Contains(document, "${") {
			t.Errorf("a variable in %s", document)
		}
	}
}
