package shell

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// unbound ends the script if set -u is on, since a variable may not be set.
func (r *runner) unbound(name string) {
	if !r.s.nounset || r.alwaysSet(name) {
		return
	}
	r.s.ended = either(r.s.ended, "set -u ends the script if "+name+" is not set")
}

// alwaysSet reports whether bash sets a variable itself.
func (r *runner) alwaysSet(name string) bool {
	switch name {
	case "PATH", "PWD", "IFS", "OPTIND", "PPID", "UID", "EUID", "HOSTNAME", "HOSTTYPE", "OSTYPE", "MACHTYPE", "BASH", "BASH_VERSION", "BASHPID",
		"SHELLOPTS", "SHLVL", "RANDOM", "SECONDS", "LINENO", "PIPESTATUS":
		return r.s.dialect == bash || name == "PATH" || name == "PWD" || name == "IFS" || name == "OPTIND" || name == "PPID"
	case "BASH_SOURCE":
		return r.isFile
	}
	return false
}

// requireSet ends the script if set -u is on and a parameter expansion reads what may
// not be set.
func (r *runner) requireSet(p *syntax.ParamExp, name string, v value, set bool) {
	if !guards(p.Exp) && (p.Excl && !isAll(p.Index) || !r.isSet(p, name, v, set)) {
		r.unbound(name)
	}
}

// isSet reports whether what a parameter expansion reads is certain to be set.
func (r *runner) isSet(p *syntax.ParamExp, name string, v value, set bool) bool {
	switch {
	case name == "@", name == "*":
		return true
	case isPositional(name):
		return hasIndex(r.s.params, int(name[0]-'1'))
	case isSpecial(name):
		return name != "!"
	case !set || p.Index == nil && !v.isArr:
		return set
	}
	return v.hasElement(p.Index)
}

// hasElement reports whether a variable is certain to have the element of an
// index, or its first element if there is no index or it is that of all elements.
// A variable that is not an array has one element.
func (v value) hasElement(index syntax.ArithmExpr) bool {
	if !v.isArr {
		v.array = []Word{{Text: v.text}}
	}
	if index == nil || isAll(index) {
		return hasIndex(v.array, 0)
	}
	w, ok := index.(*syntax.Word)
	if !ok {
		return false
	}
	i := w.Lit()
	return len(i) == 1 && i[0] >= '0' && i[0] <= '9' && hasIndex(v.array, int(i[0]-'0'))
}

// hasIndex reports whether words are certain to have one at an index: each of those up
// to it is exactly one word.
func hasIndex(words []Word, index int) bool {
	return index < len(words) && !slices.ContainsFunc(words[:index+1], func(w Word) bool { return w.Splits })
}
