// Package eval says which values an expression of a CloudFormation template can
// have when the template is deployed.
//
// It knows Ref, Condition and the functions Fn::If, Equals, Not, And, Or,
// FindInMap, Sub, Join, Select, Split and Base64, and of the section Rules
// Fn::Contains, EachMemberEquals and EachMemberIn. What only a deployment knows
// (attributes, imports, transforms, values from the SSM parameter store, dynamic
// references) is unknown, and so is every text made from it. What CloudFormation
// would refuse is unknown and Invalid.
//
// Every value that CloudFormation accepts for a parameter is taken into account.
// A comparison that cannot be decided goes both ways, the same way wherever the
// same two values are compared. So each value that a deployment can have is among
// the outcomes, or is covered by one that is unknown. Some outcomes may be those of
// no deployment.
//
// The semantics are those of the "Intrinsic function reference", "Condition functions",
// "Parameters" and "Rules" pages of the AWS CloudFormation User Guide.
package eval

import (
	"context"
	"errors"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// maxSteps is how much work one template may take: about a second of CPU time. A
// step is a node that is visited or a fact that is copied.
const maxSteps = 1 << 22

// maxDepth is how deep expressions may nest, including the conditions that they
// name.
const maxDepth = 10_000

// An Evaluator computes what expressions of one template stand for. It is not
// safe for concurrent use.
type Evaluator struct {
	ctx   context.Context
	t     *cfn.Template
	given map[string]string

	definitions map[string]*cfn.Node // of the conditions
	// conditionMaker is Fn::Transform or Fn::ForEach in Conditions, which may make any
	// condition, or nil.
	conditionMaker *cfn.Node
	mappings       *cfn.Node
	parameters     map[string]*parameter
	variables      map[string]*variable
	cases          map[string][]branch // of the conditions that were evaluated
	inside         map[string]bool     // the conditions being evaluated, to detect cycles
	mentions       map[*cfn.Node]mention
	outcomes       map[*cfn.Node][]Outcome // of the expressions asked about
	constraints    []*constraint           // see constrain
	constrained    bool
	refused        []string // see Refused
	inRules        bool     // Rules are evaluated, see ref

	depth, steps int
	stopped      error // why evaluation stopped for good
}

// New returns an evaluator of a template for a deployment with the given
// parameter values, as the deployment passes them; a parameter that is not among
// them may have every value that CloudFormation accepts, whatever its default.
// Pseudo parameters such as AWS::Region can be given too. One budget holds for
// everything that the evaluator is asked, and it stops when ctx is done.
func New(ctx context.Context, t *cfn.Template, given map[string]string) *Evaluator {
	e := &Evaluator{
		ctx: ctx, t: t, given: given, mappings: t.Root().Get("Mappings"),
		definitions: map[string]*cfn.Node{},
		variables:   map[string]*variable{},
		cases:       map[string][]branch{},
		inside:      map[string]bool{},
		mentions:    map[*cfn.Node]mention{},
		outcomes:    map[*cfn.Node][]Outcome{},
	}
	if section := t.Root().Get("Conditions"); section != nil {
		for _, p := range section.Pairs {
			e.definitions[p.Key.Value] = p.Value
		}
		e.conditionMaker = maker(section)
	}
	e.readParameters()
	return e
}

// Outcomes returns the values that an expression can have, each with the
// parameter values under which it has it, in the order in which conditions are
// tried: what is true first. There is at least one. Parameter values that
// CloudFormation refuses, by Rules or because a condition looks for what is not in
// Mappings, have no outcome. The error is a [*cfn.Error] at the expression if the
// budget of the template is used up, or the context's. The caller must not write
// into the outcomes, which later calls return again.
func (e *Evaluator) Outcomes(n *cfn.Node) (outcomes []Outcome, err error) {
	if known, ok := e.outcomes[n]; ok {
		return known, nil
	}
	defer e.stop(func() { outcomes, err = nil, e.exceeded(n) })
	branches := e.each(e.eval(n, nil), func(b branch) []branch { return e.settle(b.world, b.value) })
	branches = e.each(e.constrain(n, branches), func(b branch) []branch {
		if !e.consistent(b.world) {
			return nil
		}
		return one(b.world, e.resolve(b.value, b.world))
	})
	if accepted := withoutRefused(branches); len(accepted) > 0 {
		branches = accepted
	}
	outcomes = make([]Outcome, len(branches))
	for i, b := range branches {
		outcomes[i] = Outcome{b.world.parameters(), b.value, e.isGuess(b.world), b.world}
	}
	if len(outcomes) == 0 {
		outcomes = []Outcome{{Value: invalid(n.Span.Start, "no parameter values are accepted")}}
	}
	e.outcomes[n] = outcomes
	return outcomes, nil
}

// exceeded returns the error for an evaluator that has stopped.
func (e *Evaluator) exceeded(n *cfn.Node) error {
	if e.stopped != errBudget {
		return e.stopped
	}
	err := e.t.Errorf(n.Span.Start, "too many combinations of parameter values and conditions to try")
	err.Hint = "pass values with --parameter, or choose launch templates with --resource"
	return err
}

// withoutRefused returns the branches that CloudFormation does not refuse because
// of parameter values.
func withoutRefused(branches []branch) []branch {
	var accepted []branch
	for _, b := range branches {
		if f, _ := b.value.fault(); !f.refused {
			accepted = append(accepted, b)
		}
	}
	return accepted
}

// settle goes on until the texts in a value are known as far as they can be:
// with each of a few values that a parameter may have, and with its default.
func (e *Evaluator) settle(w world, v Value) []branch {
	return e.each(e.enumerate(w, v), func(b branch) []branch {
		x := b.value.findVariable(func(x *variable) bool {
			return x.parameter != nil && x.parameter.standard != nil && b.world.set(x).admits(*x.parameter.standard) &&
				!b.world.set(x).isOne()
		})
		if x == nil {
			return one(b.world, b.value)
		}
		var all []branch
		yes, no := e.fork(b.world, x, *x.parameter.standard)
		for _, w := range []*world{yes, no} {
			if w != nil {
				all = append(all, e.settle(*w, e.resolve(b.value, *w))...)
			}
		}
		return all
	})
}

// maker returns the key of Fn::Transform or Fn::ForEach in a mapping, which may add
// to what is beside it, or replace it; or nil.
func maker(n *cfn.Node) *cfn.Node {
	for _, p := range n.Pairs {
		if key := p.Key.Value; key == "Fn::Transform" || strings.HasPrefix(key, "Fn::ForEach::") {
			return p.Key
		}
	}
	return nil
}

// errBudget is why an evaluator stops after maxSteps.
var errBudget = errors.New("the budget is used up")

// step counts some work. It panics with e.stopped if no more is to be done; see
// stop.
func (e *Evaluator) step(n int) {
	before := e.steps >> 12
	e.steps += n
	switch {
	case e.stopped != nil:
	case e.steps > maxSteps:
		e.stopped = errBudget
	case e.steps>>12 != before:
		e.stopped = e.ctx.Err()
	}
	if e.stopped != nil {
		panic(e.stopped)
	}
}

// stop, deferred, calls a function if step has panicked.
func (e *Evaluator) stop(stopped func()) {
	switch r := recover(); {
	case r == nil:
	case r == e.stopped:
		stopped()
	default:
		panic(r)
	}
}
