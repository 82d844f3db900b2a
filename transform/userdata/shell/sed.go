package shell

import "strings"

// isPlainSed reports whether a call of sed does nothing but substitute, print,
// delete and insert: its scripts are commands that are known, without the flags e
// and w.
func isPlainSed(args []Word) bool {
	script := false // one was given by -e
	for i := 0; i < len(args); i++ {
		w := args[i].Text
		switch {
		case w == "-e" || w == "--expression":
			if i++; i >= len(args) || !isSedScript(args[i].Text) {
				return false
			}
			script = true
		case strings.HasPrefix(w, "--expression="), strings.HasPrefix(w, "-e"):
			if !isSedScript(strings.TrimPrefix(strings.TrimPrefix(w, "--expression="), "-e")) {
				return false
			}
			script = true
		case strings.HasPrefix(w, "--"):
			if w != "--quiet" && w != "--silent" && w != "--regexp-extended" && w != "--null-data" && !strings.HasPrefix(w, "--i") && w != "--" {
				return false
			}
		case len(w) > 1 && w[0] == '-':
			letters, _, _ := strings.Cut(w[1:], "i") // what follows -i is a suffix
			if strings.Trim(letters, "nrEzsu") == "e" && i+1 < len(args) {
				if i++; !isSedScript(args[i].Text) {
					return false
				}
				script = true
			} else if strings.Trim(letters, "nrEzsu") != "" {
				return false
			}
		case !script:
			if script = true; !isSedScript(w) {
				return false
			}
		}
	}
	return true
}

// isSedScript reports whether a script of sed has only commands that are known.
func isSedScript(script string) bool {
	rest := strings.TrimSpace(script)
	for rest != "" {
		var ok bool
		if rest, ok = sedCommand(rest); !ok {
			return false
		}
		rest = strings.TrimLeft(rest, "; \t\n}")
	}
	return true
}

// sedCommand reads a command with its addresses, and returns what follows it.
func sedCommand(s string) (rest string, ok bool) {
	for s != "" { // addresses
		switch c := s[0]; {
		case c == '/':
			end := delimited(s, 1, '/')
			if end < 0 {
				return "", false
			}
			s = strings.TrimLeft(s[end+1:], "IM")
		case strings.IndexByte("0123456789$,!~+ \t{", c) >= 0:
			s = s[1:]
		default:
			return sedVerb(s)
		}
	}
	return "", false
}

func sedVerb(s string) (rest string, ok bool) {
	switch s[0] {
	case 'p', 'd', 'q', 'Q', 'n', 'N', 'g', 'G', 'h', 'H', 'x', 'P', 'D', '=', '}', 'l':
		rest = strings.TrimLeft(s[1:], "0123456789 ")
		return rest, rest == "" || strings.IndexByte(";\n}", rest[0]) >= 0
	case 'a', 'i', 'c': // what follows is text, to the end of a line without a backslash
		for i := 1; i < len(s); i++ {
			if s[i] == '\\' {
				i++
			} else if s[i] == '\n' {
				return s[i+1:], true
			}
		}
		return "", true
	case 's', 'y':
		if len(s) < 2 {
			return "", false
		}
		middle := delimited(s, 2, s[1])
		if middle < 0 {
			return "", false
		}
		end := delimited(s, middle+1, s[1])
		if end < 0 {
			return "", false
		}
		rest = strings.TrimLeft(s[end+1:], "gpIiMm0123456789 ")
		return rest, rest == "" || strings.IndexByte(";\n}", rest[0]) >= 0
	}
	return "", false
}

// delimited returns the offset of a delimiter that no backslash stands before, from
// an offset on, or -1.
func delimited(s string, from int, delimiter byte) int {
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case delimiter:
			return i
		}
	}
	return -1
}
