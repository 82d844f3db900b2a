package userdata

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// TestParseConfig has texts that PyYAML may refuse, or that are no mapping, and the
// nearest ones that it takes. "*" stands for a mapping.
func TestParseConfig(t *testing.T) {
	const tabs = "its cloud-config has tabs between its values"
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"#cloud-config\n", ""},
		{"a: b\n", "*"},
		{"- a\n", ""},
		{"a\n", ""},
		{"[a\n", "its cloud-config is not valid YAML"},
		{"a: b\n---\nc: d\n", "its cloud-config has more than one YAML document"},
		{"a: b\n---\n[c\n", "its cloud-config has more than one YAML document"},
		{"!!map {a: b}\n", "its cloud-config is not known"},
		{placeholder + "\n", "its cloud-config is not known"},
		{"a: " + placeholder + "\n", "*"},
		{"a: !!str 1\nb: !!binary YQ==\n", "*"},
		{"a: !x y\n", "its cloud-config has the tag !x"},
		{"a: [b, {c: !!int 1}]\n", "its cloud-config has the tag !!int"},
		{"? !!float 1\n: b\n", "its cloud-config has the tag !!float"},
		{"a: 1_0\nb: 0x1f\nc: 0b1\nd: 1.5\nf: -0\n", "*"},
		{"a: <<\n", "a value in its cloud-config may be invalid: <<"},
		{"a: [<<]\n", "a value in its cloud-config may be invalid: <<"},
		{"x: &x {c: d}\na: {<<: *x}\n", "*"},
		{"a: =\n", "a value in its cloud-config may be invalid: ="},
		{"a: '='\n", "*"},
		{"a: 0b_\n", "a value in its cloud-config may be invalid: 0b_"},
		{"a: 2024-02-29\n", "*"},
		{"a: 2023-02-29\n", "a value in its cloud-config may be invalid: 2023-02-29"},
		{"a: 2023-13-01 10:00:00\n", "a value in its cloud-config may be invalid: 2023-13-01 10:00:00"},
		{"a: 2023-12-01 10:00:00\n", "*"},
		{"a:\tb\n", tabs},
		{"a: b\tc\n", tabs},
		{"a: 'b\tc'\n", "*"},
		{"a: \"b\tc\"\n", "*"},
		{"a: |\n  b\tc\nd: >\n  e\tf\n", "*"},
		{"a: 'b\tc'\td: e\n", "its cloud-config is not valid YAML"},
		{"a: 'b\tc'\t# d\n", tabs},
		{"a: \"b\tc\"\t# d\n", tabs},
		{"a: !!str \"b\tc\"\n", "*"},
		{"x: y\nü: [ü, \"b\tc\"]\n", "*"},
		{"ü: \"b\tc\"\t# d\n", tabs},
	} {
		n, got := parseConfig(test.text)
		if n != nil {
			got += "*"
		}
		if got != test.want {
			t.Errorf("%q: %q, not %q", test.text, got, test.want)
		}
	}
	for text, want := range map[string]int{"\"a\tb\"\t": 1, "!!str \"\t\t\"": 2, "\"\\\"\t\"\t": 1, "\"\\\\\"\t": 0, "\"\\\t\"": 0, "\"a\t": 1} {
		if got := quotedTabs(text); got != want {
			t.Errorf("%q: %d tabs, not %d", text, got, want)
		}
	}
}

// TestYAMLOffsets counts lines and characters as yaml.v3 does.
func TestYAMLOffsets(t *testing.T) {
	for text, want := range map[string][]int{
		"": {0}, "a": {0}, "a\n": {0, 2}, "a\r\nb": {0, 3}, "a\rb": {0, 2}, "\n\r\n": {0, 1, 3}, "a\u0085b": {0, 3}, "a\u2028b\u2029c": {0, 4, 8}, "\u2027": {0}, "\u0086": {0},
	} {
		if got := lineStarts(text); !slices.Equal(got, want) {
			t.Errorf("%q: %d, not %d", text, got, want)
		}
	}
	for _, test := range []struct {
		text               string
		line, column, want int
	}{
		{"ab\ncd", 1, 1, 0}, {"ab\ncd", 2, 2, 4}, {"ab\ncd", 2, 9, 5}, {"ab\ncd", 0, 2, 0}, {"ab\ncd", 3, 2, 0},
		{"üb\nüc", 1, 2, 2}, {"üb\nüc", 2, 1, 4}, {"üb\nüc", 2, 2, 6}, {"üb\nüc", 2, 3, 7}, {"\x7fb", 1, 2, 1}, {"\u0080b", 1, 2, 2},
	} {
		y := newYAMLText(whole(test.text, 0))
		if got := y.offset(&yaml.Node{Line: test.line, Column: test.column}); got != test.want {
			t.Errorf("%q: %d:%d is at %d, not %d", test.text, test.line, test.column, got, test.want)
		}
	}
	for text, want := range map[string]bool{"a\x7f": true, "aü": false, "\u0080": false, "": true} {
		if newYAMLText(whole(text, 0)).isASCII != want {
			t.Errorf("%q is ASCII: %v", text, !want)
		}
	}
	n, _ := parseConfig("é: [ü, \"b\"]\n")
	for i, want := range []int{5, 9} {
		if got := newYAMLText(whole("é: [ü, \"b\"]\n", 0)).offset(n.Content[1].Content[i]); got != want {
			t.Errorf("element %d is at %d, not %d", i, got, want)
		}
	}
}

