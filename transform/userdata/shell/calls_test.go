package shell

import (
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestCalls tests what is said of programs by their arguments. In testdata each
// such thing has a section of the calls of which it is true, and one of those of
// which it is not.
func TestCalls(t *testing.T) {
	said := map[string]func(name string, args []Word) bool{
		"it may run another program, or write where its words do not say": RunsOthers,
		"its script of sed is plain":                                      func(_ string, args []Word) bool { return isPlainSed(args) },
		"it reads its input to the end":                                   func(name string, args []Word) bool { return readsToEnd(name, args) },
		"it writes files that are not known where it runs":                unpacks,
		"it changes no file that its words name":                          readsOnly,
		"it is a program for set -e":                                      func(line string, _ []Word) bool { return isProgramFile(path.Base(line)) },
	}
	list, err := txtar.ParseFile("testdata/calls.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Files) != 2*len(said) {
		t.Errorf("%d sections, want %d", len(list.Files), 2*len(said))
	}
	for _, section := range list.Files {
		what, not := strings.CutPrefix(section.Name, "not: ")
		is := said[what]
		if is == nil {
			t.Fatalf("nothing says that %s", what)
		}
		for line := range strings.Lines(string(section.Data)) {
			var words []Word
			for w := range strings.FieldsSeq(line) {
				words = append(words, Word{Text: strings.NewReplacer("_", " ", "¶", "\n", "…", Unknown).Replace(w)})
			}
			if is(words[0].Text, words[1:]) == not {
				t.Errorf("%s: that %s is %t", strings.TrimSpace(line), what, not)
			}
		}
	}
}
