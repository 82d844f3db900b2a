package shell

import (
	"errors"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// expression evaluates an arithmetic expression that a word is expanded with. Where it
// may be one that the shell cannot evaluate, a POSIX shell may end, and bash may give up
// the line with all the commands that are not done.
func (r *runner) expression(x syntax.ArithmExpr) {
	r.arithmetic(x)
	if onlyInBash(x) || strings.Contains(r.spelling(x, trial{}), "#") {
		r.extension("a POSIX shell may not know an expression before it")
	}
	for _, t := range append(r.trials(x), trial{}) {
		if text := r.spelling(x, t); r.isMistake(text) {
			r.mayGiveUp(strings.ReplaceAll(strings.TrimSpace(text), anyNumber, "…"))
			return
		}
	}
}

// mayGiveUp is called where the shell cannot evaluate an expression if it becomes a text.
func (r *runner) mayGiveUp(text string) {
	why := "if an expression before it is " + strconv.Quote(text)
	if r.s.posix {
		r.mayEnd("the script ends " + why)
	} else {
		r.mayDiscard("bash gives up what contains it " + why)
	}
}

// onlyInBash reports whether an expression has operators or quotes that dash does not know.
func onlyInBash(x syntax.ArithmExpr) (found bool) {
	if x == nil {
		return false
	}
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.UnaryArithm:
			found = found || n.Post
		case *syntax.DblQuoted, *syntax.SglQuoted:
			found = true
		case *syntax.BinaryArithm:
			found = found || n.Op == syntax.Pow || n.Op == syntax.Comma || n.Op == syntax.PowAssgn
		case *syntax.CmdSubst:
			return false
		}
		return !found
	})
	return found
}

// isMistake reports whether the shell cannot evaluate a text as an expression. All that
// is not known in it is taken for numbers.
func (r *runner) isMistake(text string) bool {
	if strings.TrimSpace(text) == "" {
		return r.s.dialect != bash
	}
	f, err := syntax.NewParser().Parse(strings.NewReader("(("+text+"))"), "")
	if err != nil || len(f.Stmts) != 1 {
		return true
	}
	c, ok := f.Stmts[0].Cmd.(*syntax.ArithmCmd)
	if !ok {
		return true
	}
	_, err = compute(c.X)
	return errors.Is(err, errMistake)
}

// What keeps an expression from being computed.
var (
	errMistake = errors.New("the shell cannot evaluate it")
	errUnknown = errors.New("its value is not known")
)

// compute returns the value of an expression.
func compute(x syntax.ArithmExpr) (int64, error) {
	switch x := x.(type) {
	case *syntax.Word:
		return literalNumber(x.Lit())
	case *syntax.ParenArithm:
		return compute(x.X)
	case *syntax.UnaryArithm:
		return computeUnary(x)
	case *syntax.BinaryArithm:
		return computeBinary(x)
	}
	return 0, errUnknown
}

// literalNumber returns the value of a number as it is written in an expression.
func literalNumber(text string) (int64, error) {
	if text == "" || isName(text) || strings.Contains(text, anyNumber) {
		return 0, errUnknown
	}
	if base, digits, ok := strings.Cut(text, "#"); ok {
		return 0, checkDigits(base, digits)
	}
	isHex := strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X")
	if !isHex && strings.ContainsAny(text, "bBoO") { // numbers of Go
		return 0, errMistake
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if errors.Is(err, strconv.ErrSyntax) {
		return 0, errMistake
	}
	return n, err
}

// checkDigits says that the value of a number with a base is not known, or that it has
// digits that the base does not have.
func checkDigits(base, digits string) error {
	b, err := strconv.Atoi(base)
	if err != nil || b < 2 || b > 64 || digits == "" {
		return errMistake
	}
	if b > 36 {
		return errUnknown
	}
	if _, err := strconv.ParseInt(digits, b, 64); errors.Is(err, strconv.ErrSyntax) {
		return errMistake
	}
	return errUnknown
}

func computeUnary(x *syntax.UnaryArithm) (int64, error) {
	n, err := compute(x.X)
	if err != nil {
		return 0, err
	}
	switch x.Op {
	case syntax.Plus:
		return n, nil
	case syntax.Minus:
		return -n, nil
	case syntax.Not:
		return truth(n == 0), nil
	}
	return 0, errUnknown
}

func truth(ok bool) int64 {
	if ok {
		return 1
	}
	return 0
}

func computeBinary(x *syntax.BinaryArithm) (int64, error) {
	a, errA := compute(x.X)
	if errors.Is(errA, errMistake) {
		return 0, errMistake
	}
	if x.Op == syntax.TernQuest {
		return computeChoice(a, errA, x.Y)
	}
	if errA == nil && (x.Op == syntax.AndArit && a == 0 || x.Op == syntax.OrArit && a != 0) {
		return truth(a != 0), nil
	}
	b, errB := compute(x.Y)
	switch {
	case errors.Is(errB, errMistake), errB == nil && b == 0 && divides(x.Op), x.Op == syntax.TernColon:
		return 0, errMistake
	case x.Op == syntax.Assgn, x.Op == syntax.Comma:
		return b, errB
	case errA != nil || errB != nil:
		return 0, errUnknown
	}
	return calculate(a, x.Op, b)
}

// divides reports whether an operator divides by its right side.
func divides(op syntax.BinAritOperator) bool {
	return op == syntax.Quo || op == syntax.Rem || op == syntax.QuoAssgn || op == syntax.RemAssgn
}

// computeChoice returns the value of a ?: with a condition.
func computeChoice(cond int64, unknown error, branches syntax.ArithmExpr) (int64, error) {
	c, ok := branches.(*syntax.BinaryArithm)
	switch {
	case !ok || c.Op != syntax.TernColon:
		return 0, errMistake
	case unknown != nil:
		_, errX := compute(c.X)
		_, errY := compute(c.Y)
		return 0, errors.Join(errUnknown, errX, errY)
	case cond != 0:
		return compute(c.X)
	}
	return compute(c.Y)
}

// calculate returns the value of an operator for two numbers. The second is not 0 where
// it divides.
func calculate(a int64, op syntax.BinAritOperator, b int64) (int64, error) {
	switch op {
	case syntax.Add:
		return a + b, nil
	case syntax.Sub:
		return a - b, nil
	case syntax.Mul:
		return a * b, nil
	case syntax.Quo:
		return a / b, nil
	case syntax.Rem:
		return a % b, nil
	case syntax.Eql:
		return truth(a == b), nil
	case syntax.Neq:
		return truth(a != b), nil
	case syntax.Lss:
		return truth(a < b), nil
	case syntax.Gtr:
		return truth(a > b), nil
	case syntax.Leq:
		return truth(a <= b), nil
	case syntax.Geq:
		return truth(a >= b), nil
	}
	return 0, errUnknown
}
