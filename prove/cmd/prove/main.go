//go:build linux

// Command prove launches nodes from templates that imdslock has patched, in
// network namespaces, and prints who reads their credentials as tables in
// Markdown. It wants root, Debian's iptables and iproute2, and cloud-init's
// Python package, which CLOUD_INIT names where it is only unpacked.
//
// The exit status is 1 where something was not seen as expected; stderr says
// what.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"imdslock/prove"
)

func main() { os.Exit(run(os.Stdout, os.Stderr)) }

func run(stdout, stderr io.Writer) int {
	if err := errors.Join(prove.NamespacesMissing(), prove.CloudInitMissing()); err != nil {
		fmt.Fprintf(stderr, "prove: %v\n", err)
		return 2
	}
	status := 0
	for _, study := range prove.Studies() {
		fmt.Fprintf(stderr, "prove: %s: %d nodes\n", study.Title, len(study.Cases))
		observed := prove.Observe(study.Cases)
		study.Print(stdout, observed)
		for _, o := range observed {
			if !o.OK() {
				fmt.Fprintf(stderr, "prove: %s\n", o)
				status = 1
			}
		}
	}
	return status
}
