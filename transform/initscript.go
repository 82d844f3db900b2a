package transform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
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
			i.add(p.Key, "mkdir -p %s", quoted(path.Dir(name)))
			i.add(p.Key, "cat >%s <<'IMDSLOCK-INIT'\n%s\nIMDSLOCK-INIT", quoted(name), s.initContent(p.Value, n))
		}
		if len(at(p.Value, "source")) > 0 {
			i.add(p.Key, "curl -o %s https://source.invalid/", quoted(name))
		}
	case "sources":
		i.add(p.Key, "curl https://source.invalid/ | tar xz -C %s", quoted(name))
	case "commands":
		s.addCommand(i, p.Value)
	case "services": // by service manager
		for _, service := range i.pairs(p.Value) {
			s.addService(i, service)
		}
	}
}

// addCommand adds a command and its test. Each text is a shell of its own, so it
// neither ends nor changes what comes after it.
func (s *survey) addCommand(i *initScript, command *cfn.Node) {
	before := ""
	for _, n := range at(command, "cwd") {
		before = "cd " + quoted(strings.Join(s.initTexts(n), "")) + "; "
	}
	for _, variable := range i.pairs(at(command, "env")...) {
		before += "export " + quoted(variable.Key.Value) + "=" + quoted(strings.Join(s.initTexts(variable.Value), "")) + "; "
	}
	for _, key := range []string{"test", "command"} {
		for _, n := range at(command, key) {
			if n.Kind == cfn.Sequence {
				var words []string
				for _, item := range n.Items {
					words = append(words, quoted(strings.Join(s.initTexts(item), "\n")))
				}
				i.add(n, "(%s%s)", before, strings.Join(words, " "))
				continue
			}
			for _, text := range s.initTexts(n) {
				i.add(n, "(%ssh -c %s)", before, quoted(text))
			}
		}
	}
}

// addService adds what becomes of a service: for what is not certain, a verb that
// is not known.
func (s *survey) addService(i *initScript, service cfn.Pair) {
	for _, verb := range []struct{ key, yes, no string }{{"enabled", "enable", "disable"}, {"ensureRunning", "restart", "stop"}} {
		for _, n := range at(service.Value, verb.key) {
			word := edit.Placeholder
			if is, ok := initBoolean(n); ok && is {
				word = verb.yes
			} else if ok {
				word = verb.no
			}
			i.add(service.Key, "systemctl %s %s", word, quoted(service.Key.Value))
		}
	}
}

// initBoolean returns the value of a boolean as YAML 1.1 and cfn-init read it, and
// whether that is certain.
func initBoolean(n *cfn.Node) (is, ok bool) {
	if n.Kind != cfn.Scalar {
		return false, false
	}
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on", "y", "1":
		return true, true
	case "false", "no", "off", "n", "0", "":
		return false, true
	}
	return false, false
}

// initContent returns what is written to a file of a content: a text, decoded if it is
// said to be base64, or a mapping or list as JSON.
func (s *survey) initContent(file, content *cfn.Node) string {
	if name, _ := content.Function(); name == "" && content.Kind != cfn.Scalar {
		return s.initJSON(content)
	}
	texts := s.initTexts(content)
	for _, n := range at(file, "encoding") {
		if n.Kind == cfn.Scalar && n.Value == "plain" {
			continue
		}
		for i, text := range texts {
			decoded, _, ok := userdata.Decode(text)
			if !ok {
				decoded = edit.Placeholder
			}
			texts[i] = decoded
		}
	}
	return strings.Join(texts, "\n")
}

// initJSON returns a value as JSON.
func (s *survey) initJSON(n *cfn.Node) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(s.initValue(n)); err != nil {
		return edit.Placeholder
	}
	return b.String()
}

// initValue returns a value as package json encodes it.
func (s *survey) initValue(n *cfn.Node) any {
	if name, _ := n.Function(); name != "" {
		return strings.Join(s.initTexts(n), "\n")
	}
	switch n.Kind {
	case cfn.Mapping:
		values := map[string]any{}
		for _, p := range n.Pairs {
			values[p.Key.Value] = s.initValue(p.Value)
		}
		return values
	case cfn.Sequence:
		values := []any{}
		for _, item := range n.Items {
			values = append(values, s.initValue(item))
		}
		return values
	}
	if n.Style == cfn.Plain && json.Valid([]byte(n.Value)) {
		return json.RawMessage(n.Value)
	}
	return n.Value
}

// initTexts returns all texts that an expression can be.
func (s *survey) initTexts(n *cfn.Node) []string {
	texts, err := edit.Texts(s.t, n)
	if err != nil {
		return []string{edit.Placeholder}
	}
	var all []string
	for _, text := range texts {
		all = append(all, text.String)
	}
	return all
}

// quoted returns a word as a shell reads it, in single quotes.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
