package runtimetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Fragment returns a template as CloudFormation hands it to a macro: in JSON,
// with the functions of YAML's tags written out, without its Transform section.
func Fragment(template []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(template, &document); err != nil {
		return nil, err
	}
	if document.Kind == 0 {
		return nil, fmt.Errorf("the template is empty")
	}
	var out bytes.Buffer
	if err := writeJSON(&out, document.Content[0], true); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, n *yaml.Node, top bool) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return writeFunction(out, n)
	}
	switch n.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		first := true
		for i := 0; i < len(n.Content); i += 2 {
			if key := n.Content[i]; key.Tag == "!!merge" {
				return fmt.Errorf("line %d: a merge key", key.Line)
			} else if top && key.Value == "Transform" {
				continue
			}
			if !first {
				out.WriteByte(',')
			}
			first = false
			writeText(out, n.Content[i].Value)
			out.WriteByte(':')
			if err := writeJSON(out, n.Content[i+1], false); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, item, false); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	default:
		isLiteral := n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!bool" || n.Tag == "!!null"
		switch {
		case n.Tag == "!!null":
			out.WriteString("null")
		case isLiteral && json.Valid([]byte(n.Value)):
			out.WriteString(n.Value)
		default:
			writeText(out, n.Value)
		}
	}
	return nil
}

// writeFunction writes !Name as {"Fn::Name": …}.
func writeFunction(out *bytes.Buffer, n *yaml.Node) error {
	name := n.Tag[1:]
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	out.WriteByte('{')
	writeText(out, name)
	out.WriteByte(':')
	argument := *n
	argument.Tag = ""
	if n.Kind == yaml.ScalarNode {
		argument.Tag = "!!str"
		if resource, attribute, ok := strings.Cut(n.Value, "."); ok && name == "Fn::GetAtt" {
			argument = yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{
				{Kind: yaml.ScalarNode, Tag: "!!str", Value: resource}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: attribute}}}
		}
	}
	if err := writeJSON(out, &argument, false); err != nil {
		return err
	}
	out.WriteByte('}')
	return nil
}

func writeText(out *bytes.Buffer, text string) {
	encoded, _ := json.Marshal(text) // strings can always be marshalled
	out.Write(encoded)
}
