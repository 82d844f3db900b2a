package userdata

import (
	"slices"
	"strings"
	"testing"
)

// TestParts has the parts of a multipart, each as its type, more of its header, and a
// script without its #! line; and the scripts that cloud-init makes of them: stage, name,
// and what is not known.
func TestParts(t *testing.T) {
	const (
		index = "a part of it has a Launch-Index, and so runs on some instances only"
		bad   = "\nContent-Transfer-Encoding: base64"
		badly = "a part of it is not valid base64"
	)
	for _, test := range []struct{ parts, want []string }{
		{[]string{"text/x-shellscript", "text/x-shellscript"}, []string{"script part-001", "script part-002"}},
		{[]string{"text/x-shellscript; name=b", "text/x-shellscript; name=a"}, []string{"script a", "script b"}},
		{[]string{"text/x-shellscript; name=a", "text/x-shellscript-per-boot; name=a"}, []string{"per-boot a", "script a"}},
		{[]string{"text/x-shellscript; name=a", "text/x-shellscript; name=a"}, []string{"script a"}},
		{[]string{"text/cloud-boothook; name=a", "text/cloud-boothook; name=a"}, []string{"boothook a", "boothook a"}},
		{[]string{"text/cloud-boothook; name=b", "text/cloud-boothook; name=a"}, []string{"boothook b", "boothook a"}},
		{[]string{"text/x-shellscript; name=\"x/y\"", "text/x-shellscript-per-once; name=\"x/y\"", "text/x-shellscript-per-boot; name=\"x/y\"", "text/x-shellscript-per-instance; name=\"x/y\"", "text/cloud-boothook; name=\"x/y\""},
			[]string{"boothook x_y", "per-once y", "per-boot y", "per-instance y", "script x_y"}},
		{[]string{"text/x-shellscript; name=\"~\"", "text/x-shellscript; name=\"..\"", "text/x-shellscript; name=\".x\""}, []string{"script .x"}},

		// Types by the first line.
		{[]string{"text/plain", "text/x-not-multipart"}, []string{"script part-001", "script part-002"}},
		{[]string{"text/plain; name=a"}, []string{"script part-001"}},
		{[]string{"text/html", "image/png", "application/x-sh"}, nil},
		{[]string{"text"}, []string{"script part-001"}},

		// What is not known.
		{[]string{"text/x-shellscript\nLaunch-Index: 0"}, []string{"script part-001 " + index}},
		{[]string{"text/x-shellscript-per-boot\nLaunch-Index: 0"}, []string{"per-boot part-001 " + index}},
		{[]string{"text/cloud-boothook\nLaunch-Index: 0"}, []string{"boothook part-001 " + index}},
		{[]string{"text/x-shellscript" + bad}, []string{"script part-001 " + badly}},
		{[]string{"text/x-shellscript-per-once" + bad}, []string{"per-once part-001 " + badly}},
		{[]string{"text/x-shellscript-per-boot" + bad}, []string{"per-boot part-001 " + badly}},
		{[]string{"text/x-shellscript-per-instance; name=\"x/y\"" + bad}, []string{"per-instance y " + badly}},
		{[]string{"text/cloud-boothook" + bad}, []string{"boothook part-001 " + badly}},
		{[]string{"text/cloud-config" + bad}, []string{"bootcmd bootcmd " + badly, "script runcmd " + badly}},
		{[]string{"text/html" + bad}, nil},
		{[]string{"text/x-include-url"}, []string{"boothook part-001 a part of it is an #include list, and what that fetches is not known"}},
		{[]string{"text/x-include-once-url"}, []string{"boothook part-001 a part of it is an #include list, and what that fetches is not known"}},
		{[]string{"text/cloud-config-archive"}, []string{"boothook part-001 a part of it is a cloud-config-archive"}},
		{[]string{"text/cloud-config-jsonp"}, []string{"boothook part-001 a part of it patches cloud-config"}},
		{[]string{"text/part-handler"}, []string{"boothook part-001 a part of it is a part-handler, and what that does is not known"}},
		{[]string{"text/upstart-job"}, []string{"boothook part-001 a part of it is an upstart job"}},
		{[]string{"text/\uFFFC"}, []string{"boothook part-001 the type of a part is not known before the deployment"}},
		{[]string{"text/x-shellscript; name=\uFFFC"}, []string{"script  the name of a part is not known before the deployment"}},
		{[]string{"text/html; name=\uFFFC"}, nil},
		{[]string{"application/node.eks.aws"}, []string{"nodeadm nodeadm"}},
		{[]string{"application/node.eks.aws\nLaunch-Index: 0"}, []string{"nodeadm nodeadm"}},
		{[]string{"application/node.eks.aws" + bad}, []string{"nodeadm nodeadm"}},
		{[]string{"text/jinja2"}, nil},
	} {
		var parts []string
		for _, header := range test.parts {
			parts = append(parts, "Content-Type: "+header+"\n\n#!/bin/sh\n:\n")
		}
		var got []string
		for _, s := range readScripts(mime(parts...)) {
			got = append(got, strings.TrimSpace(s.stage+" "+s.name+" "+s.unknown))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, not %q", test.parts, got, test.want)
		}
	}
}

