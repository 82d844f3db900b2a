package shell

import (
	"slices"
	"strings"
)

// A mounting is what the words of mount ask for (man 8 mount).
type mounting struct {
	options []string
	from    string // what is mounted, or "" if the words do not say
	to      Word
}

func parseMount(args []Word) (m mounting, ok bool) {
	options, operands := getopt(args, "otLUOTN", "options", "types", "source", "target", "label", "uuid", "fstab", "namespace")
	for _, o := range options {
		switch o.name {
		case "o", "options":
			m.options = append(m.options, strings.Split(o.value.Text, ",")...)
		case "r", "read-only":
			m.options = append(m.options, "ro")
		case "B", "R", "bind", "rbind":
			m.options = append(m.options, "bind")
		case "M", "move":
			m.options = append(m.options, "move")
		case "L", "U", "label", "uuid", "source":
			m.from = o.value.Text
		case "target":
			operands = append(operands, o.value)
		}
	}
	if len(operands) == 0 {
		return m, false
	}
	m.to = operands[len(operands)-1]
	if len(operands) > 1 {
		m.from = operands[len(operands)-2].Text
	}
	return m, m.from != "" || m.has("remount")
}

func (m mounting) has(option string) bool {
	return slices.Contains(m.options, option)
}

// mount mounts something over a directory or a file, or changes the options of what is
// mounted there.
func (r *runner) mount(c invocation, sure bool) {
	m, ok := parseMount(c.words[1:])
	if !ok {
		return
	}
	fs := &r.m.Files
	at := strings.TrimSuffix(r.abs(m.to.Text), "/")
	switch {
	case m.has("exec") && sure:
		fs.noexec = slices.DeleteFunc(fs.noexec, func(n noexec) bool { return n.dir == at })
	case m.has("noexec") && known(at):
		fs.noexec = append(fs.noexec, noexec{at, c.at})
	}
	if !m.has("remount") {
		r.mountsOver(m, at, c)
		return
	}
	if m.has("ro") {
		fs.cover(at)
	}
	if (m.has("ro") || m.has("noexec")) && (at == "" || at == "/usr" || isProgram(at+"/iptables")) {
		r.below(c, at)
	}
}

// mountsOver has what is mounted take the place of what was in a directory, or of a file.
func (r *runner) mountsOver(m mounting, at string, c invocation) {
	if m.has("move") {
		r.replaces(Word{Text: m.from}, c)
	}
	if r.replaces(m.to, c) && (m.has("bind") || m.has("rbind")) {
		r.m.Files.link(at, r.abs(m.from))
	}
}

// unmount has in directories what was there before something was mounted.
func (r *runner) unmount(operands []Word, c invocation) {
	for _, w := range operands {
		r.replaces(w, c)
	}
}

// replaces has something else be where a directory or a file was, and reports whether that
// matters.
func (r *runner) replaces(w Word, c invocation) bool {
	at := strings.TrimSuffix(r.abs(w.Text), "/")
	if file, directory := r.m.Files.matters(at); !file && !directory {
		return false
	}
	r.changes(w.Text)
	r.below(c, at)
	r.m.Files.cover(at)
	return true
}

// A noexec is a directory in which no file is executed, as it is mounted so.
type noexec struct {
	dir string
	at  int // the place of the command that mounts it
}

// NoExec reports whether a file may be where nothing is executed, and the place of the
// command that mounts it so.
func (fs *Files) NoExec(name string) (at int, is bool) {
	name = fs.resolve(name)
	for _, n := range fs.noexec {
		if isIn(name, n.dir) {
			return n.at, true
		}
	}
	return 0, false
}
