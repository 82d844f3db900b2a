// Package userdata knows what a node runs of the user data of an EC2 instance, and
// where in it the iptables commands that keep pods off the instance metadata
// service must go. It sees only text, not the template around it.
//
// A text is read as what runs it would: by cloud-init on Linux ("User data
// formats" and "Merging user data sections" in its documentation, and its code
// where that says less), whose scripts come out in the order in which they run,
// and by nodeadm for NodeConfig. EC2Launch's formats on Windows and Bottlerocket's
// TOML settings are told apart and left alone.
//
// [Judge] says what is missing from what a text must do. [Protect] puts the
// commands in; what it returns has been read and judged like any user data. [Decode]
// is for user data that is literally base64. The character U+FFFC in a text stands
// for what is known only at the deployment, and one from [FirstVariable] to
// [LastVariable] for the value of one variable of CloudFormation.
//
// Offsets are in bytes of the text.
package userdata

import (
	"path"
	"strings"
)

// Kind is what reads the user data, and how.
type Kind uint8

// The kinds of user data.
const (
	Other        Kind = iota // none of these, or not known before the deployment
	ShellScript              // #!/bin/bash
	MIME                     // MIME-Version: 1.0, usually multipart/mixed
	CloudConfig              // #cloud-config
	Boothook                 // #cloud-boothook
	NodeConfig               // nodeadm's YAML alone, apiVersion: node.eks.aws/...
	Windows                  // <powershell> or <script>
	Bottlerocket             // TOML settings
)

func (k Kind) String() string {
	switch k {
	case ShellScript:
		return "shell script"
	case MIME:
		return "MIME document"
	case CloudConfig:
		return "cloud-config"
	case Boothook:
		return "cloud-boothook"
	case NodeConfig:
		return "NodeConfig"
	case Windows:
		return "Windows user data"
	case Bottlerocket:
		return "Bottlerocket settings"
	}
	return "user data"
}

// NoCommands returns the reason why user data of a kind cannot take the commands, or
// "" if it can.
func (k Kind) NoCommands() string {
	switch k {
	case Windows:
		return "Windows has no iptables, and whether a hop limit of 1 stops its pods is not known"
	case Bottlerocket:
		return "Bottlerocket runs no scripts from user data, only bootstrap containers"
	}
	return ""
}

// mimeWindow is how many bytes cloud-init searches for "MIME-Version:".
const mimeWindow = 4096

// isMessage reports whether cloud-init reads a text as a MIME message.
func isMessage(text string) bool {
	const field = "mime-version"
	text = text[:min(len(text), mimeWindow)]
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 {
			return false
		}
		if at += i; at >= len(field) && strings.EqualFold(text[at-len(field):at], field) {
			return true
		}
	}
}

// Detect returns the kind of a text, or Other and the reason why it is none of the others.
func Detect(text string) (Kind, string) { return detect(Unnamed(text)) }

// detect does what Detect does, for a text without the names of variables.
func detect(text string) (Kind, string) {
	start := strings.TrimLeft(text, " \t\r\n")
	switch {
	case start == "":
		return Other, "it is empty"
	case strings.HasPrefix(start, "${"), strings.HasPrefix(start, placeholder):
		return Other, "its content is not known before the deployment"
	case strings.HasPrefix(start, "\uFEFF"):
		return Other, "the byte order mark before its first line keeps cloud-init from running it"
	case isWindows(start):
		return Windows, ""
	case isTOML(start):
		return Bottlerocket, ""
	}
	switch t := sniff(text); t {
	case typeScript:
		return shellScript(text)
	case typeJinja:
		return jinjaKind(text)
	case typeBoothook:
		return Boothook, ""
	case typeConfig:
		return CloudConfig, ""
	case "":
		return messageKind(text, start)
	default:
		return Other, unknownTypes(t)
	}
}

// isWindows reports whether a text starts like what EC2Launch reads ("Run commands
// when you launch a Windows instance" in the Amazon EC2 User Guide).
func isWindows(start string) bool {
	lower := strings.ToLower(start[:min(len(start), mimeWindow)])
	return strings.HasPrefix(lower, "<powershell") || strings.HasPrefix(lower, "<script") ||
		strings.HasPrefix(lower, "<persist>") || strings.HasPrefix(lower, "version: 1.") && strings.Contains(lower, "task:")
}

// messageKind returns the kind of a text whose first line does not say it.
func messageKind(text, start string) (Kind, string) {
	switch {
	case isMessage(text) && len(start) == len(text):
		return MIME, ""
	case isNodeConfig(start):
		return NodeConfig, ""
	case isMessage(text):
		return Other, "white space before its MIME headers makes cloud-init read it as plain text"
	}
	return Other, "cloud-init would not run it: it has no #! line and no other header that is known"
}

// jinjaKind returns the kind of what a template for jinja renders to.
func jinjaKind(text string) (Kind, string) {
	if !isJinja(text) {
		return Other, "its jinja header is not one that cloud-init takes"
	}
	rendered, reason := renderJinja(whole(text, 0))
	if reason != "" {
		return Other, reason
	}
	switch sniff(rendered.text) {
	case typeScript:
		return shellScript(rendered.text)
	case typeConfig:
		return CloudConfig, ""
	}
	return Other, "it is a jinja template of something that cloud-init does not run"
}

// shellScript tells a script for a shell from others, which cannot take the commands.
func shellScript(text string) (Kind, string) {
	if !strings.HasPrefix(text, "#!") {
		return Other, "white space before its #! line keeps it from running"
	}
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(strings.TrimRight(line, "\r")[len("#!"):])
	for i, field := range fields {
		name := path.Base(field)
		if i == 0 && name == "env" {
			continue
		}
		if strings.HasPrefix(field, "-") {
			continue
		}
		switch name {
		case "sh", "bash", "dash", "ash", "ksh", "zsh":
			for _, argument := range fields[i+1:] {
				if argument[0] != '-' && argument[0] != '+' {
					return Other, "its #! line runs " + argument + ", not the lines below"
				}
			}
			return ShellScript, ""
		}
		return Other, "it is a script for " + name + ", not for a shell"
	}
	return Other, "its #! line names no interpreter"
}

// isTOML reports whether a text starts like Bottlerocket's settings.
func isTOML(start string) bool {
	for line := range strings.Lines(start) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "#!") && !strings.HasPrefix(line, "#cloud") {
			continue
		}
		return strings.HasPrefix(line, "[settings") || strings.HasPrefix(line, "settings.") ||
			strings.HasPrefix(line, `["settings`) || strings.HasPrefix(line, "[ settings")
	}
	return false
}

// isNodeConfig reports whether a text is nodeadm's configuration in YAML.
func isNodeConfig(start string) bool {
	for line := range strings.Lines(start) {
		line = strings.TrimSpace(line)
		if line == "" || line == "---" || line[0] == '#' {
			if strings.HasPrefix(line, "#!") || strings.HasPrefix(line, "#cloud-") {
				return false
			}
			continue
		}
		value, ok := strings.CutPrefix(line, "apiVersion:")
		return ok && strings.HasPrefix(strings.Trim(value, ` "'`), "node.eks.aws/") ||
			strings.HasPrefix(line, "kind:") && strings.Contains(line, "NodeConfig")
	}
	return false
}
