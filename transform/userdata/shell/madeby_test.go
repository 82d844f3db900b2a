package shell

import (
	"strings"
	"testing"
)

// TestEdits has commands that change /etc/containerd/config.toml, and of which of them its text is made, if
// of nothing else.
func TestEdits(t *testing.T) {
	for script, want := range map[string]string{
		"sed -i /x/d /etc/containerd/config.toml":                                                                              "sed -i /x/d /etc/containerd/config.toml",
		"sed -i /x/d /etc/containerd/config.toml; sed -i s/a/b/ /etc/containerd/config.toml":                                   "sed -i /x/d /etc/containerd/config.toml|sed -i s/a/b/ /etc/containerd/config.toml",
		"jq . /etc/containerd/config.toml > /etc/containerd/config.toml":                                                       "jq . /etc/containerd/config.toml",
		"echo \"$(jq . /etc/containerd/config.toml)\" > /etc/containerd/config.toml":                                           "jq . /etc/containerd/config.toml",
		"x=$(jq . /etc/containerd/config.toml); printf %s \"$x\" | tee /etc/containerd/config.toml":                            "jq . /etc/containerd/config.toml",
		"jq . /etc/containerd/config.toml | cat > /tmp/x; true; mv /tmp/x /etc/containerd/config.toml":                         "jq . /etc/containerd/config.toml",
		"jq . /etc/containerd/config.toml > /tmp/x; id; cp /tmp/x /etc/containerd/config.toml":                                 "jq . /etc/containerd/config.toml",
		"touch /etc/containerd/config.toml; sed -i /x/d /etc/containerd/config.toml":                                           "sed -i /x/d /etc/containerd/config.toml",
		"jq . /etc/containerd/config.toml; curl -o /etc/containerd/config.toml x":                                              "",
		"curl -o /etc/containerd/config.toml x; sed -i /x/d /etc/containerd/config.toml":                                       "",
		"curl x > /etc/containerd/config.toml; echo \"$(jq . /etc/containerd/config.toml)\" > /etc/containerd/config.toml":     "",
		"sed -i /x/d /etc/containerd/config.toml; curl x > /etc/containerd/config.toml":                                        "",
		"curl x > /tmp/x; jq . /etc/containerd/config.toml; mv /tmp/x /etc/containerd/config.toml":                             "",
		"jq . /etc/containerd/config.toml; cp /opt/x /etc/containerd/config.toml":                                              "",
		"jq . /etc/containerd/config.toml; cat /opt/x > /etc/containerd/config.toml":                                           "",
		"jq -s '.[0] * .[1]' /etc/containerd/config.toml /opt/x > /etc/containerd/config.toml":                                 "",
		"sed -i $X /etc/containerd/config.toml":                                                                                "",
		"sed -i 1e/opt/x /etc/containerd/config.toml":                                                                          "",
		"curl x > /etc/containerd/config.toml; echo x > /etc/containerd/config.toml; sed -i /x/d /etc/containerd/config.toml":  "sed -i /x/d /etc/containerd/config.toml",
		"sed -i /x/d /etc/containerd/config.toml; echo x > /etc/containerd/config.toml; cat y >> /etc/containerd/config.toml ": "",
	} {
		m := Machine{Run: func(*Step) string { return Unknown }}
		m.Shell("#!/bin/bash\n"+script+"\n", func(at int) int { return at })
		f := m.Files.Get("/etc/containerd/config.toml")
		if f == nil {
			t.Errorf("%s: there is no file", script)
		} else if got := strings.ReplaceAll(strings.TrimSuffix(f.Edits, "\n"), "\n", "|"); got != want {
			t.Errorf("%s: %q, not %q", script, got, want)
		}
	}
}
