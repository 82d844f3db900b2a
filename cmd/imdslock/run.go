package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/imdslock/imdslock/transform"
)

// The exit statuses.
const (
	exitDone       = 0
	exitDifference = 1 // -d, -l, --expect: the result differs; check: something is not locked
	exitUsage      = 2 // usage, reading, writing, or not a template
	exitCannotLock = 3
)

// errDifference makes the exit status 1. It is not printed.
var errDifference = errors.New("there is a difference")

// A command is one run of imdslock. What goes to stdout and into files is held
// back until all has gone well.
type command struct {
	args           []string // the whole command line, as it was typed
	stdin          io.Reader
	stdout, stderr io.Writer

	opts   options
	out    bytes.Buffer // for stdout
	writes []write      // for files
	failed error        // what check could not read, though the rest goes out
}

// run runs the command with args as in os.Args, and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	signal.Ignore(syscall.SIGPIPE) // writing into a closed pipe becomes an error like others
	c := &command{args: args, stdin: stdin, stdout: stdout, stderr: stderr}
	app := newApp(c)
	app.Reader, app.Writer, app.ErrWriter = stdin, &c.out, stderr
	err := app.Run(optionsFirst(app, args))
	if err != nil && !errors.Is(err, errDifference) {
		printError(stderr, err)
		return exitStatus(err)
	}
	if err := c.finish(); err != nil {
		return c.unfinished(err)
	}
	if c.failed != nil { // check locks nothing, so it cannot fail to
		return exitUsage
	}
	return exitStatus(err)
}

// finish stages the files, prints, and puts the files into place. A signal that
// asks the process to end leaves no file half written; a second one ends it at
// once.
func (c *command) finish() error {
	if len(c.writes) == 0 {
		return c.print(context.Background())
	}
	ctx, stop := signal.NotifyContext(context.Background(), endingSignals()...)
	defer stop()
	context.AfterFunc(ctx, stop)
	var files fileSet
	defer files.discard()
	if err := files.stageAll(ctx, c.writes); err != nil {
		return err
	}
	return files.commit(ctx, func() error { return c.print(ctx) })
}

// print writes what goes to stdout. It waits for a reader no longer than ctx.
func (c *command) print(ctx context.Context) error {
	if ctx.Done() == nil {
		return c.write()
	}
	written := make(chan error, 1)
	go func() { written <- c.write() }()
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *command) write() error {
	if c.out.Len() == 0 {
		return nil
	}
	if _, err := c.stdout.Write(c.out.Bytes()); err != nil {
		return failure("writing", "the result", err)
	}
	return nil
}

// unfinished reports why a run ended early, and returns its status.
func (c *command) unfinished(err error) int {
	sig, isSignal := signalOf(err)
	switch {
	case isSignal:
		printError(c.stderr, fmt.Errorf("%v: no file is written", sig))
		return signalStatus(sig)
	case errors.Is(err, syscall.EPIPE) && len(c.writes) == 0:
		return signalStatus(syscall.SIGPIPE) // whoever reads has read enough
	}
	printError(c.stderr, err)
	return exitStatus(err)
}

// refuseTerminal returns an error if the command would read a template from a
// terminal, where it would wait for a person who waits for it.
func (c *command) refuseTerminal(cc *cli.Context) error {
	if cc.NArg() == 0 && c.opts.template == "" && isTerminal(c.stdin) {
		usage := strings.TrimSpace("imdslock " + strings.TrimPrefix(cc.Command.Name, "imdslock"))
		return &usageError{"stdin is a terminal: name a file, or pipe a template in",
			fmt.Sprintf("usage: %s [options] [FILE|DIR|-]...; %s --help says more", usage, usage)}
	}
	return nil
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// hasColor reports whether stdout shows colours (https://no-color.org).
func (c *command) hasColor() bool { return isTerminal(c.stdout) && os.Getenv("NO_COLOR") == "" }

// exitStatus returns the status for an error, the highest of several.
func exitStatus(err error) int {
	var many interface{ Unwrap() []error }
	var cannot *transform.CannotLock
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errDifference):
		return exitDifference
	case errors.As(err, &many):
		status := exitUsage
		for _, e := range many.Unwrap() {
			status = max(status, exitStatus(e))
		}
		return status
	case errors.As(err, &cannot):
		return exitCannotLock
	}
	return exitUsage
}
