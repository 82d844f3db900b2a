package userdata

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// namesFile reports whether the value of a key of cloud-config, for a module that is
// not followed here, names a file that decides what a node runs: modules write what
// they are told to random_seed's file, apt's filename, locale_configfile, yum_repo_dir
// and others. A configuration for apt may have commands in it. There are no aliases in
// the value, nor is it nested too deep: runsSomething has seen to that.
func namesFile(n *yaml.Node, key string) bool {
	if n.Kind == yaml.ScalarNode {
		if key == "conf" && (strings.Contains(n.Value, "Invoke") || strings.Contains(n.Value, "Pre-Install")) {
			return true
		}
		return key != "shell" && decides(n.Value)
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			key = n.Content[i-1].Value
		}
		if namesFile(child, key) {
			return true
		}
	}
	return false
}

// decides reports whether a text is the path of a file that a node reads or runs by
// itself, or of a directory of such files.
func decides(name string) bool {
	if !strings.HasPrefix(name, "/") || strings.ContainsAny(name, " \n") {
		return false
	}
	name = path.Clean(name)
	return shell.ReadAtBoot(name) || shell.ReadAtBoot(name+"/") || slices.Contains(systemDirs[:], path.Dir(name)) || slices.Contains(systemDirs[:], name)
}
