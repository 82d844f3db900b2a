//go:build linux

package prove

import (
	"os"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
)

// mustProve skips a test where there can be no node.
func mustProve(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: nodes take a minute")
	}
	if err := NamespacesMissing(); err != nil {
		needs.Missing(t, "namespaces", err.Error())
	}
	if err := CloudInitMissing(); err != nil {
		needs.Missing(t, "cloud-init", err.Error())
	}
}

// TestProof wants every node to be seen as expected: each case on both implementations
// of iptables if "law" is required, or else on one, in turn.
func TestProof(t *testing.T) {
	mustProve(t)
	t.Parallel()
	for _, study := range Studies() {
		t.Run(study.Title, func(t *testing.T) {
			cases := study.Cases
			if !needs.Required("law") {
				cases = inTurn(cases)
			}
			observed := Observe(cases)
			for _, o := range observed {
				if !o.OK() {
					t.Error(o)
				}
			}
			shown(t, "../docs/proof.md", study, observed)
			if study.Title == Studies()[0].Title {
				shown(t, "../README.md", study, observed)
			}
		})
	}
}

// inTurn returns the cases on one implementation of iptables each. What is on both is
// on iptables-legacy right after it is on iptables-nft.
func inTurn(cases []Case) []Case {
	var all []Case
	for _, c := range cases {
		if twin := c.Image.IPTables == Legacy; twin && len(all)%2 == 0 {
			all[len(all)-1] = c
		} else if !twin {
			all = append(all, c)
		}
	}
	return all
}

// TestProofNotices wants rules that are almost right to be noticed.
func TestProofNotices(t *testing.T) {
	mustProve(t)
	t.Parallel()
	cases := brokenCases()
	for i := range cases {
		cases[i].Template, cases[i].Image.IPTables = reference(), NFT
	}
	for _, o := range Observe(cases) {
		switch {
		case o.Err != nil:
			t.Errorf("%s: %v", o.Row, o.Err)
		case o.OK():
			t.Errorf("%s: not noticed: %+v", o.Row, o.Seen)
		default:
			t.Logf("%s: noticed: %+v", o.Row, o.Seen)
		}
	}
}

// brokenCases are proofs that must fail: rules that are almost right.
func brokenCases() []Case {
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(s, old, new) }
	}
	return []Case{
		{Row: "another interface", Options: aws, Break: replace("eni+", "enx+"), Want: always(otherPods)},
		{Row: "another address", Options: aws, Break: replace("169.254.169.254/32", "169.254.169.253/32"), Want: always(otherPods)},
		{Row: "a mask that is too wide", Options: strict, Break: replace("169.254.169.254/32", "169.254.0.0/16"), Want: always(nobody)},
		{Row: "no save", Options: aws, Break: replace("iptables-save | tee", "true | tee"), Then: []Step{reboot}, Want: always(otherPods)},
		{Row: "no service", Options: aws, Break: replace("systemctl enable --now iptables", "true"), Then: []Step{reboot}, Want: always(otherPods)},
		{Row: "the node itself", Options: strict, Break: replace("PREROUTING", "OUTPUT"), Want: always(nobody)},
		{Row: "no failure of the unit", Options: strict, Break: replace("ExecStartPre=/bin", "ExecStartPre=-/bin"), Image: Image{Broken: true},
			Want: then(nobody, everybody).with(notStarted)},
		{Row: "the status of the bootstrap", Options: aws, Break: replace("# imdslock: end\n", "exit 0\n"), Want: always(otherPods)},
	}
}

// shown wants a page to have the table of a study as it was seen.
func shown(t *testing.T, page string, study Study, observed []Observation) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	study.print(&table, observed)
	if !strings.Contains(string(content), table.String()) {
		t.Errorf("%s does not have this table:\n%s", page, table.String())
	}
}
