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
		c.open(RuleEndpoint, l.id, valueSpan(pair, "HttpEndpoint"), endpointDisabled, l.id)
		return nil
	}
	refused := judge(outcomes, func(v eval.Value) fault { return refused(l.typ, "MetadataOptions", v) })
	limits := c.opts.judgeHopLimit(outcomes)
	tokens := c.opts.judgeTokens(outcomes)
	if refused.bad > 0 {
		c.open(RuleMetadataOptions, l.id, pair.Key.Span, "%s: %s", l.id, refused)
	}
	if limits.bad > 0 {
		c.open(RuleHopLimit, l.id, valueSpan(pair, "HttpPutResponseHopLimit"), "%s: %s", l.id, limits)
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
	c.open(rule, l.id, valueSpan(pair, "HttpTokens"), "%s: %s, so IMDSv1 %s open", l.id, tokens, is)
	if limits.bad == 0 && c.opts.HopLimit == 1 {
		c.open(RuleHopLimitAlone, l.id, valueSpan(pair, "HttpPutResponseHopLimit"), "%s: the hop limit does not stop IMDSv1, which %s open", l.id, is)
	}
	return nil
}

// valueSpan returns the place of the value of a property of MetadataOptions, or
// else of the key MetadataOptions.
func valueSpan(options cfn.Pair, property string) cfn.Span {
	for _, branch := range options.Value.Branches() {
		if n := branch.Get(property); n != nil {
			return n.Span
		}
	}
	return options.Key.Span
}
