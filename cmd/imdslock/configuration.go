package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"github.com/imdslock/imdslock/transform"
)

// patchConfiguration sets the parameters of all templates in a CodePipeline
// template configuration, which need not exist yet.
func patchConfiguration(opts options, results []patched, stderr io.Writer) (patched, error) {
	p := patched{source: fileSource(opts.configuration, false)}
	p.isConfiguration = true
	if err := opts.ownConfiguration(results); err != nil {
		return p, err
	}
	before := &content{}
	input, err := p.read(opts.maxSize)
	switch {
	case err == nil:
		before = contentOf(input)
	case !errors.Is(err, fs.ErrNotExist):
		return p, err
	}
	values, err := neededParameters(results)
	if err != nil {
		return p, err
	}
	output, err := transform.SetParameters(input, values)
	if err != nil {
		return p, p.placed(err)
	}
	if len(values) == 0 && !opts.quiet {
		fmt.Fprintf(stderr, "%s:1:1: note: no parameter decides about IMDSv1: none set\n", p.name)
	}
	p.changed = !bytes.Equal(input, output)
	p.put(opts, before, input, output)
	return p, nil
}

// neededParameters returns the values that all templates need. It returns an error if
// two need different values, since they cannot share a template configuration.
func neededParameters(results []patched) (map[string]string, error) {
	values, by := map[string]string{}, map[string]string{}
	for _, r := range results {
		for _, name := range slices.Sorted(maps.Keys(r.parameters)) {
			value := r.parameters[name]
			if other, ok := values[name]; ok && other != value {
				return nil, &usageError{fmt.Sprintf("%s of one template configuration cannot be %q for %s and %q for %s", name, other, by[name], value, r.name),
					"give each template a template configuration of its own"}
			}
			values[name], by[name] = value, r.name
		}
	}
	return values, nil
}

// ownConfiguration returns an error if the template configuration is also a
// template, or where a result goes.
func (o options) ownConfiguration(results []patched) error {
	places := []string{o.output, o.expect}
	for _, r := range results {
		if !r.passedOver {
			places = append(places, r.path)
		}
	}
	for _, place := range places {
		if place != "" && sameFile(place, o.configuration) {
			return usagef("%s cannot be the template and its configuration", o.configuration)
		}
	}
	return nil
}
