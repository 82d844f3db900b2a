package official

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imdslock/imdslock/templates"
)

func TestFaults(t *testing.T) {
	elsewhere := newBucket(t, send(template))
	const never = time.Minute // longer than any test
	tests := []struct {
		name     string
		answers  []answer
		sha256   string
		timeouts Timeouts
		want     string // of the error, a regular expression; "" where the template is wanted
		hint     string // a part of it
		requests int    // 0 where it depends
	}{
		{name: "no fault", answers: []answer{send(template)}, requests: 1},

		{name: "hangs", answers: []answer{hang}, timeouts: Timeouts{Header: 20 * time.Millisecond, Total: never},
			want: "4 tries failed, the last: .*timeout awaiting response headers", hint: "check the network and HTTPS_PROXY", requests: 4},
		{name: "hangs for too long in all", answers: []answer{hang}, timeouts: Timeouts{Header: never, Total: 20 * time.Millisecond},
			want: "not complete after 20ms: context deadline exceeded$", hint: "check the network"},
		{name: "stalls", answers: []answer{stall}, timeouts: Timeouts{Total: 100 * time.Millisecond},
			want: "not complete after 100ms: context deadline exceeded$", hint: "check the network"},

		{name: "cut off once", answers: []answer{cutOff, send(template)}, requests: 2},
		{name: "cut off always", answers: []answer{cutOff},
			want: `4 tries failed, the last: cut off after \d\d bytes: unexpected EOF$`, hint: "embedded reference template", requests: 4},
		{name: "hangs up twice", answers: []answer{hangUp, hangUp, send(template)}, requests: 3},
		{name: "hangs up always", answers: []answer{hangUp}, want: "4 tries failed, the last: EOF$", requests: 4},

		{name: "404", answers: []answer{fail(404)}, want: "status 404 Not Found$", hint: "another date", requests: 1},
		{name: "403", answers: []answer{fail(403)}, want: "status 403 Forbidden$", hint: "another date", requests: 1},
		{name: "410", answers: []answer{fail(410)}, want: "status 410 Gone$", requests: 1},
		{name: "204", answers: []answer{answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })}, want: "status 204 No Content$", requests: 1},
		{name: "304 that was not asked for", answers: []answer{answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) })}, want: "status 304 Not Modified$", requests: 1},
		{name: "unheard-of status", answers: []answer{fail(499)}, want: "status 499$", requests: 1},
		{name: "500 once", answers: []answer{fail(500), send(template)}, requests: 2},
		{name: "500, 503, 429", answers: []answer{fail(500), fail(503), fail(429), send(template)}, requests: 4},
		{name: "500 always", answers: []answer{fail(500)}, want: "4 tries failed, the last: status 500 Internal Server Error$", requests: 4},
		{name: "429 always", answers: []answer{fail(429)}, want: "4 tries failed, the last: status 429 Too Many Requests$", requests: 4},
		{name: "500, then 404", answers: []answer{fail(500), fail(404)}, want: ": status 404 Not Found$", requests: 2},

		{name: "redirect on the host", answers: []answer{redirect("/moved.yaml"), send(template)}, requests: 2},
		{name: "redirect to another host", answers: []answer{redirect(elsewhere.URL + path)},
			want: `refused a redirect to https://127.0.0.1:\d+/\S+: it leaves https://127.0.0.1:\d+$`, hint: "sign-in page", requests: 1},
		{name: "redirect to plain HTTP", answers: []answer{answer(func(w http.ResponseWriter, r *http.Request) {
			redirect("http://"+r.Host+"/")(w, r)
		})}, want: "refused a redirect to http://", hint: "sign-in page", requests: 1},
		{name: "redirect in a circle", answers: []answer{redirect(path)}, want: "refused a redirect to .*: the fourth in a row$", requests: 4},
		{name: "redirect to nowhere", answers: []answer{fail(301)}, want: "status 301 Moved Permanently$", requests: 1},

		{name: "oversize, announced", answers: []answer{announceOversize}, want: "larger than 1048576 bytes, which no template can be$", requests: 1},
		{name: "oversize", answers: []answer{oversize}, want: "larger than 1048576 bytes, which no template can be$", requests: 1},

		{name: "right SHA-256", answers: []answer{send(template)}, sha256: sumOf(template), requests: 1},
		{name: "right SHA-256 in upper case", answers: []answer{send(template)}, sha256: strings.ToUpper(sumOf(template)), requests: 1},
		{name: "wrong SHA-256", answers: []answer{send(template)}, sha256: sumOf("another"),
			want: "its SHA-256 is " + sumOf(template) + ", wanted " + sumOf("another") + "$", hint: "compare before you trust it", requests: 1},

		{name: "HTML", answers: []answer{send(page)}, want: "not a CloudFormation template: the answer is HTML or XML$", hint: "sign-in page", requests: 1},
		{name: "HTML after a byte order mark", answers: []answer{send("\ufeff\r\n " + page)}, want: "the answer is HTML or XML$", requests: 1},
		{name: "HTML in place of what has a SHA-256", answers: []answer{send(page)}, sha256: sumOf(template), want: "the answer is HTML or XML$", requests: 1},
		{name: "empty", answers: []answer{send("")}, want: "the answer is empty$", hint: "sign-in page", requests: 1},
		{name: "blank", answers: []answer{send(" \r\n")}, want: "the answer is empty$", requests: 1},
		{name: "something else", answers: []answer{send("apiVersion: v1\n")}, want: "the answer does not mention Resources$", requests: 1},
		{name: "compressed", answers: []answer{send("\x1f\x8bResources")}, want: "the answer is not UTF-8 text$", requests: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBucket(t, tt.answers...)
			c := b.client()
			c.Timeouts = tt.timeouts
			got, err := c.Fetch(t.Context(), release, tt.sha256)
			if tt.want == "" {
				if err != nil || string(got) != template {
					t.Errorf("got %q, %v, want the template", got, err)
				}
			} else {
				wantError(t, err, b.URL+path, tt.want, tt.hint)
				if got != nil {
					t.Errorf("got %q with the error", got)
				}
			}
			if n := len(b.asked()); tt.requests != 0 && n != tt.requests {
				t.Errorf("asked %d times, want %d", n, tt.requests)
			}
		})
	}
	t.Cleanup(func() {
		if n := len(elsewhere.asked()); n != 0 {
			t.Errorf("the other host was asked %d times", n)
		}
	})
}

