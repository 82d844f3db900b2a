package cfn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MaxCases is how many combinations of parameter values [Template.Outcomes]
// tries.
const MaxCases = 4096

// maxVisits is how many nodes it visits for that: every combination visits the
// conditions behind an expression anew.
const maxVisits = 1 << 20

// AnyOther stands for every value that the template does not mention.
const AnyOther = "(any other value)"

// An Outcome is a value that an expression can have, and the values of the
// parameters, those named AWS::… included, under which it has it.
type Outcome struct {
	Parameters map[string]string
	Value      Value
}

// Outcomes returns the values that an expression can have, over all values of
// the parameters behind it that CloudFormation accepts. A parameter that lists
// no allowed values may be its default, anything it is compared with, or
// something else; one with a given value has only that. It is an error, at the
// expression, where that makes more than [MaxCases] combinations, or fewer of
// very long conditions.
func (t *Template) Outcomes(n *Node, given map[string]string) ([]Outcome, error) {
	names := t.ParametersBehind(n)
	tooMany := func() error {
		return t.Errorf(n.Span.Start, "too many combinations of parameters to try: %s", strings.Join(names, ", "))
	}
	values := make([][]string, len(names))
	cases := 1
	for i, name := range names {
		if v, ok := given[name]; ok {
			values[i] = []string{v}
		} else {
			values[i] = t.AcceptedValues(name)
		}
		cases *= len(values[i])
		if cases > MaxCases {
			return nil, tooMany()
		}
	}
	var outcomes []Outcome
	visits := 0
	for k := range cases {
		assignment := make(map[string]string, len(names))
		for i, name := range names {
			m := len(values[i])
			assignment[name] = values[i][k%m]
			k /= m
		}
		e := t.NewEvaluator(assignment)
		for _, v := range e.Evaluate(n).Alternatives() {
			outcomes = append(outcomes, Outcome{assignment, v})
		}
		if visits += e.visits; visits > maxVisits {
			return nil, tooMany()
		}
	}
	return outcomes, nil
}

// String lists the parameters of an outcome, "A=1, B=2".
func (o Outcome) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(o.Parameters)) {
		parts = append(parts, fmt.Sprintf("%s=%s", name, o.Parameters[name]))
	}
	return strings.Join(parts, ", ")
}

