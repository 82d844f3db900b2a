//go:build linux

package prove

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// A tool is a command that a node needs from the machine, and the package that
// has it by package manager. Amazon Linux 2 has yum, Amazon Linux 2023 dnf.
type tool struct {
	name     string
	packages map[string]string
}

func tools() []tool {
	return []tool{
		{"ip", map[string]string{"apt-get": "iproute2", "dnf": "iproute", "yum": "iproute"}},
		{"iptables-nft", map[string]string{"apt-get": "iptables", "dnf": "iptables-nft"}},
		{"iptables-legacy", map[string]string{"apt-get": "iptables", "dnf": "iptables-legacy"}},
		{"mount", map[string]string{"apt-get": "mount", "dnf": "util-linux-core", "yum": "util-linux"}},
		{"bash", map[string]string{"apt-get": "bash", "dnf": "bash", "yum": "bash"}},
	}
}

// NamespacesMissing returns an error if there can be no node here, with a line for
// each thing that is missing and what to do, or nil.
func NamespacesMissing() error {
	var errs []error
	for _, t := range tools() {
		if _, err := exec.LookPath(t.name); err != nil {
			errs = append(errs, fmt.Errorf("%s is missing: %s", t.name, install(t.packages)))
		}
	}
	if os.Geteuid() != 0 {
		return errors.Join(append(errs, errors.New("network namespaces need root: run it as root"))...)
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	ns, err := newNamespace()
	if err != nil {
		return fmt.Errorf("%w: a container needs to be privileged", err)
	}
	return ns.close()
}

// packageManager returns the name of the machine's package manager, or "".
func packageManager() string {
	for _, name := range []string{"apt-get", "dnf", "yum"} {
		if _, err := exec.LookPath(name); err == nil {
			return name
		}
	}
	return ""
}

// install says how to install a package, whose name depends on the package
// manager.
func install(packages map[string]string) string {
	manager := packageManager()
	if name, ok := packages[manager]; ok {
		return fmt.Sprintf("%s install -y %s", manager, name)
	}
	return "there is no package for it that is known here; Debian, Ubuntu and Amazon Linux 2023 have one"
}
