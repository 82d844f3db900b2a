package transform

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
	"github.com/imdslock/imdslock/transform/userdata"
)

// A payload is one user data that the nodes of a launcher may get. It is text
// that the template shows, nothing at all, or something that only the
// deployment knows.
type payload struct {
	id   textID    // in a plan
	node *cfn.Node // the value in the template, or the logical ID if there is none

	// variants are the texts that node can be, one for each choice of the
	// conditions in it. All are edited in the same place.
	variants []*edit.Text

	// encoding is set if node is the text in base64, which is decoded and encoded
	// again.
	encoding *userdata.Encoding

	opaque string // why the text is not known, or ""
	unread error  // why it is not known, if there are too many texts

	texts map[*edit.Text]string // of the variants, as text returns them
}

// possible leaves out the variants that no deployment has in which the launcher is made.
func (s *survey) possible(l *launcher, load payload) payload {
	made := divided(s.values, []eval.Outcome{{}}, l.resource, true)
	load.variants = slices.DeleteFunc(slices.Clone(load.variants), func(variant *edit.Text) bool {
		outcomes := made
		for _, c := range variant.Choices() {
			outcomes = chosen(s.values, outcomes, c)
		}
		return len(outcomes) == 0
	})
	return load
}

// chosen returns the parts of outcomes in which a choice is made.
func chosen(values *eval.Evaluator, outcomes []eval.Outcome, c edit.Choice) (parts []eval.Outcome) {
	for _, o := range outcomes {
		yes, no := values.Split(o, c.Condition)
		if c.Holds {
			parts = append(parts, yes...)
		} else {
			parts = append(parts, no...)
		}
	}
	return parts
}

// isImpossible reports whether it was text, of which no variant is possible.
func (p payload) isImpossible() bool { return p.texts != nil && len(p.variants) == 0 }

// isAbsent reports whether there is no user data.
func (p payload) isAbsent() bool { return len(p.variants) == 0 && p.opaque == "" }

// wants returns the block as this payload must have it.
func (p payload) wants(block userdata.Block) userdata.Block {
	block.Compressed = p.encoding != nil && p.encoding.Gzip
	return block
}

// agreed returns a block that is the same for all variants, which are edited in
// the same place: where one has no yum, none may count on it.
func (p payload) agreed(block userdata.Block) userdata.Block {
	if len(p.variants) < 2 {
		return block
	}
	for _, variant := range p.variants {
		if protection, err := userdata.Protect(p.text(variant), block); err == nil && protection.Why != "" {
			block.NoYum = protection.Why
		}
	}
	return block
}

// text returns the user data of a variant, with the characters of [userdata] for
// variables.
func (p payload) text(variant *edit.Text) string {
	text, ok := p.texts[variant]
	switch {
	case ok:
	case p.encoding == nil:
		text = named(variant)
	default:
		text, _, _ = userdata.Decode(variant.String)
	}
	if !ok && p.texts != nil {
		p.texts[variant] = text
	}
	return text
}

