package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// optionMistake says what is wrong with an option in the way it is typed. The
// library, and the flag package below it, name an option with one dash and
// nothing of what it takes.
func optionMistake(flags []cli.Flag, message string) string {
	if name, ok := strings.CutPrefix(message, "flag needs an argument: -"); ok {
		name = dashed(name)
		if o, known := lookUp(flags, name); known {
			return fmt.Sprintf("%s needs a value: %s", name, o.value)
		}
		return name + " needs a value"
	}
	var value, name string
	if n, _ := fmt.Sscanf(message, "invalid value %q for flag -%s", &value, &name); n == 2 {
		name = dashed(strings.TrimSuffix(name, ":"))
		return fmt.Sprintf("%s %s: want a number", name, value) // no other value is judged this early
	}
	if n, _ := fmt.Sscanf(message, "invalid boolean value %q for -%s", &value, &name); n == 2 {
		return fmt.Sprintf("%s=%s: want true or false", dashed(strings.TrimSuffix(name, ":")), value)
	}
	return message
}

// dashed puts the dashes before the name of an option.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
