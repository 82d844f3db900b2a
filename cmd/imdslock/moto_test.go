package main

import (
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/needs"
)

// startMoto starts AWS's API, played by moto, on a port of loopback that was free.
func startMoto(t *testing.T) (address string) {
	t.Helper()
	server, err := exec.LookPath("moto_server")
	if err != nil {
		needs.Missing(t, "moto", err.Error())
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = free.Addr().String()
	free.Close()
	host, port, _ := net.SplitHostPort(address)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, server, "-H", host, "-p", port)
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); cmd.Wait() })
	for range 600 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("moto_server does not listen:\n%s", log.String())
	return ""
}
