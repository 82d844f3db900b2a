package transform

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// metadataOptions locks the MetadataOptions of a launch template: the hop limit
// and HttpTokens where there are any, else all of it. What [Check] finds locked
// for all parameter values stays as it is.
func (p *planner) metadataOptions(ctx context.Context, l *launcher, data *cfn.Node) error {
	if p.opts.keepsOptions() {
		return nil
	}
	pair, ok := data.Pair("MetadataOptions")
	if (!ok || pair.Value.IsNull()) && p.accepts(l.id, RuleMetadataOptions) {
		return nil
	}
	if !ok {
		e, err := edit.Add(p.t, data, edit.Pair{Key: "MetadataOptions", Value: p.newMetadataOptions(true)})
		if err != nil {
			return cannotEdit(l.id, "MetadataOptions", err)
		}
		p.change(RuleMetadataOptions, l.id, l.key.Span, "no MetadataOptions: added", e)
		return nil
	}
	locked, err := p.lockedOptions(ctx, l, pair.Value)
	if err != nil {
		return err
	}
	for _, options := range pair.Value.Branches() {
		if l.inherits && options.IsNoValue() {
			continue
		}
		if isEmpty(options) {
			err = p.fillOptions(l, options, locked)
		} else {
			err = p.lockOptions(l, options, pair.Key, locked)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isEmpty reports whether a mapping is missing or empty.
func isEmpty(n *cfn.Node) bool {
	return n.IsNull() || n.IsNoValue() || n.Kind == cfn.Mapping && len(n.Pairs) == 0
}

// fillOptions fills an empty MetadataOptions, unless no deployment has it.
func (p *planner) fillOptions(l *launcher, options *cfn.Node, locked lockedKeys) error {
	if locked.hopLimit && locked.tokens {
		return nil
	}
	e, err := edit.Replace(p.t, options, p.newMetadataOptions(options.IsNoValue()))
	if err != nil {
		return cannotEdit(l.id, "MetadataOptions", err)
	}
	p.change(RuleMetadataOptions, l.id, options.Span, "empty MetadataOptions: filled", e)
	return nil
}

// lockOptions locks the hop limit and HttpTokens of one MetadataOptions, the value
// of key.
func (p *planner) lockOptions(l *launcher, options, key *cfn.Node, locked lockedKeys) error {
	if err := l.refuse(p.t, options, key, "MetadataOptions"); err != nil {
		return err
	}
	if outcomes, err := p.values.Outcomes(options); err == nil && areOff(outcomes) {
		p.note(RuleEndpoint, l.id, options.Get("HttpEndpoint").Span, endpointDisabled, l.id)
		return nil
	}
	if err := p.hopLimit(l, options, key, locked.hopLimit); err != nil {
		return cannotEdit(l.id, "HttpPutResponseHopLimit", err)
	}
	if err := p.tokens(l, options, key, locked.tokens); err != nil {
		return cannotEdit(l.id, "HttpTokens", err)
	}
	return nil
}

// The lockedKeys of MetadataOptions are those that are locked for all parameter
// values.
type lockedKeys struct{ hopLimit, tokens bool }

// lockedOptions says what is locked in MetadataOptions, for all parameter values
// that are deployed and in the conditions that lead there.
func (p *planner) lockedOptions(ctx context.Context, l *launcher, n *cfn.Node) (lockedKeys, error) {
	locked := lockedKeys{true, true}
	for _, with := range p.with {
		values := p.values
		if len(with) > 0 {
			values = eval.New(ctx, p.t, with)
		}
		outcomes, err := l.optionsOf(values, n)
		if tooMany := (*cfn.Error)(nil); errors.As(err, &tooMany) {
			return lockedKeys{}, nil
		}
		if err != nil {
			return lockedKeys{}, err
		}
		locked.hopLimit = locked.hopLimit && p.opts.judgeHopLimit(outcomes).bad == 0
		locked.tokens = locked.tokens && p.opts.judgeTokens(outcomes).bad == 0
	}
	return locked, nil
}

// endpointDisabled is the message that there is nothing to lock.
const endpointDisabled = "HttpEndpoint of %s is disabled: nobody reaches the metadata service, and EC2 takes no other option with it"

// newMetadataOptions returns MetadataOptions with what the options ask for, and
// with HttpEndpoint if endpoint is set. HttpProtocolIpv6 is never in it because it
// fails in isolated regions.
func (p *planner) newMetadataOptions(endpoint bool) edit.Value {
	var pairs []edit.Pair
	if endpoint {
		pairs = append(pairs, edit.Pair{Key: "HttpEndpoint", Value: edit.Scalar("enabled", edit.Unquoted)})
	}
	if p.opts.HopLimit != 0 {
		pairs = append(pairs, edit.Pair{Key: "HttpPutResponseHopLimit", Value: p.limit()})
	}
	if !p.opts.keepsIMDSv1() {
		pairs = append(pairs, edit.Pair{Key: "HttpTokens", Value: edit.Scalar("required", edit.Unquoted)})
	}
	return edit.Map(pairs...)
}

func (p *planner) limit() edit.Value {
	quote := edit.Number
	if p.opts.IMDSv1 == IMDSv1Literal { // for rule engines that take no string
		quote = edit.Integer
	}
	return edit.Scalar(strconv.Itoa(p.opts.HopLimit), quote)
}

// hopLimit makes HttpPutResponseHopLimit what was asked for, unless isLocked. A
// container's packets take one hop more than the node's own ("HttpPutResponse-
// HopLimit" in the CloudFormation reference of LaunchTemplate MetadataOptions).
func (p *planner) hopLimit(l *launcher, options, key *cfn.Node, isLocked bool) error {
	if p.opts.HopLimit == 0 || p.accepts(l.id, RuleHopLimit) {
		return nil
	}
	want := strconv.Itoa(p.opts.HopLimit)
	pair, ok := options.Pair("HttpPutResponseHopLimit")
	if !ok {
		if isLocked {
			return nil
		}
		e, err := edit.Add(p.t, options, edit.Pair{Key: "HttpPutResponseHopLimit", Value: p.limit()})
		if err != nil {
			return err
		}
		p.change(RuleHopLimit, l.id, key.Span, "no HttpPutResponseHopLimit: set to "+want, e)
		return nil
	}
	n := pair.Value
	if p.opts.IMDSv1 == IMDSv1Literal {
		isLocked = p.isInteger(n, want)
	} else if text, ok := cfn.ScalarText(p.t, n); ok && text == want {
		isLocked = true // whatever else cannot be evaluated
	} else if !isLocked {
		outcomes, err := p.values.Outcomes(n)
		isLocked = err == nil && judge(outcomes, p.opts.wrongHopLimit).bad == 0
	}
	if isLocked {
		return nil
	}
	e, err := edit.Replace(p.t, n, p.limit())
	if err != nil {
		return err
	}
	p.change(RuleHopLimit, l.id, n.Span, fmt.Sprintf("HttpPutResponseHopLimit is %s: set to %s", n.Describe(), want), e)
	return nil
}

// isInteger reports whether a literal is a number, and not a text that
// CloudFormation takes for one, because rule engines take only numbers.
func (p *planner) isInteger(n *cfn.Node, want string) bool {
	text, ok := cfn.ScalarText(p.t, n)
	return ok && text == want && n.Style == cfn.Plain && string(p.t.Source()[n.Span.Start:n.Span.End]) == n.Value
}
