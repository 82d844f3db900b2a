package cfn

import "strings"

// A Document is one of the documents of a YAML stream, with everything that comes
// before it: its "---", comments and directives.
type Document struct {
	Text  string
	Start Position // of Text in the stream
}

// Documents splits a YAML stream at the lines that begin with "---" or "...",
// which no value can contain (YAML 1.1, section 4.1.3). The texts of the documents
// add up to the stream.
func Documents(src string) []Document {
	var all []Document
	var last lastDocument
	start, line := 0, 0
	lines := lineStarts(src)
	lines[0] = 0 // a byte order mark belongs to the first document
	document := func(to int) Document {
		return Document{src[start:to], Position{Offset: start, Line: line + 1, Column: 1}}
	}
	for i, from := range lines {
		to := len(src)
		if i+1 < len(lines) {
			to = lines[i+1]
		}
		text := strings.TrimRight(strings.TrimPrefix(src[from:to], bom), "\r\n\u0085\u2028\u2029")
		if last.endsBefore(text) {
			all = append(all, document(from))
			start, line = from, i
		}
	}
	return append(all, document(len(src)))
}

// A lastDocument says what the last document of a stream consists of so far.
type lastDocument struct {
	begun      bool // by "---"
	hasContent bool
	ended      bool // by "..."
}

// endsBefore reads the next line of the stream, and reports whether the next
// document begins with it.
func (d *lastDocument) endsBefore(line string) bool {
	marker := documentMarker(line)
	rest := line[len(marker):]
	begins := marker == "---" || d.ended && marker == "" && hasText(rest)
	ends := begins && (d.begun || d.hasContent)
	if ends {
		d.hasContent, d.ended = false, false
	}
	d.begun = d.begun && !begins || marker == "---"
	d.hasContent = d.hasContent || hasText(rest) && rest[0] != '%'
	d.ended = (d.begun || d.hasContent) && (d.ended || marker == "...")
	return ends
}

// documentMarker returns the marker that a line begins with, or "".
func documentMarker(line string) string {
	for _, marker := range []string{"---", "..."} {
		if rest, ok := strings.CutPrefix(line, marker); ok && (rest == "" || isBlank(rest[0])) {
			return marker
		}
	}
	return ""
}

// hasText reports whether a line has more than white space and a comment.
func hasText(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return line != "" && line[0] != '#'
}

// Place returns the place in the stream of a place in the document.
func (d Document) Place(p Position) Position {
	if p.Line == 1 {
		p.Column += d.Start.Column - 1
	}
	return Position{Offset: d.Start.Offset + p.Offset, Line: d.Start.Line + p.Line - 1, Column: p.Column}
}

// Parse reads the document. Positions in the [Template] are positions in the
// document; that of an [*Error] is one in the stream.
func (d Document) Parse() (*Template, error) {
	t, err := Parse([]byte(d.Text))
	if at, ok := err.(*Error); ok {
		moved := *at
		moved.Position = d.Place(at.Position)
		return nil, &moved
	}
	return t, err
}
