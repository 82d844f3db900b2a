package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/needs"
)

// TestImage pushes an image twice to a registry on this machine, and expects the
// same digest, a user who is not root, and a command that runs.
func TestImage(t *testing.T) {
	needsKo(t)
	g, host := newRegistry(t)
	g.keepBase(t, "base:latest", nil, nil, "amd64", "arm64")
	var digests []string
	for range 2 {
		digests = append(digests, pushImage(t, host, "base", "linux/amd64", "linux/arm64"))
	}
	if digests[0] != digests[1] || digestOf(g.content["imdslock:v1.2.3"]) != digests[0] {
		t.Errorf("other digests: %v", digests)
	}
	var index struct{ Manifests []descriptor }
	g.decode(t, digests[0], &index)
	if len(index.Manifests) != 2 {
		t.Fatalf("%d platforms", len(index.Manifests))
	}
	for _, d := range index.Manifests {
		g.runImage(t, d)
	}
}

// TestImageWithShell pushes an image on a base that has a shell, as GitLab needs it,
// and runs a job there as GitLab does: by the shell, which finds the command on the
// PATH of the image.
func TestImageWithShell(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("runs what is in the image")
	}
	needsKo(t)
	g, host := newRegistry(t)
	const script = "#!/bin/sh\nexec /bin/sh \"$@\"\n" // this machine's, in place of the base's own
	layer, err := tarred([]file{{"bin/sh", []byte(script), 0o755}}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	g.keepBase(t, "shell:latest", []string{"PATH=/usr/bin:/bin"}, [][]byte{layer}, runtime.GOARCH)
	image := g.image(t, pushImage(t, host, "shell", "linux/"+runtime.GOARCH))
	var path []string
	for _, variable := range image.env {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok {
			for _, dir := range filepath.SplitList(value) {
				path = append(path, filepath.Join(image.root, dir))
			}
		}
	}
	job := exec.Command(filepath.Join(image.root, "bin/sh"), "-c", "imdslock --version")
	job.Env = []string{"PATH=" + strings.Join(path, string(os.PathListSeparator))}
	if out, err := job.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "imdslock v1.2.3 ") {
		t.Errorf("%s, %v, with %v", out, err, image.env)
	}
}

// needsKo skips a test where images cannot be built.
func needsKo(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the command twice")
	}
	if _, err := exec.LookPath("ko"); err != nil && !needs.Required("ko") {
		needs.Missing(t, "ko", "building it takes minutes: go install "+ko)
	}
}

// pushImage builds an image on a base of a registry, pushes it there, and returns its
// digest.
func pushImage(t *testing.T, host, base string, platforms ...string) string {
	t.Helper()
	r, err := newRelease(checkout(t), "v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := r.image(host+"/imdslock", host+"/"+base+":latest", platforms...)
	if err != nil {
		t.Fatal(err)
	}
	repository, digest, _ := strings.Cut(reference, "@")
	if !strings.HasPrefix(repository, host+"/imdslock") {
		t.Errorf("pushed to %s", reference)
	}
	return digest
}

func (g *registry) decode(t *testing.T, digest string, into any) {
	t.Helper()
	if err := json.Unmarshal(g.content[digest], into); err != nil {
		t.Fatalf("%s: %v", digest, err)
	}
}

// An unpackedImage is one whose layers are unpacked at a folder.
type unpackedImage struct {
	root, user      string
	env, entrypoint []string
}

// image unpacks an image by the digest of its manifest.
func (g *registry) image(t *testing.T, digest string) unpackedImage {
	t.Helper()
	var manifest struct {
		Config descriptor
		Layers []descriptor
	}
	g.decode(t, digest, &manifest)
	var config struct {
		Config struct {
			User            string
			Env, Entrypoint []string
		}
	}
	g.decode(t, manifest.Config.Digest, &config)
	root := t.TempDir()
	for _, layer := range manifest.Layers {
		unpack(t, root, g.content[layer.Digest])
	}
	return unpackedImage{root, config.Config.User, config.Config.Env, config.Config.Entrypoint}
}

// runImage expects an image to be that of nobody, and where this machine can run
// it, to be the command.
func (g *registry) runImage(t *testing.T, d descriptor) {
	t.Helper()
	image := g.image(t, d.Digest)
	if image.user != nobody || len(image.entrypoint) != 1 {
		t.Fatalf("%v: %+v", d.Platform, image)
	}
	if d.Platform["architecture"] != runtime.GOARCH || runtime.GOOS != "linux" {
		return
	}
	out, err := exec.Command(filepath.Join(image.root, image.entrypoint[0]), "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "imdslock v1.2.3 (commit ") {
		t.Errorf("%s, %v", out, err)
	}
}

// unpack unpacks a layer.
func unpack(t *testing.T, root string, layer []byte) {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(layer))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(packed); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(root, h.Name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(name, 0o777)
		} else if err = os.MkdirAll(filepath.Dir(name), 0o777); err == nil {
			var content []byte
			if content, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(name, content, 0o777)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
