//go:build linux

package prove

import (
	"os"
	"os/exec"
	"strings"
)

// reboot boots again with nothing but the node's files.
func reboot(n *node) error {
	if err := flush(n); err != nil {
		return err
	}
	return n.boot()
}

// flush empties all tables of both implementations of iptables, as a service for
// firewalls does when it stops.
func flush(n *node) error {
	const empty = "*raw\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*filter\nCOMMIT\n"
	for _, family := range []string{"iptables", "ip6tables"} {
		for _, implementation := range []IPTables{NFT, Legacy} {
			cmd := n.xtables(family + "-" + string(implementation) + "-restore")
			cmd.Stdin = strings.NewReader(empty)
			if err := n.node.run(cmd); err != nil {
				return err
			}
		}
	}
	return nil
}

// repair gives the node a working iptables.
func repair(n *node) error { return n.chooseIPTables(false) }

// restartKubelet restarts the kubelet, as systemd does five seconds after a failure.
func restartKubelet(n *node) error { return n.run("/usr/local/bin/systemctl", "restart", "kubelet") }

// again runs the user data a second time.
func again(n *node) error {
	if err := os.RemoveAll(n.path("cloud/instances")); err != nil {
		return err
	}
	return n.boot()
}

// emptyExecStartPre installs a later drop-in for the kubelet that replaces the
// commands of others with its own.
func emptyExecStartPre(n *node) error {
	conf := "[Service]\nExecStartPre=\nExecStartPre=/sbin/iptables -P FORWARD ACCEPT -w 5\n"
	return os.WriteFile(n.path("etc/systemd/system/kubelet.service.d/20-own.conf"), []byte(conf), 0o644)
}

// calico loads rules like Calico's: in raw, packets from a host endpoint are judged
// and those from a workload are not; in filter, the jump to its chain comes first,
// and what its policy allows is accepted there.
func calico(n *node) error {
	return n.rules(
		"-t raw -N cali-PREROUTING",
		"-t raw -A cali-PREROUTING -i eni+ -j MARK --set-mark 0x40000/0x40000",
		"-t raw -A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT",
		"-t raw -I PREROUTING 1 -j cali-PREROUTING",
		"-N cali-FORWARD",
		"-A cali-FORWARD -i eni+ -j MARK --set-mark 0x10000/0x10000",
		"-A cali-FORWARD -o eni+ -j MARK --set-mark 0x10000/0x10000",
		"-A cali-FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT",
		"-I FORWARD 1 -j cali-FORWARD",
	)
}

// kube2iam redirects what pods ask the metadata service to an agent.
func kube2iam(n *node) error {
	return n.rules("-t nat -A PREROUTING -i eni+ -d " + addrIMDS + "/32 -p tcp --dport 80 -j DNAT --to-destination " + addrNode + ":" + portOfAgent)
}

// translate makes the node translate an address to the metadata service's, as
// kube-proxy would for a service with such an endpoint. Kubernetes refuses
// endpoints that are link-local.
func translate(n *node) error {
	return n.rules("-t nat -A PREROUTING -d " + addrService + "/32 -p tcp --dport 80 -j DNAT --to-destination " + addrIMDS + ":80")
}

// rules runs iptables on the node, as an agent in a container would.
func (n *node) rules(lines ...string) error {
	for _, line := range lines {
		cmd := n.xtables("iptables-"+string(n.image.IPTables), append([]string{"-w"}, strings.Fields(line)...)...)
		if err := n.node.run(cmd); err != nil {
			return err
		}
	}
	return nil
}

// xtables returns a command of iptables that runs outside the node's file system
// and has the node's lock.
func (n *node) xtables(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/usr/sbin/"+name, args...)
	cmd.Env = []string{"XTABLES_LOCKFILE=" + n.path("xtables.lock")}
	return cmd
}
