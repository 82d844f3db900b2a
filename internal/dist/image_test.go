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

	"github.com/imdslock/imdslock/internal/needs"
)

// TestImage pushes an image twice to a registry on this machine, and expects the
// same digest, a user who is not root, and a command that runs.
func TestImage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command twice")
	}
	if _, err := exec.LookPath("ko"); err != nil && !needs.Required("ko") {
		needs.Missing(t, "ko", "building it takes minutes: go install "+ko)
	}
	g, host := newRegistry(t)
	g.keepBase(t, "base:latest", "amd64", "arm64")
	var digests []string
	for range 2 {
		r, err := newRelease(checkout(t), "v1.2.3")
		if err != nil {
			t.Fatal(err)
		}
		reference, err := r.image(host+"/imdslock", host+"/base:latest", "linux/amd64", "linux/arm64")
		if err != nil {
			t.Fatal(err)
		}
		repository, digest, _ := strings.Cut(reference, "@")
		if !strings.HasPrefix(repository, host+"/imdslock") {
			t.Errorf("pushed to %s", reference)
		}
		digests = append(digests, digest)
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

func (g *registry) decode(t *testing.T, digest string, into any) {
	t.Helper()
	if err := json.Unmarshal(g.content[digest], into); err != nil {
		t.Fatalf("%s: %v", digest, err)
	}
}

// runImage expects an image to be that of nobody, and where this machine can run
// it, to be the command.
func (g *registry) runImage(t *testing.T, d descriptor) {
	t.Helper()
	var manifest struct {
		Config descriptor
		Layers []descriptor
	}
	g.decode(t, d.Digest, &manifest)
	var config struct {
		Config struct {
			User       string
			Entrypoint []string
		}
	}
	g.decode(t, manifest.Config.Digest, &config)
	if config.Config.User != nobody || len(config.Config.Entrypoint) != 1 {
		t.Fatalf("%v: %+v", d.Platform, config)
	}
	root := t.TempDir()
	for _, layer := range manifest.Layers {
		unpack(t, root, g.content[layer.Digest])
	}
	if d.Platform["architecture"] != runtime.GOARCH || runtime.GOOS != "linux" {
		return
	}
	out, err := exec.Command(filepath.Join(root, config.Config.Entrypoint[0]), "--version").CombinedOutput()
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
