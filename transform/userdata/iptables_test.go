package userdata

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// shownCall is what a call does: the letter of its command, its table, its chain,
// the number and the target, whose packets are covered and may be, o for those of
// ordinary pods and b for those with branch network interfaces, and what else is
// said of it.
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
	pods := map[class]string{0: "-", ordinary: "o", branchENI: "b", allPods: "ob"}
	add(c.chain != "", c.chain)
	add(c.number != 0, fmt.Sprint("#", c.number))
	add(c.rule.target != "", c.rule.target)
	add(c.rule.jumps, "goto")
	add(true, pods[c.rule.covers]+"/"+pods[c.rule.may])
	add(c.in, "in")
	add(c.out, "out")
	add(c.loose, "loose")
	add(c.rule.loose, "loose rule")
	return strings.Join(fields, " ")
}

// TestCommandsOfIPTables reads commands, and options that say nothing of the packets.
func TestCommandsOfIPTables(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"-A FORWARD -j DROP", "A filter FORWARD DROP ob/ob"},
		{"-A FORWARD -g X", "A filter FORWARD X goto ob/ob"},
		{"--append FORWARD --jump=DROP", "A filter FORWARD DROP ob/ob"},
		{"-I FORWARD 2 -j DROP", "I filter FORWARD #2 DROP ob/ob"},
		{"-D FORWARD 3", "D filter FORWARD #3 ob/ob"},
		{"-R FORWARD 1 -j DROP", "R filter FORWARD #1 DROP ob/ob"},
		{"-C FORWARD -j DROP", "C filter FORWARD DROP ob/ob"},
		{"-C FORWARD 1", "C filter FORWARD #1 ob/ob"},
		{"-P FORWARD DROP", "P filter FORWARD ob/ob"},
		{"-E a b", "E filter a ob/ob"},
		{"-t nat -F", "F nat ob/ob"},
		{"-L FORWARD -n -v -x --line-numbers -4 -6", "L filter FORWARD ob/ob"},
		{"-S", "S filter ob/ob"},
		{"-N X", "N filter X ob/ob"},
		{"-X X", "X filter X ob/ob"},
		{"-Z FORWARD", "Z filter FORWARD ob/ob"},
		{"-Z -L", "L filter ob/ob"},
		{"-L -Z", "L filter ob/ob"},
		{"-A a -D b", "A filter b loose ob/ob"},
		{"-D FORWARD x", "D filter FORWARD ob/ob loose"},
		{"-A FORWARD 1", "A filter FORWARD ob/ob loose"},
		{"-nvL FORWARD", "L filter FORWARD ob/ob"},
		{"-x4F", "F filter ob/ob"},
		{"-6F", "F filter ob/ob"},
		{"-fF", "F filter ob/ob loose"},
		{"-tnat -AFORWARD -jDROP", "A nat FORWARD DROP ob/ob"},
		{"-w -F", "F filter ob/ob"},
		{"-w 5 -W 1000 -F", "F filter ob/ob"},
		{"-w5 -F", "F filter ob/ob"},
		{"-wF", "F filter ob/ob"},
		{"-W1000 -F", "F filter ob/ob"},
		{"--wait=5 -F", "F filter ob/ob"},
		{"-M /x -F", "F filter ob/ob"},
		{"-c 1 2 -A FORWARD", "A filter FORWARD ob/ob"},
		{"-F ! -i eth0", "F filter ob/ob in"},
		{"-A FORWARD -j", "A filter FORWARD ? ob/ob loose loose rule"},
		{"-A FORWARD -j ?", "A filter FORWARD ? ob/ob loose rule"},
		{"-A FORWARD ?", "A filter FORWARD ob/ob loose"},
		{"-A ? -j DROP", "A filter ? DROP ob/ob loose"},
		{"-t ? -A FORWARD", "A ? FORWARD ob/ob loose"},
		{"-F -", "F filter ob/ob loose"},
		{"-F -q", "F filter ob/ob loose"},
		{"-F --li", "F filter -/ob"},
		{"-F --lin", "F filter ob/ob"},
	} {
		test.want = strings.Replace(test.want, " loose ob/ob", " ob/ob loose", 1)
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
		{"-i v+", "b/b in"},
		{"-i +", "ob/ob in"},
		{"-i eni0", "-/o in"},
		{"-i eni", "-/o in"},
		{"-i eni0+", "-/o in"},
		{"-i vlan.eth.1", "-/b in"},
		{"-i eth0", "-/- in"},
		{"-i ?", "-/ob in loose rule"},
		{"! -i eth0", "ob/ob in"},
		{"! -i eni+", "b/b in"},
		{"! -i eni0", "b/ob in"},
		{"-o eth0", "-/o out"},
		{"-o vlan+", "b/ob out"},
		{"-o vlan1", "-/ob out"},
		{"-o eni+", "-/- out"},
		{"-o veth+", "-/- out"},
		{"-o +", "ob/ob out"},
		{"! -o eth0", "-/ob out"},
		{"! -o vlan+", "-/o out"},
		{"-i eni+ -i vlan+", "-/- in"},

		{"-d 169.254.169.254", "ob/ob"},
		{"-d 169.254.169.254/255.255.255.255", "ob/ob"},
		{"-d 169.254.0.0/16", "ob/ob"},
		{"-d 169.254/16", "ob/ob"},
		{"-d 0/0", "ob/ob"},
		{"-d 10.0.0.1", "-/-"},
		{"-d 169.254.169.254,10.0.0.1", "ob/ob"},
		{"-d 10.0.0.1,169.254.169.254", "ob/ob"},
		{"-d 169.254.169.254/255.255.0.255", "-/ob loose rule"},
		{"-d instance-data", "-/ob loose rule"},
		{"-d instance-data,169.254.169.254", "ob/ob loose rule"},
		{"-d 169.254.169.254/33", "-/ob loose rule"},
		{"-d fd00:ec2::254", "-/-"},
		{"! -d 10.0.0.1", "ob/ob"},
		{"! -d 169.254.169.254", "-/-"},
		{"! -d instance-data", "-/ob loose rule"},
		{"! -d 0/0", "-/-"},

		{"-s 0/0", "ob/ob"},
		{"-s 10.0.0.0/8", "-/ob"},
		{"-s x", "-/ob"},
		{"! -s 0/0", "-/ob"},

		{"-p all", "ob/ob"},
		{"-p 0", "ob/ob"},
		{"-p tcp", "ob/ob"},
		{"-p 6", "ob/ob"},
		{"-p udp", "-/-"},
		{"-p ?", "-/ob loose rule"},
		{"! -p udp", "ob/ob"},
		{"! -p tcp", "-/ob"},

		{"-m comment --comment x", "ob/ob"},
		{"-m tcp -m multiport -m conntrack -m state", "ob/ob"},
		{"-m limit", "-/ob"},
		{"-m ?", "-/ob loose rule"},
		{"--reject-with x --log-prefix x --log-level x", "ob/ob"},
		{"--foo x", "-/ob"},
		{"--dport 80", "ob/ob"},
		{"--dport http", "ob/ob"},
		{"--dport 443", "-/-"},
		{"--dport 1:80", "ob/ob"},
		{"--destination-port 80:90", "ob/ob"},
		{"--dports 81:90", "-/-"},
		{"--dports 1:79", "-/-"},
		{"--destination-ports 443,80", "ob/ob"},
		{"--dport ?", "-/ob loose rule"},
		{"! --dport 80", "-/-"},
		{"! --dport 443", "ob/ob"},
		{"--ctstate ESTABLISHED,NEW", "-/ob"},
		{"--state UNTRACKED", "-/ob"},
		{"--state ESTABLISHED", "-/-"},
		{"--ctstate ?", "-/ob loose rule"},
		{"! --ctstate ESTABLISHED", "-/ob"},
	} {
		if got := shownCall(parseCall(wordsOf("-C K "+test.words), metadataIPv4)); got != "C filter K "+test.want {
			t.Errorf("%s: %q, not %q", test.words, got, test.want)
		}
	}
	for words, want := range map[string]string{"-d fd00:ec2::254": "ob/ob", "-d fd00:ec2::/32": "ob/ob", "-d fd00:ec2::254/255.0.0.0": "-/ob loose rule", "-d ::/0": "ob/ob", "-d fd00:ec2::23": "-/-", "-d 169.254.169.254": "-/-"} {
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
