//go:build linux

package prove

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/imdslock/imdslock/prove/stack"
)

// An imds is a metadata service as the section "Instance metadata and user
// data" of the Amazon EC2 User Guide describes it: a token is answered with
// the hop limit as the packet's time to live, and nothing else is.
type imds struct {
	options  stack.MetadataOptions
	userData []byte
	server   *http.Server

	mu     sync.Mutex
	tokens map[string]bool
}

const role = "node-role"

const credentials = `{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAEXAMPLE"}` + "\n"

type connKey struct{}

// startIMDS serves on 169.254.169.254, and on fd00:ec2::254 if the options say so.
func startIMDS(ns *namespace, options stack.MetadataOptions, userData []byte) (*imds, error) {
	s := &imds{options: options, userData: userData, tokens: map[string]bool{}}
	s.server = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	addresses := []string{addrIMDS}
	if options.HTTPProtocolIPv6 == "enabled" {
		addresses = append(addresses, addrIMDS6)
	}
	for _, address := range addresses {
		l, err := ns.listen(net.JoinHostPort(address, portOfMetadata))
		if err != nil {
			return nil, errors.Join(err, s.server.Close())
		}
		go s.server.Serve(l) // ends with Close
	}
	return s, nil
}

func (s *imds) close() error { return s.server.Close() }

func (s *imds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	if s.options.HTTPEndpoint == "disabled" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if r.Method == http.MethodPut && r.URL.Path == "/latest/api/token" {
		s.token(w, r)
		return
	}
	token := r.Header.Get("X-aws-ec2-metadata-token")
	switch {
	case token != "" && !s.knows(token), token == "" && s.options.HTTPTokens == "required":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case r.Method != http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	switch r.URL.Path {
	case "/latest/meta-data/iam/security-credentials/":
		io.WriteString(w, role)
	case "/latest/meta-data/iam/security-credentials/" + role:
		io.WriteString(w, credentials)
	case "/latest/meta-data/local-ipv4":
		io.WriteString(w, addrNode)
	case "/latest/user-data":
		w.Write(s.userData)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// token answers with a token. The connection keeps the low time to live, so
// that a packet that was lost does not arrive when it is sent again.
func (s *imds) token(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(r.Header.Get("X-aws-ec2-metadata-token-ttl-seconds"))
	switch {
	case r.Header.Get("X-Forwarded-For") != "":
		w.WriteHeader(http.StatusForbidden)
		return
	case err != nil || seconds < 1 || seconds > 21600:
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if err := limitHops(r.Context().Value(connKey{}).(*net.TCPConn), s.options.HTTPPutResponseHopLimit); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	token := rand.Text()
	s.mu.Lock()
	s.tokens[token] = true
	s.mu.Unlock()
	io.WriteString(w, token)
}

func (s *imds) knows(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[token]
}

// limitHops sets the time to live of what is sent on a connection from now on.
func limitHops(conn *net.TCPConn, hops int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	level, option := unix.IPPROTO_IP, unix.IP_TTL
	if conn.LocalAddr().(*net.TCPAddr).IP.To4() == nil {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), level, option, hops) }); err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("setting the hop limit: %w", failed)
	}
	return nil
}
