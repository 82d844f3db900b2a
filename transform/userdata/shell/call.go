package shell

import (
	"path"
	"slices"
	"strings"

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
	doubt := ""
	for _, a := range c.Assigns {
		value := r.one(a.Value)
		switch name := r.show(a.Name.Value); {
		case name == "PATH" && pathDoubt(value) != "", strings.HasPrefix(name, "LD_"), strings.HasPrefix(name, "XTABLES"), name == "BASH_ENV":
			doubt = "what " + name + " does to it is not known"
		}
	}
	if r.s.debugTrap && r.s.ended == "" {
		r.s.ended = "a trap may run before it"
	}
	at := r.place(offset(c.Args[0].Pos()))
	return r.doubting(doubt, func() status {
		st := r.call(invocation{words: words, at: at, last: c.Args[len(c.Args)-1]})
		r.ends(name(words), st)
		return st
	})
}

// name returns how a message calls a command.
func name(words []Word) string {
	if len(words) == 0 || !words[0].Known() {
		return "a command"
	}
	return path.Base(words[0].Text)
}

// doubting runs something that a doubt is about.
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

// assignment makes an assignment and reports whether it may fail.
func (r *runner) assignment(a *syntax.Assign) (mayFail bool) {
	name := r.show(a.Name.Value)
	v := value{}
	switch {
	case a.Array != nil:
		v.isArr = true
		for _, e := range a.Array.Elems {
			if e.Index != nil || e.Value == nil {
				v.array = append(v.array, Word{Unknown, true})
				continue
			}
			v.array = append(v.array, r.fields([]*syntax.Word{e.Value})...)
		}
	case a.Value != nil:
		before := *r.budget
		v.text = r.one(a.Value)
		mayFail = *r.budget != before
	}
	old, set := r.s.vars[name]
	switch {
	case a.Index != nil:
		r.nested(a.Index)
		v = value{isArr: true, array: []Word{{Unknown, true}}}
	case a.Append && !set:
		if name == "PATH" {
			v.text = oldPath + v.text
		} else {
			v = value{text: Unknown}
		}
	case a.Append && old.isArr:
		v = value{isArr: true, array: slices.Concat(old.array, v.array)}
	case a.Append:
		v.text = old.text + v.text
	}
	if strings.Contains(name, Unknown) {
		r.s.havoc()
		return mayFail
	}
	r.s.assign(name, v)
	return mayFail
}

// declare runs declare, export, local, readonly and the like.
func (r *runner) declare(c *syntax.DeclClause) status {
	st := success
	for _, a := range c.Args {
		switch {
		case a.Name == nil: // an option, or a word that is not known
			for _, w := range r.fields([]*syntax.Word{a.Value}) {
				name, text, assigns := strings.Cut(w.Text, "=")
				switch {
				case !w.Known():
					r.s.havoc()
				case strings.HasPrefix(w.Text, "-"):
					r.s.refs = r.s.refs || strings.ContainsAny(w.Text, "nilu")
				case assigns:
					r.s.assign(name, value{text: text})
				}
			}
		case a.Naked:
		default:
			outer := r.s.returned
			if c.Variant.Value == "local" {
				r.s.returned = "" // what a function leaves behind is forgotten when it returns
			}
			r.assignment(a)
			r.s.returned = outer
		}
	}
	return st
}

