//go:build linux

package prove

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// A namespace is a network namespace without a name: the kernel removes it when no
// process has it open any more, however this one ends.
type namespace struct{ file *os.File }

// onThread runs f on a thread of its own, which ends with it: its namespaces
// can be changed and need not be restored.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		done <- f()
	}()
	return <-done
}

func newNamespace() (*namespace, error) {
	ns := &namespace{}
	err := onThread(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("making a network namespace: %w", err)
		}
		ns.file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	return ns, err
}

func (ns *namespace) close() error { return ns.file.Close() }

// do runs f in the namespace. What f starts and opens stays there.
func (ns *namespace) do(f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(ns.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("entering a network namespace: %w", err)
		}
		return f()
	})
}

// ip runs lines of ip -batch in the namespace. "@0" in them stands for the
// first of the other namespaces, and so on.
func (ns *namespace) ip(lines string, others ...*namespace) error {
	cmd := exec.Command("ip", "-batch", "-")
	for i, other := range others {
		cmd.ExtraFiles = append(cmd.ExtraFiles, other.file)
		lines = strings.ReplaceAll(lines, fmt.Sprintf("@%d", i), fmt.Sprintf("/proc/self/fd/%d", 3+i))
	}
	cmd.Stdin = strings.NewReader(lines)
	return ns.run(cmd)
}

// run runs a command in the namespace. The error has its output.
func (ns *namespace) run(cmd *exec.Cmd) error {
	return ns.do(func() error {
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
		}
		return nil
	})
}

// sysctl writes kernel settings of the namespace, "net/ipv4/ip_forward=1".
func (ns *namespace) sysctl(settings ...string) error {
	return ns.do(func() error {
		for _, s := range settings {
			name, value, _ := strings.Cut(s, "=")
			if err := os.WriteFile("/proc/sys/"+name, []byte(value), 0o644); err != nil {
				return err
			}
		}
		return nil
	})
}

// listen opens a TCP port in the namespace.
func (ns *namespace) listen(address string) (l net.Listener, err error) {
	err = ns.do(func() error {
		l, err = net.Listen("tcp", address)
		return err
	})
	return l, err
}

// dial connects from the namespace.
func (ns *namespace) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	err = ns.do(func() error {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}
