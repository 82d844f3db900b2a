package shell

import (
	"path"
	"slices"
	"strings"
)

// isPlainSed reports whether a call of sed does nothing but substitute, print,
// delete and insert: its scripts are commands that are known, without the flags e
// and w.
func isPlainSed(args []Word) bool {
	scripts, _, ok := sedScripts(args)
	return ok && !slices.ContainsFunc(scripts, func(s string) bool { return !isSedScript(s) })
}

// sedScripts returns the scripts in a call of sed, which are those of its options -e, or
// else its first operand, and the files. It returns false if another option is not known,
// or if a script is missing.
func sedScripts(args []Word) (scripts []string, files []Word, ok bool) {
	for i := 0; i < len(args); i++ {
		w := args[i].Text
		switch {
		case strings.HasPrefix(w, "--expression="), strings.HasPrefix(w, "-e") && w != "-e":
			scripts = append(scripts, strings.TrimPrefix(strings.TrimPrefix(w, "--expression="), "-e"))
		case w == "--expression", sedLetters(w) == "e":
			if i++; i == len(args) {
				return nil, nil, false
			}
			scripts = append(scripts, args[i].Text)
		case len(w) > 1 && w[0] == '-':
			if !isPlainSedOption(w) {
				return nil, nil, false
			}
		case len(scripts) == 0:
			scripts = append(scripts, w)
		default:
			files = append(files, args[i])
		}
	}
	return scripts, files, true
}

// isPlainSedOption reports whether an option of sed only says how it reads and
// prints, or that it edits in place.
func isPlainSedOption(option string) bool {
	switch option {
	case "--quiet", "--silent", "--regexp-extended", "--null-data", "--":
		return true
	}
	if strings.HasPrefix(option, "--") {
		return strings.HasPrefix(option, "--i")
	}
	return sedLetters(option) == ""
}

// sedLetters returns the letters in a word of short options of sed, without those
// at its start and end that only say how it reads and prints. What follows -i is a
// suffix.
func sedLetters(word string) string {
	if !strings.HasPrefix(word, "-") || strings.HasPrefix(word, "--") {
		return ""
	}
	letters, _, _ := strings.Cut(word[1:], "i")
	return strings.Trim(letters, "nrEzsu")
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
	if s = afterAddresses(s); s == "" {
		return "", false
	}
	return sedVerb(s)
}

// afterAddresses returns a command of sed without its addresses, or "" where that is
// none.
func afterAddresses(s string) string {
	for s != "" {
		switch c := s[0]; {
		case c == '/', c == '\\' && len(s) > 1:
			from := 1
			if c == '\\' {
				from, c = 2, s[1]
			}
			end := delimited(s, from, c)
			if end < 0 {
				return ""
			}
			s = strings.TrimLeft(s[end+1:], "IM")
		case strings.IndexByte("0123456789$,!~+ \t{", c) >= 0:
			s = s[1:]
		default:
			return s
		}
	}
	return ""
}

// sedInserted returns the text that a script of sed inserts, if it does nothing else.
func sedInserted(script string) (text string, ok bool) {
	command := afterAddresses(strings.TrimSpace(script))
	if command == "" || command[0] != 'a' && command[0] != 'i' {
		return "", false
	}
	text = strings.TrimPrefix(strings.TrimLeft(command[1:], " \t"), `\`)
	text = strings.TrimPrefix(text, "\n")
	lines := strings.ReplaceAll(text, "\\\n", "")
	if text == "" || strings.Contains(lines, "\n") || strings.Contains(strings.NewReplacer(`\n`, "", `\t`, "", `\\`, "").Replace(lines), `\`) {
		return "", false
	}
	return strings.NewReplacer("\\\n", "\n", `\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text) + "\n", true
}

// inserts notes what sed inserts into a script of the image, or reports that it does
// something else.
func (r *runner) inserts(args []Word) bool {
	scripts, files, ok := sedScripts(args)
	if !ok || len(scripts) != 1 || len(files) != 1 || !inPlace(args) {
		return false
	}
	text, ok := sedInserted(scripts[0])
	name := r.abs(files[0].Text)
	if f := r.m.Files.Get(name); !ok || !files[0].Known() || path.Ext(name) != ".sh" || !ReadAtBoot(r.m.Files.resolve(name)) || f != nil && !f.Image {
		return false
	}
	r.m.Files.add(name, "\n"+text, false)
	return true
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

// delimited returns the offset of the first delimiter from an offset on that no
// backslash comes before, or -1.
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
