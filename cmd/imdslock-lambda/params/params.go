// Package params reads what to lock from the parameters of a macro, of a
// pipeline's action or of a function's environment.
//
// The names are the options of the command in CloudFormation's case: HopLimit
// for --hop-limit, IMDSv1, IPTables, BranchENI, LaunchTemplateVersion,
// AddLaunchTemplate, Resources for all --resource, and OS. Values are strings,
// numbers, booleans or lists of these, as CloudFormation passes them to a macro.
package params

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/transform"
)

// Values are parameters as they are written: a list of texts by name. A single
// value is a list of one.
type Values map[string][]string

// Parse reads the parameters in a JSON object. Empty input and null have none.
func Parse(object []byte) (Values, error) {
	if len(bytes.TrimSpace(object)) == 0 {
		return nil, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		return nil, fmt.Errorf("the parameters are not a JSON object: %w", err)
	}
	values := Values{}
	for name, field := range fields {
		texts, err := Texts(field)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", name, err)
		}
		values[name] = texts
	}
	return values, nil
}

// Texts returns a JSON string, number or boolean, or a list of these, as texts.
func Texts(value json.RawMessage) ([]string, error) {
	list := []json.RawMessage{value}
	if bytes.HasPrefix(bytes.TrimSpace(value), []byte{'['}) {
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, err
		}
	}
	var texts []string
	for _, item := range list {
		text := string(bytes.TrimSpace(item))
		switch {
		case text == "" || text == "null" || text[0] == '{' || text[0] == '[':
			return nil, fmt.Errorf("%s is not a string, number or boolean", text)
		case text[0] == '"':
			if err := json.Unmarshal(item, &text); err != nil {
				return nil, err
			}
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// A parameter has the name of an option, and sets it.
type parameter struct {
	name string
	set  func(opts *transform.Options, texts []string) error
}

// parameters returns all parameters.
func parameters() []parameter {
	return []parameter{
		{"HopLimit", one(setHopLimit)},
		{"IMDSv1", one(func(o *transform.Options, text string) error { return o.IMDSv1.Set(text) })},
		{"IPTables", one(func(o *transform.Options, text string) error { return o.IPTables.Set(text) })},
		{"BranchENI", one(func(o *transform.Options, text string) error { return setBool(&o.BranchENI, text) })},
		{"LaunchTemplateVersion", one(func(o *transform.Options, text string) error { return o.Version.Set(text) })},
		{"AddLaunchTemplate", one(func(o *transform.Options, text string) error { return setBool(&o.AddLaunchTemplate, text) })},
		{"Resources", setResources},
		{"OS", one(func(o *transform.Options, text string) error { return o.OS.Set(text) })},
	}
}

// names returns the names of all parameters.
func names() []string {
	var names []string
	for _, p := range parameters() {
		names = append(names, p.name)
	}
	return names
}

// Options returns opts with what the parameters change in them. It returns an error
// if there is no parameter of a name, or if an option does not take a value.
func (v Values) Options(opts transform.Options) (transform.Options, error) {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if err := set(&opts, name, v[name]); err != nil {
			return opts, err
		}
	}
	return opts, nil
}

// set sets one option.
func set(opts *transform.Options, name string, texts []string) error {
	for _, p := range parameters() {
		if p.name != name {
			continue
		}
		if err := p.set(opts, texts); err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("there is no parameter %s: %s", name, suggest(name))
}

// one returns the setter of a parameter that takes one value.
func one(set func(*transform.Options, string) error) func(*transform.Options, []string) error {
	return func(opts *transform.Options, texts []string) error {
		if len(texts) != 1 {
			return fmt.Errorf("must be one value, not %d", len(texts))
		}
		if err := set(opts, texts[0]); err != nil {
			return fmt.Errorf("%s: %w", texts[0], err)
		}
		return nil
	}
}

// setHopLimit sets the hop limit.
func setHopLimit(opts *transform.Options, text string) (err error) {
	if opts.HopLimit, err = strconv.Atoi(text); err != nil || opts.HopLimit < 0 || opts.HopLimit > 64 {
		return errors.New("must be 1 to 64, or 0 to leave it")
	}
	return nil
}

// setBool sets an option that is true or false.
func setBool(option *bool, text string) (err error) {
	if *option, err = strconv.ParseBool(text); err != nil {
		return errors.New("must be true or false")
	}
	return nil
}

// setResources sets the logical IDs. A text may have several, with commas between.
func setResources(opts *transform.Options, texts []string) error {
	opts.Resources = nil
	for _, text := range texts {
		for id := range strings.SplitSeq(text, ",") {
			if id = strings.TrimSpace(id); id != "" {
				opts.Resources = append(opts.Resources, id)
			}
		}
	}
	return nil
}

// suggest names the parameter that differs from a name only in its spelling,
// as the option --hop-limit does from HopLimit, or else all of them.
func suggest(name string) string {
	plain := func(s string) string {
		return strings.TrimSuffix(strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(s)), "s")
	}
	for _, n := range names() {
		if plain(n) == plain(name) {
			return "did you mean " + n + "?"
		}
	}
	return "the parameters are " + strings.Join(names(), ", ")
}
