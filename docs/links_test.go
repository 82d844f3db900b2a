package docs

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark/ast"
)

// links returns the places and the destinations of all links and pictures.
func (d document) links() (places, destinations []string) {
	for n, offset := range d.all {
		destination := ""
		switch n := n.(type) {
		case *ast.Link:
			destination = string(n.Destination)
		case *ast.Image:
			destination = string(n.Destination)
		case *ast.AutoLink:
			destination = string(n.URL(d.source))
		case *ast.HTMLBlock:
			for _, m := range pictureSource.FindAllStringSubmatch(string(n.Lines().Value(d.source)), -1) {
				places, destinations = append(places, d.place(offset)), append(destinations, m[1])
			}
			continue
		default:
			continue
		}
		places, destinations = append(places, d.place(offset)), append(destinations, destination)
	}
	return places, destinations
}

// TestLinks fails unless every link within the project leads to a file or folder and
// to a heading of it, and every other link is a valid https one. Those are not
// followed.
func TestLinks(t *testing.T) {
	checked := 0
	for _, d := range documents(t) {
		places, destinations := d.links()
		for i, destination := range destinations {
			checked++
			if err := d.check(destination); err != nil {
				t.Errorf("%s: %v", places[i], err)
			}
		}
		for n, offset := range d.all {
			if html, ok := n.(*ast.HTMLBlock); ok && !isComment(html, d) && !isPicture(html, d) {
				t.Errorf("%s: HTML, whose links nobody checks", d.place(offset))
			}
			if _, ok := n.(*ast.RawHTML); ok {
				t.Errorf("%s: HTML within a line, or a name in angle brackets that GitHub would not show", d.place(offset))
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d links", checked)
	}
}

// A picture has one file for light and one for dark.
var pictureSource = regexp.MustCompile(`\b(?:src|srcset)="([^" ]*)"`)

func isComment(html *ast.HTMLBlock, d document) bool {
	return strings.HasPrefix(string(html.Lines().Value(d.source)), "<!--")
}

// isPicture reports whether HTML is a picture and nothing else: a source and an image
// with a text for those who do not see it.
func isPicture(html *ast.HTMLBlock, d document) bool {
	return wholePicture.Match(html.Lines().Value(d.source))
}

var wholePicture = regexp.MustCompile(`^<picture>\n  <source media="\(prefers-color-scheme: dark\)" srcset="[^"]+">\n  <img src="[^"]+" width="\d+" alt="[^"]+">\n</picture>\n?$`)

// check says what is wrong with a link of a document.
func (d document) check(destination string) error {
	link, err := url.Parse(destination)
	if err != nil {
		return err
	}
	if link.IsAbs() || link.Host != "" {
		if link.Scheme != "https" || !strings.Contains(link.Host, ".") || strings.ContainsAny(destination, " \t<>\"`") {
			return fmt.Errorf("%s is no https link", destination)
		}
		return nil
	}
	target := d
	if link.Path != "" {
		file := path.Join(path.Dir(d.path), link.Path)
		if path.IsAbs(link.Path) || strings.HasPrefix(file, "../") {
			return fmt.Errorf("%s is not in the project", destination)
		}
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			return fmt.Errorf("%s leads nowhere: %w", destination, err)
		}
		if link.Fragment != "" {
			source, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				return err
			}
			target = parse(file, source)
		}
	}
	if link.Fragment != "" && !target.anchors()[link.Fragment] {
		return fmt.Errorf("%s leads to no heading of %s", destination, target.path)
	}
	return nil
}

// TestLinksNotices fails unless links that lead nowhere are noticed.
func TestLinksNotices(t *testing.T) {
	d := parse("docs/x.md", []byte("# A `b`: c\n\n## Same\n\n## Same\n\n"+
		"[1](#a-b-c) [2](#same-1) [3](../README.md#limits) [4](https://docs.aws.amazon.com/eks/) <https://cve.org>\n\n"+
		"[5](#a-b:-c) [6](#same-2) [7](../README.md#nope) [8](nope.md) [9](http://docs.aws.amazon.com/)\n"+
		"[10](../../x) [11](/README.md) https://localhost/ [12](mailto:a@b.c) [13](../LICENSE#x) ![14](x.png)\n\n"+
		"<picture>\n  <source srcset=\"imds.svg\">\n  <img src=\"gone.webp\">\n</picture>\n"))
	var bad []string
	_, destinations := d.links()
	for _, destination := range destinations {
		if d.check(destination) != nil {
			bad = append(bad, destination)
		}
	}
	want := []string{"#a-b:-c", "#same-2", "../README.md#nope", "nope.md", "http://docs.aws.amazon.com/",
		"../../x", "/README.md", "mailto:a@b.c", "../LICENSE#x", "x.png", "gone.webp"}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Errorf("-want +noticed:\n%s", diff)
	}
}

// aPath is what looks like a file or folder of a Go project, "*" allowed.
var aPath = regexp.MustCompile(`^[\w.*-]+(/[\w.*-]+)+/?$`)

// TestPaths fails unless the files and folders that the documents name exist. They
// are words in code that start with something at the top of the project.
func TestPaths(t *testing.T) {
	checked := 0
	for _, d := range documents(t) {
		for n, offset := range d.all {
			span, ok := n.(*ast.CodeSpan)
			if !ok || !aPath.MatchString(d.inline(span)) {
				continue
			}
			name := d.inline(span)
			top, _, _ := strings.Cut(name, "/")
			if _, err := os.Stat(filepath.Join(root, top)); err != nil || top == "bin" || top == "dist" {
				continue // of another project, a media type, or what is built
			}
			checked++
			if found, err := filepath.Glob(filepath.Join(root, name)); err != nil || len(found) == 0 {
				t.Errorf("%s: there is no %s", d.place(offset), name)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d paths", checked)
	}
}