// wantError checks an Error: the URL, the reason by a regular expression, and a
// part of the hint.
func wantError(t *testing.T, err error, url, want, hint string) {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("error is %v, want an Error", err)
	}
	if failure.URL != url || !strings.HasPrefix(err.Error(), "downloading "+url+": ") {
		t.Errorf("error is %v, want it about %s", err, url)
	}
	if !regexp.MustCompile(want).MatchString(err.Error()) {
		t.Errorf("error is %v, want %s", err, want)
	}
	if !strings.Contains(failure.Hint, hint) {
		t.Errorf("hint is %q, want %q", failure.Hint, hint)
	}
}

func TestLargestTemplate(t *testing.T) {
	text := template + strings.Repeat("#", maxSize-len(template))
	b := newBucket(t, send(text))
	if got, err := b.client().Fetch(t.Context(), release, ""); err != nil || string(got) != text {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, len(text))
	}
}

func TestRequest(t *testing.T) {
	b := newBucket(t, send(template))
	if _, err := b.client().Fetch(t.Context(), release, ""); err != nil {
		t.Fatal(err)
	}
	r := b.asked()[0]
	if r.Method != http.MethodGet || r.URL.String() != path {
		t.Errorf("asked by %s for %s", r.Method, r.URL)
	}
	for _, header := range []string{"Accept-Encoding", "If-None-Match"} {
		if r.Header.Get(header) != "" {
			t.Errorf("asked with %s: %s", header, r.Header.Get(header))
		}
	}
}

func TestOnlyHTTPS(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the plain server was asked")
	}))
	defer plain.Close()
	tests := []struct{ name, url, origin string }{
		{"release", plain.URL + path, ""},
		{"origin", release.URL, plain.URL},
		{"scheme", "ftp://bucket.invalid" + path, ""},
		{"no scheme", "bucket.invalid" + path, ""},
		{"no host", "https://" + path, ""},
		{"no URL", "https://bucket.invalid:x" + path, ""},
		{"no URL for an origin", release.URL, "https://[::1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &Client{Origin: tt.origin}
			got, err := c.Fetch(t.Context(), templates.Release{URL: tt.url}, "")
			if got != nil {
				t.Errorf("got %q", got)
			}
			wantError(t, err, tt.url, "must have https and a host|invalid port|missing ']'", "")
		})
	}
}

