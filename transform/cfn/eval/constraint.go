package eval

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// maxJoint is the largest number of worlds that one constraint may let pass.
const maxJoint = 1 << 10

// A constraint is what CloudFormation evaluates at every deployment: rules, and
// conditions that may be refused. Those that share a parameter are joined into one,
// within maxJoint.
type constraint struct {
	parameters []string
	accepted   []branch // the worlds that it lets pass
	projected  map[string][]branch
}

// constrain returns the branches of n in the worlds that CloudFormation accepts. It
// considers only what depends on the same parameters as n, directly or through others.
func (e *Evaluator) constrain(n *cfn.Node, branches []branch) []branch {
	e.readConstraints()
	if len(e.constraints) == 0 {
		return branches
	}
	parameters := e.ParametersBehind(n)
	for _, c := range e.constraints {
		if !overlap(c.parameters, parameters) {
			continue
		}
		passes := e.project(c, parameters)
		branches = e.each(branches, func(b branch) []branch {
			accepted := e.within(b.world, passes)
			for i := range accepted {
				accepted[i].value = b.value
			}
			return accepted
		})
	}
	return branches
}

// overlap reports whether two lists have a name in common.
func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

// project returns what a constraint says of some parameters alone: that there are
// values of the others with which it lets them pass.
func (e *Evaluator) project(c *constraint, parameters []string) []branch {
	key := strings.Join(parameters, " ")
	if worlds, ok := c.projected[key]; ok {
		return worlds
	}
	var worlds []branch
	seen := map[string]bool{}
	for _, b := range c.accepted {
		e.step(1 + len(b.world))
		var about world
		for _, f := range b.world {
			if !slices.ContainsFunc(f.variable.names(), func(name string) bool { return !slices.Contains(parameters, name) }) {
				about = append(about, f)
			}
		}
		if key := about.key(); !seen[key] {
			seen[key] = true
			worlds = append(worlds, branch{about, truth(true)})
		}
	}
	worlds = e.merge(worlds)
	c.projected[key] = worlds
	return worlds
}

// readConstraints finds the constraints, once. All conditions are evaluated before
// any resource, says the page "Conditions" of the User Guide, even those that
// nothing uses.
func (e *Evaluator) readConstraints() {
	if e.constrained {
		return
	}
	e.constrained = true
	if section := e.t.Root().Get("Conditions"); section != nil {
		for _, p := range section.Pairs {
			if e.mayBeRefused(p.Value) {
				cases := e.condition(p.Key.Value, p.Key.Span.Start, nil)
				e.require(e.ParametersBehind(p.Value), cases, func(v Value) bool { return !v.refused })
			}
		}
	}
	e.readRules()
}

// Refused returns the parameters of which CloudFormation refuses every value that the
// deployment may have, together with those of the others, by Rules or because a
// condition looks for what is not in Mappings. A refusal that no parameter decides is
// not among them.
func (e *Evaluator) Refused() (parameters []string) {
	defer e.stop(func() { parameters = nil })
	e.readConstraints()
	return e.refused
}

// require adds the constraint that a value is one that accepts reports to be
// accepted; cases are what it can be. If none is, that is a fault of the template,
// and not a constraint.
func (e *Evaluator) require(parameters []string, cases []branch, accepts func(Value) bool) {
	var accepted []branch
	for _, b := range cases {
		if accepts(b.value) {
			accepted = append(accepted, branch{b.world, truth(true)})
		}
	}
	if len(accepted) == 0 {
		e.refused = append(e.refused, parameters...)
	}
	if len(accepted) == 0 || len(accepted) == len(cases) {
		return
	}
	added := &constraint{parameters, e.merge(accepted), map[string][]branch{}}
	var apart []*constraint
	for _, c := range e.constraints {
		both := e.both(c, added)
		if both == nil {
			apart = append(apart, c)
			continue
		}
		added = both
	}
	e.constraints = append(apart, added)
}

// both returns one constraint for two that share a parameter, or nil if they do
// not, if it would exceed maxJoint, or if nothing fulfils both.
func (e *Evaluator) both(c, d *constraint) *constraint {
	if !overlap(c.parameters, d.parameters) || len(c.accepted)*len(d.accepted) > maxJoint {
		return nil
	}
	var accepted []branch
	for _, b := range c.accepted {
		accepted = append(accepted, e.within(b.world, d.accepted)...)
	}
	accepted = slices.DeleteFunc(accepted, func(b branch) bool { return !e.consistent(b.world) })
	if len(accepted) == 0 {
		return nil
	}
	parameters := append(slices.Clone(c.parameters), d.parameters...)
	slices.Sort(parameters)
	return &constraint{slices.Compact(parameters), e.merge(accepted), map[string][]branch{}}
}
