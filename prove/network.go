//go:build linux

package prove

import (
	"errors"
	"net"
	"strings"
)

// A network is the networking of a node, as the Amazon VPC CNI sets it up, and of
// what is around it:
//
//	pod ──── eni5a3c0f1e2d4 ┐             ┌ eth0 ─────── node0  ┐
//	branch ─ vlan7b2e90c41a ┼─── node ────┤                     ├ vpc
//	other ── vetha91f03     ┘             └ vlan.eth.1 ─ trunk0 ┘
//
// The pods have a /32 and the gateway 169.254.1.1 with a permanent neighbour.
// What comes from the branch pod leaves by its branch interface: policy routing
// decides that before local addresses are looked up, as in the CNI's strict mode.
// The vpc answers for 169.254.169.254 (the metadata service), 169.254.169.253 (DNS)
// and an ordinary server; the node itself for 169.254.170.23 (the Pod Identity
// agent).
// A node can be of another kind, as Topology says.
type network struct {
	vpc, node, pod, branch, other, macvlan *namespace
	listeners                              []net.Listener
}

// A Topology says how a node's network differs.
type Topology struct {
	VethPrefix string // AWS_VPC_K8S_CNI_VETHPREFIX, in place of "eni"
	IPv6       bool   // as in an IPv6 cluster, IPv4 leaves the pod by an interface of its own, whose host side is veth…
	MacVLAN    bool   // there is a pod with a macvlan interface on the node's eth0, as Multus makes it
}

const (
	addrIMDS       = "169.254.169.254"
	addrIMDS6      = "fd00:ec2::254"
	addrDNS        = "169.254.169.253"
	addrIdentity   = "169.254.170.23"
	addrIdentity6  = "fd00:ec2::23"
	addrServer     = "10.0.0.1"
	addrServer6    = "fd00:10::1"
	addrNode       = "10.0.0.10"
	addrPod        = "10.0.1.10"
	addrOther      = "10.0.1.11"
	addrService    = "10.100.0.99" // of nothing, until the node translates it
	portDNS        = "53"
	portServer     = "8080"
	portKubelet    = "10250"
	portOfAgent    = "8181" // of kube2iam, which takes the metadata service's place
	portOfPod      = "9090"
	portOfMetadata = "80"
)

const nodeLinks = `link set lo up
link add eth0 address 02:00:00:00:00:0a type veth peer name node0 address 02:00:00:00:00:01 netns @0
link add vlan.eth.1 address 02:00:00:00:02:0a type veth peer name trunk0 address 02:00:00:00:02:01 netns @0
link add eni5a3c0f1e2d4 address 02:00:00:00:01:01 type veth peer name eth0 netns @1
link add vlan7b2e90c41a address 02:00:00:00:01:02 type veth peer name eth0 netns @2
link add vetha91f03 address 02:00:00:00:01:03 type veth peer name eth0 netns @3
link set eth0 up
link set vlan.eth.1 up
link set eni5a3c0f1e2d4 up
link set vlan7b2e90c41a up
link set vetha91f03 up
addr add 169.254.170.23/32 dev lo
addr add fd00:ec2::23/128 dev lo nodad
addr add 10.0.0.10/24 dev eth0
addr add fd00:10::10/64 dev eth0 nodad
`

// The routes of the node wait for the other ends of its links to be up.
const nodeRoutes = `route add default via 10.0.0.1
route add 169.254.169.254/32 dev eth0
route add fd00:ec2::254/128 via fd00:10::1
route add 10.0.1.10/32 dev eni5a3c0f1e2d4 scope link
route add 10.0.1.11/32 dev vetha91f03 scope link
route add fd00:10:1::10/128 dev eni5a3c0f1e2d4
addr add fe80::1/64 dev eni5a3c0f1e2d4 nodad
route add 10.0.2.1/32 dev vlan.eth.1 scope link table 101
route add default via 10.0.2.1 dev vlan.eth.1 onlink table 101
route add 10.0.2.10/32 dev vlan7b2e90c41a scope link table 101
rule add pref 10 iif vlan.eth.1 table 101
rule add pref 10 iif vlan7b2e90c41a table 101
rule add pref 20 table local
rule del pref 0
`

const vpcLinks = `link set lo up
link set node0 up
link set trunk0 up
addr add 169.254.169.254/32 dev lo
addr add 169.254.169.253/32 dev lo
addr add fd00:ec2::254/128 dev lo nodad
addr add 10.0.0.1/24 dev node0
addr add fd00:10::1/64 dev node0 nodad
addr add 10.0.2.1/24 dev trunk0
neigh add 10.0.2.10 lladdr 02:00:00:00:02:0a dev trunk0 nud permanent
route add 10.0.1.0/24 via 10.0.0.10
route add fd00:10:1::/64 via fd00:10::10
`

// podLinks returns the links of a pod with an address, whose host side has a MAC address.
func podLinks(address, mac string) string {
	return `link set lo up
link set eth0 up
addr add ` + address + `/32 dev eth0
route add 169.254.1.1 dev eth0 scope link
route add default via 169.254.1.1
neigh add 169.254.1.1 lladdr ` + mac + ` dev eth0 nud permanent
`
}

