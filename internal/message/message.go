// Package message formats what the command and the function say about a template:
// NAME:LINE:COL: message, and a line with a hint.
//
// Messages may hold names and values from untrusted files, and go to terminals and
// to the logs of runners, which obey what they are sent. [Line] makes a line of text
// harmless to both, and [Name] the name of a file.
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

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// Error returns the message for an error about the template with a name.
func Error(name string, err error) string {
	var at *cfn.Error
	if !errors.As(err, &at) {
		lines := strings.Split(name+": "+err.Error(), "\n") // several errors, or a hint
		for i, line := range lines {
			lines[i] = Line(line)
		}
		return strings.Join(lines, "\n")
	}
	text := Line(name + ":" + err.Error())
	if at.Hint != "" {
		text += "\nhint: " + Line(at.Hint)
	}
	return text
}

// Line makes one line of a text that a terminal shows and a runner logs. It
// writes characters that move the cursor or turn the direction of text as Go
// does (\x1b, \u202e), and changes the beginnings of commands to a runner: "::" at
// the start, of GitHub's workflow commands, and "##" in front of a bracket, of older
// ones and of Azure Pipelines ("##[", "##vso[").
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func Line(text string) string {
	if !needsEscape(text) {
		return text
	}
	var b strings.Builder
	if trimmed := strings.TrimLeftFunc(text, unicode.IsSpace); strings.HasPrefix(trimmed, "::") {
		before := text[:len(text)-len(trimmed)]
		return Line(before) + `\x3a` + Line(trimmed[1:])
	}
	for i, r := range text {
		if changesTerminal(r) || r == '#' && startsCommand(text[i:]) {
			escaped := strconv.QuoteToASCII(string(r))
			if r == '#' {
				escaped = `"\x23"`
			}
			b.WriteString(escaped[1 : len(escaped)-1])
			continue
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		b.WriteString(text[i : i+n])
	}
	return b.String()
}

// needsEscape reports whether Line has anything to do.
func needsEscape(text string) bool {
	return strings.ContainsFunc(text, changesTerminal) || strings.Contains(text, "##") ||
		strings.HasPrefix(strings.TrimLeftFunc(text, unicode.IsSpace), "::")
}

// startsCommand reports whether a text starts with "##", letters, and a bracket.
func startsCommand(text string) bool {
	rest, ok := strings.CutPrefix(text, "##")
	if !ok {
		return false
	}
	rest = strings.TrimLeftFunc(rest, unicode.IsLetter)
	return strings.HasPrefix(rest, "[")
}

// changesTerminal reports whether a character is a control character, ends a line,
// changes the direction of the text after it (Unicode Standard Annex #9), or has
// no picture of its own.
func changesTerminal(r rune) bool { return !unicode.IsPrint(r) }

// Name returns the name of a file as a person reads it, in messages, in lists
// and in diffs: as it is, but with "./" before a name that would be taken for an
// option or for a command to a runner, and quoted as git does it, which git
// apply reads (core.quotePath in git-config), if it has characters that change
// what a terminal shows.
func Name(name string) string {
	if strings.HasPrefix(name, "-") && name != "-" || strings.HasPrefix(strings.TrimLeft(name, " "), "::") {
		name = "./" + name
	}
	if Line(name) == name {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case '\a' <= c && c <= '\r':
			b.WriteString(`\` + "abtnvfr"[c-'\a':][:1])
		case c < ' ' || c >= 0x7f || c == '#':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}

// SafeJSON writes the characters of JSON that [Line] would not leave as they are,
// line ends aside, as escapes of their strings. Outside strings JSON has none.
func SafeJSON(document []byte) []byte {
	return Safe(document, func(r rune) string {
		if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
}

// Safe replaces the characters of a document that [Line] would not leave as they
// are, line ends aside, by what escape makes of them.
func Safe(document []byte, escape func(rune) string) []byte {
	changes := func(r rune) bool { return r != '\n' && changesTerminal(r) }
	if !bytes.ContainsFunc(document, changes) {
		return document
	}
	var b bytes.Buffer
	for _, r := range string(document) {
		if changes(r) {
			b.WriteString(escape(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// Note returns the line for a note, without a line end.
func Note(name string, f transform.Finding) string {
	return Line(fmt.Sprintf("%s:%v: note: %s", name, f.Start, f.Message))
}

// Notes returns the findings of a patch that are notes, a line for each.
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
