package transform

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// Patch locks the template in src. The error is a [*CannotLock] if something
// cannot be locked as asked, a [*cfn.Error] if src is not a template, that of
// ctx if it is done, or another if an option is invalid; then there is no
// result.
func Patch(ctx context.Context, src []byte, opts Options) (Result, error) {
	if err := opts.validate(); err != nil {
		return Result{}, err
	}
	return patch(ctx, src, opts)
}

// patch locks a template that is deployed with some values of parameters only, or with
// all that CloudFormation accepts if there are none.
func patch(ctx context.Context, src []byte, opts Options, with ...deployment) (Result, error) {
	t, err := cfn.Parse(src)
	if err != nil {
		return Result{}, err
	}
	left := map[textID]string{}
	for {
		p, err := plan(ctx, t, opts, left, with...)
		if err != nil {
			return Result{}, err
		}
		r, err := p.result(ctx)
		if err == nil || opts.mustHaveBlock() || !p.leaveLost(left) {
			return r, err
		}
	}
}

// result makes the edits of a plan and verifies what comes of them.
func (p *planner) result(ctx context.Context) (Result, error) {
	src := []byte(p.t.Source())
	r := Result{Output: src, Findings: p.findings, Parameters: p.locks}
	if !r.Changed() {
		return r, p.resultError(p.verify(ctx, p.t), &r)
	}
	var err error
	r.Output, err = edit.Apply(src, r.Edits())
	if err != nil {
		return Result{}, fmt.Errorf("making the edits: %w", err)
	}
	locked, err := cfn.Parse(r.Output)
	if err == nil {
		err = p.verify(ctx, locked)
	}
	return r, p.resultError(err, &r)
}

// resultError gives an error about a result its place in the input, and clears
// the result. It turns the error of a result that cannot be read into a
// [*CannotLock] for the change that made it so.
func (p *planner) resultError(err error, r *Result) error {
	if err == nil {
		return nil
	}
	result := *r
	*r = Result{}
	var cannot *CannotLock
	if errors.As(err, &cannot) {
		cause := *cannot.Cause
		cause.Position = p.t.Position(result.inputOffset(cause.Offset, len(p.t.Source())))
		return &CannotLock{cannot.LogicalID, cannot.Property, &cause}
	}
	var unread *cfn.Error
	if !errors.As(err, &unread) || !result.Changed() {
		return err
	}
	f := result.changeAt(result.inputOffset(unread.Offset, len(p.t.Source())))
	if f.Rule == RuleIPTables {
		p.lose(f.LogicalID)
	}
	return cannotLock(p.t, f.LogicalID, f.Rule.property(), f.Start.Offset, "write it in block style, or choose other resources with --resource",
		"it cannot be changed in the way it is written, as the result could not be read: %s", unread.Message)
}

// inputOffset returns the offset in the input, which has size bytes, that an
// offset in the output comes from.
func (r Result) inputOffset(at, size int) int {
	for _, e := range r.Edits() {
		if at < e.Start {
			break
		}
		at = max(at+e.End-e.Start-len(e.New), e.Start)
	}
	return min(at, size)
}

// changeAt returns the change whose edit is the last at a place of the input or
// before it, or the first change.
func (r Result) changeAt(at int) Finding {
	var found Finding
	last := -1
	for _, f := range r.Findings {
		for _, e := range f.Edits {
			switch {
			case e.Start <= at && e.Start > last:
				found, last = f, e.Start
			case found.Edits == nil:
				found = f
			}
		}
	}
	return found
}

// A planner decides what to change in a template. All rules see the template as
// it was.
type planner struct {
	*survey
	opts     Options
	findings []Finding
	texts    []plannedText     // every user data, in order
	left     map[textID]string // those that cannot be edited, and why
	seen     map[string]int    // how many user data of each launcher were planned
	lost     []textID          // those that the result does not have as planned
	open     map[excuse]int    // how many findings stay open and were reported
	locks    map[string]string // parameter to the one value that it is locked to
	replaced []*cfn.Node       // expressions that a literal replaces
	with     []deployment      // see patch; at least one

	acceptance  []acceptance
	dedications map[string]bool // see dedicated
}

