package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
)

// ignored returns what git ignores in a folder of a work tree, as paths relative to
// it with slashes; one that ends in a slash is a folder with all in it. A folder
// that is ignored itself is meant as a whole, if it is named. Outside of a work
// tree, or without git, nothing is ignored.
func ignored(dir string) map[string]bool {
	// Nothing of a repository's own configuration is to run.
	cmd := exec.Command("git", "-C", dir, "-c", "core.fsmonitor=false",
		"ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
	// A hook of git is given the repository that it is of, not that of the folder.
	isOfHook := func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}, name)
	}
	cmd.Env = append(slices.DeleteFunc(os.Environ(), isOfHook), "GIT_OPTIONAL_LOCKS=0")
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	paths := map[string]bool{}
	for path := range strings.SplitSeq(string(out), "\x00") {
		if path == "./" {
			return nil
		}
		paths[path] = path != ""
	}
	return paths
}
