package answer

import (
	"maps"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/inputs/root"
	"github.com/imdslock/imdslock/transform/cfn"
)

// Parameters reads the values of parameters from a file of any of these shapes:
//
//   - the output of "aws cloudformation describe-stacks" for one stack;
//   - a list of ParameterKey and ParameterValue, as "aws cloudformation
//     create-stack --parameters file://…" takes it, or an object with it as
//     Parameters, as --cli-input-json does;
//   - a template configuration of CodePipeline, an object with Parameters;
//   - an object of names and values, or a list of "NAME=VALUE", as "aws
//     cloudformation deploy --parameter-overrides file://…" takes them. A name may
//     have the stack before it, as in "STACK:NAME", as "cdk deploy --parameters"
//     does.
//
// The values are those of one deployment: two values for one name, or a name that
// only some of the stacks have, are an error. The error is a [*cfn.Error].
func Parameters(src []byte) (map[string]string, error) {
	d, err := root.Parse(src)
	if err != nil {
		return nil, err
	}
	r := &parameterReader{d: d, values: map[string]value{}, stacks: map[string]bool{}}
	if d.Root.Kind == cfn.Sequence {
		err = r.list(d.Root)
	} else {
		err = r.object(d.Root)
	}
	if err == nil {
		err = r.refuseSeveral()
	}
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for name, v := range r.values {
		values[name] = v.text
	}
	return values, nil
}

// A parameterReader collects values.
type parameterReader struct {
	d      *root.Document
	values map[string]value
	stacks map[string]bool // that come before names
}

// A value is what the file has for a name.
type value struct {
	text   string
	at     *cfn.Node
	stacks map[string]bool // that it is for; "" means all
}

func (r *parameterReader) object(n *cfn.Node) error {
	if err := refused(r.d.Template()); err != nil {
		return err
	}
	if n.Get("Resources") != nil {
		return r.d.Errorf(n, "this is a template, not a file of parameters")
	}
	if stacks := n.Get("Stacks"); stacks != nil && stacks.Kind == cfn.Sequence {
		if len(stacks.Items) != 1 {
			e := r.d.Errorf(stacks, "the answer is about %d stacks, not one", len(stacks.Items))
			e.Hint = "name it: aws cloudformation describe-stacks --stack-name NAME"
			return e
		}
		parameters := stacks.Items[0].Get("Parameters")
		if parameters == nil {
			return nil // the stack has none
		}
		return r.list(parameters)
	}
	switch p := n.Get("Parameters"); {
	case p != nil && p.Kind == cfn.Sequence:
		return r.list(p)
	case p != nil && p.Kind == cfn.Mapping:
		return r.names(p)
	}
	return r.names(n)
}

// list reads a list of ParameterKey and ParameterValue, or of NAME=VALUE.
func (r *parameterReader) list(n *cfn.Node) error {
	if n.Kind != cfn.Sequence {
		return r.d.Errorf(n, "the parameters are %s, not a list", n.Describe())
	}
	for _, item := range n.Items {
		if item.Kind == cfn.Scalar {
			name, value, ok := strings.Cut(item.Value, "=")
			if !ok {
				return r.d.Errorf(item, "%s is not NAME=VALUE", item.Describe())
			}
			if err := r.set(item, name, value); err != nil {
				return err
			}
			continue
		}
		key, value := item.Get("ParameterKey"), item.Get("ParameterValue")
		switch {
		case key == nil || key.Kind != cfn.Scalar:
			return r.d.Errorf(item, "this has no ParameterKey")
		case value == nil:
			e := r.d.Errorf(item, "%s has no ParameterValue", key.Value)
			e.Hint = "what a stack has is in: aws cloudformation describe-stacks --stack-name NAME"
			return e
		case value.Kind != cfn.Scalar:
			return r.d.Errorf(value, "the value of %s is %s, not a text", key.Value, value.Describe())
		}
		if err := r.set(value, key.Value, value.Value); err != nil {
			return err
		}
	}
	return nil
}

// names reads an object of names and values.
func (r *parameterReader) names(n *cfn.Node) error {
	for _, p := range n.Pairs {
		if p.Value.Kind != cfn.Scalar || p.Value.IsNull() {
			return r.d.Errorf(p.Value, "the value of %s is %s, not a text", p.Key.Value, p.Value.Describe())
		}
		if err := r.set(p.Value, p.Key.Value, p.Value.Value); err != nil {
			return err
		}
	}
	return nil
}

// set keeps a value. Names of parameters are alphanumeric, so what comes before a
// colon is a stack.
func (r *parameterReader) set(at *cfn.Node, name, text string) error {
	colon := strings.LastIndexByte(name, ':')
	stack, name := name[:max(colon, 0)], name[colon+1:]
	known, ok := r.values[name]
	switch {
	case !ok:
		known = value{text, at, map[string]bool{}}
		r.values[name] = known
	case known.text != text:
		return r.several(at, "%s is %q here, and %q in line %d", name, text, known.text, r.d.Position(known.at.Span.Start).Line)
	}
	known.stacks[stack] = true
	if stack != "" {
		r.stacks[stack] = true
	}
	return nil
}

// refuseSeveral returns an error if the file is not about one deployment: a key
// occurs twice, or stacks have different parameters. What is given without a stack
// is for every stack that is named.
func (r *parameterReader) refuseSeveral() error {
	for _, d := range r.d.Duplicates() {
		first, last := d.Pair.Value, d.Last.Value
		if first.Kind != cfn.Scalar || last.Kind != cfn.Scalar || first.Value != last.Value {
			return r.several(d.Last.Key, "%s occurs twice, with different values", d.Last.Key.Value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.values)) {
		v := r.values[name]
		for _, stack := range slices.Sorted(maps.Keys(r.stacks)) {
			if !v.stacks[""] && !v.stacks[stack] {
				return r.several(v.at, "%s has no value for the stack %s, which has others", name, stack)
			}
		}
	}
	return nil
}

// several returns the error for the values of more than one deployment.
func (r *parameterReader) several(at *cfn.Node, format string, args ...any) error {
	e := r.d.Errorf(at, format, args...)
	e.Hint = "judge each stack by itself, by imdslock check --parameters with a file for it"
	return e
}
