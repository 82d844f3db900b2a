package shell

import (
	"maps"
	"path"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// simple runs a simple command: its assignments, and what its words call.
func (r *runner) simple(c *syntax.CallExpr) status {
	if len(c.Args) == 0 {
		st := success
		for _, a := range c.Assigns {
			if r.assignment(a) {
				st = unsure
			}
		}
		r.ends("a command", st)
		return st
	}
	words := r.fields(c.Args)
	after := r.temporarily(c.Assigns, words)
	defer after()
	if r.s.debugTrap && r.s.ended == "" {
		r.s.ended = "a trap may run before it"
	}
	at := r.place(offset(c.Args[0].Pos()))
	st := r.call(invocation{words: words, at: at, last: c.Args[len(c.Args)-1]})
	r.ends(name(words), st)
	return st
}

// name returns the name of a command for a message.
func name(words []Word) string {
	if len(words) == 0 || !words[0].Known() {
		return "a command"
	}
	return path.Base(words[0].Text)
}

// doubting runs something that may not run, for the reason that doubt gives.
func (r *runner) doubting(doubt string, run func() status) status {
	if doubt == "" {
		return run()
	}
	skipped, unless := r.s.skipped, r.s.unless
	r.s.skipped, r.s.unless = either(skipped, doubt), nil
	st := run()
	r.s.skipped, r.s.unless = skipped, unless
	return st
}

// An invocation is a command that is called by its words.
type invocation struct {
	words    []Word
	at       int
	last     *syntax.Word // the last word as it is written in the script, or nil
	external bool         // functions and builtins are not asked
	builtin  bool         // functions are not asked
}

func (c invocation) shift(n int) invocation {
	c.words = c.words[n:]
	return c
}

// call runs a command.
func (r *runner) call(c invocation) status {
	if len(c.words) == 0 {
		return success
	}
	if r.depth > maxDepth {
		r.emit(&Step{Words: c.words, At: c.at, Reason: "its commands are nested too deeply"})
		return unsure
	}
	r.depth++
	defer func() { r.depth-- }()
	first := c.words[0]
	if !first.Known() {
		return r.callUnknown(c)
	}
	if !c.external && !c.builtin {
		if f, ok := r.s.funcs[first.Text]; ok {
			return r.function(first.Text, f, c)
		}
		if r.s.anyDef {
			return r.doubting("a function of its name may be defined", func() status { c.builtin = true; return r.call(c) })
		}
	}
	if !c.external {
		if st, ok := r.builtin(c); ok {
			return st
		}
	}
	if r.s.aliases && r.s.expandAliases {
		return r.doubting("an alias may change it", func() status { return r.program(c) })
	}
	return r.program(c)
}

// callUnknown runs a command whose name is not known. If its first word may be
// nothing, the command may be what follows.
func (r *runner) callUnknown(c invocation) status {
	if c.words[0].Splits && c.words[0].Text == Unknown && len(c.words) > 1 {
		r.doubting("what comes before it is not known", func() status { return r.call(c.shift(1)) })
	}
	for _, name := range slices.Sorted(maps.Keys(r.s.funcs)) {
		if f := r.s.funcs[name]; c.words[0].May(name) && !c.external && r.calling[name] == 0 {
			f.sure = true
			r.doubting("its name is not known", func() status { return r.function(name, f, c) })
		}
	}
	r.output(r.doubtingStep("its name is not known", &Step{Words: c.words, At: c.at, Stdin: r.stdin}))
	r.arguments(c)
	return unsure
}

func (r *runner) doubtingStep(doubt string, s *Step) string {
	out := ""
	r.doubting(doubt, func() status { out = r.emit(s); return unsure })
	return out
}

// output takes what a command has written.
func (r *runner) output(text string) {
	if r.out != nil && r.out.Len() < 1<<16 {
		r.out.WriteString(text)
	}
}

// function calls a function, or what else its name may call.
func (r *runner) function(name string, f function, c invocation) status {
	if !f.sure {
		c := c
		c.builtin = true
		r.doubting("a function of its name may be defined", func() status { return r.call(c) })
	}
	if r.calling == nil {
		r.calling = map[string]int{}
	}
	if r.calling[name] > maxCalls {
		r.emit(&Step{Words: c.words, At: c.at, Reason: "the function " + name + " calls itself"})
		return unsure
	}
	r.calling[name]++
	defer func() {
		if r.calling[name]--; r.calling[name] == 0 {
			delete(r.calling, name)
		}
	}()
	params, returned, token := r.s.params, r.s.returned, r.token
	st := success
	for i, body := range f.bodies {
		r.s.params = c.words[1:]
		r.token = f.tokens[i]
		if f.sure && len(f.bodies) == 1 {
			st = r.body(body)
			continue
		}
		after, _ := r.branch("a function may be defined differently", false, nil, func() status { return r.body(body) })
		r.s.join(r.s.clone(), after)
		st = unsure
	}
	if r.s.returned != returned {
		st = unsure
	}
	r.s.params, r.s.returned, r.token = params, returned, token // bash before 4.4 leaves a loop around the call, too
	return st
}

// body runs the body of a function, and restores what is local to it.
func (r *runner) body(s *syntax.Stmt) status {
	locals, entered := r.locals, r.entered
	r.locals, r.entered = nil, r.branches
	st := r.stmt(s)
	for _, undo := range slices.Backward(r.locals) {
		undo()
	}
	r.locals, r.entered = locals, entered
	return st
}
