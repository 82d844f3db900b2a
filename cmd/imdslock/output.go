package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"

	"znkr.io/diff/textdiff"

	"github.com/imdslock/imdslock/internal/message"
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

// unifiedDiff returns the difference as patch and git apply take it, with
// colours if the options say so.
func (o options) unifiedDiff(name string, before, after []byte) string {
	var colors []textdiff.Option
	bold, reset := "", ""
	if o.color {
		colors = append(colors, textdiff.TerminalColors())
		bold, reset = "\x1b[1m", "\x1b[m"
	}
	a, b := diffNames(name)
	text := string(textdiff.Unified(before, after, colors...))
	if len(before) == 0 { // nothing stands before the first line
		text = strings.Replace(text, "@@ -1,0 ", "@@ -0,0 ", 1)
	}
	return bold + "--- " + a + reset + "\n" + bold + "+++ " + b + reset + "\n" + text
}

// diffNames returns the name of a file before and after, as git writes them.
func diffNames(name string) (before, after string) {
	name, quoted := strings.CutPrefix(filepath.ToSlash(name), `"`) // by shownName
	name = strings.TrimPrefix(strings.TrimPrefix(name, "./"), "/")
	if quoted {
		return `"a/` + name, `"b/` + name
	}
	if strings.Contains(name, " ") {
		name += "\t" // where the name ends, for patch
	}
	return "a/" + name, "b/" + name
}
