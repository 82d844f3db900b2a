package shell

import (
	"path"
	"strings"
)

// fileProgram runs a program that reads or changes files, or reports that more is
// to be done for it.
func (r *runner) fileProgram(name string, c invocation) (status, bool) {
	if r.s.dead {
		return unsure, false
	}
	sure := r.s.doubt() == ""
	r.m.Files.at = c.at
	operands, options := split(c.words[1:])
	switch name {
	case "cat":
		return r.cat(operands, options, c), true
	case "tee":
		return r.tee(operands, options, sure, c), true
	case "which":
		r.which(operands)
		return unsure, true
	case "mkdir":
		return r.makeDirectories(operands, options, sure), false
	case "rm", "unlink", "shred", "rmdir":
		for _, w := range operands {
			if !r.m.Files.remove(r.abs(w.Text), sure) {
				r.changes(w.Text)
				if strings.ContainsAny(options, "rR") {
					r.below(c, r.abs(w.Text))
				}
			}
		}
	case "cp", "mv", "ln", "install":
		r.copies(name, c, sure)
	case "touch":
		for _, w := range operands {
			r.m.Files.add(r.abs(w.Text), "", sure && w.Known() && r.m.Files.opens(r.abs(w.Text)))
		}
	case "chmod":
		r.chmod(c.words[1:], sure)
	case "mount":
		r.mount(operands, c)
	case "chattr":
		for _, w := range operands {
			r.changes(w.Text)
			r.m.Files.cover(r.abs(w.Text))
		}
	case "find":
		r.found(operands, c)
	default:
		if !readsOnly(name, c.words[1:]) {
			r.touches(name, c)
		}
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
		case strings.HasPrefix(w.Text, "-") && len(w.Text) > 1:
			options += w.Text[1:]
		default:
			operands = append(operands, w)
		}
	}
	return operands, options
}

func (r *runner) which(operands []Word) {
	if len(operands) == 1 && operands[0].Known() {
		r.output(operands[0].Text + "\n")
		return
	}
	r.output(Unknown)
}

func (r *runner) makeDirectories(operands []Word, options string, sure bool) status {
	for _, w := range operands {
		if sure && w.Known() {
			r.m.Files.mkdir(r.abs(w.Text))
		}
	}
	if strings.Contains(options, "p") {
		return success
	}
	return unsure
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
		opens := sure && w.Known() && r.m.Files.opens(name) && strings.Trim(options, "ai") == "" && !hasLong(c.words[1:])
		if strings.Contains(options, "a") || has(c.words[1:], "--append") {
			r.m.Files.add(name, text, opens)
		} else {
			r.m.Files.write(name, text, opens)
		}
	}
	r.output(text)
	return success
}

// hasLong reports whether there is a long option.
func hasLong(args []Word) bool {
	for _, w := range args {
		if strings.HasPrefix(w.Text, "--") && w.Text != "--append" && w.Text != "--" {
			return true
		}
	}
	return false
}

// chmod changes the mode of files: those that lose the right to run do not run
// for certain any more.
func (r *runner) chmod(args []Word, sure bool) {
	var operands []Word
	for _, w := range args { // a mode may begin with -
		if !strings.HasPrefix(w.Text, "-") || strings.Trim(w.Text, "-wxXstugo,+") == "" {
			operands = append(operands, w)
		}
	}
	if len(operands) == 0 {
		return
	}
	runs := givesExecution(operands[0].Text)
	for _, w := range operands[1:] {
		name := r.abs(w.Text)
		switch f := r.m.Files.Get(name); {
		case f != nil:
			f.Runs = runs && (f.Runs || sure && w.Known())
		case !runs && mustRun(name):
			r.changes(w.Text)
		}
	}
}

// mustRun reports whether a file of a node's image is executed to save, load or
// keep rules.
func mustRun(name string) bool {
	return isProgram(name) || strings.HasPrefix(name, "/var/lib/cloud/") || strings.HasPrefix(name, "/usr/libexec/") || strings.Contains(name, Unknown)
}

// givesExecution reports whether a mode lets the owner execute a file.
func givesExecution(mode string) bool {
	if strings.Trim(mode, "01234567") == "" && len(mode) >= 3 {
		return (mode[len(mode)-3]-'0')&1 == 1
	}
	who, what, ok := strings.Cut(mode, "+")
	return ok && strings.Trim(who, "ugoa") == "" && (who == "" || strings.ContainsAny(who, "ua")) && strings.Contains(what, "x")
}

// mount mounts something over a directory or a file.
func (r *runner) mount(operands []Word, c invocation) {
	all := join(c.words[1:])
	if strings.Contains(all, "remount") {
		if strings.Contains(all, "ro") && len(operands) > 0 {
			r.m.Files.cover(r.abs(operands[len(operands)-1].Text))
		}
		return
	}
	if len(operands) < 2 {
		return
	}
	at := r.abs(operands[len(operands)-1].Text)
	if file, directory := r.m.Files.matters(at); !file && !directory {
		return
	}
	r.changes(operands[len(operands)-1].Text)
	r.m.Files.cover(at)
	if from := r.abs(operands[len(operands)-2].Text); strings.Contains(all, "bind") {
		r.m.Files.link(at, from)
	}
}

// found judges find: whether it deletes or changes what it finds.
func (r *runner) found(operands []Word, c invocation) {
	for i, w := range c.words[1:] {
		switch {
		case (strings.HasPrefix(w.Text, "-exec") || strings.HasPrefix(w.Text, "-ok")) && i+2 < len(c.words) && (isShell(path.Base(c.words[i+2].Text)) || !Known(path.Base(c.words[i+2].Text))):
			r.emit(&Step{Words: c.words, At: c.at, Reason: "what find runs is not known"})
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
// expression, or else where it runs.
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

// touches forgets what a program may change: the files that its words name, and
// where that is a directory, or its working directory, nobody knows which.
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

// pathIn returns what in a word may be a path, also after an option or a name with
// an equals sign, or "".
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

// below says of a directory in which there are files that matter that nobody
// knows what a program does there.
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

// changes says that a file may hold anything from now on, if it has to do with
// the lock of a node.
func (r *runner) changes(text string) {
	name := strings.TrimSuffix(r.abs(text), "/")
	if strings.HasPrefix(name, Unknown) {
		return
	}
	r.m.Files.change(name)
}

// change says that a file, or those that a pattern names, may hold anything.
func (fs *Files) change(name string) {
	name = fs.resolve(name)
	if file, _ := fs.matters(name); file {
		fs.write(name, Unknown, false)
	}
}
