package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirected runs a statement's command with its redirections.
func (r *runner) redirected(s *syntax.Stmt) status {
	call, simple := s.Cmd.(*syntax.CallExpr)
	if len(s.Redirs) == 0 {
		if simple {
			return r.simple(call)
		}
		return r.command(s.Cmd)
	}
	io := r.redirections(s.Redirs)
	outer := *r
	if io.input {
		r.stdin = io.stdin
	}
	var b strings.Builder
	if io.stdout != inherited {
		r.out = &b
	}
	skipped, unless := r.s.skipped, r.s.unless
	if io.doubt != "" {
		r.s.skipped, r.s.unless = io.doubt, nil
	}
	sure := r.s.doubt() == ""
	if r.s.dead {
		io.opened, io.stdout = nil, discarded
	}
	r.m.Files.at = r.place(offset(s.Pos()))
	for _, w := range io.opened {
		if !w.appends {
			r.m.Files.write(w.path, "", sure && !r.s.noclobber)
		}
	}
	var st status
	switch {
	case simple:
		st = r.simple(call)
	case s.Cmd == nil:
		st = success
	default:
		st = r.command(s.Cmd)
	}
	r.m.Files.at = r.place(offset(s.Pos()))
	for _, w := range io.opened {
		text := ""
		if w.path == io.stdout {
			text = b.String()
		}
		switch {
		case w.appends:
			r.m.Files.add(w.path, text, sure)
		case text != "":
			r.m.Files.write(w.path, text, sure && !r.s.noclobber)
		}
	}
	r.s.skipped, r.s.unless = skipped, unless
	r.stdin, r.out = outer.stdin, outer.out
	if io.doubt != "" {
		st = unsure
		r.ends("a command", st)
		if simple && len(call.Args) > 0 && call.Args[0].Lit() == "exec" {
			r.s.ended = "the script ends where exec cannot redirect its output"
		}
	}
	return st
}

// Where output may go, beside a file.
const (
	inherited = ""     // where that of the script goes
	discarded = "\x00" // to a device, or elsewhere that nobody follows
)

// An inout is what the redirections of a command are.
type inout struct {
	stdin  *string
	input  bool   // stdin is redirected
	stdout string // a path, inherited or discarded
	stderr string
	opened []write // the files that are opened for writing, in order
	doubt  string
}

type write struct {
	path    string
	appends bool
}

// redirections reads redirections, which are made in their order: of several of
// the same output the last counts, and all files are opened.
func (r *runner) redirections(redirs []*syntax.Redirect) inout {
	io := inout{stderr: discarded}
	for _, d := range redirs {
		fd := ""
		if d.N != nil {
			fd = d.N.Value
		}
		switch d.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			text := ""
			if d.Hdoc != nil {
				text = r.hereDocument(d)
			}
			io.stdin, io.input = &text, true
		case syntax.WordHdoc:
			text := r.one(d.Word) + "\n"
			io.stdin, io.input = &text, true
		case syntax.RdrIn:
			r.inputFrom(d, &io)
		case syntax.RdrInOut:
			if fd == "" || fd == "0" {
				r.inputFrom(d, &io)
			}
			r.changes(r.target(d.Word))
			io.redirect(fd, discarded)
		case syntax.DplIn:
			io.input, io.stdin = true, nil
		case syntax.DplOut:
			r.duplicate(d, fd, &io)
		default:
			r.outputTo(d, fd, &io)
		}
	}
	return io
}

// redirect sends an output elsewhere.
func (io *inout) redirect(fd, to string) {
	switch fd {
	case "", "1":
		io.stdout = to
	case "2":
		io.stderr = to
	}
}

// duplicate reads a redirection as 2>&1.
func (r *runner) duplicate(d *syntax.Redirect, fd string, io *inout) {
	switch target := r.one(d.Word); target {
	case "1":
		io.redirect(fd, io.stdout)
	case "2":
		io.redirect(fd, io.stderr)
	case "-", "3":
		io.redirect(fd, discarded)
	default:
		io.redirect(fd, discarded)
		io.doubt = "its output may not be redirected"
	}
}

