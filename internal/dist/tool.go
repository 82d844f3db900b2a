package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// runTool runs a program of another module, at a version, and returns what it
// prints to stdout. It is run and not linked, since it consists of many modules that a
// build of the command does not need. A program that is on the path already is used as
// it is.
func (r release) runTool(tool string, env []string, args ...string) ([]byte, error) {
	pkg, _, _ := strings.Cut(tool, "@")
	name := path.Base(pkg)
	cmd := exec.Command("go", append([]string{"run", tool}, args...)...)
	if program, err := exec.LookPath(name); err == nil {
		cmd = exec.Command(program, args...)
	}
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(r.time.Unix(), 10), "GOFLAGS=", "GOWORK=off")
	cmd.Env = append(cmd.Env, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}
