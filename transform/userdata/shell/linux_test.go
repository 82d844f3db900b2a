package shell_test

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestSystems has what ends a script on some systems and not on others: "-" where the
// command after it does not run, "?" where both cases are judged, and "!" where it runs.
func TestSystems(t *testing.T) {
	systems := [...]shell.System{shell.AnyLinux, shell.AmazonLinux, shell.AmazonLinux2, shell.Ubuntu}
	for script, want := range map[string]string{
		"set -e; : >/etc/docker/x":             "??!?",
		"set -e; : >/etc/kubernetes/kubelet/x": "??!?",
		"set -e; : >/etc/cron.d/x":             "??!!",
		"set -e; : >/etc/sysconfig/x":          "!!!?",
		"set -e; : >/etc/yum.repos.d/x":        "!!!?",
		"set -e; : >/etc/iptables/x":           "!??!",
		"set -e; : >/home/ec2-user/x":          "?!!?",
		"set -e; : >/home/ubuntu/x":            "???!",
		"set -e; : >/etc/default/x":            "!!!!",
		"set -o pipefail":                      "!!!!",
		"#!/bin/sh\nset -o pipefail":           "?!!-",
		"#!/bin/sh\nset -E; shopt -s nullglob": "-!!-",
		"#!/bin/sh\ndeclare x":                 "-!!-",
		"#!/bin/sh\nlocal x":                   "?!!-",
		"#!/bin/sh\nshift":                     "?!!-",
		"#!/bin/sh\nx=ab; y=${x:1}":            "?!!-",
		"#!/bin/sh\n[ a == a ] || exit":        "-!!-",
		"#!/bin/sh\nx={a,b}; [ $x ] || exit":   "!!!!",
		"#!/bin/sh\na=(b)":                     "?!!-",
		"#!/bin/sh\n{ :; } > >(:)":             "???-",
		"#!/bin/sh\nf-g() { :; }":              "----",
		"sh -c 'set -o pipefail; exit 1' || :": "?!!!",
	} {
		got := ""
		for _, system := range systems {
			got += onSystem(system, script)
		}
		if got != want {
			t.Errorf("%s: %s, not %s", script, got, want)
		}
	}
}

// onSystem says whether what comes after a script runs on a system.
func onSystem(system shell.System, script string) string {
	if !strings.HasPrefix(script, "#!") {
		script = "#!/bin/bash\n" + script
	}
	last := shell.Never
	m := shell.Machine{System: system, Run: func(s *shell.Step) string {
		last = s.Runs
		return shell.Unknown
	}}
	m.Shell(script+"\nlast || :\n", func(at int) int { return at })
	switch {
	case last != shell.Certainly:
		return "-"
	case m.MayEnd > 0:
		return "?"
	}
	return "!"
}
