package shell

import (
	"path"
	"strings"
)

// touches forgets what a program may change: the files that its words name, or any
// file in a directory that they name or that it works in.
func (r *runner) touches(name string, c invocation) {
	here := r.s.moved && known(r.s.dir)
	if here || unpacks(name, c.words[1:]) {
		r.below(c, r.s.dir)
	}
	for _, w := range c.words[1:] {
		for _, other := range r.m.Files.All() { // in a text that the program reads, as awk does
			if strings.Contains(w.Text, other) && w.Text != other {
				r.m.Files.change(other)
			}
		}
		text := pathIn(w.Text)
		switch {
		case text == Unknown && editsInPlace(name):
			r.emit(&Step{Words: c.words, At: c.at, Reason: "which file " + name + " changes here is not known"})
		case text == "", strings.HasPrefix(text, Unknown):
		case here, strings.Contains(text, "/"):
			r.changes(text)
			r.below(c, r.abs(text))
		}
	}
}

// unpacks reports whether a program writes files that are not known into its working
// directory, which is the root for what cloud-init runs.
func unpacks(name string, args []Word) bool {
	switch name {
	case "tar", "bsdtar":
		if has(args, "-P", "--absolute-names") {
			return true
		}
		return len(args) > 0 && strings.Contains(strings.SplitN(args[0].Text, "=", 2)[0], "x") && !has(args, "-C") && !strings.Contains(join(args), "--directory") && !strings.Contains(join(args), " -C")
	case "unzip":
		return !has(args, "-d", "-l", "-p", "-t")
	case "cpio":
		return !has(args, "-D", "-t", "-o")
	}
	return false
}

// pathIn returns what in a word may be a path, even after an option or a name with an
// equals sign, or "".
func pathIn(word string) string {
	if strings.Contains(word, "://") || strings.Contains(word, "\n") {
		return ""
	}
	i := strings.IndexByte(word, '/')
	switch {
	case strings.HasPrefix(word, "-") && i < 0:
		return ""
	case strings.HasPrefix(word, "-"), i > 0 && word[i-1] == '=':
		return word[i:]
	}
	return word
}

// editsInPlace reports whether a program changes all files that its words name.
func editsInPlace(name string) bool {
	switch name {
	case "sed", "perl", "truncate", "ed", "ex", "vi", "vim", "fallocate", "sponge", "patch":
		return true
	}
	return false
}

func known(dir string) bool { return !strings.HasPrefix(dir, Unknown) }

// below reports that it is not known what a program does in a directory in which there
// are files that matter.
func (r *runner) below(c invocation, dir string) {
	if ext := path.Ext(dir); strings.HasPrefix(dir, Unknown) || ext != "" && ext != ".d" && !strings.HasSuffix(dir, "/") {
		return // of a file
	}
	if _, directory := r.m.Files.matters(dir); directory {
		r.emit(&Step{Words: c.words, At: c.at, Reason: "what " + path.Base(c.words[0].Text) + " changes in " + display(dir) + " is not known"})
	}
}

// display writes a path for a message.
func display(name string) string {
	if name == "" {
		return "/"
	}
	return strings.ReplaceAll(name, Unknown, "…")
}

// changes records that a file may hold anything from now on, if it has to do with
// the lock of a node.
func (r *runner) changes(text string) {
	name := strings.TrimSuffix(r.abs(text), "/")
	if strings.HasPrefix(name, Unknown) {
		return
	}
	r.m.Files.change(name)
}

// change records that a file, or those that a pattern names, may hold anything.
func (fs *Files) change(name string) {
	name = fs.resolve(name)
	if file, _ := fs.matters(name); file {
		fs.write(name, Unknown, false)
	}
}
