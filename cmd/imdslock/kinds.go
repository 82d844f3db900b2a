package main

import (
	"bytes"
	"fmt"
)

// refuseWrite returns an error if a locked template would replace an answer of AWS
// that contains it.
func (p patched) refuseWrite(opts options, input, before []byte) error {
	if !opts.write || opts.expect != "" || !p.changed || opts.onlyCompares() || bytes.Equal(input, before) {
		return nil
	}
	return &usageError{fmt.Sprintf("--write: %s is an answer of AWS, not a template", p.name),
		fmt.Sprintf("imdslock -o locked.template %s writes the template in it, for: aws cloudformation update-stack --template-body file://locked.template", p.name)}
}

// refuseLink returns an error if a result would be written through a link that
// leads out of the folder in which it was found.
func (p patched) refuseLink(opts options) error {
	if p.leadsOut && p.changed && opts.write && opts.expect == "" && !opts.onlyCompares() {
		return &usageError{fmt.Sprintf("--write: %s is a link out of the folder", p.name), "name the file itself, or leave it out with --exclude"}
	}
	return nil
}
