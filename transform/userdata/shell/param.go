package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// all returns the words of "$@" or "${array[@]}", where parts are that alone.
func (r *runner) all(parts []syntax.WordPart) ([]Word, bool) {
	if len(parts) != 1 {
		for _, part := range parts {
			if p, ok := part.(*syntax.ParamExp); ok && (p.Param != nil && p.Param.Value == "@" || p.Index != nil) {
				r.quoted(parts)
				return []Word{{Unknown, true}}, true
			}
		}
		return nil, false
	}
	p, ok := parts[0].(*syntax.ParamExp)
	if !ok || p.Param == nil {
		return nil, false
	}
	plain := !p.Excl && !p.Length && p.Slice == nil && p.Repl == nil && p.Exp == nil && p.Names == 0
	if p.Param.Value == "@" {
		if !plain {
			r.param(p)
			return []Word{{Unknown, true}}, true
		}
		return r.s.params, true
	}
	if index, ok := p.Index.(*syntax.Word); ok && plain && (index.Lit() == "@" || index.Lit() == "*") {
		r.param(p)
		v, known := r.s.vars[r.show(p.Param.Value)]
		if !known || !v.isArr || r.s.refs {
			return []Word{{Unknown, true}}, true
		}
		return v.array, true
	}
	return nil, false
}

// param returns the value of a parameter, and whether it may be several words
// where it is not quoted.
func (r *runner) param(p *syntax.ParamExp) (text string, splits bool) {
	r.inParam(p)
	if r.s.posix && (p.Excl || p.Names != 0 || p.Index != nil && !p.Short || p.Slice != nil || p.Repl != nil || p.Exp != nil && !isPOSIX(p.Exp.Op)) {
		r.s.ended = either(r.s.ended, "a POSIX shell may not know an expansion before it")
	}
	if p.Param == nil || p.Names != 0 || p.IsSet {
		return Unknown, true
	}
	name := r.show(p.Param.Value)
	v, set := r.s.vars[name]
	if r.s.refs {
		v, set = value{}, false
	}
	if !guards(p.Exp) && (p.Excl && !isAll(p.Index) || !r.isSet(p, name, v, set)) {
		r.unbound(name)
	}
	switch {
	case p.Excl:
		return Unknown, true
	case p.Length:
		return Unknown, false
	case name == "@" || name == "*":
		return join(r.s.params), true
	case isPositional(name):
		return r.positional(int(name[0]-'1'), p), true
	case name == "PATH" && !set:
		return oldPath, false
	case isSpecial(name):
		return Unknown, false
	case p.Index != nil || set && v.isArr:
		return r.element(p, v)
	case p.Exp != nil:
		return r.expansion(p.Exp, name, v, set), true
	case p.Slice != nil || p.Repl != nil, !set:
		return Unknown, true
	}
	return v.text, strings.Contains(v.text, Unknown)
}

func isPositional(name string) bool { return len(name) == 1 && name[0] >= '1' && name[0] <= '9' }

// isAll reports whether an index is that of all elements.
func isAll(index syntax.ArithmExpr) bool {
	w, ok := index.(*syntax.Word)
	return ok && (w.Lit() == "@" || w.Lit() == "*")
}

// isPOSIX reports whether POSIX has an expansion.
func isPOSIX(op syntax.ParExpOperator) bool {
	switch op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix, syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		return true
	}
	return guards(&syntax.Expansion{Op: op})
}

// guards reports whether an expansion is for a parameter that is not set.
func guards(e *syntax.Expansion) bool {
	if e == nil {
		return false
	}
	switch e.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull,
		syntax.ErrorUnset, syntax.ErrorUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		return true
	}
	return false
}

// unbound ends the script by set -u where a variable may not be set.
func (r *runner) unbound(name string) {
	if !r.s.nounset || r.alwaysSet(name) {
		return
	}
	r.s.ended = either(r.s.ended, "set -u ends the script where "+name+" is not set")
}

// alwaysSet reports whether bash sets a variable itself.
func (r *runner) alwaysSet(name string) bool {
	switch name {
	case "PATH", "PWD", "IFS", "OPTIND", "PPID", "UID", "EUID", "HOSTNAME", "HOSTTYPE", "OSTYPE", "MACHTYPE", "BASH", "BASH_VERSION", "BASHPID",
		"SHELLOPTS", "SHLVL", "RANDOM", "SECONDS", "LINENO", "PIPESTATUS":
		return !r.s.posix || name == "PATH" || name == "PWD" || name == "IFS" || name == "OPTIND" || name == "PPID"
	case "BASH_SOURCE":
		return r.isFile
	}
	return false
}

// isSet reports whether what a parameter expansion reads is certain to be set.
func (r *runner) isSet(p *syntax.ParamExp, name string, v value, set bool) bool {
	switch {
	case name == "@", name == "*":
		return true
	case isPositional(name):
		i := int(name[0] - '1')
		return i < len(r.s.params) && !slices.ContainsFunc(r.s.params[:i+1], func(w Word) bool { return w.Splits })
	case isSpecial(name):
		return name != "!"
	case !set || p.Index == nil && !v.isArr:
		return set
	}
	if !v.isArr {
		v.array = []Word{{Text: v.text}}
	}
	last := 0
	if w, ok := p.Index.(*syntax.Word); ok && !isAll(p.Index) {
		i := w.Lit()
		if len(i) != 1 || i[0] < '0' || i[0] > '9' {
			return false
		}
		last = int(i[0] - '0')
	} else if p.Index != nil && !ok {
		return false
	}
	return last < len(v.array) && !slices.ContainsFunc(v.array[:last+1], func(w Word) bool { return w.Splits })
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

// inParam runs the commands that stand in an expansion.
func (r *runner) inParam(p *syntax.ParamExp) {
	if w, ok := p.Index.(*syntax.Word); ok {
		r.one(w) // it may be the key of an associative array
	} else {
		r.arithmetic(p.Index)
	}
	if p.Slice != nil {
		r.arithmetic(p.Slice.Offset)
		r.arithmetic(p.Slice.Length)
	}
	if p.Repl != nil {
		r.one(p.Repl.Orig)
		r.one(p.Repl.With)
	}
}

// element returns what an index of an array gives.
func (r *runner) element(p *syntax.ParamExp, v value) (string, bool) {
	if index, ok := p.Index.(*syntax.Word); ok && v.isArr && p.Exp == nil && p.Slice == nil && p.Repl == nil {
		switch i := index.Lit(); {
		case i == "@" || i == "*":
			return join(v.array), true
		case len(i) == 1 && i[0] >= '0' && int(i[0]-'0') < len(v.array):
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

// expansion returns the value of ${name:-word} and its like.
func (r *runner) expansion(e *syntax.Expansion, name string, v value, set bool) string {
	known := set && !strings.Contains(v.text, Unknown)
	switch e.Op {
	case syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull:
		if known && v.text != "" {
			return v.text
		}
		word := r.one(e.Word)
		if known {
			if e.Op == syntax.AssignUnsetOrNull {
				r.assign(name, value{text: word})
			}
			return word
		}
		if e.Op == syntax.AssignUnsetOrNull {
			r.s.forget(name)
		}
	case syntax.DefaultUnset:
		if known {
			return v.text
		}
		r.one(e.Word)
	case syntax.AssignUnset:
		r.one(e.Word)
		if known {
			return v.text
		}
		r.s.forget(name)
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if known && v.text != "" {
			return v.text
		}
		r.s.ended = "the script ends where " + name + " is not set"
	default:
		r.one(e.Word)
	}
	return Unknown
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
