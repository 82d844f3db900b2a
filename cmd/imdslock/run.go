package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"imdslock/transform"
	"imdslock/transform/cfn"
)

// The exit statuses.
const (
	exitDone       = 0
	exitDifference = 1 // -d, -l: the result differs
	exitUsage      = 2 // usage, reading, writing, or not a template
	exitCannotLock = 3
)

// errDifference makes the exit status 1. It is not printed.
var errDifference = errors.New("there is a difference")

// options are what the command line says.
type options struct {
	transform.Options
	list, diff, write bool
	output            string
	template          string
	name              string
	verbose, quiet    bool
	color             bool
}

// run is the command: args as in os.Args, and the exit status. What goes to
// stdout is held back until all has gone well.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var out bytes.Buffer
	app := newApp(func(c *cli.Context) error {
		opts, err := readOptions(c)
		if err != nil {
			return err
		}
		opts.color = isTerminal(stdout) && os.Getenv("NO_COLOR") == ""
		if c.NArg() == 0 && opts.template == "" && isTerminal(stdin) {
			return usagef("stdin is a terminal: name a file, or pipe a template in (--help shows how)")
		}
		return patchFiles(opts, c.Args().Slice(), stdin, &out, stderr)
	})
	app.Writer, app.ErrWriter = &out, stderr
	err := app.Run(args)
	if err != nil && !errors.Is(err, errDifference) {
		report(stderr, err)
		return exitStatus(err)
	}
	if _, writeErr := stdout.Write(out.Bytes()); writeErr != nil {
		report(stderr, fmt.Errorf("writing the result: %w", writeErr))
		return exitUsage
	}
	return exitStatus(err)
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

// report prints an error, each of several on a line of its own, and its hint.
func report(stderr io.Writer, err error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			report(stderr, e)
		}
		return
	}
	message := err.Error()
	var placed *cfn.Error
	var usage *usageError
	if !errors.As(err, &placed) || errors.As(err, &usage) {
		message = "imdslock: " + message
	}
	fmt.Fprintln(stderr, message)
	if placed != nil && placed.Hint != "" {
		fmt.Fprintln(stderr, "hint: "+placed.Hint)
	}
	if usage != nil && usage.hint != "" {
		fmt.Fprintln(stderr, "hint: "+usage.hint)
	}
}

// A usageError is a mistake on the command line.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...), hint: "imdslock --help shows the options"}
}

// choice is a flag's value that is one of a few words.
func choice[T ~string](c *cli.Context, flag string, of ...T) (T, error) {
	value := T(c.String(flag))
	if !slices.Contains(of, value) {
		var words []string
		for _, w := range of {
			words = append(words, string(w))
		}
		return "", usagef("--%s %s: want %s", flag, value, strings.Join(words, ", "))
	}
	return value, nil
}

// readOptions checks the flags.
func readOptions(c *cli.Context) (opts options, err error) {
	opts = options{
		list: c.Bool("list"), diff: c.Bool("diff"), write: c.Bool("write"),
		output: c.String("output"), name: c.String("name"),
		verbose: c.Bool("verbose"), quiet: c.Bool("quiet"),
	}
	opts.HopLimit = c.Int("hop-limit")
	opts.BranchENI = c.Bool("branch-eni")
	opts.Resources = c.StringSlice("resource")
	if opts.HopLimit < 0 || opts.HopLimit > 64 {
		return opts, usagef("--hop-limit %d: want 1 to 64, or 0 to leave it", opts.HopLimit)
	}
	if opts.IMDSv1, err = choice(c, "imdsv1", transform.IMDSv1Lock, transform.IMDSv1Default, transform.IMDSv1Literal, transform.IMDSv1Keep); err != nil {
		return opts, err
	}
	if opts.IPTables, err = choice(c, "iptables", transform.IPTablesAuto, transform.IPTablesAWS, transform.IPTablesStrict, transform.IPTablesOff); err != nil {
		return opts, err
	}
	if c.IsSet("os") {
		if opts.OS, err = choice(c, "os", transform.OSLinux, transform.OSWindows); err != nil {
			return opts, err
		}
	}
	if c.IsSet("template") {
		var reference transform.OS
		if reference, err = choice(c, "template", transform.OSLinux, transform.OSWindows); err != nil {
			return opts, err
		}
		opts.template = string(reference)
	}
	return opts, opts.check(c.Args().Slice())
}

// check refuses options that do not go together.
func (o options) check(files []string) error {
	for _, f := range files {
		if len(f) > 1 && f[0] == '-' {
			return usagef("%s behind a file: options come before the files", f)
		}
	}
	switch {
	case o.template != "" && len(files) > 0:
		return usagef("--template reads no file, but %s is named", files[0])
	case o.template != "" && o.write:
		return usagef("--write cannot write to an embedded template: use --output")
	case o.write && (len(files) == 0 || slices.Contains(files, "-")):
		return usagef("--write needs files to write to, not stdin")
	case o.write && o.output != "":
		return usagef("--write and --output exclude each other")
	case o.output != "" && (len(files) > 1 || o.list || o.diff):
		return usagef("--output takes the result of one template, without --list and --diff")
	}
	return nil
}
