package userdata

import "strings"

// agents configure a node, or run commands on it, as a server or a repository tells them.
// The names of their programs, packages, services and modules of cloud-init begin with
// these.
var agents = [...]string{
	"puppet", "pe-puppet", "pxp-agent", "mcollective", "salt", "venv-salt", "chef", "cinc", "cfengine", "cf-agent", "cf-execd", "rudder-agent", "landscape",
	"codedeploy-agent", "octopus", "tentacle", "gitlab-runner", "buildkite-agent", "jenkins", "teamcity", "nomad", "rundeck",
	"illumio", "calico-felix", "ds_agent", "guardicore", // which have rules for packets
}

// isAgent reports whether a program, a package, a service or a module is, or belongs to,
// one of the agents.
func isAgent(name string) bool {
	for _, agent := range agents {
		if rest, ok := strings.CutPrefix(name, agent); ok && (rest == "" || strings.ContainsAny(rest[:1], "-_.@0123456789")) {
			return true
		}
	}
	return false
}
