package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A status is the exit status of a command.
type status uint8

const (
	unsure status = iota
	success
	failure
)

func (s status) negate() status {
	switch s {
	case success:
		return failure
	case failure:
		return success
	}
	return unsure
}

// A runner runs the statements of one script.
type runner struct {
	m     *Machine
	s     *state
	token string           // see hide
	place func(at int) int // the offset in the script of one in the text that is run

	stdin *string          // what commands read from their standard input, or nil
	out   *strings.Builder // what takes their output, or nil

	guarded  int // above 0, set -e does not count
	depth    int
	budget   *int
	deferred []func()

	fromStdin  bool // the text is read from standard input, which a command may read away
	forgetting map[*syntax.Stmt]bool
	calling    map[string]int // how often functions run at the moment
}

// stmt runs a statement with its redirections.
func (r *runner) stmt(s *syntax.Stmt) status {
	if *r.budget < 0 || s == nil {
		return unsure
	}
	if s.Background || s.Coprocess || s.Disown {
		r.later("it runs in the background", func() {
			r.subshell([]*syntax.Stmt{{Cmd: s.Cmd, Position: s.Position, Negated: s.Negated, Redirs: s.Redirs}})
		})
		return success
	}
	if s.Negated {
		r.guarded++
		defer func() { r.guarded-- }()
	}
	st := r.redirected(s)
	if s.Negated {
		return st.negate()
	}
	return st
}

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

// command runs a compound command.
func (r *runner) command(c syntax.Command) status {
	switch c := c.(type) {
	case *syntax.CallExpr:
		return r.simple(c)
	case *syntax.Block:
		return r.list(c.Stmts)
	case *syntax.Subshell:
		st := r.subshell(c.Stmts)
		r.ends("a subshell", st)
		return st
	case *syntax.IfClause:
		return r.ifClause(c)
	case *syntax.WhileClause:
		return r.while(c)
	case *syntax.ForClause:
		return r.forClause(c)
	case *syntax.CaseClause:
		return r.caseClause(c)
	case *syntax.BinaryCmd:
		return r.binary(c)
	case *syntax.FuncDecl:
		return r.define(c)
	case *syntax.TimeClause:
		if c.Stmt == nil {
			return success
		}
		return r.stmt(c.Stmt)
	case *syntax.CoprocClause:
		r.later("it runs in the background", func() { r.subshell([]*syntax.Stmt{c.Stmt}) })
		return success
	case *syntax.DeclClause:
		return r.declare(c)
	case *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause:
		r.forget(c)
		r.nested(c)
		r.ends("a test", unsure)
		return unsure
	}
	r.unknown(offset(c.Pos()), "it is a command that is not known")
	return unsure
}

// nested runs the command substitutions in a node.
func (r *runner) nested(node syntax.Node) {
	if node == nil {
		return
	}
	syntax.Walk(node, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CmdSubst); ok {
			r.substitute(c.Stmts)
			return false
		}
		return true
	})
}

// ends says that the script may have ended where set -e is on and a command may
// have failed.
func (r *runner) ends(what string, st status) {
	if !r.s.errexit || r.guarded > 0 || st == success || seldomFails(what) {
		return
	}
	ended := &r.s.ended
	if installs(what) {
		ended = &r.s.soft
	}
	if *ended == "" {
		*ended = "set -e ends the script where " + what + " before it fails"
	}
}

// installs reports whether a program installs packages.
func installs(name string) bool {
	switch name {
	case "yum", "dnf", "apt-get", "apt", "amazon-linux-extras", "tdnf":
		return true
	}
	return false
}

// list runs statements one after the other.
func (r *runner) list(stmts []*syntax.Stmt) status {
	st := success
	for _, s := range stmts {
		st = r.stmt(s)
	}
	return st
}

// subshell runs statements in a shell of its own: what they change ends with it.
func (r *runner) subshell(stmts []*syntax.Stmt) status {
	outer := r.s
	r.s = r.s.clone()
	st := r.list(stmts)
	if r.s.ended != outer.ended || r.s.soft != outer.soft {
		st = unsure
	}
	r.s = outer
	return st
}

// branch runs something in a copy of the state, which may not be taken at all.
func (r *runner) branch(doubt string, dead bool, unless []*Step, run func() status) (*state, status) {
	outer := r.s
	r.s = outer.clone()
	switch {
	case doubt == "":
	case outer.skipped == "":
		r.s.skipped, r.s.unless = doubt, unless
	case len(unless) > 0 && len(outer.unless) > 0:
		r.s.unless = slices.Concat(outer.unless, unless)
	default:
		r.s.unless = nil
	}
	r.s.dead = outer.dead || dead
	st := run()
	s := r.s
	r.s = outer
	return s, st
}

