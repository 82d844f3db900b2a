package userdata

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A config is cloud-config, merged from all parts of that type (CloudConfigPartHandler
// in cloudinit/handlers).
type config struct {
	// unknown is why it is not known, or "".
	unknown string

	parts  int // how many have been merged
	values map[string]configValue
}

// A configValue is the value of a top-level key: the last of that name.
type configValue struct {
	key, value *yaml.Node
	text       yamlText
}

// yamlText is a text in YAML in which nodes have their places.
type yamlText struct {
	source  source
	lines   []int // offsets at which they start
	isASCII bool
}

func newYAMLText(s source) yamlText {
	isASCII := strings.IndexFunc(s.text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	return yamlText{s, lineStarts(s.text), isASCII}
}

// lineStarts returns the offsets of the lines that yaml.v3 counts.
func lineStarts(text string) []int {
	lines := []int{0}
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "\r\n"):
			i++
		case text[i] == '\n' || text[i] == '\r':
		case strings.HasPrefix(rest, "\u0085"):
			i++
		case strings.HasPrefix(rest, "\u2028"), strings.HasPrefix(rest, "\u2029"):
			i += 2
		default:
			continue
		}
		lines = append(lines, i+1)
	}
	return lines
}

// offset returns where a node starts: yaml.v3 counts lines, and characters in
// them, from 1.
func (t yamlText) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(t.lines) {
		return 0
	}
	at, column := t.lines[n.Line-1], 1
	if t.isASCII {
		return min(at+n.Column-1, len(t.source.text))
	}
	for i := range t.source.text[at:] {
		if column == n.Column {
			return at + i
		}
		column++
	}
	return len(t.source.text)
}

// origin returns where a node starts in the user data.
func (t yamlText) origin(n *yaml.Node) int { return t.source.origin(t.offset(n)) }

// parseConfig returns the mapping of cloud-config, or nil if there is nothing in it
// that cloud-init takes, or the reason why that is not known.
func parseConfig(text string) (*yaml.Node, string) {
	d := yaml.NewDecoder(strings.NewReader(text))
	var root, second yaml.Node
	if err := d.Decode(&root); errors.Is(err, io.EOF) {
		return nil, ""
	} else if err != nil {
		return nil, "its cloud-config is not valid YAML"
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, "its cloud-config has more than one YAML document"
	}
	n := root.Content[0]
	if n.Style&yaml.TaggedStyle != 0 || strings.HasPrefix(n.Value, placeholder) {
		return nil, "its cloud-config is not known"
	}
	if reason := doubts(text, n); reason != "" {
		return nil, reason
	}
	if n.Kind != yaml.MappingNode {
		return nil, ""
	}
	return n, ""
}

// doubts says what in a text PyYAML may refuse, or "": tags, values that are invalid
// for their type, and tabs outside quotes and block scalars. Cloud-init passes over
// all of a text that PyYAML refuses.
func doubts(text string, root *yaml.Node) string {
	tabs, places := strings.Count(text, "\t"), newYAMLText(whole(text, 0))
	reason := ""
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		switch {
		case n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" && n.Tag != "!!binary":
			reason = "its cloud-config has the tag " + n.Tag
		case n.Kind != yaml.ScalarNode:
		case n.Style&yaml.DoubleQuotedStyle != 0:
			tabs -= quotedTabs(text[places.offset(n):])
		case n.Style&^yaml.TaggedStyle != 0:
			tabs -= strings.Count(n.Value, "\t")
		case !isPythonValue(n):
			reason = "a value in its cloud-config may be invalid: " + n.Value
		}
		for i, child := range n.Content {
			if isKey := n.Kind == yaml.MappingNode && i%2 == 0; isKey && child.Value == "<<" {
				continue // it merges a mapping, and is no value
			}
			walk(child)
		}
	}
	walk(root)
	if tabs > 0 {
		reason = cmp.Or(reason, "its cloud-config has tabs between its values")
	}
	return reason
}

// quotedTabs returns the number of tabs in the double quotes with which a text
// begins, after properties.
func quotedTabs(text string) int {
	tabs := 0
	for i := strings.IndexByte(text, '"') + 1; i < len(text) && text[i] != '"'; i++ {
		switch text[i] {
		case '\\':
			i++
		case '\t':
			tabs++
		}
	}
	return tabs
}

