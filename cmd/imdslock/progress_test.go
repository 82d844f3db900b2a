//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// slowRun runs "imdslock -l" over a template and a pipe, whose template comes
// when ready returns. It returns what has gone to the terminal that stderr is.
func slowRun(t *testing.T, ready func(seen func() string), options ...string) (terminal, stdout string) {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	linkSelf(t, bin)
	file, pipe := filepath.Join(dir, "nodes.yaml"), filepath.Join(dir, "pipe.yaml")
	if err := os.WriteFile(file, []byte(openTemplate), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	var out bytes.Buffer
	cmd := exec.Command(filepath.Join(bin, "imdslock"), append(options, "-l", file, pipe)...)
	cmd.Stdout, cmd.Stderr = &out, slave
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	pieces := make(chan string)
	go func() {
		defer close(pieces)
		buf := make([]byte, 1024)
		for {
			n, err := master.Read(buf)
			if n > 0 {
				pieces <- string(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	ready(func() string {
		terminal += <-pieces
		return terminal
	})
	if err := os.WriteFile(pipe, []byte(openTemplate), 0); err != nil {
		t.Fatal(err)
	}
	for piece := range pieces {
		terminal += piece
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != exitDifference {
		t.Fatalf("status %d: %s", cmd.ProcessState.ExitCode(), terminal)
	}
	return terminal, strings.ReplaceAll(out.String(), dir+"/", "")
}

// TestProgress runs longer than progressDelay, however fast the machine is.
func TestProgress(t *testing.T) {
	const names = "nodes.yaml\npipe.yaml\n"
	terminal, stdout := slowRun(t, func(seen func() string) {
		for !strings.Contains(seen(), "1/2") {
		}
	})
	if stdout != names {
		t.Errorf("stdout %q", stdout)
	}
	last := strings.LastIndex(terminal, wipe)
	if last < 0 {
		t.Fatalf("not wiped away: %q", terminal)
	}
	bar, notes := terminal[:last], terminal[last:]
	if strings.Contains(bar, "\n") || strings.Contains(bar, "note") || strings.Count(notes, "note: ") != 2 || strings.Contains(notes, "/2") {
		t.Errorf("not a line that is wiped away before the notes: %q", terminal)
	}

	wait := func(func() string) { time.Sleep(progressDelay + progressDelay/4) }
	terminal, stdout = slowRun(t, wait, "-q")
	if terminal != "" || stdout != names {
		t.Errorf("with -q: terminal %q, stdout %q", terminal, stdout)
	}
	var p progress
	if p.start(options{}, &bytes.Buffer{}, 2); p.terminal != nil {
		t.Error("it shows where there is no terminal")
	}
}

// heedsSignal skips a test where a signal is ignored, as all that nohup starts
// does with SIGHUP, and all that a script starts in the background with SIGINT:
// the command leaves it at that.
func heedsSignal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if signal.Ignored(sig) {
		t.Skipf("%v is ignored by what started the test", sig)
	}
}
