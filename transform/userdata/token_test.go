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
		script + "echo 'curl http://|169.254.169.254/latest/meta-data/mac' > /opt/x.sh\n",
		script + "|printf 'curl\\thttp://169.254.169.254/latest/x\\n' > /opt/x.sh\n",
		script + "cat >/etc/nginx/x.conf <<'EOF'\nproxy_pass http://169.254.169.254/latest/;\nEOF\necho 'url: http://169.254.169.254/latest' > /opt/x.yaml\n",
		script + "cat >/opt/x.py <<'EOF'\nu = 'http://|169.254.169.254/latest/meta-data/mac'\nEOF\n",
		script + "cat >/opt/x.sh <<'EOF'\nU=http://|169.254.169.254/latest/meta-data\nEOF\n",
		script + "wget |169.254.169.254\nwget --x=169.254.169.254\nacme 169.254.169.254\n",
		script + "curl -H a\\;b http://|169.254.169.254/latest/meta-data/mac; true\n",
		script + "true; curl http://|169.254.169.254/latest/meta-data/mac && cat\ncurl 169.254.169.253/latest/\n",
		script + "x http://|169.254.169.254/1.0/meta-data/mac\ny http://169.254.169.254:80/x\ncurl http://|169.254.169.254:80/x\ncurl --x=169.254.169.254\n",
		script + "acme http://|instance-data/2020-01-01/x\nacme http://instance-data.example/latest/x\nacme xinstance-data/latest\n",
		script + "curl http://169.254.169.254/latest/api/token\ncurl 169.254.169.254/api/token\nacme http://|169.254.169.254/latest/api\n",
		"<powershell>\n# http://169.254.169.254/latest/x\nx http://|169.254.169.254/latest/x http://|169.254.169.254/latest/y\nx -Headers @{} http://169.254.169.254/latest/x\nheaders=h, x('http://169.254.169.254/latest/x')\nx http://169.254.169.254/latest/api/token\n" +
			"x -Headers x-aws-ec2-metadata-token:1\n",
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

// TestQuiet has commands whose words go nowhere, and those that join a node.
func TestQuiet(t *testing.T) {
	const (
		asks = "asks the metadata service without a token here, which required tokens refuse"
		tool = "runs a tool here that asks the metadata service without a token in its older versions, which required tokens refuse"
	)
	const id = "id=$(curl http://169.254.169.254/latest/meta-data/instance-id)\n"
	for name := range strings.FieldsSeq(": awk echo grep ip ip6tables iptables logger nft printf route sed test [") {
		if got := read("#!/bin/sh\n" + name + " http://169.254.169.254/latest/meta-data/mac\n").withoutToken(); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name := range strings.FieldsSeq("acme wget curl ruby") {
		if got := read("#!/bin/sh\n" + name + " http://169.254.169.254/latest/meta-data/mac\n").withoutToken(); len(got) != 1 {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, joins := range map[string]bool{"bootstrap.sh": true, "/etc/eks/bootstrap.sh": true, "nodeadm": true, "kubelet": true, "kubeadm": true, "snap": true, "acme": false, "aws": false} {
		for _, line := range []string{name + " $id\n", name + " <<X\n$id\nX\n"} {
			got := read("#!/bin/sh\n" + id + line).withoutToken()
			if len(got) != 1 || strings.HasSuffix(got[0].Message, nodeMayNotJoin) != joins {
				t.Errorf("%q: %v", line, got)
			}
		}
	}
	if got := read(mime(plainScript+bang+"true\n", plainScript+bang+"curl 169.254.169.254/latest/x\n")).withoutToken(); len(got) != 1 {
		t.Errorf("in one of two scripts: %v", got)
	}
	for text, want := range map[string]string{
		"curl http://169.254.169.254/latest/x\n": asks, "ec2-metadata\n": tool, "ec2metadata -i\n": tool,
		"acme <<X\nGET http://169.254.169.254/latest/x\nX\n": asks, "cat > /x <<X\ncurl http://169.254.169.254/latest/x\nX\n": asks,
	} {
		if got := read("#!/bin/sh\n" + text).withoutToken(); len(got) != 1 || got[0].Message != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for _, text := range []string{"iptables -A FORWARD -d 169.254.169.254/32 -j DROP\n", "ip6tables -A FORWARD -d fd00:ec2::254/128 -j DROP\n", "acme\n", "if false; then curl http://169.254.169.254/latest/x; fi\n",
		"cat > /x <<X\ncurl -H \"X-aws-ec2-metadata-token: y\" http://169.254.169.254/latest/x\nX\n", "acme <<X\nx-aws-ec2-metadata-token: y\nhttp://169.254.169.254/latest/x\nX\n"} {
		if got := read("#!/bin/sh\n" + text).withoutToken(); len(got) > 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}