// TestEveryBootParts has parts that each boot runs, and parts that run once: they remove
// what is saved, and so it is not there after one more boot.
func TestEveryBootParts(t *testing.T) {
	for contentType, want := range map[string]string{"text/cloud-boothook": "unsaved", "text/x-shellscript-per-boot": "unsaved", "text/x-shellscript-per-once": "", "text/x-shellscript-per-instance": "", "text/x-shellscript; name=a": ""} {
		text := mime("Content-Type: "+contentType+"\n\n"+bang+"rm -f /etc/sysconfig/iptables\n", plainScript+bang+recipe+boot)
		if problems := Judge(text, Block{}).Problems; codes(problems) != want {
			t.Errorf("%s: %v, not %q", contentType, problems, want)
		}
	}
}

// TestPlainParts has parts whose first line decides what they are.
func TestPlainParts(t *testing.T) {
	for part, want := range map[string]string{
		"text/plain\n\n\uFFFC\n":               "boothook part-001 the content of a part is not known before the deployment",
		"text/x-not-multipart\n\n \uFFFCa\n":   "boothook part-001 the content of a part is not known before the deployment",
		"text/plain\n\na\uFFFC\n":              "",
		"text/plain\n\na\n":                    "",
		"text/plain\n\n#cloud-boothook\n#!x\n": "boothook part-001",
		"text/html\n\n\uFFFC\n":                "",
		"text/x-shellscript\n\n\uFFFC\n":       "script part-001 it does not begin with #!, and so may not run",
		"text/x-shellscript\n\na\n":            "script part-001 it does not begin with #!, and so may not run",
		"text/cloud-boothook\n\na\n":           "boothook part-001 it does not begin with #!, and so may not run",
	} {
		got := ""
		for _, s := range readScripts(mime("Content-Type: " + part)) {
			got += strings.TrimSpace(s.stage + " " + s.name + " " + s.unknown)
		}
		if got != want {
			t.Errorf("%q: %q, not %q", part, got, want)
		}
	}
}

// TestSniff has the first lines by which cloud-init tells parts apart
// (type_from_starts_with in cloudinit/handlers).
func TestSniff(t *testing.T) {
	for text, want := range map[string]string{
		"#!/bin/sh": typeScript, " \n\t#!x": typeScript, "#cloud-config\n": typeConfig, "#CLOUD-CONFIG": typeConfig, "#cloud-config-archive": typeArchive, "#cloud-config-jsonp": typeConfigPatch,
		"#cloud-boothook": typeBoothook, "#include": typeInclude, "#include-once": typeIncludeOnce, "#part-handler": typePartHandler, "## template: jinja": typeJinja,
		"text/x-shellscript-per-boot": typePerBoot, "text/x-shellscript-per-once": typePerOnce, "text/x-shellscript-per-instance": typePerInstance,
		"": "", "#": "", "# !": "", "cloud-config": "",
	} {
		if got := sniff(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// TestJinja has parts that are templates.
func TestJinja(t *testing.T) {
	for text, want := range map[string]string{
		"## template: jinja\n#!/bin/sh\na\n":                      "script part-001",
		"## template: jinja\n#cloud-config\nruncmd: [a]\n":        "script runcmd",
		"## template: jinja\n#cloud-boothook\n#!/bin/sh\n":        "",
		"## template: jinja\n":                                    "",
		"#!/bin/sh\na\n":                                          "",
		"## template: jinja\n#!/bin/sh\n{% if a %}b{% endif %}\n": "script part-001 what its jinja template renders to is not known",
	} {
		var got []string
		for _, s := range readScripts(mime("Content-Type: text/jinja2\n\n" + text)) {
			got = append(got, strings.TrimSpace(s.stage+" "+s.name+" "+s.unknown))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// TestPerhaps has parts that may run or not: what is said holds whichever do.
func TestPerhaps(t *testing.T) {
	perhaps := func(script string) string { return "Launch-Index: 1\n" + plainScript + bang + script }
	sure := func(script string) string { return plainScript + bang + script }
	for _, test := range []struct {
		parts         []string
		want, message string
	}{
		{[]string{sure(recipe), sure(boot)}, "", ""},
		{[]string{perhaps(recipe), sure(boot)}, "absent", "no command drops the packets of pods to the metadata service: a part of it has a Launch-Index"},
		{[]string{perhaps("true\n"), sure(recipe + boot)}, "", ""},
		{[]string{perhaps("iptables -F\n"), sure(recipe + boot)}, "", ""},
		{[]string{sure(recipe + boot), perhaps("iptables -F\n")}, "undone", ""},
		{[]string{perhaps(boot), sure(recipe + boot)}, "late", ""},
		{[]string{perhaps("true\n"), perhaps(boot), sure(recipe + boot)}, "late", ""},
		{[]string{perhaps(boot), perhaps("true\n"), sure(recipe + boot)}, "late", ""},
		{[]string{perhaps("true\n"), perhaps("true\n"), perhaps("true\n"), sure(recipe + boot)}, "", ""},
		{[]string{perhaps("true\n"), perhaps("true\n"), perhaps("true\n"), perhaps("true\n"), sure(recipe + boot)}, "not-judged", ""},
	} {
		problems := Judge(mime(test.parts...), Block{}).Problems
		if codes(problems) != test.want || len(problems) > 0 && !strings.HasPrefix(problems[0].Message, test.message) {
			t.Errorf("%q: %v, not %q", test.parts, problems, test.want)
		}
	}
}
