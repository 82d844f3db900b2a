// Package docs tests the documents of the project: their links, their commands
// and what they say about the code. It has no code.
package docs

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// root is the top of the project.
const root = ".."

// A document is a Markdown file as GitHub reads it.
type document struct {
	path   string // from the top of the project, with slashes
	source []byte
	root   ast.Node
}

// A codeBlock is a fenced or an indented one.
type codeBlock struct {
	language string // of the fence, or ""
	text     string
	line     int    // of its first line, from 1
	from     string // the file that it is a part of, as a comment before it says
}

// documents returns every Markdown file of the project, but for what is built and
// for what tests have for themselves.
func documents(t *testing.T) []document {
	t.Helper()
	var all []document
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "bin", "dist", "node_modules", "testdata"}, name):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".md":
			return nil
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		all = append(all, read(t, filepath.ToSlash(relative)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 8 {
		t.Fatalf("only %d Markdown files", len(all))
	}
	return all
}

// read reads a document by its path from the top of the project.
func read(t *testing.T, path string) document {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return parse(path, source)
}

// parse reads GitHub Flavored Markdown.
func parse(path string, source []byte) document {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	return document{path, source, markdown.Parser().Parse(text.NewReader(source))}
}

// place says where an offset is, as compilers do.
func (d document) place(offset int) string {
	return fmt.Sprintf("%s:%d", d.path, d.line(offset))
}

// line returns the line of an offset, from 1.
func (d document) line(offset int) int {
	return 1 + bytes.Count(d.source[:offset], []byte("\n"))
}

// all yields the nodes of a document in order, with the offset of the block
// that each is in.
func (d document) all(yield func(n ast.Node, offset int) bool) {
	offset := 0
	ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			offset = n.Lines().At(0).Start
		}
		if text, ok := n.(*ast.Text); ok {
			offset = text.Segment.Start
		}
		if !yield(n, offset) {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
}

// inline returns the text of a node without its markup.
func (d document) inline(n ast.Node) string {
	var b strings.Builder
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if text, ok := child.(*ast.Text); ok {
			b.Write(text.Segment.Value(d.source))
			if text.SoftLineBreak() {
				b.WriteByte(' ')
			}
			continue
		}
		b.WriteString(d.inline(child))
	}
	return b.String()
}

// anchors returns the anchors that GitHub gives the headings: what is left of
// the text in lower case without punctuation, blanks as hyphens, and a number
// after one that is there already
// (https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links).
func (d document) anchors() map[string]bool {
	anchors := map[string]bool{}
	for n := range d.all {
		heading, ok := n.(*ast.Heading)
		if !ok {
			continue
		}
		base := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, d.inline(heading))
		anchor := base
		for i := 1; anchors[anchor]; i++ {
			anchor = fmt.Sprintf("%s-%d", base, i)
		}
		anchors[anchor] = true
	}
	return anchors
}

// blocks returns the blocks of code in order.
func (d document) blocks() []codeBlock {
	var all []codeBlock
	for n := range d.all {
		if n.Kind() != ast.KindCodeBlock && n.Kind() != ast.KindFencedCodeBlock {
			continue
		}
		block := codeBlock{text: string(n.Lines().Value(d.source)), from: d.from(n)}
		if n.Lines().Len() > 0 {
			block.line = d.line(n.Lines().At(0).Start)
		}
		if fenced, ok := n.(*ast.FencedCodeBlock); ok && fenced.Info != nil {
			block.language = string(fenced.Language(d.source))
			block.line = d.line(fenced.Info.Segment.Start) + 1
		}
		all = append(all, block)
	}
	return all
}

// from reads the comment <!-- from FILE --> before a node.
func (d document) from(n ast.Node) string {
	comment, ok := n.PreviousSibling().(*ast.HTMLBlock)
	if !ok {
		return ""
	}
	line := strings.TrimSpace(string(comment.Lines().Value(d.source)))
	file, isFrom := strings.CutPrefix(line, "<!-- from ")
	if !isFrom {
		return ""
	}
	return strings.TrimSuffix(file, " -->")
}
