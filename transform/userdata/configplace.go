package userdata

import (
	"cmp"
	"strings"

	"gopkg.in/yaml.v3"
)

// configPlaces returns the places in cloud-config: among the items of runcmd,
// which run once per instance, and of bootcmd, which run at every boot and
// before. A strict block may run at every boot.
func (d *document) configPlaces(p part, strict bool) ([]place, string) {
	if d.config.unknown != "" {
		return nil, d.config.unknown
	}
	start := p.source.origin(0)
	text := d.text[start : start+len(p.source.text)]
	root, reason := parseConfig(text)
	if reason != "" {
		return nil, reason
	}
	if root != nil && root.Style&yaml.FlowStyle != 0 {
		return nil, "it is a flow mapping or JSON"
	}
	t := configText{text, newYAMLText(whole(text, start)), root}
	names := []string{"runcmd", "bootcmd"}
	if strict {
		names = names[1:]
	}
	var places []place
	for _, name := range names {
		changes := t.into(name)
		if changes == nil {
			reason = cmp.Or(reason, "its "+name+" is not a list that can be added to")
			continue
		}
		places = append(places, place{changes: func(commands []string) []Change {
			c := changes(commands)
			return []Change{{start + c.Start, start + c.End, c.Text}}
		}})
	}
	return places, reason
}

// A configText is cloud-config whose lists are added to.
type configText struct {
	text string
	yaml yamlText
	root *yaml.Node // nil where it is empty
}

// pair returns the last pair of a key, which is the one that counts.
func (t configText) pair(name string) (key, value *yaml.Node) {
	if t.root == nil {
		return nil, nil
	}
	for i := 0; i+1 < len(t.root.Content); i += 2 {
		if t.root.Content[i].Value == name {
			key, value = t.root.Content[i], t.root.Content[i+1]
		}
	}
	return key, value
}

// into returns how commands are made the first items of a list, the one that
// cloud-init takes of several, or nil if it cannot be added to.
func (t configText) into(name string) func(commands []string) Change {
	key, value := t.pair(name)
	if key == nil {
		return func(commands []string) Change { return t.newKey(name, commands) }
	}
	line, after := t.yaml.lines[key.Line-1], len(t.text)
	if key.Line < len(t.yaml.lines) {
		after = t.yaml.lines[key.Line]
	}
	margin := strings.Repeat(" ", key.Column-1)
	switch {
	case value.Kind == yaml.SequenceNode && value.Style&yaml.FlowStyle != 0 && value.Line == key.Line:
		return func(commands []string) Change {
			return t.intoFlow(line, t.yaml.offset(value)+1, after, margin, commands)
		}
	case value.Kind == yaml.SequenceNode && value.Style == 0 && value.Line > key.Line:
		indent := strings.Repeat(" ", value.Column-1)
		return func(commands []string) Change { return t.asItems(after, indent, commands) }
	case plainType(value) != plainNull || value.Style != 0:
	case value.Value == "":
		return func(commands []string) Change { return t.asItems(after, margin+"  ", commands) }
	case value.Line == key.Line && strings.TrimSpace(t.text[t.yaml.offset(value)+len(value.Value):after]) == "":
		return func(commands []string) Change {
			before := strings.TrimRight(t.text[line:t.yaml.offset(value)], " \t")
			return Change{line, after, before + eolOf(t.text[line:]) + indented(items(commands), margin+"  ", eolOf(t.text))}
		}
	}
	return nil
}

// asItems puts the commands at the start of a line, as items of a list.
func (t configText) asItems(at int, indent string, commands []string) Change {
	eol := eolOf(t.text)
	added := indented(items(commands), indent, eol)
	if at == len(t.text) && !strings.HasSuffix(t.text, "\n") { // without a line end
		added = "\n" + strings.TrimSuffix(added, eol)
	}
	return Change{at, at, added}
}

// intoFlow puts the commands after the bracket that opens a flow sequence, on
// lines of their own before what was there. The line is written anew.
func (t configText) intoFlow(line, bracket, after int, margin string, commands []string) Change {
	eol := eolOf(t.text)
	added := t.text[line:bracket] + eol + indented(flowItems(commands), margin+"  ", eol)
	if rest := strings.TrimLeft(t.text[bracket:after], " \t"); strings.TrimSpace(rest) != "" {
		added += margin + "  " + rest
	}
	return Change{line, after, added}
}

// newKey adds the key before the others.
func (t configText) newKey(name string, commands []string) Change {
	at, margin := t.topLevel()
	eol := eolOf(t.text)
	added := margin + name + ":" + eol + indented(items(commands), margin+"  ", eol)
	if !strings.HasSuffix(t.text[:at], "\n") { // nothing but the header, without a line end
		return Change{len(t.text), len(t.text), eol + strings.TrimSuffix(added, eol)}
	}
	return Change{at, at, added}
}

// topLevel returns where the keys of cloud-config begin, after its header and
// the mark that starts the document, and their indentation.
func (t configText) topLevel() (start int, indent string) {
	at, headed := 0, false
	for line := range strings.Lines(t.text) {
		bare := strings.TrimSpace(line)
		at += len(line)
		switch {
		case bare == "":
		case bare[0] == '#':
			if !headed {
				start = at
				headed = strings.HasPrefix(strings.ToLower(bare), "#cloud-config")
			}
		case strings.HasPrefix(bare, "---"), bare[0] == '%':
			start = at
		default:
			return start, line[:len(line)-len(strings.TrimLeft(line, " "))]
		}
	}
	return start, ""
}
