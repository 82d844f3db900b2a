package userdata

import (
	"slices"
	"strings"
)

// The first and the last line of the block, by which it is found again.
const (
	Begin = "# imdslock: keep pods off the instance metadata service"
	End   = "# imdslock: end"
)

// A Block says which commands keep the pods off the metadata service.
type Block struct {
	// Strict asks for a rule in raw PREROUTING that the kubelet's unit makes
	// sure of at each start, in place of AWS's published commands.
	Strict bool

	// OrStrict leaves a strict block that is there alone, where Strict is not
	// asked for: it is the stronger one.
	OrStrict bool

	// BranchENI adds AWS's rule for pods with branch network interfaces. The
	// strict rule covers them anyway.
	BranchENI bool

	// IPv6 adds the rules for the metadata service's IPv6 endpoint.
	IPv6 bool
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
)

// strictCommands write a drop-in for the kubelet's unit, of Amazon Linux and
// of Ubuntu's snap. No line starts with white space, which folded and quoted
// YAML would lose. What enters by an interface for the metadata service is by
// definition forwarded: the node's own packets do not pass PREROUTING. The last
// file is for a drop-in in between that empties the list of ExecStartPre.
const strictCommands = `mkdir -p /etc/systemd/system/kubelet.service.d /etc/systemd/system/snap.kubelet-eks.daemon.service.d
cat >/etc/systemd/system/kubelet.service.d/05-imdslock.conf <<'IMDSLOCK'
[Service]
ExecStartPre=/bin/sh -c 'iptables -w -t raw -C PREROUTING -d 169.254.169.254/32 -j DROP 2>/dev/null || iptables -w -t raw -I PREROUTING 1 -d 169.254.169.254/32 -j DROP'
ExecStartPre=/bin/sh -c '[ ! -e /proc/net/if_inet6 ] || ip6tables -w -t raw -C PREROUTING -d fd00:ec2::254/128 -j DROP 2>/dev/null || ip6tables -w -t raw -I PREROUTING 1 -d fd00:ec2::254/128 -j DROP'
IMDSLOCK
cp /etc/systemd/system/kubelet.service.d/05-imdslock.conf /etc/systemd/system/kubelet.service.d/zz-imdslock.conf
cp /etc/systemd/system/kubelet.service.d/*-imdslock.conf /etc/systemd/system/snap.kubelet-eks.daemon.service.d/
systemctl daemon-reload`

// commands returns the commands of the block that are missing beside rules
// which somebody wrote by hand. A script that ends at the first error does not
// end at one of AWS's commands: a node without a way to the packages would never
// join.
func (b Block) commands(byHand rules, errexit bool) []string {
	if b.Strict {
		return strings.Split(strictCommands, "\n")
	}
	if byHand.forwarded {
		if b.BranchENI && (!byHand.branchENI || byHand.unsaved) {
			return []string{dropBranchENI}
		}
		return nil
	}
	commands := []string{installServices, dropForwarded}
	if b.BranchENI && !byHand.branchENI {
		commands = append(commands, dropBranchENI)
	}
	commands = append(commands, saveRules, enableServices)
	if errexit {
		commands = slices.Concat([]string{"set +e"}, commands, []string{"set -e"})
	}
	return commands
}

// endsAtError reports whether the #! line of a script has the option -e.
func endsAtError(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	for i, field := range strings.Fields(line) {
		if i > 0 && len(field) > 1 && field[0] == '-' && field[1] != '-' && strings.Contains(field, "e") {
			return strings.HasPrefix(line, "#!")
		}
	}
	return false
}

var startsKubelet = pattern(`\bnodeadm(-internal)?\s+init\b|\bkubeadm\s+join\b` +
	`|\bsystemctl\b[^#;&|]*\b(start|restart|enable)\b[^#;&|]*\b(kubelet|nodeadm)|\bservice\s+kubelet\s+(re)?start\b` +
	`|\bsnap\s+(re)?start\s+[^#;&|]*kubelet`)

// startsKubeletIn reports whether a line of a script starts the kubelet. The
// pattern is only asked where it can match, which is much faster.
func startsKubeletIn(line string) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return false
	}
	if strings.Contains(line, "bootstrap.sh") {
		return true
	}
	mayMatch := strings.Contains(line, "kubelet") || strings.Contains(line, "nodeadm") || strings.Contains(line, "kubeadm")
	return mayMatch && startsKubelet().MatchString(line)
}

// kubeletStart returns the offset of the first line that starts the kubelet, or
// the length of the text.
func kubeletStart(text string) int {
	at := 0
	for line := range strings.Lines(text) {
		if startsKubeletIn(line) {
			return at
		}
		at += len(line)
	}
	return at
}

// start returns the offset of what runs: behind a MIME document's headers and
// preamble.
func (k Kind) start(text string) int {
	if k == MIME {
		return parts(text)
	}
	return 0
}

// kubeletStart is the function of that name for a whole text.
func (k Kind) kubeletStart(text string) int {
	from := k.start(text)
	return from + kubeletStart(text[from:])
}

// find is the function of that name for a whole text.
func (k Kind) find(text string) (start, end int, indent string, ok bool) {
	from := k.start(text)
	start, end, indent, ok = find(text[from:])
	return from + start, from + end, indent, ok
}

// find returns the range of the lines of the block in a text, from Begin to
// End, and their indentation.
func find(text string) (start, end int, indent string, ok bool) {
	at, begin := 0, -1
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case Begin:
			begin = at
			indent = line[:strings.Index(line, Begin)]
		case End:
			if begin >= 0 {
				return begin, at + len(line), indent, true
			}
		}
		at += len(line)
	}
	return 0, 0, "", false
}
