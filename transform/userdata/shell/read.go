package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// read reads into the variables that the words of read or its like name.
func (r *runner) read(c invocation) status {
	r.assigns(c.words[1:], "")
	return unsure
}

// callback runs the command that mapfile calls for lines.
func (r *runner) callback(c invocation) {
	options, _ := getopt(c.words[1:], "dnOsuCc")
	for _, o := range options {
		if o.name == "C" {
			r.doubting("it is called for lines that are read", func() status {
				place := r.place
				r.place = func(int) int { return c.at }
				r.parse(o.value.Text)
				r.place = place
				return unsure
			})
		}
	}
}

// assigns forgets the variables that a builtin assigns: those of its words, or
// only those after an option.
func (r *runner) assigns(args []Word, after string) {
	for i, w := range args {
		name, joined := w.Text, false
		if after != "" {
			name, joined = strings.CutPrefix(w.Text, after)
			joined = joined && name != ""
		}
		if after == "" || joined || i > 0 && args[i-1].Text == after {
			if w.Splits {
				name = Unknown
			}
			r.assigned(name)
		}
	}
	if after == "" {
		for _, name := range [...]string{"REPLY", "MAPFILE", "OPTARG", "OPTIND"} {
			r.s.forget(name)
		}
	}
}

// let runs let where its words are known only after their expansion.
func (r *runner) let(at int, args []Word) status {
	for _, w := range args {
		if w.Splits {
			r.s.forget(Unknown)
			continue
		}
		r.letText(at, w.Text)
	}
	return unsure
}

// letExpr evaluates a word of let as the parser has read it, or what it is after
// its quotes are taken off.
func (r *runner) letExpr(x syntax.ArithmExpr) {
	if w, ok := x.(*syntax.Word); ok && w.Lit() == "" {
		r.letText(r.place(offset(w.Pos())), r.one(w))
		return
	}
	r.arithmetic(x)
}

// letText evaluates a text as an arithmetic expression. The shell expands nothing in
// it but the indexes of arrays.
func (r *runner) letText(at int, text string) {
	text, token := hide(text)
	x, err := syntax.NewParser().Arithmetic(strings.NewReader(text))
	if err != nil || strings.ContainsAny(text, "$`") {
		r.unknownAt(at, "the text that let evaluates is not known")
		r.s.forget(Unknown)
		return
	}
	outer, place := r.token, r.place
	r.token, r.place = token, func(int) int { return at }
	r.arithmetic(x)
	r.token, r.place = outer, place
}
