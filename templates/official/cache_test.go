package official

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const newer = template + "  # newer\n"

// tagged serves a text under an ETag, as S3 does.
func tagged(etag, text string) answer {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		send(text)(w, r)
	}
}

// cachingClient is client with a cache, in a folder that is yet to be made.
func (b *bucket) cachingClient(t *testing.T) *Client {
	c := b.client()
	c.CacheDir = filepath.Join(t.TempDir(), "cache", "imdslock")
	return c
}

// fetch downloads what must be there to download.
func fetch(t *testing.T, c *Client, pin, want string) {
	t.Helper()
	got, err := c.Fetch(t.Context(), release, pin)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// wantAsked checks the If-None-Match of each request so far.
func (b *bucket) wantAsked(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, r := range b.asked() {
		got = append(got, r.Header.Get("If-None-Match"))
	}
	if strings.Join(got, ",") != strings.Join(want, ",") || len(got) != len(want) {
		t.Errorf("asked with If-None-Match %q, want %q", got, want)
	}
}

// TestCacheHolds expects a copy that still holds to be taken again and again, and the
// bucket to be asked each time.
func TestCacheHolds(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template))
	c := b.cachingClient(t)
	for range 3 {
		fetch(t, c, "", template)
	}
	b.wantAsked(t, "", `"1"`, `"1"`)
}

// TestCacheIsRenewed expects what has changed to take the place of the copy.
func TestCacheIsRenewed(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template), tagged(`"2"`, newer))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	fetch(t, c, "", newer)
	fetch(t, c, "", newer)
	b.wantAsked(t, "", `"1"`, `"2"`)
}

// TestCacheKeepsItsCopy expects the copy to stay where another SHA-256 than that of
// what has changed is wanted.
func TestCacheKeepsItsCopy(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template), tagged(`"2"`, newer))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	_, err := c.Fetch(t.Context(), release, sumOf("another"))
	wantError(t, err, b.URL+path, "its SHA-256 is "+sumOf(newer)+", wanted "+sumOf("another"), "")
	// What was refused is not kept.
	fetch(t, c, sumOf(template), template)
	b.wantAsked(t, "", `"1"`)
}

// TestCacheIsRefused expects a copy that still holds to be refused where another
// SHA-256 is wanted.
func TestCacheIsRefused(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	_, err := c.Fetch(t.Context(), release, sumOf("another"))
	wantError(t, err, b.URL+path, "its SHA-256 is "+sumOf(template), "")
}

// TestCacheWithoutNetwork expects a copy to be taken without asking if its SHA-256 is
// wanted, and the error to say so where none is.
func TestCacheWithoutNetwork(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	b.Close()
	_, err := c.Fetch(t.Context(), release, "")
	wantError(t, err, b.URL+path, "refused", "the cache has a copy, which SHA-256 "+sumOf(template)+" takes")
	fetch(t, c, sumOf(template), template)
	b.wantAsked(t, "")
}

// TestCacheAtEachTry expects each try to ask whether the copy still holds.
func TestCacheAtEachTry(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template), fail(500), tagged(`"1"`, template))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	fetch(t, c, "", template)
	b.wantAsked(t, "", `"1"`, `"1"`)
}

// TestCacheWithoutETag expects what has no ETag to be downloaded each time.
func TestCacheWithoutETag(t *testing.T) {
	b := newBucket(t, send(template))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	fetch(t, c, "", template)
	b.wantAsked(t, "", "")
}

// TestCacheOfURL expects a copy to be of its URL alone.
func TestCacheOfURL(t *testing.T) {
	b, other := newBucket(t, tagged(`"1"`, template)), newBucket(t, tagged(`"1"`, newer))
	c, d := b.cachingClient(t), other.client()
	d.CacheDir = c.CacheDir
	fetch(t, c, "", template)
	fetch(t, d, "", newer)
	other.wantAsked(t, "")
}

// TestCacheIsPrivate expects the cache to be the user's alone.
func TestCacheIsPrivate(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template))
	c := b.cachingClient(t)
	fetch(t, c, "", template)
	for _, name := range []string{c.CacheDir, entryFile(t, c)} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestCacheAtOnce expects many that download at once to leave one copy.
func TestCacheAtOnce(t *testing.T) {
	b := newBucket(t, tagged(`"1"`, template))
	c := b.cachingClient(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := c.Fetch(t.Context(), release, ""); err != nil || string(got) != template {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
	entryFile(t, c)
}

// entryFile returns the only file of the cache.
func entryFile(t *testing.T, c *Client) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.CacheDir, "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the cache has %q, %v, want one file", found, err)
	}
	return found[0]
}

func TestDamagedCache(t *testing.T) {
	// change rewrites an entry in a way that it cannot notice by its form.
	change := func(edit func(*entry)) func([]byte) []byte {
		return func(data []byte) []byte {
			var e entry
			if err := json.Unmarshal(data, &e); err != nil {
				t.Error(err)
			}
			edit(&e)
			data, err := json.Marshal(e)
			if err != nil {
				t.Error(err)
			}
			return data
		}
	}
	tests := map[string]func([]byte) []byte{
		"empty":      func([]byte) []byte { return nil },
		"half":       func(data []byte) []byte { return data[:len(data)/2] },
		"zeros":      func(data []byte) []byte { return make([]byte, len(data)) },
		"no JSON":    func([]byte) []byte { return []byte(template) },
		"other JSON": func([]byte) []byte { return []byte(`[{}]`) },
		"null":       func([]byte) []byte { return []byte(`null`) },
		"no base64":  func(data []byte) []byte { return bytes.Replace(data, []byte(`"body":"`), []byte(`"body":"!`), 1) },
		"body":       change(func(e *entry) { e.Body[0] ^= 1 }),
		"sum":        change(func(e *entry) { e.SHA256 = sumOf("another") }),
		"URL":        change(func(e *entry) { e.URL += "x" }),
		"page":       change(func(e *entry) { e.Body, e.SHA256 = []byte(page), sumOf(page) }),
		"no body":    change(func(e *entry) { e.Body, e.SHA256 = nil, sumOf("") }),
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t, tagged(`"1"`, template))
			c := b.cachingClient(t)
			fetch(t, c, "", template)
			file := entryFile(t, c)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			fetch(t, c, "", template) // is not told of the damage
			fetch(t, c, "", template) // and finds it healed
			b.wantAsked(t, "", "", `"1"`)
		})
	}
}

func TestCacheThatCannotBe(t *testing.T) {
	tests := map[string]func(t *testing.T, c *Client){
		"a file in place of the folder": func(t *testing.T, c *Client) {
			c.CacheDir = filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(c.CacheDir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a folder in place of the file": func(t *testing.T, c *Client) {
			if err := os.MkdirAll(filepath.Join(c.path(c.Origin+path), "x"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, obstruct := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t, tagged(`"1"`, template))
			c := b.cachingClient(t)
			obstruct(t, c)
			fetch(t, c, "", template)
			fetch(t, c, "", template)
			b.wantAsked(t, "", "")
		})
	}
}

func TestNew(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := New().CacheDir, filepath.Join(dir, "imdslock"); got != want {
		t.Errorf("cache is %q, want %q", got, want)
	}
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	if got := New().CacheDir; got != "" {
		t.Errorf("cache is %q without a folder for it", got)
	}
}