// isPythonValue reports whether PyYAML is sure to make a value of a plain scalar.
func isPythonValue(n *yaml.Node) bool {
	switch plainType(n) {
	case plainInteger:
		_, ok := pythonInteger(n.Value)
		return ok
	case plainOther:
		if n.Value == "=" || n.Value == "<<" {
			return false
		}
		if date := n.Value[:min(len(n.Value), len("2006-01-02"))]; datePattern().MatchString(date) {
			_, err := time.Parse("2006-01-02", date)
			return err == nil
		}
	}
	return true
}

var datePattern = pattern(`^\d{4}-\d`)

// merge merges a part. Of keys with the same name the last counts, in the part
// and among the parts.
func (c *config) merge(p part) {
	root, reason := parseConfig(p.source.text)
	if reason == "" && root != nil {
		reason = c.mergeMapping(root, newYAMLText(p.source))
		if how := p.mergeType(); how != "" && c.parts > 0 {
			reason = cmp.Or(reason, "its parts are merged as "+how+" says")
		}
		c.parts++
	}
	c.unknown = cmp.Or(c.unknown, reason)
}

// mergeType returns the name of the header that says how a part is merged, or "".
func (p part) mergeType() string {
	if p.message != nil {
		for _, name := range [...]string{"Merge-Type", "X-Merge-Type"} {
			if _, ok := p.message.get(name); ok {
				return name
			}
		}
	}
	return ""
}

// changesModules are keys that change which modules of cloud-init run, and so
// what is done with all others.
var changesModules = [...]string{"cloud_init_modules", "cloud_config_modules", finalModules}

// changesInit says how the value of a key changes what cloud-init does by default, or "".
func changesInit(name string, value *yaml.Node) string {
	switch {
	case name == "launch-index":
		return "it has a launch-index, and so runs on some instances only"
	case name == finalModules && isUserScripts(value):
	case slices.Contains(changesModules[:], name):
		return "it changes which modules of cloud-init run"
	case name == "system_info" && (hasKey(value, "paths") || hasKey(value, "distro")):
		return "it changes where cloud-init keeps its scripts, or how it runs them"
	}
	return ""
}

// mergeMapping merges the pairs of a mapping, or says why that cannot be done.
func (c *config) mergeMapping(root *yaml.Node, text yamlText) string {
	if c.values == nil {
		c.values = map[string]configValue{}
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		name := key.Value
		switch {
		case key.Kind != yaml.ScalarNode, key.Style&yaml.TaggedStyle != 0:
			return "a key of its cloud-config is not text"
		case strings.Contains(name, placeholder):
			return "a key of its cloud-config is not known before the deployment"
		case key.Style == 0 && name == "<<":
			return "its cloud-config merges keys"
		case (name == "merge_how" || name == "merge_type") && c.parts > 0:
			return "its parts are merged as " + name + " says"
		}
		if reason := changesInit(name, value); reason != "" {
			return reason
		}
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		c.values[name] = configValue{key, value, text}
	}
	return ""
}

// takeConfig adds the scripts that cloud-config makes: of bootcmd, of the files
// that it writes, and of runcmd.
func (d *document) takeConfig() {
	c := d.config
	if c.unknown != "" {
		for _, s := range [...]script{{stage: stageBootcmd, name: "bootcmd", everyBoot: true}, {stage: stageScript, name: "runcmd"}} {
			s.unknown, s.origin = c.unknown, func(int) int { return 0 }
			d.put(s)
		}
		return
	}
	if _, ok := c.values["coreos"]; ok && d.kind == CloudConfig {
		d.reason = "coreos-cloudinit reads it, which knows no runcmd and no bootcmd"
		return
	}
	if v, ok := c.values["bootcmd"]; ok {
		d.commands(v, script{stage: stageBootcmd, name: "bootcmd", everyBoot: true})
	}
	if v, ok := c.values["write_files"]; ok {
		d.writeFiles(v)
	}
	d.takeModules()
	if v, ok := c.values["runcmd"]; ok {
		d.commands(v, script{stage: stageScript, name: "runcmd"})
	}
	if v, ok := c.values[finalModules]; ok {
		d.takeFinal(v)
	}
}

// commands adds the script that cloud-init makes of a list of commands.
func (d *document) commands(v configValue, s script) {
	made, reason, ok := shellify(v)
	if !ok {
		return
	}
	s.text, s.unknown, s.origin = made.text, reason, made.origin
	if reason != "" {
		at := v.text.origin(v.key)
		s.text, s.origin = "", func(int) int { return at }
	}
	d.put(s)
}
