package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
)

// ignored returns what git ignores in a folder of a work tree, as paths relative to
// it with slashes; one that ends in a slash is a folder with all that is in it. If
// the folder itself is ignored, nothing in it is: whoever named it meant it.
// Outside a work tree, or without git, nothing is ignored.
func ignored(dir string) map[string]bool {
	// Nothing from a repository's own configuration may run.
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