// TestMergeConfig has what keeps the commands of cloud-config from being known.
func TestMergeConfig(t *testing.T) {
	config := func(header, text string) string { return "Content-Type: text/cloud-config\n" + header + "\n" + text }
	for _, test := range []struct{ text, want string }{
		{"#cloud-config\na: b\n", ""},
		{"#cloud-config\n? [a]\n: b\n", "a key of its cloud-config is not text"},
		{"#cloud-config\n!!str a: b\n", "a key of its cloud-config is not text"},
		{"#cloud-config\n" + placeholder + "x: b\n", "a key of its cloud-config is not known before the deployment"},
		{"#cloud-config\n<<: {a: b}\n", "its cloud-config merges keys"},
		{"#cloud-config\n'<<': {a: b}\n", ""},
		{"#cloud-config\nlaunch-index: 1\n", "it has a launch-index, and so runs on some instances only"},
		{"#cloud-config\ncloud_init_modules: []\n", "it changes which modules of cloud-init run"},
		{"#cloud-config\ncloud_config_modules: []\n", "it changes which modules of cloud-init run"},
		{"#cloud-config\ncloud_final_modules: []\n", "it changes which modules of cloud-init run"},
		{"#cloud-config\nmerge_how: a\nmerge_type: b\n", ""},
		{mime(config("", "a: b\n"), config("", "merge_how: a\n")), "its parts are merged as merge_how says"},
		{mime(config("", "a: b\n"), config("", "merge_type: a\n")), "its parts are merged as merge_type says"},
		{mime(config("", "a: b\n"), config("Merge-Type: a\n", "c: d\n")), "its parts are merged as Merge-Type says"},
		{mime(config("", "a: b\n"), config("X-Merge-Type: a\n", "c: d\n")), "its parts are merged as X-Merge-Type says"},
		{mime(config("Merge-Type: a\n", "a: b\n"), config("", "c: d\n")), ""},
		{mime(config("", "- a\n"), config("Merge-Type: a\n", "c: d\n")), ""},
		{mime(config("", "[a\n"), config("", "launch-index: 1\n")), "its cloud-config is not valid YAML"},
		{mime(config("", "a: b\n"), config("Merge-Type: a\n", "launch-index: 1\n")), "it has a launch-index, and so runs on some instances only"},
	} {
		if got := read(test.text).config.unknown; got != test.want {
			t.Errorf("%q: %q, not %q", test.text, got, test.want)
		}
	}
}