const podLinks6 = `addr add fd00:10:1::10/128 dev eth0 nodad
route add fe80::1 dev eth0
route add default via fe80::1 dev eth0
neigh add fe80::1 lladdr 02:00:00:00:01:01 dev eth0 nud permanent
`

// egressLinks make the pod's IPv4 leave by a second interface, that of the VPC
// CNI's plugin egress-cni.
const (
	egressLinks = "link add veth0f4c2ad1 address 02:00:00:00:01:04 type veth peer name v4if0 netns @0\nlink set veth0f4c2ad1 up\n"
	egressRoute = "route del 10.0.1.10/32 dev eni5a3c0f1e2d4\nroute add 10.0.1.10/32 dev veth0f4c2ad1 scope link\n"
	egressPod   = `link set v4if0 up
addr del 10.0.1.10/32 dev eth0
addr add 10.0.1.10/32 dev v4if0
route add 169.254.1.1 dev v4if0 scope link
route add default via 169.254.1.1
neigh add 169.254.1.1 lladdr 02:00:00:00:01:04 dev v4if0 nud permanent
`
)

// macvlanLinks are the links of a pod that is on the node's own network.
const (
	macvlanLinks = "link add mac0 link eth0 type macvlan mode bridge\nlink set mac0 netns @0 name net1\n"
	macvlanPod   = "link set lo up\nlink set net1 up\naddr add 10.0.0.20/24 dev net1\nroute add default via 10.0.0.1\n"
)

// different makes the network differ as the topology says.
func (n *network) different(t Topology) error {
	if t.IPv6 {
		if err := errors.Join(n.node.ip(egressLinks, n.pod), n.pod.ip("link set v4if0 up\n"), n.pod.ip(egressPod), n.node.ip(egressRoute)); err != nil {
			return err
		}
	}
	if t.MacVLAN {
		var err error
		if n.macvlan, err = newNamespace(); err != nil {
			return err
		}
		return errors.Join(n.node.ip(macvlanLinks, n.macvlan), n.macvlan.ip(macvlanPod))
	}
	return nil
}

func newNetwork(t Topology) (*network, error) {
	named := func(lines string) string {
		if t.VethPrefix == "" {
			return lines
		}
		return strings.ReplaceAll(lines, " eni5a3c0f1e2d4", " "+t.VethPrefix+"5a3c0f1e2d4")
	}
	n := &network{}
	for _, ns := range []**namespace{&n.vpc, &n.node, &n.pod, &n.branch, &n.other} {
		made, err := newNamespace()
		if err != nil {
			return nil, errors.Join(err, n.close())
		}
		*ns = made
		if err := made.sysctl("net/ipv6/conf/all/accept_dad=0", "net/ipv6/conf/default/accept_dad=0"); err != nil {
			return nil, errors.Join(err, n.close())
		}
	}
	err := errors.Join(
		n.node.sysctl("net/ipv4/ip_forward=1", "net/ipv6/conf/all/forwarding=1",
			"net/ipv4/conf/all/rp_filter=0", "net/ipv4/conf/default/rp_filter=0"),
		n.node.ip(named(nodeLinks), n.vpc, n.pod, n.branch, n.other),
		n.vpc.sysctl("net/ipv4/conf/all/rp_filter=0", "net/ipv4/conf/node0/rp_filter=0", "net/ipv4/conf/trunk0/rp_filter=0"),
		n.vpc.ip(vpcLinks),
		n.pod.ip(podLinks(addrPod, "02:00:00:00:01:01")+podLinks6),
		n.branch.ip(podLinks("10.0.2.10", "02:00:00:00:01:02")),
		n.other.ip(podLinks(addrOther, "02:00:00:00:01:03")),
		n.node.ip(named(nodeRoutes)),
		n.different(t),
		n.serve(),
	)
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

// serve opens the ports that must stay reachable. Each says its name.
func (n *network) serve() error {
	for _, s := range []struct {
		ns            *namespace
		address, port string
		name          string
	}{
		{n.vpc, addrServer, portServer, "server"},
		{n.vpc, addrServer6, portServer, "server"},
		{n.vpc, addrDNS, portDNS, "dns"},
		{n.node, addrIdentity, portOfMetadata, "identity"},
		{n.node, addrIdentity6, portOfMetadata, "identity"},
		{n.node, addrNode, portKubelet, "kubelet"},
		{n.node, addrNode, portOfAgent, "agent"},
		{n.pod, addrPod, portOfPod, "pod"},
		{n.other, addrOther, portOfPod, "other"},
	} {
		l, err := s.ns.listen(net.JoinHostPort(s.address, s.port))
		if err != nil {
			return err
		}
		n.listeners = append(n.listeners, l)
		go greet(l, s.name)
	}
	return nil
}

// greet answers every connection with a line, until the listener is closed.
func greet(l net.Listener, name string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		conn.Write([]byte(name + "\n")) // it does not matter if the client is gone
		conn.Close()
	}
}

func (n *network) close() error {
	var errs []error
	for _, l := range n.listeners {
		errs = append(errs, l.Close())
	}
	for _, ns := range []*namespace{n.vpc, n.node, n.pod, n.branch, n.other, n.macvlan} {
		if ns != nil {
			errs = append(errs, ns.close())
		}
	}
	return errors.Join(errs...)
}
