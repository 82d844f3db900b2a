package transform_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"znkr.io/diff/textdiff"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/transform"
)

var update = flag.Bool("update", false, "write what Patch and Check say into the fixtures")

// readFixtures returns the fixtures of the project.
func readFixtures(t testing.TB) []fixtures.Fixture {
	t.Helper()
	all, err := fixtures.Read("..")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// fixtureOptions returns the options of a fixture.
func fixtureOptions(t testing.TB, f fixtures.Fixture) transform.Options {
	t.Helper()
	opts := transform.Defaults()
	flags := flag.NewFlagSet(f.Name, flag.ContinueOnError)
	flags.IntVar(&opts.HopLimit, "hop-limit", 1, "")
	flags.StringVar((*string)(&opts.IMDSv1), "imdsv1", "lock", "")
	flags.StringVar((*string)(&opts.IPTables), "iptables", "auto", "")
	flags.StringVar((*string)(&opts.Version), "launch-template-version", "latest", "")
	flags.StringVar((*string)(&opts.OS), "os", "", "")
	flags.BoolVar(&opts.BranchENI, "branch-eni", true, "")
	flags.BoolVar(&opts.AddLaunchTemplate, "add-launch-template", false, "")
	flags.Func("resource", "", func(id string) error {
		opts.Resources = append(opts.Resources, id)
		return nil
	})
	if err := flags.Parse(f.Options()); err != nil {
		t.Fatal(err)
	}
	return opts
}

// TestFixtures holds every fixture to what is written down for it, and to the
// three laws: the change is the one that is written down, a second run changes
// nothing, and bytes outside the edits are the input's.
func TestFixtures(t *testing.T) {
	all := readFixtures(t)
	if len(all) < 300 {
		t.Errorf("only %d fixtures", len(all))
	}
	for i, f := range all {
		t.Run(filepath.Base(f.Theme)+"/"+f.Name, func(t *testing.T) {
			diff, findings := runFixture(t, f)
			if *update {
				all[i].Diff, all[i].Findings = diff, findings
				return
			}
			if d := cmp.Diff(f.Diff, diff); d != "" {
				t.Errorf("the change is another one (-fixture +result):\n%s", d)
			}
			if d := cmp.Diff(f.Findings, findings); d != "" {
				t.Errorf("the findings are other ones (-fixture +result):\n%s", d)
			}
		})
	}
	if *update {
		writeFixtures(t, all)
	}
}

// runFixture returns what Patch changes, and what Patch and Check say.
func runFixture(t *testing.T, f fixtures.Fixture) (diff, said string) {
	t.Helper()
	src, opts := f.Source(), fixtureOptions(t, f)
	var b strings.Builder
	result, err := transform.Patch(t.Context(), src, opts)
	if err != nil {
		fmt.Fprintf(&b, "patch error %v\n", err)
	} else {
		checkLaws(t, src, result, opts)
		diff = textdiff.Unified(string(src), string(result.Output))
		say(&b, "patch", result.Findings)
	}
	findings, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: opts})
	if err != nil {
		fmt.Fprintf(&b, "check error %v\n", err)
	}
	say(&b, "check", findings)
	return strings.NewReplacer("\r\n", "\n", "\uFEFF", "").Replace(diff), b.String()
}

// say writes findings, a line each.
func say(b *strings.Builder, who string, findings []transform.Finding) {
	for _, f := range findings {
		fmt.Fprintf(b, "%s %v-%v %s %s %s: %s\n", who, f.Start, f.End, f.Kind, f.Rule, f.LogicalID, f.Message)
	}
}

// writeFixtures writes the archives of all themes.
func writeFixtures(t *testing.T, all []fixtures.Fixture) {
	t.Helper()
	themes := map[string][]fixtures.Fixture{}
	for _, f := range all {
		themes[f.Theme] = append(themes[f.Theme], f)
	}
	for path, theme := range themes {
		old, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, fixtures.Format(old.Comment, theme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
