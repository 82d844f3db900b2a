package transform

import (
	"fmt"
	"strconv"

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
	outcomes, err := c.values.Outcomes(pair.Value)
	if err != nil {
		return cannotEdit(l.id, "MetadataOptions", err)
	}
	if c.isOff(data) {
		c.open(RuleEndpoint, l.id, valueSpan(pair, "HttpEndpoint"), endpointDisabled, l.id)
		return nil
	}
	refused := judge(outcomes, func(v eval.Value) string { return refused(l.typ, "MetadataOptions", v) })
	limits := judge(outcomes, c.hopLimit)
	tokens := judge(outcomes, c.tokens)
	if refused.bad > 0 {
		c.open(RuleMetadataOptions, l.id, pair.Key.Span, "%s: %s", l.id, refused)
	}
	if limits.bad > 0 {
		c.open(RuleHopLimit, l.id, valueSpan(pair, "HttpPutResponseHopLimit"), "%s: %s", l.id, limits)
	}
	switch at := valueSpan(pair, "HttpTokens"); {
	case tokens.bad == 0:
	case tokens.bad < tokens.all && tokens.under != "":
		c.open(RuleIMDSv1Parameter, l.id, at, "%s: %s, so IMDSv1 is open", l.id, tokens)
	default:
		c.open(RuleIMDSv1, l.id, at, "%s: %s, so IMDSv1 is open", l.id, tokens)
	}
	if tokens.bad > 0 && limits.bad == 0 && c.opts.HopLimit == 1 {
		c.open(RuleHopLimitAlone, l.id, valueSpan(pair, "HttpPutResponseHopLimit"), "%s: the hop limit does not stop IMDSv1, which is open", l.id)
	}
	return nil
}

// A judgement counts the outcomes that are bad and describes the first.
type judgement struct {
	bad, all    int
	what, under string
}

// String says what is wrong, and under which parameters if others are fine.
func (j judgement) String() string {
	if j.bad == j.all || j.under == "" {
		return j.what
	}
	return j.what + " with " + j.under
}

// judge asks of every outcome what is wrong with it.
func judge(outcomes []eval.Outcome, wrong func(eval.Value) string) judgement {
	var j judgement
	for _, o := range outcomes {
		j.all++
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

// valueSpan is where a property of MetadataOptions has its value, or else where
// MetadataOptions stands.
func valueSpan(options cfn.Pair, property string) cfn.Span {
	for _, branch := range options.Value.Branches() {
		if n := branch.Get(property); n != nil {
			return n.Span
		}
	}
	return options.Key.Span
}

// isOff reports whether a value of MetadataOptions turns the metadata service
// off for certain.
func isOff(options eval.Value) bool {
	endpoint := options.Field("HttpEndpoint")
	return endpoint.Kind == eval.Text && endpoint.Text == "disabled"
}

// hopLimit says what is wrong with the hop limit in a value of MetadataOptions.
func (c *checker) hopLimit(options eval.Value) string {
	if c.opts.HopLimit == 0 || isOff(options) {
		return ""
	}
	v := options.Field("HttpPutResponseHopLimit")
	limit, err := strconv.Atoi(v.Text) // CloudFormation takes "1" for 1
	switch {
	case err != nil:
		return unknown("HttpPutResponseHopLimit", v)
	case limit != c.opts.HopLimit:
		return fmt.Sprintf("HttpPutResponseHopLimit is %d, not %d", limit, c.opts.HopLimit)
	}
	return ""
}

// tokens says what is wrong with HttpTokens in a value of MetadataOptions.
func (c *checker) tokens(options eval.Value) string {
	if c.opts.keepsIMDSv1() || isOff(options) {
		return ""
	}
	switch v := options.Field("HttpTokens"); {
	case v.Kind != eval.Text:
		return unknown("HttpTokens", v)
	case v.Text != required:
		return fmt.Sprintf("HttpTokens is %q", v.Text)
	}
	return ""
}

// unknown says why the value of a property cannot be judged.
func unknown(property string, v eval.Value) string {
	switch v.Kind {
	case eval.NoValue:
		return "no " + property
	case eval.Text:
		return fmt.Sprintf("%s %q", property, v.Text)
	}
	return fmt.Sprintf("unknown %s (%s)", property, v.Reason)
}