// hereDocument returns the text of a here-document. Where its delimiter is
// quoted it is the text as it stands.
func (r *runner) hereDocument(d *syntax.Redirect) string {
	for _, part := range d.Word.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, `\`) {
			var b strings.Builder
			for _, p := range d.Hdoc.Parts {
				if lit, ok := p.(*syntax.Lit); ok {
					b.WriteString(r.show(lit.Value))
				} else {
					b.WriteString(Unknown)
				}
			}
			return tabs(d, b.String())
		}
	}
	return tabs(d, r.unescaped(d.Hdoc.Parts, "$`\\\n"))
}

// tabs takes the tabs at the start of lines away that <<- does.
func tabs(d *syntax.Redirect, text string) string {
	if d.Op != syntax.DashHdoc {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, "\t"))
	}
	return b.String()
}

func (r *runner) inputFrom(d *syntax.Redirect, io *inout) {
	io.input = true
	name := r.abs(r.one(d.Word))
	text := Unknown
	f := r.m.Files.Get(name)
	switch {
	case name == "/dev/null":
		text = ""
	case f != nil && f.Sure:
		text = f.Text
	case f != nil:
		for _, t := range f.Texts() {
			text += "\n" + t
		}
		io.doubt = "the file that it reads may not be there"
	default:
		for _, part := range d.Word.Parts {
			if _, ok := part.(*syntax.ProcSubst); ok {
				io.stdin = &text
				return
			}
		}
		io.doubt = "the file that it reads may not be there"
	}
	io.stdin = &text
}

func (r *runner) outputTo(d *syntax.Redirect, fd string, io *inout) {
	both := d.Op == syntax.RdrAll || d.Op == syntax.AppAll
	redirect := func(to string) {
		io.redirect(fd, to)
		if both {
			io.stderr = to
		}
	}
	for _, part := range d.Word.Parts {
		if _, ok := part.(*syntax.ProcSubst); ok {
			r.one(d.Word)
			redirect(discarded)
			return
		}
	}
	name := r.abs(r.target(d.Word))
	if d.Op == syntax.RdrAll && r.s.posix {
		io.doubt = "a POSIX shell runs it in the background"
	}
	if strings.HasPrefix(name, "/dev/") {
		redirect(discarded)
		return
	}
	redirect(name)
	if !r.m.Files.opens(name) {
		io.doubt = "the file " + display(name) + " that its output goes to may not open"
	}
	io.opened = append(io.opened, write{name, d.Op == syntax.AppOut || d.Op == syntax.AppAll})
}

// target returns the name of the file that a redirection is to. Patterns in it are
// expanded.
func (r *runner) target(w *syntax.Word) string {
	if words := r.fields([]*syntax.Word{w}); len(words) == 1 {
		return words[0].Text
	}
	return Unknown
}

// abs returns the path that a name means in the directory of the script.
func (r *runner) abs(name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return clean(name)
	case strings.HasPrefix(name, Unknown) && strings.Contains(name, "/.."):
		return Unknown
	case strings.HasPrefix(name, Unknown):
		return name
	}
	return clean(r.s.dir + "/" + strings.TrimPrefix(name, "./"))
}

// clean is path.Clean that keeps a slash at the end.
func clean(name string) string {
	for strings.Contains(name, "//") {
		name = strings.ReplaceAll(name, "//", "/")
	}
	for strings.Contains(name, "/./") {
		name = strings.ReplaceAll(name, "/./", "/")
	}
	name = strings.TrimSuffix(name, dotEnd(name))
	for {
		i := strings.Index(name, "/../")
		if i < 0 || strings.Contains(name[:i], Unknown) {
			return name
		}
		name = name[:max(0, strings.LastIndexByte(name[:i], '/'))] + name[i+len("/.."):]
	}
}

// dotEnd returns the dot with which a path ends that stands for its directory.
func dotEnd(name string) string {
	if strings.HasSuffix(name, "/.") {
		return "."
	}
	return ""
}
