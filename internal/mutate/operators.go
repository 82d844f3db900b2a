package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// A finder collects the mutants of a file.
type finder struct {
	path    string
	src     []byte
	file    *token.File
	mutants []mutant
}

// visit adds the mutants at a node, and reports whether there may be more
// inside.
func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.Field:
		return false // paths, types and tags
	case *ast.FuncDecl:
		if n.Body != nil {
			f.returnEarly(n.Type, n.Body)
		}
	case *ast.IfStmt:
		f.negate(n.Cond)
		f.swap(n)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.negate(n.Cond)
		}
	case *ast.CaseClause:
		f.add("drop the case", f.drop(n))
		f.dropEach(n.Body)
	case *ast.BlockStmt:
		f.dropEach(n.List)
	case *ast.BinaryExpr:
		f.operator(n)
	case *ast.UnaryExpr:
		f.dropNegation(n)
	case *ast.BasicLit:
		f.constant(n)
	case *ast.Ident:
		f.boolean(n)
	}
	return true
}

// operator adds the mutants that have another operator.
func (f *finder) operator(n *ast.BinaryExpr) {
	for _, op := range instead(n.Op) {
		start := f.offset(n.OpPos)
		f.add(n.Op.String()+" is "+op.String(), replacement{start, start + len(n.Op.String()), op.String()})
	}
}

// dropNegation adds the mutant that lacks a "!".
func (f *finder) dropNegation(n *ast.UnaryExpr) {
	if n.Op == token.NOT {
		start := f.offset(n.OpPos)
		f.add("drop the negation", replacement{start, start + 1, ""})
	}
}

// boolean adds the mutant that has the other of true and false.
func (f *finder) boolean(n *ast.Ident) {
	if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
		f.add(n.Name+" is "+other, f.replace(n, other))
	}
}

// instead returns the operators that replace an operator.
func instead(op token.Token) []token.Token {
	return map[token.Token][]token.Token{
		token.LSS:  {token.LEQ, token.GEQ},
		token.LEQ:  {token.LSS, token.GTR},
		token.GTR:  {token.GEQ, token.LEQ},
		token.GEQ:  {token.GTR, token.LSS},
		token.EQL:  {token.NEQ},
		token.NEQ:  {token.EQL},
		token.LAND: {token.LOR},
		token.LOR:  {token.LAND},
		token.ADD:  {token.SUB},
		token.SUB:  {token.ADD},
	}[op]
}

// negate adds the mutant with the opposite of a condition.
func (f *finder) negate(cond ast.Expr) {
	f.add("negate the condition", f.replace(cond, "!("+f.text(cond)+")"))
}

// swap adds the mutant whose branches are swapped.
func (f *finder) swap(n *ast.IfStmt) {
	other, ok := n.Else.(*ast.BlockStmt)
	if !ok {
		return
	}
	f.add("swap the branches", f.replace(n.Body, f.text(other)), f.replace(other, f.text(n.Body)))
}

// dropEach adds the mutants that lack one of the statements.
func (f *finder) dropEach(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.DeclStmt, *ast.EmptyStmt, *ast.LabeledStmt, *ast.CaseClause, *ast.CommClause:
			continue
		}
		f.add("drop the statement", f.drop(s))
	}
}

// returnEarly adds the mutant of a function that returns zero values at once.
func (f *finder) returnEarly(typ *ast.FuncType, body *ast.BlockStmt) {
	var zeros []string
	named := false
	if typ.Results != nil {
		for _, r := range typ.Results.List {
			named = named || len(r.Names) > 0
			zeros = append(zeros, "*new("+f.text(r.Type)+")")
		}
	}
	if named {
		zeros = nil
	}
	at := f.offset(body.Lbrace) + 1
	f.add("return at once", replacement{at, at, " if true { return " + strings.Join(zeros, ", ") + " };"})
}

// constant adds the mutants of a number or a text.
func (f *finder) constant(n *ast.BasicLit) {
	switch {
	case n.Kind == token.INT:
		f.add("one more", f.replace(n, "("+n.Value+" + 1)"))
	case n.Kind == token.CHAR:
		f.add("another character", f.replace(n, "("+n.Value+" + 1)"))
	case n.Kind == token.STRING && len(n.Value) == 2:
		f.add("some text for none", f.replace(n, `"mutant"`))
	case n.Kind == token.STRING:
		f.add("no text", f.replace(n, `""`))
	}
}

func (f *finder) add(what string, edits ...replacement) {
	f.mutants = append(f.mutants, mutant{file: f.path, src: f.src, what: what, edits: edits})
}

func (f *finder) drop(n ast.Node) replacement { return f.replace(n, "") }

func (f *finder) replace(n ast.Node, text string) replacement {
	return replacement{f.offset(n.Pos()), f.offset(n.End()), text}
}

func (f *finder) text(n ast.Node) string {
	return string(f.src[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *finder) offset(p token.Pos) int { return f.file.Offset(p) }
