package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/tunnel"
	"github.com/imdslock/imdslock/templates"
)

// nightly is the command that docs/golden-files.md advises to run each night.
const nightly = "imdslock --template linux --official --expect golden.yaml"

// TestOfficial runs the nightly command against a bucket on loopback, which a
// proxy takes for AWS's: no golden file yet, the same release, a new one.
func TestOfficial(t *testing.T) {
	page, err := os.ReadFile("../../docs/golden-files.md")
	if err != nil || !strings.Contains(string(page), "\n    "+nightly+"\n") {
		t.Fatalf("the page does not show %q: %v", nightly, err)
	}
	published, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	bucket, certificate := newBucket(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if newest, err := templates.Lookup("linux", "", ""); err != nil || newest.URL != "https://"+r.Host+r.URL.Path {
			t.Errorf("asked for %s%s, %v", r.Host, r.URL.Path, err)
		}
		w.Write(published)
	})
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tunnel.Join(t, w, bucket) }))
	defer proxy.Close()

	dir, bin := t.TempDir(), t.TempDir()
	linkSelf(t, bin)
	run := func(command string) (string, int) {
		cmd := exec.Command("/bin/sh", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HTTPS_PROXY="+proxy.URL, "https_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=",
			"SSL_CERT_FILE="+certificate, "XDG_CACHE_HOME="+t.TempDir(), "HOME="+dir, "NO_COLOR=1")
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, status := run(nightly); status != exitUsage || !strings.Contains(out, "hint: -w makes it") {
		t.Errorf("no golden file: status %d\n%s", status, out)
	}
	if out, status := run(strings.Replace(nightly, "--expect", "-w --expect", 1)); status != exitDone {
		t.Fatalf("making it: status %d\n%s", status, out)
	}
	if out, status := run(nightly); status != exitDone || out != "" {
		t.Errorf("the same release: status %d\n%s", status, out)
	}
	mu.Lock()
	published = []byte(strings.Replace(string(published), "gp3", "gp4", 1))
	mu.Unlock()
	if out, status := run(nightly); status != exitDifference || !strings.Contains(out, "\n+              VolumeType: gp4\n") {
		t.Errorf("a new release: status %d\n%s", status, out)
	}
	if out, status := run(nightly + " --sha256 " + strings.Repeat("0", 64)); status != exitUsage || !strings.Contains(out, "SHA-256") {
		t.Errorf("pinned to another: status %d\n%s", status, out)
	}
}

// newBucket starts a TLS server that has a certificate for AWS's bucket, and
// returns its address and the file with the certificate.
func newBucket(t *testing.T, serve http.HandlerFunc) (address, certificate string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"s3.us-west-2.amazonaws.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(serve)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate = filepath.Join(t.TempDir(), "bucket.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	return server.Listener.Addr().String(), certificate
}
