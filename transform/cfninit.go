package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// initKey is the key of the metadata of a resource that cfn-init runs on the node,
// when the user data or cfn-hup calls it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html
const initKey = "AWS::CloudFormation::Init"

// initNotes notes what in the metadata that cfn-init runs on a node may undo the rule,
// or start the kubelet before it. The texts are those of the user data that may call
// cfn-init.
func (s *survey) initNotes(l *launcher, load payload, block userdata.Block, opts Options, texts ...string) []Finding {
	var notes []Finding
	note := func(rule Rule, at cfn.Span, format string, args ...any) {
		f := s.finding(rule, KindNote, l.id, at, l.id+": "+fmt.Sprintf(format, args...))
		if !slices.ContainsFunc(notes, func(n Finding) bool { return n.Start == f.Start }) {
			notes = append(notes, f)
		}
	}
	for _, text := range texts {
		called, unseen := s.calledInits(text)
		for _, resource := range unseen {
			if !opts.keepsUserData() {
				note(RuleUserData, load.node.Span, "user data not judged: cfn-init runs the metadata %s of %s, which is not seen", initKey, resource)
			}
		}
		if !opts.keepsUserData() {
			for _, n := range hiddenOf(called) {
				note(RuleUserData, n.Span, "user data not judged: cfn-init runs what %s brings in here, which is not seen", hiding(n))
			}
		}
		for _, p := range s.initProblems(text, block, called) {
			rule, at, message := RuleUserData, load.node, "with what cfn-init runs, "+p.Message
			if p.Code == userdata.WithoutToken {
				rule = RuleIMDSv1UserData
			}
			if p.Resource != "" {
				at, message = s.inits()[p.Resource].place(p.At), "cfn-init runs this: "+p.Message
			} else if len(notes) > 0 {
				continue // which is why
			}
			if opts.counts(p.Problem) {
				note(rule, at.Span, "%s", message)
			}
		}
	}
	return notes
}

// hiddenOf returns what in some metadata is not seen.
func hiddenOf(scripts []*initScript) (hidden []*cfn.Node) {
	for _, script := range scripts {
		hidden = append(hidden, script.hidden...)
	}
	return hidden
}

// initJoins reports whether user data may start the kubelet through cfn-init.
func (s *survey) initJoins(text string) bool {
	called, _ := s.calledInits(text)
	return slices.ContainsFunc(called, (*initScript).joins)
}

// inits returns all metadata for cfn-init, by resource.
func (s *survey) inits() map[string]*initScript {
	if s.initScripts == nil {
		s.initScripts = map[string]*initScript{}
		for _, r := range s.resources {
			if n := r.Value.Get("Metadata", initKey); n != nil {
				s.initScripts[r.Key.Value] = s.initScript(r.Key.Value, n)
			}
		}
	}
	return s.initScripts
}

// initsFor returns the metadata that cfn-init runs for a resource: that of the resource,
// or, if no resource has the name, all that there is.
func (s *survey) initsFor(name string) []*initScript {
	isNamed := slices.ContainsFunc(s.resources, func(r resource) bool { return r.Key.Value == name })
	var scripts []*initScript
	for _, r := range s.resources {
		if i := s.inits()[r.Key.Value]; i != nil && (r.Key.Value == name || !isNamed) && !slices.Contains(scripts, i) {
			scripts = append(scripts, i)
		}
	}
	return scripts
}

// metadata is the [userdata.Metadata] of the template.
func (s *survey) metadata(resource string) []userdata.Init {
	var inits []userdata.Init
	for _, i := range s.initsFor(resource) {
		inits = append(inits, userdata.Init{Resource: i.id, Text: i.text})
	}
	return inits
}

// calledInits returns the metadata that user data runs through cfn-init, and the
// resources whose metadata it runs but that have none.
func (s *survey) calledInits(text string) (called []*initScript, unseen []string) {
	for _, resource := range userdata.InitCalls(text, s.metadata) {
		scripts := s.initsFor(resource)
		if len(scripts) == 0 {
			unseen = append(unseen, cmp.Or(strings.Trim(userdata.Unnamed(resource), edit.Placeholder), "a resource"))
		}
		for _, i := range scripts {
			if !slices.Contains(called, i) {
				called = append(called, i)
			}
		}
	}
	return called, unseen
}

// initProblems returns what is wrong with user data that calls cfn-init: with the metadata
// that it runs where it calls it, at any later time, when cfn-hup may run it, and with
// the user data itself, last.
func (s *survey) initProblems(text string, block userdata.Block, called []*initScript) []userdata.InitProblem {
	if len(called) == 0 {
		return nil
	}
	var inside, outside []userdata.InitProblem
	for _, p := range userdata.JudgeInit(text, block, s.metadata) {
		if p.Resource != "" {
			inside = append(inside, p)
		} else {
			outside = append(outside, p)
		}
	}
	for _, script := range called {
		for _, p := range script.problemsAfterRule(block) {
			inside = append(inside, userdata.InitProblem{Problem: p, Resource: script.id})
		}
	}
	return slices.Concat(inside, outside)
}

// problemsAfterRule returns what in a script may undo the rule if it runs at any time
// after it, and what required tokens refuse.
func (i *initScript) problemsAfterRule(block userdata.Block) []userdata.Problem {
	rule := userdata.Document(userdata.Block{BranchENI: block.BranchENI, IPv6: block.IPv6, Mode: userdata.AWS})
	ruled, _, _ := strings.Cut(rule[strings.Index(rule, "#!"):], "\n--")
	ruled += "\n"
	var found []userdata.Problem
	for _, p := range userdata.Judge(ruled+i.text, userdata.Block{Mode: userdata.AWS}).Problems {
		at := p.At - len(ruled)
		switch p.Code {
		case userdata.Undone, userdata.Replaced, userdata.NotJudged:
		case userdata.Unsaved: // which the rule by itself is not, wherever it is said
			at = max(at, 0)
		default:
			continue
		}
		if at >= 0 {
			p.At = at
			found = append(found, p)
		}
	}
	return append(found, userdata.RequestsWithoutToken(i.text)...)
}

// joins reports whether the commands may start the kubelet.
func (i *initScript) joins() bool {
	joins, _ := userdata.Joins(i.text)
	return joins
}
