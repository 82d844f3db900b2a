package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// nfpm packs for Debian and for Red Hat.
// https://nfpm.goreleaser.com/docs/configuration/
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2"

// isVersion matches the versions that package managers can order.
var isVersion = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?)$`)

// number returns a version without its v.
func (r release) number() (string, error) {
	m := isVersion.FindStringSubmatch(r.version)
	if m == nil {
		return "", fmt.Errorf("%s is no version for packages: must be such as v1.2.3", r.version)
	}
	return m[1], nil
}

// installed returns where the files of an archive go on Linux.
func installed() map[string]string {
	const documents = "/usr/share/doc/imdslock/"
	return map[string]string{
		"imdslock":                 "/usr/bin/imdslock",
		"imdslock.1":               "/usr/share/man/man1/imdslock.1.gz",
		"completion/_imdslock":     "/usr/share/zsh/vendor-completions/_imdslock",
		"completion/imdslock.bash": "/usr/share/bash-completion/completions/imdslock",
		"completion/imdslock.fish": "/usr/share/fish/vendor_completions.d/imdslock.fish",
		"LICENSE":                  documents + "copyright",
		"README.md":                documents + "README.md",
		"THIRD_PARTY_LICENSES":     documents + "THIRD_PARTY_LICENSES",
	}
}

// addPackages adds a deb and an rpm with the files of a Linux archive.
func (r release) addPackages(files map[string][]byte, folder string, contents []file, t target) error {
	number, err := r.number()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "imdslock-package")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	config, err := r.nfpmConfig(dir, number, folder, contents, t)
	if err != nil {
		return err
	}
	for _, packager := range []string{"deb", "rpm"} {
		name := folder + "." + packager
		if files[name], err = r.pack(dir, config, packager); err != nil {
			return err
		}
	}
	return nil
}

// nfpmConfig writes the files of a package, and the description of it for nfpm,
// and returns the name of the latter.
func (r release) nfpmConfig(dir, number, folder string, contents []file, t target) (string, error) {
	var packed []map[string]any
	for i, f := range contents {
		name := strings.TrimPrefix(f.name, folder+"/")
		destination, ok := installed()[name]
		if !ok {
			return "", fmt.Errorf("%s has no place in a package", name)
		}
		content := f.content
		if strings.HasSuffix(destination, ".gz") {
			content = gzipped(content)
		}
		source := filepath.Join(dir, strconv.Itoa(i))
		if err := errors.Join(os.WriteFile(source, content, f.mode), os.Chtimes(source, r.time, r.time)); err != nil {
			return "", err
		}
		packed = append(packed, map[string]any{
			"src": source, "dst": destination,
			"file_info": map[string]any{"mode": int(f.mode), "owner": "root", "group": "root", "mtime": r.time.Format(time.RFC3339)},
		})
	}
	text, err := yaml.Marshal(map[string]any{
		"name": "imdslock", "arch": t.arch, "platform": t.os, "version": number, "section": "admin", "priority": "optional",
		"maintainer": "The imdslock authors", "license": "MIT-0", "mtime": r.time.Format(time.RFC3339),
		"description": "keeps pods off the EC2 instance metadata service\nLocks CloudFormation templates of Amazon EKS nodes, and says what is not locked.",
		"contents":    packed,
		"rpm":         map[string]any{"buildhost": "localhost"}, // not the name of this machine
	})
	if err != nil {
		return "", err
	}
	config := filepath.Join(dir, "nfpm.yaml")
	return config, os.WriteFile(config, text, 0o666)
}

// pack runs nfpm.
func (r release) pack(dir, config, packager string) ([]byte, error) {
	out := filepath.Join(dir, "out."+packager)
	if _, err := r.runTool(nfpm, nil, "package", "--config", config, "--packager", packager, "--target", out); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // which is a level
	w.Write(content)                                      // into memory
	w.Close()
	return b.Bytes()
}
