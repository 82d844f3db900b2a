package transform

import (
	"bytes"
	"maps"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// SetParameters returns a CodePipeline template configuration in which
// parameters have the given values, added in the order of their names; everything
// else stays byte for byte. An empty src makes a new one. The error is a
// [*cfn.Error] if src is not a JSON object, even if there are no values ("Template
// configuration file" in the CloudFormation User Guide's page on CodePipeline
// artifacts).
func SetParameters(src []byte, values map[string]string) ([]byte, error) {
	if len(src) == 0 {
		src = []byte("{\n  \"Parameters\": {}\n}\n")
	}
	if _, err := readConfiguration(src); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var err error
		if src, err = setParameter(src, name, values[name]); err != nil {
			return nil, err
		}
	}
	return src, nil
}

// readConfiguration reads a template configuration.
func readConfiguration(src []byte) (*cfn.Template, error) {
	if text := bytes.TrimLeft(src, " \t\r\n\uFEFF"); !bytes.HasPrefix(text, []byte("{")) {
		return nil, &cfn.Error{Position: cfn.Position{Line: 1, Column: 1}, Message: "a template configuration is a JSON object", Hint: `as in {"Parameters": {}}`}
	}
	t, err := cfn.Parse(src)
	if err == nil && t.Format() != cfn.JSON {
		return nil, t.Errorf(t.Root().Span.Start, "a template configuration is JSON, not YAML")
	}
	return t, err
}

// setParameter sets one parameter in a template configuration.
func setParameter(src []byte, name, value string) ([]byte, error) {
	t, err := readConfiguration(src)
	if err != nil {
		return nil, err
	}
	entry := edit.Pair{Key: name, Value: edit.Scalar(value, edit.InDoubleQuotes)}
	var e edit.Edit
	switch parameters := t.Root().Get("Parameters"); {
	case parameters == nil && len(t.Root().Pairs) == 0:
		e, err = edit.Replace(t, t.Root(), edit.Map(edit.Pair{Key: "Parameters", Value: edit.Map(entry)}))
	case parameters == nil:
		e, err = edit.Add(t, t.Root(), edit.Pair{Key: "Parameters", Value: edit.Map(entry)})
	case parameters.Kind != cfn.Mapping:
		return nil, t.Errorf(parameters.Span.Start, "Parameters is not an object")
	case parameters.Get(name) != nil && parameters.Get(name).Style == cfn.JSONString && parameters.Get(name).Value == value:
		return src, nil
	case parameters.Get(name) != nil:
		e, err = edit.Replace(t, parameters.Get(name), entry.Value)
	case len(parameters.Pairs) == 0:
		e, err = edit.Replace(t, parameters, edit.Map(entry))
	default:
		e, err = edit.Add(t, parameters, entry)
	}
	if err != nil {
		return nil, err
	}
	return edit.Apply(src, []edit.Edit{e})
}
