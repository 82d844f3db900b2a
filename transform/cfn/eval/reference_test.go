package eval_test

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// A reference evaluates the data of a JSON template under one value of every
// parameter, as the User Guide describes the functions. It knows nothing of the
// package under test.
type reference struct {
	template map[string]any
	values   map[string]string // of the parameters, pseudo parameters and the SSM parameter store
}

// errRefused is what CloudFormation says to a template under some values.
var errRefused = errors.New("refused")

// noValue is AWS::NoValue.
type noValue struct{}

// call returns the name and argument of a function, or "".
func call(x any) (string, any) {
	m, ok := x.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for name, arg := range m {
		return name, arg
	}
	return "", nil
}

// value evaluates an expression to a string, a []any or noValue.
func (r *reference) value(x any) (any, error) {
	if s, ok := x.(string); ok {
		return s, nil
	}
	if items, ok := x.([]any); ok {
		return r.list(items)
	}
	name, arg := call(x)
	switch name {
	case "Ref":
		return r.ref(arg.(string))
	case "Fn::Sub":
		return r.sub(arg)
	case "Fn::If":
		a := arg.([]any)
		yes, err := r.condition(a[0].(string))
		if err != nil {
			return nil, err
		}
		if yes {
			return r.value(a[1])
		}
		return r.value(a[2])
	case "Fn::FindInMap":
		return r.findInMap(arg.([]any))
	}
	args := []any{arg}
	if a, ok := arg.([]any); ok {
		args = a
	}
	evaluated, err := r.value(args)
	if err != nil {
		return nil, err
	}
	return apply(name, evaluated.([]any))
}

// list evaluates the items of a list, without those that are noValue.
func (r *reference) list(items []any) (any, error) {
	list := []any{}
	for _, item := range items {
		v, err := r.value(item)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(noValue); !ok {
			list = append(list, v)
		}
	}
	return list, nil
}

// apply calls a function with arguments that are evaluated.
func apply(name string, args []any) (any, error) {
	switch name {
	case "Fn::Base64":
		return base64.StdEncoding.EncodeToString([]byte(args[0].(string))), nil
	case "Fn::Split":
		var parts []any
		for _, part := range strings.Split(args[1].(string), args[0].(string)) {
			parts = append(parts, part)
		}
		return parts, nil
	case "Fn::Join":
		var parts []string
		for _, item := range args[1].([]any) {
			parts = append(parts, item.(string))
		}
		return strings.Join(parts, args[0].(string)), nil
	case "Fn::Select":
		i, err := strconv.Atoi(args[0].(string))
		if list := args[1].([]any); err == nil && i >= 0 && i < len(list) {
			return list[i], nil
		}
		return nil, errRefused
	}
	panic("no function " + name)
}

func (r *reference) ref(name string) (any, error) {
	if name == "AWS::NoValue" {
		return noValue{}, nil
	}
	value := r.values[name]
	p, _ := r.template["Parameters"].(map[string]any)[name].(map[string]any)
	if p == nil || p["Type"] != "CommaDelimitedList" {
		return value, nil
	}
	var items []any
	for _, item := range strings.Split(value, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items, nil
}

func (r *reference) sub(arg any) (any, error) {
	own := map[string]any{}
	text, ok := arg.(string)
	if !ok {
		text, own = arg.([]any)[0].(string), arg.([]any)[1].(map[string]any)
	}
	for name, x := range own {
		v, err := r.value(x)
		if err != nil {
			return nil, err
		}
		text = strings.ReplaceAll(text, "${"+name+"}", v.(string))
	}
	for name, v := range r.values {
		text = strings.ReplaceAll(text, "${"+name+"}", v)
	}
	return text, nil
}

func (r *reference) findInMap(args []any) (any, error) {
	found := r.template["Mappings"]
	for _, x := range args[:3] {
		key, err := r.value(x)
		if err != nil {
			return nil, err
		}
		m, _ := found.(map[string]any)
		if found = m[key.(string)]; found == nil {
			if len(args) == 4 {
				return r.value(args[3].(map[string]any)["DefaultValue"])
			}
			return nil, errRefused
		}
	}
	return found, nil
}

func (r *reference) condition(name string) (bool, error) {
	return r.truth(r.template["Conditions"].(map[string]any)[name])
}

// truth evaluates a condition with all of its operands.
func (r *reference) truth(x any) (bool, error) {
	name, arg := call(x)
	switch name {
	case "Condition":
		return r.condition(arg.(string))
	case "Fn::Not":
		v, err := r.truth(arg.([]any)[0])
		return !v, err
	case "Fn::And", "Fn::Or":
		result := name == "Fn::And"
		for _, operand := range arg.([]any) {
			v, err := r.truth(operand)
			if err != nil {
				return false, err
			}
			if name == "Fn::And" {
				result = result && v
			} else {
				result = result || v
			}
		}
		return result, nil
	case "Fn::Equals", "Fn::Contains", "Fn::EachMemberIn":
		v, err := r.value(arg.([]any))
		if err != nil {
			return false, err
		}
		a, b := v.([]any)[0], v.([]any)[1]
		switch name {
		case "Fn::Contains":
			return contains(a.([]any), b), nil
		case "Fn::EachMemberIn":
			for _, item := range a.([]any) {
				if !contains(b.([]any), item) {
					return false, nil
				}
			}
			return true, nil
		}
		return a == b, nil
	}
	panic("no condition " + name)
}

func contains(list []any, x any) bool {
	for _, item := range list {
		if item == x {
			return true
		}
	}
	return false
}

// refused reports whether CloudFormation refuses the template under the values:
// it evaluates all conditions and rules.
func (r *reference) refused() bool {
	for name := range r.template["Conditions"].(map[string]any) {
		if _, err := r.condition(name); err != nil {
			return true
		}
	}
	rules, _ := r.template["Rules"].(map[string]any)
	for _, rule := range rules {
		rule := rule.(map[string]any)
		if condition := rule["RuleCondition"]; condition != nil {
			if applies, err := r.truth(condition); err == nil && !applies {
				continue
			}
		}
		for _, assertion := range rule["Assertions"].([]any) {
			if ok, err := r.truth(assertion.(map[string]any)["Assert"]); err != nil || !ok {
				return true
			}
		}
	}
	return false
}
