package userdata

import "strings"

// A State says how far user data keeps the pods off the metadata service.
type State struct {
	Kind Kind

	// Reason is why nothing can be said of the text, or "".
	Reason string

	// Rules says that packets of pods to the metadata service are dropped before
	// anything starts the kubelet; Late that they are afterwards only, from the
	// line at offset At.
	Rules, Late bool
	At          int

	// Strict says that the kubelet's unit makes sure of the rule.
	Strict bool

	// BranchENI says that a rule covers pods with branch network interfaces;
	// Unsaved that it comes behind the command that saves the rules, so that it
	// is gone after a reboot.
	BranchENI, Unsaved bool
}

// dropIn is the file that the strict block writes.
const dropIn = "/kubelet.service.d/05-imdslock.conf"

// Inspect reads the state of a text, whoever wrote the rules in it.
func Inspect(text string) State {
	kind, reason := Detect(text)
	s := State{Kind: kind, Reason: reason}
	switch kind {
	case Other:
		return s
	case Windows, Bottlerocket:
		_, err := Protect(text, Block{})
		s.Reason = err.Error()
		return s
	}
	before := text[:kubeletStart(text)]
	block := ""
	if start, end, indent, ok := find(text); ok && runsFirst(text, kind, start) {
		block = strings.ReplaceAll("\n"+text[start:end], "\n"+indent, "\n")
	}
	ours, others := rulesIn(block), rulesIn(before)
	s.Strict = strings.Contains(block+before, dropIn) && strings.Contains(block+before, "-t raw")
	s.Rules = s.Strict || ours.forwarded || others.forwarded
	s.BranchENI = s.Strict || ours.branchENI || others.branchENI
	s.Unsaved = s.BranchENI && !s.Strict && (!ours.branchENI || ours.unsaved) && others.unsaved
	if !s.Rules {
		_, _, _, marked := find(text)
		s.Late = marked || strings.Contains(text, dropIn) || rulesIn(text).forwarded
		s.At = kubeletStart(text)
	}
	return s
}
