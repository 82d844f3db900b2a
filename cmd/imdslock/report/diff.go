package report

import (
	"path/filepath"
	"strings"

	"znkr.io/diff/textdiff"
)

// UnifiedDiff returns the difference between two texts of a file as patch and git
// apply take it, with the colours of a terminal if asked.
func UnifiedDiff(name string, before, after []byte, color bool) string {
	var colors []textdiff.Option
	on, off := "", ""
	if color {
		colors = append(colors, textdiff.TerminalColors())
		on, off = "\x1b[1m", "\x1b[m"
	}
	a, b := diffNames(name)
	text := string(textdiff.Unified(before, after, colors...))
	if len(before) == 0 { // nothing comes before the first line
		text = strings.Replace(text, "@@ -1,0 ", "@@ -0,0 ", 1)
	}
	return on + "--- " + a + off + "\n" + on + "+++ " + b + off + "\n" + text
}

// diffNames returns the name of a file before and after, as git writes them.
func diffNames(name string) (before, after string) {
	name, quoted := strings.CutPrefix(filepath.ToSlash(name), `"`) // by message.Name
	name = strings.TrimPrefix(strings.TrimPrefix(name, "./"), "/")
	if quoted {
		return `"a/` + name, `"b/` + name
	}
	if strings.Contains(name, " ") {
		name += "\t" // where the name ends, for patch
	}
	return "a/" + name, "b/" + name
}
