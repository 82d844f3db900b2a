package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// A mutant is one change of a source file.
type mutant struct {
	pkg   *pkg
	file  string // absolute
	src   []byte
	what  string
	edits []replacement // in order, apart from each other
}

// A replacement is a text for the bytes from start to end.
type replacement struct {
	start, end int
	text       string
}

// find returns all mutants of packages, in the order of their places.
func find(packages []*pkg, only string) ([]mutant, error) {
	var all []mutant
	for _, p := range packages {
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			if !strings.Contains(path, only) {
				continue
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			found, err := mutate(path, src)
			if err != nil {
				return nil, err
			}
			for i := range found {
				found[i].pkg = p
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// mutate returns the mutants of one file.
func mutate(path string, src []byte) ([]mutant, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{path: path, src: src, file: fset.File(file.FileStart)}
	ast.Inspect(file, f.visit)
	return f.mutants, nil
}

// Source returns the text of the file with the change made.
func (m mutant) Source() []byte {
	var b bytes.Buffer
	from := 0
	for _, e := range m.edits {
		b.Write(m.src[from:e.start])
		b.WriteString(e.text)
		from = e.end
	}
	b.Write(m.src[from:])
	return b.Bytes()
}

// place returns the file and the line of the change.
func (m mutant) place() string {
	path := m.file
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil {
			path = rel
		}
	}
	line, _ := m.position()
	return fmt.Sprintf("%s:%d", path, line)
}

// position returns the line and the column of the change, both from 1; columns count bytes.
func (m mutant) position() (line, col int) {
	before := m.src[:m.edits[0].start]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

// diff shows the lines of the change, before and after it.
func (m mutant) diff() string {
	first, last := m.edits[0], m.edits[len(m.edits)-1]
	start := bytes.LastIndexByte(m.src[:first.start], '\n') + 1
	end := len(m.src)
	if i := bytes.IndexByte(m.src[last.end:], '\n'); i >= 0 {
		end = last.end + i + 1
	}
	after := m.Source()
	after = after[start : len(after)-(len(m.src)-end)]
	return marked("-", m.src[start:end]) + marked("+", after)
}

// marked returns the lines of a text with a mark before each.
func marked(mark string, text []byte) string {
	var b strings.Builder
	for line := range bytes.Lines(text) {
		b.WriteString(mark + strings.TrimSuffix(string(line), "\n") + "\n")
	}
	return b.String()
}
