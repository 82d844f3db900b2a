package cfn

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlError gives an error of yaml.v3 its place: that of the token with which it
// stopped. If it had to read to the end, something is not closed, and the line in
// the message is where that starts. Its parser, unlike its scanner, counts lines
// from 0 there.
func (t *Template) yamlError(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if number, what, ok := strings.Cut(rest, ": "); ok {
			line, _ = strconv.Atoi(number)
			message = what
		}
	}
	if fromYAMLParser(message) {
		line++
	}
	offset, ok := t.fault()
	if !ok {
		offset = t.lines[min(max(line, 1), len(t.lines))-1]
		for offset < len(t.src) && (t.src[offset] == ' ' || t.src[offset] == '\t') {
			offset++
		}
	}
	if strings.HasPrefix(message, "exceeded max depth") {
		return t.tooDeep(offset)
	}
	if offset < len(t.src) && t.src[offset] == '\t' {
		message = "a tab, where YAML takes only spaces"
	}
	return t.unreadable(offset, "not YAML: "+message)
}

// lookahead is how many tokens yaml.v3 may read beyond the one at fault.
const lookahead = 4

// fault returns the start of the token after which the template cannot be read any
// more, whatever follows. It returns false if there is none, since then something
// is not closed at the end.
func (t *Template) fault() (int, bool) {
	read, ok := doomed(t.src)
	if !ok {
		return 0, false
	}
	at := t.tokenStart(read - 1)
	for range lookahead {
		if _, ok := doomed(t.src[:at]); !ok {
			break
		}
		at = t.tokenStart(at - 1)
	}
	return at, true
}

// doomed reports whether a text cannot be read, whatever comes after it, and how
// far yaml.v3 then reads. It tries what may come: pairs, and items in
// brackets.
func doomed(text string) (read int, ok bool) {
	for _, line := range []string{"x: y\n", "x,\n", ",x\n"} {
		r := &byteReader{text: text + "\n" + strings.Repeat(line, 16)}
		decoder := yaml.NewDecoder(r)
		var err error
		for err == nil {
			var document yaml.Node
			err = decoder.Decode(&document)
		}
		if r.read == len(r.text) {
			return 0, false
		}
		read = max(read, r.read)
	}
	return read, true
}

// tokenStart returns the start of the word, bracket or tab at a place, or of the
// last one before it that is not in a comment.
func (t *Template) tokenStart(at int) int {
	for at > 0 {
		at = min(at, len(t.src)-1)
		start := t.LineStart(at)
		switch {
		case at >= start && strings.HasPrefix(strings.TrimLeft(t.src[start:at+1], " "), "#"):
			at = start - 1
			continue
		case strings.IndexByte(" \r\n", t.src[at]) >= 0:
			at--
			continue
		}
		for at > start && t.src[at] != '\t' && strings.IndexByte(" \t,[]{}", t.src[at-1]) < 0 && strings.IndexByte("[]{}", t.src[at]) < 0 {
			at--
		}
		break
	}
	return max(at, t.lines[0])
}

// byteReader reads one byte at a time.
type byteReader struct {
	text string
	read int
}

func (r *byteReader) Read(p []byte) (int, error) {
	if r.read == len(r.text) {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1)], r.text[r.read:])
	r.read += n
	return n, nil
}

// unreadable makes the error for a place that a reader cannot read.
func (t *Template) unreadable(offset int, message string) *Error {
	e := t.Errorf(offset, "%s", message)
	if at := t.doubleBrace(); at >= 0 {
		e.Hint = fmt.Sprintf("render it first: with {{ at line %d it looks like the source of a template", t.Position(at).Line)
	}
	return e
}

// doubleBrace returns the offset of the first {{ that is no dynamic reference of
// CloudFormation, or -1.
func (t *Template) doubleBrace() int {
	for at := 0; ; at += len("{{") {
		next := strings.Index(t.src[at:], "{{")
		if next < 0 {
			return -1
		}
		if at += next; !strings.HasPrefix(t.src[at:], "{{resolve:") {
			return at
		}
	}
}

// fromYAMLParser reports whether a message of yaml.v3 comes from its parser.
func fromYAMLParser(message string) bool {
	what, ok := strings.CutPrefix(message, "did not find expected ")
	if !ok {
		return false
	}
	for _, p := range []string{"<", "node content", "key", "','", "'-'"} {
		if strings.HasPrefix(what, p) {
			return true
		}
	}
	return false
}
