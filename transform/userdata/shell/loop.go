package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// while runs a while or an until.
func (r *runner) while(c *syntax.WhileClause) status {
	r.forget(c)
	st, one := r.condition(c.Cond)
	onFailure := one != nil && areProgramFiles([]*Step{one}) && c.Until != c.Cond[0].Negated
	if c.Until {
		st = st.negate()
	}
	if st == failure {
		r.branch("", true, nil, func() status { return r.list(c.Do) })
		return success
	}
	doubt := "it is in a loop that may not run"
	if st == success {
		doubt = ""
	}
	broke := r.s.broke
	after, _ := r.branch(doubt, false, nil, func() status {
		r.s.onFailure = r.s.onFailure || onFailure
		return r.list(c.Do)
	})
	leaves := after.broke != ""
	after.broke = broke
	r.s.join(r.s.clone(), after)
	r.forget(c)
	if st == success && !leaves && r.s.ended == "" {
		r.s.ended = "the loop before it never ends"
	}
	return unsure
}

// mayRun runs the body of a loop that may not run.
func (r *runner) mayRun(body []*syntax.Stmt) {
	broke := r.s.broke
	after, _ := r.branch("it is in a loop that may not run", false, nil, func() status { return r.list(body) })
	after.broke = broke
	r.s.join(r.s.clone(), after)
}

// forClause runs a for or a select.
func (r *runner) forClause(c *syntax.ForClause) status {
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		return r.forWords(c, loop)
	case *syntax.CStyleLoop:
		for _, x := range [...]syntax.ArithmExpr{loop.Init, loop.Cond, loop.Post} {
			r.arithmetic(x)
		}
	}
	r.forget(c)
	r.mayRun(c.Do)
	r.forget(c)
	return unsure
}

// maxItems is the largest number of words that the body of a for is run for.
const maxItems = 64

// forWords runs a for or a select over words.
func (r *runner) forWords(c *syntax.ForClause, iter *syntax.WordIter) status {
	items := r.s.params
	if iter.InPos.IsValid() {
		items = r.fields(iter.Items)
	}
	name := r.show(iter.Name.Value)
	switch {
	case c.Select:
		r.s.forget("REPLY")
		r.output(Unknown) // the menu, where its errors go the same way
	case len(items) == 0:
		r.branch("", true, nil, func() status { return r.list(c.Do) })
		return success
	case len(items) <= maxItems && !slices.ContainsFunc(items, func(w Word) bool { return w.Splits }):
		return r.forEach(c, name, items)
	}
	for _, w := range items[:min(len(items), maxItems)] {
		r.forget(c)
		r.assign(name, value{text: w.Text})
		r.mayRun(c.Do)
	}
	r.forget(c)
	return unsure
}

// forEach runs the body of a for once for each word.
func (r *runner) forEach(c *syntax.ForClause, name string, items []Word) status {
	broke, st := r.s.broke, success
	for _, w := range items {
		r.assign(name, value{text: w.Text})
		st = r.list(c.Do)
	}
	if r.s.broke != broke {
		r.forget(c)
	}
	r.s.broke = broke
	return st
}

// caseClause runs a case: the commands of the clause that its word matches.
func (r *runner) caseClause(c *syntax.CaseClause) status {
	word := Word{Text: r.one(c.Word)}
	r.checked(&syntax.Stmt{Cmd: &syntax.CallExpr{Args: []*syntax.Word{c.Word}}})
	known, matched := word.Known(), false
	outer := r.s.clone()
	result := r.s.clone()
	for _, item := range c.Items {
		list := func() status { return r.list(item.Stmts) }
		may, sure := r.matches(item.Patterns, word.Text, known)
		falls := item.Op != syntax.Break
		doubt := "it is in a branch that may not be taken"
		if sure && !matched && !falls {
			after, st := r.branch("", false, nil, list)
			r.s.join(after, after)
			return st
		}
		if !may && !falls {
			r.branch(doubt, true, nil, list)
			continue
		}
		after, _ := r.branch(doubt, false, nil, list)
		matched = matched || may
		result.join(result.clone(), after)
		if falls {
			known = false
		}
	}
	r.s.join(outer, result)
	return unsure
}

// matches reports whether one of the patterns of a clause of case may match a text,
// and whether one is sure to. If the text is not known, only * is sure to.
func (r *runner) matches(patterns []*syntax.Word, text string, known bool) (may, sure bool) {
	for _, p := range patterns {
		pattern := r.pattern(p)
		switch {
		case pattern == Unknown:
			may, sure = true, true
		case known && !strings.Contains(pattern, Unknown):
			hit := pattern == text
			may, sure = may || hit, sure || hit
		default:
			may = true
		}
	}
	return may, sure
}

// pattern returns a pattern of a case, with Unknown for what matches any text.
func (r *runner) pattern(w *syntax.Word) string {
	var f fielder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			r.literal(&f, r.show(p.Value), false, true)
		case *syntax.SglQuoted:
			f.add(r.single(p))
		case *syntax.DblQuoted:
			f.add(r.quoted(p.Parts))
		default:
			r.value(part)
			f.add("?" + Unknown) // not what matches everything
		}
	}
	text := f.text.String()
	if text == Unknown && w.Lit() != "*" {
		return "?" + Unknown
	}
	return text
}
