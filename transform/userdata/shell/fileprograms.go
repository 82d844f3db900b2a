package shell

import (
	"path"
	"slices"
	"strings"
)

// fileProgram runs a program that reads or changes files, or reports that it is
// none.
func (r *runner) fileProgram(name string, c invocation) (status, bool) {
	sure := r.s.doubt() == "" && !r.s.dead
	if r.s.dead {
		return unsure, false
	}
	fs := &r.m.Files
	fs.at = c.at
	operands, options := split(c.words[1:])
	switch name {
	case "cat":
		return r.cat(operands, options, c), true
	case "tee":
		return r.tee(operands, options, sure, c), true
	case "which":
		if len(operands) == 1 && operands[0].Known() {
			r.output(operands[0].Text + "\n")
			return unsure, true
		}
		r.output(Unknown)
		return unsure, true
	case "mkdir":
		for _, w := range operands {
			if sure && w.Known() {
				fs.mkdir(r.abs(w.Text))
			}
		}
		if strings.Contains(options, "p") {
			return success, false
		}
	case "rm", "unlink", "shred", "rmdir":
		for _, w := range operands {
			fs.remove(r.abs(w.Text), sure)
		}
	case "cp", "mv", "install", "ln", "rsync":
		r.copies(name, operands, options, sure)
	case "sed", "perl":
		if strings.Contains(options, "i") {
			r.changes(operands)
		}
	case "truncate", "patch", "sponge", "vi", "ed", "ex", "awk", "gawk", "chattr":
		r.changes(operands)
	case "find":
		r.found(operands, c.words[1:])
	case "dd", "curl", "wget", "aws", "tar", "unzip":
		r.downloads(c.words[1:])
	}
	return unsure, false
}

// split returns the words that are no options, and the letters of those that are.
func split(args []Word) (operands []Word, options string) {
	for i, w := range args {
		switch {
		case w.Text == "--":
			return append(operands, args[i+1:]...), options
		case strings.HasPrefix(w.Text, "--"):
			if strings.HasPrefix(w.Text, "--in-place") {
				options += "i"
			}
		case strings.HasPrefix(w.Text, "-") && len(w.Text) > 1:
			options += w.Text[1:]
		default:
			operands = append(operands, w)
		}
	}
	return operands, options
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
			if r.fromStdin {
				r.s.ended = "cat may read away the script"
			}
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

func (r *runner) tee(operands []Word, options string, sure bool, c invocation) status {
	r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin})
	text := ""
	if r.stdin != nil {
		text = *r.stdin
	}
	for _, w := range operands {
		name := r.abs(w.Text)
		if strings.HasPrefix(name, "/dev/") {
			continue
		}
		opens := sure && w.Known() && r.m.Files.opens(name)
		if strings.Contains(options, "a") {
			r.m.Files.add(name, text, opens)
		} else {
			r.m.Files.write(name, text, opens)
		}
	}
	r.output(text)
	return success
}

// copies copies, moves or links files.
func (r *runner) copies(name string, operands []Word, options string, sure bool) {
	if len(operands) < 2 {
		return
	}
	fs := &r.m.Files
	from, to := operands[:len(operands)-1], operands[len(operands)-1]
	target := r.abs(to.Text)
	if len(from) > 1 && !strings.HasSuffix(target, "/") {
		target += "/"
	}
	into := strings.HasSuffix(target, "/") && fs.isDir(strings.TrimSuffix(target, "/"))
	sure = sure && to.Known() && (into || !strings.HasSuffix(target, "/"))
	if strings.Trim(options, "fpravsT") != "" {
		sure = false // -n, -u, -i and others may not copy
	}
	for _, w := range from {
		if name == "ln" {
			if into {
				fs.write(path.Join(target, path.Base(w.Text)), copied(r.abs(w.Text)), false)
			} else {
				fs.write(target, copied(r.abs(w.Text)), false)
			}
			continue
		}
		fs.copy(r.abs(w.Text), target, sure)
		if name == "mv" {
			fs.remove(r.abs(w.Text), sure)
		}
	}
}

// found judges find: whether it deletes or changes what it finds.
func (r *runner) found(operands, words []Word) {
	for _, w := range words {
		if w.Text == "-delete" || strings.HasPrefix(w.Text, "-exec") || strings.HasPrefix(w.Text, "-ok") {
			for _, dir := range operands {
				if strings.HasPrefix(dir.Text, "/") {
					r.m.Files.remove(r.abs(dir.Text), false)
				}
			}
			return
		}
	}
}

// changes forgets what is in files.
func (r *runner) changes(operands []Word) {
	for _, w := range operands {
		if !strings.HasPrefix(w.Text, "/") {
			continue
		}
		r.m.Files.change(r.abs(w.Text))
	}
}

// change says that a file that scripts have written, or those that a pattern
// names, may hold anything. What was never known of others changes by nothing,
// but for programs.
func (fs *Files) change(name string) {
	if fs.byPath[name] != nil || Matters(path.Base(name)) && slices.Contains(programPaths[:], path.Dir(name)) {
		fs.write(name, Unknown, false)
		return
	}
	for other := range fs.byPath {
		if may(name, other) && !strings.Contains(other, Unknown) {
			fs.write(other, Unknown, false)
		}
	}
}

// downloads forgets what is in the files that a program writes to.
func (r *runner) downloads(args []Word) {
	for i, w := range args {
		name := w.Text
		if value, ok := strings.CutPrefix(name, "of="); ok {
			name = value
		}
		if i > 0 && (args[i-1].Text == "-o" || args[i-1].Text == "-O" || args[i-1].Text == "--output") || strings.HasPrefix(name, "/") || name != w.Text {
			if strings.HasPrefix(name, "/dev/") || !strings.HasPrefix(path.Clean(r.abs(name)), "/") {
				continue
			}
			r.m.Files.change(r.abs(name))
		}
	}
}
