package userdata

import (
	"slices"
	"strings"
)

// The first and the last line of the block, which mark it.
const (
	Begin = "# imdslock: keep pods off the instance metadata service"
	End   = "# imdslock: end"
)

// A Mode says which commands keep the pods off the metadata service.
type Mode uint8

// The modes.
const (
	Auto   Mode = iota // AWS's where the nodes have yum, else the strict ones; a strict block stays
	AWS                // AWS's published commands
	Strict             // a rule in raw PREROUTING that the kubelet's unit makes sure of at each start
)

// A Block says what the commands have to do, and what is known of the nodes.
type Block struct {
	Mode Mode

	// BranchENI asks for AWS's rule for pods with branch network interfaces. The
	// strict rule covers them anyway.
	BranchENI bool

	// IPv6 asks for the rules for fd00:ec2::254, since the IPv6 endpoint of the
	// metadata service is on (HttpProtocolIpv6). The strict block has them anyway.
	IPv6 bool

	// NoYum is why the nodes have no yum, as far as the template says, as in
	// "its image is Canonical's", or "".
	NoYum string

	// System is what all nodes run, as far as the template says.
	System System

	// AmazonLinux2 says that nodes may run Amazon Linux 2, whose cloud-init, 19.3, knows
	// no parts of scripts per boot, per instance or per once, and runs none.
	AmazonLinux2 bool

	// Managed says that the user data is in the launch template of a managed node
	// group without an image of its own.
	Managed bool

	// Bootstrapped says that Amazon EKS may add a script of its own that runs
	// bootstrap.sh, as it does on Amazon Linux 2. It has no name, and so cloud-init
	// runs it after the parts without one, and before runcmd.
	Bootstrapped bool

	// Compressed says that the text is compressed in what EC2 gets, so that the
	// limit is not for its size (see [Encoding]).
	Compressed bool

	inits *inits // what cfn-init runs, for JudgeInit
}

// AWS's commands, from "Restricting access to Amazon EC2 instance profile
// credentials" in the Amazon EKS User Guide, and for branch network interfaces
// from "Security groups for Pods" there.
const (
	installServices = "yum install -y iptables-services"
	dropForwarded   = "iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP"
	dropBranchENI   = "iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP"
	saveRules       = "iptables-save | tee /etc/sysconfig/iptables"
	enableServices  = "systemctl enable --now iptables"

	// The same for the IPv6 endpoint.
	dropForwardedIPv6  = "ip6tables --insert FORWARD 1 --in-interface eni+ --destination fd00:ec2::254/128 --jump DROP"
	dropBranchENIIPv6  = "ip6tables -t mangle -A POSTROUTING -o vlan+ --destination fd00:ec2::254/128 --jump DROP"
	saveRulesIPv6      = "ip6tables-save | tee /etc/sysconfig/ip6tables"
	enableServicesIPv6 = "systemctl enable --now ip6tables"
)

// strictCommands write a drop-in for the kubelet's unit, of Amazon Linux and
// of Ubuntu's snap. No line starts with white space, which folded and quoted
// YAML would lose. Packets to the metadata service that enter through an interface
// are always forwarded ones: the node's own do not pass PREROUTING. The last file is
// needed if a drop-in in between empties the list of ExecStartPre.
const strictCommands = `mkdir -p /etc/systemd/system/kubelet.service.d /etc/systemd/system/snap.kubelet-eks.daemon.service.d
cat >/etc/systemd/system/kubelet.service.d/05-imdslock.conf <<'IMDSLOCK'
[Service]
ExecStartPre=/bin/sh -c 'iptables -w -t raw -C PREROUTING -d 169.254.169.254/32 -j DROP 2>/dev/null || iptables -w -t raw -I PREROUTING 1 -d 169.254.169.254/32 -j DROP'
ExecStartPre=/bin/sh -c '[ ! -e /proc/net/if_inet6 ] || ip6tables -w -t raw -C PREROUTING -d fd00:ec2::254/128 -j DROP 2>/dev/null || ip6tables -w -t raw -I PREROUTING 1 -d fd00:ec2::254/128 -j DROP'
IMDSLOCK
cp /etc/systemd/system/kubelet.service.d/05-imdslock.conf /etc/systemd/system/kubelet.service.d/zz-imdslock.conf
cp /etc/systemd/system/kubelet.service.d/*-imdslock.conf /etc/systemd/system/snap.kubelet-eks.daemon.service.d/
systemctl daemon-reload`

