package shell

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// kills records that the script may be killed, whichever of its shells does it, and,
// if all is set, that cloud-init may be killed too, after which no script runs.
func (r *runner) kills(all bool) {
	if r.s.dead {
		return
	}
	*r.s.killed = either(*r.s.killed, "the script may have been killed earlier")
	if all {
		r.m.killed = either(r.m.killed, "cloud-init may have been killed earlier")
	}
}

// kill judges kill. What $! names runs in the background, and $$ is the script.
func (r *runner) kill(c invocation) {
	signal, targets, ok := parseKill(c.words[1:])
	if !ok || signal == "0" {
		return
	}
	source := ""
	if len(targets) == 1 && c.last != nil {
		source = parameterOf(c.last)
	}
	for _, w := range targets {
		if !(strings.HasPrefix(w.Text, "%") && w.Known()) && source != "!" {
			r.kills(source != "$")
		}
	}
}

// parseKill reads the words after kill: a signal, or "", and what it is sent to. It
// returns false if they ask for the names of signals.
func parseKill(args []Word) (signal string, targets []Word, ok bool) {
	if len(args) > 0 && strings.HasPrefix(args[0].Text, "-") && args[0].Known() && args[0].Text != "--" {
		signal, args = args[0].Text[1:], args[1:]
		switch {
		case signal == "s" || signal == "n":
			if len(args) > 0 {
				signal, args = args[0].Text, args[1:]
			}
		case strings.HasPrefix(signal, "l"), strings.HasPrefix(signal, "L"), strings.HasPrefix(signal, "-l"):
			return "", nil, false
		}
	}
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	return signal, args, true
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

// A killing is what the words of pkill or killall ask for.
type killing struct {
	program  string
	exact    bool     // a pattern is the whole name
	folds    bool     // case does not matter
	harmless bool     // it sends no signal
	patterns []string // of the names of processes
}

// parseKilling reads the words after the name of a program. It returns false if they
// may choose processes by more than their names.
func parseKilling(program string, words []Word) (k killing, ok bool) {
	k = killing{program: program, exact: program == "killall"}
	for i := 0; i < len(words); i++ {
		w := words[i].Text
		switch {
		case !words[i].Known():
			return k, false
		case w == "-s", w == "--signal":
			i++
			k.harmless = k.harmless || i < len(words) && words[i].Text == "0"
		case !strings.HasPrefix(w, "-"):
			k.patterns = append(k.patterns, w)
		case !k.option(w):
			return k, false
		}
	}
	return k, true
}

// option takes an option into account, or reports that it may choose processes by
// more than their names, as -f does.
func (k *killing) option(o string) bool {
	switch o {
	case "-0", "-l", "--list", "-V", "--version", "--help":
		k.harmless = true
	case "-x", "--exact":
		k.exact = true
	case "-r", "--regexp":
		k.exact = false
	case "-i", "-I", "--ignore-case":
		k.folds = true
	case "-q", "-w", "-e", "--":
	case "-v":
		return k.program == "killall"
	default:
		return isSignal(o) || strings.HasPrefix(o, "--signal=")
	}
	return true
}

// killByName judges pkill and killall.
func (r *runner) killByName(name string, words []Word) {
	k, ok := parseKilling(name, words)
	switch {
	case !ok:
		r.kills(true)
	case k.harmless:
	case len(k.patterns) == 0, slices.ContainsFunc(k.patterns, k.meets):
		r.kills(true)
	}
}

// isSignal reports whether an option is a signal.
func isSignal(option string) bool {
	return len(option) > 1 && option[0] == '-' && (strings.Trim(option[1:], "0123456789") == "" || len(option) > 3 && strings.ToUpper(option) == option && option[1] != '-')
}

// meets reports whether a pattern may be about a process that scripts need.
func (k killing) meets(pattern string) bool {
	if k.exact {
		pattern = "^(?:" + pattern + ")$"
	}
	if k.folds {
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
