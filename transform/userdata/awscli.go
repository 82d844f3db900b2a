package userdata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/calls"
	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// An awsCall is what the words after aws ask for ("Command structure in the AWS CLI" in
// the AWS CLI User Guide), or those after eksctl, whose service is a verb.
type awsCall struct {
	service, operation shell.Word
	text               string // the call without values, as package calls reads it
}

// elsewhere is how code, and so a call on one line, spells arguments that are not seen.
const elsewhere = "**"

// parseAWS reads the words after the name of a client. Options may stand before the
// service and the operation, also in a variable that is not known.
func parseAWS(name string, words []shell.Word) awsCall {
	var c awsCall
	c.service, words = awsOperand(words)
	c.operation, words = awsOperand(words)
	line := []string{name, c.service.Text, c.operation.Text}
	for i, w := range words {
		isValue := i > 0 && strings.HasPrefix(words[i-1].Text, "--")
		switch option, _, _ := strings.Cut(w.Text, "="); {
		case strings.HasPrefix(option, "-"):
			line = append(line, option)
		case w.Splits && !isValue:
			line = append(line, elsewhere)
		}
	}
	c.text = strings.Join(line, " ")
	return c
}

// awsOperand returns the first word that is no option, nor the value of one, and the words
// after it.
func awsOperand(words []shell.Word) (operand shell.Word, rest []shell.Word) {
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		switch {
		case strings.HasPrefix(w.Text, "-"):
			if !strings.Contains(w.Text, "=") && !isAWSFlag(w.Text) {
				words = words[min(1, len(words)):]
			}
		case w.Splits && len(words) > 0 && words[0].Known() && !strings.HasPrefix(words[0].Text, "-"):
		default:
			return w, words
		}
	}
	return shell.Word{}, nil
}

// isAWSFlag reports whether a global option of the AWS CLI has no value.
func isAWSFlag(option string) bool {
	return strings.HasPrefix(option, "--no-") || slices.Contains([]string{"--debug", "--version", "--cli-auto-prompt", "--v2-debug"}, option)
}

// unseen says what a call may do beyond the commands that are judged, or "".
func (c awsCall) unseen(name string) string {
	if !c.service.Known() || !c.operation.Known() {
		return "what " + name + " calls here is not known"
	}
	if what := cmp.Or(calls.Opens(c.text, nil), calls.Launches(c.text)); what != "" {
		return "the command here " + what
	}
	return ""
}

// callsAPI judges a call of a client of AWS's API. One that restarts instances, or stops
// them, is a reboot, for a node seldom restarts others. That the node joins a cluster
// by it is a guess.
func (n *node) callsAPI(name string, s *shell.Step) {
	c := parseAWS(name, s.Words[1:])
	if c.operation.Text == "reboot-instances" || c.operation.Text == "stop-instances" && n.depth == 0 {
		n.guesses++
		n.start(kubeletService)
		return
	}
	if why := c.unseen(name); why != "" {
		n.opens(s.At, why)
	}
	n.program(name, s)
}
