package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A mention is what an expression names directly.
type mention struct {
	parameters []string
	conditions []string
}

// mentioned returns the parameters and conditions that an expression names.
func (e *Evaluator) mentioned(n *cfn.Node) mention {
	if m, ok := e.mentions[n]; ok {
		return m
	}
	var m mention
	parameter := func(name string) {
		p := e.parameters[name]
		isPseudo := strings.HasPrefix(name, "AWS::") && name != "AWS::NoValue"
		if isPseudo || p != nil && !p.isStored {
			m.parameters = append(m.parameters, name)
		}
	}
	condition := func(name string) {
		if e.definitions[name] != nil {
			m.conditions = append(m.conditions, name)
		}
	}
	for inner := range n.All {
		switch name, arg := inner.Function(); name {
		case "Ref":
			parameter(e.Name(inner, arg))
		case "Condition":
			condition(e.Name(inner, arg))
		case "Fn::If":
			if len(arg.Items) > 0 {
				condition(e.Name(arg, arg.Items[0]))
			}
		case "Fn::Sub":
			for _, variable := range subVariables(arg) {
				parameter(variable)
			}
		}
	}
	e.mentions[n] = m
	return m
}

// ParametersBehind returns the names of the parameters and pseudo parameters on
// which the value of n may depend, directly or through conditions, sorted. Parameters
// whose value comes from the SSM parameter store are not among them: it is always
// unknown.
func (e *Evaluator) ParametersBehind(n *cfn.Node) []string {
	names, seen := map[string]bool{}, map[string]bool{}
	for next := []*cfn.Node{n}; len(next) > 0; next = next[1:] {
		m := e.mentioned(next[0])
		for _, name := range m.parameters {
			names[name] = true
		}
		for _, name := range m.conditions {
			if !seen[name] {
				seen[name] = true
				next = append(next, e.definitions[name])
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// ConditionsBehind returns the names of the conditions whose value may depend on a
// parameter, directly or through other conditions.
func (e *Evaluator) ConditionsBehind(parameter string) map[string]bool {
	usedBy := map[string][]string{}
	driven := map[string]bool{}
	var next []string
	drive := func(name string) {
		if !driven[name] {
			driven[name] = true
			next = append(next, name)
		}
	}
	for name, definition := range e.definitions {
		m := e.mentioned(definition)
		for _, c := range m.conditions {
			usedBy[c] = append(usedBy[c], name)
		}
		if slices.Contains(m.parameters, parameter) {
			drive(name)
		}
	}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		for _, user := range usedBy[name] {
			drive(user)
		}
	}
	return driven
}
