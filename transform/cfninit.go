package transform

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// initKey is the key of the metadata of a resource that cfn-init runs on the node,
// when the user data or cfn-hup calls it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html
const initKey = "AWS::CloudFormation::Init"

var (
	initCall = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[\s/"'=;&|(])cfn-(?:init|hup)(?:["'\s;&|)\\,]|$)`)
	})
	initResource = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:--resource|\s-r)[\s=,"'\\]+([^\s"',;]+)`)
	})
)

// An initScript is the metadata that cfn-init runs, written as a shell script. Its
// groups and users are left out because they start nothing.
type initScript struct {
	id    string
	text  string
	parts []initPart // in order

	hidden []*cfn.Node // what brings in metadata that is not seen
}

// An initPart is where a part of the text of an initScript comes from.
type initPart struct {
	start int
	node  *cfn.Node
}

// findInit returns the range of the first call of cfn-init or cfn-hup in user data, or nil.
func findInit(text string) []int {
	if !strings.Contains(text, "cfn-init") && !strings.Contains(text, "cfn-hup") {
		return nil
	}
	return initCall().FindStringIndex(text)
}

// initNotes notes what in the metadata that cfn-init runs on a node may undo the rule,
// or start the kubelet before it. The texts are those of the user data that may call
// cfn-init.
func (s *survey) initNotes(l *launcher, load payload, block userdata.Block, texts ...string) []Finding {
	var notes []Finding
	note := func(at cfn.Span, format string, args ...any) {
		f := s.finding(RuleUserData, KindNote, l.id, at, l.id+": "+fmt.Sprintf(format, args...))
		if !slices.ContainsFunc(notes, func(n Finding) bool { return n.Start == f.Start }) {
			notes = append(notes, f)
		}
	}
	for _, text := range texts {
		call := findInit(text)
		if call == nil {
			continue
		}
		scripts, unseen := s.initScripts(text[call[0]:])
		if unseen != "" {
			note(load.node.Span, "user data not judged: cfn-init runs the metadata %s of %s, which is not seen", initKey, unseen)
		}
		for _, script := range scripts {
			for _, n := range script.hidden {
				note(n.Span, "user data not judged: cfn-init runs what %s brings in here, which is not seen", hiding(n))
			}
			for _, p := range script.problems(text, call[1], block) {
				note(script.place(p.At).Span, "cfn-init runs this: %s", p.Message)
			}
		}
	}
	return notes
}

// initJoins reports whether user data may start the kubelet through cfn-init.
func (s *survey) initJoins(text string) bool {
	call := findInit(text)
	if call == nil {
		return false
	}
	scripts, _ := s.initScripts(text[call[0]:])
	return slices.ContainsFunc(scripts, initScript.joins)
}

// initScripts returns the metadata that a call of cfn-init runs: that of the
// resource that it names, or else all that there is. Unseen is the resource that
// it names if that has none.
func (s *survey) initScripts(call string) (scripts []initScript, unseen string) {
	name := ""
	if m := initResource().FindStringSubmatch(call); m != nil {
		name = m[1]
	}
	isNamed := slices.ContainsFunc(s.resources, func(r resource) bool { return r.Key.Value == name })
	for _, r := range s.resources {
		if n := r.Value.Get("Metadata", initKey); n != nil && (r.Key.Value == name || !isNamed) {
			scripts = append(scripts, s.initScript(r.Key.Value, n))
		}
	}
	if len(scripts) > 0 {
		return scripts, ""
	}
	return nil, cmp.Or(strings.Trim(userdata.Unnamed(name), edit.Placeholder), "a resource")
}

// shebang is the line that makes an initScript a script of its own.
const shebang = "#!/bin/bash\n"

// problems returns the problems of a script that a call in user data runs: those at
// the place of the call, and those at any later time, when cfn-hup may run it. Their
// places are in the script.
func (i initScript) problems(text string, call int, block userdata.Block) []userdata.Problem {
	var found []userdata.Problem
	kind, reason := userdata.Detect(text)
	switch {
	case reason == "" && (kind == userdata.ShellScript || kind == userdata.MIME):
		found = i.problemsAtCall(text, call, block)
	case i.joins():
		found = append(found, userdata.Problem{Code: userdata.Late, Message: "it may start the kubelet, and whether the rule comes first is not judged"})
	}
	return append(found, i.problemsAfterRule(block)...)
}

// problemsAtCall returns the places where a script may start the kubelet before the
// rule if it runs at the end of the command that calls it from a shell.
func (i initScript) problemsAtCall(text string, call int, block userdata.Block) []userdata.Problem {
	end := call
	for end < len(text) && (text[end] != '\n' || text[end-1] == '\\') {
		end++
	}
	if userdata.Judge(text, block).Problem(userdata.Absent) != nil {
		return nil
	}
	inserted := "\n" + i.text
	var found []userdata.Problem
	for _, p := range userdata.Judge(text[:end]+inserted+text[end:], block).Problems {
		at := p.At - end - 1
		if p.Code == userdata.Late && 0 <= at && at < len(i.text) {
			p.At = at
			found = append(found, p)
		}
	}
	return found
}

