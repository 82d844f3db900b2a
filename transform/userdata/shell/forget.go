package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// forget forgets the values of the variables that a node which runs over and over
// assigns, itself or through the functions that it calls.
func (r *runner) forget(node syntax.Node) {
	r.forgetIn(node, map[*syntax.Stmt]bool{})
}

// forgetIn does what forget does. It reads the body of each function once.
func (r *runner) forgetIn(node syntax.Node, done map[*syntax.Stmt]bool) {
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
			r.forgetCall(n, done)
		}
		return true
	})
}

// forgetCall forgets what a command may assign: for read and its like the names that
// they are given, for a command that is not known everything.
func (r *runner) forgetCall(call *syntax.CallExpr, done map[*syntax.Stmt]bool) {
	args := call.Args
	for len(args) > 0 && (args[0].Lit() == "command" || args[0].Lit() == "builtin") {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	switch name := args[0].Lit(); name {
	case "read", "mapfile", "readarray", "printf", "getopts", "unset", "wait", "export", "declare", "typeset", "local", "readonly":
		for _, name := range [...]string{"REPLY", "MAPFILE", "OPTARG", "OPTIND"} {
			r.s.widen(name)
		}
		for _, arg := range args[1:] {
			if lit := arg.Lit(); lit != "" {
				lit, _, _ = strings.Cut(strings.TrimPrefix(r.show(lit), "-v"), "=")
				lit, _, _ = strings.Cut(strings.TrimSuffix(lit, "+"), "[")
				r.s.widen(lit)
			} else {
				r.s.havoc()
			}
		}
	case "", "eval", "source", ".", "shift", "set", "cd", "let":
		r.s.havoc()
	default:
		for _, body := range r.s.funcs[name].bodies {
			if !done[body] {
				done[body] = true
				r.forgetIn(body, done)
			}
		}
	}
}
