// Package root reads documents whose root may be a list, such as a list of
// parameters or what the AWS CLI prints with --query.
//
// A list is read as the only value of a mapping that is put around it, since
// package cfn reads only mappings. Places are those in the document itself.
package root

import (
	"bytes"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A Document is a text in the notation of a template, with any root.
type Document struct {
	// Root is the mapping or the list that the document is.
	Root *cfn.Node

	t      *cfn.Template
	around wrapping
}

// Parse reads a document. The error is a [*cfn.Error].
func Parse(src []byte) (*Document, error) {
	bare := bytes.TrimPrefix(src, []byte("\uFEFF"))
	around := wrappingOf(string(bare))
	if around.before == "" {
		t, err := cfn.Parse(src)
		if err != nil {
			return nil, err
		}
		return &Document{Root: t.Root(), t: t}, nil
	}
	t, err := cfn.Parse([]byte(around.before + string(bare) + around.after))
	if err != nil {
		_, err = cfn.Parse([]byte(around.before + string(bare))) // so that the error is not about the added mapping
	}
	if at, ok := err.(*cfn.Error); ok {
		moved := *at
		moved.Position = around.place(at.Position)
		return nil, &moved
	}
	if err != nil {
		return nil, err
	}
	d := &Document{Root: t.Root().Get(""), t: t, around: around}
	if pairs := t.Root().Pairs; len(pairs) != 1 || pairs[0].Key.Span.Start >= len(around.before) {
		return nil, d.Errorf(pairs[len(pairs)-1].Key, "there is more after the list")
	}
	return d, nil
}

// Template returns the document as a mapping, or nil if it is a list.
func (d *Document) Template() *cfn.Template {
	if d.around.before != "" {
		return nil
	}
	return d.t
}

// Duplicates returns the pairs that do not count, as [cfn.Template.Duplicates] does.
func (d *Document) Duplicates() []cfn.Duplicate { return d.t.Duplicates() }

// Position returns the place of an offset that a node has.
func (d *Document) Position(offset int) cfn.Position { return d.around.place(d.t.Position(offset)) }

// Errorf returns an error at a node.
func (d *Document) Errorf(at *cfn.Node, format string, args ...any) *cfn.Error {
	e := d.t.Errorf(at.Span.Start, format, args...)
	e.Position = d.around.place(e.Position)
	return e
}

// A wrapping is the text around a list that makes it the value of a mapping.
type wrapping struct{ before, after string }

// wrappingOf returns what must be put around a text, if it is a list: on the line of a
// flow sequence, or on a line before a block sequence.
func wrappingOf(text string) wrapping {
	for line := range strings.Lines(text) {
		switch line = strings.TrimLeft(line, " \t\r\n"); {
		case line == "", line[0] == '#':
		case line[0] == '[':
			return wrapping{before: `{"":`, after: "}"}
		case line[0] == '-' && (len(line) == 1 || strings.ContainsRune(" \t\r\n", rune(line[1]))):
			return wrapping{before: "\"\":\n"}
		default:
			return wrapping{}
		}
	}
	return wrapping{}
}

// place moves a place into the document.
func (w wrapping) place(at cfn.Position) cfn.Position {
	if w.before == "" {
		return at
	}
	at.Offset = max(0, at.Offset-len(w.before))
	if lines := strings.Count(w.before, "\n"); lines > 0 {
		at.Line = max(1, at.Line-lines)
	} else if at.Line == 1 {
		at.Column = max(1, at.Column-len(w.before))
	}
	return at
}
