//go:build linux

package prove

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Access says with which versions of the metadata service somebody reads the node's
// credentials.
type Access uint8

// The versions.
const (
	No  Access = 0
	V1  Access = 1
	V2  Access = 2
	V12        = V1 | V2
)

func (a Access) String() string {
	return [...]string{"no", "v1", "v2", "v1 and v2"}[a&V12]
}

// A View is what can be reached at one time: who reads the node's credentials,
// and what else answers to whom.
type View struct {
	Pods
	Host  Access // a pod with hostNetwork
	Node  Access // a process of the node
	Node6 Access // the node, by IPv6
	VPC   Access // a machine beside the node, which the node's rules are not about
	Agent bool   // kube2iam's agent answers the pod in place of the metadata service
	Rest  Rest
}

// Pods are the pods that have a network namespace of their own.
type Pods struct {
	Pod    Access // behind eni…
	Branch Access // behind vlan…, with a branch network interface
	Other  Access // behind an interface of another name
	Pod6   Access // the one behind eni…, by IPv6
	DNAT   Access // the one behind eni…, by an address that the node translates
	// MacVLAN is the one with a macvlan interface, if there is such a pod.
	MacVLAN Access
}

// Rest is the other traffic that got through, a letter for each of paths.
type Rest string

// paths are the ways of other traffic that must stay open.
var paths = [...]struct {
	name    string
	from    func(*network) *namespace
	address string
	greets  string
}{
	{"pod to server", (*network).fromPod, net.JoinHostPort(addrServer, portServer), "server"},
	{"pod to server by IPv6", (*network).fromPod, net.JoinHostPort(addrServer6, portServer), "server"},
	{"pod to DNS", (*network).fromPod, net.JoinHostPort(addrDNS, portDNS), "dns"},
	{"pod to Pod Identity", (*network).fromPod, net.JoinHostPort(addrIdentity, portOfMetadata), "identity"},
	{"pod to Pod Identity by IPv6", (*network).fromPod, net.JoinHostPort(addrIdentity6, portOfMetadata), "identity"},
	{"pod to kubelet", (*network).fromPod, net.JoinHostPort(addrNode, portKubelet), "kubelet"},
	{"pod to other pod", (*network).fromPod, net.JoinHostPort(addrOther, portOfPod), "other"},
	{"branch pod to server", (*network).fromBranch, net.JoinHostPort(addrServer, portServer), "server"},
	{"branch pod to DNS", (*network).fromBranch, net.JoinHostPort(addrDNS, portDNS), "dns"},
	{"other pod to server", (*network).fromOther, net.JoinHostPort(addrServer, portServer), "server"},
	{"other pod to Pod Identity", (*network).fromOther, net.JoinHostPort(addrIdentity, portOfMetadata), "identity"},
	{"node to server", (*network).fromNode, net.JoinHostPort(addrServer, portServer), "server"},
	{"node to DNS", (*network).fromNode, net.JoinHostPort(addrDNS, portDNS), "dns"},
	{"node to pod", (*network).fromNode, net.JoinHostPort(addrPod, portOfPod), "pod"},
	{"VPC to pod", (*network).fromVPC, net.JoinHostPort(addrPod, portOfPod), "pod"},
	{"VPC to kubelet", (*network).fromVPC, net.JoinHostPort(addrNode, portKubelet), "kubelet"},
}

func (n *network) fromPod() *namespace    { return n.pod }
func (n *network) fromBranch() *namespace { return n.branch }
func (n *network) fromOther() *namespace  { return n.other }
func (n *network) fromNode() *namespace   { return n.node }
func (n *network) fromVPC() *namespace    { return n.vpc }

// flows reports whether all other traffic gets through.
func (r Rest) flows() bool { return !strings.Contains(string(r), "-") && len(r) == len(paths) }

// stops reports whether a path, by its name, does not get through.
func (r Rest) stops(path string) bool {
	for i, p := range paths {
		if p.name == path {
			return r[i] == '-'
		}
	}
	return false
}

