package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A program is a program to build.
type program struct{ pkg, tags, ldflags string }

// command returns the command. It does not use what the tag leaves out; see the
// Makefile.
func (r release) command() program {
	return program{"./cmd/imdslock", "urfave_cli_no_docs", "-s -w -X main.release=" + r.version}
}

// build returns the binary of a program for a target.
func (r release) build(p program, t target) ([]byte, error) {
	dir, err := os.MkdirTemp("", "imdslock-dist")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "binary")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=auto", "-tags="+p.tags, "-ldflags="+p.ldflags, "-o", binary, p.pkg)
	cmd.Dir = r.root
	if cmd.Env, err = r.environment(t); err != nil {
		return nil, err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building %s for %s/%s: %w\n%s", p.pkg, t.os, t.arch, err, bytes.TrimSpace(out))
	}
	return os.ReadFile(binary)
}

// environment returns the environment of a build. Of this process's environment, and
// of what go env -w has set, it has only what says where things are and where modules
// come from: a flag or an experiment would be in the binary. The Go that builds is the
// one that runs this.
func (r release) environment(t target) ([]string, error) {
	settings := []string{"GOAUTH", "GOCACHE", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOTMPDIR", "GOVCS"}
	cmd := exec.Command("go", append([]string{"env", "-json"}, settings...)...)
	cmd.Dir = r.root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	var values map[string]string
	if err := json.Unmarshal(out, &values); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	env := []string{
		"GOOS=" + t.os, "GOARCH=" + t.arch, "GOAMD64=v1", "GOARM64=v8.0", "CGO_ENABLED=0",
		"GOENV=off", "GOFIPS140=off", "GOTOOLCHAIN=local", "GOWORK=off",
	}
	for _, name := range settings {
		env = append(env, name+"="+values[name])
	}
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "NETRC",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
		"APPDATA", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", // of Windows
	} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env, nil
}

// A file is a file in an archive.
type file struct {
	name    string
	content []byte
	mode    os.FileMode
}

// contents returns the files of an archive, below a folder of its name, always in the
// same order.
func (r release) contents(folder string, binary []byte, modules []module, t target) ([]file, error) {
	executable := "imdslock"
	if t.os == "windows" {
		executable += ".exe"
	}
	var all []file
	for _, f := range []struct{ name, source string }{
		{"LICENSE", "LICENSE"},
		{"README.md", "README.md"},
		{"completion/_imdslock", "cmd/imdslock/completion/imdslock.zsh"},
		{"completion/imdslock.bash", "cmd/imdslock/completion/imdslock.bash"},
		{"completion/imdslock.fish", "cmd/imdslock/completion/imdslock.fish"},
	} {
		content, err := os.ReadFile(filepath.Join(r.root, f.source))
		if err != nil {
			return nil, err
		}
		all = append(all, file{folder + "/" + f.name, content, 0o644})
	}
	man, err := os.ReadFile(filepath.Join(r.root, "docs/imdslock.1"))
	if err != nil {
		return nil, err
	}
	return append(all,
		file{folder + "/" + executable, binary, 0o755},
		file{folder + "/imdslock.1", man, 0o644},
		file{folder + "/THIRD_PARTY_LICENSES", thirdParty(modules), 0o644}), nil
}
