package official

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
)

// An entry of the cache is one template, with the server's names for this state of
// it. The zero value means that there is no entry.
type entry struct {
	URL    string `json:"url"`
	ETag   string `json:"etag"`
	SHA256 string `json:"sha256"` // of Body, to notice damage; set by store
	Body   []byte `json:"body"`
}

// sum returns the SHA-256 of the template, in hexadecimal digits.
func (e entry) sum() string {
	sum := sha256.Sum256(e.Body)
	return hex.EncodeToString(sum[:])
}

// path returns the file of a URL's entry.
func (c *Client) path(target string) string {
	sum := sha256.Sum256([]byte(target))
	return filepath.Join(c.CacheDir, hex.EncodeToString(sum[:])+".json")
}

// load returns the entry of a URL, or the zero value if there is none that
// can be relied on.
func (c *Client) load(target *url.URL) entry {
	if c.CacheDir == "" {
		return entry{}
	}
	data, err := os.ReadFile(c.path(target.String()))
	if err != nil {
		return entry{}
	}
	var e entry
	if err := json.Unmarshal(data, &e); err != nil {
		return entry{}
	}
	if e.URL != target.String() || e.SHA256 != e.sum() || checkTemplate(e.Body) != nil {
		return entry{}
	}
	return e
}

// store keeps an entry for the next download. A reader of the file sees the old
// entry or the new one; on Windows, where that cannot be ensured, the entry's own
// SHA-256 reveals one that is half written.
func (c *Client) store(e entry) {
	if c.CacheDir == "" {
		return
	}
	e.SHA256 = e.sum()
	data, err := json.Marshal(e)
	if err != nil {
		return
	}
	// The template is there: that it cannot be kept is no reason to fail.
	if err := os.MkdirAll(c.CacheDir, 0o700); err != nil {
		return
	}
	_ = maybe.WriteFile(c.path(e.URL), data, 0o600)
}
