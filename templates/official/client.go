// Package official downloads the node group templates that AWS publishes.
//
// What it returns is what AWS serves, byte for byte, or nothing: it speaks
// only HTTPS, never leaves the bucket's host, and compares with a SHA-256 if one
// is given.
package official

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/imdslock/imdslock/templates"
)

// maxSize is the largest size of a template in bytes: CloudFormation's quota
// "template body size in an Amazon S3 object", 1 MB.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const maxSize = 1 << 20

// tries is the number of times that a request is made if it fails for a passing reason.
const tries = 4

// firstDelay is the longest wait before the second try; it doubles after each.
const firstDelay = 500 * time.Millisecond

// A Client downloads templates. The zero value does so without a cache; one
// client may be used by many goroutines.
//
// The environment's proxy is honoured: HTTPS_PROXY and NO_PROXY, as
// [net/http.ProxyFromEnvironment] reads them.
type Client struct {
	// CacheDir is the folder for what was downloaded, made when first needed.
	// "" means no cache. It is not an error if the cache cannot be read or written.
	CacheDir string
	// Origin, such as "https://localhost:8443", replaces the scheme and the
	// host of a release's URL. "" leaves them.
	Origin string
	// TLS says whom to trust, as [net/http.Transport] takes it. nil trusts
	// whom the system trusts.
	TLS *tls.Config
	// Timeouts bound the waits.
	Timeouts Timeouts
	// Wait waits before another try, and ends early with the context's error.
	// nil waits for real.
	Wait func(context.Context, time.Duration) error
}

// Timeouts bound the waits of a download. 0 means the default.
type Timeouts struct {
	Connect time.Duration // to connect, and again for the TLS handshake: 10 s
	Header  time.Duration // until an answer begins: 15 s
	Total   time.Duration // for all tries together: 2 min
}

// New returns a client with a cache in the user's cache folder, or without one if
// the system has no such folder.
func New() *Client {
	c := &Client{}
	if dir, err := os.UserCacheDir(); err == nil {
		c.CacheDir = filepath.Join(dir, "imdslock")
	}
	return c
}

// An Error is a download that failed.
type Error struct {
	URL  string
	Err  error  // why
	Hint string // what to do about it; may be empty
}

func (e *Error) Error() string { return fmt.Sprintf("downloading %s: %v", e.URL, e.Err) }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Fetch returns the template of a release. If sha256Hex is not empty, it must be the
// template's SHA-256, in hexadecimal digits; a template in the cache with that
// SHA-256 then needs no network. Otherwise the server is asked, and the template in
// the cache is returned if the server says that it is current.
//
// Answers of status 429 and 5xx, connections that fail and bodies that are cut
// off are tried again, up to four times in all, with exponential back-off, or
// after what Retry-After asks for if that is longer. The
// error is an [*Error], unless sha256Hex is invalid.
func (c *Client) Fetch(ctx context.Context, r templates.Release, sha256Hex string) ([]byte, error) {
	wanted, err := parsePin(sha256Hex)
	if err != nil {
		return nil, err
	}
	target, err := c.target(r.URL)
	if err != nil {
		return nil, &Error{URL: r.URL, Err: err}
	}
	cached := c.load(target)
	if wanted != "" && cached.Body != nil && cached.sum() == wanted {
		return cached.Body, nil
	}
	total := cmp.Or(c.Timeouts.Total, 2*time.Minute)
	ctx, cancel := context.WithTimeoutCause(ctx, total,
		fmt.Errorf("not complete after %v: %w", total, context.DeadlineExceeded))
	defer cancel()
	got, err := c.getPatiently(ctx, target, cached)
	if err != nil {
		return nil, &Error{URL: target.String(), Err: err, Hint: hint(err, cached)}
	}
	if wanted != "" && got.sum() != wanted {
		return nil, &Error{
			URL:  target.String(),
			Err:  fmt.Errorf("its SHA-256 is %s, wanted %s", got.sum(), wanted),
			Hint: "AWS has changed the template, or what was downloaded is not AWS's: compare before you trust it",
		}
	}
	c.store(got)
	return got.Body, nil
}

// parsePin checks a SHA-256 in hexadecimal digits and returns it in lower case.
func parsePin(text string) (string, error) {
	if sum, err := hex.DecodeString(text); err != nil || text != "" && len(sum) != sha256.Size {
		return "", fmt.Errorf("%q is not a SHA-256: must be %d hexadecimal digits", text, 2*sha256.Size)
	}
	return strings.ToLower(text), nil
}

// hint says what to do about a download that failed, cached being what an
// earlier one left.
func hint(err error, cached entry) string {
	var status *statusError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &status) && status.isAbsent():
		return "AWS may have withdrawn this release, or not published it in this partition: try another date"
	case errors.As(err, &status):
		return ""
	case errors.Is(err, errNoTemplate), errors.Is(err, errRedirect):
		return "a proxy or a sign-in page may have answered in place of the bucket"
	case errors.As(err, &certificate):
		return "if a proxy signs its own certificates, have this system trust the proxy's authority"
	case errors.Is(err, errTooLarge):
		return ""
	case cached.Body != nil:
		return "check the network and HTTPS_PROXY; the cache has a copy, which SHA-256 " + cached.sum() + " takes without the network"
	}
	return "check the network and HTTPS_PROXY; the embedded reference template needs no network"
}

// getPatiently is get, tried again if that may help.
func (c *Client) getPatiently(ctx context.Context, target *url.URL, cached entry) (entry, error) {
	httpClient, done := c.httpClient()
	defer done()
	for n := 1; ; n++ {
		got, err := get(ctx, httpClient, target, cached)
		switch {
		case err == nil:
			return got, nil
		case ctx.Err() != nil:
			return entry{}, context.Cause(ctx)
		case !mayPass(err):
			return entry{}, err
		case n == tries:
			return entry{}, fmt.Errorf("%d tries failed, the last: %w", n, err)
		}
		var status *statusError
		pause := delay(n)
		if errors.As(err, &status) {
			pause = max(pause, status.after)
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
			return entry{}, fmt.Errorf("%w; it asks to wait %v, which is too long", err, pause.Round(time.Second))
		}
		if err := c.wait(ctx, pause); err != nil {
			return entry{}, cmp.Or(context.Cause(ctx), err)
		}
	}
}

// delay returns how long to wait after the n-th try. It is drawn from the
// upper half of the longest wait, so that many who failed together do not all
// come back together.
func delay(n int) time.Duration {
	longest := firstDelay << (n - 1)
	return longest/2 + rand.N(longest/2+1)
}

func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if c.Wait != nil {
		return c.Wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
