package userdata

import (
	"slices"
	"strings"
)

// maxNesting is how deep multiparts are followed.
const maxNesting = 20

// A message is a MIME message, or a part of one, as Python's email package reads
// it (email/feedparser.py), and so as cloud-init does: the header ends at the first
// line that belongs to no field, whether or not that is blank.
type message struct {
	fields []field
	body   int // offset of its payload
	end    int // offset after its payload

	// boundary separates the parts of a multipart, which are parts. Insert is
	// the offset of the first line that separates parts or ends the last, or -1.
	boundary string
	parts    []*message
	insert   int

	// odd says what Python reads in a way that is not followed here, or "".
	odd string
}

// A field is a line of a header, with the lines that continue it.
type field struct{ name, value string }

// get returns the value of the first field of a name, whose case is ignored.
func (m *message) get(name string) (string, bool) {
	for _, f := range m.fields {
		if strings.EqualFold(f.name, name) {
			return f.value, true
		}
	}
	return "", false
}

// contentType returns the type of the message in lower case, without parameters.
func (m *message) contentType() string {
	value, ok := m.get("Content-Type")
	value, _, _ = strings.Cut(value, ";")
	value = strings.ToLower(strings.TrimFunc(value, isPythonSpace))
	if hasPlaceholder(value) {
		return value
	}
	if !ok || strings.Count(value, "/") != 1 { // RFC 2045, section 5.2
		return "text/plain"
	}
	return value
}

func (m *message) isMultipart() bool { return strings.HasPrefix(m.contentType(), "multipart/") }

// A messageParser reads the lines of a text.
type messageParser struct {
	text string
	at   int

	// boundaries are those of the multiparts around what is being read.
	boundaries []string
}

func parseMessage(text string) *message {
	p := &messageParser{text: text}
	return p.message()
}

// peek returns the next line with its end. There is none at the end of the text,
// and before a line that separates the parts of an enclosing multipart.
func (p *messageParser) peek() (string, bool) {
	rest := p.text[p.at:]
	if rest == "" {
		return "", false
	}
	line := rest
	if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
		line = rest[:i+1]
		if strings.HasPrefix(rest[i:], "\r\n") {
			line = rest[:i+2]
		}
	}
	for _, boundary := range p.boundaries {
		if _, ok := delimits(line, boundary); ok {
			return "", false
		}
	}
	return line, true
}

// delimits reports whether a line separates parts, or ends the last one.
func delimits(line, boundary string) (last, ok bool) {
	rest, ok := strings.CutPrefix(line, "--"+boundary)
	if !ok {
		return false, false
	}
	rest, last = strings.CutPrefix(rest, "--")
	return last, strings.Trim(strings.TrimRight(rest, "\r\n"), " \t") == ""
}

func (p *messageParser) message() *message {
	m := &message{insert: -1}
	p.header(m)
	for i := range m.fields {
		m.fields[i].value = strings.TrimRight(m.fields[i].value, "\r\n")
	}
	m.body = p.at
	switch {
	case strings.HasPrefix(m.contentType(), "message/") || m.contentType() == "multipart/digest":
		m.odd = "it has a part of type " + m.contentType()
	case m.isMultipart() && len(p.boundaries) >= maxNesting:
		m.odd = "its multiparts are nested too deep"
	case m.isMultipart():
		var ok bool
		if m.boundary, ok = m.parameter("Content-Type", "boundary"); ok {
			m.boundary = strings.TrimRightFunc(m.boundary, isPythonSpace)
			if p.isUnknown(m.boundary) {
				m.odd = "its boundary is not known before the deployment"
			}
			p.multipart(m)
		}
	}
	for {
		line, ok := p.peek()
		if !ok {
			break
		}
		p.at += len(line)
	}
	m.end = p.at
	return m
}

// isUnknown reports whether it is not known which lines a boundary makes
// delimiters. A variable in it marks those lines, but it is not known whether the
// boundary is equal to that of another multipart.
func (p *messageParser) isUnknown(boundary string) bool {
	if strings.Contains(boundary, placeholder) {
		return true
	}
	return len(p.boundaries) > 0 && (hasPlaceholder(boundary) || slices.ContainsFunc(p.boundaries, hasPlaceholder))
}

// header reads the fields of a message, and the blank line after them.
func (p *messageParser) header(m *message) {
	for first := true; ; first = false {
		line, ok := p.peek()
		if !ok {
			return
		}
		bare := strings.TrimRight(line, "\r\n")
		switch name, value, _ := strings.Cut(line, ":"); {
		case bare == "":
			p.at += len(line)
			return
		case line[0] == ' ' || line[0] == '\t':
			if n := len(m.fields); n > 0 {
				m.fields[n-1].value += line
			}
		case strings.HasPrefix(line, "From "):
			if !first {
				m.odd = "a line in the header of a part begins with From"
			}
		case !isFieldName(line, name):
			return
		case name != "":
			m.fields = append(m.fields, field{name, strings.TrimLeft(value, " \t")})
		default:
			m.odd = "a line in the header of a part begins with a colon"
		}
		p.at += len(line)
	}
}

// isFieldName reports whether a line begins with the name of a field and a colon.
func isFieldName(line, name string) bool {
	return len(name) < len(line) && strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// multipart reads the parts of a message.
func (p *messageParser) multipart(m *message) {
	for {
		line, ok := p.peek()
		if !ok {
			return
		}
		last, isDelimiter := delimits(line, m.boundary)
		if isDelimiter && m.insert < 0 {
			m.insert = p.at
		}
		p.at += len(line)
		if isDelimiter && last {
			return // what follows is skipped, as is what comes before the first part
		}
		if !isDelimiter {
			continue
		}
		for { // several of these lines count as one
			line, _ = p.peek()
			if _, again := delimits(line, m.boundary); !again {
				break
			}
			p.at += len(line)
		}
		p.boundaries = append(p.boundaries, m.boundary)
		part := p.message()
		p.boundaries = p.boundaries[:len(p.boundaries)-1]
		if part.parts == nil { // the last line end belongs to the boundary (RFC 2046)
			payload := p.text[part.body:part.end]
			payload = strings.TrimSuffix(payload, "\n")
			if len(payload) == part.end-part.body || strings.HasSuffix(payload, "\r") {
				payload = strings.TrimSuffix(payload, "\r")
			}
			part.end = part.body + len(payload)
		}
		m.parts = append(m.parts, part)
	}
}

// leaves calls yield for each part that is not a multipart, in order.
func (m *message) leaves(yield func(*message)) {
	if m.isMultipart() {
		for _, part := range m.parts {
			part.leaves(yield)
		}
		return
	}
	yield(m)
}

// oddity returns what is odd about a message or its parts, or "".
func (m *message) oddity() string {
	if m.odd != "" {
		return m.odd
	}
	for _, part := range m.parts {
		if odd := part.oddity(); odd != "" {
			return odd
		}
	}
	return ""
}

// isPythonSpace reports whether Python's strip removes a character.
func isPythonSpace(r rune) bool {
	switch {
	case '\t' <= r && r <= '\r', 0x1c <= r && r <= ' ', r == 0x85, r == 0xa0, r == 0x1680,
		0x2000 <= r && r <= 0x200a, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return true
	}
	return false
}
