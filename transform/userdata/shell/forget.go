package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// forget forgets the values of the variables that a node which runs over and over
// assigns, itself or through the functions that it calls.
func (r *runner) forget(node syntax.Node) {
	r.forgetIn(node, map[*syntax.Stmt]bool{}, r.s.params)
}

// forgetIn does that for a node, with the parameters that it has. The bodies of
// functions are done once.
func (r *runner) forgetIn(node syntax.Node, done map[*syntax.Stmt]bool, params []Word) {
	if node == nil {
		return
	}
	syntax.Walk(node, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if n.Name != nil {
				r.s.widen(r.show(n.Name.Value))
			}
		case *syntax.WordIter:
			r.s.widen(r.show(n.Name.Value))
		case *syntax.BinaryArithm:
			if assigns(n.Op) {
				r.lose(n.X, r.s.widen)
			}
		case *syntax.UnaryArithm:
			if n.Op == syntax.Inc || n.Op == syntax.Dec {
				r.lose(n.X, r.s.widen)
			}
		case *syntax.CallExpr:
			r.forgetCall(n, done, params)
		case *syntax.FuncDecl:
			r.forgetIn(n.Body, done, nil)
			return false
		}
		return true
	})
}

// calledBy returns the name of the command that a word calls, or "" where that is not
// known: it is written out, or the first of the parameters, which "$@" calls.
func calledBy(w *syntax.Word, params []Word) string {
	if w.Lit() != "" || len(w.Parts) != 1 || len(params) == 0 || !params[0].Known() {
		return w.Lit()
	}
	q, ok := w.Parts[0].(*syntax.DblQuoted)
	if !ok || len(q.Parts) != 1 || assignsByName(params[0].Text) || params[0].Text == "command" || params[0].Text == "builtin" {
		return ""
	}
	if p, ok := q.Parts[0].(*syntax.ParamExp); ok && p.Param != nil && p.Param.Value == "@" && isPlain(p) {
		return params[0].Text
	}
	return ""
}

// assignsByName reports whether a builtin assigns the variables that its words name.
func assignsByName(name string) bool {
	switch name {
	case "read", "mapfile", "readarray", "printf", "getopts", "unset", "wait", "export", "declare", "typeset", "local", "readonly":
		return true
	}
	return false
}

// forgetCall forgets what a command may assign: for read and its like the names that
// they are given, for a command that is not known everything.
func (r *runner) forgetCall(call *syntax.CallExpr, done map[*syntax.Stmt]bool, params []Word) {
	args := call.Args
	for len(args) > 0 && (args[0].Lit() == "command" || args[0].Lit() == "builtin") {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	name := calledBy(args[0], params)
	if assignsByName(name) {
		r.forgetNamed(args[1:])
		return
	}
	switch name {
	case "", "eval", "source", ".", "shift", "set", "cd", "let":
		r.s.havoc()
	default:
		for _, body := range r.s.funcs[name].bodies {
			if !done[body] {
				done[body] = true
				r.forgetIn(body, done, nil)
			}
		}
	}
}

// forgetNamed forgets what a builtin assigns that is given names.
func (r *runner) forgetNamed(args []*syntax.Word) {
	for _, name := range [...]string{"REPLY", "MAPFILE", "OPTARG", "OPTIND"} {
		r.s.widen(name)
	}
	for _, arg := range args {
		lit := arg.Lit()
		if lit == "" {
			r.s.havoc()
			continue
		}
		lit, _, _ = strings.Cut(strings.TrimPrefix(r.show(lit), "-v"), "=")
		lit, _, _ = strings.Cut(strings.TrimSuffix(lit, "+"), "[")
		r.s.widen(lit)
	}
}
