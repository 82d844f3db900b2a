//go:build linux

package prove

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/imdslock/imdslock/prove/stack"
)

// A node is a machine that has been launched. Its files outlive a reboot.
type node struct {
	*network
	imds  *imds
	image Image
	dir   string
	watch net.Listener

	mu     sync.Mutex
	boots  int     // how often it was booted
	starts []start // of the kubelet, in order
}

// A start is what could be reached when the kubelet started.
type start struct {
	boot int // 1 for the first
	View
}

// bootTime bounds how long a boot may take: user data may loop for ever.
const bootTime = 5 * time.Minute

// launch makes a node, its network and its metadata service, and does not boot
// it yet.
func launch(l stack.Launch, image Image) (*node, error) {
	dir, err := os.MkdirTemp("", "imdslock-prove-") // short: a socket's path is
	if err != nil {
		return nil, err
	}
	n := &node{image: image, dir: dir}
	if n.network, err = newNetwork(image.Topology); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if n.imds, err = startIMDS(n.vpc, l.Options, l.UserData); err != nil {
		return nil, errors.Join(err, n.close())
	}
	if err := n.install(l.UserData); err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

func (n *node) close() error {
	var errs []error
	if n.watch != nil {
		errs = append(errs, n.watch.Close())
	}
	if n.imds != nil {
		errs = append(errs, n.imds.close())
	}
	return errors.Join(append(errs, n.network.close(), os.RemoveAll(n.dir))...)
}

// path returns the path of a file that the node sees below /run.
func (n *node) path(name string) string { return filepath.Join(n.dir, name) }

// install writes the node's files.
func (n *node) install(userData []byte) error {
	dirs := []string{"image", "log", "tmp", "python", "root", "home", "lib", "units", "opt/aws/bin", "local/bin", "etc/eks",
		"etc/cloud", "etc/systemd/system", "etc/alternatives", "cloud/seed/nocloud"}
	if !n.image.Snap {
		dirs = append(dirs, "etc/sysconfig")
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(n.path(dir), 0o755); err != nil {
			return err
		}
	}
	for to, from := range n.image.stubs() {
		if err := n.copyStub(from, to); err != nil {
			return err
		}
	}
	for name, content := range n.image.files(userData) {
		if err := os.WriteFile(n.path(name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	var err error
	if n.watch, err = net.Listen("unix", n.path("watch.sock")); err != nil {
		return err
	}
	go n.listen()
	return n.chooseIPTables(n.image.Broken || n.image.Busy)
}

func (n *node) copyStub(from, to string) error {
	b, err := stubs.ReadFile("stub/" + from)
	if err != nil {
		return err
	}
	return os.WriteFile(n.path(to), b, 0o755)
}

// chooseIPTables makes iptables the image's implementation, or one that fails.
// Debian's iptables is a link into /etc/alternatives, which is the node's.
func (n *node) chooseIPTables(broken bool) error {
	for _, name := range []string{"iptables", "ip6tables"} {
		for _, suffix := range []string{"", "-save", "-restore"} {
			link := n.path("etc/alternatives/" + name + suffix)
			target := "/usr/sbin/" + name + "-" + string(n.image.IPTables) + suffix
			if broken && suffix != "-save" {
				target = "/run/image/broken-iptables"
			}
			if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			if err := os.Symlink(target, link); err != nil {
				return err
			}
		}
	}
	return nil
}

// listen takes the messages of the node until the node is closed.
func (n *node) listen() {
	for {
		conn, err := n.watch.Accept()
		if err != nil {
			return
		}
		n.hear(conn)
	}
}

// hear looks around when the kubelet starts, before it goes on.
func (n *node) hear(conn net.Conn) {
	defer conn.Close()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if line == "kubelet\n" {
		n.starts = append(n.starts, start{n.boots, n.look()})
	}
	conn.Write([]byte("ok\n")) // it does not matter if the node is gone
}

// boot runs init.
func (n *node) boot() error {
	n.mu.Lock()
	n.boots++
	n.mu.Unlock()
	for _, gone := range []string{"loaded", "active", "systemd", "cloud-init"} { // /run is empty after a reboot
		if err := os.RemoveAll(n.path(gone)); err != nil {
			return err
		}
	}
	c, err := foundCloudInit()
	if err != nil {
		return err
	}
	return n.run(c.python, "-B", "/run/image/boot.py")
}

// run runs a command on the node, in its namespaces and file system.
func (n *node) run(argv ...string) error {
	enter, err := stubs.ReadFile("stub/enter.sh")
	if err != nil {
		return err
	}
	c, err := foundCloudInit()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), bootTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", string(enter), "enter", n.dir}, argv...)...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8", "HOME=/root", "CLOUD_INIT=" + c.dir}
	// When the first process of a PID namespace ends, all in it do.
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	log, err := os.OpenFile(n.path("console"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	return n.node.do(func() error {
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s on the node: %w\n%s", strings.Join(argv, " "), err, n.console())
		}
		return nil
	})
}

// console returns what was printed on the node.
func (n *node) console() string {
	b, err := os.ReadFile(n.path("console"))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// events returns what happened on the node, in order: "yum …", "bootstrap …",
// "kubelet", "failed UNIT", "signal STATUS", and "unplayed …" for a command of
// which the stubs do not know what it does.
func (n *node) events() []string {
	b, err := os.ReadFile(n.path("events"))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// signal returns the exit status that cfn-signal was given, or "" if it was not
// called.
func (n *node) signal() string {
	for _, e := range slices.Backward(n.events()) {
		if status, ok := strings.CutPrefix(e, "signal "); ok {
			return status
		}
	}
	return ""
}
