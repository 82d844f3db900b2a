package transform

import (
	"fmt"

	"imdslock/transform/cfn"
	"imdslock/transform/cfn/edit"
)

// A planner runs the rules over a template. All see the template as it was.
type planner struct {
	t        *cfn.Template
	opts     Options
	findings []Finding
	texts    []plannedText     // every user data in order
	left     []string          // launch templates with user data left as it is
	locks    map[string]string // parameter to the one value that it is locked to
}

// A plannedText is a user data as it will be.
type plannedText struct {
	lt   launchTemplate
	at   int
	text string
}

// place returns where the text i stands, or the offset given where there is no
// such text.
func (p *planner) place(i, otherwise int) int {
	if i < len(p.texts) {
		return p.texts[i].at
	}
	return otherwise
}

// plan runs the rules over a template.
func plan(t *cfn.Template, opts Options) (*planner, error) {
	p := &planner{t: t, opts: opts, locks: map[string]string{}}
	rest, err := eachData(t, opts, func(lt launchTemplate, data *cfn.Node, os OS) error {
		if err := p.metadataOptions(lt, data); err != nil {
			return err
		}
		return p.userData(lt, data, os)
	})
	if err != nil {
		return nil, err
	}
	p.findings = append(p.findings, rest...)
	return p, nil
}

// eachData calls a function for all that the options are about: for every
// launch template and every data that it may have, with what its nodes run. It
// returns findings on the template as a whole: on managed node groups, and
// where there is nothing to lock.
func eachData(t *cfn.Template, opts Options, do func(launchTemplate, *cfn.Node, OS) error) ([]Finding, error) {
	all, err := launchTemplates(t)
	if err != nil {
		return nil, err
	}
	if err := knownResources(t, all, opts.Resources); err != nil {
		return nil, err
	}
	groups := nodegroups(t)
	for _, lt := range all {
		if !opts.applies(lt.id) {
			continue
		}
		datas, err := lt.data(t)
		if err != nil {
			return nil, err
		}
		for _, data := range datas {
			if err := do(lt, data, lt.os(groups, opts.OS)); err != nil {
				return nil, err
			}
		}
	}
	if len(all) == 0 && len(groups) == 0 {
		return []Finding{{Rule: RuleNothing, Position: t.Position(t.Root().Span.Start),
			Message: "no launch template or launch configuration: nothing to lock"}}, nil
	}
	return nodegroupFindings(t, groups), nil
}

// change records a finding with edits.
func (p *planner) change(rule Rule, id string, at int, message string, edits ...edit.Edit) {
	p.findings = append(p.findings, Finding{Rule: rule, LogicalID: id, Position: p.t.Position(at), Message: message, Edits: edits})
}

// note records a finding without.
func (p *planner) note(rule Rule, id string, at int, format string, args ...any) {
	p.change(rule, id, at, fmt.Sprintf(format, args...))
}
