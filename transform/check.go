package transform

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
	"github.com/imdslock/imdslock/transform/userdata"
)

// CheckOptions say what a template is held to.
type CheckOptions struct {
	Options

	// Parameters are the values that a deployment will pass. If there are any,
	// or Deployment is set, the others have their defaults, unless Rules refuse
	// those, and the template is judged for that deployment only; otherwise it is
	// judged for all values that CloudFormation accepts.
	Parameters map[string]string
	Deployment bool

	// Now is the time at which acceptances must be in force. Zero means the time of the call.
	Now time.Time
}

// Check returns what is not locked in a template, in the order of its lines,
// without changing anything. Findings on what cannot be judged are notes, but a
// resource that launches nodes and cannot be read at all is open. The error is
// a [*cfn.Error] if src is not a template or does not accept the value of a
// parameter, or that of ctx if it is done.
func Check(ctx context.Context, src []byte, opts CheckOptions) ([]Finding, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	t, err := cfn.Parse(src)
	if err != nil {
		return nil, err
	}
	findings, err := check(ctx, t, opts)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return a.Start.Offset - b.Start.Offset })
	return findings, nil
}

// A checker judges one template.
type checker struct {
	*survey
	opts     CheckOptions
	findings []Finding
}

func check(ctx context.Context, t *cfn.Template, opts CheckOptions) ([]Finding, error) {
	given, err := opts.given(ctx, t)
	if err != nil {
		return nil, err
	}
	s, err := newSurvey(ctx, t, given)
	if err != nil {
		return nil, err
	}
	findings, err := s.check(ctx, opts)
	if err != nil || len(opts.Parameters) == 0 {
		return findings, err
	}
	assumed, err := opts.assumed(ctx, t, given, findings)
	return append(findings, assumed...), err
}

// assumed notes what is open in the deployments that pass the given parameters, but not
// if the others have their defaults: an update keeps the value that a stack has for a
// parameter that is not passed.
func (o CheckOptions) assumed(ctx context.Context, t *cfn.Template, given map[string]string, found []Finding) ([]Finding, error) {
	passed := maps.Clone(given)
	maps.DeleteFunc(passed, func(name, _ string) bool { _, ok := o.Parameters[name]; return !ok })
	s, err := newSurvey(ctx, t, passed)
	if err != nil {
		return nil, err
	}
	all, err := s.check(ctx, o)
	var notes []Finding
	for _, f := range all {
		isFound := func(g Finding) bool { return g.Rule == f.Rule && g.LogicalID == f.LogicalID && g.Kind == KindOpen }
		if f.Kind == KindOpen && !slices.ContainsFunc(found, isFound) {
			f.Kind = KindNote
			f.Message += "; the default is assumed, but an update keeps the value that the stack has"
			notes = append(notes, f)
		}
	}
	return notes, err
}

// check judges a template that was surveyed.
func (s *survey) check(ctx context.Context, opts CheckOptions) ([]Finding, error) {
	if err := s.known(opts.Options); err != nil {
		return nil, err
	}
	c := &checker{survey: s, opts: opts}
	for _, l := range s.chosen(opts.Options) {
		if err := c.judge(l); err != nil {
			return nil, err
		}
	}
	for _, g := range s.chosenGroups(opts.Options) {
		c.findings = append(c.findings, s.judgeGroup(g, opts.Options)...)
	}
	within, err := s.checkWithin(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.findings = slices.Concat(c.findings, within, s.beside())
	c.accept()
	return c.findings, ctx.Err()
}

// given returns the values of the parameters of the deployment, or nil if the
// template is judged for all values.
func (o CheckOptions) given(ctx context.Context, t *cfn.Template) (map[string]string, error) {
	if len(o.Parameters) == 0 && !o.Deployment {
		return nil, nil
	}
	values := eval.New(ctx, t, nil)
	given := values.Defaults()
	for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
		if values.IsMasked(name, o.Parameters[name]) {
			delete(given, name) // which may be any value
			continue
		}
		if err := values.Validate(name, o.Parameters[name]); err != nil {
			return nil, err
		}
		given[name] = o.Parameters[name]
	}
	for _, name := range eval.New(ctx, t, given).Refused() {
		if _, isPassed := o.Parameters[name]; !isPassed {
			delete(given, name) // which must be passed with another value
		}
	}
	return given, nil
}

