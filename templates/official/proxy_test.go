package official

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imdslock/imdslock/internal/tunnel"
)

// The proxy variables are read once a process and never for loopback, so a
// process of its own downloads, from a host that only the proxy knows.
func TestProxy(t *testing.T) {
	if root := os.Getenv("IMDSLOCK_TEST_ROOT"); root != "" {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM([]byte(root))
		c := &Client{Origin: "https://example.com", TLS: &tls.Config{RootCAs: roots}}
		got, err := c.Fetch(t.Context(), release, sumOf(template))
		if err != nil || string(got) != template {
			t.Errorf("got %q, %v", got, err)
		}
		return
	}
	b := newBucket(t, send(template)) // its certificate is example.com's, too
	var mu sync.Mutex
	var connected []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		connected = append(connected, r.Method+" "+r.Host)
		mu.Unlock()
		tunnel.Join(t, w, b.Listener.Addr().String())
	}))
	defer proxy.Close()

	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.Certificate().Raw})
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxy$", "-test.v")
	environment := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"https_proxy", "no_proxy"}, strings.ToLower(name))
	})
	cmd.Env = append(environment, "IMDSLOCK_TEST_ROOT="+string(root), "HTTPS_PROXY="+proxy.URL)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"CONNECT example.com:443"}; !slices.Equal(connected, want) {
		t.Errorf("the proxy was asked to %q, want %q", connected, want)
	}
}
