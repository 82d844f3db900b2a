package userdata

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// Whoever reaches the API of docker's daemon can start a container on the node's network.
// The daemon listens where its option -H says, hosts in daemon.json, or a unit for its
// socket ("dockerd" in Docker's documentation, man 5 systemd.socket).
var (
	hostsOfDocker   = pattern(`hosts["']?\s*(?::|\+?=)\s*\[([^\]]*)`)
	hostOfDocker    = pattern(`(?:^|[\s"'=#])(?:-H\s*=?\s*|--host(?:\s+|=))["']?([^\s"',]+)`)
	listensOfDocker = pattern(`(?m)^\s*Listen\w+\s*=\s*(\S+)`)
)

// opensDocker reports whether settings of docker's daemon have it listen at an address
// that pods reach.
func opensDocker(text string) bool {
	for _, m := range hostsOfDocker().FindAllStringSubmatch(text, -1) {
		if slices.ContainsFunc(strings.Split(m[1], ","), isRemote) {
			return true
		}
	}
	isOpen := func(m []string) bool { return isRemote(m[1]) }
	return slices.ContainsFunc(hostOfDocker().FindAllStringSubmatch(text, -1), isOpen) ||
		slices.ContainsFunc(listensOfDocker().FindAllStringSubmatch(text, -1), isOpen)
}

// isRemote reports whether docker listens to others than the node at an address. One
// without a scheme is for TCP.
func isRemote(host string) bool {
	host = strings.TrimPrefix(strings.Trim(host, " \t\n\"'\\"), "tcp://")
	for _, local := range [...]string{"unix://", "fd://", "/", "%t", "127.0.0.1", "localhost", "[::1]"} {
		if strings.HasPrefix(host, local) {
			return false
		}
	}
	return host != ""
}

// isDockers reports whether docker's daemon gets its settings from a file, or its unit does.
func isDockers(file string) bool {
	if isUnitFile(file) {
		return strings.Contains(file, "/docker.service") || strings.Contains(file, "/docker.socket")
	}
	return strings.HasPrefix(file, "/etc/docker/") || strings.HasPrefix(file, "/etc/sysconfig/docker") || strings.HasPrefix(file, "/etc/default/docker")
}

// givesDocker reports whether a command gives docker's daemon settings by its words.
func givesDocker(name string, words []shell.Word) bool {
	return slices.Contains([]string{"bootstrap.sh", "export", "sed", "jq"}, name) && mentionsAny(words, "docker", "DOCKER")
}

const dockerListens = "docker may listen to pods here, which can start containers on the node's network by it"
