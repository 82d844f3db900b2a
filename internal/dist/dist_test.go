package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/CycloneDX/cyclonedx-go"

	"github.com/imdslock/imdslock/internal/needs"
)

// checkout copies the files of the project to a new folder and commits them
// there, always as the same commit.
func checkout(t *testing.T) string {
	t.Helper()
	list, err := exec.Command("git", "-C", "../..", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		needs.Missing(t, "git", "the files of the project are listed by git")
	}
	dir := t.TempDir()
	for _, name := range strings.Split(strings.TrimRight(string(list), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "all"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		const date = "2026-01-02T03:04:05Z"
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date,
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

// built makes a release for this machine in a checkout of its own and returns
// its files.
func built(t *testing.T) map[string][]byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "dist")
	r, err := newRelease(checkout(t), "v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.write(out, []target{{runtime.GOOS, runtime.GOARCH}}); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(out, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestRelease builds twice, in two folders, at two times and in two environments,
// expects the same bytes, and uses what comes out as a person does.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command twice")
	}
	if runtime.GOOS == "windows" {
		t.Skip("unpacks with tar")
	}
	first := built(t)
	disturb(t)
	time.Sleep(1100 * time.Millisecond) // times in archives are in seconds
	second := built(t)
	for name, content := range first {
		if !bytes.Equal(content, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
	folder := "imdslock_v1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH
	checkSums(t, first, folder+".tar.gz", folder+".cdx.json")
	root := filepath.Join(unpacked(t, first[folder+".tar.gz"]), folder)
	checkFiles(t, root)
	checkVersion(t, filepath.Join(root, "imdslock"))
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(first[folder+".cdx.json"]), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	checkComponents(t, bom)
	checkTerms(t, bom, filepath.Join(root, "THIRD_PARTY_LICENSES"))
}

// disturb sets what must make no difference to a release: variables of the environment,
// and what go env -w sets, which on Linux is in a file below XDG_CONFIG_HOME.
func disturb(t *testing.T) {
	t.Helper()
	config := t.TempDir()
	if err := os.Mkdir(filepath.Join(config, "go"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "go", "env"), []byte("GOFLAGS=-buildvcs=false -gcflags=-N\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOENV", "")
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("GOFIPS140", "latest")
	t.Setenv("GODEBUG", "madvdontneed=1")
}

// checkSums expects checksums.txt to have the checksums of files.
func checkSums(t *testing.T, files map[string][]byte, names ...string) {
	t.Helper()
	for _, name := range names {
		if line := fmt.Sprintf("%x  %s\n", sha256.Sum256(files[name]), name); !strings.Contains(string(files["checksums.txt"]), line) {
			t.Errorf("checksums.txt lacks %q:\n%s", line, files["checksums.txt"])
		}
	}
}

// unpacked unpacks an archive into a new folder and returns that.
func unpacked(t *testing.T, archive []byte) string {
	t.Helper()
	dir := t.TempDir()
	tar := exec.Command("tar", "-xzf", "-")
	tar.Dir, tar.Stdin = dir, bytes.NewReader(archive)
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	return dir
}

// checkFiles expects what belongs to the command beside it.
func checkFiles(t *testing.T, root string) {
	t.Helper()
	for _, name := range []string{"LICENSE", "README.md", "imdslock.1", "completion/_imdslock", "completion/imdslock.bash", "completion/imdslock.fish"} {
		if info, err := os.Stat(filepath.Join(root, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// checkVersion expects the command to run, and to know its version, commit and date.
func checkVersion(t *testing.T, command string) {
	t.Helper()
	out, err := exec.Command(command, "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "imdslock v1.2.3 (commit ") || !strings.Contains(string(out), " of 2026-01-02, go") {
		t.Errorf("--version: %q, %v", out, err)
	}
}

// checkComponents expects an SBOM of the command, with what is in it, and nothing that
// only builds it.
func checkComponents(t *testing.T, bom cyclonedx.BOM) {
	t.Helper()
	if main := bom.Metadata.Component; main.Name != "imdslock" || !strings.HasPrefix(main.PackageURL, "pkg:golang/github.com/imdslock/imdslock@v1.2.3?") {
		t.Errorf("the SBOM is of %s, %s", main.Name, main.PackageURL)
	}
	parts := map[string]bool{}
	for _, c := range *bom.Components {
		parts[c.Name] = true
	}
	if !parts["std"] || !parts["github.com/urfave/cli/v2"] || !parts["gopkg.in/yaml.v3"] || parts["github.com/CycloneDX/cyclonedx-go"] || parts["github.com/cpuguy83/go-md2man/v2"] {
		t.Errorf("the SBOM has %v", parts)
	}
}

// checkTerms expects the terms of each component of an SBOM in a file, under its name
// and licences.
func checkTerms(t *testing.T, bom cyclonedx.BOM, file string) {
	t.Helper()
	terms, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range *bom.Components {
		var ids []string
		for _, l := range *c.Licenses {
			ids = append(ids, l.License.ID)
		}
		if head := fmt.Sprintf("\n%s %s (%s)\n", c.Name, c.Version, strings.Join(ids, ", ")); len(ids) == 0 || !strings.Contains(string(terms), head) {
			t.Errorf("THIRD_PARTY_LICENSES has no %q", head)
		}
	}
	for _, text := range []string{"Permission is hereby granted", "Apache License", "Redistribution and use in source and binary forms"} {
		if !strings.Contains(string(terms), text) {
			t.Errorf("THIRD_PARTY_LICENSES does not have %q", text)
		}
	}
}

// TestReplace expects a release to take the place of an earlier one and of nothing
// else, and one that cannot be built to leave all as it is.
func TestReplace(t *testing.T) {
	out := t.TempDir()
	list := func() (names []string) {
		entries, err := os.ReadDir(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	before := []string{"checksums.txt", "imdslock_v1_linux_amd64.tar.gz", "letter.txt"}
	for _, name := range before {
		if err := os.WriteFile(filepath.Join(out, name), []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := (release{root: "../..", version: "v2"}).write(out, []target{{"no", "system"}}); err == nil || !slices.Equal(list(), before) {
		t.Errorf("%v, and there is %v", err, list())
	}
	after := []string{"checksums.txt", "imdslock_v2_linux_amd64.tar.gz", "letter.txt"}
	if err := replace(out, map[string][]byte{after[0]: nil, after[1]: nil}); err != nil || !slices.Equal(list(), after) {
		t.Errorf("%v, and there is %v", err, list())
	}
}

func TestNewRelease(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1000000000")
	if r, err := newRelease(".", "v1"); err != nil || r.time.Year() != 2001 || r.version != "v1" {
		t.Errorf("%v, %v", r, err)
	}
	for _, version := range []string{"v1/2", "v1 2", "v1'"} {
		if _, err := newRelease(".", version); err == nil {
			t.Errorf("%q is a version", version)
		}
	}
	t.Setenv("SOURCE_DATE_EPOCH", "today")
	if _, err := newRelease(".", "v1"); err == nil {
		t.Error("SOURCE_DATE_EPOCH=today is a time")
	}
}

// TestNoCheckout expects a version and a time to be made up only where there is no
// checkout: what git cannot tell of one stops the release.
func TestNoCheckout(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "")
	root := t.TempDir()
	if r, err := newRelease(root, ""); err != nil || r.version != "devel" || r.time.Year() != 1980 {
		t.Errorf("%v, %v", r, err)
	}
	if err := os.WriteFile(filepath.Join(root, ".git"), []byte("gitdir: gone\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"", "v1"} {
		if r, err := newRelease(root, version); err == nil {
			t.Errorf("%q: %v", version, r)
		}
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1000000000")
	if r, err := newRelease(root, "v1"); err != nil || r.version != "v1" || r.time.Year() != 2001 {
		t.Errorf("all is given: %v, %v", r, err)
	}
}

// TestLambda expects a ZIP file with one file, that everybody may run. It is for the
// other processor if "law" is required: that compiles the standard library for it.
func TestLambda(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the function")
	}
	arch := runtime.GOARCH
	if needs.Required("law") {
		arch = map[string]string{"amd64": "arm64", "arm64": "amd64"}[arch]
	}
	out := t.TempDir()
	if err := (release{root: "../..", time: time.Unix(1000000000, 0).UTC()}).writeLambda(out, arch); err != nil {
		t.Fatal(err)
	}
	r, err := zip.OpenReader(filepath.Join(out, "imdslock-lambda-"+arch+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if len(r.File) != 1 || r.File[0].Name != "bootstrap" || r.File[0].Mode() != 0o755 {
		t.Fatalf("%+v", r.File)
	}
	f, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	program, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if libraries, err := program.ImportedLibraries(); program.Machine != map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[arch] || len(libraries) > 0 || err != nil {
		t.Errorf("for %s, with %v, %v", program.Machine, libraries, err)
	}
}

// TestLicences expects a module without terms that are known to stop a release.
func TestLicences(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := readLicences(dir); err == nil {
		t.Error("a module without a licence is given on")
	}
	for name, text := range map[string]string{"LICENSE": "all rights reserved", "license.go": "package license"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := readLicences(dir); err == nil {
		t.Error("a module under terms that are not known is given on")
	}
	mit, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "COPYING.txt"), mit, 0o666); err != nil {
		t.Fatal(err)
	}
	if texts, ids, err := readLicences(dir); err != nil || !slices.Equal(ids, []string{"MIT-0"}) || len(texts) != 2 {
		t.Errorf("%v, %d texts, %v", ids, len(texts), err)
	}
}

func TestZipped(t *testing.T) {
	at := time.Unix(1000000000, 0).UTC()
	files := []file{{"a/imdslock.exe", []byte("binary"), 0o755}}
	first, err := zipped(files, at)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := zipped(files, at); err != nil || !bytes.Equal(first, second) {
		t.Errorf("differs: %v", err)
	}
}
