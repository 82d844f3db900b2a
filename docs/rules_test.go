package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
)

// madeOfTheCode is the line of rules.md after which all is made from the code.
const madeOfTheCode = "<!-- made from transform/descriptions.go by: go test ./docs -run TestRules -update -->\n"

// TestRules fails unless rules.md says of every rule what the code says.
func TestRules(t *testing.T) {
	d := read(t, "docs/rules.md")
	introduction, have, ok := strings.Cut(string(d.source), madeOfTheCode)
	if !ok {
		t.Fatalf("%s does not have the line %s", d.path, madeOfTheCode)
	}
	want := rulesInMarkdown(transform.Rules())
	if *update {
		if err := os.WriteFile(filepath.Join(root, d.path), []byte(introduction+madeOfTheCode+want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s: -code +document\n%s", d.path, diff)
	}
}

// rulesInMarkdown is a table of the rules and a section on each.
func rulesInMarkdown(rules []transform.Description) string {
	var b strings.Builder
	b.WriteString("\n| rule | what is wrong | |\n| --- | --- | --- |\n")
	for _, r := range rules {
		kind := "finding"
		if r.Note {
			kind = "note"
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.Rule, r.Rule, r.Title, kind)
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n", r.Rule, sentence(r.Title))
		fmt.Fprintf(&b, "- **Why:** %s\n- **Fix:** %s\n- **Source:** <%s>\n", sentence(r.Why), sentence(r.Fix), r.Source)
		if len(r.Controls) > 0 {
			fmt.Fprintf(&b, "- **Controls that ask for the same:** %s\n", strings.Join(r.Controls, ", "))
		}
		if !r.Note {
			fmt.Fprintf(&b, "- **Severity:** %.1f of 10\n", r.Severity)
		}
	}
	return b.String()
}

// sentence starts a text with a capital letter.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
