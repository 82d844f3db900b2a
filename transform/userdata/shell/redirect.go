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
	if len(io.writes) > 0 || io.dropped {
		r.out = &b
	}
	skipped, unless := r.s.skipped, r.s.unless
	if io.doubt != "" {
		r.s.skipped, r.s.unless = io.doubt, nil
	}
	sure := r.s.doubt() == ""
	if r.s.dead {
		io.writes = nil
	}
	for _, w := range io.writes {
		r.m.Files.at = r.place(offset(s.Pos()))
		if !w.appends {
			r.m.Files.write(w.path, "", sure)
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
	for _, w := range io.writes {
		r.m.Files.at = r.place(offset(s.Pos()))
		if w.appends {
			r.m.Files.add(w.path, b.String(), sure)
		} else if b.Len() > 0 {
			r.m.Files.write(w.path, b.String(), sure)
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

// An inout is what the redirections of a command are.
type inout struct {
	stdin   *string
	input   bool // stdin is redirected
	dropped bool // the output goes somewhere else
	writes  []write
	doubt   string
}

type write struct {
	path    string
	appends bool
}

// redirections reads redirections.
func (r *runner) redirections(redirs []*syntax.Redirect) (io inout) {
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
		case syntax.RdrIn, syntax.RdrInOut:
			r.inputFrom(d, &io)
		case syntax.DplIn:
			io.input, io.stdin = true, nil
		case syntax.DplOut:
			target := r.one(d.Word)
			if fd == "" || fd == "1" {
				io.dropped = true
			}
			if target != "1" && target != "2" && target != "-" && target != "3" {
				io.dropped = true
				io.doubt = "its output may not be redirected"
			}
		default:
			r.outputTo(d, fd, &io)
		}
	}
	return io
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
	return tabs(d, r.quoted(d.Hdoc.Parts))
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
	for _, part := range d.Word.Parts {
		if _, ok := part.(*syntax.ProcSubst); ok {
			r.one(d.Word)
			io.dropped = true
			return
		}
	}
	name := r.abs(r.one(d.Word))
	stdout := fd == "" || fd == "1" || d.Op == syntax.RdrAll || d.Op == syntax.AppAll
	if stdout {
		io.dropped = true
	}
	if d.Op == syntax.RdrAll && r.s.posix {
		io.doubt = "a POSIX shell runs it in the background"
	}
	if strings.HasPrefix(name, "/dev/") {
		return
	}
	if !r.m.Files.opens(name) {
		io.doubt = "the file " + name + " that its output goes to may not open"
	}
	if stdout {
		io.writes = append(io.writes, write{name, d.Op == syntax.AppOut || d.Op == syntax.AppAll})
	}
}

// abs returns the path that a name means in the directory of the script.
func (r *runner) abs(name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return clean(name)
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
	for {
		i := strings.Index(name, "/../")
		if i < 0 || strings.Contains(name[:i], Unknown) {
			return name
		}
		name = name[:max(0, strings.LastIndexByte(name[:i], '/'))] + name[i+len("/.."):]
	}
}
