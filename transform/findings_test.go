package transform_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// TestFindings holds what is said of templates that are unusual in one way to
// testdata/findings.txtar.
func TestFindings(t *testing.T) {
	const file = "testdata/findings.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		template, want := archive.Files[i], &archive.Files[i+1]
		name, _ := strings.CutSuffix(template.Name, ".yaml")
		if want.Name != name+".findings" {
			t.Fatalf("%s has no findings after it", template.Name)
		}
		t.Run(name, func(t *testing.T) {
			var got string
			for _, line := range findings(t, string(template.Data), transform.Defaults()) {
				got += line + "\n"
			}
			if *update {
				want.Data = []byte(got)
			} else if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// findings returns what Check finds, what Patch says beside that, and why it returns
// an error.
func findings(t *testing.T, src string, opts transform.Options) []string {
	t.Helper()
	var all []string
	found, err := transform.Check(t.Context(), []byte(src), transform.CheckOptions{Options: opts})
	for _, f := range found {
		all = append(all, fmt.Sprintf("%s %s: %s", f.Kind, f.Rule, f.Message))
	}
	if err != nil {
		all = append(all, "error: "+withHint(err))
	}
	result, err := transform.Patch(t.Context(), []byte(src), opts)
	for _, f := range result.Findings {
		isSaid := func(g transform.Finding) bool { return f.Kind == g.Kind && f.Message == g.Message }
		if !slices.ContainsFunc(found, isSaid) {
			all = append(all, fmt.Sprintf("patch %s %s: %s", f.Kind, f.Rule, f.Message))
		}
	}
	if err != nil {
		all = append(all, "refused: "+withHint(err))
	}
	return all
}

// withHint returns an error with the property at fault and what it says to do.
func withHint(err error) string {
	text := err.Error()
	if cannot := (*transform.CannotLock)(nil); errors.As(err, &cannot) {
		text += " [" + cannot.Property + "]"
	}
	var at *cfn.Error
	if errors.As(err, &at) && at.Hint != "" {
		text += " (" + at.Hint + ")"
	}
	return text
}
