//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
)

// inNamespace makes a shell script run before the command, in a mount namespace
// of their own, which ends with them. The script's "$1" is the folder.
func inNamespace(t *testing.T, cmd *exec.Cmd, script string) *exec.Cmd {
	t.Helper()
	probe := exec.Command("mount", "--make-rprivate", "/")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if out, err := probe.CombinedOutput(); err != nil {
		needs.Missing(t, "namespaces", fmt.Sprintf("%v %s", err, out))
	}
	inside := exec.Command("sh", append([]string{"-ec", "mount --make-rprivate /\n" + script + "\ncd \"$1\"; shift; status=0; \"$@\" || status=$?\nls -A >&2; md5sum * >&2; exit $status", "sh", cmd.Dir}, cmd.Args...)...)
	inside.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	return inside
}

// TestNoSpace writes to a file system that is full after some of the files, and
// to one that cannot be written.
func TestNoSpace(t *testing.T) {
	for name, test := range map[string]struct{ mount, want string }{
		"full": {`mkdir "$1/../kept"; cp "$1"/* "$1/../kept"; mount -t tmpfs -o size=32k tmpfs "$1"; cp "$1"/../kept/* "$1"`,
			"no space left on device"},
		"read-only": {`mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"`,
			"read-only file system"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "work")
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			names := openFiles(t, dir, 5)
			sum, err := exec.Command("md5sum", filepath.Join(dir, names[0])).Output()
			if err != nil {
				t.Fatal(err)
			}
			cmd := inNamespace(t, startable(t, dir, "-q", "-w", "."), test.mount)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != exitUsage {
				t.Fatalf("%v\n%s", err, out)
			}
			first, rest, _ := strings.Cut(string(out), "\n")
			if !strings.HasPrefix(first, "imdslock: writing f0000") || !strings.HasSuffix(first, ".yaml: "+test.want) {
				t.Errorf("got %q", first)
			}
			var want strings.Builder // the same files, of the same content, and no others
			for _, name := range names {
				fmt.Fprintln(&want, name)
			}
			for _, name := range names {
				fmt.Fprintf(&want, "%.32s  %s\n", sum, name)
			}
			if !strings.HasSuffix(rest, want.String()) || strings.Count(rest, names[0]+"\n") != 2 {
				t.Errorf("got %s, want %s", rest, want.String())
			}
		})
	}
}

// TestWithoutRights runs as a user who may not do everything.
func TestWithoutRights(t *testing.T) {
	if os.Getuid() != 0 {
		needs.Missing(t, "namespaces", "only root can be somebody else")
	}
	const nobody = 65534
	bin := t.TempDir()
	for _, dir := range []string{bin, filepath.Dir(bin)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("install", "-m", "755", self, filepath.Join(bin, "imdslock")).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for name, test := range map[string]struct {
		folder, file os.FileMode // of the folder, and of its second file
		message      string
	}{
		"unreadable file among many": {0o777, 0o000, "imdslock: reading f00001.yaml: permission denied"},
		"read-only file":             {0o777, 0o444, "imdslock: writing f00001.yaml: permission denied"},
		"read-only folder":           {0o555, 0o666, "imdslock: writing f00000.yaml: permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(bin, strings.ReplaceAll(name, " ", "-"))
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			names := openFiles(t, dir, 3)
			for _, name := range names {
				if err := os.Chmod(filepath.Join(dir, name), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(os.Chmod(filepath.Join(dir, names[1]), test.file), os.Chmod(dir, test.folder)); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(filepath.Join(bin, "imdslock"), append([]string{"-q", "-w"}, names...)...)
			cmd.Dir = dir
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			wantFailed(t, dir, names, cmd, exitUsage, test.message)
		})
	}
}

// TestKeepsOwner patches, as root, what somebody else owns.
func TestKeepsOwner(t *testing.T) {
	if os.Getuid() != 0 {
		needs.Missing(t, "namespaces", "only root can give a file away")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, openFiles(t, dir, 1)[0])
	if err := errors.Join(os.Chmod(path, 0o640), os.Chown(path, 1234, 5678)); err != nil {
		t.Fatal(err)
	}
	if out, err := startable(t, dir, "-q", "-w", ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 1234 || stat.Gid != 5678 || info.Mode() != 0o640 {
		t.Errorf("owner %d, group %d, mode %v", stat.Uid, stat.Gid, info.Mode())
	}
	if text := readText(t, path); text != lockedConfiguration {
		t.Errorf("got %q", text)
	}
}
