package shell

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// kills notes that the script may be killed, whichever of its shells does it, or
// that cloud-init may be too, and no script runs after it.
func (r *runner) kills(all bool) {
	if r.s.dead {
		return
	}
	*r.s.killed = either(*r.s.killed, "the script may have been killed before")
	if all {
		r.m.killed = either(r.m.killed, "cloud-init may have been killed before")
	}
}

// kill judges kill. What $! names runs in the background, and $$ is the script.
func (r *runner) kill(c invocation) {
	args := c.words[1:]
	signal := ""
	if len(args) > 0 && strings.HasPrefix(args[0].Text, "-") && args[0].Known() && args[0].Text != "--" {
		signal, args = args[0].Text[1:], args[1:]
		if signal == "s" || signal == "n" {
			if len(args) > 0 {
				signal, args = args[0].Text, args[1:]
			}
		} else if strings.HasPrefix(signal, "l") || strings.HasPrefix(signal, "L") || strings.HasPrefix(signal, "-l") {
			return
		}
	}
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if signal == "0" {
		return
	}
	source := ""
	if len(args) == 1 && c.last != nil {
		source = parameterOf(c.last)
	}
	for _, w := range args {
		if !(strings.HasPrefix(w.Text, "%") && w.Known()) && source != "!" {
			r.kills(source != "$")
		}
	}
}

// parameterOf returns the name of the parameter that a word is the value of, or
// "".
func parameterOf(w *syntax.Word) string {
	if len(w.Parts) != 1 {
		return ""
	}
	parts := w.Parts
	if q, ok := parts[0].(*syntax.DblQuoted); ok {
		parts = q.Parts
	}
	if len(parts) != 1 {
		return ""
	}
	if p, ok := parts[0].(*syntax.ParamExp); ok && p.Param != nil && p.Exp == nil && p.Index == nil && !p.Excl && !p.Length {
		return p.Param.Value
	}
	return ""
}

// upholders are the names of processes that scripts need: shells, what starts
// them, and the scripts themselves.
var upholders = [...]string{"sh", "bash", "dash", "cloud-init", "python", "python3", "python3.9", "sudo", "systemd", "init", "runcmd", "part-001", "script.sh", "user-data", "user-data.txt"}

// killByName judges pkill and killall.
func (r *runner) killByName(name string, words []Word) {
	exact, folds, harmless := name == "killall", false, false
	var names []string
	for i := 0; i < len(words); i++ {
		w := words[i].Text
		switch {
		case !words[i].Known():
			r.kills(true)
			return
		case w == "-0", w == "-l", w == "--list", w == "-V", w == "--version", w == "--help":
			harmless = true
		case w == "-x", w == "--exact":
			exact = true
		case w == "-r", w == "--regexp":
			exact = false
		case w == "-i", w == "-I", w == "--ignore-case":
			folds = true
		case w == "-s", w == "--signal":
			i++
			harmless = harmless || i < len(words) && words[i].Text == "0"
		case isSignal(w), w == "-q", w == "-w", w == "-e", w == "-v" && name == "killall", strings.HasPrefix(w, "--signal="), w == "--":
		case strings.HasPrefix(w, "-"): // -f and what chooses by more than the name
			r.kills(true)
			return
		default:
			names = append(names, w)
		}
	}
	if harmless {
		return
	}
	if len(names) == 0 || slices.ContainsFunc(names, func(s string) bool { return meets(s, exact, folds) }) {
		r.kills(true)
	}
}

// isSignal reports whether an option is a signal.
func isSignal(option string) bool {
	return len(option) > 1 && option[0] == '-' && (strings.Trim(option[1:], "0123456789") == "" || len(option) > 3 && strings.ToUpper(option) == option && option[1] != '-')
}

// meets reports whether a pattern may be about a process that scripts need.
func meets(pattern string, exact, folds bool) bool {
	if exact {
		pattern = "^(?:" + pattern + ")$"
	}
	if folds {
		pattern = "(?i)" + pattern
	}
	p, err := regexp.Compile(pattern)
	return err != nil || slices.ContainsFunc(upholders[:], p.MatchString)
}

// ulimit judges a limit on what runs after it.
func (r *runner) ulimit(args []Word) {
	resource, value := "f", ""
	for _, w := range args {
		switch {
		case !w.Known():
			resource, value = "?", "?"
		case strings.HasPrefix(w.Text, "-"):
			if letters := strings.Trim(w.Text[1:], "HS"); letters != "" {
				resource = letters[:1]
				if len(letters) > 1 {
					value = letters[1:]
				}
			}
		default:
			value = w.Text
		}
		if hinders(resource, value) {
			r.s.ended = either(r.s.ended, "a limit before it may keep programs from running")
		}
	}
}

// hinders reports whether a limit may keep programs from running.
func hinders(resource, value string) bool {
	switch {
	case value == "", value == "unlimited", value == "hard", value == "soft", resource == "c", resource == "l":
		return false
	case resource == "n", resource == "u":
		return strings.Trim(value, "0123456789") != "" || len(value) < 3 || len(value) == 3 && value < "256"
	}
	return true
}