// judge judges one launcher.
func (c *checker) judge(l *launcher) error {
	datas, err := l.data(c.t)
	if err != nil {
		return c.unreadable(l, err)
	}
	for _, data := range datas {
		if l.texts {
			c.refusedUserData(l, data)
			c.userData(l, data)
		}
		if l.options {
			if err := c.metadataOptions(l, data); err != nil {
				return c.unreadable(l, err)
			}
		}
	}
	return nil
}

// unreadable records that a launcher cannot be read, which may hide anything.
func (c *checker) unreadable(l *launcher, err error) error {
	f, err := c.survey.unreadable(l, err)
	if err == nil {
		c.findings = append(c.findings, f)
	}
	return err
}

// unreadable makes the finding that a launcher cannot be read, if the error says where.
func (s *survey) unreadable(l *launcher, err error) (Finding, error) {
	var at *cfn.Error
	if !errors.As(err, &at) {
		return Finding{}, err
	}
	return s.finding(RuleUnreadable, KindOpen, l.id, cfn.Span{Start: at.Offset, End: at.Offset}, l.id+": "+at.Message), nil
}

// open records a finding, which is a note if its rule only informs.
func (c *checker) open(rule Rule, id string, at cfn.Span, format string, args ...any) {
	kind := KindOpen
	if d, _ := Describe(rule); d.Note {
		kind = KindNote
	}
	c.findings = append(c.findings, c.finding(rule, kind, id, at, fmt.Sprintf(format, args...)))
}

// userData judges the user data that a data mapping of a launcher can have.
func (c *checker) userData(l *launcher, data *cfn.Node) {
	payloads := c.payloads(l, data)
	block := c.block(c.opts.Options, l, data)
	for _, load := range payloads {
		if load = c.possible(l, load); load.isImpossible() {
			continue
		}
		if c.isOff(data) && len(load.variants) == 0 { // which is said
			continue
		}
		if c.opts.keepsUserData() {
			c.findings = append(c.findings, c.keptUserData(l, load, block, c.opts.Options)...)
		} else if c.reachesNodes(l, load, block) {
			c.judgeVariants(l, load, payloads, block)
		}
	}
}

// reachesNodes judges what the nodes of a launcher do with user data. It returns
// false if all of them ignore its commands.
func (c *checker) reachesNodes(l *launcher, load payload, block userdata.Block) bool {
	switch {
	case load.isAbsent():
		c.noUserData(l, load)
	case load.unread != nil: // which its judgement says
	case load.opaque != "":
		c.unjudged(l, load, load.opaque)
	case load.runsCommands():
		others, all := c.runs(l, c.opts.OS).ignores()
		if all {
			c.unjudged(l, load, noUserData(others))
			return false
		}
		c.findings = append(c.findings, c.ignored(l, load, others)...)
		c.findings = append(c.findings, c.initNotes(l, load, block, c.opts.Options, load.all()...)...)
	}
	return true
}

// judgeVariants judges the texts that load can be. All are the payloads that the data
// mapping can have.
func (c *checker) judgeVariants(l *launcher, load payload, all []payload, block userdata.Block) {
	for _, f := range c.judgeProblems(l, load, block, c.opts.counts) {
		if f.Rule == RuleUserData && c.opts.mustHaveBlock() && !load.runsCommands() && !isExcused(load, all) {
			f.Kind = KindOpen
		}
		c.findings = append(c.findings, f)
	}
}

func (c *checker) noUserData(l *launcher, load payload) {
	runs := c.runs(l, c.opts.OS)
	if runs.isLinux() {
		c.open(RuleIPTables, l.id, load.node.Span, "%s: no user data, and so no iptables commands", l.id)
		return
	}
	c.unjudged(l, load, noUserData(runs))
}

// unjudged notes user data that cannot be judged. If the commands were asked for
// explicitly, it counts as having none.
func (c *checker) unjudged(l *launcher, load payload, why string) {
	c.open(RuleUserData, l.id, load.node.Span, "%s: user data not judged: %s", l.id, why)
	if c.opts.mustHaveBlock() {
		c.findings[len(c.findings)-1].Kind = KindOpen
	}
}
