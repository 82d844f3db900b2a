package docs

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQuotations fails unless a block of code after a comment <!-- from FILE -->
// stands in that file, further to the right perhaps, and one after
// <!-- from FILE NAME --> is that declaration of the Go file: the body of an
// example, all of another. With -update the latter are written. A Go block
// without such a comment is a program, which a console block runs.
func TestQuotations(t *testing.T) {
	checked := 0
	for _, d := range documents(t) {
		lines := strings.SplitAfter(string(d.source), "\n")
		for _, block := range slices.Backward(d.blocks()) {
			file, name, isDeclaration := strings.Cut(block.from, " ")
			if block.from == "" {
				if block.language == "go" && !strings.HasPrefix(block.text, "package main\n") {
					t.Errorf("%s:%d: Go code that nothing holds to a test", d.path, block.line)
				}
				continue
			}
			checked++
			content, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				t.Errorf("%s:%d: %v", d.path, block.line, err)
				continue
			}
			if !isDeclaration {
				if !quotes(string(content), block.text) {
					t.Errorf("%s:%d: not in %s:\n%s", d.path, block.line, file, block.text)
				}
				continue
			}
			want := declaration(t, file, content, name)
			if *update {
				end := block.line - 1 + strings.Count(block.text, "\n")
				lines = slices.Replace(lines, block.line-1, end, want)
			} else if diff := cmp.Diff(want, block.text); diff != "" {
				t.Errorf("%s:%d: -%s +document\n%s", d.path, block.line, block.from, diff)
			}
		}
		if text := strings.Join(lines, ""); *update && text != string(d.source) {
			if err := os.WriteFile(filepath.Join(root, d.path), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d quotations", checked)
	}
}

// quotes reports whether the lines of a quotation stand in a text, all indented
// by as much more.
func quotes(text, quotation string) bool {
	var indented strings.Builder
	indent := func(by string) string {
		indented.Reset()
		for line := range strings.Lines(quotation) {
			if line != "\n" {
				indented.WriteString(by)
			}
			indented.WriteString(line)
		}
		return indented.String()
	}
	for n := range 20 {
		if strings.Contains("\n"+text, "\n"+indent(strings.Repeat(" ", n))) {
			return true
		}
	}
	return false
}

// declaration returns a declaration of a Go file as a document shows it.
func declaration(t *testing.T, file string, content []byte, name string) string {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, content, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	source := func(from, to token.Pos) []byte {
		return content[files.Position(from).Offset:files.Position(to).Offset]
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == name {
				body := source(d.Body.Lbrace+1, d.Body.Rbrace)
				return string(bytes.TrimPrefix(bytes.ReplaceAll(body, []byte("\n\t"), []byte("\n")), []byte("\n")))
			}
		case *ast.GenDecl:
			if v, ok := d.Specs[0].(*ast.ValueSpec); ok && v.Names[0].Name == name {
				return string(source(d.Pos(), d.End())) + "\n"
			}
		}
	}
	t.Fatalf("%s declares no %s", file, name)
	return ""
}
