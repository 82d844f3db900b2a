package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arithmetic evaluates an arithmetic expression for what it does: commands that
// run in it, and assignments. It returns the status of (( )), which is known only
// for a number.
func (r *runner) arithmetic(x syntax.ArithmExpr) status {
	switch x := x.(type) {
	case *syntax.Word:
		r.operand(x)
		return number(x.Lit())
	case *syntax.ParenArithm:
		r.arithmetic(x.X)
	case *syntax.UnaryArithm:
		r.arithmetic(x.X)
		if x.Op == syntax.Inc || x.Op == syntax.Dec {
			r.lose(x.X, r.s.compute)
		}
	case *syntax.BinaryArithm:
		if x.Op != syntax.Assgn {
			r.arithmetic(x.X)
		} else if element, ok := soleParam(x.X); ok {
			r.inParam(element)
		}
		r.arithmetic(x.Y)
		if assigns(x.Op) {
			r.lose(x.X, r.s.compute)
		}
	}
	return unsure
}

// soleParam returns the parameter expansion that is all of an expression, as that
// of an element of an array is.
func soleParam(x syntax.ArithmExpr) (*syntax.ParamExp, bool) {
	w, ok := x.(*syntax.Word)
	if !ok || len(w.Parts) != 1 {
		return nil, false
	}
	p, ok := w.Parts[0].(*syntax.ParamExp)
	return p, ok
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

// operand reads an operand of an expression. What it is expanded to is an expression
// again, and so is the value of a variable that it names.
func (r *runner) operand(w *syntax.Word) {
	text := r.show(w.Lit())
	if text == "" {
		text = r.one(w)
	} else if _, set := r.s.vars[text]; !set && isName(text) {
		r.unbound(text)
	}
	r.evaluates(text)
}

// evaluates evaluates a text as an expression, as bash does where it expects a
// number, or the index of an element.
func (r *runner) evaluates(text string) {
	if r.depth++; r.depth > maxDepth {
		r.unknownAt(r.now, "its expressions are nested too deeply")
	} else if v, set := r.s.vars[text]; set {
		for _, w := range v.words() {
			r.evaluates(w.Text)
		}
	} else if strings.ContainsAny(text, "=[$`") || strings.Contains(text, "++") || strings.Contains(text, "--") {
		// The shell makes substitutions only in an index, and not every shell does.
		r.doubting("it is in a text that may be evaluated again", func() status {
			r.again(text, func(text string) error {
				x, err := syntax.NewParser().Arithmetic(strings.NewReader(text))
				if err != nil {
					return err
				}
				r.arithmetic(x)
				return nil
			})
			return unsure
		})
	}
	r.depth--
}

// subscript evaluates the index of a text that names an element.
func (r *runner) subscript(text string) {
	name, index, ok := strings.Cut(text, "[")
	if index, closed := strings.CutSuffix(index, "]"); ok && closed && isName(name) {
		r.evaluates(index)
	}
}

// again runs what the shell reads in a text that it has expanded before.
func (r *runner) again(text string, run func(text string) error) {
	place, token, now := r.place, r.token, r.now
	r.place = func(int) int { return now }
	text, r.token = hide(text)
	if err := run(text); err != nil {
		r.unknown(0, "the shell evaluates a text that it cannot read")
	}
	r.place, r.token, r.now = place, token, now
}

// compute is forget for a variable that an expression may assign. It stays set if it
// is.
func (s *state) compute(name string) {
	v, set := s.vars[name]
	s.forget(name)
	if set && name != "PATH" && !v.isArr {
		s.vars[name] = value{text: Unknown}
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
