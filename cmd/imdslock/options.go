package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
)

// options are what the command line says.
type options struct {
	transform.Options
	list, diff, write bool
	output            string
	expect            string // a golden file
	configuration     string // a CodePipeline template configuration
	template          string // as templates.OSes() names it
	official          bool
	release, region   string // of the official template
	sha256            string // of the official template, in hexadecimal digits
	name              string // of stdin
	// maxSize is the largest size of an input in bytes. The default is the quota
	// "template body size in an Amazon S3 object", 1 MB.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	maxSize        int64
	exclude        []string // patterns of what a folder has that is left out
	noIgnore       bool
	verbose, quiet bool
	commands       []string // the names of all, for hints on a mistyped one
	color          bool

	format     report.Format // of check
	baseline   string        // of check
	parameters map[string]string
}

// A usageError is a mistake on the command line.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

// mainHint is the hint at the page of the command without a name.
const mainHint = "imdslock --help shows the options"

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...), hint: mainHint}
}

// withOwnHint makes the errors of a command hint at its own page.
func withOwnHint(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		err := action(c)
		var bad *usageError
		if errors.As(err, &bad) && bad.hint == mainHint {
			bad.hint = c.Command.HelpName + " --help shows the options"
		}
		return err
	}
}

// badOption returns the error for options that cannot be parsed, with the option
// that may have been meant.
func badOption(c *cli.Context, err error, _ bool) error {
	flags, hint := c.App.Flags, mainHint
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

// choice returns the value of a flag that must be one of a few words.
func choice[T ~string](c *cli.Context, flag string, of ...T) (T, error) {
	value := T(c.String(flag))
	if !slices.Contains(of, value) {
		var words []string
		for _, w := range of {
			words = append(words, string(w))
		}
		last := len(words) - 1
		return "", usagef("--%s %s: must be %s or %s", flag, value, strings.Join(words[:last], ", "), words[last])
	}
	return value, nil
}

// refuseBefore returns an error if there are options before a command: they are
// those of patching, and would have no effect.
func refuseBefore(c *cli.Context) error {
	if before := c.Lineage()[1].LocalFlagNames(); len(before) > 0 {
		return &usageError{fmt.Sprintf("%s before %s: options of %[2]s come after %[2]s", dashed(before[0]), c.Command.Name), c.Command.HelpName + " --help shows them" + folderHint(c)}
	}
	return nil
}

// refuseMore returns an error if there are more than n arguments.
func refuseMore(c *cli.Context, n int) error {
	if c.NArg() > n {
		return &usageError{fmt.Sprintf("%[2]s takes no argument %[1]s", c.Args().Get(n), c.Command.Name), c.Command.HelpName + " --help shows what it takes" + folderHint(c)}
	}
	return nil
}

// folderHint says how to name a folder that has the name of a command, if there is one.
func folderHint(c *cli.Context) string {
	if !isDir(c.Command.Name) {
		return ""
	}
	return fmt.Sprintf("; the folder is ./%s", c.Command.Name)
}

// refuseEmpty returns an error if an option has an empty value, as it has from a
// variable that is not set: it must not count as an option that is not given.
func refuseEmpty(c *cli.Context) error {
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if o := describe(f); c.IsSet(name) && o.value != "" && c.String(name) == "" {
			return usagef("--%s is empty: must be %s", name, o.value)
		}
	}
	return nil
}

// newOptions returns the options of a command line without any.
func newOptions() options { return options{Options: transform.Defaults(), format: report.Text} }

