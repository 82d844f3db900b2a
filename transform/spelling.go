package transform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/userdata"
)

// maxSpellings is how many values of parameters are put into one user data.
const maxSpellings = 32

// shellCharacters are those that may end a word of a shell, a line or quotes.
const shellCharacters = ";&|<>()$`\\\"'#*?[]{}!~\n\r"

// spelledOut judges a user data with the values put in that the template names
// for its parameters, where a shell may read them as more than a word: a value
// such as "x; exit 0" is a command. It returns what that adds to the findings.
// A value that the template does not name is taken for words.
func (s *survey) spelledOut(l *launcher, load payload, variant *edit.Text, judge func(string) []userdata.Problem, findings []Finding) []Finding {
	var more []Finding
	said := map[Rule]bool{}
	for _, f := range findings {
		said[f.Rule] = true
	}
	left := maxSpellings
	for _, name := range parametersIn(variant) {
		values, _ := s.values.Accepted(name)
		for _, value := range values {
			if !strings.ContainsAny(value, shellCharacters) {
				continue
			}
			if left--; left < 0 {
				return more
			}
			text, changes := withValue(variant, name, value)
			for _, problem := range judge(text) {
				if rule := problemRules()[problem.Code]; said[rule] {
					continue
				} else {
					said[rule] = true
				}
				problem.Message += fmt.Sprintf(" with %s=%q", name, value)
				more = append(more, s.problem(l, load, variant, problem, userdata.Origin(changes, problem.At)))
			}
		}
	}
	return more
}

// parametersIn returns the names of the variables in a user data, sorted.
func parametersIn(variant *edit.Text) []string {
	var names []string
	for i, r := range variant.String {
		if name := variant.Name(i); string(r) == edit.Placeholder && isVariable(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// withValue returns a user data with a value in the place of a variable, and the
// changes that this makes.
func withValue(variant *edit.Text, name, value string) (string, []userdata.Change) {
	var changes []userdata.Change
	for i, r := range variant.String {
		if string(r) == edit.Placeholder && variant.Name(i) == name {
			changes = append(changes, userdata.Change{Start: i, End: i + len(edit.Placeholder), Text: value})
		}
	}
	return userdata.Apply(variant.String, changes), changes
}