// A missing says what is missing: all or, beside rules by hand, some of the rules,
// the command that saves them, and the service that loads them at boot.
type missing struct {
	all bool

	rule, branchENI, ipv6, save, service bool
}

// ofIPv6 returns what is missing of the same commands for IPv6. A rule that is added
// must be saved too, and the first one needs the service that loads it.
func (m missing) ofIPv6() missing {
	branchENI := m.ipv6 || m.branchENI
	save := branchENI || m.save
	return missing{rule: m.ipv6, branchENI: branchENI, save: save, service: m.ipv6 || save && m.service}
}

// commands returns the commands of the block: the strict ones, or those of AWS
// that are missing.
func (b Block) commands(m missing) []string {
	if b.Mode == Strict {
		return strings.Split(strictCommands, "\n")
	}
	var commands []string
	add := func(wanted bool, command string) {
		if wanted {
			commands = append(commands, command)
		}
	}
	if m.all {
		m = missing{rule: true, branchENI: true, ipv6: true, save: true, service: true}
	}
	var v6 missing
	if b.IPv6 {
		v6 = m.ofIPv6()
	}
	add(m.service, installServices)
	add(m.rule, dropForwarded)
	add(v6.rule, dropForwardedIPv6)
	add(b.BranchENI && m.branchENI, dropBranchENI)
	add(b.BranchENI && v6.branchENI, dropBranchENIIPv6)
	add(m.branchENI || m.save, saveRules)
	// Without a save it would load the rules of its package, which refuse what pods
	// send anywhere.
	add(m.service && (m.rule || m.branchENI || m.save), enableServices)
	add(v6.save, saveRulesIPv6)
	add(v6.service, enableServicesIPv6)
	return commands
}

// goingOn returns commands for a script that ends at the first error, changed so
// that it does not end at one of them: a node that cannot reach the packages would
// never join.
func goingOn(commands []string) []string {
	return slices.Concat([]string{"set +e"}, commands, []string{"set -e"})
}

// endsAtError reports whether the #! line of a script has the option -e.
func endsAtError(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	for _, field := range strings.Fields(line) {
		if len(field) > 1 && field[0] == '-' && field[1] != '-' && strings.Contains(field, "e") {
			return strings.HasPrefix(line, "#!")
		}
	}
	return false
}

// A marked is a range of lines from Begin to End.
type marked struct {
	start, end int
	indent     string // of its first line
}

// findMarked returns all marked blocks in a text.
func findMarked(text string) []marked {
	var found []marked
	if !strings.Contains(text, Begin) {
		return nil
	}
	at, begin, indent := 0, -1, ""
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case Begin:
			begin, indent = at, line[:strings.Index(line, Begin)]
		case End:
			if begin >= 0 {
				found = append(found, marked{begin, at + len(line), indent})
				begin = -1
			}
		}
		at += len(line)
	}
	return found
}

// rewritten returns the change that writes other commands into the block, in the
// form that it has: commands or items of a list.
func (m marked) rewritten(text string, commands []string) Change {
	block := text[m.start:m.end]
	eol, indent := eolOf(block), m.indent
	lines := linesLike(block, commands)
	isScript := lines[1] == commands[0]
	if isScript && haveHereDocument(commands) {
		indent = "" // a here-document ends only at the margin
	}
	out := indented(lines, indent, eol)
	if !strings.HasSuffix(block, "\n") {
		out = strings.TrimSuffix(out, eol)
	}
	return Change{m.start, m.end, out}
}

// between puts the commands between the markers.
func between(commands []string) []string {
	lines := append([]string{Begin}, commands...)
	return append(lines, End)
}
