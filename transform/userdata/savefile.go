package userdata

import (
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// outputFile returns the file that iptables-save is to write (man 8 iptables-save), or
// "", and the other words.
func outputFile(words []shell.Word) (file string, rest []shell.Word) {
	for i := 0; i < len(words); i++ {
		value, joined := strings.CutPrefix(words[i].Text, "--file=")
		switch {
		case joined:
			file = value
		case (words[i].Text == "-f" || words[i].Text == "--file") && i+1 < len(words):
			i++
			file = words[i].Text
		default:
			rest = append(rest, words[i])
		}
	}
	return file, rest
}

// savesTo writes the output of iptables-save to a file, if it is to go to one, and
// returns what is left for its standard output.
func (n *node) savesTo(file, text string, s *shell.Step, sure bool) string {
	switch {
	case file == "":
		return text
	case !strings.HasPrefix(file, "/"): // in a directory that is not known here
		n.note(s.At, "which file "+s.Name()+" writes here is not known")
		return ""
	}
	n.machine.Files.Write(file, text, sure, s.At)
	return ""
}
