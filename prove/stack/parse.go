// Package stack says what a stack that is made of a CloudFormation template
// would launch: it evaluates the template for given parameter values, and for
// all values that make a difference, one after the other.
//
// It is a judge of imdslock and shares no code with it. It decodes a template
// into plain values and computes, while imdslock reasons about spans of bytes
// and about all values at once. It refuses what it does not know.
package stack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Template is a decoded template. Its values are string or plain for a scalar,
// []any, map[string]any, and nil for null. Short forms such as !Sub are maps
// with the one key of the full form.
type Template struct{ root map[string]any }

// Parse decodes a template in YAML or JSON. Like CloudFormation it takes the
// last of equal keys.
func Parse(src []byte) (*Template, error) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	value, err := decode(src)
	if err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("the template is not a mapping")
	}
	t := &Template{root}
	resources := t.section("Resources")
	if len(resources) == 0 {
		return nil, errors.New("the template has no Resources")
	}
	expanded, err := expandLoops(resources, t)
	if err != nil {
		return nil, err
	}
	root["Resources"] = expanded
	return t, nil
}

func decode(src []byte) (any, error) {
	if bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) {
		d := json.NewDecoder(bytes.NewReader(src))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err == nil {
			return fromJSON(v), nil
		}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(src, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, errors.New("the template is empty")
	}
	return fromYAML(document.Content[0])
}

func fromJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = fromJSON(v[k])
		}
	case []any:
		for i := range v {
			v[i] = fromJSON(v[i])
		}
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return v
}

func fromYAML(n *yaml.Node) (any, error) {
	v, err := untagged(n)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return v, err
	}
	switch name := n.Tag[1:]; name {
	case "Ref", "Condition":
		return map[string]any{name: v}, nil
	case "GetAtt":
		if text, ok := v.(string); ok {
			resource, attribute, _ := strings.Cut(text, ".")
			v = []any{resource, attribute}
		}
		return map[string]any{"Fn::GetAtt": v}, nil
	default:
		return map[string]any{"Fn::" + name: v}, nil
	}
}

func untagged(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return fromYAML(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			v, err := fromYAML(item)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if key == "<<" {
				return nil, fmt.Errorf("line %d: a merge key", n.Content[i].Line)
			}
			v, err := fromYAML(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[key] = v
		}
		return m, nil
	}
	return scalar(n), nil
}

// A plain is a plain scalar of YAML 1.1 that is read as a boolean or a number, and
// so may read differently from how it is written. As a name it is what is written.
type plain struct{ written, read string }

func (p plain) String() string { return p.read }

// scalar reads a scalar by YAML 1.1, as CloudFormation does.
func scalar(n *yaml.Node) any {
	if n.Style&^yaml.TaggedStyle != 0 || strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Value
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE":
		return plain{n.Value, "true"}
	case "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE":
		return plain{n.Value, "false"}
	}
	digits := strings.ReplaceAll(n.Value, "_", "")
	if i, err := strconv.ParseInt(digits, 0, 64); err == nil && !strings.ContainsAny(digits, "oO") {
		return plain{n.Value, strconv.FormatInt(i, 10)}
	}
	return n.Value
}

// scalarText returns the text of a scalar that is not null.
func scalarText(v any) (string, bool) {
	if p, ok := v.(plain); ok {
		return p.read, true
	}
	text, ok := v.(string)
	return text, ok
}

// name returns a scalar as the name of something.
func name(v any) (string, bool) {
	if p, ok := v.(plain); ok {
		return p.written, true
	}
	text, ok := v.(string)
	return text, ok
}

// section returns a top-level mapping, or nil.
func (t *Template) section(name string) map[string]any {
	m, _ := t.root[name].(map[string]any)
	return m
}

// extended reports whether the template asks for AWS::LanguageExtensions.
func (t *Template) extended() bool {
	switch transform := t.root["Transform"].(type) {
	case string:
		return transform == "AWS::LanguageExtensions"
	case []any:
		return slices.Contains(transform, any("AWS::LanguageExtensions"))
	}
	return false
}

// expandLoops replaces the keys Fn::ForEach::Name of a mapping by what they
// stand for, "Fn::ForEach" in the AWS CloudFormation Template Reference.
func expandLoops(m map[string]any, t *Template) (map[string]any, error) {
	expanded := map[string]any{}
	for key, value := range m {
		if !strings.HasPrefix(key, "Fn::ForEach::") {
			expanded[key] = value
			continue
		}
		loop, _ := value.([]any)
		if !t.extended() || len(loop) != 3 {
			return nil, fmt.Errorf("%s: not a loop of AWS::LanguageExtensions", key)
		}
		identifier, _ := loop[0].(string)
		items, ok := loop[1].([]any)
		body, isMap := loop[2].(map[string]any)
		if !ok || !isMap {
			return nil, fmt.Errorf("%s: its list or its body is not literal", key)
		}
		for _, item := range items {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("%s: an item is not literal", key)
			}
			inner, err := expandLoops(replaced(body, identifier, text).(map[string]any), t)
			if err != nil {
				return nil, err
			}
			for k, v := range inner {
				expanded[k] = v
			}
		}
	}
	return expanded, nil
}

// replaced returns v with the identifier of a loop replaced by an item.
func replaced(v any, identifier, item string) any {
	r := strings.NewReplacer("${"+identifier+"}", item, "&{"+identifier+"}", item)
	switch v := v.(type) {
	case string:
		return r.Replace(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = replaced(v[i], identifier, item)
		}
		return list
	case map[string]any:
		if len(v) == 1 && v["Ref"] == identifier {
			return item
		}
		m := map[string]any{}
		for k := range v {
			m[r.Replace(k)] = replaced(v[k], identifier, item)
		}
		return m
	}
	return v
}
