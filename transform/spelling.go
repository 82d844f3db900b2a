package transform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
	"github.com/imdslock/imdslock/transform/userdata"
)

// maxSpellings is the largest number of values that are put into one user data.
const maxSpellings = 100

// inert matches values that mean nothing to a node but a number, an address, or a type of
// instances, wherever they are.
var inert = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[\d.:/]*|[a-z]+\d\w*(?:-\w+)*\.\w+)$`)
})

// A variable stands in user data for a value that only the deployment knows.
type variable struct {
	name string
	of   *cfn.Node // the expression, or nil for the parameter of that name
}

// A spelling is a variable with a value that the template names for it.
type spelling struct {
	variable
	value string
}

// spellings returns the values that the template names for the variables in user data,
// for parameters or in mappings and lists, without those that are inert. Those that a
// shell may read as more than a word come first.
func (s *survey) spellings(variant *edit.Text) []spelling {
	var words, more []spelling
	for _, v := range variablesIn(variant) {
		for _, value := range s.valuesOf(v) {
			switch {
			case inert().MatchString(value):
			case strings.ContainsAny(value, " \t;&|<>()$`\\\"'#*?[]{}!~\n\r"):
				more = append(more, spelling{v, value})
			default:
				words = append(words, spelling{v, value})
			}
		}
	}
	more = append(more, words...)
	return more[:min(len(more), maxSpellings)]
}

// spelledOut judges user data with each value put in that the template names: a value
// such as "x; exit 0" is a command, and one such as "firewalld" is a package. It returns
// what that adds to the findings. Values that the template does not name are taken for
// words.
func (s *survey) spelledOut(l *launcher, load payload, variant *edit.Text, judge func(string) []userdata.Problem, findings []Finding) []Finding {
	var more []Finding
	said := map[Rule]bool{}
	for _, f := range findings {
		said[f.Rule] = true
	}
	for _, spelled := range s.spellings(variant) {
		text, changes := withValue(variant, spelled)
		for _, problem := range judge(text) {
			rule := problemRules()[problem.Code]
			if said[rule] {
				continue
			}
			said[rule] = true
			problem.Message += fmt.Sprintf(" with %s=%q", spelled.name, spelled.value)
			more = append(more, s.problem(l, load, variant, problem, userdata.Origin(changes, problem.At)))
		}
	}
	return more
}

// valuesOf returns the values that a template names for a variable. Of an expression
// that is not known they are those of the parameters that it is made of.
func (s *survey) valuesOf(v variable) []string {
	if v.of == nil {
		values, _ := s.values.Accepted(v.name)
		return values
	}
	var values []string
	if outcomes, err := s.values.Outcomes(v.of); err == nil {
		for _, o := range outcomes {
			if o.Value.Kind == eval.Text {
				values = append(values, o.Value.Text)
			}
		}
	}
	for _, name := range s.values.ParametersBehind(v.of) {
		accepted, _ := s.values.Accepted(name)
		values = append(values, accepted...)
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// variablesIn returns the variables in a user data, in the order of their places.
func variablesIn(variant *edit.Text) []variable {
	var all []variable
	for i, r := range variant.String {
		if string(r) != edit.Placeholder {
			continue
		}
		v := variable{variant.Name(i), variant.Expression(i)}
		if v.name != "" && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// withValue returns user data with a value in the place of its variable, and the
// changes that this makes.
func withValue(variant *edit.Text, v spelling) (string, []userdata.Change) {
	var changes []userdata.Change
	for i, r := range variant.String {
		if string(r) == edit.Placeholder && (variable{variant.Name(i), variant.Expression(i)}) == v.variable {
			changes = append(changes, userdata.Change{Start: i, End: i + len(edit.Placeholder), Text: v.value})
		}
	}
	return userdata.Apply(variant.String, changes), changes
}
