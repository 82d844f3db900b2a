package userdata

import (
	"strings"
	"testing"
)

// TestConfigPlaces puts a command into runcmd and bootcmd in each of the ways in
// which they may be written. B and E are the lines around it.
func TestConfigPlaces(t *testing.T) {
	const head = "#cloud-config\n"
	short := strings.NewReplacer(Begin, "B", End, "E")
	const newBoot = head + "bootcmd:\n  B\n  - a\n  E\n"
	for _, test := range []struct{ text, runcmd, bootcmd string }{
		{head, head + "runcmd:\n  B\n  - a\n  E\n", newBoot},
		{"#cloud-config", "#cloud-config\nruncmd:\n  B\n  - a\n  E", "#cloud-config\nbootcmd:\n  B\n  - a\n  E"},
		{"## template: jinja\n#cloud-config\n# y\n\n---\nz: 1\n", "## template: jinja\n#cloud-config\n# y\n\n---\nruncmd:\n  B\n  - a\n  E\nz: 1\n", "## template: jinja\n#cloud-config\n# y\n\n---\nbootcmd:\n  B\n  - a\n  E\nz: 1\n"},
		{head + "%YAML 1.1\n---\nz: 1\n", head + "%YAML 1.1\n---\nruncmd:\n  B\n  - a\n  E\nz: 1\n", head + "%YAML 1.1\n---\nbootcmd:\n  B\n  - a\n  E\nz: 1\n"},
		{head + "# y\nz: 1\n", head + "runcmd:\n  B\n  - a\n  E\n# y\nz: 1\n", newBoot + "# y\nz: 1\n"},
		{head + "  z: 1\n", head + "  runcmd:\n    B\n    - a\n    E\n  z: 1\n", head + "  bootcmd:\n    B\n    - a\n    E\n  z: 1\n"},
		{head + "z: 1\r\n", head + "runcmd:\n  B\n  - a\n  E\nz: 1\r\n", newBoot + "z: 1\r\n"},
		{"#cloud-config\r\nz: 1\r\n", "#cloud-config\r\nruncmd:\r\n  B\r\n  - a\r\n  E\r\nz: 1\r\n", "#cloud-config\r\nbootcmd:\r\n  B\r\n  - a\r\n  E\r\nz: 1\r\n"},
		{head + "runcmd:\n- b\n", head + "runcmd:\nB\n- a\nE\n- b\n", newBoot + "runcmd:\n- b\n"},
		{head + "runcmd: # x\n   - b\nz: 1\n", head + "runcmd: # x\n   B\n   - a\n   E\n   - b\nz: 1\n", newBoot + "runcmd: # x\n   - b\nz: 1\n"},
		{head + "runcmd: [b, c]\nz: 1\n", head + "runcmd: [\n  B\n  \"a\",\n  E\n  b, c]\nz: 1\n", newBoot + "runcmd: [b, c]\nz: 1\n"},
		{head + "runcmd: [ # x\n  b]\n", head + "runcmd: [\n  B\n  \"a\",\n  E\n  # x\n  b]\n", newBoot + "runcmd: [ # x\n  b]\n"},
		{head + "runcmd: [\n  b]\n", head + "runcmd: [\n  B\n  \"a\",\n  E\n  b]\n", newBoot + "runcmd: [\n  b]\n"},
		{head + "ü: 1\n\"runcmd\": [b]", head + "ü: 1\n\"runcmd\": [\n  B\n  \"a\",\n  E\n  b]", newBoot + "ü: 1\n\"runcmd\": [b]"},
		{head + "runcmd:\nz: 1\n", head + "runcmd:\n  B\n  - a\n  E\nz: 1\n", newBoot + "runcmd:\nz: 1\n"},
		{head + "runcmd:", head + "runcmd:\n  B\n  - a\n  E", newBoot + "runcmd:"},
		{head + "z: 1\nruncmd:", head + "z: 1\nruncmd:\n  B\n  - a\n  E", newBoot + "z: 1\nruncmd:"},
		{head + "z: 1\nruncmd:\n", head + "z: 1\nruncmd:\n  B\n  - a\n  E\n", newBoot + "z: 1\nruncmd:\n"},
		{head + "runcmd:\n- b", head + "runcmd:\nB\n- a\nE\n- b", newBoot + "runcmd:\n- b"},
		{head + "runcmd: null \nz: 1\n", head + "runcmd:\n  B\n  - a\n  E\nz: 1\n", newBoot + "runcmd: null \nz: 1\n"},
		{head + "runcmd: ~", head + "runcmd:\n  B\n  - a\n  E\n", newBoot + "runcmd: ~"},
		{head + "runcmd: [b]\nruncmd: [c]\n", head + "runcmd: [b]\nruncmd: [\n  B\n  \"a\",\n  E\n  c]\n", newBoot + "runcmd: [b]\nruncmd: [c]\n"},
		{head + "bootcmd: [b]\n", head + "runcmd:\n  B\n  - a\n  E\nbootcmd: [b]\n", head + "bootcmd: [\n  B\n  \"a\",\n  E\n  b]\n"},

		{head + "runcmd: null # x\n", "its runcmd is not a list that can be added to", newBoot + "runcmd: null # x\n"},
		{head + "runcmd:\n  null\n", "its runcmd is not a list that can be added to", newBoot + "runcmd:\n  null\n"},
		{head + "runcmd: ''\n", "its runcmd is not a list that can be added to", newBoot + "runcmd: ''\n"},
		{head + "runcmd:\n  [b]\n", "its runcmd is not a list that can be added to", newBoot + "runcmd:\n  [b]\n"},
		{head + "runcmd: b\n", "its runcmd is not a list that can be added to", newBoot + "runcmd: b\n"},
		{head + "runcmd: &x\n- b\n", "its runcmd is not a list that can be added to", newBoot + "runcmd: &x\n- b\n"},
		{head + "runcmd: b\nbootcmd: c\n", "its runcmd is not a list that can be added to", ""},
		{head + "{z: 1}\n", "it is a flow mapping or JSON", ""},
		{head + "[z\n", "its cloud-config is not valid YAML", ""},
		{"## template: jinja\n#cloud-config\nx: {{ v1.region }}\n", "## template: jinja\n#cloud-config\nruncmd:\n  B\n  - a\n  E\nx: {{ v1.region }}\n", "## template: jinja\n#cloud-config\nbootcmd:\n  B\n  - a\n  E\nx: {{ v1.region }}\n"},
		{"## template: jinja\n#cloud-config\nruncmd: [ls {{ v1.region }}]\n", "its cloud-config is not valid YAML", ""},
		{head + "launch-index: 1\n", "it has a launch-index, and so runs on some instances only", ""},
	} {
		d := read(test.text)
		places, reason := d.configPlaces(d.parts[0], false)
		var got []string
		if reason != "" {
			got = append(got, reason)
		}
		for _, p := range places {
			got = append(got, short.Replace(Apply(test.text, p.changes([]string{"a"}))))
		}
		got = append(got, "")[:max(2, len(got))]
		if want := []string{test.runcmd, test.bootcmd}; strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: %q, not %q", test.text, got, want)
		}
	}
	d := read(head + "runcmd: [b]\nbootcmd: [c]\n")
	places, _ := d.configPlaces(d.parts[0], true)
	if len(places) != 1 || short.Replace(Apply(d.text, places[0].changes([]string{"a"}))) != head+"runcmd: [b]\nbootcmd: [\n  B\n  \"a\",\n  E\n  c]\n" {
		t.Errorf("strict: %d places", len(places))
	}
}
