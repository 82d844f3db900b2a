package userdata

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// wordsOf splits at spaces. "?" is a word that is not known, and "_" an empty one.
func wordsOf(text string) []shell.Word {
	var words []shell.Word
	for _, w := range strings.Fields(text) {
		words = append(words, shell.Word{Text: map[string]string{"?": shell.Unknown, "_": ""}[w]})
		if w != "?" && w != "_" {
			words[len(words)-1].Text = w
		}
	}
	return words
}

// taken are rules that iptables 1.8 takes.
var taken = [...]string{
	"-A FORWARD -i eni+ -j DROP",
	"--append FORWARD --in-interface eth0.1@a-b --jump DROP",
	"-I FORWARD -o abcdefghijklmno -j DROP",
	"--insert FORWARD 1 --out-interface + -j DROP",
	"-A FORWARD -i a -o b -d 1.2.3.4 -s 1.2.3.0/24 -p tcp -j DROP",
	"-A FORWARD --destination 10.0.0.0/255.0.0.0 --source 0.0.0.0/0 -j DROP",
	"-A FORWARD --dst 1.2.3.4/32 --src 10.0.0.0/8 -j DROP",
	"-A FORWARD ! -i eth0 ! -d 1.2.3.4 ! -p tcp -j DROP",
	"-A FORWARD -p all -j DROP",
	"-A FORWARD --protocol icmp -j DROP",
	"-t mangle -I FORWARD 1 -v -w -j ACCEPT",
	"--table raw -A PREROUTING --verbose --wait 5 -j ACCEPT",
	"-t security -w5 -A FORWARD -j ACCEPT",
	"-t nat -w 0 -4 -A PREROUTING -j ACCEPT",
	"-t filter -A FORWARD -w32768 -j ACCEPT",
	"-w0 -A FORWARD -j ACCEPT",
	"-p tcp --dport 80 --sport 0:65535 -A FORWARD -j DROP",
	"-p udp --destination-port 1:1 --source-port 65535 -A FORWARD -j DROP",
	"-p 6 --dport 80 -A FORWARD -j DROP",
	"-p 17 --dport 80 -A FORWARD -j DROP",
	"-A FORWARD -j REJECT",
	"-A FORWARD -j REJECT --reject-with icmp-net-unreachable",
	"-A FORWARD -j REJECT --reject-with icmp-host-unreachable",
	"-A FORWARD -j REJECT --reject-with icmp-port-unreachable",
	"-A FORWARD -j REJECT --reject-with icmp-proto-unreachable",
	"-A FORWARD -j REJECT --reject-with icmp-net-prohibited",
	"-A FORWARD -j REJECT --reject-with icmp-host-prohibited",
	"-A FORWARD -j REJECT --reject-with icmp-admin-prohibited",
	"-A FORWARD -p tcp -j REJECT --reject-with tcp-reset",
	"-A FORWARD -p 6 -j REJECT --reject-with tcp-reset",
	"-A FORWARD -j LOG",
	"-A FORWARD -j LOG --log-prefix abcdefghijklmnopqrstuvwxyz012 --log-level 0 -w",
	"-A FORWARD -j LOG --log-level 7",
	"-A FORWARD -m comment --comment x -j DROP",
	"-A FORWARD --match state --state NEW,ESTABLISHED,RELATED,INVALID,UNTRACKED -j DROP",
	"-A FORWARD -m conntrack --ctstate NEW -j DROP",
	"-A FORWARD -p tcp -m tcp --dport 80 --sport 1 -j DROP",
	"-A FORWARD -p 6 -m tcp --destination-port 80 --source-port 1 -j DROP",
	"-A FORWARD -p udp -m udp --sport 53 -j DROP",
	"-A FORWARD -m tcp --dport 80 -p tcp -j DROP",
	"-A FORWARD -p 17 -m udp -j DROP",
	"-A FORWARD -p tcp -m multiport --dports 1,2:3 -j DROP",
	"-A FORWARD -p udp -m multiport --destination-ports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -j DROP",
	"-A FORWARD -p 6 -m multiport --sports 1 -j DROP",
	"-A FORWARD -p 17 -m multiport --source-ports 1 -j DROP",
	"-A FORWARD -p tcp -m multiport --ports 1 -j DROP",
}

