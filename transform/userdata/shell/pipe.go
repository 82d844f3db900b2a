package shell

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// readsAll reports whether what is after a pipe reads all that is written to it. If it
// ends before, the signal SIGPIPE ends what writes on.
func (r *runner) readsAll(s *syntax.Stmt) bool {
	switch c := s.Cmd.(type) {
	case *syntax.WhileClause:
		return true // as "while read" does
	case *syntax.CallExpr:
		if len(c.Args) == 0 || r.s.anyDef || r.s.funcs[c.Args[0].Lit()].bodies != nil {
			return false
		}
		var args []string
		for _, w := range c.Args[1:] {
			args = append(args, literal(w))
		}
		return readsToEnd(path.Base(c.Args[0].Lit()), args)
	}
	return false
}

// isOneProgram reports whether a statement runs one program, so that nothing of it is
// left to do where it is ended as it writes.
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
// arguments.
func readsToEnd(name string, args []string) bool {
	all := strings.Join(args, " ")
	switch name {
	case "tee", "cat", "logger", "systemd-cat", "tr", "cut", "sort", "uniq", "wc", "tac", "rev", "nl", "fold", "fmt", "column", "paste", "expand", "base64", "gzip", "bzip2", "xz", "zstd", "jq", "ts", "tail",
		"md5sum", "sha1sum", "sha256sum", "sha512sum", "xargs", "dd", "bash", "sh":
		return !strings.Contains(all, Unknown)
	case "sed":
		return !strings.ContainsAny(all, "qQ"+Unknown)
	case "awk", "gawk", "mawk":
		return !strings.Contains(all, "exit") && !strings.Contains(all, Unknown)
	case "grep", "egrep", "fgrep":
		for _, a := range args {
			if strings.HasPrefix(a, "--") && !strings.HasPrefix(a, "--line") && !strings.HasPrefix(a, "--color") || strings.HasPrefix(a, "-") && strings.ContainsAny(a, "qmlL"+Unknown) {
				return false
			}
		}
		return true
	}
	return false
}
