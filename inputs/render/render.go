// Package render recognises the sources that templates are rendered from: with marks
// of Jinja, Sceptre, Go templates or Helm, which CloudFormation does not read.
package render

import (
	"errors"
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// A mark is where a source has something to render.
type mark struct {
	text string // "{{", "{%" or "<%"
	line int    // from 1
}

// find returns the first mark in a range of a text. Dynamic references of
// CloudFormation, "{{resolve:…}}", are not marks. It returns false if there is no
// mark.
func find(text string, start, end int) (mark, bool) {
	for at := start; at < end; at++ {
		next := strings.IndexAny(text[at:end], "{<")
		if next < 0 {
			break
		}
		at += next
		for _, opening := range []string{"{{", "{%", "<%"} {
			if strings.HasPrefix(text[at:end], opening) && !strings.HasPrefix(text[at:], "{{resolve:") {
				return mark{opening, strings.Count(text[:at], "\n") + 1}, true
			}
		}
		if strings.HasPrefix(text[at:], "{{") {
			at++
		}
	}
	return mark{}, false
}

// IsSource reports whether a text has something to render.
func IsSource(text string) bool {
	_, ok := find(text, 0, len(text))
	return ok
}

// Explain adds the hint to render a text first to an error about it: to one that says
// that the text cannot be read or is not a template, if it has a mark anywhere; to any
// other one, if the mark is in the line of the error, since user data may have marks
// of its own.
func Explain(text string, err error) error {
	var cannot *transform.CannotLock
	var at *cfn.Error
	switch {
	case errors.As(err, &cannot):
		if mark, ok := inLine(text, cannot.Cause.Offset); ok {
			cause := *cannot.Cause
			cause.Hint = mark.hint()
			return &transform.CannotLock{LogicalID: cannot.LogicalID, Property: cannot.Property, Cause: &cause}
		}
	case errors.As(err, &at):
		if mark, ok := find(text, 0, len(text)); ok && !strings.HasPrefix(at.Hint, renderFirst) {
			explained := *at
			explained.Hint = mark.hint()
			return &explained
		}
	}
	return err
}

// ExplainFindings adds the hint to findings about what cannot be read.
func ExplainFindings(text string, findings []transform.Finding) []transform.Finding {
	for i, f := range findings {
		if f.Rule != transform.RuleUnreadable {
			continue
		}
		if mark, ok := inLine(text, f.Start.Offset); ok {
			findings[i].Message += "; " + mark.hint()
		}
	}
	return findings
}

const renderFirst = "render it first"

func (m mark) hint() string {
	return fmt.Sprintf(renderFirst+": with %s at line %d it looks like the source of a template", m.text, m.line)
}

// inLine returns the first mark in the line of an offset.
func inLine(text string, offset int) (mark, bool) {
	offset = min(offset, len(text))
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	return find(text, start, end)
}
