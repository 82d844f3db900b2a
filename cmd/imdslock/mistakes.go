package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// optionMistake says what is wrong with an option as it was typed. The library, and
// the flag package below it, name an option with one dash, and do not say what it
// takes.
func optionMistake(flags []cli.Flag, message string) string {
	if name, ok := strings.CutPrefix(message, "flag needs an argument: -"); ok {
		name = dashed(name)
		if o, known := lookUp(flags, name); known {
			return fmt.Sprintf("%s needs a value: %s", name, o.value)
		}
		return name + " needs a value"
	}
	for _, kind := range []string{"invalid value ", "invalid boolean value "} {
		rest, ok := strings.CutPrefix(message, kind)
		quoted, err := strconv.QuotedPrefix(rest)
		if !ok || err != nil {
			continue
		}
		value, _ := strconv.Unquote(quoted)
		rest = strings.TrimPrefix(rest[len(quoted):], " for ")
		name, why, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(rest, "flag "), "-"), ": ")
		return valueMistake(flags, dashed(name), value, why)
	}
	return message
}

// valueMistake says why an option does not take a value.
func valueMistake(flags []cli.Flag, name, value, why string) string {
	o, _ := lookUp(flags, name)
	switch {
	case value == "" && o.value != "":
		return fmt.Sprintf("%s is empty: must be %s", name, o.value)
	case o.value == "":
		return fmt.Sprintf("%s=%s: must be true or false", name, value)
	case !strings.HasPrefix(why, "must be "):
		why = "must be a number" // no other value is judged this early
	}
	return fmt.Sprintf("%s %s: %s", name, value, why)
}

// dashed puts the dashes before the name of an option.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
