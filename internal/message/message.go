// Package message words what the command and the function have to say of a
// template: NAME:LINE:COL: message, and a line with a hint.
package message

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
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

// OneLine writes what is not to be seen as Go does: control characters, those that
// turn the direction of writing, and all others that Go calls not printable. So a
// message is one line, does nothing to a terminal, and reads as it is, whatever
// names are in it.
func OneLine(message string) string {
	if !strings.ContainsFunc(message, isUnseen) {
		return message
	}
	var b strings.Builder
	for _, r := range message {
		if isUnseen(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isUnseen reports whether a character has no picture of its own.
func isUnseen(r rune) bool { return !unicode.IsPrint(r) }

// SafeJSON writes the characters of JSON that [OneLine] would not leave as they
// are, line ends aside, as escapes of their strings. Outside of strings JSON has
// none.
func SafeJSON(document []byte) []byte {
	isUnseenHere := func(r rune) bool { return r != '\n' && isUnseen(r) }
	if !bytes.ContainsFunc(document, isUnseenHere) {
		return document
	}
	var b bytes.Buffer
	for _, r := range string(document) {
		switch high, low := utf16.EncodeRune(r); {
		case !isUnseenHere(r):
			b.WriteRune(r)
		case high == unicode.ReplacementChar:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.Bytes()
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
