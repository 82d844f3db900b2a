package shell

import (
	"path"
	"strings"
)

// An interpreter is what the kernel starts for a script.
type interpreter struct {
	name   string // of the program, or what is known of it
	option string // its one argument before the path of the script, or ""
	never  string // why nothing runs, or ""
}

// interpreterOf reads the #! line of a script as the kernel does (execve(2)): the
// first word is the path of the interpreter, and all that is after it is one
// argument. A script without such a line is for sh.
func interpreterOf(text string) interpreter {
	line, _, _ := strings.Cut(text, "\n")
	if !strings.HasPrefix(line, "#!") {
		return interpreter{name: "sh"}
	}
	line = strings.Trim(line[len("#!"):], " \t")
	program, option := line, ""
	if at := strings.IndexAny(line, " \t"); at >= 0 {
		program, option = line[:at], strings.Trim(line[at:], " \t")
	}
	i := interpreter{name: path.Base(program), option: option}
	switch {
	case program == "" || strings.Contains(line, Unknown):
		i.name = Unknown
	case !strings.HasPrefix(program, "/"):
		i.never = "the kernel does not find its interpreter " + program
	case isShell(i.name) && !isStandard(program):
		i.never = "the node may not have its interpreter " + program
	case strings.ContainsAny(program, "\r\x00"):
		i.never = "its #! line ends in a carriage return"
	case i.name == "env":
		i.env()
	}
	return i
}

// env makes the argument of env the interpreter. It is one name, even with blanks in
// it.
func (i *interpreter) env() {
	program := i.option
	i.name, i.option = path.Base(program), ""
	switch {
	case strings.HasPrefix(program, "-S"), strings.HasPrefix(program, "--split-string"):
		i.never = "env does not know the option -S on every node"
	case program == "" || strings.HasPrefix(program, "-") || strings.Contains(program, "="):
		i.never = "env runs no interpreter"
	case strings.ContainsAny(program, " \t\r"):
		i.never = "env does not find a program of the name " + strings.TrimSpace(program)
	}
}

// isStandard reports whether a program of Linux is at a path on every node.
func isStandard(program string) bool {
	switch program {
	case "/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash":
		return true
	}
	return false
}

// isShell reports whether a name is that of a shell which reads scripts as bash
// does.
func isShell(name string) bool {
	switch name {
	case "sh", "bash", "dash", "ash", "rbash":
		return true
	}
	return false
}

// refuses says why a shell does not run the script that follows its one
// argument, or "".
func refuses(name, option string) string {
	switch {
	case option == "", option == "-", option == "--":
		return ""
	case strings.HasPrefix(option, "--"):
		if name == "bash" && isLongOption(option) {
			return ""
		}
	case option[0] == '-' || option[0] == '+':
		// c, s, n, t and D run nothing of the script, o and O take its path for
		// their value.
		if strings.Trim(option[1:], "abefhkmuvxlipBCEHPTr") == "" {
			return ""
		}
	}
	return name + " " + option + " does not run the script"
}

// script runs a text as a program of its own.
func (r *runner) script(text string) {
	i := interpreterOf(text)
	reason := i.never
	switch {
	case reason != "":
	case !isShell(i.name):
		reason = "it is a script for " + strings.ReplaceAll(i.name, Unknown, "an interpreter that is not known")
	default:
		reason = refuses(i.name, i.option)
	}
	if reason != "" {
		r.emit(&Step{Words: []Word{{Text: Unknown}, {Text: text}}, At: r.place(0), Reason: reason})
		return
	}
	r.speaks(i.name)
	r.s.posix = r.s.posix || i.option == "--posix"
	if !strings.HasPrefix(i.option, "--") && len(i.option) > 1 {
		r.set([]Word{{Text: "set"}, {Text: i.option}})
	}
	r.parse(text)
	r.finish()
}
