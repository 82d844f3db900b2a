package userdata

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// shownCall is what a call does: the letter of its command, its table, its chain,
// the number and the target, whose packets are covered and may be, o for those of
// ordinary pods, b for those with branch network interfaces and v for those of an IPv6
// cluster, and what else is said of it.
func shownCall(c call) string {
	fields := []string{"-", c.table}
	if c.op != 0 {
		fields[0] = string(c.op)
	}
	add := func(wanted bool, text string) {
		if wanted {
			fields = append(fields, text)
		}
	}
	pods := func(of class) string {
		letters := ""
		for i, letter := range "obv" {
			if of>>i&1 == 1 {
				letters += string(letter)
			}
		}
		return cmp.Or(letters, "-")
	}
	add(c.chain != "", c.chain)
	add(c.number != 0, fmt.Sprint("#", c.number))
	add(c.rule.target != "", c.rule.target)
	add(c.rule.jumps, "goto")
	add(true, pods(c.rule.covers)+"/"+pods(c.rule.may))
	add(c.in, "in")
	add(c.out, "out")
	add(c.loose, "loose")
	add(c.rule.loose, "loose rule")
	return strings.Join(fields, " ")
}

// TestCommandsOfIPTables reads commands, and options that say nothing of the packets.
func TestCommandsOfIPTables(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"-A FORWARD -j DROP", "A filter FORWARD DROP obv/obv"},
		{"-A FORWARD -g X", "A filter FORWARD X goto obv/obv"},
		{"--append FORWARD --jump=DROP", "A filter FORWARD DROP obv/obv"},
		{"-I FORWARD 2 -j DROP", "I filter FORWARD #2 DROP obv/obv"},
		{"-D FORWARD 3", "D filter FORWARD #3 obv/obv"},
		{"-R FORWARD 1 -j DROP", "R filter FORWARD #1 DROP obv/obv"},
		{"-C FORWARD -j DROP", "C filter FORWARD DROP obv/obv"},
		{"-C FORWARD 1", "C filter FORWARD #1 obv/obv"},
		{"-P FORWARD DROP", "P filter FORWARD obv/obv"},
		{"-E a b", "E filter a obv/obv"},
		{"-t nat -F", "F nat obv/obv"},
		{"-L FORWARD -n -v -x --line-numbers -4 -6", "L filter FORWARD obv/obv"},
		{"-S", "S filter obv/obv"},
		{"-N X", "N filter X obv/obv"},
		{"-X X", "X filter X obv/obv"},
		{"-Z FORWARD", "Z filter FORWARD obv/obv"},
		{"-Z -L", "L filter obv/obv"},
		{"-L -Z", "L filter obv/obv"},
		{"-A a -D b", "A filter b loose obv/obv"},
		{"-D FORWARD x", "D filter FORWARD obv/obv loose"},
		{"-A FORWARD 1", "A filter FORWARD obv/obv loose"},
		{"-nvL FORWARD", "L filter FORWARD obv/obv"},
		{"-x4F", "F filter obv/obv"},
		{"-6F", "F filter obv/obv"},
		{"-fF", "F filter obv/obv loose"},
		{"-tnat -AFORWARD -jDROP", "A nat FORWARD DROP obv/obv"},
		{"-w -F", "F filter obv/obv"},
		{"-w 5 -W 1000 -F", "F filter obv/obv"},
		{"-w5 -F", "F filter obv/obv"},
		{"-wF", "F filter obv/obv"},
		{"-W1000 -F", "F filter obv/obv"},
		{"--wait=5 -F", "F filter obv/obv"},
		{"-M /x -F", "F filter obv/obv"},
		{"-c 1 2 -A FORWARD", "A filter FORWARD obv/obv"},
		{"-F ! -i eth0", "F filter obv/obv in"},
		{"-A FORWARD -j", "A filter FORWARD ? obv/obv loose loose rule"},
		{"-A FORWARD -j ?", "A filter FORWARD ? obv/obv loose rule"},
		{"-A FORWARD ?", "A filter FORWARD obv/obv loose"},
		{"-A ? -j DROP", "A filter ? DROP obv/obv loose"},
		{"-t ? -A FORWARD", "A ? FORWARD obv/obv loose"},
		{"-F -", "F filter obv/obv loose"},
		{"-F -q", "F filter obv/obv loose"},
		{"-F --li", "F filter -/obv"},
		{"-F --lin", "F filter obv/obv"},
	} {
		test.want = strings.Replace(test.want, " loose obv/obv", " obv/obv loose", 1)
		if got := strings.ReplaceAll(shownCall(parseCall(wordsOf(test.words), metadataIPv4)), shell.Unknown, "?"); got != test.want {
			t.Errorf("%s: %q, not %q", test.words, got, test.want)
		}
	}
	for _, option := range []string{"-A", "-i", "-j"} {
		c := parseCall([]shell.Word{{Text: "-F"}, {Text: option}, {Text: "x", Splits: true}}, metadataIPv4)
		if !c.loose {
			t.Errorf("%s: a word that may be several is one", option)
		}
	}
}

