package shell

import (
	"slices"
	"strings"
)

// An unknown text in a file may be what a program has made of the file, as jq and sed do
// by the words that they are given, or anything.

// editing returns the words of a command by which it changes what it reads, and reports
// whether its output is made of these, not of what another program wrote before.
func editing(name string, words []Word) (edit string, ok bool) {
	switch name {
	case "echo", "printf", "tee":
		return "", false
	case "cat":
		return "", len(words) > 1
	case "sed":
		if isPlainSed(words[1:]) {
			return join(words), true
		}
	case "jq":
		if !readsOthers(words) {
			return join(withoutValues(words)), true
		}
	}
	return "", true
}

// withoutValues returns the words of jq without the texts of its options --arg, which its
// filter puts where it says.
func withoutValues(words []Word) []Word {
	words = slices.Clone(words)
	for i := range words {
		if i > 1 && words[i-2].Text == "--arg" {
			words[i] = Word{}
		}
	}
	return words
}

// readsOthers reports whether the words of a command name more files than one.
func readsOthers(words []Word) bool {
	files := 0
	for _, w := range words[1:] {
		if strings.HasPrefix(w.Text, "/") {
			files++
		}
	}
	return files > 1
}

// writes notes which command writes the files that come next.
func (fs *Files) writes(name string, words []Word, at int) {
	fs.at = at
	if edit, ok := editing(name, words); ok {
		fs.edit = edit
	}
}

// madeBy notes what makes the text of a file: the words of an edit, or "" for anything
// else. A file that held anything does so after an edit too.
func (f *File) madeBy(edit string) {
	switch {
	case f.Text == "": // as a redirection leaves it until there is more
	case !IsUnknown(f.Text):
		f.Edits, f.fetched = "", false
	case edit == "":
		f.Edits, f.fetched = "", true
	case !f.fetched:
		f.Edits += edit + "\n"
	}
}

// IsUnknown reports whether a text, which is not empty, is not known at all.
func IsUnknown(text string) bool {
	return strings.Contains(text, Unknown) && strings.Trim(text, Unknown+" \t\n") == ""
}
