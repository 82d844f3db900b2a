package userdata

import (
	"strconv"
	"strings"
)

var (
	plainKey = pattern(`^["']?\w+["']?[ \t]*:[ \t]*([ \t]#.*)?$`)
	nullKey  = pattern(`^(["']?\w+["']?[ \t]*:)[ \t]*(?:~|null|Null|NULL)[ \t]*$`)
	flowKey  = pattern(`^["']?\w+["']?[ \t]*:[ \t]*\[`)
	listItem = pattern(`^([ ]*)-([ \t]|$)`)
)

// module is where cloud-config has the commands of bootcmd or runcmd.
type module struct {
	key    int    // offset of the line of its key, -1 where it has none
	items  int    // offset of the line behind that
	end    int    // offset behind its last line
	indent string // of its items
	plain  bool   // whether it is a block sequence, or empty
}

// topLevel returns where the keys of cloud-config begin, behind its header and
// the mark that starts the document, and their indentation.
func topLevel(text string) (start int, indent string) {
	at := 0
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		at += len(line)
		switch {
		case strings.HasPrefix(bare, "#"), bare == "":
			if start == 0 && strings.HasPrefix(strings.ToLower(bare), "#cloud-config") {
				start = at
			}
		case bare == "---":
			start = at
		default:
			return start, line[:len(line)-len(strings.TrimLeft(line, " "))]
		}
	}
	return start, ""
}

// findModule looks for a top-level key by its line. The text may have
// placeholders in it, so it is not parsed as YAML.
func findModule(text, name string) module {
	start, margin := topLevel(text)
	m := module{key: -1, indent: margin + "  "}
	at, hasItem := start, false
	for line := range strings.Lines(text[start:]) {
		bare := strings.TrimRight(line, "\r\n")
		item := listItem().FindStringSubmatch(bare)
		inner, isTop := strings.CutPrefix(bare, margin)
		isTop = isTop && inner != "" && inner[0] != ' ' && inner[0] != '\t'
		switch {
		case m.key < 0:
			key, value, ok := strings.Cut(inner, ":")
			if isTop && ok && (value == "" || value[0] == ' ' || value[0] == '\t') && strings.Trim(strings.TrimSpace(key), `"'`) == name {
				m.key, m.items = at, at+len(line)
				m.plain = plainKey().MatchString(inner)
			}
		case strings.TrimSpace(bare) == "" || strings.HasPrefix(strings.TrimSpace(bare), "#"):
		case !hasItem && item != nil:
			hasItem, m.indent = true, item[1]
		case isTop && item == nil: // the next key
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
	return at <= kind.kubeletStart(text)
}

// intoCloudConfig makes the commands the first items of runcmd, which runs once
// per instance, after bootcmd.
// A strict block, which may run at every boot, goes to bootcmd, and so does any
// where bootcmd starts the kubelet.
func intoCloudConfig(text string, block Block, commands []string) ([]Change, error) {
	if start, _ := topLevel(text); strings.HasPrefix(strings.TrimLeft(text[start:], " \t\r\n"), "{") {
		return nil, unsupportedf(CloudConfig, "it is a flow mapping or JSON")
	}
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
	if c, ok := intoNull(text, m, commands); ok {
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
	margin := line[:len(line)-len(strings.TrimLeft(line, " "))]
	k := margin + flowKey().FindString(line[len(margin):])
	if k == margin || !strings.HasSuffix(line, "\n") {
		return Change{}, false
	}
	eol := eolOf(line)
	added := k + eol + indented(flowItems(commands), margin+"  ", eol)
	if rest := strings.TrimLeft(line[len(k):], " \t"); strings.TrimSpace(rest) != "" {
		added += margin + "  " + rest
	}
	return Change{m.key, m.items, added}, true
}

// intoNull puts the commands into the place of a null.
func intoNull(text string, m module, commands []string) (Change, bool) {
	line := text[m.key:m.items]
	bare := strings.TrimLeft(line, " ")
	k := nullKey().FindStringSubmatch(strings.TrimRight(bare, "\r\n"))
	if k == nil || !strings.HasSuffix(line, "\n") {
		return Change{}, false
	}
	eol := eolOf(line)
	return Change{m.key, m.items, line[:len(line)-len(bare)] + k[1] + eol + indented(items(commands), m.indent, eol)}, true
}

// newModule adds the key before the others.
func newModule(text, name string, commands []string) Change {
	at, margin := topLevel(text)
	if !strings.HasSuffix(text[:at], "\n") { // nothing but the header, without a line end
		return Change{len(text), len(text), "\n" + name + ":\n" + strings.TrimSuffix(indented(items(commands), "  ", "\n"), "\n")}
	}
	eol := eolOf(text)
	return Change{at, at, margin + name + ":" + eol + indented(items(commands), margin+"  ", eol)}
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
