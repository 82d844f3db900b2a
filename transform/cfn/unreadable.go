package cfn

import (
	"fmt"
	"strconv"
	"strings"
)

// yamlError gives an error of yaml.v3 its place. Its parser, unlike its
// scanner, counts lines from 0 in messages.
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
	offset := t.lines[min(max(line, 1), len(t.lines))-1]
	for offset < len(t.src) && (t.src[offset] == ' ' || t.src[offset] == '\t') {
		offset++
	}
	if strings.HasPrefix(message, "exceeded max depth") {
		return t.tooDeep(offset)
	}
	return t.unreadable(offset, "not YAML: "+message)
}

// unreadable makes the error for what a reader cannot read.
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
