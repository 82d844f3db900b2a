package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"imdslock/transform"
)

// options are what the command line says.
type options struct {
	transform.Options
	list, diff, write bool
	output            string
	expect            string // a golden file
	configuration     string // a CodePipeline template configuration
	template          string // "linux", "windows"
	official          bool
	release, region   string // of the official template
	sha256            string // of the official template, in hexadecimal digits
	name              string // of stdin
	// maxSize is how many bytes each input may have. The default is the quota
	// "template body size in an Amazon S3 object", 1 MB.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	maxSize        int64
	verbose, quiet bool
	commands       []string // the names of all, for who mistypes one
	color          bool

	format     string // of check
	parameters map[string]string
}

// A usageError is a mistake on the command line.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...), hint: "imdslock --help shows the options"}
}

// badOption is the error for what the flags cannot be parsed from, with the
// option that may have been meant.
func badOption(c *cli.Context, err error, _ bool) error {
	flags, hint := c.App.Flags, "imdslock --help shows the options"
	if len(c.Lineage()) > 2 {
		flags, hint = c.Command.Flags, c.Command.HelpName+" --help shows the options"
	}
	bad := &usageError{optionMistake(flags, err.Error()), hint}
	if name, ok := strings.CutPrefix(bad.message, "flag provided but not defined: -"); ok {
		bad.message = "there is no option " + dashed(name)
		if owner := commandWith(c.App, name); owner != "" {
			bad.hint = dashed(name) + " is an option of " + owner + ". " + hint
		} else if near := nearest(strings.TrimLeft(name, "-"), namesOf(flags)); near != "" {
			bad.hint = "did you mean " + dashed(near) + "? " + hint
		}
	}
	return bad
}

// onlyCompares reports whether a run writes no file, but says what differs.
func (o options) onlyCompares() bool {
	return (o.list || o.diff || o.expect != "") && !o.write
}

func namesOf(flags []cli.Flag) (names []string) {
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}

// commandWith returns the command that has an option, or "".
func commandWith(app *cli.App, name string) string {
	has := func(f cli.Flag) bool { return slices.Contains(f.Names(), strings.TrimLeft(name, "-")) }
	if slices.ContainsFunc(app.Flags, has) {
		return app.Name
	}
	for _, command := range app.Commands {
		if slices.ContainsFunc(command.Flags, has) {
			return app.Name + " " + command.Name
		}
	}
	return ""
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

// refuseBefore is an error where there are options before a command: they are
// those of patching, and would be of no effect.
func refuseBefore(c *cli.Context) error {
	if before := c.Lineage()[1].LocalFlagNames(); len(before) > 0 {
		return &usageError{fmt.Sprintf("%s before %s: options of %[2]s come behind %[2]s", dashed(before[0]), c.Command.Name), c.Command.HelpName + " --help shows them"}
	}
	return nil
}

// refuseMore is an error where there are more than n arguments.
func refuseMore(c *cli.Context, n int) error {
	if c.NArg() > n {
		return &usageError{fmt.Sprintf("%s is too much for %s", c.Args().Get(n), c.Command.Name), c.Command.HelpName + " --help shows what it takes"}
	}
	return nil
}

// refuseEmpty is an error where an option has an empty value, as it has from a
// variable that is not set: it is not to count as an option not given.
func refuseEmpty(c *cli.Context) error {
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if o := describe(f); c.IsSet(name) && o.value != "" && c.String(name) == "" {
			return usagef("--%s is empty: want %s", name, o.value)
		}
	}
	return nil
}

// readOptions checks the flags; args are those of the whole command line.
func readOptions(c *cli.Context, args []string) (opts options, err error) {
	if err := refuseEmpty(c); err != nil {
		return opts, err
	}
	opts = options{
		list: c.Bool("list"), diff: c.Bool("diff"), write: c.Bool("write"),
		output: c.String("output"), expect: c.String("expect"), configuration: c.String("template-configuration"), name: c.String("name"),
		official: c.Bool("official"), release: c.String("release"), region: c.String("region"), sha256: c.String("sha256"),
		verbose: c.Bool("verbose"), quiet: c.Bool("quiet"),
	}
	if opts.output == "-" {
		opts.output = "" // stdout, as without it
	}
	if opts.maxSize, err = units.RAMInBytes(c.String("max-size")); err != nil || opts.maxSize < 1 || opts.maxSize == math.MaxInt64 {
		return opts, usagef("--max-size %s: want a number of bytes, as in 1500000, 1500k or 2M", c.String("max-size"))
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
	if opts.Version, err = choice(c, "launch-template-version", transform.VersionLatest, transform.VersionKeep); err != nil {
		return opts, err
	}
	opts.AddLaunchTemplate = c.Bool("add-launch-template")
	if c.IsSet("os") {
		if opts.OS, err = choice(c, "os", transform.OSLinux, transform.OSWindows); err != nil {
			return opts, err
		}
	}
	if c.IsSet("template") {
		if opts.template, err = choice(c, "template", "linux", "windows"); err != nil {
			return opts, err
		}
	}
	return opts, opts.conflict(c.Args().Slice(), slices.Contains(args, "--"))
}

// conflict refuses options and arguments that do not go together. What looks
// like an option behind a file is one, unless "--" ended the options.
func (o options) conflict(files []string, optionsEnded bool) error {
	for _, f := range files {
		if len(f) > 1 && f[0] == '-' && !optionsEnded {
			return usagef("%s behind a file: options come before the files", f)
		}
	}
	switch {
	case o.official && o.template == "":
		return usagef("--official wants --template, to say which")
	case !o.official && (o.release != "" || o.region != "" || o.sha256 != ""):
		return usagef("--release, --region and --sha256 are about --official")
	case o.template != "" && len(files) > 0:
		return usagef("--template reads no file, but %s is named", files[0])
	case o.expect != "" && (len(files) > 1 || o.output != "" || o.list || o.diff):
		return usagef("--expect compares the result of one template, without --output, --list and --diff")
	case o.expect != "":
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

// readCheckOptions checks the flags of check.
func readCheckOptions(c *cli.Context, args []string) (options, error) {
	opts, err := readOptions(c, args)
	if err != nil {
		return opts, err
	}
	if opts.format, err = choice(c, "format", "text", "json", "sarif"); err != nil {
		return opts, err
	}
	opts.parameters = map[string]string{}
	for _, p := range c.StringSlice("parameter") {
		key, value, ok := strings.Cut(p, "=")
		if !ok || key == "" {
			return opts, usagef("--parameter %s: want KEY=VALUE", p)
		}
		opts.parameters[key] = value
	}
	return opts, nil
}
