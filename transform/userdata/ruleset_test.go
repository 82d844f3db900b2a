package userdata

import (
	"slices"
	"strings"
	"testing"
)

// TestClasses has rules, and which kinds of pods they keep off.
func TestClasses(t *testing.T) {
	for _, test := range []struct {
		calls             string
		ordinary, branchy bool
	}{
		{"-t raw -A PREROUTING -d IMDS -j DROP", true, true},
		{"-t mangle -A PREROUTING -d IMDS -j DROP", true, true},
		{"-t mangle -A FORWARD -d IMDS -j DROP", true, true},
		{"-A FORWARD -d IMDS -j DROP", true, true},
		{"-A FORWARD -d IMDS -j REJECT", true, true},
		{"-t mangle -A POSTROUTING -d IMDS -j DROP", true, true},
		{"-A INPUT -d IMDS -j DROP", false, false},
		{"-t mangle -A OUTPUT -d IMDS -j DROP", false, false},
		{"-t security -A FORWARD -d IMDS -j DROP", false, false},
		{"-A FORWARD -i eni+ -d IMDS -j DROP", true, false},
		{"-A FORWARD -i vlan+ -d IMDS -j DROP", false, true},
		{"-t mangle -A POSTROUTING -o vlan+ -d IMDS -j DROP", false, true},
		{"-A FORWARD -i eni+ -d IMDS -j DROP; -t mangle -A POSTROUTING -o vlan+ -d IMDS -j DROP", true, true},
		{"-A FORWARD -i vlan+ -j ACCEPT; -A FORWARD -d IMDS -j DROP", true, false},
		{"-A FORWARD -i eni+ -j ACCEPT; -A FORWARD -d IMDS -j DROP", false, true},
		{"-A FORWARD -i eni0 -j ACCEPT; -A FORWARD -d IMDS -j DROP", false, true},
		{"-A FORWARD -i eni0 -d IMDS -j DROP; -A FORWARD -i eni+ -d IMDS -j DROP", true, false},
	} {
		f := filtered(test.calls)
		if f.tables.drops(ordinary) != test.ordinary || f.tables.drops(branchENI) != test.branchy {
			t.Errorf("%s: %t, %t", test.calls, f.tables.drops(ordinary), f.tables.drops(branchENI))
		}
	}
}

// TestTargets has targets of a rule before the one that drops, and which let the packet
// go on to it.
func TestTargets(t *testing.T) {
	after := func(target string) bool {
		return filtered("-A FORWARD" + target + "; -A FORWARD -d IMDS -j DROP").tables.drops(ordinary)
	}
	for target := range strings.FieldsSeq("LOG MARK CONNMARK SET TRACE CT NOTRACK TOS DSCP NFLOG CLASSIFY TCPMSS CHECKSUM AUDIT CONNSECMARK SECMARK HL TTL") {
		if !after(" -j " + target) {
			t.Errorf("%s ends the way of a packet", target)
		}
	}
	if !after("") {
		t.Error("a rule without a target ends the way of a packet")
	}
	for target := range strings.FieldsSeq("ACCEPT RETURN QUEUE NFQUEUE DNAT TPROXY FOO …") {
		if after(" -j " + target) {
			t.Errorf("after %s a packet goes on", target)
		}
	}
}

// TestJumps has rules that jump to chains.
func TestJumps(t *testing.T) {
	nested := func(depth int) string {
		var b strings.Builder
		from := "FORWARD"
		for i := range depth {
			to := "K" + string(rune('a'+i))
			b.WriteString("-N " + to + "; -A " + from + " -j " + to + "; ")
			from = to
		}
		return b.String() + "-A " + from + " -d IMDS -j DROP"
	}
	for _, test := range []struct {
		calls   string
		dropped bool
	}{
		{nested(3), true},
		{nested(9), true},
		{"-N K; -A K -j K; -I FORWARD -j K", false},
		{"-N K; -A K -j ACCEPT; -A FORWARD -j K; -A FORWARD -d IMDS -j DROP", false},
		{"-N K; -A K -j ACCEPT; ? -A FORWARD -j K; -A FORWARD -d IMDS -j DROP", false},
		{"-N K; -A K -j RETURN; -A K -j ACCEPT; -A FORWARD -j K; -A FORWARD -d IMDS -j DROP", true},
		{"-N K; -A K -j LOG; -A FORWARD -j K; -A FORWARD -d IMDS -j DROP", true},
		{"-N K; -A K -j LOG; -A FORWARD -g K; -A FORWARD -d IMDS -j DROP", false},
		{"-N K; -A K -d IMDS -j DROP; ? -A FORWARD -j K; -A FORWARD -d IMDS -j DROP", true},
		{"-N K; -A K -d IMDS -j DROP; -A FORWARD -d 10.0.0.1 -j K", false},
		{"-N K; -A K -d IMDS -j DROP; -A FORWARD -i eni0 -j K; -A FORWARD -j ACCEPT", false},
		{"-N K; -A K -d IMDS -j DROP; -A FORWARD -j K; ? -F FORWARD", false},
		{"-A FORWARD -s … -j ACCEPT; -A FORWARD -d IMDS -j DROP; -D FORWARD -s … -j ACCEPT", false},
		{"-A FORWARD -s 10.0.0.1 -j ACCEPT; -A FORWARD -d IMDS -j DROP; -D FORWARD -s 10.0.0.1 -j ACCEPT", true},
		{"-A FORWARD -s 10.0.0.1 -j ACCEPT; -A FORWARD -d IMDS -j DROP; -D FORWARD -s 10.0.0.1 -j LOG", false},
	} {
		if got := filtered(test.calls).tables.drops(ordinary); got != test.dropped {
			t.Errorf("%s: dropped %t, not %t", test.calls, got, test.dropped)
		}
	}
}

