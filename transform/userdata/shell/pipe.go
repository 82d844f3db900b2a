package shell

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// readsAll reports whether what is after a pipe reads all that is written to it. If it
// ends earlier, the signal SIGPIPE ends what goes on writing.
func (r *runner) readsAll(s *syntax.Stmt) bool {
	switch c := s.Cmd.(type) {
	case *syntax.WhileClause:
		return readsLines(c)
	case *syntax.CallExpr:
		if len(c.Args) == 0 || r.s.anyDef || r.s.funcs[c.Args[0].Lit()].bodies != nil {
			return false
		}
		var args []Word
		for _, w := range c.Args[1:] {
			args = append(args, Word{Text: literal(w)})
		}
		return readsToEnd(path.Base(c.Args[0].Lit()), args)
	}
	return false
}

// readsLines reports whether a loop is "while read", which nothing in it leaves.
func readsLines(c *syntax.WhileClause) bool {
	if c.Until || len(c.Cond) != 1 {
		return false
	}
	cond, ok := c.Cond[0].Cmd.(*syntax.CallExpr)
	if !ok || c.Cond[0].Negated || len(cond.Args) == 0 || cond.Args[0].Lit() != "read" {
		return false
	}
	stays := true
	syntax.Walk(c, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			switch call.Args[0].Lit() {
			case "break", "exit", "return", "exec", "":
				stays = false
			}
		}
		return stays
	})
	return stays
}

// isOneProgram reports whether a statement runs one program, of which nothing is left
// to do if it is ended as it writes.
func (r *runner) isOneProgram(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || r.s.anyDef {
		return ok && len(call.Args) == 0
	}
	name := path.Base(call.Args[0].Lit())
	if _, wraps := wrapperOf(name); wraps || isShell(name) || r.s.funcs[name].bodies != nil {
		return false
	}
	return !slices.Contains([]string{"eval", "source", ".", "command", "builtin", "su", "runuser"}, name)
}

// literal returns the text of a word that has no expansion, or Unknown.
func literal(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(literal(&syntax.Word{Parts: p.Parts}))
		default:
			return Unknown
		}
	}
	return b.String()
}

// readsToEnd reports whether a program reads its standard input to its end, with these
// arguments: not if they name files, and not if they have it stop.
func readsToEnd(name string, args []Word) bool {
	values, operands := "", 0
	switch name {
	case "tee", "tr":
		operands = len(args) // which are not files to read
	case "cat", "tac", "rev", "nl", "md5sum", "sha1sum", "sha256sum", "sha512sum", "base64", "gzip", "bzip2", "xz", "zstd", "uniq", "wc", "paste", "expand", "ts":
	case "logger", "systemd-cat":
		values = "tpnPfidS"
	case "cut":
		values = "dfbc"
	case "fold", "fmt", "column":
		values = "wcs"
	case "sort":
		values = "ktoST"
	case "tail":
		values = "nc"
	case "sed", "awk", "gawk", "mawk", "jq":
		operands = 1 // the script
		values = "Fv"
	case "grep", "egrep", "fgrep":
		operands = 1 // the pattern
		values = "ABC"
	default:
		return false
	}
	if !all(args, func(w string) bool { return !strings.Contains(w, Unknown) }) || stops(name, args) {
		return false
	}
	_, rest := getopt(args, values)
	return len(rest) <= operands
}

// stops reports whether arguments make a program end before its input does.
func stops(name string, args []Word) bool {
	text := join(args)
	switch name {
	case "sed":
		return strings.ContainsAny(text, "qQ")
	case "awk", "gawk", "mawk":
		return strings.Contains(text, "exit")
	case "jq":
		return strings.Contains(text, "-n") || strings.Contains(text, "halt") || strings.Contains(text, "first")
	case "grep", "egrep", "fgrep":
		return slices.ContainsFunc(args, func(w Word) bool {
			return strings.HasPrefix(w.Text, "-") && (strings.HasPrefix(w.Text, "--") || strings.ContainsAny(w.Text, "qmlLef"))
		})
	}
	return false
}
