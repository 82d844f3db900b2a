package userdata

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A ran is what a test says of a script.
type ran struct{ stage, name, text, unknown string }

func readScripts(text string) []ran {
	var list []ran
	names := map[stage]string{stageWriteFiles: "write-files", stageNodeadm: "nodeadm"}
	for at, name := range stageNames {
		names[at] = name
	}
	for _, s := range read(text).scripts {
		list = append(list, ran{names[s.stage], s.name, s.text, s.unknown})
	}
	return list
}

// mime writes a multipart of parts, each with its header.
func mime(parts ...string) string {
	var b strings.Builder
	b.WriteString("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n")
	for _, p := range parts {
		b.WriteString("--B\n" + p)
	}
	return b.String() + "--B--\n"
}

const plainScript = "Content-Type: text/x-shellscript\n\n"

// TestRead reads what cloud-init reads in ways of its own. Most of these are
// known from its code, and TestReadIsCloudInit holds them all to it.
func TestRead(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []ran
	}{
		{"stages run in their order, whatever that of the parts", mime(
			plainScript+"#!/bin/sh\na\n",
			"Content-Type: text/x-shellscript-per-instance\n\n#!/bin/sh\nb\n",
			"Content-Type: text/x-shellscript-per-boot\n\n#!/bin/sh\nc\n",
			"Content-Type: text/x-shellscript-per-once\n\n#!/bin/sh\nd\n",
			"Content-Type: text/cloud-config\n\nruncmd: [e]\nbootcmd: [f]\n",
			"Content-Type: application/node.eks.aws\n\nkind: NodeConfig\n",
			"Content-Type: text/cloud-boothook\n\n#!/bin/sh\ng\n"),
			[]ran{{"boothook", "part-007", "#!/bin/sh\ng", ""}, {"bootcmd", "bootcmd", "#!/bin/sh\nf\n", ""},
				{"per-once", "part-004", "#!/bin/sh\nd", ""}, {"per-boot", "part-003", "#!/bin/sh\nc", ""}, {"per-instance", "part-002", "#!/bin/sh\nb", ""},
				{"script", "part-001", "#!/bin/sh\na", ""}, {"script", "runcmd", "#!/bin/sh\ne\n", ""}, {"nodeadm", "nodeadm", "#!/bin/sh\nnodeadm init\n", ""}}},
		{"scripts run by their names, runcmd among them", mime(
			"Content-Type: text/x-shellscript; name=zz\n\n#!/bin/sh\na\n",
			"Content-Type: text/x-shellscript; name=zz\nContent-Disposition: attachment; filename*=utf-8''%61a\n\n#!/bin/sh\nb\n",
			"Content-Type: text/cloud-config\n\nruncmd: [c]\n"),
			[]ran{{"script", "aa", "#!/bin/sh\nb", ""}, {"script", "runcmd", "#!/bin/sh\nc\n", ""}, {"script", "zz", "#!/bin/sh\na", ""}}},
		{"of two scripts with a name the later stays", mime(
			"Content-Type: text/x-shellscript; name=\"~x\"\n\n#!/bin/sh\na\n", "Content-Type: text/x-shellscript; name=x\n\n#!/bin/sh\nb\n"),
			[]ran{{"script", "x", "#!/bin/sh\nb", ""}}},
		{"no blank lines", "Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n--B\nContent-Type: text/x-shellscript\n#!/bin/sh\na\n--B--",
			[]ran{{"script", "part-001", "#!/bin/sh\na", ""}}},
		{"no parts", mime(), nil},
		{"nothing before the first part or after the last", strings.Replace(mime(plainScript+"#!/bin/sh\na\n"), "\n\n", "\n\n#!/bin/sh\nb\n", 1) + "#!/bin/sh\nc\n",
			[]ran{{"script", "part-001", "#!/bin/sh\na", ""}}},
		{"a multipart in a multipart", mime("Content-Type: multipart/mixed; boundary=C\n\n--C\n" + plainScript + "#!/bin/sh\na\n--C--\n"),
			[]ran{{"script", "part-001", "#!/bin/sh\na", ""}}},
		{"encoded parts", mime(
			"Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\nIyEvYmlu\nL3NoCmEK\n",
			"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/s=\nh\n=61\n"),
			[]ran{{"script", "part-001", "#!/bin/sh\na\n", ""}, {"script", "part-002", "#!/bin/sh\na", ""}}},
		{"what nobody knows", mime(
			"Content-Type: text/x-shellscript\nLaunch-Index: 1\n\n#!/bin/sh\na\n",
			"Content-Type: text/plain\n\n#include\nhttps://example.com\n",
			plainScript+"\n#!/bin/sh\n",
			plainScript+"#!/bin/sh\n# ü\n"),
			[]ran{{"boothook", "part-002", "", "a part of it is an #include list, and what that fetches is not known"},
				{"script", "part-001", "#!/bin/sh\na", "a part of it has a Launch-Index, and so runs on some instances only"},
				{"script", "part-003", "\n#!/bin/sh", "it does not begin with #!, and so may not run"},
				{"script", "part-004", "#!/bin/sh\n# ü", "a part of it has a character that is not ASCII, which versions of cloud-init read differently"}}},
		{"DOS line ends", "#!/bin/sh\r\na\r\n", []ran{{"script", "part-001", "#!/bin/sh\na\n", ""}}},
		{"a key that stands twice", "#cloud-config\nruncmd: [a]\nx: y\nruncmd:\n- b\n", []ran{{"script", "runcmd", "#!/bin/sh\nb\n", ""}}},
		{"two parts of cloud-config", mime("Content-Type: text/cloud-config\n\nruncmd: [a]\nbootcmd: [b]\n", "Content-Type: text/cloud-config\n\nruncmd: [c]\n"),
			[]ran{{"bootcmd", "bootcmd", "#!/bin/sh\nb\n", ""}, {"script", "runcmd", "#!/bin/sh\nc\n", ""}}},
		{"parts that are merged in another way", mime("Content-Type: text/cloud-config\n\nruncmd: [a]\n", "Content-Type: text/cloud-config\n\nmerge_how: list(append)\nruncmd: [c]\n"),
			[]ran{{"bootcmd", "bootcmd", "", "its parts are merged as merge_how says"}, {"script", "runcmd", "", "its parts are merged as merge_how says"}}},
		{"commands that are lists", "#cloud-config\nruncmd:\n- [chmod, 0644, \"it's\", yes, ~]\n-\n- |\n  a\n  b\n",
			[]ran{{"script", "runcmd", "#!/bin/sh\n'chmod' '420' 'it'\\''s' 'True' 'None'\na\nb\n\n", ""}}},
		{"commands of which cloud-init makes none", "#cloud-config\nruncmd:\n- a\n- 12\nbootcmd: a\n", nil},
		{"files are written, not run", "#cloud-config\nwrite_files:\n- path: /etc/x\n  content: |\n    a\n    EOF\n- {path: b, defer: yes, content: YQ==, encoding: b64, permissions: '0755'}\n- {path: /c/d, append: true, content: x}\n",
			[]ran{{"write-files", "write_files", "#!/bin/sh\nmkdir -p '/etc'\ncat >'/etc/x' <<'EOF_'\na\nEOF\nEOF_\nmkdir -p '/c'\ncat >>'/c/d' <<'EOF'\nx\nEOF\nmkdir -p '/'\ncat >'/b' <<'EOF'\na\nEOF\nchmod 0755 '/b'\n", ""}}},
		{"jinja", "## template: jinja\n#!/bin/sh\na {{ v1.region }}\n", []ran{{"script", "part-001", "#!/bin/sh\na \uFFFC\n", ""}}},
		{"boothook", "#cloud-boothook\n\n#!/bin/sh\na\n", []ran{{"boothook", "part-001", "#!/bin/sh\na\n", ""}}},
		{"boothook without #!", "#cloud-boothook\na\n", []ran{{"boothook", "part-001", "a\n", "it does not begin with #!, and so may not run"}}},
		{"NodeConfig", "kind: NodeConfig\n", []ran{{"nodeadm", "nodeadm", "#!/bin/sh\nnodeadm init\n", ""}}},
		{"modules", "#cloud-config\ncloud_final_modules: []\nruncmd: [a]\n",
			[]ran{{"bootcmd", "bootcmd", "", "it changes which modules of cloud-init run"}, {"script", "runcmd", "", "it changes which modules of cloud-init run"}}},
		{"snap", "#cloud-config\nsnap: {commands: [a]}\n", []ran{{"write-files", "snap", "", "what snap does is not known"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, readScripts(test.text), cmp.AllowUnexported(ran{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestReadSaysWhyNot wants the reason where nothing is known of a text.
func TestReadSaysWhyNot(t *testing.T) {
	for text, want := range map[string]string{
		"\uFEFF#!/bin/sh\n": "the byte order mark before its first line keeps cloud-init from running it",
		"#cloud-config\ncoreos:\n  units: []\nruncmd: [a]\n":                                "coreos-cloudinit reads it, which knows no runcmd and no bootcmd",
		"#cloud-config-archive\n- x\n":                                                      "it is a cloud-config-archive",
		"#part-handler\n":                                                                   "it is a part-handler, and what that does is not known",
		"## template: jinja\n#!/bin/sh\n{% if x %}\n":                                       "what its jinja template renders to is not known",
		"## template: jinja\n#cloud-boothook\n":                                             "it is a jinja template of something that cloud-init does not run",
		"## template: jinja2\n#!/bin/sh\n":                                                  "its jinja header is not one that cloud-init takes",
		"MIME-Version: 1.0\nContent-Type: multipart/mixed\n\n--B\n\n--B--\n":                "its Content-Type names no boundary",
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=C\n\n--B\n\n--B--\n":    "its boundary \"C\" is never on a line of its own",
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\n--B--\n":    "",
		"MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n":                "",
		mime("Content-Type: message/rfc822\n\nx\n"):                                         "it has a part of type message/rfc822",
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\uFFFC\n\n--\uFFFC--\n": "its boundary is not known before the deployment",
	} {
		if got := read(text).reason; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestOrigin wants each command of a script to come from where it is written.
func TestOrigin(t *testing.T) {
	for _, text := range []string{
		"#!/bin/sh\r\nfirst\r\nsecond\r\n",
		"#cloud-config\nruncmd:\n  - first\n  - |\n    echo\n    second\n",
		"#cloud-config\nbootcmd: [\"\\x41 first\", 'it''s second']\n",
		"#cloud-config\nruncmd:\n  - >\n    echo\n    first\n\n    x second\n",
		"#cloud-config\nruncmd: [[sh, -c, first, \"a \\\n   second\"]]\n",
		"#cloud-config\nwrite_files:\n- path: /first\n  content: |\n    second\n",
		mime("Content-Type: text/x-shellscript\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/sh\n=41 first\na=\n second\n"),
		mime("Content-Type: text/cloud-config\n\nruncmd:\n- a first\n- b second\n"),
	} {
		scripts := read(text).scripts
		if len(scripts) != 1 {
			t.Errorf("%q: %d scripts", text, len(scripts))
			continue
		}
		for _, word := range []string{"first", "second"} {
			at := strings.Index(scripts[0].text, word)
			if at < 0 {
				t.Errorf("%q: no %s in %q", text, word, scripts[0].text)
				continue
			}
			got := scripts[0].origin(at)
			near := strings.LastIndexByte(text[:strings.Index(text, word)], '\n') + 1
			if got != strings.Index(text, word) && word != "first" || got < near {
				t.Errorf("%q: %s comes from %d, %.20q", text, word, got, text[got:])
			}
		}
	}
}

// TestVariables wants a boundary that is a variable to separate parts where the
// same variable stands, and nothing to be known of it otherwise.
func TestVariables(t *testing.T) {
	const boundary, other = "\uE000", "\uE001"
	multipart := func(boundary, parts string) string {
		return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n" + parts
	}
	script := func(boundary string) string {
		return "--" + boundary + "\nContent-Type: text/x-shellscript\n\n#!/bin/bash\n" + bootstrap + "--" + boundary + "--\n"
	}
	for _, test := range []struct {
		name, text string
		judged     bool
	}{
		{"the same", multipart(boundary, script(boundary)), true},
		{"part of it", multipart("=="+boundary+"==", script("=="+boundary+"==")), true},
		{"another", multipart(boundary, script(other)), false},
		{"not known", multipart(placeholder, script(placeholder)), false},
		{"two", multipart(boundary, "--"+boundary+"\n"+strings.TrimPrefix(multipart(other, script(other)), "MIME-Version: 1.0\n")+"--"+boundary+"--\n"), false},
		{"in a script", multipart("b", "--b\nContent-Type: text/x-shellscript\n\n#!/bin/bash\n"+boundary+" -F\n--b--\n"), true},
	} {
		v := Judge(test.text, bothRules)
		if judged := v.Problem(Absent) != nil; judged != test.judged {
			t.Errorf("%s: %+v", test.name, v.Problems)
		}
		p, err := Protect(test.text, bothRules)
		if (err == nil) != test.judged {
			t.Errorf("%s: error %v", test.name, err)
		} else if after := Judge(Apply(test.text, p.Changes), bothRules); err == nil && after.Problem(Absent) != nil {
			t.Errorf("%s: %+v in the result", test.name, after.Problems)
		}
	}
	if got := Unnamed("\xee\xeea" + boundary + placeholder + other + "é\xee"); got != "\xee\xeea"+placeholder+placeholder+placeholder+"é\xee" {
		t.Errorf("unnamed: %q", got)
	}
}

// TestAmazonLinux2 has scripts that the cloud-init of Amazon Linux 2 does not run: they
// do not lock its nodes, but may open those of others.
func TestAmazonLinux2(t *testing.T) {
	for _, kind := range []string{"", "-per-once", "-per-boot", "-per-instance"} {
		document := func(first, second string) string {
			return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\nContent-Type: text/x-shellscript" + kind +
				"\n\n" + bang + first + "--B\nContent-Type: text/x-shellscript\nContent-Disposition: attachment; filename=\"z\"\n\n" + bang + second + "--B--\n"
		}
		want := "absent"
		if kind == "" {
			want = ""
		}
		if got := codes(Judge(document(recipe, boot), Block{AmazonLinux2: true}).Problems); got != want {
			t.Errorf("the rule%s: %q, not %q", kind, got, want)
		}
		if got := codes(Judge(document(recipe, boot), Block{}).Problems); got != "" {
			t.Errorf("the rule%s on other nodes: %q", kind, got)
		}
		if got := codes(Judge(document(boot, recipe), Block{AmazonLinux2: true}).Problems); got != "late" {
			t.Errorf("the kubelet%s: %q", kind, got)
		}
	}
}
