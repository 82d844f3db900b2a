package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/transform"
)

// An element is one of a page of HTML: its name, its attributes, and all text in it.
type element struct {
	name       string
	attributes map[string]string
	text       string
}

// elements reads a page of HTML. Its void elements are the only ones without an end.
func elements(t *testing.T, page string) (all []*element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []*element
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(token)
			}
		}
	}
}

// texts returns the texts of the elements of a name and a class.
func texts(all []*element, name, class string) (texts []string) {
	for _, e := range all {
		if e.name == name && (class == "" || slices.Contains(strings.Fields(e.attributes["class"]), class)) {
			texts = append(texts, e.text)
		}
	}
	return texts
}

// withDiff adds to a run what a patch changes.
func withDiff(t *testing.T, run report.Run) report.Run {
	t.Helper()
	for i, f := range run.Files {
		patched, err := transform.Patch(t.Context(), f.Source, transform.Defaults())
		if err == nil {
			run.Files[i].Diff = report.UnifiedDiff(f.Name, f.Source, patched.Output, false)
		}
	}
	return run
}

// TestHTMLHasAll fails unless a page says what was found, where, why it was
// accepted, what would lock it, and what could not be read.
func TestHTMLHasAll(t *testing.T) {
	run := withDiff(t, found(t, "nodes.yaml", nodes))
	all := elements(t, written(t, report.HTML, run))
	if got := texts(all, "h1", ""); !slices.Equal(got, []string{"1 of 2 templates is not locked"}) {
		t.Errorf("%q", got)
	}
	n := kinds(run)
	for kind, want := range n {
		if got := len(texts(all, "article", string(kind))); got != want {
			t.Errorf("%d findings are %s, want %d", got, kind, want)
		}
	}
	var marked []string
	for _, f := range run.Files[0].Findings {
		first, _, _ := strings.Cut(nodes[f.Start.Offset:], "\n")
		if length := f.End.Offset - f.Start.Offset; length > 0 {
			first = first[:min(length, len(first))]
		}
		marked = append(marked, first)
	}
	for _, want := range marked {
		if !slices.Contains(texts(all, "mark", ""), want) {
			t.Errorf("%q is not marked: %q", want, texts(all, "mark", ""))
		}
	}
	if got := texts(all, "pre", "diff"); !slices.Equal(got, []string{run.Files[0].Diff}) {
		t.Errorf("the diff is %q, want %q", got, run.Files[0].Diff)
	}
	page := strings.Join(texts(all, "body", ""), "")
	for _, want := range []string{"until <March> & no longer", "broken.yaml", "gone, or 100%.yaml", `no such\nfile`, "locked.yaml", "v1.2.3", "CT.EC2.PR.2"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestHTMLIsWhole fails unless links lead to places in the page or to the sources
// of rules, ids are unique, nothing is loaded, and the style is the one that the
// policy allows.
func TestHTMLIsWhole(t *testing.T) {
	page := written(t, report.HTML, withDiff(t, found(t, "nodes.yaml", nodes)))
	all := elements(t, page)
	ids := map[string]bool{}
	for _, e := range all {
		if id := e.attributes["id"]; id != "" && ids[id] {
			t.Errorf("id %s stands twice", id)
		} else {
			ids[id] = true
		}
	}
	for _, e := range all {
		for name, value := range e.attributes {
			switch {
			case name == "src", strings.HasPrefix(name, "on"), name == "style":
				t.Errorf("<%s %s=%q>", e.name, name, value)
			case name == "href" && !strings.HasPrefix(value, "https://") && !ids[strings.TrimPrefix(value, "#")]:
				t.Errorf("the link %s leads nowhere", value)
			case name == "aria-labelledby" && !ids[value]:
				t.Errorf("there is no label %s", value)
			}
		}
	}
	for _, name := range []string{"script", "link", "img", "iframe", "object", "base", "form"} {
		if len(texts(all, name, "")) > 0 {
			t.Errorf("there is an element %s", name)
		}
	}
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), hash) {
		t.Errorf("the policy does not allow the style %s", hash)
	}
}

// What strangers may write: printed in a template, and hostile everywhere else.
const (
	printed = "</bdi></code><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u2066\"'--><!--{{.}}"
	hostile = printed + "\u0000\x1b[2J\xff"
)

// writtenByStrangers is a run with hostile text wherever strangers write.
func writtenByStrangers(t *testing.T) report.Run {
	t.Helper()
	run := withDiff(t, found(t, "nodes.yaml", strings.ReplaceAll(nodes, "ü", printed)))
	for i := range run.Files {
		run.Files[i].Name += hostile
		for j := range run.Files[i].Findings {
			f := &run.Files[i].Findings[j]
			f.LogicalID, f.Message, f.Reason = f.LogicalID+hostile, f.Message+hostile, f.Reason+hostile
		}
	}
	run.Files[0].Diff += "+" + hostile + "\n"
	for i := range run.Failures {
		run.Failures[i].Name += hostile
		run.Failures[i].Err = errors.New(hostile)
	}
	return run
}

// TestHTMLIsPrintable fails unless what strangers wrote puts no character into a page
// that turns the direction of text or has no picture.
func TestHTMLIsPrintable(t *testing.T) {
	for _, r := range written(t, report.HTML, writtenByStrangers(t)) {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != unicode.ReplacementChar {
			t.Errorf("the page has %U", r)
		}
	}
}

// TestHTMLIsSafe fails unless what strangers wrote adds no element to a page.
func TestHTMLIsSafe(t *testing.T) {
	calm := withDiff(t, found(t, "nodes.yaml", nodes))
	calm.Files[0].Diff += "+\n"
	count := func(run report.Run) map[string]int {
		n := map[string]int{}
		for _, e := range elements(t, written(t, report.HTML, run)) {
			if !slices.Contains([]string{"br", "p", "b", "bdi", "span"}, e.name) { // reasons, hints and badges
				n[e.name]++
			}
		}
		return n
	}
	want := count(calm)
	for name, n := range count(writtenByStrangers(t)) {
		if n != want[name] {
			t.Errorf("%d elements %s, want %d", n, name, want[name])
		}
	}
}

// TestHTMLOfLongLines fails unless a template of one long line is quoted in part,
// with what was found.
func TestHTMLOfLongLines(t *testing.T) {
	source := `{"Description": "` + strings.Repeat("é", 100_000) + `", "Resources": {"One": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 1}}}}}, "Outputs": {"A": {"Value": "` + strings.Repeat("x", 100_000) + `"}}}`
	page := written(t, report.HTML, withDiff(t, found(t, "one.json", source)))
	if len(page) > 60_000 {
		t.Errorf("%d bytes", len(page))
	}
	all := elements(t, page)
	if marks := texts(all, "mark", ""); !slices.Contains(marks, `"optional"`) {
		t.Errorf("%q", marks)
	}
}
