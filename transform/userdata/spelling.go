package userdata

import (
	"slices"
	"strconv"
	"strings"
)

func indented(lines []string, indent, eol string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(indent + line + eol)
	}
	return b.String()
}

// items writes commands as items of a YAML list between the markers: one item each,
// or one literal scalar for all of them if they belong together.
func items(commands []string) []string {
	lines := []string{Begin}
	if haveHereDocument(commands) {
		lines = append(lines, "- |")
		for _, c := range commands {
			lines = append(lines, "  "+c)
		}
	} else {
		for _, c := range commands {
			lines = append(lines, "- "+c)
		}
	}
	return append(lines, End)
}

// haveHereDocument reports whether commands have a here-document, whose lines belong
// together.
func haveHereDocument(commands []string) bool {
	return slices.ContainsFunc(commands, func(c string) bool { return strings.Contains(c, "<<") })
}

// flowItems writes commands as items of a YAML flow sequence.
func flowItems(commands []string) []string {
	if haveHereDocument(commands) {
		commands = []string{join(commands, "\n")}
	}
	lines := []string{Begin}
	for _, c := range commands {
		lines = append(lines, strconv.Quote(c)+",")
	}
	return append(lines, End)
}

// linesLike writes commands in the way in which a block is written: as items of
// a list, of a flow sequence, or as they are.
func linesLike(block string, commands []string) []string {
	for line := range strings.Lines(block) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "- "):
			return items(commands)
		case strings.HasPrefix(line, `"`) && strings.HasSuffix(line, ","):
			return flowItems(commands)
		}
	}
	return between(commands)
}

// join makes a text of lines.
func join(lines []string, eol string) string {
	return strings.Join(lines, eol) + eol
}

// eolOf returns the line end of the first line of a text.
func eolOf(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
