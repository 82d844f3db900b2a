package official

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"
)

// Why an answer is not accepted. Trying again does not help with any of them.
var (
	errNoTemplate = errors.New("not a CloudFormation template")
	errRedirect   = errors.New("refused a redirect")
	errTooLarge   = fmt.Errorf("larger than %d bytes, which no template can be", maxSize)
)

// A statusError is an answer other than the template.
type statusError struct {
	code  int
	after time.Duration // how long Retry-After asks to wait; 0 if it does not say
}

func (e *statusError) Error() string {
	if text := http.StatusText(e.code); text != "" {
		return fmt.Sprintf("status %d %s", e.code, text)
	}
	return fmt.Sprintf("status %d", e.code)
}

// isAbsent reports whether the bucket has no such file. S3 says so with 403 if the
// bucket may not be listed.
func (e *statusError) isAbsent() bool {
	return e.code == http.StatusNotFound || e.code == http.StatusForbidden
}

// mayPass reports whether a try that failed with err may succeed a little later.
func mayPass(err error) bool {
	var status *statusError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &status):
		return status.code == http.StatusTooManyRequests || status.code >= 500
	case errors.As(err, &certificate):
		return false
	}
	return !errors.Is(err, errNoTemplate) && !errors.Is(err, errRedirect) && !errors.Is(err, errTooLarge)
}

// target returns the URL to ask for a release's.
func (c *Client) target(release string) (*url.URL, error) {
	target, err := url.Parse(release)
	if err != nil {
		return nil, err
	}
	if c.Origin != "" {
		origin, err := url.Parse(c.Origin)
		if err != nil {
			return nil, err
		}
		target.Scheme, target.Host = origin.Scheme, origin.Host
	}
	if target.Scheme != "https" || target.Host == "" {
		return nil, fmt.Errorf("refused %s: must have https and a host", target)
	}
	return target, nil
}

// httpClient returns what makes the requests of one download, and what to call
// when that is over.
func (c *Client) httpClient() (client *http.Client, done func()) {
	connect := cmp.Or(c.Timeouts.Connect, 10*time.Second)
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connect}).DialContext,
		TLSClientConfig:       c.TLS.Clone(),
		TLSHandshakeTimeout:   connect,
		ResponseHeaderTimeout: cmp.Or(c.Timeouts.Header, 15*time.Second),
		// A SHA-256 is that of the bytes as AWS stores them.
		DisableCompression: true,
	}
	return &http.Client{Transport: transport, CheckRedirect: stayOnHost}, transport.CloseIdleConnections
}

// stayOnHost refuses to follow a redirect to another host, or to plain HTTP.
func stayOnHost(next *http.Request, earlier []*http.Request) error {
	first := earlier[0].URL
	switch {
	case next.URL.Scheme != "https" || next.URL.Host != first.Host:
		return fmt.Errorf("%w to %s: it leaves https://%s", errRedirect, next.URL, first.Host)
	case len(earlier) > 3:
		return fmt.Errorf("%w to %s: the fourth in a row", errRedirect, next.URL)
	}
	return nil
}

// get makes one request. It returns cached if the server says that it is current.
func get(ctx context.Context, client *http.Client, target *url.URL, cached entry) (entry, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return entry{}, err
	}
	request.Header.Set("User-Agent", "imdslock")
	if cached.ETag != "" {
		request.Header.Set("If-None-Match", cached.ETag)
	}
	response, err := client.Do(request)
	if err != nil {
		// Its text repeats the URL, which the caller's error has.
		var withURL *url.Error
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return entry{}, err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotModified && cached.ETag != "":
		return cached, nil
	case response.StatusCode != http.StatusOK:
		return entry{}, &statusError{response.StatusCode, retryAfter(response.Header.Get("Retry-After"), time.Now())}
	case response.ContentLength > maxSize:
		return entry{}, errTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSize+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return entry{}, fmt.Errorf("cut off after %d bytes: %w", len(body), err)
	case err != nil:
		return entry{}, err
	case len(body) > maxSize:
		return entry{}, errTooLarge
	}
	if err := checkTemplate(body); err != nil {
		return entry{}, err
	}
	return entry{URL: target.String(), ETag: response.Header.Get("ETag"), Body: body}, nil
}

// retryAfter reads the header Retry-After: seconds, or a date (RFC 9110, section
// 10.2.3). It returns 0 without one, and for a date in the past.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}

// checkTemplate refuses what cannot be a template: sign-in pages and error
// documents that come with status 200, mostly. It does not parse.
func checkTemplate(body []byte) error {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case len(text) == 0:
		return fmt.Errorf("%w: the answer is empty", errNoTemplate)
	case text[0] == '<':
		return fmt.Errorf("%w: the answer is HTML or XML", errNoTemplate)
	case !utf8.Valid(text):
		return fmt.Errorf("%w: the answer is not UTF-8 text", errNoTemplate)
	case !bytes.Contains(text, []byte("Resources")):
		return fmt.Errorf("%w: the answer does not mention Resources", errNoTemplate)
	}
	return nil
}
