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

// writeJSON writes a node and all below it. The mapping at the top of the template
// is written without its Transform section.
func writeJSON(out *bytes.Buffer, n *yaml.Node, top bool) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return writeFunction(out, n)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return writeMapping(out, n, top)
	case yaml.SequenceNode:
		return writeSequence(out, n)
	}
	writeScalar(out, n)
	return nil
}

// writeMapping writes a mapping as an object.
func writeMapping(out *bytes.Buffer, n *yaml.Node, top bool) error {
	out.WriteByte('{')
	first := true
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			return fmt.Errorf("line %d: a merge key", key.Line)
		}
		if top && key.Value == "Transform" {
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		writeText(out, key.Value)
		out.WriteByte(':')
		if err := writeJSON(out, value, false); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// writeSequence writes a sequence as an array.
func writeSequence(out *bytes.Buffer, n *yaml.Node) error {
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
	return nil
}

// writeScalar writes a scalar as the type that its tag says, or as a string if JSON
// has no such spelling.
func writeScalar(out *bytes.Buffer, n *yaml.Node) {
	isLiteral := n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!bool"
	switch {
	case n.Tag == "!!null":
		out.WriteString("null")
	case isLiteral && json.Valid([]byte(n.Value)):
		out.WriteString(n.Value)
	default:
		writeText(out, n.Value)
	}
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
