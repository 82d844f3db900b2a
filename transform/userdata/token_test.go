package userdata

import (
	"slices"
	"strings"
	"testing"
)

// TestWithoutToken finds what required tokens break: "|" stands before each
// address, "!" before that of an answer with which the node joins.
func TestWithoutToken(t *testing.T) {
	const script = "#!/bin/bash\n"
	for _, marked := range []string{
		script + "id=$(curl -s http://|169.254.169.254/latest/meta-data/instance-id)\n",
		script + "wget http://|[fd00:ec2::254]/latest/dynamic/instance-identity/document\n",
		script + "# curl http://169.254.169.254/latest/meta-data/\n",
		script + "echo http://169.254.169.254/latest/meta-data/\n",
		script + "A=$(curl -s |169.254.169.254/latest/meta-data/mac)\nB=$(wget -qO- http://|instance-data/latest/meta-data/mac)\n" +
			"C=$(|ec2-metadata -i)\nD=$(curl http://|instance-data.ec2.internal/2016-09-02/meta-data/mac)\ncurl http://|169.254.169.254\n|/usr/bin/ec2metadata --mac\n",
		// A token helps the request that carries it.
		script + "T=$(curl -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)\n" +
			"curl -H \"X-aws-ec2-metadata-token: $T\" http://169.254.169.254/latest/meta-data/mac\ncurl http://|169.254.169.254/latest/meta-data/\n",
		script + "H=\"X-aws-ec2-metadata-token: $T\"\ncurl -H \"$H\" http://169.254.169.254/latest/meta-data/mac\n",
		script + "args=(-H \"X-aws-ec2-metadata-token: $T\")\ncurl \"${args[@]}\" http://169.254.169.254/latest/meta-data/mac\n",
		script + "get() { curl -H \"X-aws-ec2-metadata-token: $T\" \"$1\"; }\nget http://169.254.169.254/latest/meta-data/mac\n",
		// The address may be in a variable.
		script + "U=http://169.254.169.254/latest\n|curl $U/meta-data/mac\n",
		// The node joins with the answer.
		script + "id=$(curl http://!169.254.169.254/latest/meta-data/mac)\nname=node-$id\n/etc/eks/bootstrap.sh blue --x $name\n",
		script + "/etc/eks/bootstrap.sh $(curl http://!169.254.169.254/latest/meta-data/tags/instance/c)\n",
		script + "get() { curl http://!169.254.169.254/latest/$1; }\nx=$(get mac)\nnodeadm init $x\n",
		script + "id=$(curl -s http://!169.254.169.254/latest/dynamic/x)\nid=$(jq -r .y <<<$id)\nc=$(aws ec2 describe-tags --filters $id)\n/etc/eks/bootstrap.sh $c\n",
		script + "id=$(curl -s http://|169.254.169.254/latest/meta-data/mac)\nid=blue\n/etc/eks/bootstrap.sh $id\n",
		script + "for x in mac ami-id; do curl |169.254.169.254/latest/meta-data/$x; done\nif false; then curl 169.254.169.254/latest/meta-data/mac; fi\n",
		script + "\uF000 $(curl |169.254.169.254/latest/meta-data/mac)\n/etc/eks/bootstrap.sh \uF003\n",
		script + "A=$A$A\nA=$A$A\ncurl |169.254.169.254/latest/$A\n",
		// Other programs, and what a script writes.
		script + "python3 -c 'urlopen(\"http://|169.254.169.254/latest/meta-data/mac\")'\n",
		script + "cat >/x <<'EOF'\ncurl http://|169.254.169.254/latest/meta-data/mac\nEOF\n",
		script + "if\ncurl http://|169.254.169.254/latest/meta-data/mac\n", // not a shell's
		script + "iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP\ncp /latest/x y\nexport NO_PROXY=169.254.169.254\n",
		"#cloud-config\nruncmd:\n- [curl, \"http://|169.254.169.254/latest/meta-data/mac\"]\n",
		"<powershell>\nInvoke-RestMethod http://|169.254.169.254/latest/meta-data/mac\n",
		script,
	} {
		var want []int
		var joins []bool
		text := ""
		for _, r := range marked {
			if r == '|' && !strings.HasSuffix(text, "|") || r == '!' && text != "#" {
				want, joins = append(want, len(text)), append(joins, r == '!')
				continue
			}
			text += string(r)
		}
		var got []int
		for i, p := range read(text).withoutToken() {
			got = append(got, p.At)
			if i < len(joins) && strings.Contains(p.Message, nodeMayNotJoin) != joins[i] {
				t.Errorf("%q: %s", text, p.Message)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
