// Dist builds what a release of imdslock is made of: for every target a static
// binary with its documents in one archive, an SBOM beside it, and checksums of
// all. The same commit, version and Go give the same bytes, wherever and whenever
// it runs; but the go command does not see the commit in a linked worktree of git
// (https://go.dev/issue/58218), so the binary does not name it there.
// With -packages there are packages for Debian and Red Hat too, and with -url, the
// address of the archives, a formula for Homebrew and a manifest for Scoop. With
// -lambda it builds ZIP files of the function for AWS Lambda instead,
// and with -image pushes an image for containers to a repository and prints its
// digest.
//
//	go run ./internal/dist [-version V] [-o DIR] [-packages] [-url URL] [OS/ARCH]...
//	go run ./internal/dist -image REPOSITORY [-base IMAGE] [-version V]
//	go run ./internal/dist -lambda [-o DIR]
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A release is what to build, from the module in the folder root.
type release struct {
	root, version string
	time          time.Time // of all files
	packages      bool      // whether there are packages
	url           string    // of the folder that archives are published in, or ""
}

// A target is a Go platform, such as linux/amd64.
type target struct{ os, arch string }

func targets() []target {
	return []target{
		{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
	}
}

// asked is what the command line says.
type asked struct {
	version, out, url, image, base string
	packages, lambda               bool
	platforms                      []string
}

func main() {
	var a asked
	flag.StringVar(&a.version, "version", "", "the version; by default what git describe says")
	flag.StringVar(&a.out, "o", "dist", "the folder to write to")
	flag.BoolVar(&a.packages, "packages", false, "make packages for Debian and Red Hat too")
	flag.StringVar(&a.url, "url", "", "the address of the folder that the archives are published in, for Homebrew and Scoop")
	flag.BoolVar(&a.lambda, "lambda", false, "build the function for AWS Lambda")
	flag.StringVar(&a.image, "image", "", "push an image to this repository")
	flag.StringVar(&a.base, "base", "", "the base of the image, if it is not that of .ko.yaml")
	flag.Parse()
	a.platforms = flag.Args()
	if err := run(a); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(a asked) error {
	r, err := newRelease(".", a.version)
	if err != nil {
		return err
	}
	r.packages, r.url = a.packages, a.url
	switch {
	case a.lambda:
		return r.writeLambda(a.out, "arm64", "amd64")
	case a.image != "":
		digest, err := r.image(a.image, a.base, "linux/amd64", "linux/arm64")
		if err == nil {
			fmt.Println(digest)
		}
		return err
	}
	all := targets()
	if len(a.platforms) > 0 {
		all = nil
	}
	for _, p := range a.platforms {
		system, arch, ok := strings.Cut(p, "/")
		if !ok {
			return fmt.Errorf("%s is no target: must be OS/ARCH, such as linux/amd64", p)
		}
		all = append(all, target{system, arch})
	}
	return r.write(a.out, all)
}

// newRelease asks git for what is not given: the version, and the time of the
// commit, which SOURCE_DATE_EPOCH overrides (https://reproducible-builds.org/specs/source-date-epoch/).
// If root is not a checkout, these are "devel" and 1980, when the time of zip begins.
func newRelease(root, version string) (release, error) {
	r := release{root: root, version: version}
	var err error
	if r.version == "" {
		if r.version, err = git(root, "devel", "describe", "--tags", "--always", "--dirty"); err != nil {
			return r, err
		}
	}
	if strings.ContainsAny(r.version, "/\\ '\"") {
		return r, fmt.Errorf("%q is no version: it is to be part of file names", r.version)
	}
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		if epoch, err = git(root, "315532800", "log", "-1", "--format=%ct"); err != nil {
			return r, err
		}
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return r, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	r.time = time.Unix(seconds, 0).UTC()
	return r, nil
}

// git returns what git prints about the checkout at root, or instead if root is not a
// checkout, as in an unpacked archive.
func git(root, instead string, args ...string) (string, error) {
	if _, err := os.Lstat(filepath.Join(root, ".git")); errors.Is(err, fs.ErrNotExist) {
		return instead, nil
	}
	cmd := exec.Command("git", append([]string{"-C", root}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// write builds for the targets and then writes archives, SBOMs and
// checksums.txt. If something cannot be built, nothing is written.
func (r release) write(out string, targets []target) error {
	files := map[string][]byte{}
	for _, t := range targets {
		if err := r.add(files, t); err != nil {
			return err
		}
	}
	if r.url != "" {
		if err := r.addTaps(files, r.url, targets); err != nil {
			return err
		}
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	var sums strings.Builder
	for _, name := range names {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	files["checksums.txt"] = []byte(sums.String())
	return replace(out, files)
}

// folder returns the name of the folder in the archive of a target, and of the archive.
func (r release) folder(t target) string {
	return strings.Join([]string{"imdslock", r.version, t.os, t.arch}, "_")
}

// archiveEnd returns the extension of an archive's name.
func archiveEnd(t target) string {
	if t.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// add builds for a target and adds its archive, its SBOM and its packages.
func (r release) add(files map[string][]byte, t target) error {
	name := r.folder(t)
	binary, err := r.build(r.command(), t)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return fmt.Errorf("reading the build info for %s/%s: %w", t.os, t.arch, err)
	}
	modules, err := r.modules(info)
	if err != nil {
		return err
	}
	contents, err := r.contents(name, binary, modules, t)
	if err != nil {
		return err
	}
	packed := tarred
	if t.os == "windows" {
		packed = zipped
	}
	if files[name+archiveEnd(t)], err = packed(contents, r.time); err != nil {
		return err
	}
	if files[name+".cdx.json"], err = r.sbom(binary, info.Main.Path, modules, t); err != nil {
		return err
	}
	if !r.packages || t.os != "linux" {
		return nil
	}
	return r.addPackages(files, name, contents, t)
}

// replace writes files to a folder, in place of those of an earlier release.
// Whatever else is there stays.
func replace(out string, files map[string][]byte) error {
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	earlier, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if e.Type().IsRegular() && (strings.HasPrefix(e.Name(), "imdslock_") || slices.Contains([]string{"checksums.txt", "imdslock.rb", "imdslock.json"}, e.Name())) {
			if err := os.Remove(filepath.Join(out, e.Name())); err != nil {
				return err
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o666); err != nil {
			return err
		}
	}
	return nil
}
