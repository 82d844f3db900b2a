package eval

import (
	"slices"
	"strconv"
	"strings"
)

// Equal reports whether two values are equal, as Fn::Equals compares them: in some
// of the deployments that have all of the given outcomes, and in all of them. Texts
// of the same known and unknown parts are equal, however they are spelled.
func (e *Evaluator) Equal(a, b Value, in ...Outcome) (inSome, inAll bool) {
	defer e.stop(func() { inSome, inAll = true, false })
	var w world
	for _, o := range in {
		both, ok := w.and(o.world)
		if !ok {
			return false, true
		}
		w = both
	}
	e.step(8 + len(w))
	inAll = true
	for _, branch := range e.equal(a.at, w, a, b) {
		isEqual := branch.value.isTrue()
		inSome, inAll = inSome || isEqual, inAll && isEqual
	}
	return inSome, inAll
}

// equal returns whether two values are equal: true in the worlds in which they are,
// false in those in which they are not.
func (e *Evaluator) equal(at int, w world, a, b Value) []branch {
	isNumber := a.isNumber() || b.isNumber()
	a, b = e.resolve(a, w), e.resolve(b, w)
	if v, ok := faultAmong(a, b); ok {
		return one(w, v)
	}
	if a.key() == b.key() {
		return one(w, truth(true))
	}
	p, isText := e.textual(a)
	q, isText2 := e.textual(b)
	if !isText || !isText2 || isNumber && areSameNumber(a, b) {
		// Whether CloudFormation compares 1 and 1.0 as numbers is not documented.
		return e.guess(at, w, a, b)
	}
	p, q, differ := trim(p, q)
	if differ || cannotMatch(p, q) || cannotMatch(q, p) {
		return one(w, truth(false))
	}
	if x, value, ok := equation(p, q); ok {
		return e.is(w, x, value)
	}
	x := fewest(w, p, q)
	if x == nil {
		return e.guess(at, w, a, b)
	}
	var all []branch
	for _, value := range w.set(x).only {
		e.step(1 + len(w))
		all = append(all, e.equal(at, w.with(x, set{only: []string{value}}), a, b)...)
	}
	return all
}

// equation returns the variable and the text that it must be for two texts to be
// equal, if one is a variable and the other is known.
func equation(p, q []piece) (*variable, string, bool) {
	if len(p) != 1 || p[0].variable == nil {
		p, q = q, p
	}
	switch {
	case len(p) != 1 || p[0].variable == nil || len(q) > 1:
		return nil, "", false
	case len(q) == 0:
		return p[0].variable, "", true
	}
	return p[0].variable, q[0].text, q[0].variable == nil
}

// is returns whether a variable is a text.
func (e *Evaluator) is(w world, x *variable, value string) []branch {
	var all []branch
	yes, no := e.fork(w, x, value)
	if yes != nil {
		all = append(all, branch{*yes, truth(true)})
	}
	if no != nil {
		all = append(all, branch{*no, truth(false)})
	}
	return all
}

// guess takes two values that cannot be compared for equal and for different. The
// same two are equal everywhere or nowhere.
func (e *Evaluator) guess(at int, w world, a, b Value) []branch {
	if a.key() > b.key() {
		a, b = b, a
	}
	v := e.derived(at, "Fn::Equals", func(args []Value) Value {
		branches := e.equal(at, nil, args[0], args[1])
		if len(branches) == 1 {
			return branches[0].value
		}
		return Value{Kind: Unknown}
	}, a, b)
	x := v.only()
	x.only = []string{"true", "false"}
	return e.is(w, x, "true")
}

// isNumber reports whether v is the value of a parameter of type Number.
func (v Value) isNumber() bool {
	return v.findVariable(func(x *variable) bool { return x.parameter != nil && x.parameter.isNumber }) != nil
}

// areSameNumber reports whether two texts are the same number.
func areSameNumber(a, b Value) bool {
	x, err := strconv.ParseFloat(a.Text, 64)
	y, err2 := strconv.ParseFloat(b.Text, 64)
	return err == nil && err2 == nil && x == y
}

// trim takes away what two texts have in common at their ends. It reports whether
// they differ there.
func trim(p, q []piece) (_, _ []piece, differ bool) {
	if p, q, differ = trimStart(p, q); differ {
		return p, q, true
	}
	p, q, differ = trimStart(reversed(p), reversed(q))
	return reversed(p), reversed(q), differ
}

// trimStart does what trim does, at the start only.
func trimStart(p, q []piece) (_, _ []piece, differ bool) {
	p, q = slices.Clone(p), slices.Clone(q)
	for len(p) > 0 && len(q) > 0 && p[0].variable == q[0].variable {
		a, b := &p[0].text, &q[0].text
		n := 0
		for n < len(*a) && n < len(*b) && (*a)[n] == (*b)[n] {
			n++
		}
		if *a, *b = (*a)[n:], (*b)[n:]; *a != "" && *b != "" {
			return p, q, true
		}
		p, q = withoutEmpty(p), withoutEmpty(q)
	}
	return p, q, false
}

// withoutEmpty drops the first piece if nothing is left of it, or if it is a
// variable, which both texts have.
func withoutEmpty(p []piece) []piece {
	if p[0].text == "" {
		return p[1:]
	}
	return p
}

// reversed returns a text from its end.
func reversed(p []piece) []piece {
	r := make([]piece, 0, len(p))
	for _, piece := range slices.Backward(p) {
		text := []byte(piece.text)
		slices.Reverse(text)
		piece.text = string(text)
		r = append(r, piece)
	}
	return r
}

// cannotMatch reports whether text, if it is known, does not have the literals of
// a pattern, one after the other.
func cannotMatch(known, pattern []piece) bool {
	rest := ""
	switch {
	case len(known) > 1 || len(known) == 1 && known[0].variable != nil:
		return false
	case len(known) == 1:
		rest = known[0].text
	}
	for _, p := range pattern {
		i := strings.Index(rest, p.text)
		if i < 0 {
			return true
		}
		rest = rest[i+len(p.text):]
	}
	return false
}

// fewest returns the variable that may be the fewest texts, or nil if each may be
// any text.
func fewest(w world, patterns ...[]piece) *variable {
	var found *variable
	for _, pattern := range patterns {
		for _, p := range pattern {
			if p.variable == nil {
				continue
			}
			if s := w.set(p.variable); s.only != nil && (found == nil || len(s.only) < len(w.set(found).only)) {
				found = p.variable
			}
		}
	}
	return found
}
