package stack

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A parameter is a parameter that a template declares.
type parameter struct {
	name       string
	definition map[string]any
}

func (p parameter) kind() string {
	kind, _ := p.definition["Type"].(string)
	return kind
}

// resolved reports whether the value is the name of an SSM parameter that
// CloudFormation looks up.
func (p parameter) resolved() bool { return strings.HasPrefix(p.kind(), "AWS::SSM::Parameter::Value") }

func (p parameter) isList() bool {
	return strings.Contains(p.kind(), "List")
}

func (p parameter) hasDefault() bool {
	_, ok := p.definition["Default"]
	return ok
}

// byDefault returns the default, or the parameter's name if there is none.
func (p parameter) byDefault() string {
	text, _ := scalarText(p.definition["Default"])
	switch allowed := p.allowed(); {
	case p.hasDefault():
		return text
	case len(allowed) > 0:
		return allowed[0]
	case p.kind() == "Number":
		return "1"
	}
	return p.name
}

func (p parameter) allowed() []string {
	list, _ := p.definition["AllowedValues"].([]any)
	var allowed []string
	for _, v := range list {
		allowed = append(allowed, fmt.Sprint(v))
	}
	return allowed
}

// accepts returns an error, which wraps ErrRefused, if CloudFormation does not take a
// value. AllowedPattern counts if Go's regexp can read it.
func (p parameter) accepts(value string) error {
	if p.resolved() {
		return nil // what counts is what Systems Manager has
	}
	items := []string{value}
	if p.isList() {
		items = strings.Split(value, ",")
	}
	for _, item := range items {
		if allowed := p.allowed(); allowed != nil && !slices.Contains(allowed, strings.TrimSpace(item)) {
			return fmt.Errorf("%w: parameter %s: %q is not among its AllowedValues", ErrRefused, p.name, item)
		}
	}
	if p.kind() == "Number" {
		number, err := strconv.ParseFloat(value, 64)
		if err != nil || number < p.limit("MinValue", number) || number > p.limit("MaxValue", number) {
			return fmt.Errorf("%w: parameter %s: %q is not a number that it takes", ErrRefused, p.name, value)
		}
	}
	length := float64(len(value))
	if length < p.limit("MinLength", length) || length > p.limit("MaxLength", length) {
		return fmt.Errorf("%w: parameter %s: the length of %q", ErrRefused, p.name, value)
	}
	if pattern, ok := p.definition["AllowedPattern"].(string); ok {
		if re, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && !re.MatchString(value) {
			return fmt.Errorf("%w: parameter %s: %q does not match its AllowedPattern", ErrRefused, p.name, value)
		}
	}
	return nil
}

// limit returns a bound of the parameter, or else the given number.
func (p parameter) limit(name string, otherwise float64) float64 {
	if text, ok := scalarText(p.definition[name]); ok {
		if bound, err := strconv.ParseFloat(text, 64); err == nil {
			return bound
		}
	}
	return otherwise
}

// typed returns the value as Ref returns it.
func (p parameter) typed(value string) any {
	if !p.isList() {
		return value
	}
	list := []any{}
	for _, item := range strings.Split(value, ",") {
		list = append(list, strings.TrimSpace(item))
	}
	return list
}