// condition runs the statements of a condition. It returns their status, and the
// step that it is the status of, where it is one command.
func (r *runner) condition(stmts []*syntax.Stmt) (st status, one *Step) {
	r.guarded++
	defer func() { r.guarded-- }()
	var last *Step
	n := 0
	run := r.m.Run
	r.m.Run = func(s *Step) string {
		last = s
		n++
		return run(s)
	}
	st = r.list(stmts)
	r.m.Run = run
	if n != 1 || len(stmts) != 1 {
		last = nil
	}
	return st, last
}

func (r *runner) ifClause(c *syntax.IfClause) status {
	if len(c.Cond) == 0 { // an else
		return r.list(c.Then)
	}
	st, one := r.condition(c.Cond)
	var unlessThen, unlessElse []*Step
	if one != nil && len(c.Cond) == 1 && c.Cond[0].Negated {
		unlessThen = append(unlessThen, one)
	} else if one != nil {
		unlessElse = append(unlessElse, one)
	}
	return r.choose(st, unlessThen, unlessElse,
		func() status { return r.list(c.Then) },
		func() status {
			if c.Else == nil {
				return success
			}
			return r.ifClause(c.Else)
		})
}

// choose runs what is done after a status of success, or otherwise.
func (r *runner) choose(st status, unlessThen, unlessElse []*Step, then, otherwise func() status) status {
	const doubt = "it stands in a branch that may not be taken"
	switch st {
	case success:
		r.branch("", true, nil, otherwise)
		return then()
	case failure:
		r.branch("", true, nil, then)
		return otherwise()
	}
	a, sa := r.branch(doubt, false, unlessThen, then)
	b, sb := r.branch(doubt, false, unlessElse, otherwise)
	r.s.join(a, b)
	if sa == sb {
		return sa
	}
	return unsure
}

func (r *runner) binary(c *syntax.BinaryCmd) status {
	switch c.Op {
	case syntax.AndStmt:
		st, _ := r.condition([]*syntax.Stmt{c.X})
		return r.choose(st, nil, nil,
			func() status { return r.stmt(c.Y) },
			func() status { return failure })
	case syntax.OrStmt:
		return r.alternatives(operands(c, nil))
	}
	return r.pipe(c)
}

// operands returns the operands of a chain of ||.
func operands(c *syntax.BinaryCmd, more []*syntax.Stmt) []*syntax.Stmt {
	more = append([]*syntax.Stmt{c.Y}, more...)
	x, ok := c.X.Cmd.(*syntax.BinaryCmd)
	if ok && x.Op == syntax.OrStmt && !c.X.Negated && !c.X.Background && len(c.X.Redirs) == 0 && len(more) < maxDepth {
		return operands(x, more)
	}
	return append([]*syntax.Stmt{c.X}, more...)
}

// alternatives runs statements until one succeeds.
func (r *runner) alternatives(stmts []*syntax.Stmt) status {
	if len(stmts) == 1 {
		return r.stmt(stmts[0])
	}
	st, one := r.condition(stmts[:1])
	var unless []*Step
	if one != nil && !stmts[0].Negated {
		unless = []*Step{one}
	}
	return r.choose(st, nil, unless,
		func() status { return success },
		func() status { return r.alternatives(stmts[1:]) })
}

// pipe runs a pipeline: each part in a subshell, the second with the first's
// output.
func (r *runner) pipe(c *syntax.BinaryCmd) status {
	var b strings.Builder
	out := r.out
	r.out = &b
	first := r.subshell([]*syntax.Stmt{c.X})
	r.out = out
	text, stdin, fromStdin := b.String(), r.stdin, r.fromStdin
	r.stdin, r.fromStdin = &text, false
	st := r.subshell([]*syntax.Stmt{c.Y})
	r.stdin, r.fromStdin = stdin, fromStdin
	if r.s.pipefail && first != success {
		st = unsure
	}
	r.ends("a pipeline", st)
	return st
}

func (r *runner) while(c *syntax.WhileClause) status {
	r.forget(c)
	st, _ := r.condition(c.Cond)
	if c.Until {
		st = st.negate()
	}
	if st == failure {
		r.branch("", true, nil, func() status { return r.list(c.Do) })
		return success
	}
	doubt := "it stands in a loop that may not run"
	if st == success {
		doubt = ""
	}
	broke := r.s.broke
	after, _ := r.branch(doubt, false, nil, func() status { return r.list(c.Do) })
	leaves := after.broke != ""
	after.broke = broke
	r.s.join(r.s.clone(), after)
	r.forget(c)
	if st == success && !leaves && r.s.ended == "" {
		r.s.ended = "the loop before it never ends"
	}
	return unsure
}

