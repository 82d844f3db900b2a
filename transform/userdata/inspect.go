package userdata

import (
	"cmp"
	"strings"
)

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

	// Undone says that a line takes the rules back later, the one at offset At. A
	// strict rule comes back.
	Undone bool

	// BranchENI says that a rule covers pods with branch network interfaces;
	// Unsaved that it comes behind the command that saves the rules, so that it
	// is gone after a reboot.
	BranchENI, Unsaved bool
}

// shellText returns what of a text a shell runs: all of it, but of a MIME
// document its shell scripts, and nothing where parts are nested.
func shellText(text string, kind Kind) string {
	if kind != MIME {
		return text
	}
	field, body := headers(text)
	m := boundaryParameter().FindStringSubmatch(field("content-type"))
	if m == nil {
		return text[body:]
	}
	var scripts strings.Builder
	for _, p := range strings.Split(text[body:], "--"+m[1]+m[2]) {
		p = strings.TrimLeft(p, "\r\n")
		field, start := headers(p)
		if k, _ := Detect(p[start:]); k == ShellScript && strings.HasPrefix(strings.ToLower(field("content-type")), "text/x-shellscript") {
			scripts.WriteString(p[start:])
		}
	}
	return scripts.String()
}

// dropIn is the file that the strict block writes.
const dropIn = "/kubelet.service.d/05-imdslock.conf"

// isStrict reports whether a block is the strict one.
func isStrict(block string) bool {
	return strings.Contains(block, dropIn) && strings.Contains(block, "-t raw")
}

// Inspect reads the state of a text, whoever wrote the rules in it.
func Inspect(text string) State {
	kind, reason := Detect(text)
	s := State{Kind: kind, Reason: cmp.Or(reason, kind.NoCommands())}
	if s.Reason != "" {
		return s
	}
	before := text[:kind.kubeletStart(text)]
	block := ""
	if start, end, indent, ok := kind.find(text); ok && runsFirst(text, kind, start) {
		block = strings.ReplaceAll("\n"+text[start:end], "\n"+indent, "\n")
	}
	ours, others := rulesIn(block), rulesIn(shellText(before, kind))
	s.Strict = isStrict(block)
	s.Rules = s.Strict || ours.forwarded || others.forwarded
	s.BranchENI = s.Strict || ours.branchENI || others.branchENI
	s.Unsaved = s.BranchENI && !s.Strict && (!ours.branchENI || ours.unsaved) && others.unsaved
	if s.Rules && !s.Strict {
		_, from, _, _ := kind.find(text)
		if !ours.forwarded && kind != MIME {
			from = max(from, others.end)
		}
		if at := undone(text, from); at >= 0 && (ours.forwarded || kind != MIME) {
			s.Undone, s.At = true, at
		}
	}
	if !s.Rules {
		_, _, _, marked := kind.find(text)
		s.Late = marked || strings.Contains(text, dropIn) || rulesIn(text).forwarded
		s.At = kind.kubeletStart(text)
	}
	return s
}

// Judge returns the problems of a text that is a shell script, and false for
// others.
func Judge(text string, want Block) ([]Problem, bool) {
	if kind, reason := Detect(text); kind != ShellScript || reason != "" {
		return nil, false
	}
	return judge([]script{{stage: stageScript, text: text}}, want), true
}
