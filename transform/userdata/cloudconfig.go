package userdata

import (
	"strconv"
	"strings"
)

var (
	moduleKey = pattern(`^["']?(bootcmd|runcmd)["']?[ \t]*:`)
	plainKey  = pattern(`^["']?(bootcmd|runcmd)["']?[ \t]*:[ \t]*(#.*)?$`)
	flowKey   = pattern(`^["']?(bootcmd|runcmd)["']?[ \t]*:[ \t]*\[`)
	listItem  = pattern(`^([ ]*)-([ \t]|$)`)
)

// module is where cloud-config has the commands of bootcmd or runcmd.
type module struct {
	key    int    // offset of its key, -1 where it has none
	items  int    // offset of the line behind the key
	end    int    // offset behind its last line
	indent string // of its items
	plain  bool   // whether it is a block sequence, or empty
}

// findModule looks for a top-level key by its line. The text may have
// placeholders in it, so it is not parsed as YAML.
func findModule(text, name string) module {
	m := module{key: -1, indent: "  "}
	at, hasItem := 0, false
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\r\n")
		item := listItem().FindStringSubmatch(bare)
		switch {
		case m.key < 0:
			if k := moduleKey().FindStringSubmatch(bare); k != nil && k[1] == name {
				m.key, m.items, m.plain = at, at+len(line), plainKey().MatchString(bare)
			}
		case strings.TrimSpace(bare) == "" || strings.HasPrefix(strings.TrimSpace(bare), "#"):
		case !hasItem && item != nil:
			hasItem, m.indent = true, item[1]
		case bare[0] != ' ' && bare[0] != '\t' && item == nil: // the next key
			m.end = at
			return m
		case !hasItem:
			m.plain = false
		}
		at += len(line)
	}
	m.end = at
	return m
}

// kubeletStart returns the offset of the module's first line that starts the
// kubelet, or the module's end.
func (m module) kubeletStart(text string) int {
	if m.key < 0 {
		return m.end
	}
	return m.key + kubeletStart(text[m.key:m.end])
}

// has reports whether an offset is within the module.
func (m module) has(at int) bool { return m.key >= 0 && m.key <= at && at < m.end }

// runsFirst reports whether what stands at an offset of user data runs before
// anything that starts the kubelet: what comes first, but in cloud-config
// bootcmd runs before runcmd wherever it stands.
func runsFirst(text string, kind Kind, at int) bool {
	if kind == CloudConfig {
		bootcmd, runcmd := findModule(text, "bootcmd"), findModule(text, "runcmd")
		switch {
		case bootcmd.has(at):
			return at <= bootcmd.kubeletStart(text)
		case runcmd.has(at):
			return at <= runcmd.kubeletStart(text) && bootcmd.kubeletStart(text) == bootcmd.end
		}
	}
	return at <= kubeletStart(text)
}

// intoCloudConfig makes the commands the first items of runcmd, which runs
// once per instance, after bootcmd and before the scripts of a MIME document.
// A strict block, which may run at every boot, goes to bootcmd, and so does any
// where bootcmd starts the kubelet.
func intoCloudConfig(text string, block Block, commands []string) ([]Change, error) {
	name := "runcmd"
	if bootcmd := findModule(text, "bootcmd"); block.Strict || bootcmd.kubeletStart(text) < bootcmd.end {
		name = "bootcmd"
	}
	m := findModule(text, name)
	if m.key < 0 {
		return []Change{newModule(text, name, commands)}, nil
	}
	if c, ok := intoFlow(text, m, commands); ok {
		return []Change{c}, nil
	}
	if !m.plain {
		return nil, unsupportedf(CloudConfig, "its %s is no list that can be added to", name)
	}
	lines := items(commands)
	eol := eolOf(text[m.key:])
	if m.items == len(text) && !strings.HasSuffix(text, "\n") {
		return []Change{{m.items, m.items, "\n" + strings.TrimSuffix(indented(lines, m.indent, eol), eol)}}, nil
	}
	return []Change{{m.items, m.items, indented(lines, m.indent, eol)}}, nil
}

// intoFlow puts the commands behind the bracket that opens a flow sequence, on
// lines of their own between the bracket and what stood behind it.
func intoFlow(text string, m module, commands []string) (Change, bool) {
	line := text[m.key:m.items]
	k := flowKey().FindString(line)
	if k == "" || !strings.HasSuffix(line, "\n") {
		return Change{}, false
	}
	eol := eolOf(line)
	added := k + eol + indented(flowItems(commands), "  ", eol) + "  " + strings.TrimLeft(line[len(k):], " \t")
	return Change{m.key, m.items, added}, true
}

// newModule adds the key behind the header line.
func newModule(text, name string, commands []string) Change {
	header := strings.Index(text, "#cloud-config")
	added := name + ":"
	i := strings.IndexByte(text[header:], '\n')
	if i < 0 {
		return Change{len(text), len(text), "\n" + added + "\n" + strings.TrimSuffix(indented(items(commands), "  ", "\n"), "\n")}
	}
	at := header + i + 1
	eol := eolOf(text[header:])
	return Change{at, at, added + eol + indented(items(commands), "  ", eol)}
}

func indented(lines []string, indent, eol string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(indent + line + eol)
	}
	return b.String()
}

// items writes commands as items of a YAML list between the markers: each its
// own, or all of them as one literal scalar where they belong together.
func items(commands []string) []string {
	lines := []string{Begin}
	if strings.Contains(strings.Join(commands, "\n"), "<<") {
		lines = append(lines, "- |")
		for _, c := range commands {
			lines = append(lines, "  "+c)
		}
	} else {
		for _, c := range commands {
			lines = append(lines, "- "+c)
		}
	}
	return append(lines, End)
}

// flowItems writes commands as items of a YAML flow sequence.
func flowItems(commands []string) []string {
	if strings.Contains(strings.Join(commands, "\n"), "<<") {
		commands = []string{join(commands, "\n")}
	}
	lines := []string{Begin}
	for _, c := range commands {
		lines = append(lines, strconv.Quote(c)+",")
	}
	return append(lines, End)
}

// linesLike writes commands in the way in which a block is written: as items of
// a list, of a flow sequence, or as they are.
func linesLike(block string, commands []string) []string {
	for line := range strings.Lines(block) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "- "):
			return items(commands)
		case strings.HasPrefix(line, `"`) && strings.HasSuffix(line, ","):
			return flowItems(commands)
		}
	}
	return marked(commands)
}
