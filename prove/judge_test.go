//go:build linux

package prove

import (
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/imdslock/imdslock/internal/needs"
)

// A written case is user data, and what becomes of the rules.
type written struct {
	name, want string // "held", "open" or "broken"
	userData   string
	ipv6       bool
	image      Image
}

func writtenCases(t *testing.T) []written {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/userdata.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var cases []written
	for _, f := range archive.Files {
		cases = append(cases, written{name: f.Name, want: path.Dir(f.Name), userData: string(f.Data), ipv6: path.Ext(f.Name) == ".ipv6",
			image: Image{IPTables: NFT, Snap: path.Ext(f.Name) == ".ubuntu"}})
	}
	return cases
}

// outcome sums a verdict up in the words of the written cases.
func (v Verdict) outcome() string {
	switch {
	case len(v.Unplayed) > 0:
		return "unplayed"
	case v.CutOff():
		return "held"
	case v.Start.or(v.End).or(v.Reboot).ofCNI() == nil:
		return "broken"
	}
	return "open"
}

// lawRequired skips a test that launches nodes by the hundred.
func lawRequired(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it launches hundreds of nodes, which takes minutes, and -short leaves that out")
	}
	if !needs.Required("law") {
		t.Skip("it launches hundreds of nodes, which takes minutes: IMDSLOCK_REQUIRE=law runs it")
	}
}

// TestJudge holds the judge to the written cases: what it finds cut off must
// be, and whatever opens a node must be noticed.
func TestJudge(t *testing.T) {
	mustProve(t)
	lawRequired(t)
	t.Parallel()
	cases := writtenCases(t)
	judgements := make([]Judgement, len(cases))
	each(len(cases), func(i int) { judgements[i] = JudgeUserData([]byte(cases[i].userData), cases[i].ipv6, cases[i].image) })
	for i, c := range cases {
		if j := judgements[i]; j.Err != nil || j.outcome() != c.want {
			t.Errorf("%s: %v\n%s", c.name, j, lastLines(j.Console))
		}
	}
}

func lastLines(text string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
