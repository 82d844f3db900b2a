package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/xrash/smetrics"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/pods"
	"github.com/imdslock/imdslock/templates/official"
	"github.com/imdslock/imdslock/transform/cfn"
)

// printError prints an error, each of several on a line of its own, and its hint.
// An error with a place starts with it, as those of compilers do.
func printError(stderr io.Writer, err error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			printError(stderr, e)
		}
		return
	}
	text := message.Line(err.Error())
	var placed *cfn.Error
	var inPods *pods.Error
	var usage *usageError
	var download *official.Error
	switch {
	case errors.As(err, &placed):
		fmt.Fprintln(stderr, text)
		printHint(stderr, placed.Hint)
	case errors.As(err, &inPods):
		fmt.Fprintln(stderr, text)
		printHint(stderr, inPods.Hint)
	case errors.As(err, &download):
		fmt.Fprintln(stderr, "imdslock: "+text)
		printHint(stderr, download.Hint)
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "imdslock: "+text)
		printHint(stderr, usage.hint)
	default:
		fmt.Fprintln(stderr, "imdslock: "+text)
	}
}

func printHint(stderr io.Writer, hint string) {
	if hint != "" {
		fmt.Fprintln(stderr, "hint: "+message.Line(hint))
	}
}

// shownName returns a file's name as messages, lists and diffs show it.
func shownName(name string) string { return message.Name(name) }

// noFile returns the error for an argument that names no file, with what may have
// been meant.
func noFile(opts options, arg string, err error) error {
	e := failure("reading", arg, err)
	switch meant := nearest(arg, opts.commands); {
	case !errors.Is(err, fs.ErrNotExist):
	case arg == "true" || arg == "false":
		return &usageError{e.Error(), "an option that is on or off has its value after =, as in --branch-eni=" + arg}
	case meant != "":
		return &usageError{e.Error(), fmt.Sprintf("did you mean the command %s?", meant)}
	}
	return e
}

// nearest returns the name that a word was probably meant to be, or "".
func nearest(word string, names []string) (meant string) {
	best := 0.8 // of 1, which only the same word has
	for _, name := range names {
		if likeness := smetrics.JaroWinkler(name, word, 0.7, 4); likeness > best {
			meant, best = name, likeness
		}
	}
	return meant
}