// problemsAfterRule returns what in a script may undo the rule if it runs at any time
// after it.
func (i initScript) problemsAfterRule(block userdata.Block) []userdata.Problem {
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
	return found
}

// place returns the node that the text at an offset comes from.
func (i initScript) place(at int) *cfn.Node {
	n := i.parts[0].node
	for _, p := range i.parts {
		if p.start <= at {
			n = p.node
		}
	}
	return n
}

// initScript reads the metadata of a resource. Each configuration runs packages,
// sources, files, commands and services, in this order; which configurations run
// is up to the call.
func (s *survey) initScript(id string, metadata *cfn.Node) initScript {
	i := initScript{id: id, parts: []initPart{{0, metadata}}}
	for _, config := range i.pairs(metadata) {
		if config.Key.Value == "configSets" {
			continue
		}
		for _, section := range []string{"packages", "sources", "files", "commands", "services"} {
			for _, p := range i.pairs(at(config.Value, section)...) {
				s.addInit(&i, section, p)
			}
		}
		i.pairs(at(config.Value)...)
	}
	return i
}

// pairs returns the pairs of mappings, with those of every branch of an Fn::If, and
// records as hidden what brings in others.
func (i *initScript) pairs(mappings ...*cfn.Node) []cfn.Pair {
	var pairs []cfn.Pair
	for _, m := range mappings {
		for _, branch := range m.Branches() {
			if branch.Kind != cfn.Mapping && !branch.IsNull() {
				i.hide(branch)
			}
			for _, p := range branch.Pairs {
				if name := p.Key.Value; strings.HasPrefix(name, "Fn::") || name == "Ref" && !branch.IsNoValue() || name == "<<" {
					i.hide(p.Key)
					continue
				}
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

func (i *initScript) hide(n *cfn.Node) {
	if !slices.Contains(i.hidden, n) {
		i.hidden = append(i.hidden, n)
	}
}

// add adds lines that come from a node.
func (i *initScript) add(n *cfn.Node, format string, args ...any) {
	i.parts = append(i.parts, initPart{len(i.text), n})
	i.text += fmt.Sprintf(format, args...) + "\n"
}

// addInit adds what an entry of a section runs.
func (s *survey) addInit(i *initScript, section string, p cfn.Pair) {
	name := p.Key.Value
	switch section {
	case "packages": // by package manager
		for _, pkg := range i.pairs(p.Value) {
			i.add(pkg.Key, "yum install -y %s", quoted(pkg.Key.Value))
		}
	case "files":
		for _, n := range at(p.Value, "content") {
			if text, ok := s.initText(n); ok {
				i.add(p.Key, "cat >%s <<'IMDSLOCK-INIT'\n%s\nIMDSLOCK-INIT", quoted(name), text)
			}
		}
		if len(at(p.Value, "source")) > 0 {
			i.add(p.Key, "curl -o %s https://source.invalid/", quoted(name))
		}
	case "sources":
		i.add(p.Key, "curl https://source.invalid/ | tar xz -C %s", quoted(name))
	case "commands":
		for _, n := range at(p.Value, "cwd") {
			i.add(n, "cd %s", s.initCommand(n))
		}
		for _, key := range []string{"test", "command"} {
			for _, n := range at(p.Value, key) {
				i.add(n, "%s", s.initCommand(n))
			}
		}
	case "services": // by service manager
		for _, service := range i.pairs(p.Value) {
			s.addService(i, service)
		}
	}
}

func (s *survey) addService(i *initScript, service cfn.Pair) {
	for _, verb := range []struct{ key, yes, no string }{{"enabled", "enable", "disable"}, {"ensureRunning", "restart", "stop"}} {
		for _, n := range at(service.Value, verb.key) {
			word := verb.yes
			if strings.EqualFold(n.Value, "false") {
				word = verb.no
			}
			i.add(service.Key, "systemctl %s %s", word, quoted(service.Key.Value))
		}
	}
}

// initCommand returns a command, a text or a list of words, as a shell runs it.
func (s *survey) initCommand(n *cfn.Node) string {
	if n.Kind != cfn.Sequence {
		text, _ := s.initText(n)
		return text
	}
	var words []string
	for _, item := range n.Items {
		text, _ := s.initText(item)
		words = append(words, quoted(text))
	}
	return strings.Join(words, " ")
}

// initText returns all texts that an expression can be, a line or more each. It
// returns false if the expression is a mapping or a list that is not known as text.
func (s *survey) initText(n *cfn.Node) (string, bool) {
	texts, err := edit.Texts(s.t, n)
	if err != nil || len(texts) == 0 {
		return edit.Placeholder, n.Kind == cfn.Scalar
	}
	var all []string
	for _, text := range texts {
		all = append(all, text.String)
	}
	return strings.Join(all, "\n"), true
}

// quoted returns a word as a shell reads it, in single quotes.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// joins reports whether the commands may start the kubelet.
func (i initScript) joins() bool {
	joins, _ := userdata.Joins(shebang + i.text)
	return joins
}