// TestSave has what iptables-save writes of rules, as far as they matter.
func TestSave(t *testing.T) {
	const d = "-A FORWARD -d 169.254.169.254/32 -j DROP\n"
	filter := func(rules string) string { return "*filter\n:FORWARD ACCEPT [0:0]\n" + rules + "COMMIT\n" }
	for _, test := range []struct{ calls, only, want string }{
		{"-A FORWARD -d IMDS -j DROP", "", filter(d)},
		{"-I FORWARD -d IMDS -j DROP", "filter", filter(d)},
		{"-I FORWARD -d IMDS -j DROP", "nat", ""},
		{"? -I FORWARD -d IMDS -j DROP", "", filter("")},
		{"-A FORWARD -p tcp -j ACCEPT; -A FORWARD ! -i eth0 -d IMDS -j DROP", "", filter("-A FORWARD -p tcp -j ACCEPT\n-A FORWARD ! -i eth0 -d 169.254.169.254/32 -j DROP\n")},
		{"-N K; -A K -d IMDS -j DROP; -A FORWARD -j K", "", "*filter\n:FORWARD ACCEPT [0:0]\n:K - [0:0]\n-A FORWARD -j K\n-A K -d 169.254.169.254/32 -j DROP\nCOMMIT\n"},
		{"-A FORWARD -m foo -j ACCEPT", "", filter("-A FORWARD -j ACCEPT\n")},
		{"-A FORWARD -m foo -j LOG; -A FORWARD -m foo; -A FORWARD -m foo -d 10.0.0.1 -j ACCEPT", "", filter("")},
		{"-t mangle -A INPUT -m foo -j ACCEPT; -t mangle -A OUTPUT -m foo -j ACCEPT", "", "*mangle\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"},
		{"-A FORWARD -d IMDS -j DROP; -A FORWARD -m foo -j DROP", "", filter(d)},
		{"-t nat -A POSTROUTING -j LOG; -t raw -A PREROUTING -j LOG; -t mangle -A FORWARD -j LOG; -A FORWARD -j LOG; -t security -A FORWARD -j LOG", "",
			"*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j LOG\nCOMMIT\n*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j LOG\nCOMMIT\n*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j LOG\nCOMMIT\n" + filter("-A FORWARD -j LOG\n")},
	} {
		if got := filtered(test.calls).tables.save(test.only); got != test.want {
			t.Errorf("%s: %q, not %q", test.calls, got, test.want)
		}
	}
	r := rule{args: []string{"-m", "comment", "--comment", `a "b"`, "-j", "LOG"}, known: true}
	if got, want := r.saved("filter", "FORWARD"), `-A FORWARD -m comment --comment "a \"b\"" -j LOG`+"\n"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// TestBuiltinChains has the chains of each table (man 8 iptables).
func TestBuiltinChains(t *testing.T) {
	for table, chains := range map[string]string{
		"raw": "PREROUTING OUTPUT", "mangle": "PREROUTING INPUT FORWARD OUTPUT POSTROUTING", "nat": "PREROUTING INPUT OUTPUT POSTROUTING",
		"filter": "INPUT FORWARD OUTPUT", "security": "INPUT FORWARD OUTPUT", "foo": "",
	} {
		for name := range strings.FieldsSeq("PREROUTING INPUT FORWARD OUTPUT POSTROUTING K") {
			if want := slices.Contains(strings.Fields(chains), name); isBuiltin(table, name) != want {
				t.Errorf("%s in %s: %t", name, table, !want)
			}
		}
	}
}
