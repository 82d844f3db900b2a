package main

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// release is the version that "make dist" gives to the linker, "" in all other
// builds.
var release string

// version returns what the build recorded, in one line: the version, the commit
// with its date and whether files differed from it, and Go's version and target.
func version() string {
	info, _ := debug.ReadBuildInfo()
	return describeBuild(release, info)
}

func describeBuild(release string, info *debug.BuildInfo) string {
	target := runtime.GOOS + "/" + runtime.GOARCH
	if info == nil {
		return "of an unknown version (" + runtime.Version() + " " + target + ")"
	}
	version := info.Main.Version
	if release != "" {
		version = release
	}
	if version == "" || version == "(devel)" {
		version = "development version"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	var details []string
	if commit := settings["vcs.revision"]; commit != "" {
		detail := "commit " + commit[:min(len(commit), 12)]
		if date, _, ok := strings.Cut(settings["vcs.time"], "T"); ok {
			detail += " of " + date
		}
		details = append(details, detail)
	}
	if settings["vcs.modified"] == "true" {
		details = append(details, "modified")
	}
	details = append(details, info.GoVersion+" "+target)
	return version + " (" + strings.Join(details, ", ") + ")"
}
