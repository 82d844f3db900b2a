package transform

import (
	"fmt"
	"strconv"

	"imdslock/transform/cfn"
)

// metadataOptions locks the MetadataOptions of a launch template: the hop limit
// and HttpTokens where there are some, else all of it.
func (p *planner) metadataOptions(lt launchTemplate, data *cfn.Node) error {
	if p.opts.HopLimit == 0 && p.opts.keepsIMDSv1() {
		return nil
	}
	pair, ok := data.Pair("MetadataOptions")
	if !ok {
		edit, err := p.t.Add(data, cfn.NewPair{Key: "MetadataOptions", Value: p.newMetadataOptions(true)})
		if err != nil {
			return lt.wrap("MetadataOptions", err)
		}
		p.change(RuleMetadataOptions, lt.id, lt.key.Span.Start, "no MetadataOptions: added", edit)
		return nil
	}
	for _, options := range pair.Value.Branches() {
		if options.IsNull() || options.IsNoValue() || (options.Kind == cfn.Mapping && len(options.Pairs) == 0) {
			edit, err := p.t.Replace(options, p.newMetadataOptions(options.IsNoValue()))
			if err != nil {
				return lt.wrap("MetadataOptions", err)
			}
			p.change(RuleMetadataOptions, lt.id, options.Span.Start, "empty MetadataOptions: filled", edit)
			continue
		}
		if err := lt.refuse(p.t, options, pair.Key, "MetadataOptions"); err != nil {
			return err
		}
		if isDisabled(options) {
			p.note(RuleEndpoint, lt.id, options.Get("HttpEndpoint").Span.Start, "HttpEndpoint of %s is disabled: nobody reaches the metadata service, and EC2 takes no other option beside it", lt.id)
			continue
		}
		if err := p.hopLimit(lt, options, pair.Key); err != nil {
			return lt.wrap("HttpPutResponseHopLimit", err)
		}
		if err := p.tokens(lt, options, pair.Key); err != nil {
			return lt.wrap("HttpTokens", err)
		}
	}
	return nil
}

// isDisabled reports whether the metadata service is off altogether.
func isDisabled(options *cfn.Node) bool {
	endpoint := options.Get("HttpEndpoint")
	return endpoint != nil && endpoint.Kind == cfn.Scalar && endpoint.Value == "disabled"
}

// newMetadataOptions returns what a block must have, and HttpEndpoint where the
// template has no block at all. HttpProtocolIpv6 is never in it: it fails in
// isolated regions.
func (p *planner) newMetadataOptions(endpoint bool) cfn.New {
	var pairs []cfn.NewPair
	if endpoint {
		pairs = append(pairs, cfn.NewPair{Key: "HttpEndpoint", Value: cfn.NewScalar("enabled", cfn.Unquoted)})
	}
	if p.opts.HopLimit != 0 {
		pairs = append(pairs, cfn.NewPair{Key: "HttpPutResponseHopLimit", Value: p.limit()})
	}
	if !p.opts.keepsIMDSv1() {
		pairs = append(pairs, cfn.NewPair{Key: "HttpTokens", Value: cfn.NewScalar("required", cfn.Unquoted)})
	}
	return cfn.NewMap(pairs...)
}

func (p *planner) limit() cfn.New {
	return cfn.NewScalar(strconv.Itoa(p.opts.HopLimit), cfn.Number)
}

// hopLimit makes HttpPutResponseHopLimit the literal that was asked for. A
// container's packets take one hop more than the node's own ("HttpPutResponse-
// HopLimit" in the CloudFormation reference of LaunchTemplate MetadataOptions).
func (p *planner) hopLimit(lt launchTemplate, options, key *cfn.Node) error {
	if p.opts.HopLimit == 0 {
		return nil
	}
	want := strconv.Itoa(p.opts.HopLimit)
	pair, ok := options.Pair("HttpPutResponseHopLimit")
	if !ok {
		edit, err := p.t.Add(options, cfn.NewPair{Key: "HttpPutResponseHopLimit", Value: p.limit()})
		if err != nil {
			return err
		}
		p.change(RuleHopLimit, lt.id, key.Span.Start, "no HttpPutResponseHopLimit: set to "+want, edit)
		return nil
	}
	n := pair.Value
	if n.Kind == cfn.Scalar && n.Value == want {
		return nil
	}
	edit, err := p.t.Replace(n, p.limit())
	if err != nil {
		return err
	}
	p.change(RuleHopLimit, lt.id, n.Span.Start, fmt.Sprintf("HttpPutResponseHopLimit is %s: set to %s", p.t.Describe(n), want), edit)
	return nil
}