// TestMatches says whose packets to the metadata service a rule is for.
func TestMatches(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"-i eni+", "o/o in"},
		{"-i en+", "o/o in"},
		{"-i vlan+", "b/b in"},
		{"-i v+", "bv/bv in"},
		{"-i veth+", "v/v in"},
		{"-i veth1", "-/v in"},
		{"-i +", "obv/obv in"},
		{"-i eni0", "-/o in"},
		{"-i eni", "-/o in"},
		{"-i eni0+", "-/o in"},
		{"-i vlan.eth.1", "-/b in"},
		{"-i eth0", "-/- in"},
		{"-i ?", "-/obv in loose rule"},
		{"! -i eth0", "obv/obv in"},
		{"! -i eni+", "bv/bv in"},
		{"! -i eni0", "bv/obv in"},
		{"-o eth0", "-/ov out"},
		{"-o vlan+", "b/obv out"},
		{"-o vlan1", "-/obv out"},
		{"-o eni+", "-/- out"},
		{"-o veth+", "-/- out"},
		{"-o +", "obv/obv out"},
		{"! -o eth0", "-/obv out"},
		{"! -o vlan+", "-/ov out"},
		{"-i eni+ -i vlan+", "-/- in"},

		{"-d 169.254.169.254", "obv/obv"},
		{"-d 169.254.169.254/255.255.255.255", "obv/obv"},
		{"-d 169.254.0.0/16", "obv/obv"},
		{"-d 169.254/16", "obv/obv"},
		{"-d 0/0", "obv/obv"},
		{"-d 10.0.0.1", "-/-"},
		{"-d 169.254.169.254,10.0.0.1", "obv/obv"},
		{"-d 10.0.0.1,169.254.169.254", "obv/obv"},
		{"-d 169.254.169.254/255.255.0.255", "-/obv loose rule"},
		{"-d instance-data", "-/obv loose rule"},
		{"-d instance-data,169.254.169.254", "obv/obv loose rule"},
		{"-d 169.254.169.254/33", "-/obv loose rule"},
		{"-d fd00:ec2::254", "-/-"},
		{"! -d 10.0.0.1", "obv/obv"},
		{"! -d 169.254.169.254", "-/-"},
		{"! -d instance-data", "-/obv loose rule"},
		{"! -d 0/0", "-/-"},

		{"-s 0/0", "obv/obv"},
		{"-s 10.0.0.0/8", "-/obv"},
		{"-s x", "-/obv"},
		{"! -s 0/0", "-/obv"},

		{"-p all", "obv/obv"},
		{"-p 0", "obv/obv"},
		{"-p tcp", "obv/obv"},
		{"-p 6", "obv/obv"},
		{"-p udp", "-/-"},
		{"-p ?", "-/obv loose rule"},
		{"! -p udp", "obv/obv"},
		{"! -p tcp", "-/obv"},

		{"-m comment --comment x", "obv/obv"},
		{"-m tcp -m multiport -m conntrack -m state", "obv/obv"},
		{"-m limit", "-/obv"},
		{"-m ?", "-/obv loose rule"},
		{"--reject-with x --log-prefix x --log-level x", "obv/obv"},
		{"--foo x", "-/obv"},
		{"--dport 80", "obv/obv"},
		{"--dport http", "obv/obv"},
		{"--dport 443", "-/-"},
		{"--dport 1:80", "obv/obv"},
		{"--destination-port 80:90", "obv/obv"},
		{"--dports 81:90", "-/-"},
		{"--dports 1:79", "-/-"},
		{"--destination-ports 443,80", "obv/obv"},
		{"--dport ?", "-/obv loose rule"},
		{"! --dport 80", "-/-"},
		{"! --dport 443", "obv/obv"},
		{"--ctstate ESTABLISHED,NEW", "-/obv"},
		{"--state UNTRACKED", "-/obv"},
		{"--state ESTABLISHED", "-/-"},
		{"--ctstate ?", "-/obv loose rule"},
		{"! --ctstate ESTABLISHED", "-/obv"},
	} {
		if got := shownCall(parseCall(wordsOf("-C K "+test.words), metadataIPv4)); got != "C filter K "+test.want {
			t.Errorf("%s: %q, not %q", test.words, got, test.want)
		}
	}
	for words, want := range map[string]string{"-d fd00:ec2::254": "obv/obv", "-d fd00:ec2::/32": "obv/obv", "-d fd00:ec2::254/255.0.0.0": "-/obv loose rule", "-d ::/0": "obv/obv", "-d fd00:ec2::23": "-/-", "-d 169.254.169.254": "-/-"} {
		if got := shownCall(parseCall(wordsOf("-C K "+words), metadataIPv6)); got != "C filter K "+want {
			t.Errorf("%s: %q, not %q", words, got, want)
		}
	}
}

