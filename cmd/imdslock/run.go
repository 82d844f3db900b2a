package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"imdslock/transform"
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

// run is the command: args as in os.Args, and the exit status. A signal that
// ends it leaves no file half-done behind.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var files fileSet
	var counted progress
	defer files.discard()
	signals := endingSignals()
	status := make(chan int, 1)
	go func() { status <- execute(args, stdin, stdout, stderr, &files, &counted) }()
	select {
	case s := <-status:
		return s
	case sig := <-signals:
		signal.Reset() // the next one ends it at once
		counted.end()
		if files.discard() > 0 {
			report(stderr, fmt.Errorf("%v: no file is written", sig))
		}
		return signalStatus(sig)
	}
}

// execute runs the command. What goes to stdout and into files is held back
// until all has gone well.
func execute(args []string, stdin io.Reader, stdout, stderr io.Writer, files *fileSet, counted *progress) int {
	var out bytes.Buffer
	patch := func(c *cli.Context) error {
		opts, err := readOptions(c, args)
		if err != nil {
			return err
		}
		for _, command := range c.App.Commands {
			opts.commands = append(opts.commands, command.Name)
		}
		opts.color = isTerminal(stdout) && os.Getenv("NO_COLOR") == ""
		if err := wantsInput(opts, c, stdin); err != nil {
			return err
		}
		return patchFiles(c.Context, opts, c.Args().Slice(), stdin, files, counted, &out, stderr)
	}
	check := func(c *cli.Context) error {
		opts, err := readCheckOptions(c, args)
		if err != nil {
			return err
		}
		if err := wantsInput(opts, c, stdin); err != nil {
			return err
		}
		return checkFiles(c.Context, opts, c.Args().Slice(), stdin, counted, &out, stderr)
	}
	catalogue := func(c *cli.Context) error {
		if err := refuseMore(c, 0); err != nil {
			return err
		}
		format, err := choice(c, "format", "text", "json")
		if err != nil {
			return err
		}
		return printCatalogue(format, &out)
	}
	rules := func(c *cli.Context) error { return printRules(c.Args().Slice(), &out) }
	app := newApp(args, patch, check, catalogue, rules)
	app.Reader, app.Writer, app.ErrWriter = stdin, &out, stderr
	if isCompletion(args) && slices.Contains(args, "--") {
		args = []string{args[0], "-", "", completionFlag} // behind "--" the library would run the command
	}
	err := app.Run(args)
	if err != nil && !errors.Is(err, errDifference) {
		report(stderr, err)
		return exitStatus(err)
	}
	commitErr := files.commit(func() error {
		if _, err := stdout.Write(out.Bytes()); err != nil {
			return failure("writing", "the result", err)
		}
		return nil
	})
	switch {
	case errors.Is(commitErr, syscall.EPIPE) && len(files.all()) == 0:
		return signalStatus(syscall.SIGPIPE) // whoever reads has read enough
	case commitErr != nil:
		report(stderr, commitErr)
		return exitUsage
	}
	return exitStatus(err)
}

// wantsInput is an error where a person would wait for a command that waits for
// the person.
func wantsInput(opts options, c *cli.Context, stdin io.Reader) error {
	if c.NArg() == 0 && opts.template == "" && isTerminal(stdin) {
		usage := strings.TrimSpace("imdslock " + strings.TrimPrefix(c.Command.Name, "imdslock"))
		return &usageError{"stdin is a terminal: name a file, or pipe a template in",
			fmt.Sprintf("usage: %s [options] [FILE|DIR|-]..., more by %s --help", usage, usage)}
	}
	return nil
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

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