// String says what does not get through.
func (r Rest) String() string {
	if r.flows() {
		return "flows"
	}
	var stopped []string
	for i, c := range r {
		if c == '-' {
			stopped = append(stopped, paths[i].name)
		}
	}
	return "stopped: " + strings.Join(stopped, ", ")
}

// A dropped request shows only by the answer that does not come. How long to wait
// for that is measured by the node's own requests, which are made at the same time
// and go the same way through a machine that may be busy.
const (
	patience = time.Second      // beyond the node's last answer, at least
	times    = 5                // as long as that took, if it took long
	limit    = 30 * time.Second // if the node gets none either
)

// look takes a view, all requests at once.
func (n *network) look() View {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	start := time.Now()
	var v View
	var controls, wg sync.WaitGroup
	controls.Go(func() { v.Node = access(ctx, n.node, addrIMDS) })
	controls.Go(func() { v.VPC = access(ctx, n.vpc, addrIMDS) })
	controls.Go(func() { v.Host = access(ctx, n.node, addrIMDS) })
	for _, who := range []struct {
		access *Access
		ns     *namespace
		host   string
	}{
		{&v.Pod, n.pod, addrIMDS},
		{&v.Branch, n.branch, addrIMDS},
		{&v.Other, n.other, addrIMDS},
		{&v.Pod6, n.pod, addrIMDS6},
		{&v.DNAT, n.pod, addrService},
		{&v.Node6, n.node, addrIMDS6},
	} {
		wg.Go(func() { *who.access = access(ctx, who.ns, who.host) })
	}
	if n.macvlan != nil {
		wg.Go(func() { v.MacVLAN = access(ctx, n.macvlan, addrIMDS) })
	}
	wg.Go(func() { v.Agent = greeting(ctx, n.pod, net.JoinHostPort(addrIMDS, portOfMetadata)) == "agent" })
	rest := make([]byte, len(paths))
	for i, p := range paths {
		wg.Go(func() {
			rest[i] = '-'
			if greeting(ctx, p.from(n), p.address) == p.greets {
				rest[i] = '+'
			}
		})
	}
	controls.Wait()
	wait := max(patience, times*time.Since(start))
	defer time.AfterFunc(wait, cancel).Stop()
	wg.Wait()
	v.Rest = Rest(rest)
	return v
}

// access tries to read the credentials as SDKs do, with and without a token.
func access(ctx context.Context, ns *namespace, host string) Access {
	var v1, v2 bool
	var wg sync.WaitGroup
	wg.Go(func() { v1 = readsCredentials(ctx, ns, host, "") })
	wg.Go(func() {
		token, status := ask(ctx, ns, http.MethodPut, host, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60")
		v2 = status == http.StatusOK && readsCredentials(ctx, ns, host, token)
	})
	wg.Wait()
	a := No
	if v1 {
		a |= V1
	}
	if v2 {
		a |= V2
	}
	return a
}

func readsCredentials(ctx context.Context, ns *namespace, host, token string) bool {
	const path = "/latest/meta-data/iam/security-credentials/"
	name, status := ask(ctx, ns, http.MethodGet, host, path, "X-aws-ec2-metadata-token", token)
	if status != http.StatusOK {
		return false
	}
	body, status := ask(ctx, ns, http.MethodGet, host, path+name, "X-aws-ec2-metadata-token", token)
	return status == http.StatusOK && body == credentials
}

// ask makes one request on a connection of its own. The status is 0 if there is
// no answer.
func ask(ctx context.Context, ns *namespace, method, host, path, header, value string) (body string, status int) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+net.JoinHostPort(host, portOfMetadata)+path, nil)
	if err != nil {
		return "", 0
	}
	if value != "" {
		r.Header.Set(header, value)
	}
	transport := &http.Transport{DialContext: ns.dial, DisableKeepAlives: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return "", 0
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil {
		return "", 0
	}
	return string(b), answer.StatusCode
}

// greeting connects and returns the line that is said there.
func greeting(ctx context.Context, ns *namespace, address string) string {
	conn, err := ns.dial(ctx, "tcp", address)
	if err != nil {
		return ""
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	line, err := io.ReadAll(io.LimitReader(conn, 64))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(line))
}
