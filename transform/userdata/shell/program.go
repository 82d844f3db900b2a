package shell

import (
	"path"
	"slices"
	"strings"
)

// program runs a program, which may be a script that is known, or only run
// another.
func (r *runner) program(c invocation) status {
	name, doubt := path.Base(c.words[0].Text), either(r.s.environ, r.elsewhere(c.words[0].Text))
	if !strings.Contains(c.words[0].Text, "/") {
		doubt = either(doubt, r.s.path)
	}
	return r.doubting(doubt, func() status { return r.named(name, c) })
}

// elsewhere returns the doubt that a program may not be there: one that is called by a
// path, and that a rule or its saving depends on.
func (r *runner) elsewhere(program string) string {
	name, dir := path.Base(program), "/usr/bin"
	switch {
	case !strings.Contains(program, "/"), r.m.Files.Get(r.abs(program)) != nil:
		return ""
	case aboutPackets(name), name == "service", name == "chkconfig":
		dir = "/usr/sbin"
	case name == "yum", name == "dnf", name == "systemctl", reliedOn(name), isShell(name):
	default:
		return ""
	}
	if path.Dir(r.m.Files.resolve(r.abs(program))) == dir {
		return ""
	}
	return "whether there is " + display(program) + " is not known"
}

func (r *runner) named(name string, c invocation) status {
	if st, ok := r.written(c); ok {
		return st
	}
	if isShell(name) {
		return r.shell(name, c)
	}
	if name == "su" || name == "runuser" && !namesUser(c.words[1:]) {
		return r.su(c)
	}
	if w, ok := wrapperOf(name); ok {
		return r.wraps(w, c)
	}
	if st, ok := r.fileProgram(name, c); ok {
		return st
	}
	step := &Step{Words: c.words, At: c.at, Stdin: r.stdin}
	r.output(r.emit(step))
	r.arguments(c)
	r.endsBy(name, c)
	if step.Fails {
		return unsure
	}
	return r.statusOf(name, c)
}

// written runs a program whose file scripts have written, or returns false.
func (r *runner) written(c invocation) (status, bool) {
	name := c.words[0].Text
	run := func(texts []string, doubt string, itself bool) (status, bool) {
		return r.doubting(doubt, func() status {
			st := unsure
			for _, text := range texts {
				st = r.child(text, c.words[1:], c.at, nil)
			}
			r.output(Unknown)
			if itself {
				r.emit(&Step{Words: c.words, At: c.at, Stdin: r.stdin})
				return unsure
			}
			return st
		}), true
	}
	if texts := r.texts(name); texts != nil {
		return run(texts, "what is in "+name+" may not be known", true)
	}
	switch f := r.m.Files.Get(r.abs(name)); {
	case f == nil, !f.Sure, !strings.Contains(name, "/"):
		return unsure, false
	case f.Runs:
		doubt := ""
		if _, is := r.m.Files.NoExec(r.abs(name)); is {
			doubt = name + " may be on a file system that is mounted with noexec"
		}
		return run([]string{f.Text}, doubt, false)
	default:
		return run([]string{f.Text}, "nothing makes "+name+" executable for certain", false)
	}
}

// endsBy records that a script may have ended because of a program: one that kills it,
// never ends itself, or reads it away.
func (r *runner) endsBy(name string, c invocation) {
	switch name {
	case "kill":
		r.kill(c)
	case "pkill", "killall":
		r.killByName(name, c.words[1:])
	case "killall5":
		r.kills(true)
	case "sleep":
		if strings.Contains(join(c.words), " inf") {
			r.s.ended = "sleep before it never ends"
		}
	case "tail":
		if slices.ContainsFunc(c.words[1:], func(w Word) bool { return strings.HasPrefix(w.Text, "-") && strings.ContainsAny(w.Text, "fF") }) {
			r.s.ended = "tail before it never ends"
		}
	}
	if !leavesStdin(name) {
		r.readsAway(name)
	}
}

