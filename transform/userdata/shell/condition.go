package shell

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// statusIf returns the status of a test that is true or false.
func statusIf(ok bool) status {
	if ok {
		return success
	}
	return failure
}

// test returns the status of test, or of [, with words that are all known. The status
// of a test that is about more than texts is unsure, and so is that of one that takes
// an operator for a text.
func (r *runner) test(words []Word) status {
	for i, w := range words[1:] {
		if words[i].Text == "-v" {
			r.subscript(w.Text)
		}
	}
	if slices.ContainsFunc(words, func(w Word) bool { return !w.Known() }) {
		return unsure
	}
	var args []string
	for _, w := range words[1:] {
		args = append(args, w.Text)
	}
	if words[0].Text == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			return failure
		}
		args = args[:len(args)-1]
	}
	negated := len(args) > 1 && args[0] == "!"
	if negated {
		args = args[1:]
	}
	st := r.compare(args)
	if negated {
		return st.negate()
	}
	return st
}

// compare returns the status of a test of up to three words.
func (r *runner) compare(args []string) status {
	switch len(args) {
	case 0:
		return failure
	case 1:
		return statusIf(args[0] != "")
	case 2:
		return unaryPrimary(args[0], args[1])
	case 3:
		return r.binaryPrimary(args[0], args[1], args[2])
	}
	return unsure
}

// unaryPrimary returns the status of a test of one text.
func unaryPrimary(op, text string) status {
	switch op {
	case "-n":
		return statusIf(text != "")
	case "-z":
		return statusIf(text == "")
	}
	return unsure
}

// binaryPrimary returns the status of a test of two texts. POSIX does not have ==.
func (r *runner) binaryPrimary(left, op, right string) status {
	if negatesOrGroups(left) || negatesOrGroups(right) {
		return unsure
	}
	switch op {
	case "=":
		return statusIf(left == right)
	case "!=":
		return statusIf(left != right)
	case "==":
		if r.s.dialect != bash {
			return unsure
		}
		return statusIf(left == right)
	}
	return compareNumbers(left, op, right)
}

// negatesOrGroups reports whether a word of a test may be an operator that negates
// or groups others.
func negatesOrGroups(word string) bool { return word == "!" || word == "(" || word == ")" }

// compareNumbers returns the status of a comparison of two decimal numbers.
func compareNumbers(left, op, right string) status {
	x, errX := strconv.Atoi(left)
	y, errY := strconv.Atoi(right)
	if errX != nil || errY != nil || left[0] == '0' && x != 0 || right[0] == '0' && y != 0 {
		return unsure
	}
	switch op {
	case "-eq":
		return statusIf(x == y)
	case "-ne":
		return statusIf(x != y)
	case "-lt":
		return statusIf(x < y)
	case "-le":
		return statusIf(x <= y)
	case "-gt":
		return statusIf(x > y)
	case "-ge":
		return statusIf(x >= y)
	}
	return unsure
}

// testExpr evaluates the expression in [[ ]].
func (r *runner) testExpr(x syntax.TestExpr) status {
	switch x := x.(type) {
	case *syntax.Word:
		if text := r.one(x); !strings.Contains(text, Unknown) {
			return statusIf(text != "")
		}
	case *syntax.ParenTest:
		return r.testExpr(x.X)
	case *syntax.UnaryTest:
		return r.testUnary(x)
	case *syntax.BinaryTest:
		return r.testBinary(x)
	}
	return unsure
}

// testUnary evaluates a unary operator of [[ ]].
func (r *runner) testUnary(x *syntax.UnaryTest) status {
	if x.Op == syntax.TsNot {
		return r.testExpr(x.X).negate()
	}
	w, ok := x.X.(*syntax.Word)
	if !ok {
		r.testExpr(x.X)
		return unsure
	}
	text := r.one(w)
	switch {
	case x.Op == syntax.TsVarSet:
		r.subscript(text)
	case strings.Contains(text, Unknown):
	case x.Op == syntax.TsNempStr:
		return statusIf(text != "")
	case x.Op == syntax.TsEmpStr:
		return statusIf(text == "")
	}
	return unsure
}

// testBinary evaluates a binary operator of [[ ]].
func (r *runner) testBinary(x *syntax.BinaryTest) status {
	switch x.Op {
	case syntax.AndTest:
		return r.choose(r.testExpr(x.X), nil, nil,
			func() status { return r.testExpr(x.Y) }, func() status { return failure })
	case syntax.OrTest:
		return r.choose(r.testExpr(x.X), nil, nil,
			func() status { return success }, func() status { return r.testExpr(x.Y) })
	}
	left, okLeft := x.X.(*syntax.Word)
	right, okRight := x.Y.(*syntax.Word)
	if !okLeft || !okRight {
		return unsure
	}
	text := r.one(left)
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort:
		return same(text, r.pattern(right))
	case syntax.TsNoMatch:
		return same(text, r.pattern(right)).negate()
	case syntax.TsReMatch:
		r.one(right)
		r.s.forget("BASH_REMATCH")
		return unsure
	case syntax.TsEql, syntax.TsNeq, syntax.TsLeq, syntax.TsGeq, syntax.TsLss, syntax.TsGtr:
		return r.testNumbers(text, x.Op, r.one(right))
	}
	r.one(right)
	return unsure
}

// same returns the status of a test whether two texts are the same.
func same(a, b string) status {
	if strings.Contains(a, Unknown) || strings.Contains(b, Unknown) {
		return unsure
	}
	return statusIf(a == b)
}

// testNumbers compares texts as numbers. In [[ ]] they are arithmetic expressions.
func (r *runner) testNumbers(left string, op syntax.BinTestOperator, right string) status {
	for _, text := range [...]string{left, right} {
		if _, set := r.s.vars[text]; !set && isName(text) && !strings.Contains(text, Unknown) {
			r.unbound(text)
		}
		r.evaluates(text)
	}
	return compareNumbers(left, op.String(), right)
}
