package userdata

import (
	"path"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// program judges a program whose name has nothing to do with the packet filter.
func (n *node) program(name string, s *shell.Step) {
	words := s.Words[1:]
	if path.Dir(s.Words[0].Text) == "/etc/init.d" || strings.HasSuffix(name, ".init") {
		unit := shell.Word{Text: strings.TrimSuffix(name, ".init")}
		n.serviceCommand(s, append([]shell.Word{unit}, words...), n.sure(s))
		return
	}
	if n.mayStart(s) {
		n.start(startedBy(name, words))
		if isOfImage(s.Words[0].Text) {
			return
		}
	}
	if isScript(s.Words[0].Text) && looksLikeFilter(words) {
		n.doubt()
	}
	if strings.HasPrefix(name, "-") { // after a word that is not known
		return
	}
	reason := unknownProgram(name, s)
	switch {
	case reason != "":
		n.note(s.At, reason)
	case name == "crontab":
		n.crontab(s)
	case replacesIPTables(name, words):
		n.why = "the command here may have another program run in place of iptables"
		n.doubt()
		n.note(s.At, "what "+name+" does to the rules is not known")
	}
}

// unknownProgram says what is not known of what a program does, or "".
func unknownProgram(name string, s *shell.Step) string {
	words := s.Words[1:]
	switch {
	case isScript(s.Words[0].Text) || !shell.Known(name) && !interprets(name):
		return "what " + shown(s.Words[0].Text) + " does is not known"
	case interprets(name) && !harmlessText(name, s):
		return "what " + name + " runs is not known"
	case isContainerRun(name, words):
		return "what the container does that " + name + " runs here with rights on the node is not known"
	case name == "nc" || name == "ncat":
		if serves(words) {
			return "what " + name + " serves here is not known"
		}
	case shell.RunsOthers(name, words):
		return "what " + name + " runs or writes here is not known"
	}
	return ""
}

// serves reports whether nc has an option that makes it listen, or run a program.
func serves(words []shell.Word) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool {
		return strings.HasPrefix(w.Text, "-") && strings.ContainsAny(w.Text, "lec")
	})
}

// replacesIPTables reports whether a program may have the node run another program
// in the place of iptables, or the kernel one in the place of modprobe.
func replacesIPTables(name string, words []shell.Word) bool {
	switch name {
	case "sysctl":
		return slices.ContainsFunc(words, func(w shell.Word) bool { return runsByKernel(w.Text) })
	case "update-alternatives", "alternatives":
		return mentionsAny(words, "tables", shell.Unknown)
	}
	return false
}

// mentionsAny reports whether one of the words has one of the texts in it.
func mentionsAny(words []shell.Word, texts ...string) bool {
	for _, w := range words {
		for _, text := range texts {
			if strings.Contains(w.Text, text) {
				return true
			}
		}
	}
	return false
}

// isContainerRun reports whether a program may run a container that can change the
// node, or one that is not known: with options beyond those that keep it apart.
func isContainerRun(name string, words []shell.Word) bool {
	switch name {
	case "docker", "podman", "nerdctl", "ctr":
	default:
		return false
	}
	verb := ""
	for i, w := range words {
		isValue := i > 0 && takesValue(words[i-1].Text)
		switch {
		case verb == "run":
			return name == "ctr" || !isKeptApart(words[i:])
		case verb != "" || strings.HasPrefix(w.Text, "-") || isValue:
		default:
			switch verb = w.Text; verb {
			case "run", "pull", "push", "login", "logout", "images", "image", "ps", "info", "version", "build", "tag", "rmi", "rm", "stop", "kill", "logs", "inspect", "network", "volume", "load", "save", "system", "stats", "events", "search":
			default:
				return true
			}
		}
	}
	return verb == "run"
}

// isKeptApart reports whether the words after docker run give the container, whose image
// is the first that is no option, no rights on the node.
func isKeptApart(words []shell.Word) bool {
	for len(words) > 0 && strings.HasPrefix(words[0].Text, "-") {
		option := words[0].Text
		if !keepsApart(option) {
			return false
		}
		words = words[1:]
		if !isFlag(option) && !strings.Contains(option, "=") && len(words) > 0 {
			words = words[1:]
		}
	}
	return len(words) > 0
}

// isFlag reports whether an option of docker run has no value.
func isFlag(option string) bool {
	switch option {
	case "-d", "--detach", "-i", "-t", "-it", "-ti", "-dt", "-dit", "-itd", "-di", "--rm", "--init", "-q", "--quiet", "--read-only":
		return true
	}
	return false
}

