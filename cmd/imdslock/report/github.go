package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// writeGitHub writes a workflow command for every finding but the accepted, which
// GitHub shows beside the line.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func writeGitHub(w io.Writer, run Run) error {
	var b strings.Builder
	for _, c := range run.Files {
		for _, f := range c.Findings {
			level := "error"
			switch f.Kind {
			case transform.KindAccepted, KindPassed:
				continue
			case KindWarning:
				level = "warning"
			case transform.KindNote, KindUnknown:
				level = "notice"
			}
			b.WriteString(command(level, slashed(c.Path, c.Name), f.Start, f.End, "imdslock "+string(f.Rule), f.Message))
		}
	}
	for _, f := range run.Failures {
		b.WriteString(command("error", slashed(f.Path, f.Name), f.place(), f.place(), "imdslock", f.message()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// command makes one line of a runner's log. GitHub takes columns only within one
// line.
func command(level, file string, start, end cfn.Position, title, message string) string {
	text := "::" + level + " file=" + property(file)
	if start.Line > 0 {
		text += fmt.Sprintf(",line=%d,endLine=%d", start.Line, end.Line)
		if start.Line == end.Line {
			text += fmt.Sprintf(",col=%d,endColumn=%d", start.Column, end.Column)
		}
	}
	return text + ",title=" + property(title) + "::" + data(message) + "\n"
}

// data escapes the text of a command as GitHub's own toolkit does.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property escapes a property of a command as GitHub's own toolkit does.
func property(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
