package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// anyNumber stands in an expression for a number that is not known.
const anyNumber = "_"

// A trial is a text that a part of an expression may well be expanded to: a variable, by
// its name, or a command substitution. The zero value tries nothing.
type trial struct {
	variable string
	command  *syntax.CmdSubst
	text     string
}

// trials returns what to try with an expression or a word.
func (r *runner) trials(node syntax.Node) []trial {
	var all []trial
	variable := func(name string) {
		for _, text := range r.s.samples[name] {
			if t := (trial{variable: name, text: text}); !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	syntax.Walk(node, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Word:
			variable(r.show(n.Lit()))
		case *syntax.ParamExp:
			if n.Param != nil {
				variable(r.show(n.Param.Value))
			}
		case *syntax.CmdSubst:
			for _, text := range r.outputs(n.Stmts, 0) {
				all = append(all, trial{command: n, text: text})
			}
			return false
		}
		return true
	})
	return all
}

// spelling returns what an expression becomes in a trial when its words are expanded. It
// does nothing of what an expansion does.
func (r *runner) spelling(x syntax.ArithmExpr, t trial) string {
	switch x := x.(type) {
	case *syntax.Word:
		if name := r.show(x.Lit()); isName(name) {
			return r.namedNumber(name, t)
		}
		return r.expanded(x.Parts, t)
	case *syntax.ParenArithm:
		return "(" + r.spelling(x.X, t) + ")"
	case *syntax.UnaryArithm:
		if x.Post {
			return r.spelling(x.X, t) + x.Op.String()
		}
		return x.Op.String() + r.spelling(x.X, t)
	case *syntax.BinaryArithm:
		left := anyNumber
		if !assigns(x.Op) {
			left = r.spelling(x.X, t)
		}
		return left + " " + x.Op.String() + " " + r.spelling(x.Y, t)
	}
	return anyNumber
}

// namedNumber returns what a variable is that an expression names. An empty one is 0.
func (r *runner) namedNumber(name string, t trial) string {
	switch text := r.held(name, t); {
	case strings.TrimSpace(text) == "":
		return "0"
	case strings.ContainsAny(text, " +-*/%<>=!&|^~?:,"):
		return "(" + text + ")"
	default:
		return text
	}
}

// held returns what a variable holds.
func (r *runner) held(name string, t trial) string {
	v, set := r.lookUp(name)
	switch {
	case set && !v.isArr && !strings.Contains(v.text, Unknown):
		return v.text
	case name == t.variable:
		return t.text
	}
	return anyNumber
}

// expanded returns what parts of a word are expanded to.
func (r *runner) expanded(parts []syntax.WordPart, t trial) string {
	var b strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(r.show(p.Value))
		case *syntax.SglQuoted:
			b.WriteString(r.single(p))
		case *syntax.DblQuoted:
			b.WriteString(r.expanded(p.Parts, t))
		case *syntax.ParamExp:
			b.WriteString(r.parameter(p, t))
		case *syntax.CmdSubst:
			if p == t.command {
				b.WriteString(t.text)
				continue
			}
			b.WriteString(anyNumber)
		default:
			b.WriteString(anyNumber)
		}
	}
	return strings.ReplaceAll(b.String(), Unknown, anyNumber)
}

// parameter returns what a parameter expansion gives.
func (r *runner) parameter(p *syntax.ParamExp, t trial) string {
	if p.Param == nil || p.Excl || p.Length || p.Names != 0 || p.Index != nil {
		return anyNumber
	}
	text := anyNumber
	switch name := r.show(p.Param.Value); {
	case isPositional(name):
		text = r.positional(int(name[0]-'1'), &syntax.ParamExp{})
	case name == "@", name == "*", isSpecial(name):
	default:
		text = r.held(name, t)
	}
	switch {
	case isPlain(p):
		return text
	case p.Exp == nil || p.Exp.Word == nil:
		return anyNumber
	}
	return r.operated(text, p.Exp, t)
}

// operated returns what an operator makes of what a parameter holds: one that replaces an
// empty text, or takes digits off its beginning. What others do is not known.
func (r *runner) operated(text string, e *syntax.Expansion, t trial) string {
	word := r.expanded(e.Word.Parts, t)
	switch e.Op {
	case syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull, syntax.DefaultUnset, syntax.AssignUnset:
		isTried := word != r.expanded(e.Word.Parts, trial{})
		if text == "" || text == anyNumber && isTried {
			return word
		}
		return text
	case syntax.RemSmallPrefix, syntax.RemLargePrefix:
		if !strings.ContainsAny(word, "*?[("+anyNumber) {
			return strings.TrimPrefix(text, word)
		}
	}
	return anyNumber
}
