package eval

import (
	"fmt"
	"slices"
	"strings"
)

// A variable stands for a text that the template does not show: the value of a
// parameter or of a function that is not known, or whether two texts are equal.
type variable struct {
	index     int      // numbers the variables in the order in which they came up
	name      string   // of a parameter, or else what tells it apart from others
	only      []string // the values that it can have, or nil if they are not known
	reason    string   // why it is not known
	at        int
	parameter *parameter // or nil
	isPseudo  bool       // it is a pseudo parameter

	resource, attribute string // of a reference to a resource

	// What was made from other variables can be made again when they are known.
	args    []Value
	operate func(args []Value) Value

	behind []string // the parameters that it was made from

	// accepts reports whether a text can be the value at all; nil accepts all.
	accepts func(text string) bool
}

// names returns the parameters and pseudo parameters that a variable depends on.
func (x *variable) names() []string {
	if x.parameter != nil || x.isPseudo {
		return []string{x.name}
	}
	return x.behind
}

// A fact says what a variable may be.
type fact struct {
	variable *variable
	set      set
}

// A world is what is assumed where an expression is evaluated: facts in the order
// of their variables. It never changes.
type world []fact

func (w world) find(x *variable) (int, bool) {
	return slices.BinarySearchFunc(w, x, func(f fact, x *variable) int { return f.variable.index - x.index })
}

// key returns a text that only equal worlds have.
func (w world) key() string {
	var b strings.Builder
	for _, f := range w {
		fmt.Fprintf(&b, "%d %q %q;", f.variable.index, f.set.only, f.set.except)
	}
	return b.String()
}

// set returns what a variable may be.
func (w world) set(x *variable) set {
	if i, ok := w.find(x); ok {
		return w[i].set
	}
	return set{only: x.only}
}

// with returns the world with another fact in place of what was known of x.
func (w world) with(x *variable, s set) world {
	i, ok := w.find(x)
	if ok {
		w = slices.Clone(w)
		w[i].set = s
		return w
	}
	return slices.Insert(slices.Clip(w), i, fact{x, s})
}

// and returns the world in which both hold, or false if they contradict each other.
func (w world) and(other world) (world, bool) {
	if len(w) == 0 {
		return other, true
	}
	both := make(world, 0, len(w)+len(other))
	for len(w) > 0 && len(other) > 0 {
		switch a, b := w[0], other[0]; {
		case a.variable.index < b.variable.index:
			both, w = append(both, a), w[1:]
		case a.variable.index > b.variable.index:
			both, other = append(both, b), other[1:]
		default:
			s := a.set.and(b.set)
			if s.only != nil && len(s.only) == 0 {
				return nil, false
			}
			both, w, other = append(both, fact{a.variable, s}), w[1:], other[1:]
		}
	}
	return append(append(both, w...), other...), true
}

// or returns the world in which one of two of the same length holds, or false if
// they differ in more than what they say of one variable.
func (w world) or(other world) (world, bool) {
	differs := -1
	for i, f := range w {
		g := other[i]
		switch {
		case f.variable != g.variable:
			return nil, false
		case slices.Equal(f.set.only, g.set.only) && slices.Equal(f.set.except, g.set.except):
		case differs >= 0:
			return nil, false
		default:
			differs = i
		}
	}
	if differs < 0 {
		return w, true
	}
	x := w[differs].variable
	if s := w[differs].set.or(other[differs].set); !s.isAll(x) {
		return w.with(x, s), true
	}
	return w.withoutFact(x), true
}

// merge makes one branch of two neighbours that have the same truth, where that
// loses nothing, so that what makes no difference is forgotten.
func (e *Evaluator) merge(branches []branch) []branch {
	var merged []branch
	for _, b := range branches {
		for len(merged) > 0 {
			last := merged[len(merged)-1]
			if b.value.Invalid || last.value.Invalid || b.value.Text != last.value.Text || len(b.world) != len(last.world) {
				break
			}
			e.step(1 + len(b.world))
			either, ok := last.world.or(b.world)
			if !ok {
				break
			}
			b.world, merged = either, merged[:len(merged)-1]
		}
		merged = append(merged, b)
	}
	return merged
}

// parameters returns the values of the parameters in a world.
func (w world) parameters() map[string]Values {
	if len(w) == 0 {
		return nil
	}
	all := make(map[string]Values, len(w))
	for _, f := range w {
		for _, name := range f.variable.behind {
			if _, ok := all[name]; !ok {
				all[name] = Values{}
			}
		}
		if f.variable.parameter == nil && !f.variable.isPseudo {
			continue
		}
		v := Values{Only: f.set.only, except: f.set.except}
		if p := f.variable.parameter; p != nil && p.standard != nil && v.Only == nil && v.has(*p.standard) {
			v.standard = *p.standard
		}
		all[f.variable.name] = v
	}
	return all
}

// A branch is a value in a world.
type branch struct {
	world world
	value Value
}

func one(w world, v Value) []branch { return []branch{{w, v}} }

// each replaces every branch by what a function makes of it.
func (e *Evaluator) each(branches []branch, f func(branch) []branch) []branch {
	var all []branch
	for _, b := range branches {
		e.step(1 + len(b.world))
		all = append(all, f(b)...)
	}
	return all
}

// fork returns the world in which a variable has a value and the one in which it
// does not; nil for one that cannot be.
func (e *Evaluator) fork(w world, x *variable, value string) (yes, no *world) {
	s := w.set(x)
	e.step(1 + len(w) + len(s.only) + len(s.except))
	if !s.admits(value) || s.only == nil && x.accepts != nil && !x.accepts(value) {
		return nil, &w
	}
	if s.isOne() {
		return &w, nil
	}
	is, not := w.with(x, set{only: []string{value}}), w.with(x, s.without(value))
	return &is, &not
}

// consistent reports whether what a world says of values that were made from
// variables agrees with what it says of the variables.
func (e *Evaluator) consistent(w world) bool {
	for _, f := range w {
		if f.variable.operate == nil {
			continue
		}
		if v := e.resolve(e.variableValue(f.variable), w.withoutFact(f.variable)); v.Kind == Text && !f.set.admits(v.Text) || v.refused {
			return false
		}
	}
	return true
}

// isGuess reports whether a world says something of what is neither a parameter nor
// follows from parameters.
func (e *Evaluator) isGuess(w world) bool {
	return slices.ContainsFunc(w, func(f fact) bool {
		x := f.variable
		return x.parameter == nil && !x.isPseudo && e.resolve(e.variableValue(x), w.withoutFact(x)).Kind != Text
	})
}

// withoutFact returns the world without what it says of a variable.
func (w world) withoutFact(x *variable) world {
	i, ok := w.find(x)
	if !ok {
		return w
	}
	return slices.Delete(slices.Clone(w), i, i+1)
}
