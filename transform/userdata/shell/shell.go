// Package shell reads a shell script and says which commands it runs, in
// order, without running any: each with its words as far as they are known, its
// place, and whether it is certain to run. It follows functions, subshells,
// here-documents, eval, files that the script writes itself, and programs that
// only run another one, such as sudo.
//
// The script is read as bash reads it (Bash Reference Manual), by
// mvdan.cc/sh/v3/syntax. What may run counts as well as what is certain to run:
// a command in a branch, a loop, a trap or the background is a [Step] too, one that
// runs [Perhaps]. Where nothing can be known of what runs, there is a Step that says
// why.
package shell

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Unknown stands in a text for a part of it that is not known: any text, or none. It
// may be in a script too, for what is known only at deployment.
const Unknown = "\uFFFC"

// A Word is a word of a command after expansion and quote removal.
type Word struct {
	Text   string // with Unknown for what is not known
	Splits bool   // it may be several words, or none
}

// Known reports whether the word is exactly its Text.
func (w Word) Known() bool { return !w.Splits && !strings.Contains(w.Text, Unknown) }

// May reports whether the word may be s.
func (w Word) May(s string) bool { return may(w.Text, s) }

// may reports whether pattern, with Unknown for any text, may be s.
func may(pattern, s string) bool {
	first, rest, wild := strings.Cut(pattern, Unknown)
	if !wild {
		return pattern == s
	}
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for {
		piece, after, more := strings.Cut(rest, Unknown)
		if !more {
			return strings.HasSuffix(s, piece)
		}
		at := strings.Index(s, piece)
		if at < 0 {
			return false
		}
		s, rest = s[at+len(piece):], after
	}
}

// Runs says whether a step runs.
type Runs uint8

// How certain it is that a step runs.
const (
	Never Runs = iota
	Perhaps
	Certainly
)

// A Step is a command that a script runs, or may run.
type Step struct {
	// Words are the command's name and its arguments. The name is that of the
	// program which runs in the end: sudo and its like are taken off.
	Words []Word

	// At is the place of the command in the script that the machine was given.
	At int

	Runs  Runs
	Doubt string // why it does not run for certain, such as "it is in a loop that may not run"

	// Unless lists commands on whose success this one does not run, if that is the
	// only reason why it does not run for certain.
	Unless []*Step

	// Stdin is what the command reads from its standard input, or nil.
	Stdin *string

	// Reason says why nothing is known of what runs here. Words may be empty then.
	Reason string

	// Fails is set by the function that the step is reported to if the command may
	// fail although its kind succeeds.
	Fails bool
}

// Name returns the last element of the command's path, or what is known of it.
func (s *Step) Name() string {
	if len(s.Words) == 0 {
		return Unknown
	}
	return path.Base(s.Words[0].Text)
}

// A Machine runs scripts one after the other. Files that a script writes are
// there for the next.
type Machine struct {
	System System
	Files  Files

	// Run is called for each step, in order. It returns what the command writes
	// to its standard output, or Unknown.
	Run func(*Step) string

	// MayEnd counts the places where a shell may end, as it does with set -e if a
	// program fails. Places with nothing between them that may matter are one. A
	// shell ends at the place with the number EndAt, and goes on at all others; the
	// first is 1, and 0 is none.
	EndAt, MayEnd int

	done, doneAt int    // how many steps may have mattered, and up to the last place
	filesAt      int    // the version of the files there
	lineAt       int    // the line that is given up there, 0 for the whole shell, -1 for one that is done
	stops        int    // how often a shell might have ended or given up a line
	lines        int    // how many lines shells have read
	ended        bool   // a shell has ended at its place
	killed       string // why no later script may run either
}

// Ends counts a place where a node may stop running scripts, as MayEnd does those of
// shells, and reports whether it is the one where it does.
func (m *Machine) Ends() bool {
	m.MayEnd++
	m.doneAt = -1 // another place comes after it
	return m.MayEnd == m.EndAt
}

// Shell runs a script, whose first line may name its interpreter. The places of
// its steps are what place returns for their offsets in the text.
func (m *Machine) Shell(text string, place func(at int) int) {
	m.Files.system = m.System
	m.doneAt = -1 // where it may end is another place than that of the script before it
	r := &runner{m: m, s: newState(), place: place, budget: new(int), isFile: true}
	*r.budget, *r.s.killed = maxSteps, m.killed
	r.script(text)
}

// Aside runs, as Shell does, a script that does not run when the others do. Doubt is
// why it may not run at all, or "" if it is certain to run.
func (m *Machine) Aside(text string, place func(at int) int, doubt string) {
	m.doneAt = -1
	r := &runner{m: m, s: newState(), place: place, budget: new(int)}
	*r.budget = maxSteps
	r.s.skipped, r.s.other = doubt, true
	r.script(text)
}

// Limits on a script, which may otherwise run for ever.
const (
	maxSteps = 20000
	maxDepth = 20
	maxCalls = 3 // of a function by itself
	maxWords = 1000
	maxText  = 1 << 14

	// maxScript is far above the 16,384 bytes that EC2 takes, and low enough for
	// the parser's stack.
	maxScript = 1 << 16
)

