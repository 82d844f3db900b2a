package transform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
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

// place returns the node that the text at an offset comes from.
func (i *initScript) place(at int) *cfn.Node {
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
func (s *survey) initScript(id string, metadata *cfn.Node) *initScript {
	i := &initScript{id: id}
	i.add(metadata, "#!/bin/bash")
	for _, config := range i.pairs(metadata) {
		if config.Key.Value == "configSets" {
			continue
		}
		for _, section := range []string{"packages", "sources", "files", "commands", "services"} {
			for _, p := range i.pairs(at(config.Value, section)...) {
				s.addInit(i, section, p)
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
