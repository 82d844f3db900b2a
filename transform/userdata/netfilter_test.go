package userdata

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// filtered returns the families after calls of iptables, apart by ";". A "?" stands
// before a call that may not run, and "…" for what is not known.
func filtered(list string) *family {
	f := newFamily(metadataIPv4)
	for call := range strings.SplitSeq(list, ";") {
		call, perhaps := strings.CutPrefix(strings.TrimSpace(call), "?")
		if call != "" {
			f.apply(nil, words(call), !perhaps)
		}
	}
	return f
}

// words returns the words of a call.
func words(call string) []shell.Word {
	var list []shell.Word
	for word := range strings.FieldsSeq(strings.NewReplacer("…", shell.Unknown, "IMDS", metadataIPv4+"/32").Replace(call)) {
		list = append(list, shell.Word{Text: word})
	}
	return list
}

// TestCalls has calls of iptables, and whether all packets of pods to the metadata
// service are dropped after them.
func TestCalls(t *testing.T) {
	const (
		drop     = "-I FORWARD -d IMDS -j DROP; "
		byAChain = "-N K; -A K -d IMDS -j DROP; -I FORWARD -j K; "
	)
	for _, test := range []struct {
		calls   string
		dropped bool
	}{
		{"-I FORWARD -d IMDS -j DROP", true},
		{"? -I FORWARD -d IMDS -j DROP", false},
		{"-A FORWARD -d IMDS -j DROP", true},
		{"-A FORWARD -j ACCEPT; -A FORWARD -d IMDS -j DROP", false},
		{"-A FORWARD -j ACCEPT; -I FORWARD -d IMDS -j DROP", true},
		{"-A FORWARD -j ACCEPT; -A FORWARD -j LOG; -I FORWARD 2 -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -A FORWARD -j ACCEPT; -I FORWARD 2 -d IMDS -j DROP", true},
		{"-I FORWARD 2 -d IMDS -j DROP", false},
		{"-I FORWARD 1 -d IMDS -j DROP", true},
		{"-A FORWARD -j LOG; -I FORWARD 3 -d IMDS -j DROP", false},
		{"? -A FORWARD -j LOG; -I FORWARD 2 -d IMDS -j DROP", false},
		{"? -A FORWARD -j LOG; -I FORWARD 1 -d IMDS -j DROP", true},
		{"? -I FORWARD -d IMDS -j DROP; -I FORWARD 2 -d IMDS -j DROP", false},

		// Words that are not known.
		{drop + "-A FORWARD … -j ACCEPT", true},
		{drop + "-I FORWARD … -j ACCEPT", false},
		{drop + "-I FORWARD …", false},
		{drop + "-I FORWARD -j …", false},
		{drop + "-I INPUT …", true},
		{"-I FORWARD … -d IMDS -j DROP", false},
		{drop + "-L …; -S …; -Z …; -P … ACCEPT; -C FORWARD …; -N …", true},
		{drop + "-F …", false},
		{drop + "-D FORWARD …", false},
		{drop + "-D INPUT …", true},
		{drop + "-R FORWARD …", false},
		{drop + "-E … K", false},
		{drop + "…", false},
		{drop + "-t nat -F …", true},
		{drop + "-t … -F FORWARD", false},
		{drop + "-t … -F INPUT", true},
		{"…; -A FORWARD -d IMDS -j DROP", false},
		{"…; -I FORWARD -d IMDS -j DROP", true},
		{"-t nat …; -A FORWARD -d IMDS -j DROP", false},
		{"…; -A FORWARD -j LOG; -I FORWARD 2 -d IMDS -j DROP", false},
		{"…; -A FORWARD -j LOG; -I FORWARD 1 -d IMDS -j DROP", true},
		{"…; -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", true},

		{"-A FORWARD -j ACCEPT; -F; -A FORWARD -d IMDS -j DROP", true},
		{"-A FORWARD -j ACCEPT; ? -F; -A FORWARD -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -I FORWARD 2 -d IMDS -j DROP", true},
		{drop + "-I FORWARD 2 -j ACCEPT", true},
		{drop + "? -I FORWARD -d 10.0.0.1 -j DROP; -I FORWARD 2 -j ACCEPT", false},

		// Chains.
		{"-N K …; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-N K; -I FORWARD -j K; -A K -d IMDS -j DROP", true},
		{"-A K -d IMDS -j DROP; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-A K -j LOG; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-C K -d IMDS -j DROP; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N …; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"? -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"? -N K; -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-N K; ? -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-t mangle -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; -A K -d IMDS -j DROP; ? -I FORWARD -j K", false},
		{"-N K; ? -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; ? -A K -j LOG; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{byAChain + "-F", false},
		{byAChain + "-F K", false},
		{byAChain + "-F FORWARD", false},
		{byAChain + "? -F K", false},
		{byAChain + "-F L", true},
		{byAChain + "-F INPUT", true},
		{byAChain + "-t mangle -F", true},
		{byAChain + "-X K", true},
		{byAChain + "-X", true},
		{"-N K; -X K; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; -X; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; ? -X K; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; ? -A K -d IMDS -j LOG; -X K; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; -X L; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-N K; -t mangle -X; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-N K; -A K -j LOG; -X; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-N K; -I FORWARD -j K; -X; -A K -d IMDS -j DROP", true},
		{"-N K; ? -I FORWARD -j K; -X; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{"-N K; -X; -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", true},
		{"-N K; -X; -F; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{drop + "-X FORWARD; -A FORWARD -j LOG", true},
		{"-X; -I FORWARD -d IMDS -j DROP", true},
		{"-N K; -E K L; -A K -d IMDS -j DROP; -I FORWARD -j K", false},
		{byAChain + "-E K L; -F L", false},
		{byAChain + "-E L M", true},
		{"-E K L; -N K; -A K -d IMDS -j DROP; -I FORWARD -j K", true},

		// Deletion, and another rule in the place of one.
		{drop + "-D FORWARD -d IMDS -j DROP", false},
		{drop + "? -D FORWARD -d IMDS -j DROP", false},
		{drop + "-D FORWARD -d 10.0.0.1 -j DROP", true},
		{drop + "-D FORWARD -d IMDS -j REJECT", true},
		{drop + "-D FORWARD -p all -d 169.254.169.254 -j DROP", false},
		{drop + "-D FORWARD -d IMDS -j …", false},
		{drop + "-I FORWARD -d IMDS -j DROP; -D FORWARD -d IMDS -j DROP", true},
		{"-A FORWARD -p 6 -j LOG; -D FORWARD -p tcp -j LOG; -I FORWARD 2 -d IMDS -j DROP", false},
		{drop + "? -I FORWARD -d IMDS -j DROP; -D FORWARD -d IMDS -j DROP", false},
		{drop + "-A FORWARD -j LOG; ? -I FORWARD -d 10.0.0.1 -j DROP; -D FORWARD 2", false},
		{drop + "-D FORWARD 1", false},
		{drop + "? -D FORWARD 1", false},
		{drop + "-D FORWARD 2", true},
		{drop + "-A FORWARD -j LOG; -D FORWARD 2", true},
		{"-A FORWARD -j LOG; -A FORWARD -d IMDS -j DROP; -D FORWARD 1", true},
		{"-A FORWARD -j LOG; -A FORWARD -d IMDS -j DROP; ? -D FORWARD 1; -D FORWARD 1", false},
		{"? -A FORWARD -j LOG; -A FORWARD -d IMDS -j DROP; -D FORWARD 1", false},
		{"? -A FORWARD -j LOG; -A FORWARD -d IMDS -j DROP; -D FORWARD 2", false},
		{"-A FORWARD -j LOG; -D FORWARD -p all -j LOG; -I FORWARD 2 -d IMDS -j DROP", false},
		{"-A FORWARD -d IMDS -j DROP; -A FORWARD -j ACCEPT; -D FORWARD -j ACCEPT", true},
		{"-A FORWARD -j ACCEPT; -A FORWARD -d IMDS -j DROP; -D FORWARD -j ACCEPT", true},
		{"-A FORWARD -j ACCEPT; -A FORWARD -d IMDS -j DROP; ? -D FORWARD -j ACCEPT", false},
		{drop + "-R FORWARD 1 -j LOG", false},
		{drop + "-R FORWARD 2 -j LOG", true},
		{drop + "? -R FORWARD 1 -j LOG", false},
		{drop + "-R FORWARD 1 -d IMDS -j REJECT", true},
		{"-A FORWARD -j LOG; -R FORWARD 1 -d IMDS -j DROP", true},
		{"-A FORWARD -j LOG; ? -R FORWARD 1 -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -R FORWARD 0 -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -R FORWARD -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -R FORWARD 2 -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -A FORWARD -j LOG; -R FORWARD 2 -d IMDS -j DROP", true},
		{"-R FORWARD 1 -d IMDS -j DROP", false},
		{"? -A FORWARD -j LOG; -R FORWARD 1 -d IMDS -j DROP", false},
		{"-A FORWARD -j LOG; -R FORWARD 1 -d IMDS -j DROP --bogus", false},
		{"-A FORWARD -j LOG; -R FORWARD 1 -d … -j DROP", false},
		{"-t raw -A PREROUTING -j LOG; -t raw -R PREROUTING 1 -d IMDS -j REJECT", false},

		// Spellings that another version of iptables may take.
		{drop + "-I FORWARD -m foo -j ACCEPT", false},
		{"-A FORWARD -m foo -j LOG; -I FORWARD 2 -d IMDS -j DROP", false},
		{"-A FORWARD -m foo -j LOG; -A FORWARD -d IMDS -j DROP", true},
		{"-I FORWARD -m foo -d IMDS -j DROP", false},
		{drop + "-I FORWARD -m foo -d IMDS -j DROP", true},
		{drop + "-A FORWARD -j LOG; -I FORWARD -m foo -d IMDS -j DROP; -D FORWARD 2", false},
		{"-t mangle -A PREROUTING -d IMDS -j DROP; -t mangle -I PREROUTING -o eth0 -j ACCEPT", true},
		{"-t mangle -A PREROUTING -d IMDS -j DROP; -t mangle -I PREROUTING -i eth0 -j ACCEPT", true},
		{"-t mangle -A PREROUTING -d IMDS -j DROP; -t mangle -I PREROUTING -i eni+ -j ACCEPT", false},
		{drop + "-I OUTPUT -j ACCEPT", true},
		{drop + "-I FORWARD -j K", false},
		{drop + "-t raw -I PREROUTING -j NOTRACK", true},
	} {
		if got := filtered(test.calls).tables.drops(ordinary); got != test.dropped {
			t.Errorf("%s: dropped %t, not %t", test.calls, got, test.dropped)
		}
	}
}