// parse parses a text and runs its statements in the current shell.
func (r *runner) parse(text string) {
	if r.depth++; r.depth > maxDepth {
		r.unknown(0, "its commands are nested too deeply")
		r.depth--
		return
	}
	outer, outerLine := r.token, r.line
	text, r.token = hide(text)
	stmts, err := statements(text)
	for len(stmts) > 0 {
		line := stmts[:lineOf(text, stmts)]
		stmts = stmts[len(line):]
		r.m.lines++
		r.line = r.m.lines
		r.misread(text, line)
		for _, stmt := range line {
			r.stmt(stmt)
		}
		if r.discards && r.subs == 0 {
			r.over, r.discards = "", false
		}
	}
	r.line = outerLine
	if err != nil {
		at, reason := 0, err.Error()
		var parse syntax.ParseError
		var lang syntax.LangError
		if errors.As(err, &parse) {
			at, reason = offset(parse.Pos), parse.Text
		} else if errors.As(err, &lang) {
			at = offset(lang.Pos)
		}
		r.unknown(at, "the shell cannot read it: "+reason)
	}
	r.token = outer
	r.depth--
}

func offset(p syntax.Pos) int { return int(p.Offset()) }

// hide replaces Unknown in a text by a name of as many bytes, which parses as a
// word wherever it is, and returns that name.
func hide(text string) (hidden, token string) {
	if !strings.Contains(text, Unknown) {
		return text, ""
	}
	token = "Q0Q"
	for i := 0; strings.Contains(text, token) && i < 26*26; i++ {
		token = string([]byte{'a' + byte(i%26), 'Q', 'a' + byte(i/26)})
	}
	return strings.ReplaceAll(text, Unknown, token), token
}

// show is the reverse of hide.
func (r *runner) show(text string) string {
	if r.token == "" {
		return text
	}
	return strings.ReplaceAll(text, r.token, Unknown)
}

// statements parses a text. With an error it returns the statements before it
// that a shell would have run already: it reads a line, with all of the compound
// commands in it, before it runs any of it.
func statements(text string) ([]*syntax.Stmt, error) {
	if len(text) > maxScript {
		return nil, fmt.Errorf("it is longer than %d bytes", maxScript)
	}
	var stmts []*syntax.Stmt
	var err error
	for s, e := range syntax.NewParser().StmtsSeq(strings.NewReader(text)) {
		switch { // the iterator does not allow leaving it at an error
		case err != nil:
		case e != nil:
			err = e
		default:
			stmts = append(stmts, s)
		}
	}
	if err == nil {
		return stmts, nil
	}
	for len(stmts) > 0 && !endsLine(text, stmts[len(stmts)-1]) {
		stmts = stmts[:len(stmts)-1]
	}
	return stmts, err
}

// endsLine reports whether nothing but a comment follows a statement on its line.
func endsLine(text string, s *syntax.Stmt) bool {
	line, _, more := strings.Cut(text[end(s):], "\n")
	line = strings.TrimSpace(line)
	return more && (line == "" || line == ";" || line == "&" || strings.HasPrefix(line, "#"))
}

// lineOf returns how many of the statements a shell reads before it runs the
// first: those of one line.
func lineOf(text string, stmts []*syntax.Stmt) int {
	for i, s := range stmts {
		if endsLine(text, s) {
			return i + 1
		}
	}
	return len(stmts)
}

// end returns the offset after a statement, with its here-documents.
func end(s *syntax.Stmt) int {
	last := offset(s.End())
	for _, redirect := range s.Redirs {
		if redirect.Hdoc != nil {
			last = min(last, offset(redirect.OpPos))
		}
	}
	return last
}

// emit reports a step and returns its output.
func (r *runner) emit(s *Step) string {
	if !r.spend(s.At) {
		return Unknown
	}
	s.Runs, s.Doubt = Certainly, r.s.doubt()
	switch {
	case r.over != "":
		s.Runs, s.Doubt = Never, r.over
	case r.s.dead:
		s.Runs = Never
	case s.Doubt != "":
		s.Runs = Perhaps
		if r.s.onlySkipped() {
			s.Unless = slices.Clone(r.s.unless)
		}
	}
	if s.Runs != Never && (len(s.Words) == 0 || !isReader(s.Name()) && !writes(s.Name())) {
		r.m.done++
	}
	return r.m.Run(s)
}

// spend counts what the script does and reports whether it may do more.
func (r *runner) spend(at int) bool {
	if *r.budget--; *r.budget == -1 {
		r.m.Run(&Step{At: at, Runs: Perhaps, Reason: "it has too many commands"})
	}
	return *r.budget >= 0
}

// unknown reports that nothing is known of what runs at an offset, and that
// nothing is certain after it.
func (r *runner) unknown(at int, reason string) {
	r.emit(&Step{At: r.place(at), Reason: reason})
	r.s.havoc()
	r.s.ended = "what runs before it is not known"
}