// TestEqualRules has the words by which rules are compared, in whatever order they
// stand, and those by which iptables-save prints them.
func TestEqualRules(t *testing.T) {
	for _, test := range []struct{ words, spec, args string }{
		{"-j DROP -d 169.254.169.254 ! -i eth0 -p tcp --dport 80 -m comment --comment x", "! -i eth0 --comment x --dport 80 -d 169.254.169.254/32 -j DROP -p tcp",
			"-j DROP -d 169.254.169.254/32 ! -i eth0 -p tcp --dport 80 -m comment --comment x"},
		{"-s 0/0 -d 0/0 -p all -o eth0", "-o eth0", "-o eth0"},
		{"! -d 1.2.3.4/8,x ! -s 10/8 ! -p 6", "! -d 1.0.0.0/8,x ! -p 6 ! -s 10/8", "! -d 1.0.0.0/8,x ! -s 10/8 ! -p 6"},
		{"-m limit --limit 5 -m state --state NEW", "--limit 5 --state NEW -m limit", "-m limit --limit 5 -m state --state NEW"},
		{"-g X", "-g X", "-g X"},
	} {
		r := parseCall(wordsOf("-C K "+test.words), metadataIPv4).rule
		if args := strings.Join(r.args, " "); r.spec != test.spec || args != test.args || !r.sure {
			t.Errorf("%s: %q, %q", test.words, r.spec, args)
		}
	}
}

// TestMisplaced has rules that have no effect where they stand, and why.
func TestMisplaced(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"-t raw -A PREROUTING -i a -j DROP", ""},
		{"-t raw -A PREROUTING -o a -j DROP", "iptables refuses an interface of that direction in PREROUTING"},
		{"-t mangle -A POSTROUTING -o a -j DROP", ""},
		{"-t mangle -A POSTROUTING -i a -j DROP", "iptables refuses an interface of that direction in POSTROUTING"},
		{"-A FORWARD -i a -o b -j DROP", ""},
		{"-t nat -A PREROUTING -j ACCEPT", ""},
		{"-t nat -A PREROUTING -j DROP", "it is in the table nat, which iptables refuses to drop packets in"},
		{"-A FORWARD -j REJECT", ""},
		{"-t raw -A PREROUTING -j REJECT", "REJECT works in the table filter only"},
		{"-t security -A FORWARD -j DROP", "what pods send does not pass the chain FORWARD of the table security"},
		{"-A INPUT -j DROP", "what pods send does not pass the chain INPUT of the table filter"},
		{"-t raw -A OUTPUT -j DROP", "what pods send does not pass the chain OUTPUT of the table raw"},
		{"-t raw -A FORWARD -j DROP", "the table raw has no chain FORWARD"},
		{"-A PREROUTING -j DROP", "the table filter has no chain PREROUTING"},
		{"-A POSTROUTING -j DROP", "the table filter has no chain POSTROUTING"},
		{"-A K -j DROP", ""},
		{"-A K --foo", "whether iptables takes --foo here is not known"},
		{"-I K --foo", "whether iptables takes --foo here is not known"},
		{"-D K --foo", ""},
		{"-A INPUT --foo", "what pods send does not pass the chain INPUT of the table filter"},
	} {
		c := parseCall(wordsOf(test.words), metadataIPv4)
		if c.rule.wrong != test.want || c.rule.known != (!strings.Contains(test.words, "--foo")) {
			t.Errorf("%s: %q, known %v, not %q", test.words, c.rule.wrong, c.rule.known, test.want)
		}
	}
}

// TestLongOptions has the long options of iptables with their letters, and short ones
// for them, as getopt_long takes them.
func TestLongOptions(t *testing.T) {
	for _, pair := range strings.Split("append A,check C,delete D,insert I,replace R,list L,list-rules S,flush F,zero Z,new-chain N,new N,delete-chain X,policy P,rename-chain E,"+
		"table t,protocol p,proto p,source s,src s,destination d,dst d,in-interface i,out-interface o,jump j,goto g,match m,wait w,wait-interval W,"+
		"numeric n,verbose v,exact x,line-numbers 0,ipv4 4,ipv6 6,modprobe M,set-counters c,fragment f,"+
		"app A,prot p,new-c N,delete- X,wait- W,list- S,ver v,li ,ipv ,s ,foo ,dest d", ",") {
		name, want, _ := strings.Cut(pair, " ")
		if got := option(name); got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
	for _, target := range strings.Fields("ACCEPT DROP REJECT RETURN QUEUE LOG") {
		if !isStandard(target) {
			t.Errorf("%s is no chain", target)
		}
	}
	if isStandard("KUBE-FORWARD") {
		t.Error("KUBE-FORWARD is a chain")
	}
}
