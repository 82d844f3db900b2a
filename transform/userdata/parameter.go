package userdata

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// parameter returns a parameter of a field, unquoted, as get_param and
// collapse_rfc2231_value of Python's email package do, even if it is written in the
// form of RFC 2231.
func (m *message) parameter(field, name string) (string, bool) {
	value, ok := m.get(field)
	if !ok {
		return "", false
	}
	for _, p := range parameters(value) {
		if p.name == name {
			return unquote(p.value), true
		}
	}
	return "", false
}

// fileName returns the name that a part gives itself: filename of
// Content-Disposition, or else name of Content-Type where that counts.
func (m *message) fileName(typeCounts bool) string {
	name, ok := m.parameter("Content-Disposition", "filename")
	if !ok && typeCounts {
		name, _ = m.parameter("Content-Type", "name")
	}
	return strings.TrimFunc(name, isPythonSpace)
}

// A parameter of a header field.
type parameter struct{ name, value string }

// parameters returns the parameters of a field, those in the form of RFC 2231 last.
func parameters(value string) []parameter {
	var plain []parameter
	extended := map[string][]segment{}
	var order []string
	for i, p := range splitParameters(value) {
		name, value, _ := strings.Cut(p, "=")
		name, value = strings.ToLower(strings.TrimFunc(name, isPythonSpace)), unquote(strings.TrimFunc(value, isPythonSpace))
		base, number, ok := continuation(name)
		if i == 0 || !ok {
			plain = append(plain, parameter{name, value})
			continue
		}
		if extended[base] == nil {
			order = append(order, base)
		}
		extended[base] = append(extended[base], segment{number, value, strings.HasSuffix(name, "*")})
	}
	for _, base := range order {
		plain = append(plain, parameter{base, joinSegments(extended[base])})
	}
	return plain
}

// splitParameters cuts a field at the semicolons that are not in quotes.
func splitParameters(s string) []string {
	var list []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"' && (i == 0 || s[i-1] != '\\'):
			quoted = !quoted
		case s[i] == ';' && !quoted:
			list = append(list, strings.TrimFunc(s[start:i], isPythonSpace))
			start = i + 1
		}
	}
	return append(list, strings.TrimFunc(s[start:], isPythonSpace))
}

// A segment is a piece of a value in the form of RFC 2231.
type segment struct {
	number  int
	text    string
	encoded bool
}

// continuation splits the name of a parameter such as filename*0*.
func continuation(name string) (base string, number int, ok bool) {
	base, rest, ok := strings.Cut(name, "*")
	if !ok || base == "" || strings.Trim(base, wordCharacters) != "" {
		return "", 0, false
	}
	if rest == "" {
		return base, -1, true
	}
	rest = strings.TrimSuffix(rest, "*")
	number, err := strconv.Atoi(rest)
	return base, number, err == nil && strings.Trim(rest, "0123456789") == ""
}

const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// joinSegments returns the value that segments are the pieces of. Its charset and
// language come before it. Cloud-init removes what is not ASCII.
func joinSegments(segments []segment) string {
	slices.SortStableFunc(segments, func(a, b segment) int { return a.number - b.number })
	var value strings.Builder
	extended := false
	for _, s := range segments {
		text := s.text
		if s.encoded {
			extended = true
			text = percentDecoded(text)
		}
		value.WriteString(text)
	}
	if !extended {
		return value.String()
	}
	if parts := strings.SplitN(value.String(), "'", 3); len(parts) == 3 {
		return parts[2]
	}
	return value.String()
}

// percentDecoded decodes the percent-encoded bytes of s and leaves the rest.
func percentDecoded(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+3 <= len(s) {
			if decoded, err := url.PathUnescape(s[i : i+3]); err == nil {
				b.WriteString(decoded)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unquote removes the quotes of a parameter.
func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	if s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(strings.ReplaceAll(s[1:len(s)-1], `\\`, `\`), `\"`, `"`)
	}
	if s[0] == '<' && s[len(s)-1] == '>' {
		return s[1 : len(s)-1]
	}
	return s
}

// cleanName returns a file name as cloud-init writes it (clean_filename in
// cloudinit/util.py).
func cleanName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '_'
		case strings.ContainsRune(wordCharacters+"-.()", r):
			return r
		}
		return -1
	}, name)
}

// numberedName returns the name of a part without one.
func numberedName(number int) string { return fmt.Sprintf("part-%03d", number) }
