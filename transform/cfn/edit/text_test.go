package edit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform/cfn"
)

// TestReplaceOverCorpus puts two lines at the start of every line of every
// text of several lines in real templates, and reads the result back.
func TestReplaceOverCorpus(t *testing.T) {
	files, _ := filepath.Glob("../../../../shared/corpus/*")
	if len(files) == 0 {
		needs.Missing(t, "corpus", "../shared/corpus with real templates is not beside the project")
	}
	places := 0
	for i, file := range files {
		if testing.Short() && i%10 != 0 {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tmpl, err := cfn.Parse(src)
		if err != nil {
			continue
		}
		for n := range tmpl.Root().All {
			checkDecoded(t, file, tmpl, n)
			if !hasLines(n) {
				continue
			}
			for _, added := range []string{"# a: 'b'\n", "a: 'b'\n\n#!c\n", "# a: \"b\" '$c'\n\tx\\y\n"} {
				places += replaceEverywhere(t, file, tmpl, n, added)
			}
		}
	}
	if places < 1000 && !testing.Short() {
		t.Errorf("only %d places tried", places)
	}
	t.Logf("%d places", places)
}

// checkDecoded expects the text of a scalar to be known piece by piece, unless it is
// the name of a function, as !Ref has it.
func checkDecoded(t *testing.T, file string, tmpl *cfn.Template, n *cfn.Node) {
	t.Helper()
	if n.Kind != cfn.Scalar || tmpl.Format() != cfn.JSON && n.Span.Start != n.Span.End && tmpl.Source()[n.Body()] == '!' {
		return
	}
	if _, ok := tmpl.Segments(n); !ok {
		t.Errorf("%s:%v: scalar %q was not decoded", file, tmpl.Position(n.Span.Start), n.Value)
	}
}

// hasLines reports whether a node is a text of several lines, or an expression that
// may make one.
func hasLines(n *cfn.Node) bool {
	name, _ := n.Function()
	return name == "Fn::Sub" || name == "Fn::Join" || n.Kind == cfn.Scalar && strings.Contains(n.Value, "\n")
}

func replaceEverywhere(t *testing.T, file string, tmpl *cfn.Template, n *cfn.Node, added string) int {
	x := textOf(t, tmpl, n)
	places := 0
	for at := 0; at < len(x.String) && places < 4; at++ {
		if at > 0 && x.String[at-1] != '\n' {
			continue
		}
		e, err := x.Replace(at, at, added)
		if err != nil {
			continue
		}
		places++
		out, err := Apply([]byte(tmpl.Source()), []Edit{e})
		if err != nil {
			t.Fatal(err)
		}
		got, err := cfn.Parse(out)
		if err != nil {
			t.Errorf("%s:%v: insertion at %d: %v\n%s", file, tmpl.Position(n.Span.Start), at, err, e.New)
			continue
		}
		want := x.String[:at] + added + x.String[at:]
		text := textOf(t, got, sameNode(tmpl.Root(), n, got.Root())).String
		if text != want {
			t.Errorf("%s:%v: insertion at %d of %q\ngot  %q\nwant %q", file, tmpl.Position(n.Span.Start), at, e.New, text, want)
		}
	}
	return places
}

// textOf returns the first text that an expression makes.
func textOf(t *testing.T, tmpl *cfn.Template, n *cfn.Node) *Text {
	t.Helper()
	texts, err := Texts(tmpl, n)
	if err != nil {
		t.Fatal(err)
	}
	return texts[0]
}

// sameNode finds the node of another tree that stands where n stands in root.
func sameNode(root, n, other *cfn.Node) *cfn.Node {
	if root == n {
		return other
	}
	for i, p := range root.Pairs {
		if p.Value.Span.Start <= n.Span.Start && n.Span.End <= p.Value.Span.End && i < len(other.Pairs) {
			if found := sameNode(p.Value, n, other.Pairs[i].Value); found != nil {
				return found
			}
		}
	}
	for i, item := range root.Items {
		if item.Span.Start <= n.Span.Start && n.Span.End <= item.Span.End && i < len(other.Items) {
			if found := sameNode(item, n, other.Items[i]); found != nil {
				return found
			}
		}
	}
	return nil
}
