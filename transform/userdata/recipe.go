package userdata

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// maxRecipe is roughly the number of places after rules by hand that are tried.
const maxRecipe = 8

// recipePlaces returns the places after the commands by hand that set up rules
// before anything may start the kubelet: after the last of them, or else after
// an earlier one.
func (d *document) recipePlaces(want Block) []place {
	commands := d.recipe(want)
	if len(commands) == 0 {
		return nil
	}
	var places []place
	var taken []int
	stmts := d.statements()
	for _, at := range slices.Backward(commands) {
		for _, p := range d.after(at, stmts) {
			if !slices.Contains(taken, p.at) {
				taken = append(taken, p.at)
				places = append(places, place{errexit: p.errexit, changes: p.changes})
			}
		}
		if len(taken) >= maxRecipe {
			break
		}
	}
	return places
}

// recipe returns the places of the commands that have to do with rules, up to the
// first that may start the kubelet.
func (d *document) recipe(want Block) []int {
	var found []int
	n := newNode(want)
	n.machine.Run = func(s *shell.Step) string {
		out := n.step(s)
		if !n.started && s.Runs != shell.Never && isAboutRules(s) {
			found = append(found, s.At)
		}
		return out
	}
	n.runScripts(d.scripts)
	return found
}

// isAboutRules reports whether a command is one of those that a recipe for rules
// consists of.
func isAboutRules(s *shell.Step) bool {
	switch name := s.Name(); name {
	case "systemctl", "service", "yum", "dnf":
		return slices.ContainsFunc(s.Words[1:], func(w shell.Word) bool { return strings.Contains(w.Text, "iptables") })
	default:
		return strings.Contains(name, "iptables") || strings.Contains(name, "ip6tables")
	}
}

// An insertion is a place for lines between two lines of user data.
type insertion struct {
	text    string // the user data
	line    int    // where the line before begins
	at      int    // where it ends
	errexit bool
}

// A statement is one of a script that is not part of another.
type statement struct {
	first, last int  // where its first and its last byte come from
	errexit     bool // the script ends if it fails
}

// statements returns the statements of all scripts.
func (d *document) statements() []statement {
	var all []statement
	for _, s := range d.scripts {
		file, err := syntax.NewParser().Parse(strings.NewReader(s.text), "")
		if err != nil {
			continue
		}
		errexit := endsAtError(s.text)
		for _, stmt := range file.Stmts {
			all = append(all, statement{s.origin(int(stmt.Pos().Offset())), s.origin(endOf(stmt) - 1), errexit})
			errexit = setsErrexit(stmt, errexit)
		}
	}
	return all
}

// after returns the places after the command at an offset: after the statement
// that it is part of, or else after its line.
func (d *document) after(at int, stmts []statement) []insertion {
	line := d.lineOf(at)
	for _, s := range stmts {
		if s.first <= at && at <= s.last {
			end := d.lineOf(s.last)
			end.line = d.lineOf(s.first).line
			end.errexit, line.errexit = s.errexit, s.errexit
			return []insertion{end, line}
		}
	}
	return []insertion{line}
}

// endOf returns the offset after a statement and its here-documents.
func endOf(stmt *syntax.Stmt) int {
	end := stmt.End()
	syntax.Walk(stmt, func(n syntax.Node) bool {
		if r, ok := n.(*syntax.Redirect); ok && r.Hdoc != nil && r.Hdoc.End().After(end) {
			end = r.Hdoc.End()
		}
		return true
	})
	return int(end.Offset())
}

// lineOf returns the place after the line of an offset.
func (d *document) lineOf(at int) insertion {
	i := insertion{text: d.text, at: len(d.text)}
	i.line = strings.LastIndexByte(d.text[:at], '\n') + 1
	if end := strings.IndexByte(d.text[at:], '\n'); end >= 0 {
		i.at = at + end + 1
	}
	return i
}

// setsErrexit reports whether a script ends at the first error after a statement.
func setsErrexit(stmt *syntax.Stmt, before bool) bool {
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 || call.Args[0].Lit() != "set" {
		return before
	}
	on := true
	for _, arg := range call.Args[1:] {
		option := arg.Lit()
		if option == "--" {
			break // what follows are arguments
		}
		if isOption := strings.HasPrefix(option, "-") || strings.HasPrefix(option, "+"); isOption {
			on = option[0] == '-'
			if !strings.Contains(option, "e") {
				continue
			}
		} else if option != "errexit" {
			continue
		}
		before = on
	}
	return before
}

// changes returns the changes that put commands there, written like the line before.
func (i insertion) changes(commands []string) []Change {
	before := i.text[i.line:i.at]
	eol := eolOf(before)
	bare := strings.TrimLeft(before, " \t")
	out := indented(linesLike(before, commands), before[:len(before)-len(bare)], eol)
	if !strings.HasSuffix(before, "\n") { // the last line, which has no end
		out = eol + strings.TrimSuffix(out, eol)
	}
	return []Change{{i.at, i.at, out}}
}
