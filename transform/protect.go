package transform

import (
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// A protectedPayload is a user data with the block in all of its variants.
type protectedPayload struct {
	edits []edit.Edit
	texts []string      // of the variants, as they will be
	left  []Finding     // what stays open
	kind  userdata.Kind // of the last variant

	adapted, completed bool   // what was done to the commands that were there
	strict             string // why the commands are strict, or ""
}

// protect puts the block into the variants of one user data, of all that a data
// mapping can have.
func (p *planner) protect(l *launcher, load payload, all []payload, block userdata.Block) error {
	block = load.agreed(load.wants(block))
	if p.keepsPossible(l, load, block) {
		return nil
	}
	done := protectedPayload{kind: userdata.Other}
	for _, variant := range load.variants {
		before := load.text(variant)
		protection, err := userdata.Protect(before, block)
		done.kind, _ = userdata.Detect(before)
		var edits []edit.Edit
		if err == nil {
			edits, err = load.edits(p.t, variant, protection.Changes)
		}
		if err != nil {
			return p.cannotProtect(l, load, all, block, variant, err)
		}
		text := userdata.Apply(before, protection.Changes)
		p.verdicts[judged{text, block}] = protection.After
		done.add(text, edits, protection, block.Mode)
		left, err := p.leftOpen(l, load, variant, protection)
		if err != nil {
			return err
		}
		done.left = append(done.left, left...)
	}
	p.texts = append(p.texts, plannedText{l, load.id, load.node.Span.Start, done.texts})
	for _, f := range append(done.left, p.initNotes(l, load, block, p.opts, done.texts...)...) {
		p.stays(f)
	}
	if len(done.edits) > 0 {
		p.change(RuleIPTables, l.id, load.node.Span, done.message(), done.edits...)
	}
	return nil
}

// keepsPossible leaves user data as it is if some of its variants are those of no
// deployment, and the others are locked. It reports whether it did.
func (p *planner) keepsPossible(l *launcher, load payload, block userdata.Block) bool {
	possible := p.possible(l, load)
	if len(possible.variants) == len(load.variants) {
		return false
	}
	found := p.judgePayload(l, possible, block)
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Kind == KindOpen }) {
		return false
	}
	planned := plannedText{l, load.id, load.node.Span.Start, nil}
	for _, variant := range load.variants {
		planned.texts = append(planned.texts, load.text(variant))
	}
	p.texts = append(p.texts, planned)
	for _, f := range found {
		if f.Rule != RuleIMDSv1UserData { // which is said
			p.stays(f)
		}
	}
	return true
}

// cannotProtect leaves user data that cannot take the block as it is. It returns
// an error if the block was asked for and the user data is not excused.
func (p *planner) cannotProtect(l *launcher, load payload, all []payload, block userdata.Block, variant *edit.Text, err error) error {
	if len(load.variants) == 1 && isExcused(load, all) || !p.opts.mustHaveBlock() {
		kind, _ := userdata.Detect(load.text(variant))
		return p.leave(l, load, block, variant, kind, err.Error())
	}
	return l.cannot(p.t, load.node.Span.Start, "UserData", "its UserData cannot take the iptables commands: "+err.Error(),
		"use --iptables auto to lock what can be locked, or --resource to choose launch templates")
}

// leftOpen returns what stays open in a variant with the block. It returns an error
// if something does and the block was asked for.
func (p *planner) leftOpen(l *launcher, load payload, variant *edit.Text, protection userdata.Protection) ([]Finding, error) {
	var left []Finding
	for _, problem := range protection.After.Problems {
		f := p.problem(l, load, variant, problem, userdata.Origin(protection.Changes, problem.At))
		if f.Kind == KindOpen && p.opts.mustHaveBlock() {
			return nil, l.cannot(p.t, f.Start.Offset, "UserData", problem.Message, "remove that command, or use --iptables auto to lock what can be locked")
		}
		if f.Rule != RuleIMDSv1UserData {
			left = append(left, f)
		}
	}
	return left, nil
}

// add adds a variant: its text, and the edits that make it.
func (d *protectedPayload) add(text string, edits []edit.Edit, protection userdata.Protection, mode userdata.Mode) {
	d.texts = append(d.texts, text)
	d.adapted, d.completed = d.adapted || protection.Adapted, d.completed || protection.Completed
	if protection.Strict && mode == userdata.Auto && len(edits) > 0 {
		d.strict = protection.Why
	}
	for _, e := range edits {
		if !slices.Contains(d.edits, e) {
			d.edits = append(d.edits, e)
		}
	}
}

// message says what was done, and why with the strict commands if it was.
func (d *protectedPayload) message() string {
	message := fmt.Sprintf("pods can reach the metadata service: iptables commands put into the %v", d.kind)
	switch {
	case d.completed:
		message = fmt.Sprintf("the iptables commands in the %v completed", d.kind)
	case d.adapted:
		message = fmt.Sprintf("the iptables commands in the %v adapted to the options", d.kind)
	}
	if d.strict != "" {
		message += " (strict, because " + d.strict + ")"
	}
	return message
}

// edits returns the edits of the source that make changes of a variant's text.
func (p payload) edits(t *cfn.Template, variant *edit.Text, changes []userdata.Change) ([]edit.Edit, error) {
	if p.encoding != nil {
		if len(changes) == 0 {
			return nil, nil
		}
		encoded, err := p.encoding.Encode(userdata.Apply(p.text(variant), changes))
		if err != nil {
			return nil, err
		}
		var e edit.Edit
		if p.node.Style == cfn.Literal || p.node.Style == cfn.Folded {
			e, err = variant.Replace(0, len(variant.String), encoded) // which stays a block
		} else {
			e, err = edit.Replace(t, p.node, edit.Scalar(encoded, edit.Unquoted))
		}
		return []edit.Edit{e}, err
	}
	var edits []edit.Edit
	isNamed := p.text(variant) != variant.String
	for _, c := range changes {
		if isNamed {
			c.Text = userdata.Unnamed(c.Text)
		}
		e, err := variant.Replace(c.Start, c.End, c.Text)
		if err != nil {
			return nil, err
		}
		edits = append(edits, e)
	}
	return edits, nil
}