// named returns a text with a character of its own for each variable. Variables
// are in the order of their names.
func named(x *edit.Text) string {
	if strings.ContainsFunc(x.String, func(r rune) bool { return userdata.FirstVariable <= r && r <= userdata.LastVariable }) {
		return x.String // it has such characters itself
	}
	var names []string
	at := map[int]string{}
	for i, r := range x.String {
		if name := x.Name(i); string(r) == edit.Placeholder && isVariable(name) {
			at[i] = name
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	text := []byte(x.String)
	for i, name := range at {
		n, _ := slices.BinarySearch(names, name)
		if v := rune(userdata.FirstVariable + n); v <= userdata.LastVariable {
			utf8.EncodeRune(text[i:], v)
		}
	}
	return string(text)
}

// isVariable reports whether what a placeholder stands for has the same value
// wherever it has that name.
func isVariable(name string) bool {
	return name != "" && !strings.HasPrefix(name, "Fn::") && !strings.Contains(name, " ")
}

// all returns the user data of all variants.
func (p payload) all() (texts []string) {
	for _, variant := range p.variants {
		texts = append(texts, p.text(variant))
	}
	return texts
}

// offset returns the offset in the source of a place in a variant's text.
func (p payload) offset(variant *edit.Text, at int) int {
	if p.encoding != nil {
		return p.node.Span.Start
	}
	return variant.Offset(at)
}

// payloads returns the user data that one data mapping of a launcher can have.
func (s *survey) payloads(l *launcher, data *cfn.Node) []payload {
	pair, ok := data.Pair("UserData")
	if !ok {
		return []payload{{node: l.key}}
	}
	var all []payload
	for _, branch := range pair.Value.Branches() {
		encoded := branch.Call("Fn::Base64")
		switch {
		case l.inherits && branch.IsNoValue(): // which is judged
		case branch.IsNull() || branch.IsNoValue():
			all = append(all, payload{node: branch})
		case encoded != nil:
			for _, n := range encoded.Branches() {
				all = append(all, s.plain(n))
			}
		case branch.Kind == cfn.Scalar:
			all = append(all, s.base64(branch))
		default:
			all = append(all, payload{node: branch, opaque: "it comes from " + branch.Describe()})
		}
	}
	return all
}

// plain reads the argument of Fn::Base64.
func (s *survey) plain(n *cfn.Node) payload {
	if n.IsNull() || n.IsNoValue() {
		return payload{node: n, opaque: "it is empty"}
	}
	texts, err := edit.Texts(s.t, n)
	if err != nil {
		return payload{node: n, opaque: err.Error(), unread: err}
	}
	return payload{node: n, variants: texts, texts: map[*edit.Text]string{}}
}

// base64 reads user data that is in the template in base64, maybe compressed ("Run
// commands when you launch an EC2 instance with user data input" in the Amazon EC2
// User Guide).
func (s *survey) base64(n *cfn.Node) payload {
	switch text, encoding, ok := userdata.Decode(n.Value); {
	case strings.HasPrefix(n.Value, "{{resolve:"):
		return payload{node: n, opaque: "it is a dynamic reference"}
	case ok && text != "":
		texts, err := edit.Texts(s.t, n)
		if err == nil && len(texts) == 1 {
			return payload{node: n, variants: texts, encoding: &encoding, texts: map[*edit.Text]string{}}
		}
	case strings.ContainsAny(n.Value, "\n #<"):
		return payload{node: n, opaque: "it is text where EC2 expects base64: put it into Fn::Base64"}
	}
	return payload{node: n, opaque: "it is not base64 that can be decoded"}
}

// isExcused reports whether user data that cannot take the block gets only a note
// although the block was asked for: one branch of an Fn::If launches nodes that
// run no commands, and another branch launches others.
func isExcused(load payload, all []payload) bool {
	if len(load.variants) == 0 || load.runsCommands() {
		return false
	}
	kind, _ := userdata.Detect(load.text(load.variants[0]))
	return kind.NoCommands() != "" && slices.ContainsFunc(all, payload.runsCommands)
}

// runsCommands reports whether it is user data of a kind that runs commands.
func (p payload) runsCommands() bool {
	for _, variant := range p.variants {
		if kind, reason := userdata.Detect(p.text(variant)); reason != "" || kind.NoCommands() != "" {
			return false
		}
	}
	return len(p.variants) > 0
}

// joins reports whether some user data in properties of an instance starts the
// kubelet, itself or through cfn-init, or else whether it looks as if it did.
func (s *survey) joins(l *launcher, properties *cfn.Node) (joins, guessed bool) {
	if properties.Get("UserData") == nil {
		return false, false
	}
	for _, p := range s.payloads(l, properties) {
		for _, variant := range p.variants {
			text := p.text(variant)
			may, guess := userdata.Joins(text)
			if may && !guess || s.initJoins(text) {
				return true, false
			}
			guessed = guessed || guess
		}
	}
	return false, guessed
}

// isOpaque reports whether some user data in properties of an instance is not known.
func (s *survey) isOpaque(l *launcher, properties *cfn.Node) bool {
	return slices.ContainsFunc(s.payloads(l, properties), func(p payload) bool { return p.opaque != "" })
}

// isOff reports whether the metadata service of a data mapping is off for certain.
func (s *survey) isOff(data *cfn.Node) bool {
	options := data.Get("MetadataOptions")
	if options == nil {
		return false
	}
	outcomes, err := s.values.Outcomes(options)
	return err == nil && areOff(outcomes)
}

// ipv6 reports whether the metadata service of a data mapping may answer at its
// IPv6 address too: HttpProtocolIpv6 may be enabled.
func (s *survey) ipv6(data *cfn.Node) bool {
	for _, options := range at(data, "MetadataOptions") {
		if options.IsNull() { // which is filled, and without it
			continue
		}
		outcomes, err := s.values.Outcomes(options)
		if err != nil {
			return true
		}
		for _, o := range outcomes {
			if v := o.Value.Field("HttpProtocolIpv6"); v.Kind == eval.Unknown || v.Text == "enabled" {
				return true
			}
		}
	}
	return false
}

// block returns the block that the user data of a launcher needs under the options.
func (s *survey) block(opts Options, l *launcher, data *cfn.Node) userdata.Block {
	b := opts.block()
	b.IPv6, b.Managed, b.AmazonLinux2 = s.ipv6(data), s.isManaged(l), s.mayRunAmazonLinux2(l)
	b.Bootstrapped = b.Managed && slices.ContainsFunc(l.users, func(g *group) bool { return g.amiTypes.has(amiAL2 | amiChosen | amiOther) })
	b.System = s.runs(l, OSUnknown).system(b.AmazonLinux2) // --os says only that it is Linux
	switch runs := s.runs(l, opts.OS); {
	case runs.has(ubuntu):
		b.NoYum = "the image is Ubuntu's"
	case runs.has(otherLinux):
		b.NoYum = "the image is Debian's or SUSE's"
	}
	return b
}

// block returns the block that the options ask for.
func (o Options) block() userdata.Block {
	b := userdata.Block{BranchENI: o.BranchENI}
	switch o.IPTables {
	case IPTablesAWS:
		b.Mode = userdata.AWS
	case IPTablesStrict:
		b.Mode = userdata.Strict
	}
	return b
}
