// Package message words what the function has to say as the command does:
// NAME:LINE:COL: message, and a line with a hint.
package message

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"imdslock/transform"
	"imdslock/transform/cfn"
)

// Error words an error about the template of a name.
func Error(name string, err error) string {
	var at *cfn.Error
	if !errors.As(err, &at) {
		return name + ": " + err.Error()
	}
	text := name + ":" + err.Error()
	if at.Hint != "" {
		text += "\nhint: " + at.Hint
	}
	return text
}

// Notes words the findings of a patch that changed nothing, a line for each.
func Notes(name string, findings []transform.Finding) string {
	var text strings.Builder
	for _, f := range findings {
		if f.IsNote() {
			fmt.Fprintf(&text, "%s:%v: note: %s\n", name, f.Position, f.Message)
		}
	}
	return text.String()
}

// Truncate cuts a text off after at most n bytes, never within a character and,
// where that loses less than half of it, at the end of a line, and says so.
func Truncate(text string, n int) string {
	const more = "\n(and more)"
	if len(text) <= n {
		return text
	}
	cut := n - len(more)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	if line := strings.LastIndexByte(text[:cut], '\n'); line > cut/2 {
		cut = line
	}
	return text[:cut] + more
}