// notTaken are rules that iptables refuses, or for which that is not known, and
// what of them is in doubt.
var notTaken = [...]struct{ rule, what string }{
	{"-A FORWARD -i a -i b", "a second -i"},
	{"-A FORWARD -o a --out-interface b", "a second -o"},
	{"-A FORWARD -d 1.2.3.4 --dst 1.2.3.4", "a second -d"},
	{"-A FORWARD -s 1.2.3.4 --src 1.2.3.4", "a second -s"},
	{"-A FORWARD -p tcp -p tcp", "a second -p"},
	{"-A FORWARD -A FORWARD", "a second -A"},
	{"-A FORWARD -I FORWARD", "a second -A"},
	{"-I FORWARD -A FORWARD", "a second -A"},
	{"-t raw -t raw -A PREROUTING", "a second -t"},
	{"-w -w -A FORWARD", "a second -w"},
	{"-w -w5 -A FORWARD", "a second -w"},
	{"-v -v -A FORWARD", "a second -v"},
	{"-A FORWARD -j DROP -j DROP", "a second -j"},
	{"-A FORWARD -p tcp --dport 1 --destination-port 2", "a second --d"},
	{"-A FORWARD -p tcp --sport 1 --source-port 2", "a second --s"},
	{"-A FORWARD -p tcp -m tcp --dport 1 --dport 2", "a second --d"},
	{"-A FORWARD -m comment --comment x -m comment --comment y", "a second -m comment"},
	{"-A FORWARD -m state --state NEW -m state --state NEW", "a second -m state"},
	{"-A FORWARD -m conntrack --ctstate NEW -m conntrack --ctstate NEW", "a second -m conntrack"},
	{"-A FORWARD -p tcp -m tcp -m tcp", "a second -m tcp"},
	{"-A FORWARD -p tcp -m multiport --dports 1 -m multiport --dports 1", "a second -m multiport"},

	{"-A FORWARD ! -m comment --comment x", "what follows -m"},
	{"! -A FORWARD", "what follows -A"},
	{"-A FORWARD ! ! -i a", "what follows !"},
	{"-A FORWARD ! -p all", "what follows -p"},
	{"-A FORWARD -p sctp", "what follows -p"},
	{"-A FORWARD -i abcdefghijklmnop", "what follows -i"},
	{"-A FORWARD -i -a", "what follows -i"},
	{"-A FORWARD -o a+b", "what follows -o"},
	{"-A FORWARD -o a*", "what follows -o"},
	{"-A FORWARD -d 1.2.3", "what follows -d"},
	{"-A FORWARD -d fd00::1", "what follows -d"},
	{"-A FORWARD -d 1.2.3.4/33", "what follows -d"},
	{"-A FORWARD -d 1.2.3.4/032", "what follows -d"},
	{"-A FORWARD -s 1.2.3.4/-1", "what follows -s"},
	{"-A FORWARD -s 1.2.3.4/255.0.255.0", "what follows -s"},
	{"-t filtre -A FORWARD", "what follows -t"},
	{"-6 -A FORWARD", "what follows -6"},
	{"-A FORWARD --dport 80", "what follows --dport"},
	{"-A FORWARD -p icmp --dport 80", "what follows --dport"},
	{"-A FORWARD -p tcp --dport 65536", "what follows --dport"},
	{"-A FORWARD -p tcp --dport -1", "what follows --dport"},
	{"-A FORWARD -p tcp --dport 1:65536", "what follows --dport"},
	{"-A FORWARD -p tcp --sport 2:1", "what follows --sport"},
	{"-A FORWARD -p tcp --sport 080", "what follows --sport"},
	{"-A FORWARD -p tcp -m tcp --sport x", "what follows --sport"},
	{"-A FORWARD -j LOG --log-prefix abcdefghijklmnopqrstuvwxyz0123", "what follows --log-prefix"},
	{"-A FORWARD -j LOG --log-level 8", "what follows --log-level"},
	{"-A FORWARD -j LOG --log-level -1", "what follows --log-level"},
	{"-A FORWARD -m comment --foo x", "what follows -m comment"},
	{"-A FORWARD -m comment --comment " + "x256", "what follows -m comment"},
	{"-A FORWARD -m state --ctstate NEW", "what follows -m state"},
	{"-A FORWARD -m conntrack --state NEW", "what follows -m conntrack"},
	{"-A FORWARD -m state --state NEW,OLD", "what follows -m state"},
	{"-A FORWARD -p tcp -m multiport --dports 1,x", "what follows -m multiport"},
	{"-A FORWARD -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "what follows -m multiport"},
	{"-A FORWARD -j REJECT --reject-with icmp6-no-route", "what follows icmp6-no-route"},

	{"-A FORWARD -p tcp -m multiport --dport 1", "-m multiport"},
	{"-A FORWARD -m limit", "-m limit"},
	{"-A FORWARD -j REJECT --reject-with foo", "foo"},
	{"-A FORWARD -j DROP --reject-with icmp-port-unreachable", "--reject-with"},
	{"-A FORWARD -j DROP --log-prefix x", "--log-prefix"},
	{"-I FORWARD 0", "0"},
	{"-A FORWARD 1", "1"},
	{"-I FORWARD 32769", "32769"},
	{"-A FORWARD -wx", "-wx"},
	{"-A FORWARD -w-1", "-w-1"},
	{"-A FORWARD -w32769", "-w32769"},
	{"-w -1 -A FORWARD", "-1"},
	{"-A FORWARD --foo", "--foo"},
	{"-A FORWARD -i", "the end of its words"},
	{"-A FORWARD -i _", "a word that is not known"},
	{"-A FORWARD -i ?", "a word that is not known"},
	{"-I FORWARD ?", "a word that is not known"},
	{"-j DROP", "the name of the chain"},
	{"-A -j", "the name of the chain"},
	{"-A abcdefghijklmnopqrstuvwxyz012", "the name of the chain"},
	{"-A FORWARD -m tcp", "a match of ports without its protocol"},
	{"-A FORWARD -p udp -m tcp", "a match of ports without its protocol"},
	{"-A FORWARD -p tcp -m udp", "a match of ports without its protocol"},
	{"-A FORWARD -m multiport --dports 1", "a match of ports without its protocol"},
	{"-A FORWARD -p udp -j REJECT --reject-with tcp-reset", "a match of ports without its protocol"},
}

// TestGrammar reads rules as iptables does.
func TestGrammar(t *testing.T) {
	v4, v6 := netip.MustParseAddr(metadataIPv4), netip.MustParseAddr(metadataIPv6)
	check := func(rule string, address netip.Addr, restore bool, want string) {
		t.Helper()
		if want != "" {
			want = "whether iptables takes " + want + " here is not known"
		}
		if got := unknownSpelling(wordsOf(rule), address, restore); got != want {
			t.Errorf("%s: %q, not %q", rule, got, want)
		}
	}
	for _, rule := range taken {
		check(rule, v4, false, "")
	}
	for _, test := range notTaken {
		check(strings.ReplaceAll(test.rule, "x256", strings.Repeat("x", 256)), v4, false, test.what)
	}
	check("-A FORWARD -m comment --comment "+strings.Repeat("x", 255), v4, false, "")
	check("-A abcdefghijklmnopqrstuvwxyz01", v4, false, "")

	check("-6 -A FORWARD -d fd00::/8 -j DROP", v6, false, "")
	check("-4 -A FORWARD", v6, false, "what follows -4")
	check("-A FORWARD -d 1.2.3.4", v6, false, "what follows -d")
	check("-A FORWARD -d fd00::/129", v6, false, "what follows -d")
	check("-A FORWARD -d fe80::1%eth0", v6, false, "what follows -d")
	check("-A FORWARD -d fd00::/255.0.0.0", v6, false, "what follows -d")
	for _, with := range []string{"icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable", "icmp6-port-unreachable"} {
		check("-A FORWARD -j REJECT --reject-with "+with, v6, false, "")
	}
	check("-A FORWARD -j REJECT --reject-with icmp-port-unreachable", v6, false, "what follows icmp-port-unreachable")

	check("-A FORWARD -i eni+ -j DROP", v4, true, "")
	check("-t filter -A FORWARD", v4, true, "what follows -t")
	check("-w -A FORWARD", v4, true, "what follows -w")
	check("-w5 -A FORWARD", v4, true, "-w5")
	check("-4 -A FORWARD", v4, true, "what follows -4")
	check("-6 -A FORWARD", v6, true, "what follows -6")
}
