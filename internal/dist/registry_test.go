package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A registry is as much of one as images are pushed to and pulled from.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md
type registry struct {
	mu        sync.Mutex
	content   map[string][]byte // by digest, and manifests by repository:tag too
	mediaType map[string]string
	uploads   int
}

func newRegistry(t *testing.T) (*registry, string) {
	t.Helper()
	g := &registry{content: map[string][]byte{}, mediaType: map[string]string{}}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, strings.TrimPrefix(server.URL, "http://")
}

func digestOf(content []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(content)) }

// keep keeps content by its digest, and returns that.
func (g *registry) keep(content []byte) string {
	g.content[digestOf(content)] = content
	return digestOf(content)
}

func (g *registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	rest := strings.TrimPrefix(r.URL.Path, "/v2/")
	repository, reference, isManifest := strings.Cut(rest, "/manifests/")
	switch {
	case rest == "":
	case isManifest && r.Method == http.MethodPut:
		digest := g.keep(body)
		g.content[repository+":"+reference] = body
		g.mediaType[digest] = r.Header.Get("Content-Type")
		w.Header().Set("Docker-Content-Digest", digest)
		w.WriteHeader(http.StatusCreated)
	case isManifest:
		content, ok := g.content[reference]
		if !ok {
			content, ok = g.content[repository+":"+reference]
		}
		w.Header().Set("Content-Type", g.mediaType[digestOf(content)])
		answer(w, r, content, ok)
	case r.Method == http.MethodPost:
		g.uploads++
		w.Header().Set("Location", fmt.Sprintf("/v2/%s%d", repository, g.uploads))
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodPatch:
		g.content[r.URL.Path] = body
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodPut:
		g.keep(append(g.content[r.URL.Path], body...))
		delete(g.content, r.URL.Path)
		w.WriteHeader(http.StatusCreated)
	default:
		digest := rest[strings.LastIndexByte(rest, '/')+1:]
		content, ok := g.content[digest]
		answer(w, r, content, ok)
	}
}

func answer(w http.ResponseWriter, r *http.Request, content []byte, ok bool) {
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Docker-Content-Digest", digestOf(content))
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	if r.Method != http.MethodHead {
		w.Write(content)
	}
}

// A descriptor points to content, as in manifests.
type descriptor struct {
	MediaType string            `json:"mediaType"`
	Size      int               `json:"size"`
	Digest    string            `json:"digest"`
	Platform  map[string]string `json:"platform,omitempty"`
}

const (
	indexType    = "application/vnd.oci.image.index.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// keepBase puts an image into the registry, for each processor, as a base. It has
// the environment and the layers, packed, that are given.
func (g *registry) keepBase(t *testing.T, name string, env []string, layers [][]byte, processors ...string) {
	t.Helper()
	put := func(mediaType string, object any) descriptor {
		content, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		g.mediaType[g.keep(content)] = mediaType
		return descriptor{MediaType: mediaType, Size: len(content), Digest: digestOf(content)}
	}
	packed, unpacked := []descriptor{}, []string{}
	for _, layer := range layers {
		packed = append(packed, descriptor{MediaType: layerType, Size: len(layer), Digest: g.keep(layer)})
		r, err := gzip.NewReader(bytes.NewReader(layer))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		unpacked = append(unpacked, digestOf(content))
	}
	var manifests []descriptor
	for _, processor := range processors {
		config := put(configType, map[string]any{"os": "linux", "architecture": processor, "config": map[string]any{"Env": env}, "rootfs": map[string]any{"type": "layers", "diff_ids": unpacked}})
		m := put(manifestType, map[string]any{"schemaVersion": 2, "mediaType": manifestType, "config": config, "layers": packed})
		m.Platform = map[string]string{"os": "linux", "architecture": processor}
		manifests = append(manifests, m)
	}
	index := put(indexType, map[string]any{"schemaVersion": 2, "mediaType": indexType, "manifests": manifests})
	g.content[name] = g.content[index.Digest]
}
