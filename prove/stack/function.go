package stack

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// compute calls a function that depends only on its argument.
func compute(name string, argument any) (any, error) {
	switch name {
	case "Fn::Base64":
		text, ok := argument.(string)
		if !ok {
			return nil, fmt.Errorf("%w: Fn::Base64 of %T", ErrRefused, argument)
		}
		return base64.StdEncoding.EncodeToString([]byte(text)), nil
	case "Fn::Join":
		return join(argument)
	case "Fn::Split":
		return split(argument)
	case "Fn::Select":
		return pick(argument)
	case "Fn::Length":
		list, ok := argument.([]any)
		if !ok {
			return nil, fmt.Errorf("Fn::Length of %T", argument)
		}
		return strconv.Itoa(len(list)), nil
	case "Fn::ToJsonString":
		b, err := json.Marshal(argument)
		return string(b), err
	}
	return nil, fmt.Errorf("%s is not evaluated here", name)
}

func (e *evaluation) sub(argument any) (any, error) {
	variables := map[string]any{}
	if list, ok := argument.([]any); ok && len(list) > 0 {
		argument = list[0]
		if len(list) == 2 {
			variables = asMap(list[1])
		}
	}
	text, ok := argument.(string)
	if !ok {
		return nil, errors.New("Fn::Sub of what is not a text")
	}
	var failed error
	result := regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllStringFunc(text, func(variable string) string {
		name := strings.TrimSpace(variable[2 : len(variable)-1])
		if strings.HasPrefix(name, "!") {
			return "${" + name[1:] + "}"
		}
		var v any = map[string]any{"Ref": name}
		if own, ok := variables[name]; ok {
			v = own
		} else if resource, attribute, ok := strings.Cut(name, "."); ok {
			v = map[string]any{"Fn::GetAtt": []any{resource, attribute}}
		}
		s, err := e.text(v)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", variable, err))
		}
		return s
	})
	return result, failed
}

func join(argument any) (any, error) {
	list, _ := argument.([]any)
	if len(list) == 2 {
		delimiter, ok := list[0].(string)
		items, isList := list[1].([]any)
		texts := make([]string, len(items))
		for i, item := range items {
			if texts[i], isList = item.(string); !isList {
				return nil, fmt.Errorf("Fn::Join of %v", item)
			}
		}
		if ok && isList {
			return strings.Join(texts, delimiter), nil
		}
	}
	return nil, fmt.Errorf("Fn::Join of %v", argument)
}

func split(argument any) (any, error) {
	if list, _ := argument.([]any); len(list) == 2 {
		delimiter, ok := list[0].(string)
		text, isText := list[1].(string)
		if ok && isText && delimiter != "" {
			items := []any{}
			for _, item := range strings.Split(text, delimiter) {
				items = append(items, item)
			}
			return items, nil
		}
	}
	return nil, fmt.Errorf("Fn::Split of %v", argument)
}

func pick(argument any) (any, error) {
	if list, _ := argument.([]any); len(list) == 2 {
		items, isList := list[1].([]any)
		i, err := strconv.Atoi(fmt.Sprint(list[0]))
		if isList && err == nil {
			if i < 0 || i >= len(items) {
				return nil, fmt.Errorf("%w: Fn::Select has no item %d", ErrRefused, i)
			}
			return items[i], nil
		}
	}
	return nil, fmt.Errorf("Fn::Select of %v", argument)
}

func (e *evaluation) find(argument any) (any, error) {
	list, _ := argument.([]any)
	if len(list) < 3 {
		return nil, errors.New("Fn::FindInMap without three arguments")
	}
	table := asMap(e.t.section("Mappings")[fmt.Sprint(list[0])])
	value, ok := asMap(table[fmt.Sprint(list[1])])[fmt.Sprint(list[2])]
	if ok {
		return e.value(value)
	}
	if len(list) == 4 && e.t.extended() {
		if byDefault, ok := asMap(list[3])["DefaultValue"]; ok {
			return byDefault, nil
		}
	}
	return nil, fmt.Errorf("%w: unable to get mapping for %v", ErrRefused, list[:3])
}
