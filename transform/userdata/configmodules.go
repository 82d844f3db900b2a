package userdata

import (
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// takeModules adds what the other keys of cloud-config have cloud-init do before
// the scripts run ("Module reference" in its documentation).
func (d *document) takeModules() {
	for _, name := range slices.Sorted(maps.Keys(d.config.values)) {
		v := d.config.values[name]
		at := v.text.origin(v.key)
		s := script{stage: stageWriteFiles, name: name, origin: func(int) int { return at }}
		switch name {
		case "bootcmd", "runcmd", "write_files":
			continue
		case "packages":
			s.text = packagesScript(v.value)
		case "mounts":
			s.text = mountsScript(v.value)
		case "output":
			s.text, s.stage, s.everyBoot = outputScript(v.value), stageBootcmd, true
		case "power_state":
			s.text, s.stage, s.name = conditionScript(v.value), stageScript, "~power_state"
		default:
			if !isUnknownModule(name) && !runsSomething(v.value, 0) && !namesFile(v.value, "") {
				continue
			}
			s.unknown = "what " + shown(name) + " does is not known"
		}
		if s.text != "" || s.unknown != "" {
			d.put(s)
		}
	}
}

// isUnknownModule reports whether a key is that of a module which runs commands
// that are not followed here, or installs what does. A key that no module has is
// passed over.
func isUnknownModule(name string) bool {
	switch name {
	case "ansible", "autoinstall", "chef", "drivers", "fan", "landscape", "lxd", "mcollective", "puppet", "rh_subscription", "rsyslog", "salt_minion", "snap", "snappy",
		"ubuntu_advantage", "ubuntu_pro", "vendor_data", "wireguard":
		return true
	}
	return false
}

// runsSomething reports whether the value of a key has a command, the name of a
// service or a file in it, as those of ntp, random_seed and fs_setup may.
func runsSomething(n *yaml.Node, depth int) bool {
	if n.Kind == yaml.AliasNode || depth > maxNesting {
		return true
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			switch child.Value {
			case "cmd", "command", "commands", "script", "config", "service_name", "template", "exec":
				return true
			}
		}
		if runsSomething(child, depth+1) {
			return true
		}
	}
	return false
}

// packagesScript returns the script that installs packages, or "".
func packagesScript(list *yaml.Node) string {
	var names []string
	for _, n := range list.Content {
		if n.Kind == yaml.SequenceNode && len(n.Content) > 0 { // with its version
			n = n.Content[0]
		}
		names = append(names, quoted(n.Value))
	}
	if len(names) == 0 {
		return ""
	}
	return "#!/bin/sh\nyum install -y " + strings.Join(names, " ") + "\n"
}

// mountsScript returns the script that mounts what mounts lists, and writes that
// where a node reads it at each boot. A list item is a line of fstab.
func mountsScript(list *yaml.Node) string {
	var b strings.Builder
	for _, n := range list.Content {
		if n.Kind != yaml.SequenceNode || len(n.Content) < 2 || plainType(n.Content[1]) == plainNull {
			continue
		}
		b.WriteString("mount " + quoted(n.Content[0].Value) + " " + quoted(path.Clean(n.Content[1].Value)) + "\n")
	}
	if b.Len() == 0 {
		return ""
	}
	return "#!/bin/sh\n" + b.String()
}

// outputScript returns a script of the commands that read cloud-init's output, at
// every stage (redirect_output in cloudinit/util.py): a text that begins with | is a
// command.
func outputScript(n *yaml.Node) string {
	var b strings.Builder
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		text := strings.TrimSpace(n.Value)
		switch {
		case n.Kind == yaml.MappingNode:
			for i := 1; i < len(n.Content); i += 2 {
				walk(n.Content[i])
			}
		case n.Kind != yaml.ScalarNode:
			for _, child := range n.Content {
				walk(child)
			}
		case strings.HasPrefix(text, "|"):
			b.WriteString("{ " + strings.TrimSpace(text[1:]) + "\n} </dev/null &\n")
		case strings.HasPrefix(text, ">"):
			b.WriteString("echo x " + text + "\n")
		}
	}
	walk(n)
	if b.Len() == 0 {
		return ""
	}
	return "#!/bin/sh\n" + b.String()
}

// conditionScript returns the script of the command that decides whether a node shuts
// down at the end of its first boot (cc_power_state_change.py), or "".
func conditionScript(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	condition := scalar(n, "condition")
	switch {
	case condition != nil && plainType(condition) == plainText:
		return "#!/bin/sh\n" + condition.Value + "\n"
	case condition == nil && hasKey(n, "condition"):
		return "#!/bin/sh\n" + placeholder + "\n"
	}
	return ""
}
