package shell

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// outputs returns what the commands of a substitution may well write that is not a number
// to calculate with: nothing, if what they ask for is not there; the number 0; one that
// begins with 0, which is octal. The last of the commands counts.
func (r *runner) outputs(stmts []*syntax.Stmt, depth int) []string {
	if len(stmts) == 0 || depth > maxCalls {
		return nil
	}
	last := stmts[len(stmts)-1]
	switch c := last.Cmd.(type) {
	case nil: // $(<file)
		if len(last.Redirs) == 1 {
			return r.ofFiles([]string{literal(last.Redirs[0].Word)})
		}
	case *syntax.CallExpr:
		return r.outputsOf(c, depth)
	case *syntax.Block:
		return r.outputs(c.Stmts, depth+1)
	case *syntax.Subshell:
		return r.outputs(c.Stmts, depth+1)
	case *syntax.BinaryCmd:
		return r.outputsOfTwo(c, depth)
	}
	return nil
}

// outputsOfTwo is outputs for a pipeline or a list.
func (r *runner) outputsOfTwo(c *syntax.BinaryCmd, depth int) []string {
	first := func() []string { return r.outputs([]*syntax.Stmt{c.X}, depth+1) }
	second := r.outputs([]*syntax.Stmt{c.Y}, depth+1)
	name, _ := callOf(c.Y)
	switch c.Op {
	case syntax.OrStmt:
		if name == "true" || name == ":" {
			return first()
		}
	case syntax.Pipe:
		switch {
		case tellsOfNode(c.X):
			return nil
		case isFilter(name) && slices.Contains(first(), ""):
			return append(second, "")
		}
	}
	return second
}

// callOf returns the name and the words of the command that a statement is, or "".
func callOf(s *syntax.Stmt) (name string, args []string) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", nil
	}
	for _, w := range call.Args[1:] {
		args = append(args, literal(w))
	}
	return path.Base(call.Args[0].Lit()), args
}

// outputsOf is outputs for a simple command.
func (r *runner) outputsOf(c *syntax.CallExpr, depth int) []string {
	name, args := callOf(&syntax.Stmt{Cmd: c})
	if f, ok := r.s.funcs[name]; ok {
		if body, ok := soleBlock(f); ok {
			return r.outputs(body.Stmts, depth+1)
		}
		return nil
	}
	counts := func(option string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") && strings.Contains(a, option) })
	}
	switch name {
	case "date":
		return []string{dateText(args)}
	case "curl", "wget", "aws", "kubectl", "ec2-metadata", "ec2metadata", "dig", "host", "nslookup", "nvidia-smi":
		return []string{""}
	case "wc":
		return []string{"0"}
	case "grep", "egrep", "fgrep", "pgrep":
		if counts("c") && !namesSystemFile(args) {
			return []string{"0"}
		}
	case "cat":
		return r.ofFiles(args)
	}
	return nil
}

// ofFiles is outputs for the text of files, which may not be there unless a script has
// written them or the kernel has them.
func (r *runner) ofFiles(names []string) []string {
	for _, name := range names {
		if name != "" && !isSystemFile(name) && r.m.Files.Get(r.abs(name)) == nil {
			return []string{""}
		}
	}
	return nil
}

// isSystemFile reports whether the kernel makes a file.
func isSystemFile(name string) bool {
	return strings.HasPrefix(name, "/proc/") || strings.HasPrefix(name, "/sys/")
}

func namesSystemFile(args []string) bool { return slices.ContainsFunc(args, isSystemFile) }

// tellsOfNode reports whether a command, or the first of a pipeline, writes something on
// every node: about its processors, its memory or the like.
func tellsOfNode(s *syntax.Stmt) bool {
	for {
		c, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		s = c.X
	}
	switch name, args := callOf(s); name {
	case "lscpu", "nproc", "free", "df", "lsblk", "ps", "ip", "uname", "getconf", "lsmem", "hostname":
		return true
	default:
		return namesSystemFile(args)
	}
}

// isFilter reports whether a program writes nothing if it reads nothing.
func isFilter(name string) bool {
	switch name {
	case "jq", "cut", "awk", "gawk", "sed", "grep", "egrep", "tr", "head", "tail", "sort", "uniq", "rev", "xargs", "tee", "base64":
		return true
	}
	return false
}

// dateText returns what date may write: the eighth of August, a little after eight.
func dateText(args []string) string {
	i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "+") })
	if i < 0 {
		return "Sat Aug  8 08:08:08 UTC 2026"
	}
	var b strings.Builder
	format := args[i][1:]
	for k := 0; k < len(format); k++ {
		if format[k] != '%' {
			b.WriteByte(format[k])
			continue
		}
		flag := byte(0)
		for k++; k < len(format)-1 && strings.IndexByte("-_0^#", format[k]) >= 0; k++ {
			flag = format[k]
		}
		if k == len(format) {
			break
		}
		text := dateField(format[k])
		if flag == '-' || flag == '_' {
			text = strings.TrimLeft(text, "0 ")
		}
		b.WriteString(text)
	}
	return b.String()
}

// dateField returns what date may write for a letter of its format.
func dateField(letter byte) string {
	switch letter {
	case 'm', 'd', 'H', 'I', 'M', 'S', 'U', 'V', 'W':
		return "08"
	case 'j':
		return "098"
	case 'N':
		return "080808080"
	case 's':
		return "1786176488"
	case 'Y', 'G':
		return "2026"
	case 'y', 'g':
		return "26"
	case 'F':
		return "2026-08-08"
	case 'T':
		return "08:08:08"
	case 'R':
		return "08:08"
	case 'D':
		return "08/08/26"
	}
	return "8"
}

// samplesOf returns the texts to try with a variable after an assignment.
func (r *runner) samplesOf(a *syntax.Assign) (texts []string) {
	if a.Value == nil || a.Index != nil || a.Append {
		return nil
	}
	for _, t := range r.trials(a.Value) {
		texts = append(texts, r.expanded(a.Value.Parts, t))
	}
	return texts
}

// checked is called for the statements of a condition: what variables in them may hold is
// what the script goes by.
func (r *runner) checked(stmts ...*syntax.Stmt) {
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.ParamExp:
				if n.Param != nil {
					delete(r.s.samples, r.show(n.Param.Value))
				}
			case *syntax.Assign:
				if n.Name != nil {
					delete(r.s.samples, r.show(n.Name.Value))
				}
			case *syntax.Word:
				delete(r.s.samples, r.show(n.Lit())) // in an expression
			}
			return true
		})
	}
}
