package transform

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"imdslock/transform/cfn"
	"imdslock/transform/cfn/edit"
	"imdslock/transform/userdata"
)

// maxUserData is how many bytes of user data EC2 takes, before base64 ("User data"
// in the Amazon EC2 User Guide).
const maxUserData = 16 << 10

// block returns the block that the options ask for.
func (o Options) block() userdata.Block {
	return userdata.Block{Strict: o.IPTables == IPTablesStrict, OrStrict: o.IPTables == IPTablesAuto, BranchENI: o.BranchENI}
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
			e, err := edit.Add(p.t, data, edit.Pair{Key: "UserData", Value: p.newUserData(lt)})
			if err != nil {
				return lt.wrap("UserData", err)
			}
			p.change(RuleIPTables, lt.id, lt.key.Span.Start, "no UserData: added a MIME document with the iptables commands", e)
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
func (p *planner) newUserData(lt launchTemplate) edit.Value {
	text := userdata.Document(p.opts.block())
	p.texts = append(p.texts, plannedText{lt, lt.key.Span.Start, text})
	document := edit.Scalar(text, edit.Lines)
	return edit.Map(edit.Pair{Key: "Fn::Base64", Value: document})
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
		e, err := edit.Replace(p.t, n, p.newUserData(lt))
		if err != nil {
			return lt.wrap("UserData", err)
		}
		p.change(RuleIPTables, lt.id, at, "no UserData: a MIME document with the iptables commands put there", e)
		return nil
	}
	encoded := n.Call("Fn::Base64")
	if encoded == nil {
		if n.Kind == cfn.Scalar {
			return p.leave(lt, at, scalarUserData(n.Value))
		}
		return p.leave(lt, at, fmt.Sprintf("it comes from %s", n.Describe()))
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

// text puts the block into every text that an expression can make.
func (p *planner) text(lt launchTemplate, n *cfn.Node) error {
	texts, err := edit.Texts(p.t, n)
	if err != nil {
		return lt.wrap("UserData", err)
	}
	for _, text := range texts[1:] {
		if _, err := userdata.Protect(named(text), p.opts.block()); err != nil {
			p.texts = append(p.texts, plannedText{lt, n.Span.Start, named(text)})
			return p.leave(lt, n.Span.Start, err.Error())
		}
	}
	made := map[edit.Edit]bool{}
	for _, text := range texts {
		if err := p.variant(lt, text.Node(), text, made); err != nil {
			return err
		}
	}
	return nil
}

// firstVariable is the first of the private use characters that stand for the
// variables of Fn::Sub. They have as many bytes as a placeholder.
const firstVariable = '\uE000'

// named returns a text in which every variable of Fn::Sub has a character of its
// own, so that what has the same name is the same.
func named(x *edit.Text) string {
	names := map[string]rune{}
	var b strings.Builder
	for at, r := range x.String {
		if name := x.Name(at); name != "" && !strings.HasPrefix(name, "Fn::") {
			if names[name] == 0 {
				names[name] = firstVariable + rune(len(names))
			}
			r = names[name]
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unnamed is the way back, for a text to insert.
func unnamed(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Co, r) {
			r, _ = utf8.DecodeRuneInString(edit.Placeholder)
		}
		return r
	}, text)
}

// variant puts the block into one text, by the edits that are not made yet.
func (p *planner) variant(lt launchTemplate, n *cfn.Node, text *edit.Text, made map[edit.Edit]bool) error {
	data := named(text)
	if at := userdata.WithoutToken(data); at >= 0 && !p.opts.keepsIMDSv1() {
		p.note(RuleIMDSv1UserData, lt.id, text.Offset(at), withoutToken, lt.id)
	}
	changes, err := userdata.Protect(data, p.opts.block())
	var edits []edit.Edit
	for _, c := range changes {
		var e edit.Edit
		if e, err = text.Replace(c.Start, c.End, unnamed(c.Text)); err != nil {
			break
		}
		if !made[e] {
			edits = append(edits, e)
		}
		made[e] = true
	}
	if err != nil { // the user data is none, or the place none, that takes it
		p.texts = append(p.texts, plannedText{lt, n.Span.Start, data})
		return p.leave(lt, n.Span.Start, err.Error())
	}
	after := userdata.Apply(data, changes)
	p.texts = append(p.texts, plannedText{lt, n.Span.Start, after})
	if s := userdata.Inspect(after); s.Undone {
		if err := p.leaveUndone(lt, text, s, changes); err != nil {
			return err
		}
	}
	if len(edits) == 0 {
		return nil
	}
	if len(after) > maxUserData && len(data) <= maxUserData {
		p.note(RuleSize, lt.id, n.Span.Start, "the user data of %s has about %d bytes with the commands: EC2 takes %d", lt.id, len(after), maxUserData)
	}
	before := userdata.Inspect(data)
	message := fmt.Sprintf("pods can reach the metadata service: iptables commands put into the %v", before.Kind)
	if before.Rules {
		message = fmt.Sprintf("the iptables commands in the %v adapted to the options", before.Kind)
	}
	p.change(RuleIPTables, lt.id, n.Span.Start, message, edits...)
	return nil
}

// leaveUndone notes a line of user data that takes the rules back, which stays.
// It is an error where the commands were asked for explicitly.
func (p *planner) leaveUndone(lt launchTemplate, text *edit.Text, s userdata.State, changes []userdata.Change) error {
	at := s.At
	for i := len(changes) - 1; i >= 0; i-- {
		if c := changes[i]; at >= c.Start+len(c.Text) {
			at -= len(c.Text) - (c.End - c.Start)
		}
	}
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
