//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/imdslock/imdslock/internal/needs"
)

// A template with something to lock, and what it becomes.
const (
	openConfiguration   = "Resources:\n  LC:\n    Type: AWS::AutoScaling::LaunchConfiguration\n    Properties:\n      ImageId: ami-1\n"
	lockedConfiguration = openConfiguration + "      MetadataOptions:\n        HttpEndpoint: enabled\n        HttpPutResponseHopLimit: 1\n        HttpTokens: required\n"
)

// startable returns the command, to be run in a folder.
func startable(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	bin := t.TempDir()
	linkSelf(t, bin)
	cmd := exec.Command(filepath.Join(bin, "imdslock"), args...)
	cmd.Dir = dir
	return cmd
}

// memoryDir returns a folder in memory, where a system has that: what is synced
// to a disk thousands of times takes long.
func memoryDir(t *testing.T) string {
	t.Helper()
	var fs unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < 256<<20 {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("/dev/shm", "imdslock")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// openFiles fills a folder with n templates that have something to lock.
func openFiles(t *testing.T, dir string, n int) (names []string) {
	t.Helper()
	for i := range n {
		name := fmt.Sprintf("f%05d.yaml", i)
		writeText(t, filepath.Join(dir, name), openConfiguration)
		names = append(names, name)
	}
	return names
}

// wantFailed checks a run that fails, with what happens during it: its exit
// status, its message, and that the files are as they were and alone.
func wantFailed(t *testing.T, dir string, names []string, cmd *exec.Cmd, status int, message string, during ...func()) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &stdout
	}
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, do := range during {
		do()
	}
	err := cmd.Wait()
	if cmd.ProcessState.ExitCode() != status {
		t.Errorf("%v, want exit status %d", err, status)
	}
	if stdout.Len() > 0 {
		t.Errorf("stdout: %q", stdout.String())
	}
	if first, _, _ := strings.Cut(stderr.String(), "\n"); first != message {
		t.Errorf("stderr: %q, want %q", stderr.String(), message)
	}
	if got, want := namesIn(t, dir), strings.Join(names, " "); got != want {
		t.Errorf("the folder has %s, want %s", got, want)
	}
	for _, name := range names {
		if text := readText(t, filepath.Join(dir, name)); text != openConfiguration {
			t.Errorf("%s is now %q", name, text)
		}
	}
}

// rounds is how often processes are let loose.
func rounds() int {
	if testing.Short() {
		return 5
	}
	return 30
}

// TestKilled kills -w at random moments: every file is old or new, and what is
// left behind is taken for no template.
func TestKilled(t *testing.T) {
	dir := memoryDir(t)
	names := openFiles(t, dir, 40)
	start := time.Now()
	if out, err := startable(t, dir, "-q", "-w", ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	killed, written := 0, 0
	for range rounds() {
		openFiles(t, dir, 40)
		cmd := startable(t, dir, "-q", "-w", ".")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(whole))
		_ = cmd.Process.Kill()
		if err := cmd.Wait(); err != nil {
			killed++
		}
		for _, name := range names {
			switch text := readText(t, filepath.Join(dir, name)); text {
			case lockedConfiguration:
				written++
			case openConfiguration:
			default:
				t.Fatalf("%s is half-written: %q", name, text)
			}
		}
	}
	if killed == 0 {
		t.Error("no process was killed")
	}
	t.Logf("%d of %d runs killed, %d of %d files new, %d left behind", killed, rounds(), written, rounds()*len(names), strings.Count(namesIn(t, dir), " ")+1-len(names))
	openFiles(t, dir, 40)
	out, _ := startable(t, dir, "-q", "-l", ".").Output()
	if got := strings.Fields(string(out)); strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("templates are %v", got)
	}
}

// TestEndedBySignal ends a run whose new files are staged, and which waits for
// the reader of its stdout: they are removed.
func TestEndedBySignal(t *testing.T) {
	for sig, want := range map[syscall.Signal]string{
		syscall.SIGINT:  "imdslock: interrupt: no file is written",
		syscall.SIGTERM: "imdslock: terminated: no file is written",
		syscall.SIGHUP:  "imdslock: hangup: no file is written",
	} {
		t.Run(sig.String(), func(t *testing.T) {
			heedsSignal(t, sig)
			dir := t.TempDir()
			names := openFiles(t, dir, 3)
			cmd := startable(t, dir, "-q", "-d", "-w", ".")
			cmd.Stdout = fullPipe(t)
			wantFailed(t, dir, names, cmd, 128+int(sig), want, func() {
				for range 300_000 {
					if all, err := os.ReadDir(dir); err != nil || len(all) == 2*len(names) {
						break // all are staged
					}
					time.Sleep(time.Millisecond)
				}
				_ = cmd.Process.Signal(sig)
			})
		})
	}
}

// fullPipe returns the end of a pipe that takes no byte more.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := unix.Write(ends[1], make([]byte, 4096)); err != nil {
			break
		}
	}
	if err := unix.SetNonblock(ends[1], false); err != nil {
		t.Fatal(err)
	}
	reader, writer := os.NewFile(uintptr(ends[0]), "reader"), os.NewFile(uintptr(ends[1]), "writer")
	t.Cleanup(func() { reader.Close(); writer.Close() })
	return writer
}