// An invocation is a command that is called by its words.
type invocation struct {
	words    []Word
	at       int
	last     *syntax.Word // the last word as it stands in the script, or nil
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
	if *r.budget < 0 {
		return unsure
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

// callUnknown runs a command whose name is not known. It may be what follows its
// first word, where that may be nothing.
func (r *runner) callUnknown(c invocation) status {
	if c.words[0].Splits && c.words[0].Text == Unknown && len(c.words) > 1 {
		r.doubting("what stands before it is not known", func() status { return r.call(c.shift(1)) })
	}
	for name, f := range r.s.funcs {
		if c.words[0].May(name) && !c.external && r.calling[name] == 0 {
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

// function calls a function, or what it may be otherwise.
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
	defer func() { r.calling[name]-- }()
	params, returned, broke, token := r.s.params, r.s.returned, r.s.broke, r.token
	st := success
	for i, body := range f.bodies {
		r.s.params = c.words[1:]
		r.token = f.tokens[i]
		if f.sure && len(f.bodies) == 1 {
			st = r.stmt(body)
			continue
		}
		after, _ := r.branch("a function may be defined otherwise", false, nil, func() status { return r.stmt(body) })
		r.s.join(r.s.clone(), after)
		st = unsure
	}
	if r.s.returned != returned {
		st = unsure
	}
	r.s.params, r.s.returned, r.s.broke, r.token = params, returned, broke, token
	return st
}

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

// Matters reports whether a program of that name may change what packets are
// dropped, or start the kubelet.
func Matters(name string) bool {
	switch name {
	case "iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft",
		"iptables-legacy-restore", "iptables-nft-restore", "xtables-multi", "xtables-nft-multi", "xtables-legacy-multi", "nft",
		"systemctl", "service", "bootstrap.sh", "kubelet", "nodeadm", "kubeadm", "snap", "reboot", "shutdown":
		return true
	}
	return false
}

// mentions reports whether a text names what matters.
func mentions(text string) bool {
	for _, word := range [...]string{"tables", "nft", "kubelet", "nodeadm", "bootstrap.sh", "kubeadm"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// quiet reports whether a program runs nothing of its arguments and its input.
func quiet(name string) bool {
	switch name {
	case "echo", "printf", "cat", "tee", "grep", "egrep", "fgrep", "sed", "cut", "tr", "sort", "uniq", "head", "tail", "wc", "jq", "yq", "diff", "cmp",
		"cp", "mv", "rm", "ln", "ls", "mkdir", "touch", "chmod", "chown", "stat", "file", "test", "[", "which", "whereis", "type", "hash", "export",
		"yum", "dnf", "apt", "apt-get", "rpm", "dpkg", "pip", "pip3", "curl", "wget", "aws", "logger", "sleep", "date", "hostname", "base64", "gzip", "tar",
		"unzip", "kubectl", "modprobe", "rmmod", "lsmod", "sysctl", "update-alternatives", "alternatives", "chkconfig", "update-rc.d", "systemctl",
		"service", "cfn-signal", "cfn-init", "pgrep", "ps", "killall", "pkill", "read", "mapfile", "readarray", ":", "true", "false", "man", "snap",
		"systemd-analyze", "journalctl", "readlink", "basename", "dirname", "install", "dd", "truncate", "firewall-cmd", "ufw", "debconf-set-selections":
		return true
	}
	return false
}

// leavesStdin reports whether a program reads nothing from its standard input.
func leavesStdin(name string) bool {
	return Matters(name) || strings.HasPrefix(name, "iptables") || strings.HasPrefix(name, "ip6tables") ||
		slices.Contains([]string{"echo", "printf", "yum", "mkdir", "sleep", "aws", "curl", "date", "touch", "chmod", "chown", "systemctl"}, name)
}

// statusOf returns the status of a program. Those that set up rules are taken to
// succeed: where they fail no script locks the node.
func (r *runner) statusOf(name string, c invocation) status {
	switch name {
	case "iptables-save", "ip6tables-save":
		return success
	case "iptables", "ip6tables":
	default:
		return unsure
	}
	for _, w := range c.words[1:] {
		switch {
		case !w.Known():
			return unsure
		case w.Text == "-I", w.Text == "-A", w.Text == "--insert", w.Text == "--append", w.Text == "-F", w.Text == "-P", w.Text == "--flush":
			return success
		}
	}
	return unsure
}

// seldomFails reports whether set -e is not thought to end a script because of a
// program: those that the recipe for the rules has, and those that cannot fail.
func seldomFails(name string) bool {
	switch name {
	case "tee", "date", "sleep", "hostname", "service", "systemctl":
		return true
	}
	return false
}
