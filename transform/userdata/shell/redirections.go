package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirections reads redirections, which are made in their order: the last one of an
// output counts, and all files are opened.
func (r *runner) redirections(redirs []*syntax.Redirect) inout {
	io := inout{stderr: discarded}
	for _, d := range redirs {
		fd := ""
		if d.N != nil {
			fd = d.N.Value
		}
		stdin, input := io.stdin, io.input
		switch d.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			io.take(r.hereDocument(d))
		case syntax.WordHdoc:
			io.take(r.one(d.Word) + "\n")
		case syntax.RdrIn:
			r.inputFrom(d, &io)
		case syntax.RdrInOut:
			r.inputAndOutput(d, fd, &io)
		case syntax.DplIn:
			r.duplicateInput(d, &io)
		case syntax.DplOut:
			r.duplicate(d, fd, &io)
		default:
			r.outputTo(d, fd, &io)
		}
		if fd != "" && fd != "0" { // another file than the standard input
			io.stdin, io.input = stdin, input
		}
	}
	return io
}

// take makes a text the standard input.
func (io *inout) take(text string) { io.stdin, io.input = &text, true }

// redirect sends an output elsewhere.
func (io *inout) redirect(fd, to string) {
	switch fd {
	case "", "1":
		io.stdout = to
	case "2":
		io.stderr = to
	}
}

// inputAndOutput reads a redirection such as <>FILE.
func (r *runner) inputAndOutput(d *syntax.Redirect, fd string, io *inout) {
	if fd == "" || fd == "0" {
		r.inputFrom(d, io)
	}
	if name := r.abs(r.target(d.Word)); strings.HasPrefix(name, "/dev/") {
		io.openDevice(name)
	} else {
		io.opened = append(io.opened, write{path: name, appends: true, open: true})
	}
	io.redirect(fd, discarded)
}

// duplicateInput reads a redirection such as <&3. What that descriptor reads is not known.
func (r *runner) duplicateInput(d *syntax.Redirect, io *inout) {
	switch r.one(d.Word) {
	case "0":
	case "-":
		io.stdin, io.input = nil, true
	default:
		io.take(Unknown)
	}
}

// duplicate reads a redirection such as 2>&1.
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
		io.mayFail("a descriptor", "its output may not be redirected")
	}
}

// inputFrom reads a redirection of the input from a file.
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
		io.mayFail(display(name), "the file that it reads may not be there")
	default:
		for _, part := range d.Word.Parts {
			if _, ok := part.(*syntax.ProcSubst); ok {
				io.stdin = &text
				return
			}
		}
		io.mayFail(display(name), "the file that it reads may not be there")
	}
	io.stdin = &text
}

// outputTo reads a redirection of an output, or of both, to a file.
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
	if r.namesScript(d.Word) {
		r.unknown(offset(d.OpPos), "the script writes to itself")
	}
	name := r.abs(r.target(d.Word))
	if d.Op == syntax.RdrAll && r.s.dialect != bash {
		io.doubt = "a POSIX shell runs it in the background"
	}
	if strings.HasPrefix(name, "/dev/") {
		io.openDevice(name)
		redirect(discarded)
		return
	}
	redirect(name)
	if !r.m.Files.opens(name) {
		io.mayNotOpen(name)
	}
	open := !both && fd != "" && fd != "1" && fd != "2"
	io.opened = append(io.opened, write{name, d.Op == syntax.AppOut || d.Op == syntax.AppAll, open})
}

// mayNotOpen says that a file which the output goes to may not open.
func (io *inout) mayNotOpen(name string) {
	io.mayFail(display(name), "the file "+display(name)+" that its output goes to may not open")
}

// mayFail says that a redirection from or to a file may not be made, and the doubt
// about the command for that reason.
func (io *inout) mayFail(file, doubt string) { io.file, io.fails = file, doubt }

// openDevice opens a device, which a node may not have. What the shell takes for a
// connection to a host is none, and a node has no terminal where scripts run.
func (io *inout) openDevice(name string) {
	switch name {
	case "/dev/null", "/dev/zero", "/dev/console", "/dev/kmsg", "/dev/stdin", "/dev/stdout", "/dev/stderr":
		return
	}
	for _, prefix := range [...]string{"/dev/fd/", "/dev/shm/", "/dev/tty"} {
		if strings.HasPrefix(name, prefix) && name != "/dev/tty" {
			return
		}
	}
	io.mayNotOpen(name)
}

// namesScript reports whether a word is the name of the script that runs.
func (r *runner) namesScript(w *syntax.Word) bool {
	parts := w.Parts
	if len(parts) == 1 {
		if q, ok := parts[0].(*syntax.DblQuoted); ok {
			parts = q.Parts
		}
	}
	if len(parts) != 1 || !r.isFile {
		return false
	}
	p, ok := parts[0].(*syntax.ParamExp)
	return ok && p.Param != nil && isPlain(p) && (p.Param.Value == "0" || p.Param.Value == "BASH_SOURCE")
}

// target returns the name of the file that a redirection is to. Patterns in it are
// expanded.
func (r *runner) target(w *syntax.Word) string {
	if words := r.fields([]*syntax.Word{w}); len(words) == 1 {
		return words[0].Text
	}
	return Unknown
}
