package main

import (
	"slices"

	"github.com/urfave/cli/v2"
)

// optionsFirst returns a command line in the order that the library reads:
// the command, its options, "--", and what else there is. Options may come
// before and after files until a "--". Those before a command stay there. For a
// question for completion it returns the command and what else there is, without
// options, whose values may be yet to come.
func optionsFirst(app *cli.App, args []string) []string {
	if isCompletion(args) {
		if slices.Contains(args, "--") {
			return []string{args[0], "-", "", completionFlag} // after "--" the library would run the command
		}
		flags, start := commandOf(app, args)
		_, files := parted(flags, args[start:len(args)-1])
		return slices.Concat(args[:1], args[max(start-1, 1):start], files, []string{completionFlag})
	}
	flags, start := commandOf(app, args)
	words, files := parted(flags, args[start:])
	if len(files) == 0 {
		return slices.Concat(args[:start], words)
	}
	if start == 1 && app.Command(files[0]) != nil {
		files[0] = "./" + files[0] // a file, after "--"
	}
	return slices.Concat(args[:start], words, []string{"--"}, files)
}

// commandOf returns the options of the command that a command line names, and
// the index of the word after its name; 1 if it names none.
func commandOf(app *cli.App, args []string) (flags []cli.Flag, start int) {
	if at := firstArgument(app.Flags, args); at > 0 {
		if c := app.Command(args[at]); c != nil {
			return c.Flags, at + 1
		}
	}
	return app.Flags, 1
}

// parted parts words into options with their values, and all others.
func parted(flags []cli.Flag, args []string) (words, files []string) {
	for i := 0; i < len(args); i++ {
		switch word := args[i]; {
		case word == "--":
			return words, append(files, args[i+1:]...)
		case !isOption(word):
			files = append(files, word)
		case takesNext(flags, word) && i+1 < len(args):
			words = append(words, word, args[i+1])
			i++
		default:
			words = append(words, word)
		}
	}
	return words, files
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

// takesNext reports whether the word after an option is its value. Only the last of
// several short options in one word can have one.
func takesNext(flags []cli.Flag, word string) bool {
	if takesValue(flags, word) {
		return true
	}
	return word[1] != '-' && takesValue(flags, "-"+word[len(word)-1:])
}
