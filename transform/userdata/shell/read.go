package shell

import "strings"

// read reads into the variables that the words of read or its like name.
func (r *runner) read(c invocation) status {
	r.assigns(c.words[1:], "")
	if c.words[0].Text == "read" && r.s.doubt() == "" {
		_, names := getopt(c.words[1:], "adinNptu")
		for _, w := range names {
			if w.Known() && isName(w.Text) && w.Text != "PATH" && !r.s.integer[w.Text] {
				r.s.vars[w.Text] = value{text: Unknown} // also at the end of what it reads
			}
		}
	}
	if name := c.words[0].Text; name != "getopts" {
		r.readsAway(name)
	}
	return unsure
}

// readsAway says that a command may read the rest of the script, where the shell
// reads it from its standard input, too.
func (r *runner) readsAway(name string) {
	if r.fromStdin && r.stdin == nil {
		r.s.ended = name + " may read away the script"
	}
}

// callback runs the command that mapfile calls for lines.
func (r *runner) callback(c invocation) {
	options, _ := getopt(c.words[1:], "dnOsuCc")
	for _, o := range options {
		if o.name == "C" {
			r.doubting("it is called for lines that are read", func() status {
				place := r.place
				r.place = func(int) int { return c.at }
				r.parse(o.value.Text)
				r.place = place
				return unsure
			})
		}
	}
}

// assigns forgets the variables that a builtin assigns: those of its words, or
// only those after an option.
func (r *runner) assigns(args []Word, after string) {
	for i, w := range args {
		name, joined := w.Text, false
		if after != "" {
			name, joined = strings.CutPrefix(w.Text, after)
			joined = joined && name != ""
		}
		if after == "" || joined || i > 0 && args[i-1].Text == after {
			if w.Splits {
				name = Unknown
			}
			r.assigned(name)
		}
	}
	if after == "" {
		for _, name := range [...]string{"REPLY", "MAPFILE", "OPTARG", "OPTIND"} {
			r.s.forget(name)
		}
	}
}

// assigned forgets a variable that a builtin assigns. Its name may have an index.
func (r *runner) assigned(name string) {
	r.subscript(name)
	r.s.forget(name)
}

// let evaluates words as arithmetic expressions. One that is not known may assign any
// variable.
func (r *runner) let(args []Word) status {
	for _, w := range args {
		if w.Splits {
			r.s.forget(Unknown)
		}
		r.evaluates(w.Text)
	}
	return unsure
}
