package userdata

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var bothRules = Block{Mode: AWS, BranchENI: true}

const bootstrap = "/etc/eks/bootstrap.sh blue\n"

// markedBlock is the block as lines.
func markedBlock(b Block) string { return join(between(b.commands(missing{all: true})), "\n") }

// protectTwice protects a text, and wants no more changes the second time.
func protectTwice(t *testing.T, text string, b Block) string {
	t.Helper()
	p, err := Protect(text, b)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	after := Apply(text, p.Changes)
	if again, err := Protect(after, b); err != nil || len(again.Changes) > 0 {
		t.Errorf("a second time: %v, %v\n%s", again.Changes, err, after)
	}
	return after
}

// TestMarkersProveNothing wants a new block where the marked one does not run,
// which stays as it is.
func TestMarkersProveNothing(t *testing.T) {
	block := markedBlock(bothRules)
	listed := indented(items(bothRules.commands(missing{all: true})), "  ", "\n")
	part := plainScript + "#!/bin/bash\n" + block
	for _, test := range []struct{ name, before, after, inserted string }{
		{"in a here-document", "#!/bin/bash\n", "cat >/x <<'EOF'\n" + block + "EOF\n" + bootstrap, block},
		{"where nothing is done", "#!/bin/bash\n", "if false; then\n" + block + "fi\n" + bootstrap, block},
		{"after the kubelet", "#!/bin/bash\n", bootstrap + block, block},
		{"in an epilogue", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n", "--B\n" + plainScript + "#!/bin/bash\n" + bootstrap + "--B--\n" + block,
			"--B\n" + partHeader + "\n\n#!/bin/bash\n" + block},
		{"in a part that does not begin with #!", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n",
			"--B\n" + strings.Replace(part, "#!", "\n#!", 1) + "--B\n" + plainScript + "#!/bin/bash\n" + bootstrap + "--B--\n", "--B\n" + partHeader + "\n\n#!/bin/bash\n" + block},
		{"in a comment of cloud-config", "#cloud-config\n" + Begin + "\n# - iptables -I FORWARD 1 -i eni+ -d 169.254.169.254/32 -j DROP\n" + End + "\nruncmd:\n", "  - " + bootstrap, listed},
		{"under a key that is read over", "#cloud-config\nruncmd:\n" + listed + "  - echo\nfqdn: a.example\nruncmd:\n", "  - " + bootstrap, listed},
		{"under a key that runs nothing", "#cloud-config\n", "cmds:\n" + listed + "x:\n- " + bootstrap, "runcmd:\n" + listed},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := protectTwice(t, test.before+test.after, bothRules)
			if diff := cmp.Diff(test.before+test.inserted+test.after, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestPartIsFirst wants the header of a part that runs before all others.
func TestPartIsFirst(t *testing.T) {
	named := func(name string) string {
		return partHeader + "\nContent-Disposition: attachment; filename=\"" + name + "\"\n"
	}
	kubelet := "\n#!/bin/bash\n" + bootstrap
	for _, test := range []struct {
		name, want string
		parts      []string
	}{
		{"no names", partHeader + "\n", []string{"Content-Type: text/x-shellscript\n" + kubelet}},
		{"the name of a part without one", named("00-imdslock.sh"), []string{"Content-Type: text/x-shellscript; name=part-001\n" + kubelet}},
		{"a name that is cleaned", named("-imdslock.sh"), []string{"Content-Type: text/x-shellscript; name=\"~00-boot.sh\"\n" + kubelet}},
		{"our own name", named("-imdslock.sh"), []string{"Content-Type: text/x-shellscript; name=00-imdslock.sh\n" + kubelet}},
		{"all our names", boothookHeader + "\n", []string{"Content-Type: text/x-shellscript; name=\"(imdslock).sh\"\n" + kubelet}},
		{"a name that nobody knows", boothookHeader + "\n", []string{"Content-Type: text/x-shellscript; name=\"" + placeholder + "\"\n" + kubelet}},
		{"per boot", boothookHeader + "\n", []string{"Content-Type: text/x-shellscript-per-boot\n" + kubelet}},
		{"per once", boothookHeader + "\n", []string{"Content-Type: text/x-shellscript-per-once; name=x\n" + kubelet}},
		{"boothook", boothookHeader + "\n", []string{"Content-Type: text/cloud-boothook\n" + kubelet}},
		{"bootcmd", boothookHeader + "\n", []string{"Content-Type: text/cloud-config\n\nbootcmd: [systemctl start kubelet]\n"}},
		{"runcmd", partHeader + "\n", []string{"Content-Type: text/cloud-config\n\nruncmd: [systemctl start kubelet]\n"}},
		{"a boothook without #!", partHeader + "\n", []string{"Content-Type: text/cloud-boothook\n\ncloud-init-per once x yum install -y jq\n", "Content-Type: text/x-shellscript\n" + kubelet}},
		{"a boothook without #! that starts the kubelet", boothookHeader + "\n", []string{"Content-Type: text/cloud-boothook\n\n" + bootstrap}},
		{"many parts that may not run", boothookHeader + "\n", []string{"Content-Type: text/cloud-boothook\n\na\n", "Content-Type: text/cloud-boothook\n\nb\n", "Content-Type: text/cloud-boothook\n\nc\n", "Content-Type: text/cloud-boothook\n\nd\n"}},
		{"an include", boothookHeader + "\n", []string{"Content-Type: text/x-include-url\n\nhttps://example.com\n", "Content-Type: text/x-shellscript\n" + kubelet}},
		{"what is merged in another way", boothookHeader + "\n", []string{"Content-Type: text/cloud-config\n\nx: y\n", "Content-Type: text/cloud-config\nMerge-Type: list(append)\n\nruncmd: [a]\n"}},
		{"a module that runs commands", boothookHeader + "\n", []string{"Content-Type: text/cloud-config\n\npuppet: {install: true}\n"}},
		{"NodeConfig", partHeader + "\n", []string{"Content-Type: application/node.eks.aws\n\nkind: NodeConfig\n"}},
		{"no part at all", partHeader + "\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := mime(test.parts...)
			got := protectTwice(t, text, bothRules)
			before := text[:strings.Index(text, "--B")]
			if diff := cmp.Diff(before+"--B\n"+test.want+"\n#!/bin/bash\n"+markedBlock(bothRules)+text[len(before):], got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestBlocks wants the commands that the options and the rules by hand ask for.
func TestBlocks(t *testing.T) {
	const (
		eni    = "iptables -I FORWARD 1 -i eni+ -d 169.254.169.254/32 -j DROP\n"
		vlan   = "iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP\n"
		save   = "iptables-save | tee /etc/sysconfig/iptables\n"
		enable = "systemctl enable --now iptables\n"
		byHand = "yum install -y iptables-services\n" + eni + vlan + save + enable
	)
	both := func(ipv6 bool) string { return markedBlock(Block{Mode: AWS, BranchENI: true, IPv6: ipv6}) }
	for _, test := range []struct {
		name, text, want string
		block            Block
	}{
		{"with IPv6", bootstrap, Begin + `
yum install -y iptables-services
iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP
ip6tables --insert FORWARD 1 --in-interface eni+ --destination fd00:ec2::254/128 --jump DROP
iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP
ip6tables -t mangle -A POSTROUTING -o vlan+ --destination fd00:ec2::254/128 --jump DROP
iptables-save | tee /etc/sysconfig/iptables
systemctl enable --now iptables
ip6tables-save | tee /etc/sysconfig/ip6tables
systemctl enable --now ip6tables
` + End + "\n" + bootstrap, Block{Mode: AWS, BranchENI: true, IPv6: true}},
		{"IPv6 comes to what is there", both(false) + bootstrap, both(true) + bootstrap, Block{Mode: AWS, BranchENI: true, IPv6: true}},
		{"IPv6 goes", both(true) + bootstrap, both(false) + bootstrap, bothRules},
		{"strict comes to what is there", both(false) + bootstrap, markedBlock(Block{Mode: Strict}) + bootstrap, Block{Mode: Strict}},
		{"auto leaves strict", markedBlock(Block{Mode: Strict}) + bootstrap, markedBlock(Block{Mode: Strict}) + bootstrap, Block{BranchENI: true}},
		{"by hand", byHand + bootstrap, byHand + bootstrap, bothRules},
		{"the rule for branch network interfaces alone by hand", vlan + bootstrap, vlan + markedBlock(Block{Mode: AWS}) + bootstrap, bothRules},
		{"by hand without that rule", strings.Replace(byHand, vlan, "", 1) + bootstrap, Begin + "\n" + vlan + save + End + "\n" + strings.Replace(byHand, vlan, "", 1) + bootstrap, bothRules},
		{"IPv6 comes beside rules by hand", Begin + "\n" + vlan + save + End + "\n" + strings.Replace(byHand, vlan, "", 1) + bootstrap,
			join(between(Block{BranchENI: true, IPv6: true}.commands(missing{branchENI: true, ipv6: true, service: true})), "\n") + strings.Replace(byHand, vlan, "", 1) + bootstrap, Block{Mode: AWS, BranchENI: true, IPv6: true}},
		{"the same text twice", both(false) + both(false) + bootstrap, both(false) + both(false) + bootstrap, bothRules},
	} {
		t.Run(test.name, func(t *testing.T) {
			const first = "#!/bin/bash\n"
			if diff := cmp.Diff(first+test.want, protectTwice(t, first+test.text, test.block)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestAuto wants the strict block where there is no yum, and why.
func TestAuto(t *testing.T) {
	for _, test := range []struct {
		text, noYum, why string
	}{
		{"#!/bin/bash\n" + bootstrap, "", ""},
		{"#!/bin/bash\n# apt-get is for others\necho apt-get\nsnapshot\n" + bootstrap, "", ""},
		{"#!/bin/bash\n" + bootstrap, "its image is Canonical's", "its image is Canonical's"},
		{"#!/bin/bash\nsudo apt-get install -y jq\n" + bootstrap, "", "it uses apt-get, and so the nodes have no yum"},
		{"#!/bin/bash\nexport A=1; DEBIAN_FRONTEND=noninteractive apt install jq\n" + bootstrap, "", "it uses apt, and so the nodes have no yum"},
		{"#!/bin/bash\nchown ubuntu /home/ubuntu\n" + bootstrap, "", "it uses /home/ubuntu, and so the nodes have no yum"},
		{"#cloud-config\napt: {preserve_sources_list: true}\nruncmd:\n- " + bootstrap, "", "its cloud-config has apt, and so the nodes have no yum"},
		{mime("Content-Type: text/x-shellscript\n\n#!/bin/bash\nzypper in jq\n"), "", "it uses zypper, and so the nodes have no yum"},
	} {
		p, err := Protect(test.text, Block{NoYum: test.noYum})
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Why != test.why || p.Strict != (test.why != "") || strings.Contains(Apply(test.text, p.Changes), "-t raw") != p.Strict {
			t.Errorf("%q: strict %v, %q, want %q", test.text, p.Strict, p.Why, test.why)
		}
	}
}

// TestNoPlace wants the true reason where the block cannot be first.
func TestNoPlace(t *testing.T) {
	for text, want := range map[string]string{
		"#!/bin/bash\n# " + strings.Repeat("x", MaxSize):               "it has 16398 bytes, and EC2 takes 16384",
		"#!/bin/bash\n# " + strings.Repeat("x", MaxSize-100):           "with the commands it has 16660 bytes, and EC2 takes 16384",
		"#!/bin/bash\nexit\n" + strings.Repeat(Begin+"\n"+End+"\n", 9): "it has 9 marked blocks: remove all but one of them",
		"#cloud-config\nruncmd: [a\n":                                  "its cloud-config is not valid YAML",
		"#cloud-config\nruncmd: x\nbootcmd: y\n":                       "its runcmd is not a list that can be added to",
		"#cloud-config\nlaunch-index: 1\nruncmd: [a]\n":                "it has a launch-index, and so runs on some instances only",
		"#cloud-config\n{\"runcmd\": [\"a\"]}\n":                       "it is a flow mapping or JSON",
		"MIME-Version: 1.0\nContent-Type: text/x\n\n#!/bin/sh":         "it is a MIME document of type \"text/x\"",
	} {
		_, err := Protect(text, bothRules)
		var unsupported *Unsupported
		if !errors.As(err, &unsupported) || unsupported.Reason != want {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
	if _, err := Protect("#!/bin/bash\n# "+strings.Repeat("x", MaxSize), Block{Compressed: true}); err != nil {
		t.Errorf("what is compressed may be larger: %v", err)
	}
	if _, err := Protect("#!/bin/bash\n# "+strings.Repeat(placeholder, MaxSize/2), bothRules); err != nil {
		t.Errorf("a variable may be empty: %v", err)
	}
}

// TestPlaces wants the block right after what a text begins with.
func TestPlaces(t *testing.T) {
	const single = "MIME-Version: 1.0\nContent-Type: "
	for _, start := range []string{
		"#!/bin/bash\n", "## template: jinja\n#!/bin/bash\n", "#cloud-boothook\n#!/bin/bash\n", "#cloud-boothook\n\n  \n#!/bin/bash\n",
		single + "text/x-shellscript\n\n#!/bin/bash\n", single + "text/plain\n\n#!/bin/bash\n", single + "text/cloud-boothook\n\n#!/bin/bash\n", single + "text/cloud-boothook\n\n#cloud-boothook\n#!/bin/bash\n",
		single + "text/x-shellscript-per-boot\n\n#!/bin/bash\n", single + "text/x-shellscript-per-once\n\n#!/bin/bash\n", single + "text/x-shellscript-per-instance\n\n#!/bin/bash\n",
		single + "text/jinja2\n\n## template: jinja\n#!/bin/bash\n",
	} {
		if got, want := protectTwice(t, start+bootstrap, bothRules), start+markedBlock(bothRules)+bootstrap; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	listed := indented(items(bothRules.commands(missing{all: true})), "  ", "\n")
	for _, start := range []string{"#cloud-config\nruncmd:\n", "## template: jinja\n#cloud-config\nruncmd:\n", single + "text/cloud-config\n\nruncmd:\n"} {
		if got, want := protectTwice(t, start+"  - "+bootstrap, bothRules), start+listed+"  - "+bootstrap; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	for text, want := range map[string]string{
		single + "text/x-shellscript\nContent-Transfer-Encoding: base64\n\nIyEvYmluL3NoCmEK\n": "it is encoded as base64",
		single + "text/html\n\nx\n": "it is a MIME document of type \"text/html\"",
	} {
		if _, err := Protect(text, bothRules); err == nil || err.Error() != want {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}

// TestDocument wants a document for nodes that have no user data.
func TestDocument(t *testing.T) {
	for _, test := range []struct {
		block  Block
		strict bool
	}{{bothRules, false}, {Block{}, false}, {Block{NoYum: "they are Ubuntu"}, true}, {Block{Mode: Strict}, true}, {Block{Mode: AWS, NoYum: "they are Ubuntu"}, false}} {
		text := Document(test.block)
		if strings.Contains(text, "-t raw") != test.strict {
			t.Errorf("%+v: %s", test.block, text)
		}
		if got := readScripts(text); len(got) != 1 || got[0].stage != "script" || !strings.HasPrefix(got[0].text, "#!/bin/bash\n"+Begin) || got[0].unknown != "" {
			t.Errorf("%+v: %v", test.block, got)
		}
	}
	want := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"==imdslock==\"\n\n--==imdslock==\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n#!/bin/bash\n" + markedBlock(bothRules) + "--==imdslock==--\n"
	if text := Document(bothRules); text != want {
		t.Errorf("%s", text)
	}
	got := protectTwice(t, "kind: NodeConfig\nx: y\n", bothRules)
	if scripts := readScripts(got); len(scripts) != 2 || scripts[0].text != "#!/bin/bash\n"+markedBlock(bothRules)[:len(markedBlock(bothRules))-1] || scripts[1].stage != "nodeadm" || !strings.Contains(got, "kind: NodeConfig\nx: y\n") {
		t.Errorf("%s", got)
	}
	if got := protectTwice(t, "kind: NodeConfig", bothRules); !strings.HasSuffix(got, "\n\nkind: NodeConfig\n--"+ownBoundary+"--") {
		t.Errorf("%s", got)
	}
}

// TestHowChanged wants to be told how a text was changed.
func TestHowChanged(t *testing.T) {
	rules := drop + dropVLAN
	many := strings.Repeat(markedBlock(bothRules), maxMarked+1)
	for _, test := range []struct {
		name, text                 string
		block                      Block
		changed                    bool
		adapted, completed, strict bool
	}{
		{"nothing there", bootstrap, bothRules, true, false, false, false},
		{"by hand", recipe + bootstrap, bothRules, false, false, false, false},
		{"by hand, not saved", rules + bootstrap, bothRules, true, false, true, false},
		{"by hand, too late", bootstrap + recipe, bothRules, true, false, false, false},
		{"by hand, and strict is asked for", recipe + bootstrap, Block{Mode: Strict}, true, true, false, true},
		{"strict", bootstrap, Block{Mode: Strict}, true, false, false, true},
		{"strict is there", strictCommands + "\n" + bootstrap, Block{Mode: Strict}, false, false, false, true},
		{"strict is there for auto", strictCommands + "\n" + bootstrap, Block{BranchENI: true}, false, false, false, true},
		{"strict for no yum", bootstrap, Block{NoYum: "they are Ubuntu"}, true, false, false, true},
		{"other options", markedBlock(Block{Mode: AWS}) + bootstrap, bothRules, true, true, false, false},
		{"many that do", many + bootstrap, bothRules, false, false, false, false},
	} {
		p, err := Protect(bang+test.text, test.block)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if (len(p.Changes) > 0) != test.changed || p.Adapted != test.adapted || p.Completed != test.completed || p.Strict != test.strict {
			t.Errorf("%s: %d changes, adapted %t, completed %t, strict %t", test.name, len(p.Changes), p.Adapted, p.Completed, p.Strict)
		}
		if diff := cmp.Diff(Judge(Apply(bang+test.text, p.Changes), test.block).Problems, p.After.Problems); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
	if _, err := Protect(bang+bootstrap+strings.Repeat(markedBlock(bothRules), maxMarked), bothRules); err != nil {
		t.Error(err)
	}
	if _, err := Protect(bang+bootstrap+many, bothRules); err == nil || err.Error() != "it has 5 marked blocks: remove all but one of them" {
		t.Errorf("%v", err)
	}
}

// TestVerdict wants what the reading of user data alone finds.
func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Block
		code       Code
		found      bool
	}{
		{"too large", "#!/bin/bash\n# " + strings.Repeat("x", MaxSize), Block{}, TooLarge, true},
		{"not too large", "#!/bin/bash\n", Block{}, TooLarge, false},
		{"managed", "#!/bin/bash\n", Block{Managed: true}, NotMIME, true},
		{"managed, MIME", mime(), Block{Managed: true}, NotMIME, false},
		{"managed, Bottlerocket", "[settings]\n", Block{Managed: true}, NotMIME, false},
		{"not managed", "#!/bin/bash\n", Block{}, NotMIME, false},
		{"unknown", placeholder, Block{}, NotJudged, true},
		{"without a token", "#!/bin/bash\ncurl 169.254.169.254/latest/meta-data/\n", Block{}, WithoutToken, true},
		{"nothing", "#!/bin/bash\n", Block{}, Absent, true},
		{"in a part that may not run", mime(plainScript+"\n#!/bin/bash\n"+markedBlock(bothRules), plainScript+"#!/bin/bash\n"+bootstrap), Block{}, Absent, true},
		{"in a part of the first instance", mime("Launch-Index: 0\n"+plainScript+"#!/bin/bash\n"+markedBlock(bothRules)+bootstrap, plainScript+"#!/bin/bash\n"), Block{}, Absent, true},
		{"in all that may not run", "#cloud-boothook\n" + markedBlock(bothRules) + bootstrap, Block{}, Absent, true},
		{"written, not run", "#cloud-config\nwrite_files:\n- path: /x\n  content: |\n    " + strings.ReplaceAll(markedBlock(bothRules), "\n", "\n    ") + "\nruncmd:\n- " + bootstrap, Block{}, Absent, true},
	} {
		v := Judge(test.text, test.want)
		if (v.Problem(test.code) != nil) != test.found {
			t.Errorf("%s: %+v, want %s: %v", test.name, v.Problems, test.code, test.found)
		}
	}
}

// TestMove wants a marked block out of the way of a new one, where it is in the way.
func TestMove(t *testing.T) {
	got := protectTwice(t, "#!/bin/bash\nexit 0\n"+markedBlock(bothRules), bothRules)
	if !strings.HasPrefix(got, "#!/bin/bash\n"+markedBlock(bothRules)+"exit 0\n") {
		t.Errorf("the block is not first in\n%s", got)
	}
	const text = "#!/bin/bash\necho\n"
	a := &attempt{d: read(text + markedBlock(bothRules))}
	a.marked = findMarked(a.d.text)
	changes := []Change{{12, 12, "x\n"}}
	if !a.move(&changes) || Apply(a.d.text, changes) != "#!/bin/bash\nx\necho\n" {
		t.Errorf("moved: %v", changes)
	}
	changes = []Change{{len(a.d.text), len(a.d.text), "x"}}
	if !a.move(&changes) || Apply(a.d.text, changes) != text+"x" {
		t.Errorf("moved: %v", changes)
	}
	changes = []Change{{len(text) + 1, len(text) + 1, "x"}}
	if a.move(&changes) {
		t.Error("a block around the place is moved")
	}
}

// TestOriginOfChanges wants each byte that stays to come from where it was.
func TestOriginOfChanges(t *testing.T) {
	const text = "abcdefgh"
	changes := []Change{{1, 1, "123"}, {3, 5, "4"}, {8, 8, "5"}}
	after := Apply(text, changes)
	for at, b := range []byte(after) {
		if from := Origin(changes, at); b > '9' && text[from] != b {
			t.Errorf("%c of %s comes from %d", b, after, from)
		}
	}
	for at, want := range []int{0, 1, 1, 1, 1, 2, 3} {
		if from := Origin([]Change{{1, 1, "123"}}, at); from != want {
			t.Errorf("byte %d comes from %d, not %d", at, from, want)
		}
	}
	if from := Origin(changes, 2); from != 1 {
		t.Errorf("what was put in comes from %d", from)
	}
}

// TestAfter wants the verdict on the result to be what judging it says.
func TestAfter(t *testing.T) {
	for _, text := range []string{"#!/bin/bash\n" + bootstrap, "#!/bin/bash\n" + bootstrap + "iptables -F\ncurl 169.254.169.254/latest/meta-data/\n", "#!/bin/bash\n" + markedBlock(bothRules) + bootstrap} {
		for _, b := range []Block{bothRules, {Mode: Strict, Managed: true}, {}} {
			p, err := Protect(text, b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Judge(Apply(text, p.Changes), b), p.After); diff != "" {
				t.Errorf("%+v of %q: -want +got:\n%s", b, text, diff)
			}
			if (p.Adapted || p.Completed) != (len(p.Changes) > 0 && strings.Contains(text, Begin)) {
				t.Errorf("%+v of %q: adapted %v", b, text, p.Adapted)
			}
		}
	}
}
