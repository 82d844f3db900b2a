package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A declaration is a declare, export, local, readonly or the like.
type declaration struct {
	name     string // of the builtin
	readonly bool
	integer  bool
	local    bool // its variables end with the function
	queries  bool // it prints, or is about functions: it may fail
	refused  bool // it has an option that the builtin does not know
}

// declare runs a declaration that the parser knows.
func (r *runner) declare(c *syntax.DeclClause) status {
	d := r.declaration(c.Variant.Value)
	for _, a := range c.Args {
		if a.Name == nil { // an option, or a word that is not known
			for _, w := range r.fields([]*syntax.Word{a.Value}) {
				r.declareWord(&d, w)
			}
			continue
		}
		name := r.show(a.Name.Value)
		r.scope(&d, name)
		r.count(&d, name)
		if a.Naked {
			r.unsetLocal(&d, name)
		} else {
			outer := r.s.returned
			if d.local {
				r.s.returned = "" // what a function sets is forgotten when it returns
			}
			r.assignment(a)
			r.compound(r.s.vars[name].text)
			r.s.returned = outer
		}
		r.protect(&d, name)
	}
	if len(c.Args) == 0 || d.queries {
		r.output(Unknown)
	}
	return r.declared(d)
}

// declareWords runs a declaration that is reached by command, builtin or a
// variable: its words are expanded as those of any command.
func (r *runner) declareWords(words []Word) status {
	d := r.declaration(words[0].Text)
	for _, w := range words[1:] {
		r.declareWord(&d, w)
	}
	return r.declared(d)
}

func (r *runner) declaration(name string) declaration {
	local := name == "local" || (name == "declare" || name == "typeset") && len(r.calling) > 0
	return declaration{name: name, readonly: name == "readonly", local: local}
}

// declareWord takes one word of a declaration.
func (r *runner) declareWord(d *declaration, w Word) {
	name, text, assigns := strings.Cut(w.Text, "=")
	switch {
	case strings.HasPrefix(w.Text, "-") && w.Known():
		d.option(w.Text)
		r.s.refs = r.s.refs || d.name != "export" && strings.ContainsAny(w.Text, "nlcu")
		if strings.ContainsAny(w.Text, "nlcu") && d.name != "export" {
			r.s.environ = either(r.s.environ, "a variable may be another name of PATH, or another PATH")
		}
		if w.Text == "-" && d.local {
			old := r.s.clone()
			r.locals = append(r.locals, func() { r.s.joinOptions(r.s, old) })
		}
	case strings.Contains(name, Unknown) || w.Splits:
		r.s.forget(Unknown)
	case strings.HasPrefix(w.Text, "+"):
	default:
		r.scope(d, name)
		r.count(d, name)
		if assigns {
			r.declareValue(name, text)
		} else {
			r.unsetLocal(d, name)
		}
		r.protect(d, name)
	}
}

// declareValue assigns a text, which may be the elements of an array.
func (r *runner) declareValue(name, text string) {
	if name, appends := strings.CutSuffix(name, "+"); appends || strings.Contains(name, "[") {
		r.assigned(name)
		return
	}
	r.assign(name, value{text: text})
	r.compound(text)
}

func (d *declaration) option(letters string) {
	known := map[string]string{"export": "-fnp", "readonly": "-aAfp"}[d.name]
	d.refused = d.refused || known != "" && strings.Trim(letters, known) != ""
	d.readonly = d.readonly || strings.Contains(letters, "r")
	d.integer = d.integer || strings.Contains(letters, "i")
	d.queries = d.queries || strings.ContainsAny(letters, "pfF")
	if strings.Contains(letters, "g") {
		d.local = false
	}
}

// scope has a local variable restored when the function returns.
func (r *runner) scope(d *declaration, name string) {
	if !d.local || d.queries {
		return
	}
	old, sure := r.s.save(name), r.branches == r.entered && r.s.returned == "" && r.s.broke == ""
	r.locals = append(r.locals, func() {
		if r.s.restore(old); !sure {
			r.s.forget(name)
		}
	})
}

// unsetLocal forgets a local variable that is declared without a value.
func (r *runner) unsetLocal(d *declaration, name string) {
	if d.local && !d.queries {
		r.s.forget(name)
	}
}

// count has the values of a variable be evaluated where a declaration does.
func (r *runner) count(d *declaration, name string) {
	if d.integer && !d.queries {
		r.s.integer[name] = true
	}
}

// compound runs what is in the elements of an array that a declaration is given as
// one text, which it expands again.
func (r *runner) compound(text string) {
	if elements, ok := strings.CutPrefix(text, "("); ok && strings.HasSuffix(text, ")") {
		r.expandsAgain(strings.TrimSuffix(elements, ")"))
	}
}

// protect makes a variable readonly if a declaration does.
func (r *runner) protect(d *declaration, name string) {
	if d.readonly && !d.queries {
		r.s.readonly[name] = true
	}
}

// declared returns the status of a declaration.
func (r *runner) declared(d declaration) status {
	if r.s.dialect != bash && (d.queries || d.name != "export" && d.name != "readonly" && d.name != "local") {
		r.s.ended = either(r.s.ended, "a POSIX shell may not know "+d.name)
	}
	outside := d.name == "local" && len(r.calling) == 0
	if outside {
		r.extension("a POSIX shell ends where local is outside a function")
	}
	if d.refused && r.s.posix {
		r.s.ended = either(r.s.ended, "a POSIX shell ends where "+d.name+" has an option that it does not know")
	}
	if d.queries || d.refused || outside {
		return unsure
	}
	return success
}
