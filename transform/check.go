package transform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"imdslock/transform/cfn"
	"imdslock/transform/cfn/edit"
	"imdslock/transform/userdata"
)

// CheckOptions say what a template is held to.
type CheckOptions struct {
	Options

	// Parameters are the values that a deployment will pass. Where there are
	// some, or Deployment is set, the others have their defaults, and the
	// template is judged for that deployment only; else for all values that
	// CloudFormation accepts.
	Parameters map[string]string
	Deployment bool
}

// Check returns what is not locked in a template, in the order of its lines,
// without changing anything. Findings on what cannot be judged are notes. The
// error is a [*cfn.Error] where src is no template or a parameter's value is
// none that it accepts, or a [*CannotLock] where a launch template cannot be
// read.
func Check(src []byte, opts CheckOptions) ([]Finding, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	t, err := cfn.Parse(src)
	if err != nil {
		return nil, err
	}
	findings, err := check(t, opts)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return a.Position.Offset - b.Position.Offset })
	return findings, nil
}

// A checker judges one template.
type checker struct {
	t        *cfn.Template
	opts     CheckOptions
	given    map[string]string // of parameters
	findings []Finding
}

func check(t *cfn.Template, opts CheckOptions) ([]Finding, error) {
	c := &checker{t: t, opts: opts}
	if err := c.give(); err != nil {
		return nil, err
	}
	rest, err := eachData(t, opts.Options, func(lt launchTemplate, data *cfn.Node, os OS) error {
		c.userData(lt, data, os)
		return c.metadataOptions(lt, data)
	})
	return append(c.findings, rest...), err
}

// give sets the values of the parameters.
func (c *checker) give() error {
	if len(c.opts.Parameters) == 0 && !c.opts.Deployment {
		return nil
	}
	c.given = c.t.Defaults()
	for _, name := range slices.Sorted(maps.Keys(c.opts.Parameters)) {
		value := c.opts.Parameters[name]
		parameter := c.t.Root().Get("Parameters", name)
		if parameter == nil {
			return c.t.Errorf(c.t.Root().Span.Start, "there is no parameter %q", name)
		}
		allowed := c.t.AcceptedValues(name)
		if parameter.Get("AllowedValues") != nil && !slices.Contains(allowed, value) {
			return c.t.Errorf(parameter.Span.Start, "parameter %s does not accept %q, only %s", name, value, strings.Join(allowed, ", "))
		}
		c.given[name] = value
	}
	return nil
}

// open records something that is not locked.
func (c *checker) open(rule Rule, id string, at int, format string, args ...any) {
	d, _ := Describe(rule)
	c.findings = append(c.findings, Finding{Rule: rule, LogicalID: id, Position: c.t.Position(at), Message: fmt.Sprintf(format, args...), Open: !d.Note})
}

// metadataOptions judges the values that MetadataOptions can have.
func (c *checker) metadataOptions(lt launchTemplate, data *cfn.Node) error {
	if c.opts.HopLimit == 0 && c.opts.keepsIMDSv1() {
		return nil
	}
	pair, ok := data.Pair("MetadataOptions")
	if !ok {
		c.open(RuleMetadataOptions, lt.id, lt.key.Span.Start, "%s: no MetadataOptions", lt.id)
		return nil
	}
	outcomes, err := c.t.Outcomes(pair.Value, c.given)
	if err != nil {
		return lt.wrap("MetadataOptions", err)
	}
	limits := judge(outcomes, func(v cfn.Value) string { return c.hopLimit(v) })
	tokens := judge(outcomes, func(v cfn.Value) string { return c.tokens(v) })
	if limits.bad > 0 {
		c.open(RuleHopLimit, lt.id, valueOffset(pair, "HttpPutResponseHopLimit"), "%s: %s", lt.id, limits)
	}
	switch at := valueOffset(pair, "HttpTokens"); {
	case tokens.bad == 0:
	case tokens.bad < tokens.all:
		c.open(RuleIMDSv1Parameter, lt.id, at, "%s: %s, so IMDSv1 is open", lt.id, tokens)
	default:
		c.open(RuleIMDSv1, lt.id, at, "%s: %s, so IMDSv1 is open", lt.id, tokens)
	}
	if tokens.bad > 0 && limits.bad == 0 && c.opts.HopLimit == 1 {
		c.open(RuleHopLimitAlone, lt.id, valueOffset(pair, "HttpPutResponseHopLimit"), "%s: the hop limit does not stop IMDSv1, which is open", lt.id)
	}
	return nil
}

// A judgement counts the outcomes that are bad and describes the first.
type judgement struct {
	bad, all    int
	what, under string
}

// String says what is wrong, and under which parameters where others are fine.
func (j judgement) String() string {
	if j.bad == j.all || j.under == "" {
		return j.what
	}
	return j.what + " with " + j.under
}