// An excuse is a rule that does not hold for a resource, as the plan says.
type excuse struct {
	rule Rule
	id   string
}

// plan decides what to change in a template, other than the user data that is left.
func plan(ctx context.Context, t *cfn.Template, opts Options, left map[textID]string, with ...deployment) (*planner, error) {
	s, err := newSurvey(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	return planSurvey(ctx, s, opts, left, with...)
}

// planSurvey decides what to change in a template that was surveyed.
func planSurvey(ctx context.Context, s *survey, opts Options, left map[textID]string, with ...deployment) (*planner, error) {
	if err := s.known(opts); err != nil {
		return nil, err
	}
	p := &planner{survey: s, opts: opts, open: map[excuse]int{}, locks: map[string]string{}, left: left, seen: map[string]int{}, dedications: map[string]bool{}, with: with}
	if len(with) == 0 {
		p.with = []deployment{nil}
	}
	var mistakes []Finding
	p.acceptance, mistakes = s.acceptances()
	for _, f := range mistakes {
		p.stays(f)
	}
	for _, l := range s.chosen(opts) {
		datas, err := l.data(s.t)
		if err != nil {
			return nil, err
		}
		for _, data := range datas {
			if err := p.lock(ctx, l, data); err != nil {
				return nil, err
			}
		}
	}
	for _, g := range s.chosenGroups(opts) {
		if err := p.group(g); err != nil {
			return nil, err
		}
	}
	p.customNames()
	if err := p.within(ctx); err != nil {
		return nil, err
	}
	p.leftovers()
	p.findings = slices.Concat(p.findings, s.beside())
	if len(p.acceptance) > 0 {
		if err := p.leftAccepted(ctx); err != nil {
			return nil, err
		}
	}
	return p, ctx.Err()
}

// leftAccepted records what stays open because a person accepted it.
func (p *planner) leftAccepted(ctx context.Context) error {
	findings, err := p.check(ctx, CheckOptions{Options: p.opts})
	if err != nil {
		return err
	}
	for _, f := range findings {
		if f.Kind == KindAccepted {
			p.findings = append(p.findings, f)
		}
	}
	return nil
}

// lock runs the rules over one data mapping of a launcher.
func (p *planner) lock(ctx context.Context, l *launcher, data *cfn.Node) error {
	if l.options {
		if err := p.metadataOptions(ctx, l, data); err != nil {
			return err
		}
	}
	if l.texts {
		return p.userData(l, data)
	}
	return nil
}

// group runs the rules over a group.
func (p *planner) group(g *group) error {
	if err := p.version(g); err != nil {
		return err
	}
	if g.without && p.opts.AddLaunchTemplate && g.typ == typeNodegroup {
		return p.addLaunchTemplate(g)
	}
	for _, f := range p.judgeGroup(g, p.opts) {
		if f.Rule != RuleVersion {
			p.stays(f)
		}
	}
	return nil
}

// change records a finding with edits.
func (p *planner) change(rule Rule, id string, at cfn.Span, message string, edits ...edit.Edit) {
	f := p.finding(rule, KindChange, id, at, message)
	f.Edits = edits
	p.findings = append(p.findings, f)
}

// note records what is left alone.
func (p *planner) note(rule Rule, id string, at cfn.Span, format string, args ...any) {
	p.findings = append(p.findings, p.finding(rule, KindNote, id, at, fmt.Sprintf(format, args...)))
}

// stays records a finding on something that is left as it is. If that is open,
// verify accepts that it stays open.
func (p *planner) stays(f Finding) {
	p.findings = append(p.findings, f)
	if f.Kind == KindOpen {
		p.open[excuse{f.Rule, f.LogicalID}]++
	}
}
