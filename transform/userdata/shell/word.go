package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// fields expands words to the words of a command.
func (r *runner) fields(words []*syntax.Word) []Word {
	var out []Word
	for _, w := range words {
		if len(out) > maxWords {
			return append(out, Word{Unknown, true})
		}
		if !braces(w) {
			out = append(out, r.field(w)...)
			continue
		}
		whole := w
		w = &syntax.Word{Parts: slices.Clone(w.Parts)}
		if syntax.SplitBraces(w) && r.s.dialect != bash { // not every shell expands them
			r.field(whole)
			out = append(out, Word{Unknown, true})
			continue
		}
		for _, w := range expandBraces(w, 0) {
			out = append(out, r.field(w)...)
		}
	}
	return out
}

// braces reports whether a word may have a brace expansion.
func braces(w *syntax.Word) bool {
	for _, part := range w.Parts {
		if lit, ok := part.(*syntax.Lit); ok && strings.Contains(lit.Value, "{") {
			return true
		}
	}
	return false
}

// expandBraces returns the words that a word with lists in braces becomes. A sequence,
// and a list that would be too long, is unknown text.
func expandBraces(w *syntax.Word, depth int) []*syntax.Word {
	for i, part := range w.Parts {
		brace, ok := part.(*syntax.BraceExp)
		if !ok {
			continue
		}
		with := func(middle ...syntax.WordPart) *syntax.Word {
			parts := append([]syntax.WordPart{}, w.Parts[:i]...)
			return &syntax.Word{Parts: append(append(parts, middle...), w.Parts[i+1:]...)}
		}
		if brace.Sequence || depth > 4 {
			return expandBraces(with(&syntax.ExtGlob{}), depth)
		}
		var all []*syntax.Word
		for _, elem := range brace.Elems {
			for _, inner := range expandBraces(elem, depth+1) {
				all = append(all, expandBraces(with(inner.Parts...), depth+1)...)
			}
		}
		return all
	}
	return []*syntax.Word{w}
}

// A fielder collects the fields of one word.
type fielder struct {
	done    []Word
	text    strings.Builder
	started bool
	splits  bool
	bracket int // after the first [ that is not quoted, or 0
}

func (f *fielder) add(s string) {
	f.text.WriteString(s)
	f.started = true
}

func (f *fielder) split() {
	if f.started {
		f.done = append(f.done, Word{f.text.String(), f.splits})
	}
	f.text.Reset()
	f.started, f.splits, f.bracket = false, false, 0
}

// plain adds a byte that is not quoted. In a pattern of file names what may match
// becomes Unknown: with brackets all from the first to the last of them. A URL
// matches no file, and stays as it is.
func (f *fielder) plain(c byte, pattern bool) {
	f.started = true
	switch {
	case !pattern, strings.IndexByte("*?[]", c) < 0, strings.Contains(f.text.String(), "://"):
	case c == '*' || c == '?':
		f.add(Unknown)
		f.splits = true
		return
	case c == '[' && f.bracket == 0:
		f.bracket = f.text.Len() + 1
	case c == ']' && f.bracket > 0 && f.text.Len() > f.bracket:
		before := f.text.String()[:f.bracket-1]
		f.text.Reset()
		f.add(before + Unknown)
		f.splits = true
		return
	}
	f.text.WriteByte(c)
}

// field expands a word to fields: none, one or several.
func (r *runner) field(w *syntax.Word) []Word {
	var f fielder
	for i, part := range w.Parts {
		r.part(&f, part, i == 0)
	}
	f.split()
	return f.done
}

// part expands a part of a word that is not in double quotes.
func (r *runner) part(f *fielder, part syntax.WordPart, first bool) {
	switch p := part.(type) {
	case *syntax.Lit:
		r.literal(f, r.show(p.Value), first, !r.s.noglob)
	case *syntax.SglQuoted:
		f.add(r.single(p))
	case *syntax.DblQuoted:
		if words, ok := r.all(p.Parts); ok { // "$@" and "${array[@]}"
			for i, w := range words {
				if i > 0 {
					f.split()
				}
				f.add(w.Text)
				f.splits = f.splits || w.Splits
			}
			return
		}
		f.add(r.quoted(p.Parts))
	default:
		text, splits := r.value(part)
		r.unquoted(f, text, splits)
	}
}

