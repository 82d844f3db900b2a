package userdata

import (
	"cmp"
	"fmt"
	"strings"
)

// A Change replaces the bytes Start to End of a text.
type Change struct {
	Start, End int
	Text       string
}

// Apply returns text with changes made, which must be in order.
func Apply(text string, changes []Change) string {
	var b strings.Builder
	at := 0
	for _, c := range changes {
		b.WriteString(text[at:c.Start])
		b.WriteString(c.Text)
		at = c.End
	}
	return b.String() + text[at:]
}

// Unsupported says why user data cannot take the block.
type Unsupported struct {
	Kind   Kind
	Reason string
}

func (u *Unsupported) Error() string { return u.Reason }

// Protect returns the changes that put the block into a text, in order: before
// all that is there already, so before anything that starts the kubelet. There
// are none where the block stands as it should, or where rules written by hand
// do the same before the kubelet starts. A block with other options is
// rewritten where it stands, but see Block.OrStrict. The error is an [*Unsupported].
//
//   - In a shell script it comes right behind the #! line.
//   - A multipart MIME document gets a part text/x-shellscript of its own, the
//     first: cloud-init runs the scripts in the order of the parts.
//   - In cloud-config the commands become items of runcmd, or of bootcmd where
//     those start the kubelet, and for a strict block.
//   - NodeConfig alone becomes a MIME document with that part before it.
func Protect(text string, block Block) ([]Change, error) {
	kind, reason := Detect(text)
	if reason = cmp.Or(reason, kind.NoCommands()); reason != "" {
		return nil, &Unsupported{kind, reason}
	}
	if start, end, indent, ok := kind.find(text); ok && runsFirst(text, kind, start) {
		if block.OrStrict && isStrict(text[start:end]) {
			return nil, nil
		}
		c := block.rewrite(text, kind, start, end, indent)
		if c.Text == text[start:end] {
			return nil, nil
		}
		if _, _, _, again := find(text[end:]); again {
			return nil, unsupportedf(kind, "the marked block stands in it twice: remove one of them")
		}
		return []Change{c}, nil
	}
	commands := block.commands(rulesIn(shellText(text[:kind.kubeletStart(text)], kind)), endsAtError(text))
	if len(commands) == 0 {
		return nil, nil
	}
	switch kind {
	case ShellScript:
		return []Change{intoScript(text, 1, commands)}, nil
	case Boothook:
		header := strings.TrimLeft(text, " \t\r\n")
		lines := 1 + strings.Count(text[:len(text)-len(header)], "\n")
		if _, second, _ := strings.Cut(header, "\n"); strings.HasPrefix(second, "#!") {
			lines++
		}
		return []Change{intoScript(text, lines, commands)}, nil
	case MIME:
		return intoMIME(text, block, commands)
	case CloudConfig:
		return intoCloudConfig(text, block, commands)
	default:
		return intoNodeConfig(text, commands), nil
	}
}

// rewrite replaces the block that is there. What it is written as, commands
// or items of a list, stays.
func (b Block) rewrite(text string, kind Kind, start, end int, indent string) Change {
	eol := eolOf(text[start:end])
	before := text[:start]
	commands := b.commands(rulesIn(shellText(before+text[end:max(end, kind.kubeletStart(text))], kind)), endsAtError(text))
	if len(commands) == 0 {
		return Change{start, end, ""}
	}
	lines := linesLike(text[start:end], commands)
	if b.Strict && lines[1] == commands[0] {
		indent = "" // a here-document ends at the margin only
	}
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(indent + line + eol)
	}
	if !strings.HasSuffix(text[start:end], "\n") {
		return Change{start, end, strings.TrimSuffix(out.String(), eol)}
	}
	return Change{start, end, out.String()}
}

// intoScript puts the block behind the first lines of a script.
func intoScript(text string, lines int, commands []string) Change {
	at := 0
	for range lines {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 { // the script ends there, without a line end
			return Change{len(text), len(text), "\n" + strings.Join(marked(commands), "\n")}
		}
		at += i + 1
	}
	return Change{at, at, join(marked(commands), eolOf(text[:at]))}
}

// marked puts the commands between the markers.
func marked(commands []string) []string {
	lines := append([]string{Begin}, commands...)
	return append(lines, End)
}

// join makes a text of lines.
func join(lines []string, eol string) string {
	return strings.Join(lines, eol) + eol
}

// eolOf returns how the first line of a text ends.
func eolOf(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// unsupportedf makes an [*Unsupported].
func unsupportedf(kind Kind, format string, args ...any) error {
	return &Unsupported{kind, fmt.Sprintf(format, args...)}
}
