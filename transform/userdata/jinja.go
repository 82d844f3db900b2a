package userdata

import (
	"strings"
)

// jinjaHeader is how a template for jinja begins. Its case is ignored.
const jinjaHeader = "## template: jinja"

// isJinja reports whether cloud-init takes a text for a template: nothing may come
// before its header, or after it on its line.
func isJinja(text string) bool {
	header, _, _ := strings.Cut(text, "\n")
	return strings.EqualFold(strings.TrimRightFunc(header, isPythonSpace), jinjaHeader)
}

// renderJinja returns a template as cloud-init renders it: without its header,
// with the line ends of Unix, and with a placeholder for each variable. It
// returns a reason if that cannot be known: a variable may be missing where more
// than its name is asked for, and then cloud-init drops the template.
func renderJinja(s source) (source, string) {
	_, rest, _ := strings.Cut(s.text, "\n")
	s = s.slice(len(s.text)-len(rest), len(s.text)).replaced("\r\n", "\n").replaced("\r", "\n")
	var c composer
	at := 0
	for {
		i := strings.IndexByte(s.text[at:], '{')
		if i < 0 || at+i+1 == len(s.text) {
			break
		}
		i += at
		switch s.text[i+1] {
		case '%', '#':
			return s, "what its jinja template renders to is not known"
		case '{':
			end := strings.Index(s.text[i:], "}}")
			if end < 0 || !isJinjaVariable(s.text[i+2:i+end]) {
				return s, "what its jinja template renders to is not known"
			}
			c.copy(s, at, i)
			c.add(placeholder, s.origin(i))
			at = i + end + 2
		default:
			c.copy(s, at, i+1)
			at = i + 1
		}
	}
	c.copy(s, at, len(s.text))
	return c.source(), ""
}

// isJinjaVariable reports whether an expression is a variable that cloud-init has
// on every instance, or the name of one on its own, for which something is
// rendered even if it is missing.
func isJinjaVariable(expression string) bool {
	name := strings.TrimSpace(expression)
	for _, known := range [...]string{"v1.", "ds.meta_data."} {
		if rest, ok := strings.CutPrefix(name, known); ok {
			name = rest
			break
		}
	}
	return name != "" && strings.Trim(name, wordCharacters) == "" && (name[0] < '0' || name[0] > '9')
}
