package userdata

import (
	"strings"
	"testing"
)

// TestWriteFiles has items of write_files, and the commands that would write the file
// ("/a" where nothing else is said), as cloud-init does (cc_write_files.py). "!" stands
// for the command after which nothing else may be written.
func TestWriteFiles(t *testing.T) {
	const zipped = "H4sIAAAAAAACA0vkSuICAJcqVxgEAAAA"
	write := func(text string) string { return "mkdir -p '/'\ncat >'/a' <<'EOF'\n" + text + "EOF\n" }
	for _, test := range []struct{ item, want string }{
		{"path: /a, content: x", write("x\n")},
		{"path: /a, content: \"x\\n\"", write("x\n")},
		{"path: a, content: x", write("x\n")},
		{"path: /b/../a, content: x", write("x\n")},
		{"path: /b/c/d, content: x", "mkdir -p '/b/c'\ncat >'/b/c/d' <<'EOF'\nx\nEOF\n"},
		{"path: \"/it's\", content: x", "mkdir -p '/'\ncat >'/it'\\''s' <<'EOF'\nx\nEOF\n"},
		{"path: /a", write("")},
		{"path: /a, content: ''", write("")},
		{"path: /a, content: ~", write("") + "!"},
		{"path: /a, content: 12", write("12\n") + "!"},
		{"path: /a, content: [x]", write("") + "!"},
		{"content: x", ""},
		{"path: '', content: x", ""},
		{"path: [a], content: x", ""},
		{"path: &p /a, content: *p", write("/a\n")},
		{"content: \"EOF\\nx\", path: /a", "mkdir -p '/'\ncat >'/a' <<'EOF_'\nEOF\nx\nEOF_\n"},
		{"content: \"EOF\\nEOF_\\n\", path: /a", "mkdir -p '/'\ncat >'/a' <<'EOF__'\nEOF\nEOF_\nEOF__\n"},
		{"path: /a, content: x, append: true", strings.Replace(write("x\n"), ">", ">>", 1)},
		{"path: /a, content: x, append: yes", strings.Replace(write("x\n"), ">", ">>", 1)},
		{"path: /a, content: x, append: false", write("x\n")},
		{"path: /a, content: x, append: off", write("x\n")},

		// Who owns it, and who may run it.
		{"path: /a, content: x, owner: root", write("x\n")},
		{"path: /a, content: x, owner: 'root:root'", write("x\n")},
		{"path: /a, content: x, owner: ec2-user", write("x\n") + "!"},
		{"path: /a, content: x, owner: [root]", write("x\n") + "!"},
		{"path: /a, content: x, permissions: '0755'", write("x\n") + "chmod 0755 '/a'\n"},
		{"path: /a, content: x, permissions: '755'", write("x\n") + "chmod 755 '/a'\n"},
		{"path: /a, content: x, permissions: 0755", write("x\n") + "chmod 755 '/a'\n"},
		{"path: /a, content: x, permissions: 0o755", write("x\n") + "chmod 755 '/a'\n"},
		{"path: /a, content: x, permissions: 755", write("x\n") + "chmod 1363 '/a'\n"},
		{"path: /a, content: x, permissions: 0x1ff", write("x\n") + "chmod 777 '/a'\n"},
		{"path: /a, content: x, permissions: u+x", write("x\n")},
		{"path: /a, content: x, permissions: '0789'", write("x\n")},
		{"path: /a, content: x, permissions: -1", write("x\n")},
		{"path: /a, content: x, permissions: [a]", write("x\n")},
		{"path: /a, content: x, permissions: '0755', owner: x", write("x\n") + "chmod 0755 '/a'\n!"},

		// How the content is encoded.
		{"path: /a, content: eAo=, encoding: b64", write("x\n")},
		{"path: /a, content: eAo=, encoding: base64", write("x\n")},
		{"path: /a, content: ' eA\n o= ', encoding: ' B64 '", write("x\n")},
		{"path: /a, content: eAo=, encoding: text/plain", write("eAo=\n")},
		{"path: /a, content: eAo=, encoding: foo", write("eAo=\n")},
		{"path: /a, content: eAo, encoding: b64", write("\uFFFC\n") + "!"},
		{"path: /a, content: x*, encoding: b64", write("\uFFFC\n") + "!"},
		{"path: /a, content: /w==, encoding: b64", write("\uFFFC\n") + "!"},
		{"path: /a, content: AA==, encoding: b64", write("\uFFFC\n") + "!"},
		{"path: /a, content: eAo=, encoding: \uFFFC", write("\uFFFC\n") + "!"},
		{"path: /a, content: !!binary eAo=", write("x\n")},
		{"path: /a, content: !!binary eAo=, encoding: b64", write("\uFFFC\n") + "!"},
		{"path: /a, content: " + zipped + ", encoding: gz+base64", write("a\nb\n")},
		{"path: /a, content: " + zipped + ", encoding: gzip+base64", write("a\nb\n")},
		{"path: /a, content: " + zipped + ", encoding: gz+b64", write("a\nb\n")},
		{"path: /a, content: " + zipped + ", encoding: gzip+b64", write("a\nb\n")},
		{"path: /a, content: !!binary " + zipped + ", encoding: gz", write("a\nb\n")},
		{"path: /a, content: !!binary " + zipped + ", encoding: gzip", write("a\nb\n")},
		{"path: /a, content: !!binary " + zipped + ", encoding: gzip+b64", write("\uFFFC\n") + "!"},
		{"path: /a, content: " + zipped + ", encoding: gzip", write("\uFFFC\n") + "!"},
		{"path: /a, content: eAo=, encoding: gz+b64", write("\uFFFC\n") + "!"},

		// What is fetched.
		{"path: /a, source: {uri: 'http://x'}", write("\uFFFC\n")},
		{"path: /a, content: x, source: {uri: 'http://x'}", write("\uFFFC\n")},
		{"path: /a, content: x*, encoding: b64, source: {uri: 'http://x'}", write("\uFFFC\n")},
	} {
		want := "#!/bin/sh\n" + strings.ReplaceAll(test.want, "!", "[ -n \"$raised\" ] && exit\n")
		got := readScripts("#cloud-config\nwrite_files:\n- {" + test.item + "}\n")
		if len(got) != 1 || got[0].text != want || got[0].unknown != "" {
			t.Errorf("%s: %q, not %q", test.item, got, want)
		}
	}
}