// keepsApart reports whether an option of docker run gives a container no rights on
// the node.
func keepsApart(option string) bool {
	name, value, _ := strings.Cut(option, "=")
	switch name {
	case "-d", "--detach", "-i", "-t", "-it", "-ti", "-dt", "-dit", "-itd", "-di", "--rm", "--name", "-e", "--env", "--env-file", "-p", "--publish", "--restart", "-w", "--workdir", "-l", "--label", "--memory", "-m", "--cpus",
		"--log-driver", "--log-opt", "--init", "-q", "--quiet", "--pull", "--platform", "--entrypoint", "-h", "--hostname", "--read-only", "--user", "-u":
		return true
	case "--privileged":
		return value == "false"
	}
	return false
}

// takesValue reports whether an option before the verb of docker takes the next word
// as its value.
func takesValue(option string) bool {
	switch option {
	case "-H", "--host", "-c", "--context", "--config", "-l", "--log-level", "-n", "--namespace", "--address", "-a":
		return true
	}
	return false
}

// crontab judges a table for cron that is installed by crontab.
func (n *node) crontab(s *shell.Step) {
	text, from := shell.Unknown, ""
	for _, w := range s.Words[1:] {
		switch {
		case w.Text == "-l" || w.Text == "-r":
			return
		case !strings.HasPrefix(w.Text, "-"):
			from = w.Text
		case w.Text == "-":
			from = "-"
		}
	}
	if known, ok := n.file(from); ok {
		text = known
	} else if s.Stdin != nil && (from == "" || from == "-") {
		text = *s.Stdin
	}
	if strings.Trim(text, shell.Unknown+" \n") == "" && strings.Contains(text, shell.Unknown) {
		n.note(s.At, "what cron runs from the table that is installed here is not known")
		return
	}
	n.cronTable("/var/spool/cron/root", text)
}

// harmlessText reports whether the text that an interpreter is given on its command
// line is known, and can run no other program and write no file.
func harmlessText(name string, s *shell.Step) bool {
	words := s.Words[1:]
	if len(words) == 0 && s.Stdin == nil {
		return true
	}
	for i, w := range words {
		after := shell.Word{Text: shell.Unknown}
		if i+1 < len(words) {
			after = words[i+1]
		}
		switch {
		case slices.Contains([]string{"-V", "--version", "-v"}, w.Text):
			return len(words) == 1
		case w.Text == "-m":
			return slices.Contains([]string{"pip", "json.tool", "venv", "ensurepip"}, after.Text)
		case w.Text == optionOfText(name):
			return isPureText(after.Text)
		case strings.HasPrefix(w.Text, "-c") && strings.HasPrefix(name, "python"):
			return isPureText(w.Text)
		case !isOptionBeforeText(name, w.Text):
			return false
		}
	}
	return false
}

// optionOfText returns the option after which an interpreter has its program as a text.
func optionOfText(name string) string {
	for _, prefix := range [...]string{"perl", "ruby", "node"} {
		if strings.HasPrefix(name, prefix) {
			return "-e"
		}
	}
	return "-c"
}

// isOptionBeforeText reports whether a word before the program of an interpreter is an
// option that neither loads nor runs another.
func isOptionBeforeText(name, option string) bool {
	letters := "" // of shells -e ends them at errors, and -s reads another text
	switch {
	case strings.HasPrefix(name, "python"):
		letters = "EIsuBSqO"
	case strings.HasPrefix(name, "perl"), strings.HasPrefix(name, "ruby"):
		letters = "pnlawi0.bak"
	}
	rest, ok := strings.CutPrefix(option, "-")
	return ok && rest != "" && strings.Trim(rest, letters) == ""
}

// changesByAPI are the calls of a client of AWS's API, as boto3 names them, by which a
// script in another language may change instances, what launches them, or a cluster.
var changesByAPI = pattern(`\b(?:modify|create|update|run|start|send|associate|attach|authorize|replace|register|execute|request|enable|set|invoke|reset)_[a-z]`)

// isPureText reports whether the text of a program for an interpreter only computes, as
// far as its words show: none of them runs another program or changes a file.
func isPureText(text string) bool {
	if changesByAPI().MatchString(text) {
		return false
	}
	for _, word := range [...]string{"rename", "kill", "link", "truncate", "socket", "http.server", "listen", "os.", "import os", "subprocess", "system", "exec", "open", "eval", "popen", "spawn", "pack", "fork", "write", "unlink", "require", "qx", "`", shell.Unknown, "__", "ctypes", "shutil", "pathlib"} {
		if strings.Contains(text, word) {
			return false
		}
	}
	return true
}
