//go:build linux

// Package prove shows what imdslock's output does to a node: it launches one
// from a patched template and looks at the metadata service through the eyes
// of its pods.
//
// What runs is the output of [transform.Patch], evaluated like CloudFormation
// would: the fake metadata service gets its MetadataOptions, and cloud-init's
// own code runs its user data. Network and iptables are the kernel's, in
// namespaces of their own; package manager, bootstrap script, systemd, kubelet
// and pods are played by the files in stub. Nothing outside of the namespaces
// is contacted, and all of them are gone when the process ends.
package prove

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// python is the interpreter that Debian's packages are for.
const python = "/usr/bin/python3"

// NamespacesMissing says why there can be no node here, or returns nil.
func NamespacesMissing() error {
	if os.Geteuid() != 0 {
		return errors.New("network namespaces want root")
	}
	for _, tool := range []string{"ip", "iptables-nft", "iptables-legacy", "mount"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%w (Debian's packages iproute2 and iptables have what is needed)", err)
		}
	}
	ns, err := newNamespace()
	if err != nil {
		return err
	}
	return ns.close()
}

// CloudInitMissing says why cloud-init's code cannot run here, or returns nil.
func CloudInitMissing() error {
	cmd := exec.Command(python, "-B", "-c", "import cloudinit.cmd.main")
	cmd.Env = os.Environ()
	if dir := os.Getenv("CLOUD_INIT"); dir != "" {
		cmd.Env = append(cmd.Env, "PYTHONPATH="+dir)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return fmt.Errorf("%w: %s (CLOUD_INIT says where the package is unpacked)", err, lines[len(lines)-1])
	}
	return nil
}
