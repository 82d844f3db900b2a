package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// all returns the words of "$@" or "${array[@]}", where parts are that alone.
func (r *runner) all(parts []syntax.WordPart) ([]Word, bool) {
	if len(parts) != 1 {
		for _, part := range parts {
			if p, ok := part.(*syntax.ParamExp); ok && (p.Param != nil && p.Param.Value == "@" || p.Index != nil) {
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
			return []Word{{Unknown, true}}, true
		}
		return r.s.params, true
	}
	if index, ok := p.Index.(*syntax.Word); ok && plain && (index.Lit() == "@" || index.Lit() == "*") {
		v, known := r.s.vars[r.show(p.Param.Value)]
		if !known || !v.isArr {
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
	if p.Param == nil || p.Excl || p.Names != 0 || p.IsSet {
		return Unknown, true
	}
	name := r.show(p.Param.Value)
	v, set := r.s.vars[name]
	if r.s.refs {
		v, set = value{}, false
	}
	switch {
	case p.Length:
		return Unknown, false
	case name == "@" || name == "*":
		return join(r.s.params), true
	case len(name) == 1 && name[0] >= '1' && name[0] <= '9':
		return r.positional(int(name[0]-'1'), p), true
	case name == "PATH" && !set:
		return oldPath, false
	case isSpecial(name):
		return Unknown, false
	case p.Index != nil || set && v.isArr:
		return r.element(p, v)
	case p.Exp != nil:
		return r.expansion(p.Exp, name, v, set), true
	case p.Slice != nil || p.Repl != nil:
		return Unknown, true
	case !set:
		if r.s.nounset {
			r.s.ended = "set -u ends the script where " + name + " is not set"
		}
		return Unknown, true
	}
	return v.text, strings.Contains(v.text, Unknown)
}

// isSpecial reports whether the shell sets a parameter itself, to one word.
func isSpecial(name string) bool {
	switch name {
	case "?", "$", "!", "#", "-", "0", "_", "LINENO", "RANDOM", "SECONDS":
		return true
	}
	return false
}

// inParam runs the commands that stand in an expansion.
func (r *runner) inParam(p *syntax.ParamExp) {
	r.nested(p.Index)
	if p.Slice != nil {
		r.nested(p.Slice.Offset)
		r.nested(p.Slice.Length)
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
	if !set && r.s.nounset {
		r.s.ended = "set -u ends the script where a parameter is not set"
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
				r.s.assign(name, value{text: word})
			}
			return word
		}
		if e.Op == syntax.AssignUnsetOrNull {
			r.s.assign(name, value{text: Unknown})
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
		r.s.assign(name, value{text: Unknown})
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
