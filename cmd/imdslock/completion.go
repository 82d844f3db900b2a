package main

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
)

// completionScripts are the scripts for the shells. All that they know is how
// to ask: by running the words so far, the current one included, with
// completionFlag after them. The answer is a line for every word that fits
// there, "WORD\tWHAT IT IS", and a line ":files" if files fit as well.
//
//go:embed completion
var completionScripts embed.FS

// completionFlag is the library's name for the question, in every shell.
const completionFlag = "--generate-bash-completion"

// isCompletion reports whether a shell asks for words.
func isCompletion(args []string) bool { return args[len(args)-1] == completionFlag }

// completer answers the question for the words of a command line. The library
// has found out which command they lead to; arguments offers what that takes
// besides options, and is nil if that is nothing.
func completer(args []string, arguments cli.BashCompleteFunc) cli.BashCompleteFunc {
	return func(c *cli.Context) {
		words := args[1 : len(args)-1]
		if len(words) == 0 {
			return
		}
		current, before := words[len(words)-1], words[:len(words)-1]
		w := c.App.Writer
		name, _, hasValue := strings.Cut(current, "=")
		switch {
		case len(before) > 0 && takesValue(c.Command.Flags, before[len(before)-1]):
			completeValue(w, c.Command.Flags, before[len(before)-1], "")
		case strings.HasPrefix(current, "-") && hasValue:
			completeValue(w, c.Command.Flags, name, name+"=")
		case strings.HasPrefix(current, "-"):
			completeOptions(w, c.Command.Flags)
		case len(c.Lineage()) > 2 && c.NArg() == 0:
			fmt.Fprintln(w, current) // the name of the command, typed to its end
		case arguments != nil:
			arguments(c)
		}
	}
}

// lookUp finds the option that a word names.
func lookUp(flags []cli.Flag, word string) (option, bool) {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	for _, f := range flags {
		if slices.Contains(f.Names(), name) && strings.HasPrefix(word, dashed(name)) {
			return describe(f), true
		}
	}
	return option{}, false
}

// takesValue reports whether a word names an option whose value comes next.
func takesValue(flags []cli.Flag, word string) bool {
	o, ok := lookUp(flags, word)
	return ok && o.value != "" && !strings.Contains(word, "=")
}

// completeOptions offers the options.
func completeOptions(w io.Writer, flags []cli.Flag) {
	for _, f := range flags {
		o := describe(f)
		for _, name := range o.names {
			fmt.Fprintf(w, "%s\t%s\n", name, o.text)
		}
	}
}

// completeValue offers what an option can be.
func completeValue(w io.Writer, flags []cli.Flag, name, prefix string) {
	o, _ := lookUp(flags, name)
	words := o.words()
	switch o.value {
	case "FILE", "GOLDEN":
		if prefix == "" {
			fmt.Fprintln(w, ":files")
		}
	case "DATE":
		for _, r := range templates.Catalogue() {
			words = append(words, r.Date)
		}
		slices.Sort(words)
		words = slices.Compact(words)
		slices.Reverse(words)
	}
	for _, word := range words {
		fmt.Fprintln(w, prefix+word)
	}
}

func completeFiles(c *cli.Context) { fmt.Fprintln(c.App.Writer, ":files") }

// completeCommands offers the commands, which only the first argument can be.
func completeCommands(c *cli.Context) {
	if c.NArg() <= 1 {
		for _, command := range c.App.Commands {
			fmt.Fprintf(c.App.Writer, "%s\t%s\n", command.Name, command.Usage)
		}
	}
}

func completeCommandsAndFiles(c *cli.Context) {
	completeCommands(c)
	completeFiles(c)
}

func completeRules(c *cli.Context) {
	for _, d := range transform.Rules() {
		fmt.Fprintf(c.App.Writer, "%s\t%s\n", d.Rule, d.Title)
	}
}

func completeShells(c *cli.Context) {
	for _, shell := range shells() {
		fmt.Fprintln(c.App.Writer, shell)
	}
}

// shells returns the shells that there is a script for.
func shells() []string { return []string{"bash", "zsh", "fish"} }

const completionDescription = `Prints a script that lets the shell complete commands, options, their values,
rule IDs and files.

  bash   in ~/.bashrc:   source <(imdslock completion bash)
  zsh    in ~/.zshrc:    source <(imdslock completion zsh)    after compinit
  fish   imdslock completion fish > ~/.config/fish/completions/imdslock.fish`

// completionCommand is "imdslock completion".
func completionCommand() *cli.Command {
	return &cli.Command{
		Name:         "completion",
		Usage:        "print a completion script for a shell",
		UsageText:    "  imdslock completion bash|zsh|fish",
		Description:  completionDescription,
		Flags:        newFlags("0 done, 2 there is no script for this shell", group{title: "options"}),
		BashComplete: completeShells,
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			if c.NArg() != 1 || !slices.Contains(shells(), shell) {
				return &usageError{"completion is for one shell: " + strings.Join(shells(), ", "), "imdslock completion --help shows how to use it"}
			}
			script, err := completionScripts.ReadFile("completion/imdslock." + shell)
			if err != nil {
				return err
			}
			_, err = c.App.Writer.Write(script)
			return err
		},
	}
}
