package shell

import "mvdan.cc/sh/v3/syntax"

// forget forgets the variables that a node may assign, also by the functions that
// it calls.
func (r *runner) forget(node syntax.Node) {
	r.forgetIn(node, map[*syntax.Stmt]bool{})
}

// forgetIn does that for a node. The bodies of functions are done once.
func (r *runner) forgetIn(node syntax.Node, done map[*syntax.Stmt]bool) {
	if node == nil {
		return
	}
	syntax.Walk(node, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if n.Name != nil {
				delete(r.s.vars, r.show(n.Name.Value))
			}
		case *syntax.WordIter:
			delete(r.s.vars, r.show(n.Name.Value))
		case *syntax.BinaryArithm:
			r.forgetName(n.X)
		case *syntax.UnaryArithm:
			r.forgetName(n.X)
		case *syntax.CallExpr:
			r.forgetCall(n, done)
		}
		return true
	})
}

func (r *runner) forgetName(x syntax.ArithmExpr) {
	if w, ok := x.(*syntax.Word); ok && w.Lit() != "" {
		delete(r.s.vars, r.show(w.Lit()))
	}
}

// forgetCall forgets what a command may assign: read and its like the names that
// they are given, others that are not known everything.
func (r *runner) forgetCall(call *syntax.CallExpr, done map[*syntax.Stmt]bool) {
	if len(call.Args) == 0 {
		return
	}
	switch name := call.Args[0].Lit(); name {
	case "read", "mapfile", "readarray", "printf", "getopts", "unset":
		for _, arg := range call.Args[1:] {
			if arg.Lit() != "" {
				delete(r.s.vars, r.show(arg.Lit()))
			}
		}
	case "", "eval", "source", ".", "shift", "set", "cd":
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