func (r *runner) forClause(c *syntax.ForClause) status {
	body := func() status { return r.list(c.Do) }
	iter, ok := c.Loop.(*syntax.WordIter)
	if loop, ok := c.Loop.(*syntax.CStyleLoop); ok {
		for _, x := range [...]syntax.ArithmExpr{loop.Init, loop.Cond, loop.Post} {
			if x != nil {
				r.nested(x)
			}
		}
	}
	if !ok {
		r.forget(c)
		after, _ := r.branch("it stands in a loop that may not run", false, nil, body)
		after.broke = r.s.broke
		r.s.join(r.s.clone(), after)
		r.forget(c)
		return unsure
	}
	items := r.s.params
	if iter.InPos.IsValid() {
		items = r.fields(iter.Items)
	}
	name, broke := r.show(iter.Name.Value), r.s.broke
	certain := !c.Select && len(items) > 0 && len(items) <= 64
	for _, w := range items {
		certain = certain && !w.Splits
	}
	if len(items) == 0 && !c.Select {
		r.branch("", true, nil, body)
		return success
	}
	if !certain {
		for _, w := range items[:min(len(items), 64)] {
			r.forget(c)
			r.s.assign(name, value{text: w.Text})
			after, _ := r.branch("it stands in a loop that may not run", false, nil, body)
			after.broke = broke
			r.s.join(r.s.clone(), after)
		}
		r.forget(c)
		return unsure
	}
	st := success
	for _, w := range items {
		r.s.assign(name, value{text: w.Text})
		st = r.list(c.Do)
	}
	if r.s.broke != broke {
		r.forget(c)
	}
	r.s.broke = broke
	return st
}

func (r *runner) caseClause(c *syntax.CaseClause) status {
	word := Word{Text: r.one(c.Word)}
	known, matched := word.Known(), false
	outer := r.s.clone()
	result := r.s.clone()
	for _, item := range c.Items {
		may, sure := false, false
		for _, p := range item.Patterns {
			pattern := r.pattern(p)
			switch {
			case pattern == Unknown:
				may, sure = true, true
			case known && !strings.Contains(pattern, Unknown):
				hit := pattern == word.Text
				may, sure = may || hit, sure || hit
			default:
				may = true
			}
		}
		falls := item.Op != syntax.Break
		taken := sure && !matched && !falls
		dead := !may && !falls
		doubt := "it stands in a branch that may not be taken"
		if taken {
			doubt = ""
		}
		if dead {
			r.branch(doubt, true, nil, func() status { return r.list(item.Stmts) })
			continue
		}
		after, st := r.branch(doubt, false, nil, func() status { return r.list(item.Stmts) })
		if taken {
			r.s.join(after, after)
			return st
		}
		matched = matched || may
		result.join(result.clone(), after)
		if falls {
			known = false
		}
	}
	r.s.join(outer, result)
	return unsure
}

// pattern returns a pattern of a case, with Unknown for what matches any text.
func (r *runner) pattern(w *syntax.Word) string {
	var f fielder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			outer := r.s.noglob
			r.s.noglob = false
			r.literal(&f, r.show(p.Value), false)
			r.s.noglob = outer
		case *syntax.SglQuoted:
			f.add(r.single(p))
		case *syntax.DblQuoted:
			f.add(r.quoted(p.Parts))
		default:
			f.add("?" + Unknown) // not what matches everything
		}
	}
	text := f.text.String()
	if text == Unknown && w.Lit() != "*" {
		return "?" + Unknown
	}
	return text
}

// define defines a function.
func (r *runner) define(c *syntax.FuncDecl) status {
	if c.Name == nil {
		r.s.anyDef = true
		return success
	}
	name := r.show(c.Name.Value)
	f := function{bodies: []*syntax.Stmt{c.Body}, tokens: []string{r.token}, sure: true}
	if r.s.returned != "" || r.s.broke != "" {
		old := r.s.funcs[name]
		f = function{append(old.bodies[:len(old.bodies):len(old.bodies)], c.Body), append(old.tokens[:len(old.tokens):len(old.tokens)], r.token), old.sure}
	}
	r.s.funcs[name] = f
	if strings.Contains(name, Unknown) {
		r.s.anyDef = true
	}
	return success
}