// TestConfigScripts has what keys of cloud-config have cloud-init run.
func TestConfigScripts(t *testing.T) {
	const sh = "#!/bin/sh\n"
	unknown := func(name string) []ran {
		return []ran{{"write-files", name, "", "what " + name + " does is not known"}}
	}
	unknowns := []ran{{"bootcmd", "bootcmd", "", "its cloud-config is not valid YAML"}, {"script", "runcmd", "", "its cloud-config is not valid YAML"}}
	deep := strings.Repeat("[", maxNesting+2) + strings.Repeat("]", maxNesting+2)
	tests := map[string][]ran{
		"runcmd: [a]\nbootcmd: [b]\n":                               {{"bootcmd", "bootcmd", sh + "b\n", ""}, {"script", "runcmd", sh + "a\n", ""}},
		"x: &x [a]\nruncmd: *x\n":                                   {{"script", "runcmd", sh + "a\n", ""}},
		"runcmd: a\nbootcmd: {a: b}\n":                              nil,
		"runcmd: [a, [[b]]]\n":                                      {{"script", "runcmd", "", "an element of a command in its cloud-config is not text"}},
		"packages: [a, [b, 1], \"it's\"]\n":                         {{"write-files", "packages", sh + "yum install -y 'a' 'b' 'it'\\''s'\n", ""}},
		"packages: []\n":                                            nil,
		"packages: [[]]\n":                                          {{"write-files", "packages", sh + "yum install -y ''\n", ""}},
		"mounts: [[a, /b], [c], [d, null], x, [e, /f/../g, xfs]]\n": {{"write-files", "mounts", sh + "mount 'a' '/b'\nmount 'e' '/g'\n", ""}},
		"mounts: [[c], x]\n":                                        nil,
		"output: {all: '|a', init: ['>b', ' >> c'], final: {output: '| d', error: '&1'}}\n": {{"bootcmd", "output", sh + "{ a\n} </dev/null &\necho x >b\necho x >> c\n{ d\n} </dev/null &\n", ""}},
		"output: {'| k': x}\n":                               nil,
		"write_files: [{path: /etc/cron.d/x, content: a}]\n": {{"write-files", "write_files", sh + "mkdir -p '/etc/cron.d'\ncat >'/etc/cron.d/x' <<'EOF'\na\nEOF\n", ""}},
		"output: {all: x}\n":                                 nil,
		"power_state: {condition: test -e /x}\n":             {{"script", "~power_state", sh + "test -e /x\n", ""}},
		"power_state: {condition: true}\n":                   nil,
		"power_state: {mode: reboot}\n":                      nil,
		"power_state: {condition: [a]}\n":                    {{"script", "~power_state", sh + placeholder + "\n", ""}},
		"power_state: [a]\n":                                 nil,
		"power_state: [condition, x]\n":                      nil,
		"fqdn: x\n":                                          nil,
		"ntp: {servers: [a, {b: c}]}\n":                      nil,
		"ntp: {servers: [a, {script: c}]}\n":                 unknown("ntp"),
		"ntp: " + deep[1:len(deep)-1] + "\n":                 nil,
		"ntp: " + deep + "\n":                                unknown("ntp"),
		"x: &x a\nntp: [*x]\n":                               unknown("ntp"),
		"ntp: [cmd]\n":                                       nil,
		"apt: {conf: 'APT::x \"y\";'}\n":                     nil,
		"apt: {conf: 'DPkg::Pre-Install-Pkgs {\"/x\";};'}\n": unknown("apt"),
		"apt: {conf: 'DPkg::Post-Invoke {\"/x\";};'}\n":      unknown("apt"),
		"apt: {text: 'Post-Invoke'}\n":                       nil,
		"users: [{shell: /bin/bash}]\n":                      nil,
		"users: [{homedir: /bin/bash}]\n":                    unknown("users"),
		"users: [{homedir: [/bin/bash]}]\n":                  unknown("users"),
		"users: [{/bin/bash: x}]\n":                          nil,
		"users: [{a: b, homedir: /bin/bash}]\n":              unknown("users"),
		"users: [{a: b, shell: /bin/bash, c: d}]\n":          nil,
		"ntp: {a: b, cmd: x}\n":                              unknown("ntp"),
		"[a\n":                                               unknowns,
	}
	for _, key := range strings.Fields("cmd command commands script config service_name template exec") {
		tests["ntp: {"+key+": x}\n"] = unknown("ntp")
	}
	for _, name := range strings.Fields("ansible autoinstall chef drivers fan landscape lxd mcollective puppet rh_subscription rsyslog salt_minion snap snappy ubuntu_advantage ubuntu_pro vendor_data wireguard") {
		tests[name+": {}\n"] = unknown(name)
	}
	for text, want := range tests {
		if diff := cmp.Diff(want, readScripts("#cloud-config\n"+text), cmp.AllowUnexported(ran{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
		for _, s := range read("#cloud-config\n" + text).scripts {
			if s.everyBoot != (s.stage == stageBootcmd) {
				t.Errorf("%s: %s runs at every boot: %v", text, s.name, s.everyBoot)
			}
		}
	}
	d := read("#cloud-config\nx: y\nruncmd: [[[a]]]\n")
	if at := d.scripts[0].origin(5); at != len("#cloud-config\nx: y\n") {
		t.Errorf("what is not known of runcmd is at %d", at)
	}
	if d := read("#cloud-config\ncoreos: {}\n"); d.reason == "" || len(d.scripts) > 0 {
		t.Errorf("coreos: %q", d.reason)
	}
	if d := read(mime("Content-Type: text/cloud-config\n\ncoreos: {}\n")); d.reason != "" {
		t.Errorf("coreos in a MIME document: %q", d.reason)
	}
}

// TestDecides has paths of files, and of their directories, that decide what a node
// runs.
func TestDecides(t *testing.T) {
	for name, want := range map[string]bool{
		"/etc/cron.d/x": true, "/etc/cron.d": true, "/etc/systemd": true, "/usr/bin/x": true, "/usr/bin": true, "/bin/x": true, "/sbin/x": true, "/usr/sbin/x": true, "/usr/local/bin/x": true, "/usr/local/sbin/x": true,
		"/opt/aws/bin/x": true, "/snap/bin/x": true, "/opt/../etc/cron.d/x": true,
		"/opt/x": false, "/usr": false, "etc/cron.d/x": false, "/etc/cron.d/x y": false, "/etc/cron.d/x\ny": false, "": false,
	} {
		if got := decides(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// TestChangesInit has values of keys that change what cloud-init does by default.
func TestChangesInit(t *testing.T) {
	for config, want := range map[string]string{
		"system_info: {paths: {cloud_dir: /opt/x}}": "it changes where cloud-init keeps its scripts, or how it runs them",
		"system_info: {distro: x}":                  "it changes where cloud-init keeps its scripts, or how it runs them",
		"system_info: {default_user: {name: x}}":    "",
		"fqdn: {paths: x, distro: x}":               "",
		"launch-index: 1":                           "it has a launch-index, and so runs on some instances only",
		"cloud_config_modules: [x]":                 "it changes which modules of cloud-init run",
		"cloud_final_modules: [scripts-user]":       "",
		"cloud_final_modules: [x]":                  "it changes which modules of cloud-init run",
	} {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(config), &n); err != nil {
			t.Fatal(err)
		}
		pair := n.Content[0].Content
		if got := changesInit(pair[0].Value, pair[1]); got != want {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