func TestNoSHA256(t *testing.T) {
	b := newBucket(t, send(template))
	for _, pin := range []string{"abc", "xyz", sumOf(template)[1:], sumOf(template) + "00", " " + sumOf(template), strings.Repeat("g", 64)} {
		got, err := b.client().Fetch(t.Context(), release, pin)
		if err == nil || err.Error() != fmt.Sprintf("%q is not a SHA-256: must be 64 hexadecimal digits", pin) || got != nil {
			t.Errorf("%q: got %q, %v", pin, got, err)
		}
	}
	if n := len(b.asked()); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

func TestOffline(t *testing.T) {
	b := newBucket(t, send(template))
	c := b.client()
	b.Close()
	_, err := c.Fetch(t.Context(), release, "")
	wantError(t, err, b.URL+path, "4 tries failed, the last: dial tcp 127.0.0.1:.*refused",
		"check the network and HTTPS_PROXY; the embedded reference template needs no network")
}

func TestUntrustedServer(t *testing.T) {
	b := newBucket(t, send(template))
	c := b.client()
	c.TLS = nil
	_, err := c.Fetch(t.Context(), release, "")
	wantError(t, err, b.URL+path, ": tls: failed to verify certificate: x509: ", "trust the proxy's authority")
	if strings.Contains(err.Error(), "tries") {
		t.Errorf("tried again: %v", err)
	}
}

func TestBackOff(t *testing.T) {
	b := newBucket(t, fail(503))
	c := b.client()
	var waits []time.Duration
	c.Wait = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}
	if _, err := c.Fetch(t.Context(), release, ""); err == nil {
		t.Fatal("no error")
	}
	longest := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}
	if len(waits) != len(longest) {
		t.Fatalf("waited %v, want %d times", waits, len(longest))
	}
	for i, d := range waits {
		if d < longest[i]/2 || d > longest[i] {
			t.Errorf("wait %d is %v, want %v to %v", i+1, d, longest[i]/2, longest[i])
		}
	}
	seen := map[time.Duration]bool{}
	for range 50 {
		seen[delay(1)] = true
	}
	if len(seen) == 1 {
		t.Error("50 waits after the first try are all equal")
	}
}

// TestRetryAfter waits for as long as the server asks, or gives up at once if that
// is longer than the download may take.
func TestRetryAfter(t *testing.T) {
	b := newBucket(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	c := b.client()
	var waits []time.Duration
	c.Wait = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}
	if _, err := c.Fetch(t.Context(), release, ""); err == nil {
		t.Fatal("no error")
	}
	if want := []time.Duration{7 * time.Second, 7 * time.Second, 7 * time.Second}; !slices.Equal(waits, want) {
		t.Errorf("waited %v", waits)
	}
	c.Timeouts.Total = 5 * time.Second
	waits = nil
	_, err := c.Fetch(t.Context(), release, "")
	wantError(t, err, b.URL+path, "; it asks to wait 7s, which is too long$", "")
	if len(waits) > 0 {
		t.Errorf("waited %v", waits)
	}
	now := time.Date(2025, 11, 26, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "x": 0, "-1": 0, "120": 2 * time.Minute, "99999999999999": 0,
		"Wed, 26 Nov 2025 12:00:30 GMT": 30 * time.Second, "Wed, 26 Nov 2025 11:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestWait(t *testing.T) {
	c := &Client{}
	if err := c.wait(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("a wait that is over: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that is cancelled: %v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		b := newBucket(t, send(template))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := b.client().Fetch(ctx, release, "")
		wantError(t, err, b.URL+path, ": context canceled$", "")
	})
	t.Run("while it waits", func(t *testing.T) {
		b := newBucket(t, fail(500))
		c := b.client()
		ctx, cancel := context.WithCancel(t.Context())
		c.Wait = nil // the real one, which must not last
		var asked atomic.Int32
		b.answers = []answer{func(w http.ResponseWriter, r *http.Request) {
			fail(500)(w, r)
			asked.Add(1)
			cancel()
		}}
		_, err := c.Fetch(ctx, release, "")
		wantError(t, err, b.URL+path, ": context canceled$", "")
		if !errors.Is(err, context.Canceled) || asked.Load() != 1 {
			t.Errorf("asked %d times, error is %v", asked.Load(), err)
		}
	})
	t.Run("by a wait that goes on", func(t *testing.T) {
		b := newBucket(t, hang)
		c := b.client()
		c.Timeouts.Total = 20 * time.Millisecond
		c.Wait = func(context.Context, time.Duration) error { return nil }
		_, err := c.Fetch(t.Context(), release, "")
		wantError(t, err, b.URL+path, ": not complete after 20ms", "")
	})
	t.Run("by its own error", func(t *testing.T) {
		b := newBucket(t, fail(500))
		c := b.client()
		enough := errors.New("enough")
		c.Wait = func(context.Context, time.Duration) error { return enough }
		if _, err := c.Fetch(t.Context(), release, ""); !errors.Is(err, enough) {
			t.Errorf("error is %v, want %v", err, enough)
		}
	})
}
