package eval

import (
	"strconv"
	"strings"
)

// equal returns whether two values are equal, in the worlds in which they are and
// in which they are not.
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
	if !isText || !isText2 {
		return e.guess(at, w, a, b)
	}
	p, q, differ := trim(p, q)
	switch {
	case isNumber && areSameNumber(a, b):
		// Whether CloudFormation compares 1 and 1.0 as numbers is not documented.
		return e.guess(at, w, a, b)
	case differ || cannotMatch(p, q) || cannotMatch(q, p):
		return one(w, truth(false))
	}
	if len(p) > len(q) {
		p, q = q, p
	}
	if len(q) == 1 && q[0].variable != nil && (len(p) == 0 || p[0].variable == nil) {
		p, q = q, p
	}
	if len(p) == 1 && p[0].variable != nil && len(q) <= 1 && (len(q) == 0 || q[0].variable == nil) {
		value := ""
		if len(q) == 1 {
			value = q[0].text
		}
		return e.is(w, p[0].variable, value)
	}
	if x := fewest(w, p, q); x != nil {
		var all []branch
		for _, value := range w.set(x).only {
			if !e.step(1 + len(w)) {
				return nil
			}
			all = append(all, e.equal(at, w.with(x, set{only: []string{value}}), a, b)...)
		}
		return all
	}
	return e.guess(at, w, a, b)
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

// guess takes two values that nobody can compare for equal and for different. The
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
	p, q = append([]piece(nil), p...), append([]piece(nil), q...)
	for len(p) > 0 && len(q) > 0 {
		a, b := &p[0], &q[0]
		if a.variable != b.variable {
			break
		}
		if a.variable == nil {
			n := 0
			for n < len(a.text) && n < len(b.text) && a.text[n] == b.text[n] {
				n++
			}
			if a.text, b.text = a.text[n:], b.text[n:]; a.text != "" && b.text != "" {
				return p, q, true
			}
		}
		p, q = dropEmpty(p, 0), dropEmpty(q, 0)
	}
	for len(p) > 0 && len(q) > 0 {
		a, b := &p[len(p)-1], &q[len(q)-1]
		if a.variable != b.variable {
			break
		}
		if a.variable == nil {
			n := 0
			for n < len(a.text) && n < len(b.text) && a.text[len(a.text)-1-n] == b.text[len(b.text)-1-n] {
				n++
			}
			if a.text, b.text = a.text[:len(a.text)-n], b.text[:len(b.text)-n]; a.text != "" && b.text != "" {
				return p, q, true
			}
		}
		p, q = dropEmpty(p, len(p)-1), dropEmpty(q, len(q)-1)
	}
	return p, q, false
}

// dropEmpty drops the piece i if there is nothing left of it, or if it is a
// variable, which both texts have.
func dropEmpty(p []piece, i int) []piece {
	if p[i].text != "" {
		return p
	}
	if i == 0 {
		return p[1:]
	}
	return p[:i]
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

// fewest returns the variable that may be the fewest texts, or nil if every one
// may be any.
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
