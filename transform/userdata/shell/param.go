package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// all returns the words of "$@" or "${array[@]}", if parts are nothing else.
func (r *runner) all(parts []syntax.WordPart) ([]Word, bool) {
	if len(parts) != 1 {
		if slices.ContainsFunc(parts, isList) {
			r.quoted(parts)
			return []Word{{Unknown, true}}, true
		}
		return nil, false
	}
	p, ok := parts[0].(*syntax.ParamExp)
	switch {
	case !ok || p.Param == nil:
	case p.Param.Value == "@":
		return r.allParams(p), true
	case isIndex(p.Index, "@") && isPlain(p):
		return r.allElements(p), true
	}
	return nil, false
}

// isList reports whether a part of a word is $@, or what an index of an array
// gives.
func isList(part syntax.WordPart) bool {
	p, ok := part.(*syntax.ParamExp)
	return ok && (p.Param != nil && p.Param.Value == "@" || p.Index != nil)
}

// isPlain reports whether a parameter expansion only gives the value: it has no
// operator.
func isPlain(p *syntax.ParamExp) bool {
	return !p.Excl && !p.Length && p.Slice == nil && p.Repl == nil && p.Exp == nil && p.Names == 0
}

// allParams returns the words of "$@".
func (r *runner) allParams(p *syntax.ParamExp) []Word {
	if isPlain(p) {
		return r.s.params
	}
	r.param(p)
	return []Word{{Unknown, true}}
}

// allElements returns the words of "${array[@]}".
func (r *runner) allElements(p *syntax.ParamExp) []Word {
	r.param(p)
	v, set := r.lookUp(r.show(p.Param.Value))
	if !set || !v.isArr {
		return []Word{{Unknown, true}}
	}
	return v.array
}

// lookUp returns the value of a variable, and whether it is certain to be set.
func (r *runner) lookUp(name string) (v value, set bool) {
	if r.s.refs {
		return value{}, false
	}
	v, set = r.s.vars[name]
	return v, set
}

// param returns the value of a parameter expansion, and whether it may be several
// words if it is not quoted.
func (r *runner) param(p *syntax.ParamExp) (text string, splits bool) {
	r.inParam(p)
	if isExtension(p) {
		r.extension("a POSIX shell may not know an expansion before it")
	}
	if p.Param == nil || p.Names != 0 || p.IsSet {
		return Unknown, true
	}
	name := r.show(p.Param.Value)
	v, set := r.lookUp(name)
	r.requireSet(p, name, v, set)
	switch {
	case p.Excl:
		r.subscript(v.text)
		return Unknown, true
	case p.Length:
		return Unknown, false
	case name == "*" && r.s.ifs: // what comes between them is not known
		return Unknown, true
	case name == "@" || name == "*":
		return join(r.s.params), true
	case isPositional(name):
		return r.positional(int(name[0]-'1'), p), true
	case isSpecial(name):
		return Unknown, false
	}
	return r.variable(p, name, v, set)
}

// variable returns the value of an expansion of a variable, as param does.
func (r *runner) variable(p *syntax.ParamExp, name string, v value, set bool) (text string, splits bool) {
	if r.isRootsID(p, name) {
		return "0", false
	}
	switch {
	case name == "PATH" && !set:
		return oldPath, false
	case p.Index != nil || set && v.isArr:
		return r.element(p, v)
	case p.Exp != nil:
		r.prompt(p.Exp, v)
		return r.expansion(p.Exp, name, v, set), true
	case p.Slice != nil || p.Repl != nil, !set:
		return Unknown, true
	}
	return v.text, strings.Contains(v.text, Unknown)
}

// isRootsID reports whether an expansion is the number of the user in bash, which is
// that of root: cloud-init runs scripts as root.
func (r *runner) isRootsID(p *syntax.ParamExp, name string) bool {
	isPlain := p.Exp == nil && p.Slice == nil && p.Repl == nil && p.Index == nil
	return isPlain && (name == "EUID" || name == "UID") && !r.s.other && r.s.dialect == bash
}

// isPositional reports whether a parameter is one of $1 to $9.
func isPositional(name string) bool { return len(name) == 1 && name[0] >= '1' && name[0] <= '9' }

// isAll reports whether an index is that of all elements.
func isAll(index syntax.ArithmExpr) bool { return isIndex(index, "@") || isIndex(index, "*") }

func isIndex(index syntax.ArithmExpr, text string) bool {
	w, ok := index.(*syntax.Word)
	return ok && w.Lit() == text
}

// isSpecial reports whether the shell sets a parameter itself, whatever a script
// assigns.
func isSpecial(name string) bool {
	switch name {
	case "?", "$", "!", "#", "-", "0", "_", "LINENO", "RANDOM", "SRANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME", "BASHPID", "BASH_COMMAND",
		"BASH_SUBSHELL", "BASH_ARGV0", "HISTCMD", "DIRSTACK", "GROUPS", "PIPESTATUS", "FUNCNAME", "BASH_SOURCE", "BASH_LINENO":
		return true
	}
	return false
}

// element returns what an index of an array gives.
func (r *runner) element(p *syntax.ParamExp, v value) (string, bool) {
	if index, ok := p.Index.(*syntax.Word); ok && v.isArr && p.Exp == nil && p.Slice == nil && p.Repl == nil {
		switch i := index.Lit(); {
		case i == "*" && r.s.ifs: // what comes between them is not known
		case i == "@" || i == "*":
			return join(v.array), true
		case len(i) == 1 && i[0] >= '0' && i[0] <= '9' && int(i[0]-'0') < len(v.array):
			return v.array[i[0]-'0'].Text, true
		}
	}
	return Unknown, true
}

// positional returns the value of $1, $2 and so on.
func (r *runner) positional(i int, p *syntax.ParamExp) string {
	for _, w := range r.s.params[:min(i+1, len(r.s.params))] {
		if w.Splits {
			return Unknown
		}
	}
	v := value{}
	set := i < len(r.s.params)
	if set {
		v.text = r.s.params[i].Text
	}
	if p.Exp != nil {
		return r.expansion(p.Exp, "", v, set)
	}
	if p.Slice != nil || p.Repl != nil {
		return Unknown
	}
	return v.text
}

// join returns words with blanks between them.
func join(words []Word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}