// readOptions reads and checks the flags of patching and of check. Those with a
// Set method have set themselves.
func (c *command) readOptions(cc *cli.Context) (err error) {
	if err := refuseEmpty(cc); err != nil {
		return err
	}
	o := &c.opts
	o.list, o.diff, o.write = cc.Bool("list"), cc.Bool("diff"), cc.Bool("write")
	o.output, o.expect, o.configuration = cc.String("output"), cc.String("expect"), cc.String("template-configuration")
	o.official, o.release, o.region, o.sha256 = cc.Bool("official"), cc.String("release"), cc.String("region"), cc.String("sha256")
	o.name, o.verbose, o.quiet = cc.String("name"), cc.Bool("verbose"), cc.Bool("quiet")
	o.HopLimit, o.BranchENI, o.AddLaunchTemplate = cc.Int("hop-limit"), cc.Bool("branch-eni"), cc.Bool("add-launch-template")
	o.Resources = cc.StringSlice("resource")
	o.exclude, o.noIgnore = cc.StringSlice("exclude"), cc.Bool("no-ignore")
	if err := o.refusePatterns(); err != nil {
		return err
	}
	o.color = c.hasColor()
	for _, command := range cc.App.Commands {
		o.commands = append(o.commands, command.Name)
	}
	if o.output == "-" {
		o.output = "" // stdout, as without it
	}
	if o.maxSize, err = units.RAMInBytes(cc.String("max-size")); err != nil || o.maxSize < 1 || o.maxSize == math.MaxInt64 {
		return usagef("--max-size %s: must be a number of bytes, as in 1500000, 1500k or 2M", cc.String("max-size"))
	}
	if o.HopLimit < 0 || o.HopLimit > 64 {
		return usagef("--hop-limit %d: must be 1 to 64, or 0 to leave it", o.HopLimit)
	}
	if cc.IsSet("template") {
		if o.template, err = choice(cc, "template", templates.OSes()...); err != nil {
			return err
		}
	}
	return o.conflict(cc.Args().Slice())
}

// conflict refuses options and arguments that do not go together.
func (o options) conflict(files []string) error {
	if err := o.conflictOfTemplate(files); err != nil {
		return err
	}
	switch {
	case o.expect != "":
		return o.conflictOfExpect(files)
	case o.write:
		return o.conflictOfWrite(files)
	case o.output != "" && (len(files) > 1 || o.list || o.diff):
		return usagef("--output takes the result of one template, without --list and --diff")
	}
	return nil
}

// conflictOfTemplate refuses what does not go with --template and --official.
func (o options) conflictOfTemplate(files []string) error {
	switch {
	case o.official && o.template == "":
		return usagef("--official needs --template, to say which")
	case !o.official && (o.release != "" || o.region != "" || o.sha256 != ""):
		return usagef("--release, --region and --sha256 need --official")
	case o.template != "" && len(files) > 0:
		return usagef("--template reads no file, but %s is named", files[0])
	}
	return nil
}

// conflictOfExpect refuses what does not go with --expect.
func (o options) conflictOfExpect(files []string) error {
	if len(files) > 1 || o.output != "" || o.list || o.diff {
		return usagef("--expect compares the result of one template, without --output, --list and --diff")
	}
	return nil
}

// conflictOfWrite refuses what does not go with --write.
func (o options) conflictOfWrite(files []string) error {
	switch {
	case o.template != "":
		return usagef("--write cannot write to an embedded template: use --output")
	case len(files) == 0 || slices.Contains(files, "-"):
		return usagef("--write needs files to write to, not stdin")
	case o.output != "":
		return usagef("--write and --output exclude each other")
	}
	return nil
}

// readCheckOptions reads and checks the flags of check.
func (c *command) readCheckOptions(cc *cli.Context) error {
	if err := c.readOptions(cc); err != nil {
		return err
	}
	c.opts.baseline = cc.String("baseline")
	c.opts.parameters = map[string]string{}
	for _, p := range cc.StringSlice("parameter") {
		key, value, ok := strings.Cut(p, "=")
		if !ok || key == "" {
			return usagef("--parameter %s: must be KEY=VALUE", p)
		}
		if other, given := c.opts.parameters[key]; given && other != value {
			return usagef("--parameter %s: has two values, %q and %q", key, other, value)
		}
		c.opts.parameters[key] = value
	}
	return c.opts.readParameters(cc.String("parameters"))
}