// unquoted adds the value of an expansion that is not quoted.
func (r *runner) unquoted(f *fielder, text string, splits bool) {
	if text == "" {
		return
	}
	if r.s.ifs {
		f.add(Unknown)
		f.splits = true
		return
	}
	fields := strings.Fields(text)
	if strings.TrimLeft(text, " \t\n") != text && f.started {
		f.split()
	}
	for i, field := range fields {
		if i > 0 {
			f.split()
		}
		for k := range len(field) {
			f.plain(field[k], !r.s.noglob)
		}
		if strings.Contains(field, Unknown) {
			f.splits = f.splits || splits || len(fields) > 1
		}
	}
	if strings.TrimRight(text, " \t\n") != text {
		f.split()
	}
}

// literal adds text that is not quoted: a backslash quotes what is after it, and
// a tilde-prefix is a directory that is not known.
func (r *runner) literal(f *fielder, s string, first, pattern bool) {
	f.started = true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			if s[i] != '\n' {
				f.text.WriteByte(s[i])
			}
		case c == '~' && (i == 0 && first || i > 0 && (s[i-1] == '=' || s[i-1] == ':')):
			for i+1 < len(s) && s[i+1] != '/' && s[i+1] != ':' {
				i++
			}
			f.add(Unknown)
		default:
			f.plain(c, pattern)
		}
	}
}

// single returns the text of a word in single quotes.
func (r *runner) single(p *syntax.SglQuoted) string {
	text := r.show(p.Value)
	if p.Dollar && r.s.dialect != bash { // not every shell knows it
		return Unknown
	}
	if !p.Dollar || !strings.Contains(text, `\`) {
		return text
	}
	plain := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\'`, "'", `\"`, `"`).Replace(text)
	if strings.Count(text, `\`) > strings.Count(text, `\n`)+strings.Count(text, `\t`)+strings.Count(text, `\'`)+strings.Count(text, `\"`) {
		return Unknown
	}
	return plain
}

// quoted returns the text of parts in double quotes.
func (r *runner) quoted(parts []syntax.WordPart) string { return r.unescaped(parts, "$`\"\\\n") }

// unescaped returns the text of parts in which a backslash escapes some characters,
// and stands for itself before others.
func (r *runner) unescaped(parts []syntax.WordPart, escaped string) string {
	var b strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			s := r.show(p.Value)
			for i := 0; i < len(s); i++ {
				if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(escaped, s[i+1]) >= 0 {
					i++
					if s[i] == '\n' {
						continue
					}
				}
				b.WriteByte(s[i])
			}
		case *syntax.SglQuoted:
			b.WriteString(r.single(p))
		case *syntax.DblQuoted:
			b.WriteString(r.quoted(p.Parts))
		default:
			text, _ := r.value(part)
			b.WriteString(text)
		}
	}
	return b.String()
}

// one expands a word to one text, like the value of an assignment.
func (r *runner) one(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	var b strings.Builder
	for i, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			var f fielder
			r.literal(&f, r.show(p.Value), i == 0, false)
			b.WriteString(f.text.String())
		case *syntax.SglQuoted:
			b.WriteString(r.single(p))
		case *syntax.DblQuoted:
			b.WriteString(r.quoted(p.Parts))
		default:
			text, _ := r.value(part)
			b.WriteString(text)
		}
	}
	return b.String()
}

// value returns the text of an expansion, and whether it may be several words if it
// is not quoted.
func (r *runner) value(part syntax.WordPart) (text string, splits bool) {
	switch p := part.(type) {
	case *syntax.ParamExp:
		return r.param(p)
	case *syntax.CmdSubst:
		out := r.substitute(p.Stmts)
		return out, strings.Contains(out, Unknown)
	case *syntax.ArithmExp:
		r.expression(p.X)
		return Unknown, false
	case *syntax.ProcSubst:
		r.later("it runs beside the script", func() { r.beside(p.Stmts, p.Op == syntax.CmdOut) })
		return Unknown, false
	case *syntax.ExtGlob:
		return Unknown, true
	}
	return Unknown, true
}

// beside runs commands in a subshell beside the script, which may write what they
// read.
func (r *runner) beside(stmts []*syntax.Stmt, reads bool) {
	stdin, text := r.stdin, Unknown
	if reads {
		r.stdin = &text
	}
	r.subshell(stmts)
	r.stdin = stdin
}

// substitute runs commands in a subshell and returns their output.
func (r *runner) substitute(stmts []*syntax.Stmt) string {
	var b strings.Builder
	outer := r.out
	r.out = &b
	r.subshell(stmts)
	r.out = outer
	if len(stmts) == 1 && stmts[0].Cmd == nil && len(stmts[0].Redirs) > 0 { // $(<file)
		return Unknown
	}
	return strings.TrimRight(b.String(), "\n")
}