// texts returns what a program's file may hold if scripts have changed it and that is
// not sure.
func (r *runner) texts(name string) []string {
	if strings.Contains(name, "/") {
		if f := r.m.Files.touched(r.abs(name)); f != nil && !f.Sure {
			return f.Written()
		}
		return nil
	}
	if !r.m.Files.programs {
		return nil
	}
	var all []string
	names := []string{name}
	if aboutPackets(name) { // a link to one of these
		names = append(names, "xtables-nft-multi", "xtables-legacy-multi", "xtables-multi", "iptables-nft", "iptables-legacy")
	}
	for _, dir := range programPaths {
		for _, name := range names {
			if f := r.m.Files.touched(dir + "/" + name); f != nil {
				all = append(all, f.Texts()...)
			}
		}
	}
	if f := r.m.Files.touched("/etc/alternatives/" + name); f != nil {
		all = append(all, f.Texts()...)
	}
	return all
}

// child runs a text as a script in a process of its own.
func (r *runner) child(text string, params []Word, at int, place func(int) int) status {
	if place == nil {
		place = func(int) int { return at }
	}
	c := r.process(place)
	c.s.params, c.isFile = params, true
	c.script(text)
	return c.status()
}

// status returns the status of a shell that is done. The status of its last command
// is not known.
func (r *runner) status() status {
	if r.over != "" {
		return failure
	}
	return unsure
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
	c.s.path, c.s.environ, c.s.dir, c.s.moved, c.s.killed = r.s.path, r.s.environ, r.s.dir, r.s.moved, r.s.killed
	c.s.other = r.s.other
	return c
}

// arguments runs what a program that is not known may run from its arguments or its
// input: the words from the name of a program that matters on, or the text as a
// script.
func (r *runner) arguments(c invocation) {
	if quiet(path.Base(c.words[0].Text)) {
		return
	}
	for i, w := range c.words[1:] {
		if Matters(path.Base(w.Text)) && !(ReadAtBoot(r.m.Files.resolve(w.Text)) && !strings.HasSuffix(w.Text, ".sh")) {
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
		if strings.ContainsAny(w.Text, " \n;") && Mentions(w.Text) {
			r.maybeScript(w.Text, c.at)
		}
	}
	if r.stdin != nil && Mentions(*r.stdin) && !Matters(path.Base(c.words[0].Text)) {
		r.maybeScript(*r.stdin, c.at)
	}
}

// maybeScript runs a text that a program may run as a script.
func (r *runner) maybeScript(text string, at int) {
	r.doubting("another program may run it", func() status {
		c := r.process(func(int) int { return at })
		if _, err := statements(text); err != nil || strings.HasPrefix(text, "#!") && !isShell(interpreterOf(text).name) {
			r.emit(&Step{Words: []Word{{Text: Unknown}, {Text: text}}, At: at, Reason: "another program may run what it is given"})
			return unsure
		}
		c.script(strings.TrimPrefix(text, "#!"))
		r.emit(&Step{Words: []Word{{Text: Unknown}, {Text: text}}, At: at, Reason: "another program may run what it is given"})
		return unsure
	})
}

// namesUser reports whether options have runuser run a program, as sudo does, and not
// a shell.
func namesUser(args []Word) bool {
	return slices.ContainsFunc(args, func(w Word) bool { return strings.HasPrefix(w.Text, "-u") || strings.HasPrefix(w.Text, "--user") })
}

// asOther runs something that another user than root may run.
func (r *runner) asOther(run func() status) status {
	other := r.s.other
	r.s.other = true
	st := run()
	r.s.other = other
	return st
}

// su runs a text as another user, who may not be allowed to do what it does.
func (r *runner) su(c invocation) status {
	text, found := Unknown, false
	for i, w := range c.words[1:] {
		value, joined := strings.CutPrefix(w.Text, "--command=")
		switch {
		case (w.Text == "-c" || w.Text == "--command") && i+2 < len(c.words):
			text, found = c.words[i+2].Text, true
		case joined:
			text, found = value, true
		}
	}
	if !found && r.stdin != nil {
		text, found = *r.stdin, true
	}
	if !found {
		operands, _ := split(c.words[1:])
		operands = slices.DeleteFunc(operands, func(w Word) bool { return w.Text == "-" })
		if len(operands) > 1 { // what is after the user is for the shell
			r.emit(&Step{Words: c.words, At: c.at, Reason: "what another user runs is not known"})
		}
		return unsure
	}
	return r.asOther(func() status {
		return r.doubting("another user runs it", func() status {
			r.child("#!/bin/bash\n"+text, nil, c.at, nil)
			return unsure
		})
	})
}
