package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// hereDocument returns the text of a here-document. If its delimiter is quoted, that
// is the text as it is written.
func (r *runner) hereDocument(d *syntax.Redirect) string {
	if d.Hdoc == nil { // it is empty
		return ""
	}
	for _, part := range d.Word.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, `\`) {
			var b strings.Builder
			for _, p := range d.Hdoc.Parts {
				if lit, ok := p.(*syntax.Lit); ok {
					b.WriteString(r.show(lit.Value))
				} else {
					b.WriteString(Unknown)
				}
			}
			return tabs(d, b.String())
		}
	}
	return tabs(d, r.unescaped(d.Hdoc.Parts, "$`\\\n"))
}

// tabs removes the tabs at the start of lines, as <<- does.
func tabs(d *syntax.Redirect, text string) string {
	if d.Op != syntax.DashHdoc {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, "\t"))
	}
	return b.String()
}
