// Package tunnel plays a proxy for tests of downloads, through which a server on
// loopback can have any host name.
package tunnel

import (
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Join answers the CONNECT request that w belongs to and joins its connection with one
// to an address, until both ways are closed.
func Join(t testing.TB, w http.ResponseWriter, address string) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		t.Error(err)
		return
	}
	var ways sync.WaitGroup
	ways.Go(func() {
		io.Copy(server, buffered)
		server.Close()
	})
	ways.Go(func() {
		io.Copy(client, server)
		client.Close()
	})
	ways.Wait()
}