// TestWriteFilesUnknown has what is not known of write_files.
func TestWriteFilesUnknown(t *testing.T) {
	const which, content = "which files write_files writes is not known", "the content of a file in write_files is not known"
	for _, test := range []struct{ list, want string }{
		{"a", which},
		{"{path: /a}", which},
		{"[a]", which},
		{"[{path: /a}, a]", which},
		{"[[{path: /a}]]", which},
		{"[{path: /a\uFFFC}]", "the path of a file in write_files is not known"},
		{"[{path: /a}, {path: /var/lib/cloud/x}]", "write_files writes into /var/lib/cloud/"},
		{"[{path: /var/lib/../lib/cloud/x}]", "write_files writes into /var/lib/cloud/"},
		{"[{path: /var/lib/cloudx}]", ""},
		{"[{path: /a, content: !!str x}]", content},
		{"[]", ""},
	} {
		got := readScripts("#cloud-config\nwrite_files: " + test.list + "\n")
		if len(got) != 1 || got[0].stage != "write-files" || got[0].unknown != test.want {
			t.Errorf("%s: %q, not %q", test.list, got, test.want)
		}
	}
	const text = "#cloud-config\nwrite_files: a\nruncmd: [/etc/eks/bootstrap.sh]\n"
	if p := Judge(text, Block{}).Problem(NotJudged); p == nil || !strings.HasPrefix(text[p.At:], "write_files") || p.Message != which {
		t.Errorf("%v", p)
	}
	for _, list := range []string{"", "~", "null"} {
		if got := readScripts("#cloud-config\nwrite_files: " + list + "\n"); len(got) != 0 {
			t.Errorf("%q: %q", list, got)
		}
	}
}

// TestWriteFilesDeferred wants files that are deferred to be written last.
func TestWriteFilesDeferred(t *testing.T) {
	for value, isLast := range map[string]bool{"true": true, "yes": true, "false": false, "no": false, "[]": false} {
		got := readScripts("#cloud-config\nwrite_files: [{path: /a, defer: " + value + "}, {path: /b}]\n")
		if len(got) != 1 || (strings.Index(got[0].text, "'/b'") < strings.Index(got[0].text, "'/a'")) != isLast {
			t.Errorf("%s: %q", value, got)
		}
	}
}

// TestOriginOfFiles wants content that is decoded to come from where it is written.
func TestOriginOfFiles(t *testing.T) {
	for _, item := range []string{"{path: /a, content: eAo=, encoding: b64}", "{path: /a, content: \"eAo=\", encoding: b64}", "{path: /a, content: x}", "{path: /a, content: 'x'}"} {
		text := "#cloud-config\nwrite_files:\n- " + item + "\n"
		s := read(text).scripts[0]
		content := max(strings.Index(text, "eAo="), strings.Index(text, "x"))
		if got := s.origin(strings.Index(s.text, "\nx\n") + 1); got != content {
			t.Errorf("%s: the content comes from %d, not %d", item, got, content)
		}
		if got, want := s.origin(strings.Index(s.text, "mkdir")), strings.Index(text, "{path"); got != want {
			t.Errorf("%s: the commands come from %d, not %d", item, got, want)
		}
	}
}
