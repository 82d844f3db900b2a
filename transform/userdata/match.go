package userdata

import (
	"encoding/binary"
	mathbits "math/bits"
	"net/netip"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// interfaces reads an interface, where a + at the end stands for any characters.
func (p *parser) interfaces(option, value string) {
	p.arg(option, value)
	if option == "-i" {
		p.c.in = true
	} else {
		p.c.out = true
	}
	var covers, may class
	for _, of := range [...]class{ordinary, branchENI, ofIPv6Cluster} {
		all, some := of.interfaces(option, value)
		if all {
			covers |= of
		}
		if some {
			may |= of
		}
	}
	if p.not {
		covers, may = allPods&^may, allPods&^covers
		if option == "-o" {
			covers = 0
		}
	}
	p.c.rule.covers &= covers
	p.c.rule.may &= may
}

// interfaces reports whether the option -i or -o with a value matches the packets of
// a class by all of its interfaces, and whether it may by some.
func (of class) interfaces(option, value string) (all, some bool) {
	prefix, wild := strings.CutSuffix(value, "+")
	if option == "-o" && of != branchENI && prefix != "" {
		// It is not known which interface the packet leaves by, but it is not a pod's.
		return false, !strings.HasPrefix(prefix, "eni") && !strings.HasPrefix(prefix, "veth")
	}
	name := map[class]string{ordinary: "eni", branchENI: "vlan", ofIPv6Cluster: "veth"}[of]
	all = wild && strings.HasPrefix(name, prefix)
	return all, all || strings.HasPrefix(prefix, name) || strings.Contains(value, shell.Unknown)
}

// destination reads addresses.
func (p *parser) destination(value string) {
	covers, may := false, false
	var canonical []string
	for _, a := range strings.Split(value, ",") {
		prefix, ok := parsePrefix(a)
		if !ok {
			may = true
			p.c.rule.loose = true
			canonical = append(canonical, a)
			continue
		}
		if prefix.Bits() == 0 && !p.not {
			return
		}
		covers = covers || prefix.Contains(p.address)
		may = may || covers
		canonical = append(canonical, prefix.Masked().String())
	}
	p.arg("-d", strings.Join(canonical, ","))
	if p.not {
		covers, may = !may, !covers
	}
	if !covers {
		p.none(may)
	}
}

// source reads addresses of senders. Pods may have any.
func (p *parser) source(value string) {
	if prefix, ok := parsePrefix(value); !ok || prefix.Bits() > 0 || p.not {
		p.c.rule.covers = 0
		p.arg("-s", value)
	}
}

// protocol reads a protocol. The metadata service answers by TCP.
func (p *parser) protocol(value string) {
	if value == "all" || value == "0" {
		return
	}
	if other := value != "tcp" && value != "6"; other != p.not {
		p.none(strings.Contains(value, shell.Unknown) || p.not)
	}
	p.arg("-p", value)
}

// matchModule reads the name of a match, whose options follow.
func (p *parser) matchModule(value string) {
	switch value {
	case "comment", "tcp", "multiport", "conntrack", "state": // implied, when rules are compared
		p.c.rule.args = append(p.c.rule.args, "-m", value)
	default:
		p.c.rule.covers = 0
		p.arg("-m", value)
	}
}

// parsePrefix reads an address, with the length of its network or its mask.
func parsePrefix(s string) (netip.Prefix, bool) {
	address, mask, has := strings.Cut(s, "/")
	if !strings.Contains(address, ":") { // iptables takes 10/8 for 10.0.0.0/8
		address += strings.Repeat(".0", max(0, 3-strings.Count(address, ".")))
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}, false
	}
	bits := a.BitLen()
	if has {
		if bits, err = strconv.Atoi(mask); err != nil {
			var ok bool
			if bits, ok = maskBits(mask); !ok || !a.Is4() {
				return netip.Prefix{}, false
			}
		}
	}
	prefix := netip.PrefixFrom(a, bits)
	return prefix, prefix.IsValid()
}

// maskBits returns the length of the network that a mask is for. It reports false
// if the mask has holes.
func maskBits(mask string) (int, bool) {
	m, err := netip.ParseAddr(mask)
	if err != nil || !m.Is4() {
		return 0, false
	}
	b := m.As4()
	n := binary.BigEndian.Uint32(b[:])
	bits := mathbits.LeadingZeros32(^n)
	return bits, n<<bits == 0
}

// match reads an option of a match or of a target.
func (p *parser) match(name string) {
	var values []string
	for p.operand() {
		values = append(values, p.take().Text)
	}
	value := strings.Join(values, " ")
	switch name {
	case "comment", "reject-with", "log-prefix", "log-level":
		p.arg("--"+name, value)
		return
	case "dport", "destination-port", "dports", "destination-ports":
		p.arg("--"+name, value)
		hit := false
		for _, port := range strings.Split(value, ",") {
			low, high, ranged := strings.Cut(port, ":")
			if !ranged {
				high = low
			}
			l, _ := strconv.Atoi(low)
			h, err := strconv.Atoi(high)
			hit = hit || err == nil && l <= 80 && 80 <= h || port == "http"
		}
		if hit == p.not {
			p.none(strings.Contains(value, shell.Unknown))
		}
		return
	case "ctstate", "state":
		p.arg("--"+name, value)
		// The first packet of a connection is NEW. Where it is dropped there are no
		// others.
		p.none(p.not || strings.Contains(value, "NEW") || strings.Contains(value, "UNTRACKED") || strings.Contains(value, shell.Unknown))
		return
	}
	p.arg(append([]string{"--" + name}, values...)...)
	p.c.rule.covers = 0
}

// none records that the rule does not match, or that it is not known whether it does.
func (p *parser) none(perhaps bool) {
	p.c.rule.covers = 0
	if !perhaps {
		p.c.rule.may = 0
	}
}
