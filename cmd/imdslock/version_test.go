package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	target := "go1.26.0 " + runtime.GOOS + "/" + runtime.GOARCH
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{
			{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "77bc0301a2b377bc0301a2b377bc0301a2b377bc"},
			{Key: "vcs.time", Value: "2026-11-23T14:57:42Z"}, {Key: "vcs.modified", Value: modified},
		}
	}
	for name, test := range map[string]struct {
		release, module string
		settings        []debug.BuildSetting
		want            string
	}{
		"go build without a checkout": {"", "(devel)", nil, "development version (" + target + ")"},
		"go install of a version":     {"", "v1.2.3", nil, "v1.2.3 (" + target + ")"},
		"go build in a checkout": {"", "v0.0.0-20261123145742-77bc0301a2b3+dirty", vcs("true"),
			"v0.0.0-20261123145742-77bc0301a2b3+dirty (commit 77bc0301a2b3 of 2026-11-23, modified, " + target + ")"},
		"make dist": {"v1.2.3", "(devel)", vcs("false"), "v1.2.3 (commit 77bc0301a2b3 of 2026-11-23, " + target + ")"},
	} {
		info := &debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: test.module}, Settings: test.settings}
		if got := describeBuild(test.release, info); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if got := describeBuild("", nil); got == "" {
		t.Error("nothing without build info")
	}
}
