package main

import (
	"slices"

	"github.com/urfave/cli/v2"
)

// optionsFirst returns a command line in the order that the library reads:
// the command, its options, "--", and what else there is. Options may stand
// before and after files until a "--". Those before a command stay there.
func optionsFirst(app *cli.App, args []string) []string {
	if isCompletion(args) {
		if slices.Contains(args, "--") {
			return []string{args[0], "-", "", completionFlag} // after "--" the library would run the command
		}
		return args
	}
	flags, start := app.Flags, 1
	if at := firstArgument(app.Flags, args); at > 0 {
		if c := app.Command(args[at]); c != nil {
			flags, start = c.Flags, at+1
		}
	}
	words := slices.Clone(args[:start])
	var files []string
	ended := false
	for i := start; i < len(args); i++ {
		word := args[i]
		switch {
		case !ended && word == "--":
			ended = true
		case ended || !isOption(word):
			files = append(files, word)
		case takesNext(flags, word) && i+1 < len(args):
			words = append(words, word, args[i+1])
			i++
		default:
			words = append(words, word)
		}
	}
	if len(files) == 0 {
		return words
	}
	if start == 1 && app.Command(files[0]) != nil {
		files[0] = "./" + files[0] // a file, after options that end or begin with "--"
	}
	return append(append(words, "--"), files...)
}

// firstArgument returns the index of the first word that is neither an option
// nor the value of one, or 0 if there is none.
func firstArgument(flags []cli.Flag, args []string) int {
	for i := 1; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return 0
		case !isOption(args[i]):
			return i
		case takesNext(flags, args[i]):
			i++
		}
	}
	return 0
}

func isOption(word string) bool { return len(word) > 1 && word[0] == '-' }

// takesNext reports whether the word after an option is its value. Of short
// options in one word only the last can have one.
func takesNext(flags []cli.Flag, word string) bool {
	if takesValue(flags, word) {
		return true
	}
	return word[1] != '-' && takesValue(flags, "-"+word[len(word)-1:])
}