// ParametersBehind returns the names of the parameters on which the value of n
// depends, directly or by conditions, sorted. Parameters whose value comes
// from the SSM parameter store are not among them: it is always unknown.
func (t *Template) ParametersBehind(n *Node) []string {
	names := map[string]bool{}
	seen := map[*Node]bool{n: true}
	for next := []*Node{n}; len(next) > 0; {
		n, next = next[0], next[1:]
		for _, c := range t.mentionedBy(n, names) {
			if !seen[c] {
				seen[c] = true
				next = append(next, c)
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// mentionedBy adds the parameters that an expression mentions to names, and
// returns the definitions of the conditions that it mentions.
func (t *Template) mentionedBy(n *Node, names map[string]bool) (conditions []*Node) {
	condition := func(name string) {
		if c := t.condition(name); c != nil {
			conditions = append(conditions, c)
		}
	}
	for m := range n.All {
		switch name, arg := m.Function(); name {
		case "Ref":
			t.addParameter(names, arg.Value)
		case "Condition":
			condition(arg.Value)
		case "Fn::If":
			if len(arg.Items) > 0 {
				condition(arg.Items[0].Value)
			}
		case "Fn::Sub":
			for _, variable := range subVariables(arg) {
				t.addParameter(names, variable)
			}
		}
	}
	return conditions
}

// ConditionsBehind returns the names of the conditions whose value depends on a
// parameter, directly or by other conditions.
func (t *Template) ConditionsBehind(parameter string) map[string]bool {
	usedBy := map[*Node][]string{} // condition to those that mention it
	driven := map[string]bool{}
	var next []string
	section := t.root.Get("Conditions")
	if section == nil {
		return driven
	}
	drive := func(name string) {
		if !driven[name] {
			driven[name] = true
			next = append(next, name)
		}
	}
	for _, p := range section.Pairs {
		names := map[string]bool{}
		for _, c := range t.mentionedBy(p.Value, names) {
			usedBy[c] = append(usedBy[c], p.Key.Value)
		}
		if names[parameter] {
			drive(p.Key.Value)
		}
	}
	for len(next) > 0 {
		for _, name := range usedBy[t.condition(next[0])] {
			drive(name)
		}
		next = next[1:]
	}
	return driven
}

func (t *Template) addParameter(names map[string]bool, name string) {
	parameter := t.root.Get("Parameters", name)
	isPseudo := strings.HasPrefix(name, "AWS::") && name != "AWS::NoValue"
	if !isPseudo && (parameter == nil || strings.HasPrefix(textOf(parameter.Get("Type")), "AWS::SSM::")) {
		return
	}
	names[name] = true
}

// subVariables returns the names in the text of Fn::Sub.
func subVariables(arg *Node) []string {
	if arg.Kind == Sequence && len(arg.Items) > 0 {
		arg = arg.Items[0]
	}
	var names []string
	for _, part := range strings.Split(arg.Value, "${")[1:] {
		if name, _, ok := strings.Cut(part, "}"); ok && !strings.HasPrefix(name, "!") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// AcceptedValues returns the values of a parameter that CloudFormation accepts
// and that can make a difference: its AllowedValues, or else its default, what
// conditions compare it with, the keys of the mappings it selects from, and a
// text for all others.
func (t *Template) AcceptedValues(name string) []string {
	parameter := t.root.Get("Parameters", name)
	var values []string
	add := func(v string) {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if allowed := parameter.Get("AllowedValues"); allowed != nil && len(allowed.Items) > 0 {
		for _, item := range allowed.Items {
			if item.Kind == Scalar { // an alias may be anything
				add(item.Value)
			}
		}
		if len(values) == len(allowed.Items) {
			return values
		}
	}
	if d := parameter.Get("Default"); d != nil && d.Kind == Scalar {
		add(d.Value)
	}
	for _, v := range t.mentions()[name] {
		add(v)
	}
	add(AnyOther)
	return values
}

// mentions returns, of every parameter, the values that the template compares
// it with or that are keys of the mappings which it selects from.
func (t *Template) mentions() map[string][]string {
	t.mentioned.Do(func() {
		t.values = map[string][]string{}
		for n := range t.root.All {
			switch name, arg := n.Function(); {
			case name == "Fn::Equals" && len(arg.Items) == 2:
				for i, item := range arg.Items {
					if ref := item.Call("Ref"); ref != nil && arg.Items[1-i].Kind == Scalar {
						t.values[ref.Value] = append(t.values[ref.Value], arg.Items[1-i].Value)
					}
				}
			case name == "Fn::FindInMap" && len(arg.Items) >= 3:
				mapping := t.root.Get("Mappings", arg.Items[0].Value)
				if ref := arg.Items[1].Call("Ref"); ref != nil && mapping != nil {
					for _, p := range mapping.Pairs {
						t.values[ref.Value] = append(t.values[ref.Value], p.Key.Value)
					}
				}
			}
		}
	})
	return t.values
}

// textOf returns the text of a scalar, or "".
func textOf(n *Node) string {
	if n == nil || n.Kind != Scalar {
		return ""
	}
	return n.Value
}

// Defaults returns the defaults of the parameters that have one.
func (t *Template) Defaults() map[string]string {
	values := map[string]string{}
	if section := t.root.Get("Parameters"); section != nil {
		for _, p := range section.Pairs {
			if d := p.Value.Get("Default"); d != nil && d.Kind == Scalar {
				values[p.Key.Value] = d.Value
			}
		}
	}
	return values
}
