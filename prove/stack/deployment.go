package stack

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxDeployments bounds how many combinations of parameter values are tried.
const maxDeployments = 4096

// Deployments returns combinations of parameter values that include every value that
// can make a difference to what is launched: for a parameter with AllowedValues each
// of those, for another its default, each literal of the template's conditions and
// mappings, and one that the template does not name. Values that CloudFormation
// refuses are left out. It returns an error if there are too many combinations, or
// none.
func (t *Template) Deployments() ([]map[string]string, error) {
	literals := t.literals()
	combinations := []map[string]string{{}}
	for _, name := range t.deciding() {
		values := t.candidates(name, literals)
		if len(values) == 0 {
			continue // no value that it accepts is known here
		}
		if len(combinations)*len(values) > maxDeployments {
			return nil, fmt.Errorf("more than %d combinations of parameter values", maxDeployments)
		}
		var more []map[string]string
		for _, c := range combinations {
			for _, value := range values {
				c := maps.Clone(c)
				c[name] = value
				more = append(more, c)
			}
		}
		combinations = more
	}
	var accepted []map[string]string
	for _, c := range combinations {
		switch _, err := t.Launches(c); {
		case err == nil:
			accepted = append(accepted, c)
		case !errors.Is(err, ErrRefused):
			return nil, err
		}
	}
	if len(accepted) == 0 {
		return nil, fmt.Errorf("%w: with every value that was tried", ErrRefused)
	}
	return accepted, nil
}

// candidates returns the values to try of a parameter or pseudo parameter.
func (t *Template) candidates(name string, literals []string) []string {
	var values []string
	if definition, ok := t.section("Parameters")[name]; ok {
		p := parameter{name, asMap(definition)}
		other := "other-" + strings.ToLower(name)
		if p.kind() == "Number" {
			other = "40"
		}
		values = append(append([]string{p.byDefault(), other}, p.allowed()...), literals...)
		values = slices.DeleteFunc(values, func(v string) bool { return p.accepts(v) != nil })
	} else {
		values = append([]string{pseudo()[name]}, literals...)
		values = slices.DeleteFunc(values, func(v string) bool { return name == "AWS::Region" && strings.Count(v, "-") < 2 })
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// literals returns the texts of the conditions and the keys of the mappings.
func (t *Template) literals() []string {
	found := literalsIn(t.root["Conditions"])
	for _, table := range t.section("Mappings") {
		for key, inner := range asMap(table) {
			found = append(append(found, key), sortedKeys(asMap(inner))...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// literalsIn returns the texts in v that are not names.
func literalsIn(v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		return []string{v}
	case plain:
		return []string{v.read}
	case []any:
		for _, item := range v {
			found = append(found, literalsIn(item)...)
		}
	case map[string]any:
		name, argument, ok := function(v)
		list, _ := argument.([]any)
		switch {
		case ok && (name == "Ref" || name == "Condition"):
			return nil
		case ok && name == "Fn::FindInMap":
			return literalsIn(list[min(1, len(list)):])
		}
		for _, item := range v {
			found = append(found, literalsIn(item)...)
		}
	}
	return found
}

// deciding returns the parameters on which the launches depend by a condition
// or a mapping, or as an option of the metadata service.
func (t *Template) deciding() []string {
	w := &walker{t: t, found: map[string]bool{}, seen: map[string]bool{}}
	for _, resource := range t.section("Resources") {
		r := asMap(resource)
		if data, ok := launchData(r); ok {
			w.condition(r["Condition"])
			w.walk(asMap(data)["MetadataOptions"], true)
			w.walk(asMap(data)["UserData"], false)
			w.walk(asMap(data)["LaunchTemplate"], true)
		}
	}
	return sortedKeys(w.found)
}

// A walker collects parameters.
type walker struct {
	t     *Template
	found map[string]bool
	seen  map[string]bool // conditions
}

func (w *walker) condition(v any) {
	name, ok := name(v)
	if !ok {
		w.walk(v, true)
		return
	}
	if !w.seen[name] {
		w.seen[name] = true
		w.walk(w.t.section("Conditions")[name], true)
	}
}

// walk looks through v. If v decides, every parameter in it counts; otherwise only
// those of conditions and mappings do, since a text as such makes no difference.
func (w *walker) walk(v any, decides bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			w.walk(item, decides)
		}
	case map[string]any:
		w.mapping(v, decides)
	}
}

func (w *walker) mapping(m map[string]any, decides bool) {
	name, argument, ok := function(m)
	if !ok {
		name = ""
	}
	list, _ := argument.([]any)
	switch name {
	case "Ref":
		w.reference(argument, decides)
	case "Condition":
		w.condition(argument)
	case "Fn::If":
		if len(list) == 3 {
			w.condition(list[0])
			w.walk(list[1:], decides)
		}
	case "Fn::FindInMap", "Fn::Select", "Fn::Split":
		w.walk(argument, true)
	case "Fn::Sub":
		w.substituted(argument, decides)
	default:
		for _, key := range sortedKeys(m) {
			w.walk(m[key], decides)
		}
	}
}

func (w *walker) reference(argument any, decides bool) {
	name, _ := name(argument)
	_, isParameter := w.t.section("Parameters")[name]
	_, isPseudo := pseudo()[name]
	if decides && (isParameter || isPseudo) {
		w.found[name] = true
	}
}

func (w *walker) substituted(argument any, decides bool) {
	list, ok := argument.([]any)
	if !ok || len(list) == 0 {
		list = []any{argument}
	}
	text, _ := list[0].(string)
	for _, part := range strings.Split(text, "${")[1:] {
		name, _, _ := strings.Cut(part, "}")
		w.reference(strings.TrimSpace(name), decides)
	}
	w.walk(list[1:], decides)
}
