package cfn

import "strings"

// A Document is one of the documents of a YAML stream, with all that stands
// before it: its "---", comments and directives.
type Document struct {
	Text  string
	Start Position // of Text in the stream
	Empty bool     // it has nothing but its "---", comments and directives
}

// Documents splits a YAML stream at the lines that begin with "---" or "...",
// which no value of YAML can have (YAML 1.1, section 4.1.3). Joined, the texts are
// the stream.
func Documents(src string) []Document {
	var all []Document
	start, line := 0, 0
	begun, hasContent, ended := false, false, false // by "---", with a value, by "..."
	lines := lineStarts(src)
	lines[0] = 0 // a byte order mark belongs to the first document
	document := func(to int) Document {
		return Document{src[start:to], Position{Offset: start, Line: line + 1, Column: 1}, !hasContent}
	}
	for i, from := range lines {
		to := len(src)
		if i+1 < len(lines) {
			to = lines[i+1]
		}
		text := strings.TrimRight(strings.TrimPrefix(src[from:to], bom), "\r\n\u0085\u2028\u2029")
		marker := documentMarker(text)
		rest := text[len(marker):]
		begins := marker == "---" || ended && marker == "" && hasText(rest)
		if begins && (begun || hasContent) {
			all = append(all, document(from))
			start, line, hasContent, ended = from, i, false, false
		}
		begun = begun && !begins || marker == "---"
		hasContent = hasContent || hasText(rest) && rest[0] != '%'
		ended = (begun || hasContent) && (ended || marker == "...")
	}
	return append(all, document(len(src)))
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

// hasText reports whether a line has more than a comment.
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

// Parse reads the document. Places in the [Template] are those in the document,
// that of an error is the one in the stream.
func (d Document) Parse() (*Template, error) {
	t, err := Parse([]byte(d.Text))
	if at, ok := err.(*Error); ok {
		moved := *at
		moved.Position = d.Place(at.Position)
		return nil, &moved
	}
	return t, err
}
