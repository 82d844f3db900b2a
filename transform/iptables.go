package transform

import (
	"fmt"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// userData puts the block into every user data that a data mapping of a launcher
// can have.
func (p *planner) userData(l *launcher, data *cfn.Node) error {
	payloads := p.payloads(l, data)
	block := p.block(p.opts, l, data)
	for _, load := range payloads {
		load.id = p.nextText(l)
		if p.opts.keepsUserData() {
			p.findings = append(p.findings, p.keptUserData(l, load, block, p.opts)...)
			continue
		}
		if !p.opts.keepsIMDSv1() {
			p.withoutToken(l, load)
		}
		if p.accepts(l.id, RuleIPTables) {
			p.leaveAccepted(l, load, block)
			continue
		}
		if err := p.lockUserData(l, data, load, payloads, block); err != nil {
			return err
		}
	}
	return nil
}

// lockUserData puts the block into load, or says why that stays as it is. All are
// the payloads that the data mapping can have.
func (p *planner) lockUserData(l *launcher, data *cfn.Node, load payload, all []payload, block userdata.Block) error {
	others, isIgnored := p.runs(l, p.opts.OS).ignores()
	switch {
	case (load.isAbsent() || load.opaque != "") && p.isOff(data): // which is said
		return nil
	case block.NoYum != "" && block.Mode == userdata.AWS:
		return l.cannot(p.t, load.node.Span.Start, "UserData", "its UserData cannot take the iptables commands of AWS: "+block.NoYum+", which has no yum",
			"use --iptables auto or strict")
	case load.isAbsent():
		return p.addUserData(l, data, load, block)
	case load.opaque != "":
		return p.leave(l, load, block, nil, userdata.Other, load.opaque)
	case load.runsCommands() && isIgnored:
		return p.leave(l, load, block, nil, kindOf(others), noUserData(others))
	case p.left[load.id] != "":
		kind, _ := userdata.Detect(load.text(load.variants[0]))
		return p.leave(l, load, block, nil, kind, p.left[load.id])
	}
	err := p.protect(l, load, all, block)
	p.findings = append(p.findings, p.ignored(l, load, others)...)
	return err
}

// ignored notes that nodes of a launcher may run something other than Linux, where
// the commands of its user data do nothing.
func (s *survey) ignored(l *launcher, load payload, others systems) []Finding {
	if others == 0 || !load.runsCommands() {
		return nil
	}
	message := fmt.Sprintf("%s: the nodes may also run %v, which runs none of the commands in this user data", l.id, others)
	if others.has(unknownType) {
		message = l.id + ": the AmiType of the nodes is not known before the deployment, and Bottlerocket and Windows run none of the commands in this user data"
	}
	return []Finding{s.finding(RuleUserData, KindNote, l.id, load.node.Span, message)}
}

// withoutToken notes requests in user data that required tokens refuse.
func (p *planner) withoutToken(l *launcher, load payload) {
	p.findings = append(p.findings, p.problems(l, load, userdata.RequestsWithoutToken)...)
}

// leaveAccepted leaves user data as it is because a person accepted that it has no
// rule, and says what else is wrong with it.
func (p *planner) leaveAccepted(l *launcher, load payload, block userdata.Block) {
	for _, f := range p.judgePayload(l, load, block) {
		if f.Kind == KindOpen && !p.accepts(l.id, f.Rule) {
			p.stays(f)
		}
	}
}

// addUserData gives nodes user data if they have none and run Linux.
func (p *planner) addUserData(l *launcher, data *cfn.Node, load payload, block userdata.Block) error {
	runs := p.runs(l, p.opts.OS)
	if !runs.isLinux() {
		return p.leave(l, load, block, nil, kindOf(runs), noUserData(runs))
	}
	text := userdata.Document(block)
	var e edit.Edit
	var err error
	if data.Get("UserData") == nil {
		e, err = edit.Add(p.t, data, edit.Pair{Key: "UserData", Value: newUserData(text)})
	} else {
		e, err = edit.Replace(p.t, load.node, newUserData(text))
	}
	switch {
	case err != nil && p.opts.mustHaveBlock():
		return cannotEdit(l.id, "UserData", err)
	case err != nil:
		p.open[excuse{RuleIPTables, l.id}]++ // said by the note
		return p.leave(l, load, block, nil, userdata.Other, err.Error())
	}
	p.texts = append(p.texts, plannedText{l, load.id, load.node.Span.Start, []string{text}})
	p.change(RuleIPTables, l.id, load.node.Span, "no UserData: added a MIME document with the iptables commands", e)
	return nil
}

// kindOf returns the kind of user data that nodes read.
func kindOf(runs systems) userdata.Kind {
	switch runs {
	case windows:
		return userdata.Windows
	case bottlerocket:
		return userdata.Bottlerocket
	}
	return userdata.Other
}

// noUserData says why nothing is added where there is no user data.
func noUserData(runs systems) string {
	if reason := kindOf(runs).NoCommands(); reason != "" {
		return reason
	}
	if others, all := runs.ignores(); all {
		return fmt.Sprintf("the nodes run %v, which run no scripts from user data", others)
	}
	if runs.has(unknownSystem) {
		return "there is none, and what the nodes run is not known (use --os)"
	}
	return "there is none, and the nodes may run " + runs.String()
}

// leave notes that user data stays as it is, and what still protects the nodes.
// It returns an error if the commands were asked for explicitly.
func (p *planner) leave(l *launcher, load payload, block userdata.Block, variant *edit.Text, kind userdata.Kind, why string) error {
	isBranch := variant != nil && kind.NoCommands() != ""
	if p.opts.mustHaveBlock() && !isBranch {
		return l.cannot(p.t, load.node.Span.Start, "UserData", "its UserData cannot take the iptables commands: "+why,
			"use --iptables auto to lock what can be locked, or --resource to choose launch templates")
	}
	p.note(RuleUserData, l.id, load.node.Span, "UserData of %s left as it is: %s%s", l.id, why, p.stillHolds(l.id, kind))
	if load.opaque == "" && !load.isAbsent() {
		left := plannedText{l, load.id, load.node.Span.Start, nil}
		for _, v := range load.variants {
			left.texts = append(left.texts, load.text(v))
		}
		p.texts = append(p.texts, left)
	}
	for _, f := range p.judgePayload(l, load, block) {
		if f.Kind == KindOpen {
			p.open[excuse{f.Rule, f.LogicalID}]++ // said by the note
		}
	}
	return nil
}

// stillHolds says what protects a node without the block.
func (p *planner) stillHolds(id string, kind userdata.Kind) string {
	limit := p.opts.HopLimit == 1 && !p.accepts(id, RuleHopLimit, RuleMetadataOptions)
	tokens := !p.opts.keepsIMDSv1() && !p.accepts(id, RuleIMDSv1, RuleMetadataOptions)
	switch {
	case kind == userdata.Windows: // which says so itself
	case limit && tokens:
		return "; hop limit 1 and required tokens keep pods off"
	case tokens:
		return "; required tokens alone do not keep pods off"
	case limit:
		return "; the hop limit alone does not stop IMDSv1"
	}
	return ""
}