// judge asks of every outcome what is wrong with it.
func judge(outcomes []cfn.Outcome, wrong func(cfn.Value) string) judgement {
	j := judgement{all: len(outcomes)}
	for _, o := range outcomes {
		what := wrong(o.Value)
		if what == "" {
			continue
		}
		if j.bad == 0 {
			j.what, j.under = what, o.String()
		}
		j.bad++
	}
	return j
}

// valueOffset is where a property of MetadataOptions has its value, or else
// where MetadataOptions stands.
func valueOffset(options cfn.Pair, property string) int {
	for _, branch := range options.Value.Branches() {
		if n := branch.Get(property); n != nil {
			return n.Span.Start
		}
	}
	return options.Key.Span.Start
}

// userData judges the user data that a launch template can have.
func (c *checker) userData(lt launchTemplate, data *cfn.Node, os OS) {
	if c.opts.IPTables == IPTablesOff || c.opts.IPTables == "" {
		return
	}
	pair, ok := data.Pair("UserData")
	if !ok {
		c.noUserData(lt, lt.key.Span.Start, os)
		return
	}
	for _, branch := range pair.Value.Branches() {
		encoded := branch.Call("Fn::Base64")
		switch {
		case branch.IsNull() || branch.IsNoValue():
			c.noUserData(lt, branch.Span.Start, os)
		case encoded == nil && branch.Kind == cfn.Scalar:
			c.unjudged(lt, branch.Span.Start, scalarUserData(branch.Value))
		case encoded == nil:
			c.unjudged(lt, branch.Span.Start, "it comes from "+branch.Describe())
		default:
			for _, n := range encoded.Branches() {
				c.text(lt, n)
			}
		}
	}
}

func (c *checker) noUserData(lt launchTemplate, at int, os OS) {
	if os == OSLinux {
		c.open(RuleIPTables, lt.id, at, "%s: no user data, and so no iptables commands", lt.id)
		return
	}
	c.unjudged(lt, at, noUserData(os))
}

// unjudged notes user data of which nothing can be said. Where the commands
// were asked for explicitly, it is as good as without them.
func (c *checker) unjudged(lt launchTemplate, at int, why string) {
	c.open(RuleUserData, lt.id, at, "%s: user data not judged: %s", lt.id, why)
	if c.opts.mustHaveBlock() {
		c.findings[len(c.findings)-1].Open = true
	}
}

// text judges every text that an expression can make.
func (c *checker) text(lt launchTemplate, n *cfn.Node) {
	texts, err := edit.Texts(c.t, n)
	if err != nil {
		c.unjudged(lt, n.Span.Start, err.Error())
	}
	for _, text := range texts {
		if s := userdata.Inspect(named(text)); s.Reason != "" && len(texts) > 1 {
			c.unjudged(lt, n.Span.Start, s.Reason)
			return
		}
	}
	for _, text := range texts {
		c.variant(lt, text.Node(), text)
	}
}

// variant judges one text.
func (c *checker) variant(lt launchTemplate, n *cfn.Node, text *edit.Text) {
	data := named(text)
	if at := userdata.WithoutToken(data); at >= 0 && !c.opts.keepsIMDSv1() {
		c.open(RuleIMDSv1UserData, lt.id, text.Offset(at), withoutToken, lt.id)
	}
	s := userdata.Inspect(data)
	at := n.Span.Start
	switch {
	case n.IsNull() || n.IsNoValue():
		c.unjudged(lt, at, "it is empty")
	case s.Reason != "":
		c.unjudged(lt, at, s.Reason)
	case s.Late:
		c.open(RuleIPTablesLate, lt.id, text.Offset(s.At), "%s: the %v starts the kubelet before the iptables commands", lt.id, s.Kind)
	case !s.Rules:
		c.open(RuleIPTables, lt.id, at, "%s: the %v has no iptables commands", lt.id, s.Kind)
	case s.Undone:
		c.open(RuleUndone, lt.id, text.Offset(s.At), "%s: the %v undoes the iptables rule here", lt.id, s.Kind)
	case c.opts.IPTables == IPTablesStrict && !s.Strict:
		c.open(RuleIPTablesStrict, lt.id, at, "%s: the %v has not the strict block", lt.id, s.Kind)
	case !c.opts.BranchENI:
	case !s.BranchENI:
		c.open(RuleBranchENI, lt.id, at, "%s: the %v has no rule for pods with branch network interfaces", lt.id, s.Kind)
	case s.Unsaved:
		c.open(RuleBranchENIUnsaved, lt.id, at, "%s: the %v saves the rules before it adds that for branch network interfaces", lt.id, s.Kind)
	}
}
