package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// misread notes where a shell reads statements of a line differently from the
// parser. It does so before the first of them runs, because a shell reads all of
// them first.
func (r *runner) misread(text string, stmts []*syntax.Stmt) {
	tested := map[syntax.Node]bool{} // patterns of [[ ]], which are always extended
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			if b, ok := n.(*syntax.BinaryTest); ok {
				if w, ok := b.Y.(*syntax.Word); ok {
					for _, part := range w.Parts {
						tested[part] = true
					}
				}
			}
			if _, ok := n.(*syntax.ExtGlob); ok && !r.s.extglob && !tested[n] {
				r.s.ended = either(r.s.ended, "a pattern of extglob is a syntax error before it")
			}
			if reason := differs(text, n); reason != "" {
				r.unknown(offset(n.Pos()), reason)
			}
			if onlyBash(n) {
				r.extension("a POSIX shell may not read it")
			}
			if r.s.posix {
				r.misreadByPOSIX(n)
			}
			return true
		})
	}
}

// misreadByPOSIX notes where bash ends in a script for sh, too: it refuses names of
// functions that are no names of variables, and before version 5.1 process substitution.
func (r *runner) misreadByPOSIX(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.ProcSubst:
		r.mayEnd("a POSIX shell may not read it")
	case *syntax.FuncDecl:
		if n.Name != nil && !syntax.ValidName(n.Name.Value) {
			r.s.ended = either(r.s.ended, "a POSIX shell does not take the name of the function "+n.Name.Value)
		}
	}
}

// differs says why every shell reads a node differently from the parser, or "".
func differs(text string, n syntax.Node) string {
	switch n := n.(type) {
	case *syntax.LetClause:
		if hasOperator(text, n) {
			return "the shell takes an operator in the words of let for its own"
		}
	case *syntax.FuncDecl:
		switch n.Body.Cmd.(type) {
		case *syntax.Block, *syntax.Subshell, *syntax.IfClause, *syntax.WhileClause, *syntax.ForClause, *syntax.CaseClause, *syntax.ArithmCmd, *syntax.TestClause:
			if !n.Body.Negated {
				return ""
			}
		}
		return "the shell cannot read it: the body of a function must be a compound command"
	}
	return ""
}

// hasOperator reports whether the words of let contain an unquoted operator of the
// shell.
func hasOperator(text string, c *syntax.LetClause) bool {
	source := []byte(text[offset(c.Let):offset(c.End())])
	syntax.Walk(c, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted, *syntax.CmdSubst, *syntax.ArithmExp, *syntax.ParamExp:
			for i := offset(n.Pos()); i < offset(n.End()); i++ {
				source[i-offset(c.Let)] = ' '
			}
			return false
		}
		return true
	})
	return strings.ContainsAny(string(source), "<>&|;()")
}

// onlyBash reports whether a node is a syntax error for some POSIX shells.
func onlyBash(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.ProcSubst, *syntax.ArrayExpr, *syntax.CStyleLoop, *syntax.CoprocClause, *syntax.ParenTest:
		return true
	case *syntax.Redirect:
		return n.Op == syntax.WordHdoc || n.N != nil && strings.HasPrefix(n.N.Value, "{")
	case *syntax.FuncDecl:
		return n.RsrvWord
	case *syntax.ForClause:
		return n.Select
	case *syntax.BinaryCmd:
		return n.Op == syntax.PipeAll
	case *syntax.CaseItem:
		return n.Op != syntax.Break
	case *syntax.BinaryTest:
		return n.Op == syntax.TsBefore || n.Op == syntax.TsAfter || n.Op == syntax.TsReMatch
	case *syntax.TimeClause:
		if n.Stmt == nil {
			return false
		}
		_, simple := n.Stmt.Cmd.(*syntax.CallExpr)
		return !simple
	}
	return false
}
