package shell

import (
	"path"
	"strings"
)

// fileProgram runs a program that reads or changes files. It returns false if there
// is more to be done for the program.
func (r *runner) fileProgram(name string, c invocation) (status, bool) {
	if r.s.dead {
		return unsure, false
	}
	sure := r.s.doubt() == ""
	r.m.Files.writes(name, c.words, c.at)
	operands, options := split(c.words[1:])
	switch name {
	case "cat":
		return r.cat(operands, options, c), true
	case "tee":
		return r.tee(sure, c), true
	case "id", "whoami":
		r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin})
		r.who(c.words)
		return statusIf(len(operands) == 0).orUnsure(), true // or there may be no such user
	case "which":
		r.which(operands)
		return unsure, true
	case "mkdir":
		r.makeDirectories(operands, sure)
	case "rm", "unlink", "shred", "rmdir":
		r.removes(operands, options, c, sure)
	case "cp", "mv", "ln", "install":
		r.copies(name, c, sure)
	case "touch":
		r.touch(operands, sure)
	case "chmod":
		r.chmod(c, sure)
	case "mount":
		r.mount(c, sure)
	case "umount":
		r.unmount(operands, c)
	case "chattr":
		r.chattr(operands)
	case "find":
		r.found(operands, c)
	default:
		r.edits(name, c)
	}
	return unsure, false
}

// edits forgets what a program may change, but for what is known of it.
func (r *runner) edits(name string, c invocation) {
	args := c.words[1:]
	if !readsOnly(name, args) && !(name == "sed" && (r.inserts(args) || r.lessens(args))) {
		r.touches(name, c)
	}
}

// split returns the words that are not options, and the letters of those that are.
func split(args []Word) (operands []Word, letters string) {
	options, operands := getopt(args, "")
	for _, o := range options {
		if len(o.name) == 1 {
			letters += o.name
		}
	}
	return operands, letters
}

// which writes the path of a program, which is taken to be its name.
func (r *runner) which(operands []Word) {
	if len(operands) == 1 && operands[0].Known() {
		r.output(operands[0].Text + "\n")
		return
	}
	r.output(Unknown)
}

// removes removes files and, with -r, directories with what is in them.
func (r *runner) removes(operands []Word, options string, c invocation, sure bool) {
	for _, w := range operands {
		if r.m.Files.remove(r.abs(w.Text), sure) {
			continue
		}
		r.changes(w.Text)
		if strings.ContainsAny(options, "rR") {
			r.below(c, r.abs(w.Text))
		}
	}
}

// who writes the number or the name of the user, which is root.
func (r *runner) who(words []Word) {
	switch text := join(words); {
	case text == "id -u" && !r.s.other:
		r.output("0\n")
	case (text == "whoami" || text == "id -un") && !r.s.other:
		r.output("root\n")
	default:
		r.output(Unknown)
	}
}

// touch makes the files that do not exist.
func (r *runner) touch(operands []Word, sure bool) {
	for _, w := range operands {
		r.m.Files.add(r.abs(w.Text), "", sure && w.Known() && r.m.Files.opens(r.abs(w.Text)))
	}
}

// chattr changes attributes of files, which may keep them from being written.
func (r *runner) chattr(operands []Word) {
	for _, w := range operands {
		r.changes(w.Text)
		r.m.Files.cover(r.abs(w.Text))
	}
}

// makeDirectories makes directories.
func (r *runner) makeDirectories(operands []Word, sure bool) {
	for _, w := range operands {
		if sure && w.Known() {
			r.m.Files.mkdir(r.abs(w.Text))
		}
	}
}

func (r *runner) cat(operands []Word, options string, c invocation) status {
	r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin})
	if options != "" && strings.Trim(options, "uv") != "" {
		r.output(Unknown)
		return unsure
	}
	if len(operands) == 0 {
		operands = []Word{{Text: "-"}}
	}
	st := success
	for _, w := range operands {
		if w.Text == "-" {
			if r.stdin != nil {
				r.output(*r.stdin)
			}
			r.readsAway("cat")
			continue
		}
		if f := r.m.Files.Get(r.abs(w.Text)); f != nil && f.Sure && w.Known() {
			r.output(f.Text)
			continue
		}
		st = unsure
		r.output(Unknown)
	}
	return st
}

func (r *runner) tee(sure bool, c invocation) status {
	r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin})
	text := ""
	if r.stdin != nil {
		text = *r.stdin
	}
	options, operands := getopt(c.words[1:], "")
	appends := false
	for _, o := range options {
		switch o.name {
		case "a", "append":
			appends = true
		case "i", "ignore-interrupts":
		default:
			sure = false
		}
	}
	st := success
	for _, w := range operands {
		name := r.abs(w.Text)
		if strings.HasPrefix(name, "/dev/") {
			continue
		}
		opens := sure && w.Known() && r.m.Files.opens(name)
		if !opens {
			st = unsure
		}
		if appends {
			r.m.Files.add(name, text, opens)
		} else {
			r.m.Files.write(name, text, opens)
		}
	}
	r.output(text)
	return st
}

// found judges find: whether it deletes or changes what it finds.
func (r *runner) found(operands []Word, c invocation) {
	for i, w := range c.words[1:] {
		switch {
		case (strings.HasPrefix(w.Text, "-exec") || strings.HasPrefix(w.Text, "-ok")) && i+2 < len(c.words) && (isShell(path.Base(c.words[i+2].Text)) || !Known(path.Base(c.words[i+2].Text))):
			r.emit(&Step{Words: c.words, At: c.at, Reason: "what find runs is not known"})
		case w.Text == "-exec" && i+3 < len(c.words) && path.Base(c.words[i+2].Text) == "chmod" && isForOthers(c.words[i+3].Text):
			continue
		case w.Text == "-delete", strings.HasPrefix(w.Text, "-fprint"), strings.HasPrefix(w.Text, "-fls"):
		case strings.HasPrefix(w.Text, "-exec"), strings.HasPrefix(w.Text, "-ok"):
		default:
			continue
		}
		for _, dir := range startsOf(operands, c.words[1:]) {
			r.m.Files.remove(r.abs(dir.Text), false)
			r.below(c, r.abs(dir.Text))
		}
		return
	}
}

// startsOf returns the directories that find begins with: those before its
// expression, or else the one that it runs in.
func startsOf(operands, words []Word) []Word {
	n := 0
	for n < len(words) && n < len(operands) && !strings.HasPrefix(words[n].Text, "-") && words[n].Text != "!" && words[n].Text != "(" {
		n++
	}
	if n == 0 {
		return []Word{{Text: "./"}}
	}
	return words[:n]
}
