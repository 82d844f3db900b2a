package shell

import (
	"slices"
	"strings"
)

// prints reports whether words call a builtin that may print something unknown,
// and whether they make it print nothing.
func prints(words []Word) (may, silent bool) {
	name, args := words[0].Text, words[1:]
	switch name {
	case "times", "jobs", "bg", "fg", "caller", "dirs", "help", "history", "complete", "compgen", "compopt", "bind", "hash", "enable", "type", "pushd", "popd":
		return true, false
	case "umask", "set", "alias", "export", "declare", "local", "readonly", "typeset", "ulimit", "shopt", "trap", "kill":
		return true, setsOnly(name, args)
	case "cd":
		return true, len(args) == 0 || len(args) == 1 && args[0].Known() && strings.HasPrefix(args[0].Text, "/")
	}
	return false, true
}

// setsOnly reports whether arguments make a builtin set something and print nothing.
// Without arguments, or with an option to print, it prints what is set.
func setsOnly(name string, args []Word) bool {
	switch {
	case len(args) == 0:
		return false
	case len(args) == 1 && name != "export" && name != "set" && strings.HasPrefix(args[0].Text, "-"):
		return false
	case slices.ContainsFunc(args, func(w Word) bool { return !w.Known() || printOption(name, w.Text) }):
		return false
	case name == "ulimit":
		return !strings.HasPrefix(args[len(args)-1].Text, "-")
	case name == "shopt":
		return strings.HasPrefix(args[0].Text, "-") && !strings.HasPrefix(args[len(args)-1].Text, "-")
	}
	return true
}

// printOption reports whether a word makes a builtin print.
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
