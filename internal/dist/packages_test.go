package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/needs"
)

// packed makes the packages of a program that says hello.
func packed(t *testing.T) map[string][]byte {
	t.Helper()
	r := release{root: "../..", version: "v1.2.3", time: time.Unix(1000000000, 0).UTC()}
	linux := target{"linux", "amd64"}
	contents, err := r.contents(r.folder(linux), []byte("#!/bin/sh\necho hello\n"), nil, linux)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	if err := r.addPackages(files, r.folder(linux), contents, linux); err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPackages packs twice and expects the same bytes, a package that is Red Hat's, and
// one that installs as Debian does it.
func TestPackages(t *testing.T) {
	if _, err := exec.LookPath("nfpm"); err != nil && !needs.Required("nfpm") {
		needs.Missing(t, "nfpm", "building it takes a minute: go install "+nfpm)
	}
	first := packed(t)
	time.Sleep(1100 * time.Millisecond) // times in packages are in seconds
	for name, content := range packed(t) {
		if !bytes.Equal(content, first[name]) {
			t.Errorf("%s differs", name)
		}
	}
	if lead := first["imdslock_v1.2.3_linux_amd64.rpm"]; !bytes.HasPrefix(lead, []byte("\xed\xab\xee\xdb\x03\x00")) || !bytes.HasPrefix(lead[10:], []byte("imdslock-1.2.3")) {
		t.Errorf("the rpm begins with %q", lead[:min(len(lead), 80)])
	}
	dpkg, err := exec.LookPath("dpkg-deb")
	if err != nil {
		needs.Missing(t, "dpkg", err.Error())
	}
	deb := filepath.Join(t.TempDir(), "imdslock.deb")
	if err := os.WriteFile(deb, first["imdslock_v1.2.3_linux_amd64.deb"], 0o666); err != nil {
		t.Fatal(err)
	}
	checkDescription(t, dpkg, deb)
	checkInstalled(t, dpkg, deb)
}

// checkDescription expects a package to say what it is, and which files it installs.
func checkDescription(t *testing.T, dpkg, deb string) {
	t.Helper()
	for _, test := range []struct{ option, want string }{
		{"--info", "(?m)^ Package: imdslock$"}, {"--info", "(?m)^ Version: 1.2.3$"}, {"--info", "(?m)^ Architecture: amd64$"},
		{"--contents", `(?m)^-rwxr-xr-x root/root +21 2001-09-09 .* \./usr/bin/imdslock$`},
		{"--contents", `(?m)^-rw-r--r-- root/root .* \./usr/share/doc/imdslock/THIRD_PARTY_LICENSES$`},
	} {
		cmd := exec.Command(dpkg, test.option, deb)
		cmd.Env = append(os.Environ(), "TZ=UTC")
		out, err := cmd.CombinedOutput()
		if err != nil || !regexp.MustCompile(test.want).Match(out) {
			t.Errorf("no %s, %v:\n%s", test.want, err, out)
		}
	}
}

// checkInstalled installs a package in a folder, and expects a command that runs, and
// the completion for bash.
func checkInstalled(t *testing.T, dpkg, deb string) {
	t.Helper()
	root := t.TempDir()
	if out, err := exec.Command(dpkg, "--extract", deb, root).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(filepath.Join(root, "usr/bin/imdslock")).Output(); err != nil || string(out) != "hello\n" {
		t.Errorf("%q, %v", out, err)
	}
	completion, err := os.ReadFile(filepath.Join(root, "usr/share/bash-completion/completions/imdslock"))
	if want, _ := os.ReadFile("../../cmd/imdslock/completion/imdslock.bash"); err != nil || !bytes.Equal(completion, want) {
		t.Errorf("another file is installed for bash: %v\n%.100s", err, completion)
	}
}

// TestPackageVersion expects versions that no system of packages can order to be
// refused.
func TestPackageVersion(t *testing.T) {
	for version, want := range map[string]string{"v1.2.3": "1.2.3", "1.2.3-rc.1": "1.2.3-rc.1", "devel": "", "abc1234-dirty": "", "v1.2": ""} {
		if got, err := (release{version: version}).number(); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", version, got, err)
		}
	}
}

// TestTaps expects the formula and the manifest to name every archive with its
// checksum.
func TestTaps(t *testing.T) {
	r := release{version: "v1.2.3"}
	files := map[string][]byte{}
	for _, p := range targets() {
		files[r.folder(p)+archiveEnd(p)] = []byte(p.os + p.arch)
	}
	if err := r.addTaps(files, "https://example.com/v1.2.3/", targets()); err != nil {
		t.Fatal(err)
	}
	var manifest scoopManifest
	if err := json.Unmarshal(files["imdslock.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Architecture) != 2 || manifest.Version != "1.2.3" {
		t.Errorf("%+v", manifest)
	}
	for _, p := range targets() {
		name := r.folder(p) + archiveEnd(p)
		sum := fmt.Sprintf("%x", sha256.Sum256(files[name]))
		in, want := "imdslock.rb", "url \"https://example.com/v1.2.3/"+name+"\"\n      sha256 \""+sum+"\"\n"
		if p.os == "windows" {
			in, want = "imdslock.json", `"url": "https://example.com/v1.2.3/`+name+`",`+"\n"+`            "hash": "`+sum+`"`
		}
		if strings.Count(string(files[in]), want) != 1 {
			t.Errorf("%s has no %s:\n%s", in, want, files[in])
		}
	}
	ruby, err := exec.LookPath("ruby")
	if err != nil {
		return // only its syntax would be read
	}
	cmd := exec.Command(ruby, "-c")
	cmd.Stdin = bytes.NewReader(files["imdslock.rb"])
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
