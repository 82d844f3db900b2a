// Package userdata knows what is inside the user data of an EC2 instance, and
// where in it the iptables commands that keep pods off the instance metadata
// service have to stand. It sees text only, not the template around it.
//
// What is read how is cloud-init's business on Linux (see "User data formats"
// in its documentation), nodeadm's for NodeConfig, EC2Launch's on Windows and
// Bottlerocket's own for its TOML settings.
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

// NoCommands says why user data of a kind cannot run the commands, or is "".
func (k Kind) NoCommands() string {
	switch k {
	case Windows:
		return "Windows has no iptables"
	case Bottlerocket:
		return "Bottlerocket runs no commands from user data"
	}
	return ""
}

// placeholder stands in a text for what the template does not show.
const placeholder = "\uFFFC"

// mimeWindow is how many bytes cloud-init searches for "MIME-Version:".
const mimeWindow = 4096

// Detect returns the kind of a text, or Other and what stands against it.
func Detect(text string) (Kind, string) {
	start := strings.TrimLeft(text, " \t\r\n")
	lower := strings.ToLower(start[:min(len(start), mimeWindow)])
	switch {
	case start == "":
		return Other, "it is empty"
	case strings.HasPrefix(start, "${"), strings.HasPrefix(start, placeholder):
		return Other, "what it is is not known before the deployment"
	case strings.HasPrefix(lower, "<powershell") || strings.HasPrefix(lower, "<script") ||
		strings.HasPrefix(lower, "<persist>") || strings.HasPrefix(lower, "version: 1.") && strings.Contains(lower, "task:"):
		return Windows, ""
	case isTOML(start):
		return Bottlerocket, ""
	case strings.HasPrefix(start, "#!"):
		return shellScript(text)
	case strings.HasPrefix(start, "#cloud-boothook"):
		return Boothook, ""
	case strings.HasPrefix(lower, "#include"):
		return Other, "it is an #include list, and what that fetches is not known"
	case strings.HasPrefix(lower, "#cloud-config-archive"):
		return Other, "it is a cloud-config-archive"
	case strings.HasPrefix(lower, "#cloud-config"), strings.HasPrefix(lower, "## template: jinja\n#cloud-config"):
		return CloudConfig, ""
	case isNodeConfig(start):
		return NodeConfig, ""
	case strings.Contains(lower, "mime-version:"):
		if len(start) != len(text) {
			return Other, "white space before its MIME headers makes cloud-init read it as plain text"
		}
		return MIME, ""
	}
	return Other, "cloud-init would not run it: it has no #! line and no other header that is known"
}

// shellScript tells a shell's script from others, which the commands are not for.
func shellScript(text string) (Kind, string) {
	if !strings.HasPrefix(text, "#!") {
		return Other, "white space before its #! line keeps it from running"
	}
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line[len("#!"):])
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
