package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// isExtension reports whether a parameter expansion is an extension of bash, which
// POSIX does not have.
func isExtension(p *syntax.ParamExp) bool {
	return p.Excl || p.Names != 0 || p.Index != nil && !p.Short || p.Slice != nil || p.Repl != nil || p.Exp != nil && !isPOSIX(p.Exp.Op)
}

// isPOSIX reports whether POSIX has an expansion.
func isPOSIX(op syntax.ParExpOperator) bool {
	switch op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix, syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		return true
	}
	return guards(&syntax.Expansion{Op: op})
}

// guards reports whether an expansion says what to do if a parameter is not set.
func guards(e *syntax.Expansion) bool {
	if e == nil {
		return false
	}
	switch e.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull,
		syntax.ErrorUnset, syntax.ErrorUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		return true
	}
	return false
}

// inParam runs the commands in an expansion.
func (r *runner) inParam(p *syntax.ParamExp) {
	if w, ok := p.Index.(*syntax.Word); ok && !isAll(w) {
		r.evaluates(r.one(w)) // it may be the key of an associative array
	} else if !ok {
		r.arithmetic(p.Index)
	}
	r.doubting(mayNotExpand, func() status {
		if p.Slice != nil {
			for _, x := range [...]syntax.ArithmExpr{p.Slice.Offset, p.Slice.Length} {
				if x != nil {
					r.expression(x)
				}
			}
		}
		if p.Repl != nil {
			r.one(p.Repl.Orig)
			r.one(p.Repl.With)
		}
		return unsure
	})
}

// mayNotExpand is the doubt about commands in a word that the shell expands only
// where a parameter is set, or only where it is not.
const mayNotExpand = "it is in an expansion that may not be made"

// mayExpand expands a word of which that is not known.
func (r *runner) mayExpand(w *syntax.Word) (text string) {
	r.doubting(mayNotExpand, func() status { text = r.one(w); return unsure })
	return text
}

// prompt runs the commands in the value of ${name@P}, which is expanded again.
func (r *runner) prompt(e *syntax.Expansion, v value) {
	if e.Op == syntax.OtherParamOps {
		r.expandsAgain(`"` + v.text + `"`)
	}
}

// expansion returns the value of ${name:-word} and its like.
func (r *runner) expansion(e *syntax.Expansion, name string, v value, set bool) string {
	known := set && !strings.Contains(v.text, Unknown)
	switch e.Op {
	case syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull:
		if known && v.text != "" {
			return v.text
		}
		if known {
			word := r.one(e.Word)
			if e.Op == syntax.AssignUnsetOrNull {
				r.assign(name, value{text: word})
			}
			return word
		}
		r.mayExpand(e.Word)
		if e.Op == syntax.AssignUnsetOrNull {
			r.s.forget(name)
		}
	case syntax.DefaultUnset, syntax.AssignUnset:
		if known {
			return v.text
		}
		r.mayExpand(e.Word)
		if e.Op == syntax.AssignUnset {
			r.s.forget(name)
		}
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if known && v.text != "" {
			return v.text
		}
		r.s.ended = "the script ends if " + name + " is not set"
	default:
		r.mayExpand(e.Word)
	}
	return Unknown
}
