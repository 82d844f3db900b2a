package transform

import (
	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// metadataOptions judges the values that MetadataOptions can have.
func (c *checker) metadataOptions(l *launcher, data *cfn.Node) error {
	if c.opts.keepsOptions() {
		return nil
	}
	pair, ok := data.Pair("MetadataOptions")
	if !ok {
		c.open(RuleMetadataOptions, l.id, l.key.Span, "%s: no MetadataOptions", l.id)
		return nil
	}
	if pair.Value.IsNull() {
		c.open(RuleMetadataOptions, l.id, pair.Key.Span, "%s: empty MetadataOptions", l.id)
		return nil
	}
	outcomes, err := l.optionsOf(c.values, pair.Value)
	switch {
	case err != nil:
		return cannotEdit(l.id, "MetadataOptions", err)
	case len(outcomes) == 0:
		return nil
	}
	if areOff(outcomes) {
		c.open(RuleEndpoint, l.id, c.valueSpan(pair, "HttpEndpoint", outcomes[0]), endpointDisabled, l.id)
		return nil
	}
	refused := judge(outcomes, func(v eval.Value) fault { return refused(l.typ, "MetadataOptions", v) })
	limits := c.opts.judgeHopLimit(outcomes)
	tokens := c.opts.judgeTokens(outcomes)
	if refused.bad > 0 {
		c.open(RuleMetadataOptions, l.id, pair.Key.Span, "%s: %s", l.id, refused)
	}
	if limits.bad > 0 {
		c.open(RuleHopLimit, l.id, c.valueSpan(pair, "HttpPutResponseHopLimit", limits.outcome), "%s: %s", l.id, limits)
	}
	if tokens.bad == 0 {
		return nil
	}
	rule, is := RuleIMDSv1, "is"
	if tokens.bad < tokens.all && tokens.under != "" {
		rule = RuleIMDSv1Parameter
	}
	if !tokens.isCertain {
		is = "may be"
	}
	c.open(rule, l.id, c.valueSpan(pair, "HttpTokens", tokens.outcome), "%s: %s, so IMDSv1 %s open", l.id, tokens, is)
	if limits.bad == 0 && c.opts.HopLimit == 1 {
		c.open(RuleHopLimitAlone, l.id, c.valueSpan(pair, "HttpPutResponseHopLimit", tokens.outcome), "%s: the hop limit does not stop IMDSv1, which %s open", l.id, is)
	}
	return nil
}

// valueSpan returns the place of the value of a property of MetadataOptions in an
// outcome, or else of the branch of Fn::If that does not have it, or of the key
// MetadataOptions.
func (c *checker) valueSpan(options cfn.Pair, property string, o eval.Outcome) cfn.Span {
	branch := c.values.Branch(options.Value, o)
	if n := branch.Get(property); n != nil {
		return n.Span
	}
	if branch != options.Value {
		return branch.Span
	}
	return options.Key.Span
}
