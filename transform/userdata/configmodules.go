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

// finalModules is the key that says which modules the last stage of cloud-init runs.
const finalModules = "cloud_final_modules"

// isUserScripts reports whether a list of modules has nothing but the scripts of users,
// perhaps at every boot ("How can I run user data after the initial launch" on AWS
// re:Post).
func isUserScripts(list *yaml.Node) bool {
	if list.Kind != yaml.SequenceNode || len(list.Content) != 1 {
		return false
	}
	n := list.Content[0]
	if n.Kind == yaml.ScalarNode {
		return n.Value == "scripts-user"
	}
	return n.Kind == yaml.SequenceNode && len(n.Content) == 2 && n.Content[0].Value == "scripts-user" && (n.Content[1].Value == "always" || n.Content[1].Value == "once-per-instance")
}

// takeFinal has the last stage of cloud-init run the scripts of users alone, as the
// value of finalModules says. What else it would have to do is left out then.
func (d *document) takeFinal(v configValue) {
	left := slices.ContainsFunc(d.scripts, func(s script) bool { return s.stage >= stagePerOnce && s.stage <= stagePerInstance })
	for _, key := range [...]string{"packages", "package_upgrade", "power_state", "write_files"} {
		_, has := d.config.values[key]
		left = left || has
	}
	if left {
		at := v.text.origin(v.key)
		d.put(script{stage: stageWriteFiles, name: finalModules, unknown: "it changes which modules of cloud-init run", origin: func(int) int { return at }})
		return
	}
	n := v.value.Content[0]
	for i := range d.scripts {
		if s := &d.scripts[i]; s.stage == stageScript && n.Kind == yaml.SequenceNode && n.Content[1].Value == "always" {
			s.everyBoot = true
		}
	}
}

// isUnknownModule reports whether a key is that of a module which runs commands
// that are not followed here, or installs what does. A key that no module has is
// passed over.
func isUnknownModule(name string) bool {
	switch name {
	case "ansible", "autoinstall", "drivers", "fan", "lxd", "rh_subscription", "rsyslog", "snap", "snappy", "ubuntu_advantage", "ubuntu_pro", "vendor_data", "wireguard":
		return true
	}
	return isAgent(name)
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
		b.WriteString("mount ")
		if len(n.Content) > 3 && plainType(n.Content[3]) != plainNull {
			b.WriteString("-o " + quoted(n.Content[3].Value) + " ")
		}
		b.WriteString(quoted(n.Content[0].Value) + " " + quoted(path.Clean(n.Content[1].Value)) + "\n")
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
