package userdata

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestFilterPrograms has programs of the packet filter that take the rule back, or
// may, and such that do not.
func TestFilterPrograms(t *testing.T) {
	const (
		takesBack = "undone: the command here may take back the rule that drops the packets of pods"
		restored  = "undone: the rules that are restored here may take the place of the rule"
	)
	for _, test := range []struct{ line, want string }{
		{"conntrack -D; ipset create x hash:ip\n", ""},
		{"ebtables -L\n", "not-judged: what ebtables does to the packets is not known"},
		{"arptables -L\n", "not-judged: what arptables does to the packets is not known"},
		{"iptables-apply /opt/x\n", takesBack},
		{"xtables-multi iptables -L\n", takesBack},
		{"xtables-nft-multi iptables -L\n", takesBack},
		{"xtables-legacy-multi iptables -L\n", takesBack},
		{"iptables-nft -F\n", takesBack},
		{"iptables-legacy -F\n", takesBack},
		{"iptables-legacy -L\n", ""},

		{"iptables-restore\n", ""},
		{"iptables-restore --test /opt/r\n", ""},
		{"iptables-restore /opt/r\n", restored},
		{"iptables-restore -n /opt/r\n", restored},
		{"printf '*nat\\nCOMMIT\\n' > /opt/r; iptables-restore /opt/r\n", ""},
		{"printf '*filter\\nCOMMIT\\n' > /opt/r; iptables-restore /opt/r\n", restored},
		{"printf '*filter\\nCOMMIT\\n' > /opt/r; iptables-restore -n /opt/r\n", ""},
		{"printf '*nat\\nCOMMIT\\n' | iptables-restore\n", ""},
		{"printf '*filter\\nCOMMIT\\n' | iptables-restore\n", restored},
		{"printf '*nat\\nCOMMIT\\n' | iptables-restore $X\n", restored},

		{"nft list ruleset\n", ""},
		{"nft -f - <<X\nlist ruleset\nX\n", ""},
		{"nft -f - <<X\nflush ruleset\nX\n", takesBack},
		{"nft --file /opt/r\n", takesBack},
		{"nft -i </opt/r\n", takesBack},
		{"printf 'list ruleset\\n' > /opt/r; nft -f /opt/r\n", ""},
		{"printf 'flush ruleset\\n' > /opt/r; nft -f /opt/r\n", takesBack},
		{"nft delete table ip x\n", takesBack},
		{"nft destroy table ip x\n", takesBack},
		{"nft insert rule ip x y accept\n", takesBack},
		{"nft replace rule ip x y handle 1 accept\n", takesBack},
		{"nft reset rules\n", takesBack},
		{"nft 'include \"/opt/x\"'\n", takesBack},
		{"nft $X\n", takesBack},

		{"rmmod ip_tables\n", takesBack},
		{"rmmod xt_comment\n", takesBack},
		{"rmmod nf_tables\n", takesBack},
		{"rmmod $X\n", takesBack},
		{"rmmod floppy\n", ""},
		{"modprobe -r ip_tables\n", takesBack},
		{"modprobe --remove x_tables iptable_raw\n", takesBack},
		{"modprobe -r floppy\n", ""},
		{"modprobe ip_tables\n", ""},
	} {
		if got := messages(judgeText(bang+recipe+boot+test.line, Block{})); got != test.want {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
	v6 := strings.NewReplacer("iptables", "ip6tables", "169.254.169.254/32", "fd00:ec2::254/128")
	twins := v6.Replace(drop + saveTo + enableNow)
	for line, want := range map[string]string{
		"": "", "ip6tables -F\n": "ipv6-absent", "ip6tables-apply /opt/x\n": "ipv6-absent", "ip6tables-restore /opt/x\n": "ipv6-absent", "iptables-nft-save\n": "",
		"ip6tables-save -t nat > /etc/sysconfig/ip6tables\n": "ipv6-absent",
	} {
		if got := codes(judgeText(bang+recipe+twins+boot+line, Block{IPv6: true})); got != want {
			t.Errorf("%s: %q, not %q", line, got, want)
		}
	}
	appended := install + strings.Replace(drop, "-I FORWARD 1", "-A FORWARD", 1) + saveTo + enableNow + boot
	for line, want := range map[string]string{
		"nft list ruleset\n": "", "nft add rule ip filter FORWARD accept\n": "absent", "nft create chain ip filter x\n": "absent",
	} {
		if got := codes(judgeText(bang+line+appended, Block{})); got != want {
			t.Errorf("%s: %q, not %q", line, got, want)
		}
	}
	for _, name := range []string{"iptables-legacy", "iptables-nft"} {
		script := bang + install + strings.Replace(drop, "iptables", name, 1) + boot
		if got := messages(judgeText(script, Block{})); got != "absent: the rule here does not drop the packets: which of the variants of iptables the node has is not known" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestWithoutVariant has names of programs of iptables, and those without the variant.
func TestWithoutVariant(t *testing.T) {
	for name, want := range map[string]string{
		"iptables": "iptables", "iptables-save": "iptables-save", "iptables-legacy": "iptables", "ip6tables-nft": "ip6tables", "iptables-legacy-restore": "iptables-restore",
		"ip6tables-nft-save": "ip6tables-save", "xtables-nft-multi": "xtables-multi", "xtables-multi": "xtables-multi", "nft": "nft",
	} {
		if got := withoutVariant(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

// TestSaved has options of iptables-save.
func TestSaved(t *testing.T) {
	f := newFamily(metadataIPv4)
	f.apply(nil, wordsOf("-I FORWARD -d 169.254.169.254/32 -j DROP"), true)
	all, none := f.saved(nil), f.saved(wordsOf("-t nat"))
	if !strings.Contains(all, "DROP") || strings.Contains(none, "DROP") {
		t.Fatalf("%q, of nat %q", all, none)
	}
	for words, want := range map[string]string{
		"-c": all, "--counters": all, "-t filter": all, "--table filter -c": all, "--table nat": none, "-c -t nat": none, "-M x": shell.Unknown, "-t": shell.Unknown, "x": shell.Unknown, "-t filter x": shell.Unknown,
	} {
		if got := f.saved(wordsOf(words)); got != want {
			t.Errorf("%s: %q, not %q", words, got, want)
		}
	}
}

// TestParseRestore has options of iptables-restore.
func TestParseRestore(t *testing.T) {
	for words, want := range map[string]string{
		"": "", "-n": "noflush", "--noflush": "noflush", "-t": "tests", "--test": "tests", "-h": "tests", "-V": "tests", "?": "unknown", "-c ?": "unknown",
		"-c -v -w": "", "--counters --verbose --wait": "", "-w 5 -n": "noflush", "-W 5": "loose", "-T nat": "loose", "--table nat": "loose", "-M /x": "loose", "-x": "loose",
		"/opt/r": "/opt/r", "-n /opt/r": "noflush /opt/r", "-w /opt/r": "", "-c /opt/r": "/opt/r",
	} {
		c := parseRestore(wordsOf(words))
		var got []string
		for i, is := range []bool{c.noflush, c.tests, c.loose, !c.known} {
			if is {
				got = append(got, []string{"noflush", "tests", "loose", "unknown"}[i])
			}
		}
		if c.file != "" {
			got = append(got, c.file)
		}
		if fmt.Sprint(got) != "["+want+"]" {
			t.Errorf("%s: %v, not %s", words, got, want)
		}
	}
}
