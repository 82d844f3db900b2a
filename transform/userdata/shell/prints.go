package shell

import "strings"

// prints reports whether words call a builtin that may print what is not known,
// and whether they have it print nothing.
func prints(words []Word) (may, silent bool) {
	args := words[1:]
	switch words[0].Text {
	case "times", "jobs", "bg", "fg", "caller", "dirs", "help", "history", "complete", "compgen", "compopt", "bind", "hash", "enable", "type", "pushd", "popd":
		return true, false
	case "umask", "set", "alias", "export", "declare", "local", "readonly", "typeset", "ulimit", "shopt", "trap", "kill":
		// Alone, or with an option to print.
		if len(args) == 0 || len(args) == 1 && words[0].Text != "export" && args[0].Text[:min(1, len(args[0].Text))] == "-" && words[0].Text != "set" {
			return true, false
		}
		for _, w := range args {
			if !w.Known() || printOption(words[0].Text, w.Text) {
				return true, false
			}
		}
		last := args[len(args)-1].Text
		return true, words[0].Text != "ulimit" && words[0].Text != "shopt" || !strings.HasPrefix(last, "-")
	case "cd":
		return true, len(args) == 0 || len(args) == 1 && args[0].Known() && strings.HasPrefix(args[0].Text, "/")
	}
	return false, true
}

// printOption reports whether a word has a builtin print.
func printOption(name, word string) bool {
	if name == "shopt" {
		return word != "-s" && word != "-u" && strings.HasPrefix(word, "-")
	}
	if name == "alias" {
		return !strings.Contains(word, "=")
	}
	if name == "set" {
		return word == "-o" || word == "+o"
	}
	return strings.HasPrefix(word, "-") && strings.ContainsAny(word, "plLSfFa")
}
