package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arithmetic evaluates an arithmetic expression for what it does: commands that
// run in it, and assignments. It returns the status of (( )), which is known only
// for a number.
func (r *runner) arithmetic(x syntax.ArithmExpr) status {
	if x == nil {
		return unsure
	}
	set := map[syntax.Node]bool{} // what is assigned and not read
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst:
			r.substitute(n.Stmts)
			return false
		case *syntax.ParamExp:
			r.param(n)
			return false
		case *syntax.BinaryArithm:
			if assigns(n.Op) {
				r.lose(n.X, r.s.forget)
			}
			set[n.X] = n.Op == syntax.Assgn
		case *syntax.UnaryArithm:
			if n.Op == syntax.Inc || n.Op == syntax.Dec {
				r.lose(n.X, r.s.forget)
			}
		case *syntax.Word:
			if name := r.show(n.Lit()); isName(name) && !set[n] {
				r.operand(offset(n.Pos()), name)
			}
		}
		return true
	})
	if w, ok := x.(*syntax.Word); ok {
		return number(w.Lit())
	}
	return unsure
}

// number returns the status of (( )) about a literal.
func number(text string) status {
	switch {
	case text == "0":
		return failure
	case text != "" && text[0] != '0' && len(text) < 10 && strings.Trim(text, "0123456789") == "":
		return success
	}
	return unsure
}

// isName reports whether a text may be the name of a variable.
func isName(text string) bool {
	return text != "" && (text[0] < '0' || text[0] > '9') && !strings.ContainsAny(text, "{}$[]()\"'\\ .,/:+-")
}

// assigns reports whether an operator assigns its left side.
func assigns(op syntax.BinAritOperator) bool {
	switch op {
	case syntax.Assgn, syntax.AddAssgn, syntax.SubAssgn, syntax.MulAssgn, syntax.QuoAssgn, syntax.RemAssgn, syntax.AndAssgn, syntax.OrAssgn, syntax.XorAssgn,
		syntax.ShlAssgn, syntax.ShrAssgn, syntax.AndBoolAssgn, syntax.OrBoolAssgn, syntax.XorBoolAssgn, syntax.PowAssgn:
		return true
	}
	return false
}

// operand reads a variable in an expression. Its value is an expression again.
func (r *runner) operand(at int, name string) {
	v, set := r.s.vars[name]
	if !set {
		r.unbound(name)
		return
	}
	for _, w := range append(v.array, Word{Text: v.text}) {
		r.evaluates(at, w.Text)
	}
}

// evaluates judges a text that is evaluated as an expression, which may do something.
func (r *runner) evaluates(at int, text string) {
	if strings.ContainsAny(text, "=[$`") || strings.Contains(text, "++") || strings.Contains(text, "--") {
		r.unknown(at, "the value of a variable is evaluated as an expression")
		r.s.forget(Unknown)
	}
}

// lose calls loss with the name of the variable that a part of an expression is.
func (r *runner) lose(x syntax.ArithmExpr, loss func(name string)) {
	switch x := x.(type) {
	case *syntax.Word:
		if x.Lit() != "" {
			loss(r.show(x.Lit()))
		} else if len(x.Parts) == 1 {
			if p, ok := x.Parts[0].(*syntax.ParamExp); ok && p.Param != nil {
				loss(r.show(p.Param.Value))
			} else {
				loss(Unknown)
			}
		} else {
			loss(Unknown)
		}
	case *syntax.ParenArithm:
		r.lose(x.X, loss)
	}
}
