package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// helpTemplate is the help page of the command and of each of its commands,
// whose first option is a helpFlag.
const helpTemplate = `{{.HelpName}} - {{.Usage}}

usage:
{{.UsageText}}

{{.Description}}

{{(index .Flags 0).Page}}`

// A group is a set of options that belong together.
type group struct {
	title string
	flags []cli.Flag
}

// helpFlag is the option --help, which knows the rest of the page.
type helpFlag struct {
	*cli.BoolFlag
	groups []group
	exit   string // what the exit statuses mean
}

// newFlags are the options of a command, in groups; the first is --help, which
// is shown at the end of the last group.
func newFlags(exit string, groups ...group) []cli.Flag {
	help := &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "print this help"}
	last := &groups[len(groups)-1]
	last.flags = append(last.flags, help)
	flags := []cli.Flag{helpFlag{help, groups, exit}}
	for _, g := range groups {
		for _, f := range g.flags {
			switch flag, isSlice := f.(*cli.StringSliceFlag); {
			case isSlice: // the library looks for its type
				flags = append(flags, flag)
			case f != cli.Flag(help):
				flags = append(flags, &named{DocGenerationFlag: f.(cli.DocGenerationFlag)})
			}
		}
	}
	return flags
}

// A named flag knows its names. The library looks for them with a regular
// expression whenever it is asked, and it asks itself hundreds of times a run.
type named struct {
	cli.DocGenerationFlag
	names []string
}

func (f *named) Names() []string {
	if f.names == nil {
		f.names = f.DocGenerationFlag.Names()
	}
	return f.names
}

// Page returns the end of the page: options and exit status.
func (h helpFlag) Page() string {
	var b strings.Builder
	for _, g := range h.groups {
		fmt.Fprintf(&b, "%s:\n", g.title)
		for _, f := range g.flags {
			o := describe(f)
			fmt.Fprintf(&b, "  %-34s  %s\n", o.spelling(), o.text)
		}
	}
	fmt.Fprintf(&b, "\nexit status: %s\n", h.exit)
	return b.String()
}

// An option is what a person has to know of a flag.
type option struct {
	names []string // with their dashes, short ones first
	value string   // what to call the value, or "a|b" for one of these; "" if it takes none
	text  string   // what it does, with its default
}

// describe reads the usage of a flag, which names the value in backquotes. A
// choice of words comes at its end and is not repeated in the text.
func describe(f cli.Flag) option {
	flag := f.(cli.DocGenerationFlag)
	if n, ok := f.(*named); ok {
		flag = n.DocGenerationFlag
	}
	var o option
	for _, name := range flag.Names() {
		if len(name) == 1 {
			o.names = append([]string{"-" + name}, o.names...)
		} else {
			o.names = append(o.names, "--"+name)
		}
	}
	before, rest, _ := strings.Cut(flag.GetUsage(), "`")
	value, after, _ := strings.Cut(rest, "`")
	o.value, o.text = value, before+value+after
	if strings.Contains(value, "|") {
		o.text = strings.TrimSuffix(before, ": ") + after
	}
	value = flag.GetValue()
	if _, isGeneric := flag.(*cli.GenericFlag); isGeneric {
		value = flag.GetDefaultText() // the value may be set already
	}
	switch {
	case !flag.TakesValue() && strings.HasPrefix(flag.GetDefaultText(), "true"):
		o.names[len(o.names)-1] += "=false" // on by default, so only this has an effect
	case flag.TakesValue() && value != "":
		o.text += " (default " + value + ")"
	}
	return o
}

// spelling returns the option as it is typed.
func (o option) spelling() string {
	return strings.TrimSpace(strings.Join(o.names, ", ") + " " + o.value)
}

// words returns the words that the value must be one of, if there are any.
func (o option) words() []string {
	if !strings.Contains(o.value, "|") {
		return nil
	}
	return strings.Split(o.value, "|")
}

// helpBesideArguments prints the page when the library looks for the help of a
// command, but the word after --help is not a command but, for example, a file.
func helpBesideArguments(c *cli.Context, _ string) {
	if len(c.Lineage()) > 2 {
		cli.ShowSubcommandHelp(c)
		return
	}
	cli.ShowAppHelp(c)
}

// helpCommand is "imdslock help", which takes the name of a command.
func helpCommand(app *cli.App) *cli.Command {
	return &cli.Command{
		Name:         "help",
		Usage:        "explain imdslock, or one of its commands",
		UsageText:    "  imdslock help [COMMAND]",
		Description:  "The same page as that of COMMAND --help.",
		Flags:        newFlags("0 done, 2 there is no such command", group{title: "options"}),
		BashComplete: completeCommands,
		Action: func(c *cli.Context) error {
			if err := refuseMore(c, 1); err != nil {
				return err
			}
			root := c.Lineage()[1]
			name := c.Args().First()
			switch {
			case name == "":
				return cli.ShowAppHelp(root)
			case app.Command(name) == nil:
				return &usageError{fmt.Sprintf("there is no command %q", name), "imdslock help lists the commands"}
			}
			return cli.ShowCommandHelp(root, name)
		},
	}
}
