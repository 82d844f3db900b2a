package stack

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ErrRefused is wrapped by the error for parameter values with which CloudFormation
// does not make a stack.
var ErrRefused = errors.New("template validation error")

// noValue is the value of AWS::NoValue.
type noValue struct{}

// An evaluation is a template with values for its parameters.
type evaluation struct {
	t          *Template
	values     map[string]any // string, or []any for a list; of parameters and pseudo parameters
	conditions map[string]bool
	under      map[string]bool // conditions that are being evaluated
}

// pseudo returns the values of pseudo parameters if no others are passed.
func pseudo() map[string]string {
	return map[string]string{
		"AWS::AccountId": "111122223333", "AWS::Partition": "aws", "AWS::Region": "us-west-2", "AWS::URLSuffix": "amazonaws.com",
		"AWS::StackName": "nodes", "AWS::StackId": "arn:aws:cloudformation:us-west-2:111122223333:stack/nodes/0",
	}
}

// evaluate checks what is passed for the parameters and fills in their defaults. A
// parameter that is not passed and has no default gets its own name, even if it does
// not accept that: the name stands for a value that it accepts.
func (t *Template) evaluate(passed map[string]string) (*evaluation, error) {
	e := &evaluation{t: t, values: map[string]any{}, conditions: map[string]bool{}, under: map[string]bool{}}
	for name, value := range pseudo() {
		if p, ok := passed[name]; ok {
			value = p
		}
		e.values[name] = value
	}
	e.values["AWS::NotificationARNs"] = []any{}
	for name, definition := range t.section("Parameters") {
		p := parameter{name, asMap(definition)}
		value, ok := passed[name]
		if !ok {
			value = p.byDefault()
		}
		if err := p.accepts(value); err != nil && (ok || p.hasDefault()) {
			return nil, err
		}
		e.values[name] = p.typed(value)
	}
	return e, nil
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// value computes v. The result has no functions left.
func (e *evaluation) value(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, item := range v {
			r, err := e.value(item)
			if err != nil {
				return nil, err
			}
			if r != (noValue{}) {
				list = append(list, r)
			}
		}
		return list, nil
	case map[string]any:
		if name, argument, ok := function(v); ok {
			return e.call(name, argument)
		}
		m := map[string]any{}
		for _, key := range sortedKeys(v) {
			r, err := e.value(v[key])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			if r != (noValue{}) {
				m[key] = r
			}
		}
		return m, nil
	case plain:
		return v.read, nil
	}
	return v, nil
}

// function returns the function that a mapping with one key calls.
func function(m map[string]any) (name string, argument any, ok bool) {
	for name, argument = range m {
		return name, argument, len(m) == 1 && (name == "Ref" || name == "Condition" || strings.HasPrefix(name, "Fn::"))
	}
	return "", nil, false
}

func (e *evaluation) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return e.ref(argument)
	case "Fn::If":
		return e.choose(argument)
	case "Condition":
		holds, err := e.condition(argument)
		return strconv.FormatBool(holds), err
	case "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or":
		holds, err := e.holds(map[string]any{name: argument})
		return strconv.FormatBool(holds), err
	case "Fn::Sub":
		return e.sub(argument)
	}
	argument, err := e.value(argument)
	if err != nil {
		return nil, err
	}
	switch name {
	case "Fn::FindInMap":
		return e.find(argument)
	case "Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput":
		return fmt.Sprintf("<%s %v>", name, argument), nil // any text will do
	case "Fn::GetAZs":
		return []any{"us-west-2a", "us-west-2b"}, nil
	}
	return compute(name, argument)
}

func (e *evaluation) ref(argument any) (any, error) {
	name, ok := name(argument)
	if !ok {
		var err error
		if name, err = e.text(argument); err != nil {
			return nil, err
		}
	}
	if name == "AWS::NoValue" {
		return noValue{}, nil
	}
	if value, ok := e.values[name]; ok {
		return value, nil
	}
	if _, ok := e.t.section("Resources")[name]; ok {
		return "<" + name + ">", nil // its physical id: any text will do
	}
	return nil, fmt.Errorf("%w: there is no %q to refer to", ErrRefused, name)
}

func (e *evaluation) choose(argument any) (any, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != 3 {
		return nil, errors.New("Fn::If without three arguments")
	}
	holds, err := e.condition(list[0])
	if err != nil {
		return nil, err
	}
	if holds {
		return e.value(list[1])
	}
	return e.value(list[2])
}

// condition returns whether a named condition holds.
func (e *evaluation) condition(argument any) (bool, error) {
	name, ok := name(argument)
	if !ok {
		return e.holds(argument)
	}
	if holds, ok := e.conditions[name]; ok {
		return holds, nil
	}
	definition, ok := e.t.section("Conditions")[name]
	if !ok || e.under[name] {
		return false, fmt.Errorf("%w: there is no condition %q", ErrRefused, name)
	}
	e.under[name] = true
	holds, err := e.holds(definition)
	if err != nil {
		return false, fmt.Errorf("condition %s: %w", name, err)
	}
	e.conditions[name] = holds
	return holds, nil
}

// holds computes a condition function.
func (e *evaluation) holds(v any) (bool, error) {
	name, argument, ok := function(asMap(v))
	if !ok {
		return false, fmt.Errorf("not a condition: %v", v)
	}
	if name == "Condition" {
		return e.condition(argument)
	}
	list, _ := argument.([]any)
	switch name {
	case "Fn::Equals":
		if len(list) != 2 {
			return false, errors.New("Fn::Equals without two arguments")
		}
		a, err := e.value(list[0])
		if err != nil {
			return false, err
		}
		b, err := e.value(list[1])
		if err != nil {
			return false, err
		}
		return fmt.Sprint(a) == fmt.Sprint(b), nil
	case "Fn::Not":
		if len(list) != 1 {
			return false, errors.New("Fn::Not without one argument")
		}
		holds, err := e.holds(list[0])
		return !holds, err
	case "Fn::And", "Fn::Or":
		for _, item := range list {
			holds, err := e.holds(item)
			if err != nil || holds == (name == "Fn::Or") {
				return holds, err
			}
		}
		return name == "Fn::And", nil
	}
	return false, fmt.Errorf("%s is not evaluated here as a condition", name)
}

// text computes v, which must be a text.
func (e *evaluation) text(v any) (string, error) {
	v, err := e.value(v)
	if err != nil {
		return "", err
	}
	text, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("not a text: %v", v)
	}
	return text, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range maps.Keys(m) {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
