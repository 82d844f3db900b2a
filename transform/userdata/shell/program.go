package shell

import (
	"path"
	"strings"
)

// program runs a program, which may be a script that is known, or only run
// another.
func (r *runner) program(c invocation) status {
	name := path.Base(c.words[0].Text)
	if !strings.Contains(c.words[0].Text, "/") && r.s.path != "" {
		return r.doubting(r.s.path, func() status { return r.named(name, c) })
	}
	return r.named(name, c)
}

func (r *runner) named(name string, c invocation) status {
	if texts := r.texts(c.words[0].Text); texts != nil {
		return r.doubting("what is in "+c.words[0].Text+" may not be known", func() status {
			for _, text := range texts {
				r.child(text, c.words[1:], c.at, nil)
			}
			r.output(Unknown)
			r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin})
			return unsure
		})
	}
	if f := r.m.Files.Get(r.abs(c.words[0].Text)); f != nil && f.Sure && strings.Contains(c.words[0].Text, "/") {
		r.child(f.Text, c.words[1:], c.at, nil)
		r.output(Unknown)
		return unsure
	}
	if isShell(name) {
		return r.shell(name, c)
	}
	if w, ok := wrapperOf(name); ok {
		return r.wrapper(w, c)
	}
	if st, ok := r.fileProgram(name, c); ok {
		return st
	}
	r.output(r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin}))
	r.arguments(c)
	if name == "sleep" && strings.Contains(join(c.words), " inf") || name == "tail" && (strings.Contains(join(c.words), " -f") || strings.Contains(join(c.words), " -F")) {
		r.s.ended = name + " before it never ends"
	}
	if r.fromStdin && !leavesStdin(name) {
		r.s.ended = name + " may read away the script"
	}
	return r.statusOf(name, c)
}

// texts returns what a program's file may hold where scripts have changed it and
// it is not sure.
func (r *runner) texts(name string) []string {
	if strings.Contains(name, "/") {
		if f := r.m.Files.touched(r.abs(name)); f != nil && !f.Sure {
			return f.Texts()
		}
		return nil
	}
	var all []string
	for _, dir := range programPaths {
		if f := r.m.Files.touched(dir + "/" + name); f != nil {
			all = append(all, f.Texts()...)
		}
	}
	return all
}

// child runs a text as a script in a process of its own.
func (r *runner) child(text string, params []Word, at int, place func(int) int) {
	if place == nil {
		place = func(int) int { return at }
	}
	c := r.process(place)
	c.s.params = params
	c.script(text)
}

// process returns a runner for a shell that the script starts.
func (r *runner) process(place func(int) int) *runner {
	c := &runner{m: r.m, s: newState(), place: place, stdin: r.stdin, out: r.out, depth: r.depth + 1, budget: r.budget}
	c.s.skipped, c.s.unless, c.s.dead = r.s.doubt(), nil, r.s.dead
	if r.s.onlySkipped() {
		c.s.unless = r.s.unless
	}
	for name, f := range r.s.funcs { // they may be exported
		f.sure = false
		c.s.funcs[name] = f
	}
	c.calling = r.calling
	c.s.path, c.s.dir, c.s.soft = r.s.path, r.s.dir, r.s.soft
	return c
}

// arguments runs what a program that is not known may run of its arguments, or
// of its input: their words from the name of a program that matters on, or the
// text as a script.
func (r *runner) arguments(c invocation) {
	if quiet(path.Base(c.words[0].Text)) {
		return
	}
	for i, w := range c.words[1:] {
		if Matters(path.Base(w.Text)) {
			words := c.words[i+1:]
			for k, w := range words {
				if w.Text == ";" || w.Text == "+" { // of find
					words = words[:k]
					break
				}
			}
			r.doubting("another program may run it", func() status { return r.call(invocation{words: words, at: c.at, external: true}) })
			return
		}
		if strings.ContainsAny(w.Text, " \n;") && mentions(w.Text) {
			r.maybeScript(w.Text, c.at)
		}
	}
	if r.stdin != nil && mentions(*r.stdin) && !Matters(path.Base(c.words[0].Text)) {
		r.maybeScript(*r.stdin, c.at)
	}
}

// maybeScript runs a text that a program may run as a script.
func (r *runner) maybeScript(text string, at int) {
	r.doubting("another program may run it", func() status {
		c := r.process(func(int) int { return at })
		if _, err := statements(text); err != nil || strings.HasPrefix(text, "#!") && !isShell(first(interpreter(text))) {
			r.emit(&Step{Words: []Word{{Text: Unknown}, {Text: text}}, At: at, Reason: "another program may run what it is given"})
			return unsure
		}
		c.script(strings.TrimPrefix(text, "#!"))
		r.emit(&Step{Words: []Word{{Text: Unknown}, {Text: text}}, At: at, Reason: "another program may run what it is given"})
		return unsure
	})
}

func first(name string, _ []string) string { return name }
