// Package message words what the command and the function have to say of a
// template: NAME:LINE:COL: message, and a line with a hint.
package message

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
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
	text := OneLine(name + ":" + err.Error())
	if at.Hint != "" {
		text += "\nhint: " + OneLine(at.Hint)
	}
	return text
}

// OneLine writes control characters as Go does, so that a message is one line
// and does nothing to a terminal, whatever names are in it.
func OneLine(message string) string {
	if !strings.ContainsFunc(message, unicode.IsControl) {
		return message
	}
	var b strings.Builder
	for _, r := range message {
		if unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Note words a finding that is one, without a line end.
func Note(name string, f transform.Finding) string {
	return OneLine(fmt.Sprintf("%s:%v: note: %s", name, f.Start, f.Message))
}

// Notes words the findings of a patch that changed nothing, a line for each.
func Notes(name string, findings []transform.Finding) string {
	var text strings.Builder
	for _, f := range findings {
		if f.Kind != transform.KindChange {
			text.WriteString(Note(name, f) + "\n")
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
