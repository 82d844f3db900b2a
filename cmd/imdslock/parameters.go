package main

import (
	"github.com/imdslock/imdslock/inputs/answer"
)

// readParameters adds the parameters of a file to those that are given. One that is
// given on the command line wins.
func (o *options) readParameters(path string) error {
	if path == "" {
		return nil
	}
	s := fileSource(path, false)
	content, err := s.read(o.maxSize)
	if err != nil {
		return err
	}
	values, err := answer.Parameters(content)
	if err != nil {
		return s.placed(err)
	}
	for name, value := range values {
		if _, given := o.parameters[name]; !given {
			o.parameters[name] = value
		}
	}
	return nil
}
