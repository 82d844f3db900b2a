package transform

import (
	"fmt"
	"strings"

	"imdslock/transform/cfn"
	"imdslock/transform/userdata"
)

// maxUserData is how many bytes of user data EC2 takes, before base64 ("User data"
// in the Amazon EC2 User Guide).
const maxUserData = 16 << 10

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

// mustHaveBlock reports whether user data that cannot take the block is an error.
func (o Options) mustHaveBlock() bool {
	return o.IPTables == IPTablesAWS || o.IPTables == IPTablesStrict
}

// userData puts the block into every user data that a launch template may have.
func (p *planner) userData(lt launchTemplate, data *cfn.Node, os OS) error {
	if p.opts.IPTables == IPTablesOff || p.opts.IPTables == "" {
		return nil
	}
	pair, ok := data.Pair("UserData")
	if !ok {
		if os == OSLinux {
			edit, err := p.t.Add(data, cfn.NewPair{Key: "UserData", Value: p.newUserData(lt)})
			if err != nil {
				return lt.wrap("UserData", err)
			}
			p.change(RuleIPTables, lt.id, lt.key.Span.Start, "no UserData: added a MIME document with the iptables commands", edit)
			return nil
		}
		return p.leave(lt, lt.key.Span.Start, noUserData(os))
	}
	for _, branch := range pair.Value.Branches() {
		if err := p.branch(lt, branch, os); err != nil {
			return err
		}
	}
	return nil
}

// newUserData is user data for nodes that have none.
func (p *planner) newUserData(lt launchTemplate) cfn.New {
	text := userdata.Document(p.opts.block())
	p.texts = append(p.texts, plannedText{lt, lt.key.Span.Start, text})
	document := cfn.NewScalar(text, cfn.Lines)
	return cfn.NewMap(cfn.NewPair{Key: "Fn::Base64", Value: document})
}

// scalarUserData says why nothing is done about user data without Fn::Base64.
func scalarUserData(value string) string {
	switch {
	case strings.HasPrefix(value, "{{resolve:"):
		return "it is a dynamic reference"
	case strings.ContainsAny(value, "\n #<"):
		return "it is text where EC2 wants base64: put it into Fn::Base64"
	}
	return "it is encoded in base64 already"
}

// noUserData says why nothing is added where there is no user data.
func noUserData(os OS) string {
	switch os {
	case OSWindows:
		return userdata.Windows.NoCommands()
	case OSBottlerocket:
		return userdata.Bottlerocket.NoCommands()
	}
	return "there is none, and what the nodes run is not known (--os tells)"
}

// branch puts the block into one value of UserData.
func (p *planner) branch(lt launchTemplate, n *cfn.Node, os OS) error {
	at := n.Span.Start
	if n.IsNull() || n.IsNoValue() {
		if os != OSLinux {
			return p.leave(lt, at, noUserData(os))
		}
		edit, err := p.t.Replace(n, p.newUserData(lt))
		if err != nil {
			return lt.wrap("UserData", err)
		}
		p.change(RuleIPTables, lt.id, at, "no UserData: a MIME document with the iptables commands put there", edit)
		return nil
	}
	encoded := n.Call("Fn::Base64")
	if encoded == nil {
		if n.Kind == cfn.Scalar {
			return p.leave(lt, at, scalarUserData(n.Value))
		}
		return p.leave(lt, at, fmt.Sprintf("it comes from %s", p.t.Describe(n)))
	}
	for _, text := range encoded.Branches() {
		if text.IsNull() || text.IsNoValue() {
			if err := p.leave(lt, text.Span.Start, "it is empty"); err != nil {
				return err
			}
			continue
		}
		if err := p.text(lt, text); err != nil {
			return err
		}
	}
	return nil
}

// withoutToken says of the user data of a launch template what breaks there.
const withoutToken = "the user data of %s asks the metadata service without a token here, which required tokens refuse"

// text puts the block into one text.
func (p *planner) text(lt launchTemplate, n *cfn.Node) error {
	text := p.t.TextOf(n)
	protection, err := userdata.Protect(text.String, p.opts.block())
	changes, verdict := protection.Changes, protection.After
	if err != nil {
		verdict = userdata.Judge(text.String, p.opts.block())
	}
	if asks := verdict.Problem(userdata.WithoutToken); asks != nil && !p.opts.keepsIMDSv1() {
		p.note(RuleIMDSv1UserData, lt.id, text.Offset(userdata.Origin(changes, asks.At)), withoutToken, lt.id)
	}
	var edits []cfn.Edit
	for _, c := range changes {
		var edit cfn.Edit
		if edit, err = text.Replace(c.Start, c.End, c.Text); err != nil {
			break
		}
		edits = append(edits, edit)
	}
	if err != nil { // the user data is none, or the place none, that takes it
		p.texts = append(p.texts, plannedText{lt, n.Span.Start, text.String})
		return p.leave(lt, n.Span.Start, err.Error())
	}
	after := userdata.Apply(text.String, changes)
	p.texts = append(p.texts, plannedText{lt, n.Span.Start, after})
	if undone := verdict.Problem(userdata.Undone); undone != nil {
		if err := p.leaveUndone(lt, text, undone.At, changes); err != nil {
			return err
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if len(after) > maxUserData && len(text.String) <= maxUserData {
		p.note(RuleSize, lt.id, n.Span.Start, "the user data of %s has about %d bytes with the commands: EC2 takes %d", lt.id, len(after), maxUserData)
	}
	kind, _ := userdata.Detect(text.String)
	message := fmt.Sprintf("pods can reach the metadata service: iptables commands put into the %v", kind)
	if protection.Adapted {
		message = fmt.Sprintf("the iptables commands in the %v adapted to the options", kind)
	}
	p.change(RuleIPTables, lt.id, n.Span.Start, message, edits...)
	return nil
}

// leaveUndone notes a line of user data that takes the rules back, which stays.
// It is an error where the commands were asked for explicitly.
func (p *planner) leaveUndone(lt launchTemplate, text *cfn.Text, at int, changes []userdata.Change) error {
	at = userdata.Origin(changes, at)
	const what = "the user data takes the iptables rule back here"
	if p.opts.mustHaveBlock() {
		return lt.cannot(p.t, text.Offset(at), "UserData", what, "remove that command, or use --iptables strict, whose rule comes back when the kubelet starts")
	}
	p.left = append(p.left, lt.id)
	p.note(RuleUndone, lt.id, text.Offset(at), "%s: %s%s", lt.id, what, p.stillHolds())
	return nil
}

// leave notes that user data stays as it is, and what protects the nodes all
// the same. It is an error where the commands were asked for explicitly.
func (p *planner) leave(lt launchTemplate, at int, why string) error {
	if p.opts.mustHaveBlock() {
		return lt.cannot(p.t, at, "UserData", "its UserData cannot take the iptables commands: "+why,
			"use --iptables auto to lock what can be locked, or --resource to choose launch templates")
	}
	p.left = append(p.left, lt.id)
	p.note(RuleUserData, lt.id, at, "UserData of %s left as it is: %s%s", lt.id, why, p.stillHolds())
	return nil
}

// stillHolds says what protects a node without the block.
func (p *planner) stillHolds() string {
	switch {
	case p.opts.HopLimit == 1 && !p.opts.keepsIMDSv1():
		return "; hop limit 1 and required tokens protect it"
	case !p.opts.keepsIMDSv1():
		return "; required tokens alone do not keep pods off"
	case p.opts.HopLimit == 1:
		return "; the hop limit alone does not stop IMDSv1"
	}
	return ""
}
