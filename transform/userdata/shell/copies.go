package shell

import (
	"path"
	"strings"
)

// A copying is what the words of cp, mv, ln or install ask for.
type copying struct {
	program string
	from    []Word
	to      Word
	into    bool // to is a directory
	certain bool // nothing in its options may keep it from copying
	mode    string
	links   bool
	makes   bool // directories, by install -d
	trees   bool // directories with what is in them
}

// parseCopying reads the words after the name of a program. It returns false if
// they do not say what is copied where.
func parseCopying(name string, args []Word) (copying, bool) {
	values := "tS"
	if name == "install" {
		values = "tSmog"
	}
	options, operands := getopt(args, values, "target-directory", "suffix", "mode", "owner", "group")
	c := copying{program: name, certain: true, links: name == "ln"}
	for _, o := range options {
		c.option(o)
	}
	switch {
	case c.makes, c.into:
		c.from = operands
		return c, len(operands) > 0
	case len(operands) == 1 && name == "ln":
		operands = append(operands, Word{Text: "./"})
	case len(operands) < 2:
		return c, false
	}
	last := len(operands) - 1
	c.from, c.to, c.into = operands[:last], operands[last], last > 1
	return c, true
}

// option takes an option of a program into account. One that is not known may
// keep the program from copying.
func (c *copying) option(o option) {
	switch o.name {
	case "t", "target-directory":
		c.to, c.into = o.value, true
	case "m", "mode":
		c.mode = o.value.Text
		c.certain = c.certain && strings.Trim(c.mode, "01234567") == ""
	case "r", "R", "a", "recursive", "archive":
		c.trees = true
	case "s", "symbolic":
		c.links = c.links || c.program == "cp"
	case "d", "directory":
		c.makes = c.makes || c.program == "install"
	case "f", "p", "v", "T", "D", "L", "P", "force", "verbose":
	default:
		c.certain = false
	}
}

// copies copies, moves, links or installs files.
func (r *runner) copies(name string, call invocation, sure bool) {
	c, ok := parseCopying(name, call.words[1:])
	switch {
	case !ok:
	case c.makes:
		r.makeDirectories(c.from, sure)
	default:
		r.copyAll(c, call, sure)
	}
}

// copyAll copies, moves, links or installs each of the files to the target.
func (r *runner) copyAll(c copying, call invocation, sure bool) {
	target := r.abs(c.to.Text)
	if c.into && !strings.HasSuffix(target, "/") {
		target += "/"
	}
	directory, isDirectory := strings.CutSuffix(target, "/")
	sure = sure && c.certain && c.to.Known() && (!isDirectory || r.m.Files.isDir(directory))
	for _, w := range c.from {
		if c.links {
			r.links(w, target)
			continue
		}
		r.copyOne(c, w, target, call, sure)
	}
}

// copyOne copies, moves or installs a file, or those that a pattern names.
func (r *runner) copyOne(c copying, w Word, target string, call invocation, sure bool) {
	fs := &r.m.Files
	from := r.abs(w.Text)
	to, found := fs.copy(from, target, sure)
	if !found && (c.trees || c.program == "mv") {
		if strings.HasSuffix(w.Text, "/.") { // what is in it
			to = strings.TrimSuffix(target, "/")
		}
		r.below(call, to)
	}
	if !found && c.program == "mv" {
		r.below(call, from)
	}
	switch f := fs.Get(to); {
	case c.program == "mv":
		fs.remove(from, sure)
	case c.program == "install" && sure && f != nil:
		f.Runs = c.mode == "" || givesExecution(c.mode)
	}
}

// links makes a link.
func (r *runner) links(w Word, target string) {
	fs := &r.m.Files
	from := r.abs(w.Text)
	if strings.HasSuffix(target, "/") || fs.isDir(target) {
		target = path.Join(target, path.Base(w.Text))
	}
	text := copied(from)
	if f := fs.Get(from); f != nil {
		text = f.Text
	}
	if from == "/dev/null" {
		text = ""
	}
	fs.write(target, text, false)
	if !isProgram(from) && known(from) {
		fs.link(target, from)
	}
}
