package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"

	"znkr.io/diff/textdiff"

	"imdslock/internal/message"
)

// writeJSON writes a document for machines, which people can read, and which does
// nothing to their terminals.
func writeJSON(document any, stdout io.Writer) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return err
	}
	_, err := stdout.Write(message.SafeJSON(b.Bytes()))
	return err
}

// unifiedDiff returns the difference as the options want it shown.
func (o options) unifiedDiff(name string, before, after []byte) string {
	text := unifiedDiff(name, before, after)
	if o.color {
		return colored(text)
	}
	return text
}

// unifiedDiff returns the difference as patch and git apply take it.
func unifiedDiff(name string, before, after []byte) string {
	name = strings.TrimPrefix(filepath.ToSlash(name), "/")
	if strings.Contains(name, " ") {
		name += "\t" // where the name ends, for patch
	}
	a, b := "a/"+name, "b/"+name
	if quoted, ok := strings.CutPrefix(name, `"`); ok { // by shownName
		a, b = `"a/`+quoted, `"b/`+quoted
	}
	text := string(textdiff.Unified(before, after))
	if len(before) == 0 { // nothing stands before the first line
		text = strings.Replace(text, "@@ -1,0 ", "@@ -0,0 ", 1)
	}
	return "--- " + a + "\n+++ " + b + "\n" + text
}

// colored paints the lines of a unified diff for a terminal.
func colored(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		color := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			color = "\x1b[1m"
		case line[0] == '+':
			color = "\x1b[32m"
		case line[0] == '-':
			color = "\x1b[31m"
		case line[0] == '@':
			color = "\x1b[36m"
		}
		text := strings.TrimSuffix(line, "\n")
		if color != "" {
			text = color + text + "\x1b[0m"
		}
		b.WriteString(text + line[len(strings.TrimSuffix(line, "\n")):])
	}
	return b.String()
}
