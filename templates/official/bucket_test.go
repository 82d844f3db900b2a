package official

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imdslock/imdslock/templates"
)

const (
	template = "Resources:\n  NodeLaunchTemplate:\n    Type: AWS::EC2::LaunchTemplate\n"
	page     = "<!DOCTYPE html><p>Resources: sign in, please.</p>\n"
	path     = "/amazon-eks/cloudformation/2020-10-29/amazon-eks-nodegroup.yaml"
)

// release is what the tests download. The tests' server takes the place of the
// host, which is a name that nothing answers for.
var release = templates.Release{OS: "linux", Date: "2020-10-29", Partition: "aws", URL: "https://bucket.invalid" + path}

// An answer is what the server does at one request.
type answer = http.HandlerFunc

// send answers with a text.
func send(text string) answer {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// fail answers with a status and, as S3 does, a document about it.
func fail(status int) answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, "<Error><Code>Resources</Code></Error>")
	}
}

// redirect answers with another place.
func redirect(to string) answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// hang never answers, not even the client that has given up: what it sent then
// could be read still.
func hang(_ http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// stall answers with the first half, and never with the second.
func stall(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(len(template)))
	fmt.Fprint(w, template[:len(template)/2])
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// cutOff answers with the first half and closes the connection.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(len(template)))
	fmt.Fprint(w, template[:len(template)/2])
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// oversize answers with more than a template can have.
func oversize(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, template)
	w.(http.Flusher).Flush() // so that it does not tell its length
	fmt.Fprint(w, strings.Repeat("#", maxSize))
}

// announceOversize says that it will answer with more than a template can
// have, and never does.
func announceOversize(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(maxSize+1))
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// A bucket is a TLS server that gives one answer after the other, the last of
// them for good.
type bucket struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []answer
	requests []*http.Request
}

func newBucket(t *testing.T, answers ...answer) *bucket {
	t.Helper()
	b := &bucket{answers: answers}
	b.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		next := b.answers[0]
		if len(b.answers) > 1 {
			b.answers = b.answers[1:]
		}
		b.requests = append(b.requests, r)
		b.mu.Unlock()
		next(w, r)
	}))
	b.Config.ErrorLog = log.New(io.Discard, "", 0)
	b.StartTLS()
	t.Cleanup(b.Close)
	return b
}

// asked returns the requests so far.
func (b *bucket) asked() []*http.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests
}

// client returns a client that takes the server for the bucket, trusts it, and
// does not wait between tries.
func (b *bucket) client() *Client {
	roots := x509.NewCertPool()
	roots.AddCert(b.Certificate())
	return &Client{
		Origin: b.URL,
		TLS:    &tls.Config{RootCAs: roots},
		Wait:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