// TestNohup ends no run that is to go on when its terminal does.
func TestNohup(t *testing.T) {
	dir := t.TempDir()
	names := openFiles(t, dir, 1)
	cmd := startable(t, dir, "-q", "-d", "-w", ".")
	cmd.Args = append([]string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`}, cmd.Args...)
	cmd.Path = "/bin/sh"
	cmd.Stdout = fullPipe(t)
	wantFailed(t, dir, names, cmd, 128+int(syscall.SIGTERM), "imdslock: terminated: no file is written", func() {
		for range 30_000 {
			if all, err := os.ReadDir(dir); err != nil || len(all) == 2 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		_ = cmd.Process.Signal(syscall.SIGHUP)
		time.Sleep(10 * time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGTERM)
	})
}

// TestClosedPipe writes where nobody reads any more: that is no mistake, but
// then no file is written either.
func TestClosedPipe(t *testing.T) {
	dir := t.TempDir()
	names := openFiles(t, dir, 2)
	for _, test := range []struct {
		args    []string
		status  int
		message string
	}{
		{[]string{"-q", "-d", "."}, 128 + int(syscall.SIGPIPE), ""},
		{[]string{"check", "-q", "."}, 128 + int(syscall.SIGPIPE), ""},
		{[]string{"-q", "-d", "-w", "."}, exitUsage, "imdslock: writing the result: broken pipe; no file is written"},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		cmd := startable(t, dir, test.args...)
		cmd.Stdout = w
		wantFailed(t, dir, names, cmd, test.status, test.message)
		w.Close()
	}
}

// TestTwoWriters lets processes write one file at the same time: it ends up
// whole, and since both want the same, neither complains.
// TestFileSetRefusesChangedFile has those that want something else.
func TestTwoWriters(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "nodes.yaml")
	for range rounds() {
		writeText(t, path, openConfiguration)
		var both [2]*exec.Cmd
		var output [2]bytes.Buffer
		for i := range both {
			both[i] = startable(t, dir, "-q", "-w", "nodes.yaml")
			both[i].Stderr = &output[i]
			if err := both[i].Start(); err != nil {
				t.Fatal(err)
			}
		}
		for i, cmd := range both {
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v: %s", err, output[i].String())
			}
		}
		if text := readText(t, path); text != lockedConfiguration {
			t.Fatalf("got %q", text)
		}
	}
	if names := namesIn(t, dir); names != "nodes.yaml" {
		t.Errorf("left behind: %s", names)
	}
}

// TestManyFiles patches a folder of 10,000 files, without as many open files.
func TestManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("short: 10,000 files are many")
	}
	dir := memoryDir(t)
	names := openFiles(t, dir, 10_000)
	cmd := startable(t, dir, "-q", "-w", "-l", ".")
	cmd.Args = append([]string{"sh", "-c", `ulimit -n 100; exec "$0" "$@"`}, cmd.Args...)
	cmd.Path = "/bin/sh"
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(out)); len(got) != len(names) {
		t.Errorf("%d files differ", len(got))
	}
	if got := namesIn(t, dir); got != strings.Join(names, " ") {
		t.Errorf("left behind: %d names", strings.Count(got, " ")+1)
	}
	for _, name := range names {
		if text := readText(t, filepath.Join(dir, name)); text != lockedConfiguration {
			t.Fatalf("%s is %q", name, text)
		}
	}
	t.Logf("%d KiB of memory", cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// TestNames has names that are no text, and names that are more than a line.
func TestNames(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		needs.Missing(t, "git", "git apply says whether a diff is understood")
	}
	dir := t.TempDir()
	for name, want := range map[string]string{
		"b\xff.yaml": "b\xff.yaml\n", "ä\n\\\"b.yaml": "\"\\303\\244\\n\\\\\\\"b.yaml\"\n", "\x1b[31m.yaml": "\"\\033[31m.yaml\"\n", "a\"b c.yaml": "a\"b c.yaml\n",
	} {
		writeText(t, filepath.Join(dir, name), openConfiguration)
		out, _ := startable(t, dir, "-q", "-l", name).Output()
		if string(out) != want {
			t.Errorf("%q is listed as %q, want %q", name, out, want)
		}
		diff, _ := startable(t, dir, "-q", "-d", name).Output()
		apply := exec.Command("git", "apply", "-")
		apply.Dir, apply.Stdin = dir, bytes.NewReader(diff)
		if out, err := apply.CombinedOutput(); err != nil {
			t.Errorf("%q: %v %s\n%s", name, err, out, diff)
		} else if text := readText(t, filepath.Join(dir, name)); text != lockedConfiguration {
			t.Errorf("%q: applied, it is %q", name, text)
		}
		writeText(t, filepath.Join(dir, name), "[")
		cmd := startable(t, dir, name)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		message, _ := io.ReadAll(stderr)
		_ = cmd.Wait()
		if want := strings.TrimSuffix(want, "\n") + ":1:1: not YAML: "; !strings.HasPrefix(string(message), want) || bytes.Count(message, []byte("\n")) != 1 {
			t.Errorf("%q: message %q, want %q", name, message, want)
		}
	}
}
