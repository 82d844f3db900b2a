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

	line     int // the number of the line that the shell has read: see mayDiscard
	now      int // the place of the statement that runs
	guarded  int // above 0, set -e does not apply
	depth    int
	budget   *int
	deferred []deferral
	atEnd    bool     // a trap may do something that matters at the end
	subs     int      // in how many subshells it runs
	branches int      // in how many branches that may not be taken
	entered  int      // branches where the function was called
	locals   []func() // restore what is local to the function

	isFile    bool           // the text is that of a file
	fromStdin bool           // the text is read from standard input, which a command may read away
	over      string         // why the shell has ended: see mayEnd
	discards  bool           // it has not, but goes on after the line
	calling   map[string]int // how many calls of each function are running
}

// stmt runs a statement with its redirections.
func (r *runner) stmt(s *syntax.Stmt) status {
	if s == nil || *r.budget < 0 || !r.spend(r.place(offset(s.Pos()))) {
		return unsure
	}
	r.now = r.place(offset(s.Pos()))
	if r.over != "" {
		r.pass(s)
		return failure
	}
	if s.Background || s.Coprocess || s.Disown {
		r.output(Unknown) // of it, sooner or later
		r.later("it runs in the background", func() {
			r.subshell([]*syntax.Stmt{{Cmd: s.Cmd, Position: s.Position, Negated: s.Negated, Redirs: s.Redirs}})
		})
		return success
	}
	for _, d := range s.Redirs { // {name}>file
		if d.N != nil && strings.HasPrefix(d.N.Value, "{") {
			r.assigned(strings.Trim(r.show(d.N.Value), "{}"))
		}
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
		r.output(Unknown) // the time, where its errors go the same way
		return r.stmt(c.Stmt)
	case *syntax.CoprocClause:
		r.later("it runs in the background", func() { r.beside([]*syntax.Stmt{c.Stmt}, true) })
		r.s.forget("COPROC")
		if c.Name != nil {
			r.s.forget(r.one(c.Name))
			r.s.forget(r.one(c.Name) + "_PID")
		}
		return success
	}
	return r.clause(c)
}

// clause runs a command that has words of its own, such as a test.
func (r *runner) clause(c syntax.Command) status {
	switch c := c.(type) {
	case *syntax.DeclClause:
		st := r.declare(c)
		r.ends("a declaration", st)
		return st
	case *syntax.TestClause:
		st := r.testExpr(c.X)
		if r.s.dialect != bash { // it may be a program that is not there
			st = unsure
		}
		r.ends("a test", st)
		return st
	case *syntax.ArithmCmd:
		st := r.arithmetic(c.X)
		if r.s.dialect != bash { // two subshells
			st = unsure
		}
		r.ends("a test", st)
		return st
	case *syntax.LetClause:
		for _, x := range c.Exprs {
			if w, ok := x.(*syntax.Word); ok && w.Lit() == "" {
				r.let(r.fields([]*syntax.Word{w}))
			} else {
				r.arithmetic(x)
			}
		}
		r.ends("a test", unsure)
		return unsure
	}
	r.unknown(offset(c.Pos()), "it is a command that is not known")
	return unsure
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
	outer, locals, over, stops := r.s, r.locals, r.over, r.m.stops
	r.s = r.s.clone()
	r.subs++
	st := r.list(stmts)
	r.subs--
	if r.m.stops != stops {
		r.m.lineAt = -1 // where it may end is another place than those after it
	}
	if r.s.ended != outer.ended {
		st = unsure
	}
	if r.over != over {
		st = failure
	}
	r.s, r.locals, r.over, r.discards = outer, locals, over, false
	return st
}

// branch runs something that may not run at all, in a copy of the state.
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
	r.s.onFailure = outer.onFailure || len(unless) > 0 && areProgramFiles(unless)
	r.s.dead = outer.dead || dead
	r.branches++
	st := run()
	r.branches--
	s := r.s
	r.s = outer
	return s, st
}

// condition runs the statements of a condition. It returns their status, and the
// step that it is the status of if the condition is one command.
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
	r.checked(stmts...)
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

// choose runs then after a success, otherwise after a failure, or either if that is unsure.
func (r *runner) choose(st status, unlessThen, unlessElse []*Step, then, otherwise func() status) status {
	const doubt = "it is in a branch that may not be taken"
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
	doubt := ""
	if !r.isOneProgram(c.X) && !r.readsAll(c.Y) {
		doubt = "what reads its output may end earlier, and end it"
	}
	first := r.doubting(doubt, func() status { return r.subshell([]*syntax.Stmt{c.X}) })
	r.out = out
	text, stdin, fromStdin := b.String(), r.stdin, r.fromStdin
	r.stdin, r.fromStdin = &text, false
	st := unsure
	if before := r.s.clone(); r.s.lastpipe { // the shell itself may run it
		st = r.stmt(c.Y)
		r.s.join(before, r.s.clone())
	} else {
		st = r.subshell([]*syntax.Stmt{c.Y})
	}
	r.stdin, r.fromStdin = stdin, fromStdin
	if r.s.pipefail && first != success {
		st = unsure
	}
	r.ends(r.lastOf(c), st)
	return st
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
