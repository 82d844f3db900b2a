package main

import "strings"

// ko builds images without a daemon. It is configured in .ko.yaml.
// https://ko.build/configuration/
const ko = "github.com/google/ko@v0.19.1"

// nobody is the user that the command runs as in an image: the one of the bases
// that have nothing else in them.
const nobody = "65532"

// image builds an image for the platforms, pushes it to a repository, and returns
// its reference by digest. The base replaces that of .ko.yaml unless it is "".
func (r release) image(repository, base string, platforms ...string) (string, error) {
	env := []string{"KO_DOCKER_REPO=" + repository, "IMDSLOCK_VERSION=" + r.version}
	if base != "" {
		env = append(env, "KO_DEFAULTBASEIMAGE="+base)
	}
	out, err := r.runTool(ko, env, "build", "--bare", "--sbom=none", "--image-user="+nobody,
		"--platform="+strings.Join(platforms, ","), "--tags="+r.version, "./cmd/imdslock")
	return strings.TrimSpace(string(out)), err
}
